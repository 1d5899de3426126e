"""An OpenLDAP server of this machine with an office's people and groups, started for one test below a folder of its own."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cluster.office import lay_accounts
from tests.cluster.services import end_of, free_port, running, wait_for_port

BASE = "dc=example,dc=org"
READER, WORD = f"cn=reader,{BASE}", "word of reader"
CONF = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {folder}/slapd.pid
TLSCertificateFile {folder}/cert.pem
TLSCertificateKeyFile {folder}/key.pem
database mdb
suffix "{base}"
rootdn "{reader}"
rootpw "{word}"
directory {folder}/data
overlay memberof
"""


@dataclass
class Directory:
    """`settings` is what the program is told of it."""

    folder: Path
    port: int
    settings: dict[str, str]

    def change(self, ldif: str) -> None:
        command = ["ldapmodify", "-a", "-x", "-H", f"ldap://127.0.0.1:{self.port}", "-D", READER, "-w", WORD]
        done = subprocess.run(command, input=ldif, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    @contextmanager
    def up(self, word: str = WORD) -> Iterator[None]:
        """The server at work, with this password of our account; it may be stopped and started again."""
        conf = CONF.format(folder=self.folder, base=BASE, reader=READER, word=word)
        (self.folder / "slapd.conf").write_text(conf, "utf-8")
        urls = f"ldap://127.0.0.1:{self.port} ldaps://127.0.0.1:{self.port + 1}"
        log = self.folder / "slapd.log"
        command = ["/usr/sbin/slapd", "-f", str(self.folder / "slapd.conf"), "-h", urls, "-d", "none"]
        with running(command, log) as server:
            wait_for_port(self.port, server, lambda: end_of(log))
            yield


def make_directory(folder: Path, groups: str) -> Directory:
    """Of nobody yet. Skips the test where OpenLDAP is not installed."""
    if not Path("/usr/sbin/slapd").exists() or shutil.which("ldapmodify") is None:
        pytest.skip("OpenLDAP is not installed (apt-get install slapd ldap-utils)")
    laid = lay_accounts(folder, groups)
    (folder / "data").mkdir()
    port = free_port()
    return Directory(
        folder,
        port,
        {
            "NOTICES_ACCOUNTS": "ldap",
            "NOTICES_LDAP_SERVER": f"ldaps://127.0.0.1:{port + 1}",
            "NOTICES_LDAP_CA": laid["trusted.pem"],
            "NOTICES_LDAP_SEARCH": f"ou=people,{BASE}",
            "NOTICES_LDAP_BIND_USER": READER,
            "NOTICES_LDAP_BIND_PASSWORD": WORD,
            "NOTICES_GROUPS": laid["groups.toml"],
        },
    )


def entries(people: dict[str, str], groups: dict[str, list[str]], bare: str) -> str:
    """LDIF of people with passwords, all with one mailbox, one of them without a name and mailbox, and of groups of them."""
    parts = [
        f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: office\ndc: example",
        *(f"dn: ou={one},{BASE}\nobjectClass: organizationalUnit\nou: {one}" for one in ("people", "groups")),
        *(
            f"dn: {dn_of(name)}\nuid: {name}\nuserPassword: {word}\n"
            + (
                "objectClass: account\nobjectClass: simpleSecurityObject"
                if name == bare
                else f"objectClass: inetOrgPerson\ncn: {name}\nsn: {name}\nmail: office@example.org"
            )
            for name, word in people.items()
        ),
        *(
            f"dn: cn={name},ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: {name}\n"
            + "\n".join(f"member: {dn_of(one)}" for one in members)
            for name, members in groups.items()
        ),
    ]
    return "\n\n".join(parts) + "\n"


def dn_of(name: str) -> str:
    return f"uid={name},ou=people,{BASE}"
