"""Holds Pinproof's reading of real locks against the answers of the tools that wrote them.

    compare_locks.py PINPROOF CORPUS [uv|poetry|pdm|pipenv|pylock|conda|pixi|renv|pip ...]

CORPUS is a tree of real lock files, each with its project file beside it. On the PATH: uv, poetry with poetry-plugin-export, pdm,
pipenv, conda-lock, Rscript with renv. Python packages: packaging 26.3 or later, py-rattler, pip. A lock that its own tool refuses is
named and left out; a target that Pinproof refuses is checked against the lock itself. Exit status 1 when anything differs.
"""

import collections
import contextlib
import functools
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import urllib.parse

from packaging import tags as packaging_tags
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

PINPROOF, CORPUS = sys.argv[1], pathlib.Path(sys.argv[2])
CHOSEN = sys.argv[3:] or ["uv", "poetry", "pdm", "pipenv", "pylock", "conda", "pixi", "renv", "pip"]
QUIET = {**os.environ, "PDM_CHECK_UPDATE": "0", "PIPENV_VERBOSITY": "-1", "NO_COLOR": "1"}

#: name: Pinproof's options, what markers see, the platform tags in the order of packaging.
LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


def manylinux(machine, lowest):
    yield f"linux_{machine}"
    for minor in range(36, lowest - 1, -1):
        yield f"manylinux_2_{minor}_{machine}"
        if minor in LEGACY:
            yield f"{LEGACY[minor]}_{machine}"


def linux(machine):
    return dict(os_name="posix", sys_platform="linux", platform_system="Linux", platform_machine=machine)


PLATFORMS = {
    "linux/amd64 glibc": (["--platform", "linux/amd64", "--libc", "glibc-2.36"], linux("x86_64"), list(manylinux("x86_64", 5))),
    "linux/arm64 glibc": (["--platform", "linux/arm64", "--libc", "glibc-2.36"], linux("aarch64"), list(manylinux("aarch64", 17))),
    "linux/amd64 musl": (
        ["--platform", "linux/amd64", "--libc", "musl-1.2"], linux("x86_64"),
        ["linux_x86_64"] + [f"musllinux_1_{minor}_x86_64" for minor in (2, 1, 0)]),
    "darwin/arm64": (
        ["--platform", "darwin/arm64"],
        dict(os_name="posix", sys_platform="darwin", platform_system="Darwin", platform_machine="arm64"),
        list(packaging_tags.mac_platforms((13, 0), "arm64"))),
    "windows/amd64": (
        ["--platform", "windows/amd64"],
        dict(os_name="nt", sys_platform="win32", platform_system="Windows", platform_machine="AMD64"), ["win_amd64"]),
}
PYTHONS = ["3.10", "3.11", "3.13"]
TARGETS = [(python, platform) for python in PYTHONS for platform in PLATFORMS]


def environment(python, platform):
    full = python if python.count(".") == 2 else python + ".0"
    return {
        **PLATFORMS[platform][1], "python_version": full.rpartition(".")[0], "python_full_version": full,
        "implementation_name": "cpython", "platform_python_implementation": "CPython", "implementation_version": full,
        "platform_release": "", "platform_version": "", "extra": "", "extras": frozenset(), "dependency_groups": frozenset(),
    }


def tags(python, platform):
    version = tuple(int(part) for part in python.split("."))[:2]
    platforms = PLATFORMS[platform][2]
    interpreter = f"cp{version[0]}{version[1]}"
    return list(packaging_tags.cpython_tags(version, platforms=platforms)) + list(
        packaging_tags.compatible_tags(version, interpreter, platforms))


@functools.cache
def ranks_of(target):
    return {tag: index for index, tag in reversed(list(enumerate(tags(*target))))}


