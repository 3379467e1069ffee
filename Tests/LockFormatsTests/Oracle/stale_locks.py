"""Compares `stale-lock` with the tools' own answers, over changes of the projects that make_locks.py made.

    stale_locks.py PINPROOF DIRECTORY [uv|poetry|pdm ...] [SEED]

With a SEED, 100 changes of each tool, two or three of the list at once, in a project taken at random.
DIRECTORY is that of make_locks.py. Each change of a pyproject.toml is judged by `uv lock --check`, `poetry check --lock` and
`pdm lock --check`, and by `pinproof check`. Exit status 1 when one of them finds a lock stale and the other does not.
"""

import concurrent.futures
import contextlib
import functools
import http.server
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import tomllib

PINPROOF, HERE = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
SEED = next((int(word) for word in sys.argv[3:] if word.isdigit()), None)
CHOSEN = [word for word in sys.argv[3:] if not word.isdigit()] or ["uv", "poetry", "pdm"]
CHECKS = {"uv": ["uv", "lock", "--check", "--quiet", "--no-python-downloads"], "poetry": ["poetry", "check", "--lock"], "pdm": ["pdm", "lock", "--check"]}


def replaced(pattern, text, count=1):
    return lambda old: re.sub(pattern, text, old, count=count, flags=re.M)


def added(table):
    return lambda old: old + ("" if old.endswith("\n") else "\n") + table


#: Every change is tried in every project; one that changes nothing, or leaves no TOML, is left out.
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
    "a blank line and a comment in a list": replaced(r"^dependencies = \[", "dependencies = [\n    # why\n\n    "),
    "single quotes": replaced(r'^version = "1"', "version = '1'"),
    "a version with another spelling": replaced(r'^version = "1"', 'version = "1.0"'),
    "the order of dependencies": replaced(r"^dependencies = \[([^,\]]+), ([^,\]]+)", r"dependencies = [\2, \1"),
    "a dependency twice": replaced(r'^dependencies = \["(\w+)"', r'dependencies = ["\1", "\1"'),
    "a specifier in another order": replaced(r'"stem"', '"stem<9,>=0"'),
    "an exact version": replaced(r'"stem"', '"stem==1.0"'),
    "a wildcard": replaced(r'"stem"', '"stem==2.*"'),
    "spaces in a requirement": replaced(r'"net>=2 ;', '"net >= 2 ;'),
    "a specifier spelled otherwise": replaced(r'"net>=2 ;', '"net>=2.0 ;'),
    "a marker taken away": replaced(r'"net>=2 ; [^"]*"', '"net>=2"'),
    "a marker more": replaced(r'"leaf"', "\"leaf ; sys_platform == 'linux'\""),
    "a marker that holds always": replaced(r'"leaf"', "\"leaf ; python_version >= '3'\""),
    "a marker's quotes and order": replaced(r"python_version > '3\.10' and platform_machine != 'arm64'", "platform_machine != 'arm64' and python_version > '3.10'"),
    "a marker spelled otherwise": replaced(r"sys_platform == 'linux'", "'linux' == sys_platform"),
    "another marker": replaced(r"sys_platform == 'linux'", "sys_platform == 'darwin'"),
    "an extra renamed": replaced(r'^x = \["net"\]', 'renamed = ["net"]'),
    "an extra's name spelled otherwise": replaced(r'^x = \["net"\]', 'X = ["net"]'),
    "an extra taken away": replaced(r'^x = \["net"\]\n', ""),
    "an extra emptied": replaced(r'^x = \["net"\]', "x = []"),
    "an extra with a limit": replaced(r'^x = \["net"\]', 'x = ["net<2"]'),
    "an empty extra": replaced(r"^\[project\.optional-dependencies\]$", "[project.optional-dependencies]\nempty = []"),
    "a group renamed": replaced(r"^dev = \[", "renamed = ["),
    "a group's name spelled otherwise": replaced(r"^dev = \[", "Dev = ["),
    "a group taken away": replaced(r"^dev = \[.*\n", ""),
    "a group emptied": replaced(r'^dev = \["twig".*\]', "dev = []"),
    "a group's limit": replaced(r'^dev = \["twig"', 'dev = ["twig<9"'),
    "a group that no longer includes": replaced(r', \{include-group = "more"\}', ""),
    "a group that includes": replaced(r'^late = \["net"\]', 'late = ["net", {include-group = "dev"}]'),
    "the included group": replaced(r'^more = \["leaf"\]', 'more = ["leaf", "small"]'),
    "a Python with an upper limit": replaced(r'requires-python = ">=3\.10[^"]*"', 'requires-python = ">=3.10,<3.15"'),
    "a Python's limits in another order": replaced(r'requires-python = ">=3\.10,<4"', 'requires-python = "<4,>=3.10"'),
    "no Python": replaced(r'^requires-python = .*\n', ""),
    "a patch of Python": replaced(r'requires-python = ">=3\.10', 'requires-python = ">=3.10.0'),
    "dynamic dependencies": replaced(r"^dependencies = .*$", 'dynamic = ["dependencies"]'),
    "a dynamic version": replaced(r'^version = "1"', 'dynamic = ["version"]'),
    "a build system": added('\n[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'),
    "classifiers and URLs": replaced(r'^version = "1"', 'version = "1"\nkeywords = ["x"]\nclassifiers = []\nurls = {home = "https://index.example"}'),
    "an URL of a dependency": replaced('"stem"', '"stem @ http://127.0.0.1:18955/main/simple/stem/stem-1.0-py3-none-any.whl"'),
    "the order of tables": lambda old: old if "[dependency-groups]" not in old or "[project.optional" in old else moved(old, "[dependency-groups]"),
}


