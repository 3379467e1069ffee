"""Dask: python dask_fleet.py PLAN CACHE RESULTS SHARDS [SCHEDULER]; the workers share CACHE and RESULTS."""

import subprocess
import sys


def verify(shard):
    words = ["pinproof", "fleet", "verify", plan, "--shard", f"{shard}/{shards}", "--cache", cache, "--out", results]
    return subprocess.run(words, check=False).returncode


plan, cache, results, shards = sys.argv[1:5]
if __name__ == "__main__":
    from distributed import Client

    with Client(*sys.argv[5:]) as client:
        statuses = client.gather(client.map(verify, range(int(shards)), retries=2))
    print(f"{statuses.count(0)} of {shards} shards are recorded")
    sys.exit(subprocess.run(["pinproof", "fleet", "report", results, plan], check=False).returncode)