def best_file(files, target):
    """The file that an installer takes: the best tag, then the higher build number; else the source archive."""
    best = None
    for name in files:
        if not name.endswith(".whl"):
            continue
        with contextlib.suppress(InvalidWheelFilename):
            _, _, build, wheel_tags = parse_wheel_filename(name)
            ranks = [ranks_of(target)[tag] for tag in wheel_tags if tag in ranks_of(target)]
            rank = ranks and (min(ranks), build == (), [-part if isinstance(part, int) else part for part in build])
            if ranks and (best is None or rank < best[0]):
                best = (rank, name)
    if best:
        return best[1]
    sources = [name for name in files if not name.endswith(".whl")]
    return next((name for name in sources if name.endswith(".tar.gz")), sources[0] if sources else None)


class Report:
    """Counts what agreed and prints what did not."""

    def __init__(self, name):
        self.name, self.counts = name, collections.Counter()

    def differs(self, where, what):
        self.counts["differ"] += 1
        print(f"DIFFERS {self.name} {where}: {what}", flush=True)

    def note(self, kind, where, what):
        self.counts[kind] += 1
        print(f"{kind.upper()} {self.name} {where}: {str(what).strip()[:300]}", flush=True)

    def same(self, kind="same"):
        self.counts[kind] += 1


def inspect(path, options=()):
    """Pinproof's answer: (packages by name, None) or (None, message)."""
    run = subprocess.run([PINPROOF, "inspect", str(path), "--format", "json", *options], capture_output=True, text=True)
    if run.returncode:
        return None, run.stderr.strip()
    found = {}
    answer = json.loads(run.stdout)
    if "environment" not in answer:
        return None, "it is read as a Dockerfile"
    for package in answer["environment"]["packages"]:
        # pip may have put a package over conda's of the same name.
        twice = package["name"] in found
        found[f"{package['name']} of {package['ecosystem']}" if twice else package["name"]] = package
    return found, None


def files_called(name):
    return sorted(path for path in CORPUS.rglob(name) if path.is_file())


def short(path):
    return "/".join(path.parts[-3:-1])


def logical_lines(text):
    line = ""
    for part in text.splitlines():
        if part.startswith("#") or not part.strip() or part.startswith(("-i ", "--index", "--extra-index", "--trusted", "--find")):
            continue
        line += part.rstrip().removesuffix("\\")
        if not part.rstrip().endswith("\\"):
            yield line.strip()
            line = ""


def exported(text):
    """Entries of an exported requirements file: (requirement, hashes)."""
    for line in logical_lines(text):
        requirement = re.split(r"\s+--hash", line)[0].strip()
        if re.match(r"(-e\s|\.{0,2}/)", requirement) or " @ file:" in requirement or "file://" in requirement.split(";")[0]:
            continue
        yield Requirement(requirement), set(re.findall(r"--hash[= ](\S+)", line))


def covers(words, target):
    """Whether what a lock says that it is for holds a target: a marker, or pdm's `Python >=3.11 on manylinux_2_17_x86_64`."""
    match = re.fullmatch(r"Python (.+) on (\S+)", words)
    if not match:
        return Marker(words).evaluate(environment(*target))
    return SpecifierSet(match[1]).contains(target[0] + ".0") and match[2] in PLATFORMS[target[1]][2] + pdm_names(target[1])


def pdm_names(platform):
    """What pdm calls a platform besides its tags (https://pdm-project.org/en/latest/usage/lock-targets/)."""
    system, machine = PLATFORMS[platform][1]["sys_platform"], PLATFORMS[platform][1]["platform_machine"]
    libc = "musllinux_1_2" if "musl" in platform else "manylinux_2_40"
    return [f"{libc}_{machine}"] if system == "linux" else [f"macos_14_0_{machine}"] if system == "darwin" else ["windows_amd64"]