def moved(text, header):
    """Puts a table at the end of the file."""
    before, _, rest = text.partition(header)
    body, mark, after = rest.partition("\n[")
    return before + (mark.strip("\n") and "[" + after.rstrip("\n") + "\n") + header + body.rstrip("\n") + "\n"


def setting(text, table="[tool.uv]"):
    """Puts a line into a table of the file, which is made where there is none."""
    return lambda old: old.replace(table + "\n", f"{table}\n{text}\n", 1) if table + "\n" in old else old + f"\n{table}\n{text}\n"


#: Changes that are tried with one tool alone.
OWN_CHANGES = {
    "uv": {
        "development dependencies": setting('dev-dependencies = ["small"]'),
        "no package": setting("package = false"),
        "a package": setting("package = true"),
        "default groups": setting("default-groups = []"),
        "an empty override": setting("override-dependencies = []"),
        "an override of what is not locked": setting('override-dependencies = ["absent==1"]'),
        "a constraint of what is not locked": setting('constraint-dependencies = ["absent==1"]'),
        "an excluded dependency": setting('exclude-dependencies = ["stem"]'),
        "an excluded dependency that nothing needs": setting('exclude-dependencies = ["absent"]'),
        "a build constraint": setting('build-constraint-dependencies = ["setuptools<99"]'),
        "a date": setting('exclude-newer = "2030-01-01T00:00:00Z"'),
        "a date of one package": setting('exclude-newer-package = {stem = "2030-01-01T00:00:00Z"}'),
        "the lowest versions": setting('resolution = "lowest"'),
        "the default resolution": setting('resolution = "highest"'),
        "pre-releases": setting('prerelease = "allow"'),
        "the default of pre-releases": setting('prerelease = "if-necessary-or-explicit"'),
        "forks": setting('fork-strategy = "fewest"'),
        "the index strategy": setting('index-strategy = "unsafe-best-match"'),
        "no binaries": setting("no-binary-package = ['absent']"),
        "no builds": setting("no-build = true"),
        "link mode": setting('link-mode = "copy"'),
        "a version of uv": setting('required-version = ">=0.1"'),
        "a cache key": setting('cache-keys = [{file = "x"}]'),
        "metadata of a dependency": setting('dependency-metadata = [{name = "stem", version = "2.0", requires-dist = ["small"]}]'),
        "metadata of what is not locked": setting('dependency-metadata = [{name = "absent", version = "1"}]'),
        "environments": lambda old: setting("environments = [\"sys_platform == 'linux'\"]")(re.sub(r"(?m)^environments = .*\n", "", old)),
        "other environments": replaced(r"^environments = .*$", "environments = [\"sys_platform == 'darwin'\"]"),
        "environments in two parts": replaced(r"^environments = .*$", "environments = [\"sys_platform == 'linux' and python_version < '3.12'\", \"sys_platform == 'linux' and python_version >= '3.12'\"]"),
        "required environments": setting("required-environments = [\"sys_platform == 'win32'\"]"),
        "other required environments": replaced(r"^required-environments = .*$", "required-environments = [\"sys_platform == 'linux' and platform_machine == 'aarch64'\"]"),
        "conflicts": setting('conflicts = [[{extra = "x"}, {extra = "y"}]]'),
        "no conflicts": replaced(r"^conflicts = .*$", ""),
        "no sources": lambda old: re.sub(r"(?m)^\[tool\.uv\.sources\]\n(?:\w+ = .*\n)*", "", old),
        "a source": setting('stem = {url = "http://127.0.0.1:18955/main/simple/stem/stem-1.0-py3-none-any.whl"}', "[tool.uv.sources]"),
        "a source of what is not needed": setting('absent = {path = "absent"}', "[tool.uv.sources]"),
        "a source at another index": setting('stem = {index = "main"}', "[tool.uv.sources]"),
        "another marker of a source": replaced(r"(index = \"side\", marker = \"sys_platform == )'linux'", r"\1'darwin'"),
        "an index more": added('\n[[tool.uv.index]]\nname = "more"\nurl = "http://127.0.0.1:18955/side/simple"\nexplicit = true\n'),
        "an index that is asked too": added('\n[[tool.uv.index]]\nname = "more"\nurl = "http://127.0.0.1:18955/side/simple"\n'),
        "an index renamed": lambda old: old if "explicit" in old else old.replace('name = "main"', 'name = "other"'),
        "an index's URL with a slash": replaced(r'/main/simple"', '/main/simple/"'),
        "the Python of a group": setting('dev = {requires-python = ">=3.12"}', "[tool.uv.dependency-groups]"),
        "another Python of a group": replaced(r'^late = \{requires-python = ">=3.12"\}', 'late = {requires-python = ">=3.13"}'),
        "no Python of a group": replaced(r"^late = \{requires-python.*$", ""),
        "a workspace": setting('members = ["absent-*"]', "[tool.uv.workspace]"),
        "a member left out": replaced(r'^members = \["part"\]$', 'members = ["part"]\nexclude = ["part"]'),
        "a member that is not editable": replaced(r"^part = \{workspace = true\}", "part = {workspace = true, editable = false}"),
        "a member that is editable": replaced(r"editable = false", "editable = true"),
        "a member by a pattern": replaced(r'^members = \["part"\]$', 'members = ["pa*"]'),
        "no member": replaced(r'^members = \["p\*"\]$', 'members = ["q*"]'),
        "extra build dependencies": setting('extra-build-dependencies = {stem = ["small"]}'),
    },
    "poetry": {
        "the first group of Poetry": lambda old: old if "poetry.group" in old else old + '\n[tool.poetry.group.z.dependencies]\nsmall = "*"\n',
        "an empty group of Poetry": lambda old: old if "poetry.group" in old else old + "\n[tool.poetry.group.z.dependencies]\n",
        "an optional group of Poetry": replaced(r"^\[tool\.poetry\.group\.late\]\noptional = true", "[tool.poetry.group.late]\noptional = false"),
        "a limit in a group of Poetry": replaced(r'^twig = "\*"', 'twig = "^2"'),
        "development dependencies": added('\n[tool.poetry.dev-dependencies]\nsmall = "*"\n'),
        "a mode of Poetry": setting("package-mode = false", "[tool.poetry]"),
        "packages of Poetry": setting('packages = [{include = "x"}]', "[tool.poetry]"),
        "requires-poetry": setting('requires-poetry = ">=1"', "[tool.poetry]"),
        "build constraints": added('\n[tool.poetry.build-constraints]\nstem = {setuptools = "<99"}\n'),
        "a dependency of Poetry": setting('small = "*"', "[tool.poetry.dependencies]"),
        "no sources": lambda old: re.sub(r"\[\[tool\.poetry\.source\]\]\n(?:\w+ = .*\n)*", "", old),
        "another priority": replaced(r'priority = "primary"', 'priority = "supplemental"'),
        "another source": replaced(r'/main/simple/"', '/side/simple/"'),
        "a source renamed": replaced(r'name = "main"', 'name = "other"'),
        "a source more": added('\n[[tool.poetry.source]]\nname = "more"\nurl = "http://127.0.0.1:18955/side/simple/"\npriority = "explicit"\n'),
        "no source of a dependency": replaced(r'^inner = \{source = "side"\}', ""),
        "the old tables: a caret": replaced(r'version = "\^1\.0"', 'version = "^1"'),
        "the old tables: an alternative": replaced(r'version = "\^1\.0"', 'version = "^1.0 || ^2"'),
        "the old tables: another Python": replaced(r'^python = "\^3\.10"', 'python = "^3.11"'),
        "the old tables: an extra": replaced(r'^more = \["twig"\]', 'more = ["twig"]\nless = []'),
        "the old tables: not optional": replaced(r"optional = true", "optional = false"),
        "the old tables: another platform": replaced(r'platform = "linux"', 'platform = "darwin"'),
        "the old tables: a project besides": lambda old: old if "[project]" in old else '[project]\nname = "site"\nversion = "1"\nrequires-python = ">=3.10,<4"\n' + old.replace('name = "site"\nversion = "1"\n', "", 1),
        "the old tables: a project with dependencies": lambda old: old if "[project]" in old else '[project]\nname = "site"\nversion = "1"\nrequires-python = ">=3.10,<4"\ndependencies = ["leaf"]\n' + old.replace('name = "site"\nversion = "1"\n', "", 1),
        "the old tables: a name only": lambda old: old if "[project]" in old else '[project]\nname = "site"\nversion = "1"\n' + old.replace('name = "site"\nversion = "1"\n', "", 1),
        "the old tables: order": replaced(r'^(leaf = .*)\n(net = .*)$', r"\2\n\1"),
        "dynamic dependencies of Poetry": lambda old: re.sub(r"(?m)^dependencies = (\[.*\])$", 'dynamic = ["dependencies"]', old) + '\n[tool.poetry.dependencies]\nstem = "*"\n' if "[tool.poetry.dependencies]" not in old else old,
    },
    "pdm": {
        "an excluded package": setting('excludes = ["small"]', "[tool.pdm.resolution]"),
        "an empty resolution": lambda old: old if "resolution" in old else old + "\n[tool.pdm.resolution]\n",
        "respected sources": setting("respect-source-order = true", "[tool.pdm.resolution]"),
        "pre-releases": setting("allow-prereleases = true", "[tool.pdm.resolution]"),
        "an override": lambda old: old if "overrides" in old else old + '\n[tool.pdm.resolution.overrides]\nstem = "1.0"\n',
        "no override": replaced(r'^stem = "1\.0"$', ""),
        "an old override": lambda old: old if "overrides" in old else old + '\n[tool.pdm.overrides]\nstem = "1.0"\n',
        "no sources": lambda old: re.sub(r"\[\[tool\.pdm\.source\]\]\n(?:\w+ = .*\n)*", "", old),
        "a source more": added('\n[[tool.pdm.source]]\nname = "more"\nurl = "http://127.0.0.1:18955/side/simple"\n'),
        "another source": replaced(r'/main/simple"', '/main/simple/"'),
        "a source's check": replaced(r"verify_ssl = false", "verify_ssl = true"),
        "a development group": lambda old: old + '\n[tool.pdm.dev-dependencies]\nz = ["small"]\n' if "dev-dependencies" not in old else old,
        "a development group more": replaced(r"^\[tool\.pdm\.dev-dependencies\]$", '[tool.pdm.dev-dependencies]\nz = ["small"]'),
        "an empty development table": lambda old: old + "\n[tool.pdm.dev-dependencies]\n" if "dev-dependencies" not in old else old,
        "a development group moved": lambda old: old.replace("[tool.pdm.dev-dependencies]", "[dependency-groups]"),
        "a development group's case": replaced(r'^test = \["twig"\]', 'Test = ["twig"]'),
        "a development group's limit": replaced(r'^test = \["twig"\]', 'test = ["twig<9"]'),
        "an editable requirement": replaced(r'^test = \["twig"\]', 'test = ["twig", "-e file:///${PROJECT_ROOT}/x"]'),
        "options": added('\n[tool.pdm.options]\nlock = ["-G", ":all"]\n'),
        "scripts of pdm": added('\n[tool.pdm.scripts]\nx = "y"\n'),
        "a version from a file": added('\n[tool.pdm.version]\nsource = "file"\npath = "x.py"\n'),
        "build settings": added('\n[tool.pdm.build]\nincludes = []\n'),
        "the inputs of the lock": setting("lock_inputs = true", "[tool.pdm.resolution]"),
    },
}

