#!/usr/bin/env python3
"""Compares the answers of two builds of the program over many real inputs.

    compare_programs.py record  --program P --corpus NAME=DIR ... ANSWERS.json.gz
    compare_programs.py compare --program P --corpus NAME=DIR ... ANSWERS.json.gz

`record` finds the inputs below each corpus (Dockerfiles, locks, models, images, environments, wheels), runs the
program over them and saves each answer: exit status, standard output, files written. `compare` runs another build
over the same command lines and prints each difference. A corpus has a name, so that the second run may use another
copy of it, at another place.

Equal means: the same exit status, and the same JSON but for the name of the program, new keys, and the text of
messages and fixes, of which only the presence counts. Text for people is compared by presence, a generated Dockerfile
and a unified diff byte by byte. Differences that are meant stand with their reasons in explained_differences.py.
Nothing is installed, and the network is not used. Exit status 1: there are differences without an explanation.
"""

import argparse
import collections
import concurrent.futures
import gzip
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from explained_differences import EXPLAINED  # noqa: E402
from program_cases import cases  # noqa: E402

# The name that the program had before its first release, in pieces, as no other file may hold it.
OLD_NAME = "lock" "step"
NEW_NAME = "pinproof"

# Keys whose text may be worded anew.
TEXT_KEYS = {
    "message", "messages", "help", "fix", "text", "markdown", "description", "reason", "detail", "details", "summary",
    "why", "note", "notes", "warning", "warnings", "explanation", "title", "content",
}  # fmt: skip

# Keys that tell which element of one list belongs to which of another, in lists of objects.
IDENTITY_KEYS = [
    "rule", "ruleId", "id", "check_name", "ecosystem", "name", "version", "bom-ref", "ref", "file", "line", "column",
    "path", "location", "subject", "kind", "setting", "sha256",
]  # fmt: skip

# A run that takes longer, or more memory, is ended: some inputs are attacks.
TIMEOUT = 60
MEMORY = 5 << 30


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def renamed(text):
    """The text with the old name replaced by the new one."""
    for form in (str.lower, str.upper, str.capitalize):
        text = text.replace(form(OLD_NAME), form(NEW_NAME))
    return text


def run(program, case, corpora):
    """Runs one case in its corpus: the answer as a dictionary."""
    with tempfile.TemporaryDirectory(prefix="compare-") as work:
        words = [word.replace("{work}", work) for word in case["words"]]
        environment = {"PATH": os.environ["PATH"], "HOME": work, "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
        try:
            done = subprocess.run(
                [program, *words], cwd=corpora[case["corpus"]], env=environment, stdin=subprocess.DEVNULL,
                capture_output=True, timeout=TIMEOUT, preexec_fn=limit_memory,
            )  # fmt: skip
            status, output, errors = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired:
            status, output, errors = "timeout", b"", b""
        files = {}
        for parent, _, names in os.walk(work):
            for name in names:
                path = pathlib.Path(parent, name)
                files[str(path.relative_to(work))] = path.read_bytes()

    def text(data):
        return data.decode("utf-8", "backslashreplace").replace(work, "{work}")

    return {
        "status": status,
        "output": text(output),
        "errors": text(errors)[:4000],
        "files": {renamed(name): text(data) for name, data in sorted(files.items())},
    }


def run_all(program, found, corpora, jobs):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda case: run(program, case, corpora), found)


def identity(element):
    """What names an element of a list: its identifying scalars, or itself."""
    if not isinstance(element, dict):
        return json.dumps(element, sort_keys=True)
    return json.dumps([[key, element[key]] for key in IDENTITY_KEYS if isinstance(element.get(key), (str, int))])


def short(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}... ({len(text)} characters)"


def differences(before, after, path=""):
    """Each difference of two JSON values: the path of keys, the value before, the value after."""
    key = path.rsplit("/", 1)[-1]
    if key in TEXT_KEYS and isinstance(before, (str, type(None))) and isinstance(after, (str, type(None))):
        if bool(before) != bool(after):
            yield path, before, after
    elif isinstance(before, dict) and isinstance(after, dict):
        for name in before:
            if name not in after:
                yield f"{path}/{name}", before[name], "(no such key)"
            else:
                yield from differences(before[name], after[name], f"{path}/{name}")
    elif isinstance(before, list) and isinstance(after, list):
        yield from list_differences(before, after, path, key)
    elif before != after:
        yield path, before, after


def list_differences(before, after, path, key):
    if key in TEXT_KEYS and all(isinstance(element, str) for element in before + after):
        if len(before) != len(after):
            yield path, before, after
        return
    rest = collections.defaultdict(collections.deque)
    for index, element in enumerate(after):
        rest[identity(element)].append((index, element))
    last = -1
    for element in before:
        same = rest[identity(element)]
        if not same:
            yield f"{path}/[-]", element, "(not there)"
            continue
        index, other = same.popleft()
        if index < last:
            yield f"{path}/[order]", identity(element), f"at {index}, after {last}"
        last = max(last, index)
        yield from differences(element, other, f"{path}/[]")
    for index, element in sorted((pair for same in rest.values() for pair in same), key=lambda pair: pair[0]):
        yield f"{path}/[+]", "(not there)", element