def refusal_is_right(message, text, target):
    """Whether a lock forbids a target, judged from the lock's own words by packaging."""
    if match := re.search(r"is for Python (.+), which excludes (\S+)", message):
        try:
            specifier = SpecifierSet(match[1])
        except InvalidSpecifier:
            return match[1] in text
        minor = ".".join(target[0].split(".")[:2])
        return not any(specifier.contains(f"{minor}.{patch}", prereleases=True) for patch in range(60))
    if match := re.search(r"is not locked for Python \S+ on .+; it is for (.+)", message):
        return not any(covers(words, target) for words in match[1].split("; "))
    if match := re.search(r"has no artifact for .*; it has (.+)", message):
        held = [tag for part in match[1].split(", ") for tag in packaging_tags.parse_tag(part)]
        return "source archive" not in match[1] and not any(tag in ranks_of(target) for tag in held)
    return False


def compare_targets(report, path, entries, files, targets=TARGETS, options=()):
    """Holds an export with markers against Pinproof for each target."""
    text = path.read_text()
    for target in targets:
        where = f"{short(path)} {target[0]} {target[1]}"
        found, message = inspect(path, ["--python", target[0], *PLATFORMS[target[1]][0], *options])
        if found is None:
            if refusal_is_right(message, text, target):
                report.same("rightly refused")
            else:
                report.differs(where, message)
            continue
        expected = {}
        for requirement, hashes in entries:
            if requirement.marker is None or requirement.marker.evaluate(environment(*target)):
                version = str(requirement.specifier).lstrip("=") if not requirement.url else None
                expected[canonicalize_name(requirement.name)] = (version, hashes)
        wrong = []
        listed = {name for name, package in found.items() if not package.get("location")}
        if listed != set(expected):
            wrong.append(f"missing {sorted(set(expected) - listed)[:6]}, additional {sorted(listed - set(expected))[:6]}")
        for name in listed & set(expected):
            version, hashes = expected[name]
            if version and version != found[name]["version"]:
                wrong.append(f"{name} {found[name]['version']}, not {version}")
            if hashes and not set(found[name]["hashes"]) <= hashes:
                wrong.append(f"{name} has other hashes")
            known = files.get((name, found[name]["version"]))
            artifacts = [artifact["name"] for artifact in found[name]["artifacts"]]
            if known and artifacts != [best_file(known, target)]:
                wrong.append(f"{name}: {artifacts}, not {best_file(known, target)}")
            report.counts["artifacts"] += bool(known)
        report.differs(where, "; ".join(wrong[:5])) if wrong else report.same()


@contextlib.contextmanager
def copy_of(path, *beside):
    with tempfile.TemporaryDirectory() as folder:
        for name in (path.name, *beside):
            if (path.parent / name).exists():
                shutil.copy(path.parent / name, folder)
        yield folder


def run(folder, *command):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=QUIET, timeout=300)


def file_name(url):
    return urllib.parse.unquote(url.split("#")[0].split("?")[0].rsplit("/", 1)[-1])


def uv(report):
    for path in files_called("uv.lock"):
        with copy_of(path, "pyproject.toml") as folder:
            done = run(folder, "uv", "export", "--frozen", "--no-default-groups", "--no-header", "--no-annotate", "--no-emit-workspace", "--offline", "-q")
        if done.returncode:
            report.note("skipped", short(path), done.stderr)
            continue
        files = {}
        for package in tomllib.loads(path.read_text()).get("package", []):
            names = [file_name(wheel.get("url", wheel.get("path", ""))) for wheel in package.get("wheels", [])]
            sdist = package.get("sdist", {})
            if "url" in sdist or "path" in sdist:
                names.append(file_name(sdist.get("url", sdist.get("path", ""))))
            files.setdefault((package["name"], package.get("version")), names)
        report.counts["locks"] += 1
        compare_targets(report, path, list(exported(done.stdout)), files)


def poetry(report):
    for path in files_called("poetry.lock"):
        with copy_of(path, "pyproject.toml") as folder:
            done = run(folder, "poetry", "export", "--without-urls", "-f", "requirements.txt")
        if done.returncode:
            report.note("skipped", short(path), done.stderr)
            continue
        files = {
            (canonicalize_name(package["name"]), package["version"]): [file["file"] for file in package.get("files", [])]
            for package in tomllib.loads(path.read_text()).get("package", []) if "source" not in package}
        report.counts["locks"] += 1
        compare_targets(report, path, list(exported(done.stdout)), files)