#: What the tool's answer to a change depends on, which is not in the files.
ELSEWHERE = {
    ("uv", "no Python"): "uv takes the Python of the machine",
    ("uv", "dynamic dependencies"): "uv asks the build backend",
}

#: Changes of the member of a workspace.
MEMBER_CHANGES = {
    "a dependency more": replaced(r"^dependencies = \[", 'dependencies = ["small", '),
    "a dependency less": replaced(r'"twig", ', ""),
    "a limit": replaced(r'"net"', '"net<2"'),
    "another version": replaced(r'^version = "1"', 'version = "2"'),
    "another name": replaced(r'^name = "part"', 'name = "piece"'),
    "another Python": replaced(r'^requires-python = ">=3.10"', 'requires-python = ">=3.12"'),
    "a group": added('\n[dependency-groups]\nz = ["small"]\n'),
    "an extra": added('\n[project.optional-dependencies]\nz = ["small"]\n'),
    "a description": replaced(r'^version = "1"', 'version = "1"\ndescription = "x"'),
    "a build system": added('\n[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'),
    "limits, which only the root can set": added('\n[tool.uv]\noverride-dependencies = ["stem==1.0"]\n'),
    "a source": added('\n[tool.uv.sources]\ntwig = {url = "http://127.0.0.1:18955/main/simple/twig/twig-1.0-py3-none-any.whl"}\n'),
    "a marker": replaced(r'"net"', "\"net ; sys_platform == 'linux'\""),
    "the first dependency": lambda old: old if "dependencies" in old else old.replace('version = "1"\n', 'version = "1"\ndependencies = ["small"]\n'),
}


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


