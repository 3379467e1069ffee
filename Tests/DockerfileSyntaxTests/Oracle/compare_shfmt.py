"""Holds the shell scripts in the dump of OracleDump.swift against shfmt (PyPI `shfmt-py`).

    DOCKERFILE_CORPUS=folder DOCKERFILE_DUMP=dump.jsonl swift test --filter OracleDump
    python compare_shfmt.py dump.jsonl [path/to/shfmt]

Compared: the simple commands of each RUN, with the words and assignments as they are written, below every compound command
and substitution.
"""
import collections, json, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

dump = sys.argv[1]
shfmt = sys.argv[2] if len(sys.argv) > 2 else "shfmt"


def slice_of(node, source):
    return source[node["Pos"]["Offset"]:node["End"]["Offset"]].decode("utf-8", "replace")


def walk(node, source, out, prefix=()):
    if isinstance(node, list):
        for item in node:
            walk(item, source, out)
        return
    if not isinstance(node, dict):
        return
    kind = node.get("Type")
    if kind in ("TimeClause", "CoprocClause"):
        words = ["time" if kind == "TimeClause" else "coproc"] + (["-p"] if node.get("PosixFormat") else [])
        inner = node.get("Stmt") or {}
        command = inner.get("Cmd") or {}
        if command.get("Type") == "CallExpr":
            walk(command, source, out, tuple(words))
            walk(inner.get("Redirs") or [], source, out)
            return
        out.append(words)
    if kind == "CallExpr":
        parts = (node.get("Assigns") or []) + (node.get("Args") or [])
        out.append(list(prefix) + [slice_of(p, source) for p in parts])
    if kind == "DeclClause":
        out.append([node["Variant"]["Value"]] + [slice_of(p, source) for p in node.get("Args") or []])
    if kind == "LetClause":
        out.append(["let"] + [slice_of(p, source) for p in node.get("Exprs") or []])
    for key, value in node.items():
        if key not in ("Pos", "End"):
            walk(value, source, out)


def run(job):
    file, script = job
    source = script["text"].encode()
    done = subprocess.run([shfmt, "-ln", "bash", "-tojson"], input=source, capture_output=True)
    if done.returncode:
        return file, script, None, done.stderr.decode().strip()
    out = []
    walk(json.loads(done.stdout).get("Stmts") or [], source, out)
    return file, script, out, None


jobs = []
for line in open(dump, encoding="utf-8"):
    entry = json.loads(line)
    jobs += [(entry["file"], s) for s in entry["scripts"]]
tally = collections.Counter()
with ThreadPoolExecutor(2) as pool:
    for file, script, their, error in pool.map(run, jobs):
        tally["scripts"] += 1
        if their is None or script["problem"]:
            if their is None and script["problem"]:
                tally["both refuse"] += 1
            else:
                tally["refused by one"] += 1
                print("REFUSED", file, script["line"], "shfmt:", error, "ours:", script["problem"])
            continue
        key = lambda words: [w.replace("\\\n", "") for w in words]
        a = sorted(map(key, their))
        b = sorted(map(key, script["commands"]))
        tally["commands"] += len(a)
        if a != b:
            tally["scripts that differ"] += 1
            ca, cb = collections.Counter(map(tuple, a)), collections.Counter(map(tuple, b))
            missing, extra = list((ca - cb).elements()), list((cb - ca).elements())
            tally["commands that differ"] += max(len(missing), len(extra))
            print("DIFFERENT", file, script["line"], "\n  shfmt", str(missing)[:500], "\n  ours ", str(extra)[:500])
print(dict(tally))
