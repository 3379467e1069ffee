"""Compares `stale-lock` with the tools' own answers, over changes of the projects that make_locks.py made.

    stale_locks.py PINPROOF DIRECTORY [uv|poetry|pdm ...]

DIRECTORY is that of make_locks.py. Each change of a pyproject.toml is judged by `uv lock --check`, `poetry check --lock` and
`pdm lock --check`, and by `pinproof check`. Exit status 1 when one of them finds a lock stale and the other does not.
"""

import concurrent.futures
import contextlib
import functools
import http.server
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

PINPROOF, HERE = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
CHOSEN = sys.argv[3:] or ["uv", "poetry", "pdm"]
CHECKS = {"uv": ["uv", "lock", "--check", "--quiet", "--no-python-downloads"], "poetry": ["poetry", "check", "--lock"], "pdm": ["pdm", "lock", "--check"]}


def replaced(pattern, text, count=1):
    return lambda old: re.sub(pattern, text, old, count=count, flags=re.M)


def added(table):
    return lambda old: old + ("" if old.endswith("\n") else "\n") + table


#: Every change is tried in every project; one that changes nothing is left out.
CHANGES = {
    "nothing": lambda old: old,
    "a comment": lambda old: "# a comment\n" + old,
    "white space": lambda old: old.replace(" = ", "  =  "),
    "another version of the project": replaced(r'^version = "1"', 'version = "2"'),
    "a description": replaced(r'^version = "1"', 'version = "1"\ndescription = "x"'),
    "a dependency more": replaced(r"^dependencies = \[", 'dependencies = ["small", '),
    "a dependency with a marker more": replaced(r"^dependencies = \[", "dependencies = [\"small ; sys_platform == 'win32'\", "),
    "no dependencies": replaced(r"^dependencies = \[.*\]$", "dependencies = []"),
    "another name's spelling": replaced('"stem"', '"Stem"'),
    "a lower limit that holds": replaced('"stem"', '"stem>=1"'),
    "a limit that does not hold": replaced('"stem"', '"stem<1.5"'),
    "an extra of a dependency": replaced('"leaf"', '"leaf[big]"'),
    "no extra of a dependency": replaced(r"leaf\[big\]", "leaf"),
    "another Python": replaced(r'requires-python = ">=3\.10', 'requires-python = ">=3.11'),
    "the same Python": replaced(r'requires-python = ">=3\.10', 'requires-python = ">= 3.10'),
    "an extra of the project": lambda old: old.replace("[project.optional-dependencies]\n", '[project.optional-dependencies]\nz = ["small"]\n'),
    "the first extra of the project": lambda old: old if "optional-dependencies" in old else old.replace('\n[tool', '\n[project.optional-dependencies]\nz = ["small"]\n[tool', 1).replace('\n[dependency-groups]', '\n[project.optional-dependencies]\nz = ["small"]\n[dependency-groups]', 1) if "[tool" in old.split("[dependency-groups]")[0] or "[dependency-groups]" in old else old,
    "a group": lambda old: old.replace("[dependency-groups]\n", '[dependency-groups]\nz = ["small"]\n'),
    "the first group": lambda old: old if "[dependency-groups]" in old else old + '\n[dependency-groups]\nz = ["small"]\n',
    "an empty group": lambda old: old if "[dependency-groups]" in old else old + "\n[dependency-groups]\nz = []\n",
    "another tool's table": added('\n[tool.black]\nline-length = 100\n'),
    "another locker's group": added('\n[tool.poetry.group.z.dependencies]\nsmall = "*"\n'),
    "a constraint of uv": replaced(r"^\[tool\.uv\]$", '[tool.uv]\nconstraint-dependencies = ["twig<9"]'),
    "an override of uv": lambda old: old + '\n[tool.uv]\noverride-dependencies = ["stem==1.0"]\n' if "[tool.uv]\n" not in old else old,
    "no override": replaced(r"^override-dependencies = .*$", ""),
    "another override": replaced(r'^override-dependencies = .*$', 'override-dependencies = ["stem==2.0"]'),
    "no constraint": replaced(r"^constraint-dependencies = .*$", ""),
    "no environments": replaced(r"^environments = .*$", ""),
    "no required environments": replaced(r"^required-environments = .*$", ""),
    "a name": replaced(r'^name = "site"', 'name = "place"'),
    "authors": replaced(r'^version = "1"', 'version = "1"\nauthors = [{name = "x"}]'),
    "scripts": added('\n[project.scripts]\nx = "x:main"\n'),
    "pdm's settings": added("\n[tool.pdm]\ndistribution = false\n"),
    "pdm's overrides": replaced(r'^stem = "1.0"$', 'stem = "2.0"'),
    "poetry's group": replaced(r"^\[tool\.poetry\.group\.dev\.dependencies\]$", '[tool.poetry.group.dev.dependencies]\nsmall = "*"'),
}


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


def judge(kind, folder):
    """Whether the tool calls the lock stale; None when it refuses the project."""
    done = subprocess.run(CHECKS[kind], cwd=folder, capture_output=True, text=True, timeout=120)
    said = done.stdout + done.stderr
    if kind == "uv":
        if done.returncode == 0:
            return False
        return True if "needs to be updated" in said or "No solution" in said or not said.strip() else None
    if kind == "poetry":
        return "changed significantly" in said or "is not up to date" in said or "poetry.lock" in said if done.returncode else False
    return True if done.returncode and ("satisfy the project" in said or "out of date" in said or "hash" in said or "up to date" in said or not said.strip()) else None if done.returncode else False


def ours(folder, lock):
    done = subprocess.run([PINPROOF, "check", "--format", "json", "--allow-empty", str(folder)], capture_output=True, text=True)
    if not done.stdout:
        return None
    return any(finding["rule"] == "stale-lock" and finding["file"].endswith((lock, "pyproject.toml")) for finding in json.loads(done.stdout)["findings"])


def case(kind, project, name):
    text = (project / "pyproject.toml").read_text()
    changed = CHANGES[name](text)
    if changed == text and name != "nothing":
        return None
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory) / "p"
        shutil.copytree(project, folder, ignore=shutil.ignore_patterns(".venv", "__pypackages__", ".pdm-python"))
        (folder / "pyproject.toml").write_text(changed)
        return judge(kind, folder), ours(folder, f"{kind}.lock")


def main():
    # Another run may serve it already.
    with contextlib.suppress(OSError):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 18955), functools.partial(Handler, directory=str(HERE / "index")))
        threading.Thread(target=server.serve_forever, daemon=True).start()
    failed = 0
    for kind in CHOSEN:
        projects = sorted(path.parent for path in (HERE / "locks" / kind).glob(f"*/{kind}.lock"))
        cases = [(project, name) for name in CHANGES for project in projects]
        counts = {"agree": 0, "stale": 0, "refused by the tool": 0}
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for (project, name), answer in zip(cases, pool.map(lambda item: case(kind, *item), cases)):
                if answer is None:
                    continue
                theirs, found = answer
                if theirs is None:
                    counts["refused by the tool"] += 1
                elif theirs == found:
                    counts["agree"] += 1
                    counts["stale"] += theirs
                else:
                    failed += 1
                    print(f"DIFFERS {kind} {project.name}: {name}: {kind} says {'stale' if theirs else 'current'}, pinproof {found}", flush=True)
        print(kind, counts, flush=True)
    sys.exit(1 if failed else 0)


main()