def judge(kind, folder):
    """Whether the tool calls the lock stale; None when it refuses the project."""
    done = subprocess.run(CHECKS[kind], cwd=folder, capture_output=True, text=True, timeout=900)
    said = done.stdout + done.stderr
    if kind == "uv":
        if done.returncode == 0:
            return False
        return True if "needs to be updated" in said or "No solution" in said or not said.strip() else None
    if kind == "poetry":
        if "The Poetry configuration is invalid" in said:
            return None
        return "changed significantly" in said or "is not up to date" in said or "poetry.lock" in said if done.returncode else False
    return True if done.returncode and ("satisfy the project" in said or "out of date" in said or "hash" in said or "up to date" in said or not said.strip()) else None if done.returncode else False


def ours(folder, lock):
    done = subprocess.run([PINPROOF, "check", "--format", "json", "--allow-empty", str(folder)], capture_output=True, text=True)
    if not done.stdout:
        return None
    return any(finding["rule"] == "stale-lock" and finding["file"].endswith((lock, "pyproject.toml")) for finding in json.loads(done.stdout)["findings"])


def case(kind, project, name, change, file="pyproject.toml"):
    if not (project / file).exists():
        return None
    text = (project / file).read_text()
    changed = change(text)
    if changed == text and name != "nothing":
        return None
    if (kind, name) in ELSEWHERE:
        return None
    try:
        tomllib.loads(changed)
    except tomllib.TOMLDecodeError:
        return None
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory) / "p"
        shutil.copytree(project, folder, ignore=shutil.ignore_patterns(".venv", "__pypackages__", ".pdm-python"))
        (folder / file).write_text(changed)
        return judge(kind, folder), ours(folder, f"{kind}.lock")