def pdm(report):
    for path in files_called("pdm.lock"):
        with copy_of(path, "pyproject.toml", "README.md") as folder:
            run(folder, "pdm", "config", "--local", "python.use_venv", "false")
            done = run(folder, "pdm", "export", "-q", "--prod", "-f", "requirements")
            if "without environment markers" in done.stderr:
                # Such a lock is narrowed by a walk that pdm does for its own machine only.
                pathlib.Path(folder, "__pypackages__").mkdir()
                done = run(folder, "pdm", "sync", "--dry-run", "--prod", "--no-self")
                entries = [(Requirement(f"{name}=={version}"), set()) for name, version in re.findall(
                    r"- (\S+) (\S+)$", done.stdout, re.M)]
                report.counts["locks"] += 1
                compare_targets(report, path, entries, {}, [(platform.python_version(), "linux/amd64 glibc")])
                continue
        if done.returncode:
            report.note("skipped", short(path), done.stderr)
            continue
        report.counts["locks"] += 1
        compare_targets(report, path, list(exported(done.stdout)), {})


def pipenv(report):
    for path in files_called("Pipfile.lock"):
        for options, ours in (((), ()), (("--dev",), ("--group", "develop"))):
            with copy_of(path, "Pipfile") as folder:
                done = run(folder, "pipenv", "requirements", "--hash", *options)
            if done.returncode:
                report.note("skipped", short(path), done.stderr)
                continue
            report.counts["locks"] += not options
            requires = json.loads(path.read_text())["_meta"].get("requires", {})
            own = requires.get("python_full_version", requires.get("python_version", PYTHONS[0]))
            targets = [(python, name) for python in {*PYTHONS, own} for name in PLATFORMS]
            compare_targets(report, path, list(exported(done.stdout)), {}, targets, ours)


def pylock(report):
    from packaging.pylock import Pylock, PylockSelectError, PylockValidationError

    for path in sorted(CORPUS.rglob("pylock*.toml")):
        report.counts["locks"] += 1
        try:
            lock = Pylock.from_dict(tomllib.loads(path.read_text()))
        except PylockValidationError as error:
            if inspect(path)[0] is None:
                report.note("both refuse", short(path), error)
            else:
                report.differs(short(path), f"packaging refuses: {error}")
            continue
        for target in TARGETS:
            where = f"{short(path)} {target[0]} {target[1]}"
            found, message = inspect(path, ["--python", target[0], *PLATFORMS[target[1]][0]])
            try:
                chosen = {package.name: (package, source) for package, source in lock.select(
                    environment=environment(*target), tags=tags(*target))}
            except PylockSelectError as error:
                if found is None:
                    report.same("both refuse a target")
                else:
                    report.differs(where, f"packaging refuses: {error}")
                continue
            if found is None:
                report.differs(where, message)
                continue
            wrong = []
            if set(chosen) != set(found):
                wrong.append(f"names {set(chosen) ^ set(found)}")
            for name in set(chosen) & set(found):
                package, source = chosen[name]
                artifacts = [artifact["name"] for artifact in found[name]["artifacts"]]
                if package.version and str(package.version) != str(Version(found[name]["version"])):
                    wrong.append(f"{name} {found[name]['version']}, not {package.version}")
                if hasattr(source, "filename") and artifacts != [source.filename]:
                    wrong.append(f"{name}: {artifacts}, not {source.filename}")
                if hasattr(source, "hashes") and not set(found[name]["hashes"]) <= {f"{k}:{v}" for k, v in source.hashes.items()}:
                    wrong.append(f"{name} has other hashes")
            report.differs(where, "; ".join(wrong[:5])) if wrong else report.same()


CONDA = {
    "linux-64": "linux/amd64", "linux-aarch64": "linux/arm64", "osx-arm64": "darwin/arm64", "win-64": "windows/amd64",
}


