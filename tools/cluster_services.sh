#!/usr/bin/env bash
# The servers that `make cluster-test` starts for itself, from Debian's packages; does nothing where they are.
# Ends with a sentence and 1 where they cannot be installed.
set -euo pipefail
packages="postgresql redis-server"

has_servers() {
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && command -v redis-server >/dev/null
}

give_up() {
    echo "$1 / 请以 root 执行：apt-get install $packages" >&2
    exit 1
}

if has_servers; then exit; fi
command -v apt-get >/dev/null || give_up "apt-get is not here: install PostgreSQL and Redis by hand"
((EUID == 0)) || give_up "only root installs packages: sudo make cluster-services"
echo "==> installing $packages (正在安装，约需一两分钟)"
export DEBIAN_FRONTEND=noninteractive
quietly="-qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=60"
# shellcheck disable=SC2086  # several words each
for step in update "install --yes --no-install-recommends $packages"; do
    apt-get $quietly $step </dev/null >/dev/null || true
done
has_servers || give_up "apt-get did not install PostgreSQL and Redis"
