"""Holds the dump of OracleDump.swift against BuildKit's own parser (PyPI `dockerfile`).

    DOCKERFILE_CORPUS=folder DOCKERFILE_DUMP=dump.jsonl swift test --filter OracleDump
    python compare_buildkit.py folder dump.jsonl

`dockerfile` 3.4.0 holds BuildKit 0.12.5. What later releases do differently is counted as explained:
  json-trailing-text   `["a"] text` is the shell form since BuildKit 0.15
  heredoc-space        `<< EOF` starts a heredoc since BuildKit 0.21
  flag-escape          flags know the escape directive since BuildKit 0.20
  modifier-and-heredoc a line with `${v%p}`, `${v#p}` or `${v/p/r}` can have heredocs since BuildKit 0.13
  onbuild-flags        the Python binding does not hand on the flags of ONBUILD's own instruction
  nul-in-value         the Python binding cuts a value at a NUL
"""
import collections, json, re, sys
import dockerfile

folder, dump = sys.argv[1:3]
tally = collections.Counter()


def theirs(data):
    try:
        commands = dockerfile.parse_string(data)
    except dockerfile.GoParseError as error:
        return None, str(error)
    return [
        ((c.cmd or "").lower(), (c.sub_cmd or "").lower(), c.json, c.start_line, c.end_line, list(c.flags), list(c.value),
         [(h.name, h.file_descriptor, h.content) for h in c.heredocs])
        for c in commands
    ], None


def ours(entry):
    result = []
    for i in entry["instructions"]:
        inner = i["trigger"] or i
        # `dockerfile` shows the flags of ONBUILD itself and hands the heredocs of a trigger nowhere on.
        result.append((i["keyword"], inner["keyword"] if i["trigger"] else "", inner["json"], i["startLine"],
                       i["endLine"], i["flags"] + (inner["flags"] if i["trigger"] else []), inner["arguments"],
                       [(h["name"], h["fd"], h["content"]) for h in i["heredocs"]]))
    return result


def explanation(data, a, b):
    if re.search(r"<<-?[ \t]+[\w'\"]", data):
        return "heredoc-space"
    if re.search(r"(?m)^\s*#\s*escape\s*=\s*`", data) and "--" in data:
        return "flag-escape"
    # The same instruction, an array for them, the text of an array with something behind it for us.
    if a[2] and not b[2] and a[:2] == b[:2] and a[3:6] == b[3:6] and any(v.startswith("[") for v in b[6]):
        return "json-trailing-text"
    # A line with a modifier that the old lexer does not know had no heredocs.
    if not a[7] and b[7] and a[6] == b[6] and re.search(r"\$\{\w+[#%/]", b[6][0]):
        return "modifier-and-heredoc"
    if a[0] == "onbuild" and not a[5] and b[5] and a[:5] == b[:5] and a[6:] == b[6:]:
        return "onbuild-flags"
    # The binding hands a value on as a C string.
    if any("\0" in v for v in b[6]) and a[:6] == b[:6]:
        return "nul-in-value"
    return None


for line in open(dump, encoding="utf-8"):
    entry = json.loads(line)
    data = open(f"{folder}/{entry['file']}", "rb").read().decode("utf-8", "replace")
    their, error = theirs(data)
    tally["files"] += 1
    if their is None or entry["refusal"]:
        if (their is None) == bool(entry["refusal"]):
            tally["both refuse"] += 1
            print("both refuse:", entry["file"], "|", error, "|", entry["refusal"])
        elif re.search(r"\[.*\]\s*\S+", data) or re.search(r"<<-?[ \t]+\S", data):
            tally["explained refusal"] += 1
            print("explained refusal:", entry["file"], "|", error, "|", entry["refusal"])
        else:
            tally["DIFFERENT"] += 1
            print("DIFFERENT refusal:", entry["file"], "|", error, "|", entry["refusal"])
        continue
    our = ours(entry)
    tally["instructions"] += len(their)
    if our == their:
        tally["same"] += 1
        continue
    reason = None
    for a, b in zip(their, our):
        if a != b:
            reason = explanation(data, a, b)
            print(reason or "DIFFERENT", entry["file"], "\n  theirs", str(a)[:600], "\n  ours  ", str(b)[:600])
            break
    else:
        print("DIFFERENT count", entry["file"], len(their), len(our))
    tally[reason or "DIFFERENT"] += 1
print(dict(tally))
sys.exit(1 if tally["DIFFERENT"] else 0)