def conda(report):
    for path in sorted(CORPUS.rglob("conda-lock*.yml")):
        platforms = set(re.findall(r"^ +platform: (\S+)", path.read_text(), re.M)) & set(CONDA)
        for platform in sorted(platforms):
            with copy_of(path) as folder:
                done = run(folder, "conda-lock", "render", "-k", "explicit", "--no-dev-dependencies", "-p", platform, path.name)
                rendered = pathlib.Path(folder, f"conda-{platform}.lock")
                where = f"{short(path)} {platform}"
                if done.returncode or not rendered.exists():
                    report.note("skipped", where, done.stderr[-300:])
                    continue
                lines = rendered.read_text().splitlines()
            expected, plain = {}, []
            for line in lines:
                if line.startswith(("http", "file:")):
                    url, _, digest = line.partition("#")
                    expected[url] = {f"md5:{digest}"} if digest else set()
                elif line.startswith("# pip "):
                    plain.append(canonicalize_name(re.split(r"[ @=\[]", line[6:].strip())[0]))
            found, message = inspect(path, ["--platform", CONDA[platform]])
            if found is None:
                report.differs(where, message)
                continue
            ours = {package["artifacts"][0]["url"]: set(package["hashes"]) for package in found.values() if package["ecosystem"] == "conda"}
            wrong = sorted(set(ours) ^ set(expected))[:4]
            wrong += [url for url in set(ours) & set(expected) if not expected[url] <= ours[url]]
            wrong += sorted({package["name"] for package in found.values() if package["ecosystem"] == "pypi"} ^ set(plain))[:4]
            report.counts["packages"] += len(ours) + len(plain)
            report.differs(where, wrong) if wrong else report.same()


def zeros_stripped(version):
    """A version as rattler writes it: `3.000` is `3.0`, `2023.04` is `2023.4`."""
    return version and re.sub(r"\d+", lambda digits: str(int(digits[0])), version)


def pixi(report):
    from rattler import LockFile, PypiLockedPackage

    for path in files_called("pixi.lock"):
        try:
            lock = LockFile.from_path(path)
        except Exception as error:  # rattler's own errors have no common type
            if inspect(path)[0] is None:
                report.note("both refuse", short(path), error)
            else:
                report.note("only rattler refuses", short(path), error)
            continue
        if (message := inspect(path)[1] or "").endswith("of pixi.lock; versions 4 to 7 can be read"):
            report.note("of a version that is refused", short(path), message)
            continue
        report.counts["locks"] += 1
        for name, locked in lock.environments():
            for platform, packages in locked.packages_by_platform().items():
                if platform.name not in CONDA:
                    report.same("platforms without a name here")
                    continue
                where = f"{short(path)} {name} {platform.name}"
                run_ = subprocess.run(
                    [PINPROOF, "inspect", str(path), "--format", "json", "--environment", name, "--platform", CONDA[platform.name]],
                    capture_output=True, text=True)
                if run_.returncode:
                    report.differs(where, run_.stderr)
                    continue
                ours, theirs = collections.Counter(), collections.Counter()
                sources = set()
                for package in packages:
                    name_ = canonicalize_name(package.name) if isinstance(package, PypiLockedPackage) else package.name.lower()
                    version = None if package.version is None else zeros_stripped(str(package.version))
                    if version in ("<dynamic>", "0a0.dev0", None):
                        # rattler's words for a folder of source code, whose version it does not keep.
                        sources.add(name_)
                        version = None
                    digests = [None, None]
                    with contextlib.suppress(AttributeError):  # a source package has none
                        digests = [digest and digest.hex() for digest in (package.hashes.sha256, package.hashes.md5)]
                    theirs[name_, version, *digests] += 1
                for package in json.loads(run_.stdout)["environment"]["packages"]:
                    hashes = {digest.partition(":")[0]: digest.partition(":")[2] for digest in package["hashes"]}
                    version = None if package["name"] in sources else zeros_stripped(package["version"])
                    ours[package["name"], version, hashes.get("sha256"), hashes.get("md5")] += 1
                report.counts["packages"] += sum(ours.values())
                # rattler drops the hash of a package by path and of some by URL; the lock has it.
                for package in ours - theirs:
                    bare = (*package[:2], None, None)
                    if theirs[bare] > ours[bare] and package[2] in path.read_text():
                        theirs[bare] -= 1
                        theirs[package] += 1
                        report.same("hashes that only the lock has")
                theirs = +theirs
                if ours == theirs:
                    report.same()
                else:
                    report.differs(where, f"only ours {sorted(map(str, ours - theirs))[:3]}, only rattler's {sorted(map(str, theirs - ours))[:3]}")


