#!/usr/bin/env bash
# `make run`: the bundled sample of a notice through Airflow, headless, down to the per-city table.
# Usage: tools/run.sh NOTICE
set -euo pipefail
cd "$(dirname "$0")/.."
umask 077
notice=$1
home=${NOTICES_HOME:-var}
sample=$home/sample/$notice
log=$home/airflow/logs/run-$(date +%Y%m%d-%H%M%S).log

echo "==> 1/3 making the sample submissions in $sample (生成样例材料)"
if [[ ! -f $sample/now.txt ]]; then
    .venv/bin/notices sample "$notice" --to "$sample"
fi
now=$(<"$sample/now.txt")

echo "==> 2/3 running the DAG collect__$notice in this process; everything it says is in $log (通过 Airflow 收件入库)"
mkdir -p "$(dirname "$log")"
conf=$(printf '{"inbox": "%s", "now": "%s"}' "$(realpath "$sample/inbox")" "$now")
if ! .venv/bin/python tools/run_dag.py "collect__$notice" --conf "$conf" 2>&1 | tee "$log" |
    sed -nuE 's/^[^ ]+ \[(info|warning|error|critical) *\] (.*[^ ]) +\[(notices|pipelines[^]]*)\] .*/    \2/p; /^==>/p'; then
    echo "the run failed; the end of $log:" >&2
    tail -n 40 "$log" >&2
    exit 1
fi

echo "==> 3/3 the figures of every city as of $now (各市数据)"
.venv/bin/notices metrics "$notice" --as-of "$now" --format table
cat <<END

The warehouse for analysts (分析库): $home/published/notices.duckdb
What to type next (接下来可以):
    .venv/bin/notices status $notice --as-of $now         谁还欠什么 / who owes what
    .venv/bin/notices files $notice --format csv          每个文件的结果 / the end of every file
    make ui                                               在网页上查看这次运行 / see this run on a page
The sample is now in the archive of $home; before real work, delete that folder or set NOTICES_HOME to another.
（$home 中现在是样例数据；正式使用前请删除该文件夹，或用 NOTICES_HOME 另指一处。）
END
