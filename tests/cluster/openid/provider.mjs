// An OpenID provider (oidc-provider) for the tests. `provider.json` says what it is; people and what is told of them stand in `people.json`,
// which is read at each login. It asks for a password, and takes any.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { Provider } from 'oidc-provider';

const read = (name) => readFileSync(`${process.argv[2]}/${name}`, 'utf8');
const { issuer, port, ...configuration } = JSON.parse(read('provider.json'));

const provider = new Provider(issuer, {
  ...configuration,
  async findAccount(ctx, sub) {
    const told = JSON.parse(read('people.json'))[sub];
    return told && { accountId: sub, claims: async () => ({ sub, ...told }) };
  },
});
createServer({ key: read('key.pem'), cert: read('cert.pem') }, provider.callback()).listen(port, '127.0.0.1');