def several(kind, projects, changes, chance):
    """A case of two or three changes of one file, each of which changes something."""
    while True:
        project, file = chance.choice(projects), chance.choice(sorted({file for _, _, file in changes}))
        if not (project / file).exists():
            continue
        text, names, steps, count = (project / file).read_text(), [], [], chance.choice((2, 3))
        own = [(name, change) for name, change, place in changes if place == file and (kind, name) not in ELSEWHERE]
        for name, change in chance.sample(own, len(own)):
            with contextlib.suppress(tomllib.TOMLDecodeError):
                changed = change(text)
                tomllib.loads(changed)
                if changed != text:
                    text, names, steps = changed, [*names, name], [*steps, change]
            if len(names) == count:
                break
        return project, " + ".join(names), lambda old, steps=steps: functools.reduce(lambda text, step: step(text), steps, old), file


def main():
    # Another run may serve it already.
    with contextlib.suppress(OSError):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 18955), functools.partial(Handler, directory=str(HERE / "index")))
        threading.Thread(target=server.serve_forever, daemon=True).start()
    failed = 0
    for kind in CHOSEN:
        projects = sorted(path.parent for path in (HERE / "locks" / kind).glob(f"*/{kind}.lock"))
        changes = [(name, change, "pyproject.toml") for name, change in (CHANGES | OWN_CHANGES[kind]).items()]
        if kind == "uv":
            changes += [(f"the member: {name}", change, "part/pyproject.toml") for name, change in MEMBER_CHANGES.items()]
        cases = [(project, *change) for change in changes for project in projects]
        if SEED is not None:
            chance = random.Random(SEED)
            cases = [several(kind, projects, changes, chance) for _ in range(100)]
        tried = set()
        counts = {"agree": 0, "stale": 0, "refused by the tool": 0}
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for (project, name, _, _), answer in zip(cases, pool.map(lambda item: case(kind, *item), cases)):
                if answer is None:
                    continue
                tried.add(name)
                theirs, found = answer
                if theirs is None:
                    counts["refused by the tool"] += 1
                elif theirs == found:
                    counts["agree"] += 1
                    counts["stale"] += theirs
                else:
                    failed += 1
                    print(f"DIFFERS {kind} {project.name}: {name}: {kind} says {'stale' if theirs else 'current'}, pinproof {found}", flush=True)
        print(kind, f"{len(tried)} changes", counts, flush=True)
    sys.exit(1 if failed else 0)


main()
