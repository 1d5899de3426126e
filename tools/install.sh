#!/usr/bin/env bash
# Makes a virtual environment with this project and all it needs, at the versions of constraints.txt.
# Usage: tools/install.sh VENV [OVERRIDES [EXTRAS]]     OVERRIDES: constraints that replace lines of the same name; EXTRAS: cluster,dev
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$1
overrides=${2:-/dev/null}
extras=${3:-dev}

# The distribution's Python before one that somebody built, unless PYTHON names one: it was compiled with profiles (a tenth less CPU
# for a whole cycle than pyenv's as it comes), and lies where reading children that become users of their own may enter.
find_python() {
    local candidate
    if [[ -z ${PYTHON:-} ]] && /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null; then
        PYTHON=/usr/bin/python3
    fi
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.14 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    cat >&2 <<'END'
没有找到 Python 3.11 至 3.14。Debian/Ubuntu 请先执行：sudo apt install python3 python3-venv；或用 PYTHON=/路径/python3 make install 指明。
No Python 3.11 to 3.14 was found. On Debian/Ubuntu: sudo apt install python3 python3-venv; or name one: PYTHON=/path/to/python3 make install
END
    return 1
}

make_venv() {
    local python=$1 log
    if log=$("$python" -m venv --clear "$venv" 2>&1); then
        return
    fi
    rm -rf "$venv"
    echo "$log" >&2
    cat >&2 <<END
$python 不能建立虚拟环境：多半缺少 venv 组件。Debian/Ubuntu 请先执行：sudo apt install python3-venv，然后再执行同一条 make 命令。
$python cannot make a virtual environment, most likely because its venv package is missing. On Debian/Ubuntu: sudo apt install python3-venv, then type the same make command again.
END
    return 1
}

# pip's output as a few lines that show it lives; all of it stays in install.log.
show_progress() {
    local line found=0 warned=0
    while IFS= read -r line; do
        echo "$line" >>"$venv/install.log"
        case $line in
            Collecting*)
                found=$((found + 1))
                if ((found % 20 == 0)); then echo "    $found packages found"; fi ;;
            "Installing collected"*) echo "    installing $(tr -cd , <<<"$line" | wc -c) packages" ;;
            ERROR*) echo "    $line" ;;
            WARNING*)
                warned=$((warned + 1))
                if ((warned <= 3)); then echo "    $line"; fi ;;
        esac
    done
    if ((warned > 3)); then echo "    $((warned - 3)) more warnings in $venv/install.log"; fi
}

python=$(find_python)
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    echo "==> making $venv with $("$python" --version) ($python; PYTHON=/path/to/python3 for another one)"
    make_venv "$python"
fi
echo "==> installing into $venv: about 500 MB, one minute or several, once (正在安装依赖，约需几分钟，仅第一次)"
awk -F== '/^#/ {next} FILENAME == ARGV[1] {replaced[$1]; print; next} !($1 in replaced)' \
    "$overrides" constraints.txt >"$venv/constraints.txt"
: >"$venv/install.log"
if ! "$venv/bin/python" -m pip install --disable-pip-version-check -c "$venv/constraints.txt" -e ".[$extras]" 2>&1 | show_progress; then
    echo "安装失败 / pip failed; the end of $venv/install.log:" >&2
    tail -n 20 "$venv/install.log" >&2
    exit 1
fi
echo "==> installed"