def as_json(text):
    try:
        return json.loads(renamed(text))
    except ValueError:
        return None


def text_differences(kind, before, after, path):
    """Compares two texts as their kind says: `json`, `exact`, or `presence`."""
    if kind == "json":
        old, new = as_json(before), as_json(after)
        if old is not None and new is not None:
            yield from differences(old, new, path)
            return
    old, new = renamed(before), renamed(after)
    if kind == "exact" and old != new:
        yield path, old, new
    elif bool(old.strip()) != bool(new.strip()):
        yield path, old, new


def compare(case, before, after):
    """Each difference of two answers to one case."""
    if before["status"] != after["status"]:
        said = after["errors"] or after["output"][-300:]
        yield "status", before["status"], f"{after['status']}: {said[:300]}"
        return
    yield from text_differences(case["kind"], before["output"], after["output"], "output")
    # Progress and remarks may come and go; that a failure explains itself may not.
    if before["status"] not in (0, 1):
        yield from text_differences("presence", before["errors"], after["errors"], "errors")
    for name in sorted(before["files"].keys() | after["files"].keys()):
        if name not in after["files"] or name not in before["files"]:
            yield f"files/{name}", "there" if name in before["files"] else "not there", "the contrary"
            continue
        kind = "json" if name.endswith(".json") else "exact"
        yield from text_differences(kind, before["files"][name], after["files"][name], f"files/{name}")


def explanation(case, difference):
    line = " ".join(case["words"])
    path, before, after = difference
    for index, known in enumerate(EXPLAINED):
        if (
            re.search(known.get("command", ""), line)
            and re.search(known.get("path", ""), path)
            and re.search(known.get("before", ""), short(before), re.DOTALL)
            and re.search(known.get("after", ""), short(after), re.DOTALL)
        ):
            return index
    return None


def shape(case, difference):
    """What differences of one cause have in common."""
    path, before, after = difference
    first = case["words"][0]
    rule = next((value["rule"] for value in (before, after) if isinstance(value, dict) and "rule" in value), "")
    change = f"{before} -> {str(after)[:1]}" if path == "status" else ""
    return f"{first} {re.sub(r'/files/.*', '/files', path)} {rule}{change}"


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["record", "compare"])
    parser.add_argument("answers", type=pathlib.Path)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--corpus", required=True, action="append", metavar="NAME=DIR")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="", help="a regular expression on the command line")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="compare only every Nth case")
    parser.add_argument("--examples", type=int, help="differences to print of each shape; all without it")
    options = parser.parse_args()
    options.program = options.program.resolve()
    options.corpora = dict(word.split("=", 1) for word in options.corpus)
    for name, folder in options.corpora.items():
        if not os.path.isdir(folder):
            parser.error(f"--corpus {name}={folder}: no such directory")
    return options


def record(options):
    found = [case for name, folder in options.corpora.items() for case in cases(name, pathlib.Path(folder))]
    answers = []
    for case, answer in zip(found, run_all(options.program, found, options.corpora, options.jobs)):
        answers.append({"case": case, "answer": answer})
    with gzip.open(options.answers, "wt", compresslevel=5) as file:
        json.dump(answers, file)
    print(f"{len(answers)} answers over {len({case['input'] for case in found})} inputs: {options.answers}")
    return 0


def main():
    options = parse()
    if options.action == "record":
        return record(options)
    with gzip.open(options.answers, "rt") as file:
        recorded = json.load(file)
    recorded = [
        one for one in recorded
        if one["case"]["corpus"] in options.corpora and re.search(options.only, " ".join(one["case"]["words"]))
    ][:: options.every]  # fmt: skip
    found = [one["case"] for one in recorded]
    explained, unexplained = collections.Counter(), collections.defaultdict(list)
    differing = set()
    for one, answer in zip(recorded, run_all(options.program, found, options.corpora, options.jobs)):
        for difference in compare(one["case"], one["answer"], answer):
            index = explanation(one["case"], difference)
            if index is not None:
                explained[index] += 1
                continue
            differing.add(id(one))
            unexplained[shape(one["case"], difference)].append((one["case"], difference))
    for name, group in sorted(unexplained.items(), key=lambda pair: -len(pair[1])):
        print(f"== {len(group)} x {name}")
        for case, (path, before, after) in group[: options.examples]:
            print(f"   ({case['corpus']}) {' '.join(case['words'])}")
            print(f"       {path}\n       before: {short(before)}\n       after:  {short(after)}")
    for index, count in sorted(explained.items()):
        print(f"explained {count:6}: {EXPLAINED[index]['reason']}")
    inputs = len({case["input"] for case in found})
    print(f"{len(found)} answers over {inputs} inputs: {len(differing)} differ without an explanation")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