def renv(report):
    script = 'for (p in renv::lockfile_read(commandArgs(TRUE)[1])$Packages) cat(p$Package, p$Version, "\\n")'
    for path in files_called("renv.lock"):
        done = run(path.parent, "Rscript", "-e", script, str(path))
        if done.returncode:
            report.note("skipped", short(path), done.stderr)
            continue
        found, message = inspect(path)
        expected = {tuple(line.split()) for line in done.stdout.splitlines() if line.strip()}
        ours = {(name, package["version"]) for name, package in (found or {}).items()}
        report.counts["packages"] += len(ours)
        report.differs(short(path), message or sorted(ours ^ expected)[:6]) if ours != expected else report.same()


def pip(report):
    from pip._internal.network.session import PipSession
    from pip._internal.req.constructors import install_req_from_parsed_requirement
    from pip._internal.req.req_file import parse_requirements

    session = PipSession()
    for path in sorted(CORPUS.rglob("*.txt")):
        found, message = inspect(path)
        expected = {}
        try:
            for parsed in parse_requirements(str(path), session=session):
                requirement = install_req_from_parsed_requirement(parsed)
                if requirement.req is None or requirement.constraint or requirement.link and requirement.link.is_file:
                    continue
                pinned = requirement.req.specifier and [s for s in requirement.req.specifier if s.operator in ("==", "===") and "*" not in s.version]
                hashes = {f"{name}:{value}" for name, values in requirement.hash_options.items() for value in values}
                expected.setdefault(canonicalize_name(requirement.req.name), []).append(
                    (pinned[0].version if pinned and len(requirement.req.specifier) == 1 else None, hashes, requirement.req.url))
        except Exception as error:  # pip has many
            if found is None:
                report.note("both refuse", short(path), error)
            else:
                report.note("only pip refuses", short(path), error)
            continue
        if found is None and not expected and message.endswith("is empty"):
            report.same("empty, refused")
            continue
        if found is None:
            report.differs(str(path), message)
            continue
        wrong = []
        # Two entries of a name under different markers are two packages here.
        listed = {
            name.partition(" of ")[0] for name, package in found.items() if not package.get("location") and (package["artifacts"] or not package["version"])
            or not path.read_text(errors="replace").count(f"/{name}-{package['version']}")}
        if not set(expected) <= set(found) or not listed <= set(expected):
            wrong.append(f"names {sorted(listed ^ set(expected))[:6]}")
        for name in set(expected) & set(found):
            if len(expected[name]) != 1:
                continue
            version, hashes, url = expected[name][0]
            if not url and version != found[name]["version"]:
                wrong.append(f"{name} {found[name]['version']}, not {version}")
            if hashes and set(found[name]["hashes"]) != hashes:
                wrong.append(f"{name} has other hashes")
        report.counts["entries"] += len(expected)
        report.differs(str(path), "; ".join(wrong[:4])) if wrong else report.same()


def main():
    reports = []
    for name in CHOSEN:
        reports.append(Report(name))
        globals()[name](reports[-1])
    for report in reports:
        print(report.name, dict(report.counts), flush=True)
    return 1 if any(report.counts["differ"] for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
