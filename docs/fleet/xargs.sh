#!/bin/sh
# One machine: sh xargs.sh LIST CACHE RESULTS [SHARDS]; the exit status is that of the report.
set -e
list=$1 cache=$2 results=$3 shards=${4:-2}
mkdir -p "$results"
pinproof fleet plan "$list" --cache "$cache" -o "$results/plan.jsonl" || [ $? -eq 2 ]
for step in "index" "verify --out $results"; do
    seq 0 $((shards - 1)) |
        xargs -P "$shards" -I{} pinproof fleet $step "$results/plan.jsonl" --shard "{}/$shards" --jobs 1 --cache "$cache" ||
        echo "something was not reachable: the report names it" >&2
done
pinproof fleet report "$results" "$results/plan.jsonl"
