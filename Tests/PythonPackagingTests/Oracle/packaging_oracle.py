#!/usr/bin/env python3
"""Writes what the PyPI package `packaging` (26.3) answers to generated and real strings, for PackagingOracleTests.

usage: packaging_oracle.py TABLE [ROWS-PER-KIND] [FOLDER-WITH-DIST-INFO ...]
PackagingOracleTests runs it.

One row a line, fields between tabs; in a field a tab is \\t, a line feed \\n, a backslash \\\\. The seed is fixed.
"""
import itertools, pathlib, random, sys
from packaging import _parser, markers, requirements, specifiers, tags, utils, version
import packaging._manylinux as manylinux, packaging._musllinux as musllinux

random.seed(20260601)
table, rows = open(sys.argv[1], "w"), int(sys.argv[2]) if len(sys.argv) > 2 else 10000
pick, chance = random.choice, random.random


def emit(*fields):
    encoded = [str(f).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n") for f in fields]
    table.write("\t".join(encoded) + "\n")


def number():
    return pick(["0", "1", "2", "3", "9", "10", "11", "00", "01", "2024", "20240101", str(random.getrandbits(70))][: pick([4, 7, 12])])


def suffix(words):
    return pick(["", ".", "-", "_"]) + pick(words) + pick(["", "", ".", "-", "_"]) + pick(["", number(), number()])


def a_version(local=True):
    text = pick(["", "", "", "v"]) + (number() + "!" if chance() < 0.1 else "")
    text += ".".join(number() for _ in range(pick([1, 2, 2, 3, 3, 4])))
    if chance() < 0.35: text += suffix(["a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "RC", "Alpha"])
    if chance() < 0.25: text += suffix(["post", "rev", "r", "POST"]) if chance() < 0.8 else "-" + number()
    if chance() < 0.25: text += suffix(["dev", "DEV"])
    if local and chance() < 0.2: text += "+" + pick([".", "-", "_"]).join(pick(["cpu", "cu118", "abc", "1", "01", "Ubuntu", "0"]) for _ in range(pick([1, 2, 3])))
    return text


def damaged(text, alphabet="0123456789.-_+!abrcdevpost*v <>=~;,()[]'\"@\\tinorad"):
    for _ in range(pick([1, 1, 2, 3])):
        at = random.randrange(len(text) + 1)
        kind = random.randrange(3)
        text = text[:at] + (pick(alphabet) if kind else "") + text[at + (kind != 1):]
    return text


def parsed(make, text):
    try: return make(text)
    except ValueError: return None


def small_version():
    """Versions that lie near each other."""
    text = pick(["", "", "", "1!"]) + pick(["1", "1.0", "1.0.0", "1.1", "1.2", "2", "2.0", "1.0.1", "0", "1.10"])
    if chance() < 0.4: text += pick(["a1", "b1", "rc1", "a2", "rc0"])
    if chance() < 0.3: text += pick([".post0", ".post1", ".post2"])
    if chance() < 0.3: text += pick([".dev0", ".dev1", ".dev2"])
    return text


def a_comparison():
    operator = pick([">=", "<=", "<", ">", "==", "!=", "~=", "===", "=="])
    text = small_version() if chance() < 0.8 else a_version()
    if operator in ("==", "!="):
        if chance() < 0.3: text = pick(["1", "1.0", "1.1", "2", "1!1", "1.0.0", "0"]) + ".*"
        elif chance() < 0.2: text += pick(["+cpu", "+1", "+abc.1"])
    return operator + pick(["", "", " ", "\t"]) + text


def a_set():
    return pick(["", "", " "]) + pick([",", ", ", " ,"]).join(a_comparison() for _ in range(pick([1, 1, 2, 3])))


for index in range(rows):
    text = a_version()
    if index % 3 == 0: text = damaged(text)
    if index % 10 == 0: text = pick([" ", "\n", "\t"]) + text + pick(["", " "])
    value = parsed(version.Version, text)
    emit("version", text, value if value else "-")
for index in range(rows):
    left, right = (small_version(), small_version()) if index % 4 else (a_version(local=False), a_version(local=False))
    left += pick(["", "", "+a", "+1", "+a.1", "+a.b"])
    right += pick(["", "", "+a", "+1", "+a.1", "+2", "+10"])
    one, two = version.Version(left), version.Version(right)
    emit("order", left, right, "<" if one < two else ">" if one > two else "=")
for index in range(rows):
    text = a_comparison() if index % 2 else damaged(a_comparison())
    emit("specifier", text, 1 if parsed(specifiers.Specifier, text) else 0)
made = 0
while made < rows * 2:
    text = a_set()
    value = parsed(specifiers.SpecifierSet, text)
    if value is None: continue
    made += 1
    candidate = version.Version(small_version() + pick(["", "", "", "+cpu", "+1", "+abc.1"]))
    emit("contains", text, candidate, int(value.contains(candidate, prereleases=bool(value.prereleases))), int(value.contains(candidate, prereleases=True)))
for index in range(rows // 10):
    value = None
    while value is None: text = a_set(); value = parsed(specifiers.SpecifierSet, text)
    candidates = [version.Version(small_version()) for _ in range(8)]
    emit("filter", text, " ".join(map(str, candidates)), " ".join(map(str, value.filter(candidates))))
for index in range(rows // 2):
    text = "".join(pick("aAbZ09-_.") for _ in range(pick([1, 2, 5, 9])))
    emit("name", text, utils.canonicalize_name(text))

ENVIRONMENT = {
    "implementation_name": "cpython", "implementation_version": "3.11.7", "os_name": "posix", "platform_machine": "x86_64",
    "platform_release": "6.1.0-18-amd64", "platform_system": "Linux", "platform_version": "#1 SMP Debian 6.1.76-1",
    "python_full_version": "3.11.7", "platform_python_implementation": "CPython", "python_version": "3.11", "sys_platform": "linux",
}
ENVIRONMENTS = [
    ENVIRONMENT,
    ENVIRONMENT | {"python_version": "3.8", "python_full_version": "3.8.18", "implementation_version": "3.8.18", "platform_release": "5.4.0"},
    ENVIRONMENT | {"python_version": "3.13", "python_full_version": "3.13.0rc2", "implementation_version": "3.13.0rc2", "os_name": "nt", "sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64", "platform_release": "10"},
    ENVIRONMENT | {"python_version": "3.10", "python_full_version": "3.10.13", "implementation_name": "pypy", "implementation_version": "7.3.15", "platform_python_implementation": "PyPy", "sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
]
for index, environment in enumerate(ENVIRONMENTS):
    for key, value in environment.items(): emit("environment", index, key, value)

VALUES = {
    "python_version": ["3.8", "3.11", "3.13", "3", "3.10", "3.*", "3.11.*", "3.9.0", "2.7,3.8", "3.8 3.11"],
    "python_full_version": ["3.11.7", "3.13.0rc2", "3.13", "3.8.18", "3.10.*", "3.11.0a1"],
    "implementation_version": ["3.11.7", "7.3.15", "3"],
    "platform_release": ["5.4.0", "10", "6.1.0-18-amd64", "6"],
    "os_name": ["posix", "nt", "java"], "sys_platform": ["linux", "win32", "darwin", "linux2", "linux darwin"],
    "platform_machine": ["x86_64", "AMD64", "arm64", "aarch64 x86_64"], "platform_system": ["Linux", "Windows", "Darwin"],
    "platform_version": ["#1", "x"], "platform_python_implementation": ["CPython", "PyPy"],
    "python_implementation": ["CPython", "PyPy"], "implementation_name": ["cpython", "pypy"],
    "os.name": ["posix", "nt"], "sys.platform": ["linux", "win32"], "platform.python_implementation": ["CPython"],
    "platform.machine": ["x86_64"], "platform.version": ["x"], "extra": ["test", "Dev_Tools", "dev-tools", "a"],
}


def comparison():
    if chance() < 0.06: return pick(["'%s' in %s", "'%s' not in %s"]) % (pick(["test", "Dev_Tools", "a"]), pick(["extras", "dependency_groups"]))
    key = pick(list(VALUES))
    quote = pick(["'", '"'])
    value = quote + pick(VALUES[key]) + quote
    operator = pick(["==", "!="]) if key == "extra" else pick(["==", "!=", "<", "<=", ">", ">=", "~=", "===", "in", "not in", "=="])
    left, right = (key, value) if chance() < 0.8 or key == "extra" else (value, key)
    if operator[0] in "in" or chance() < 0.7: return f"{left} {operator} {right}"
    return f"{left}{operator}{right}"


def a_marker(depth=0):
    text = comparison()
    for _ in range(pick([0, 0, 1, 2])):
        inner = f"({a_marker(depth + 1)})" if depth < 3 and chance() < 0.3 else comparison()
        text += pick([" and ", " or ", "  and "]) + inner
    return f"({text})" if chance() < 0.1 else text


def answer(marker, environment, extra):
    chosen = dict(environment, extra=extra, extras=frozenset([extra] if extra else []), dependency_groups=frozenset(["a"]))
    try: return str(int(marker.evaluate(chosen, context="requirement")))
    except (markers.UndefinedComparison, markers.UndefinedEnvironmentName): return "U"


def compares_two_literals(items):
    return any(compares_two_literals(i) if isinstance(i, list) else isinstance(i, tuple) and not any(isinstance(side, markers.Variable) for side in (i[0], i[2])) for i in items)


def marker_row(text):
    if "\\" in text: return
    value = parsed(markers.Marker, text)
    if value is None: return emit("marker", text, "-")
    # Two literals are of the grammar, but no environment gives them a meaning; Pinproof refuses them when it reads.
    if compares_two_literals(value._markers): return
    extra = pick(["", "", "test", "dev-tools", "a"])
    emit("marker", text, extra, "".join(answer(value, e, extra) for e in ENVIRONMENTS))


for index in range(rows):
    text = a_marker()
    marker_row(damaged(text, " ()'\"<>=~andorintextra_.") if index % 4 == 0 else text)


def requirement_row(text):
    value = parsed(requirements.Requirement, text)
    # A backslash in a marker's text is an escape of Python to `packaging`; the specification has none, nor has Pinproof.
    if "\\" in text: return
    if value is None: return emit("requirement", text, "-")
    if value.marker and compares_two_literals(value.marker._markers): return
    written = _parser.parse_requirement(text).specifier.split(",")
    written = ",".join(sorted({str(specifiers.Specifier(part)) for part in written if part.strip()}))
    emit("requirement", text, value.name, " ".join(sorted(value.extras)), value.url or "", written, "".join(answer(value.marker, e, "test") for e in ENVIRONMENTS) if value.marker else "")


def a_requirement():
    text = pick(["", "", " "]) + pick(["numpy", "scikit-learn", "Foo.Bar", "a", "zope.interface", "a_", "A--b", "x1", "foo__bar"])
    if chance() < 0.3: text += pick(["", " "]) + "[" + pick([",", ", ", " , "]).join(pick(["test", "a", "b.c", "D_e"]) for _ in range(pick([0, 1, 2]))) + "]"
    if chance() < 0.15: text += pick([" @ ", "@", " @"]) + pick(["https://example.org/a-1.0.whl", "file:///a/b", "git+https://example.org/x.git@v1#egg=x"]) + pick([" ", "", " "])
    elif chance() < 0.7: text += pick(["", " "]) + (f"({a_set()})" if chance() < 0.2 else a_set())
    if chance() < 0.1: text += pick([",", " ,", " "])
    if chance() < 0.4: text += pick(["; ", ";", " ; "]) + a_marker()
    return text


for index in range(rows * 2):
    text = a_requirement()
    requirement_row(damaged(text) if index % 3 == 0 else text)
real = set()
for folder in sys.argv[3:]:
    for file in pathlib.Path(folder).glob("*.dist-info/METADATA"):
        for line in file.read_text(errors="replace").split("\n\n")[0].splitlines():
            if line.startswith("Requires-Dist: "): real.add(line[15:])
            if line.startswith("Version: "): emit("version", line[9:], version.Version(line[9:]))
for text in sorted(real):
    requirement_row(text)
    requirement_row(damaged(text))
    if ";" in text: marker_row(text.split(";", 1)[1].strip())


def all_tags(python, implementation, threaded, platforms):
    major, minor = python
    if implementation == "pypy":
        mine = itertools.chain(tags.generic_tags(f"pp{major}{minor}", [f"pypy{major}{minor}_pp73"], platforms), tags.compatible_tags(python, "pp3", platforms))
    else:
        abi = f"cp{major}{minor}" + ("t" if threaded else "m" if python < (3, 8) else "")
        mine = itertools.chain(tags.cpython_tags(python, [abi], platforms), tags.compatible_tags(python, f"cp{major}{minor}", platforms))
    return " ".join(map(str, mine))


def platforms(os, arch, library):
    machine = {"amd64": "x86_64", "arm64": "aarch64", "386": "i686", "arm": "armv7l"}.get(arch, arch)
    if os == "linux":
        family, number = library.split("-")
        version_ = tuple(map(int, number.split(".")))
        manylinux._get_glibc_version = lambda: version_
        manylinux._have_compatible_abi = lambda executable, archs: family == "glibc"
        musllinux._get_musl_version = lambda executable: musllinux._MuslVersion(*version_) if family == "musl" else None
        return [f"linux_{machine}", *manylinux.platform_tags([machine]), *musllinux.platform_tags([machine])]
    if os == "darwin": return list(tags.mac_platforms(tuple(map(int, library.split("."))), {"amd64": "x86_64"}.get(arch, arch)))
    return [{"amd64": "win_amd64", "arm64": "win_arm64", "386": "win32"}[arch]]


PLATFORMS = [("linux", arch, library) for arch in ["amd64", "arm64", "386", "arm", "ppc64le", "s390x", "riscv64"] for library in ["glibc-2.4", "glibc-2.17", "glibc-2.28", "glibc-2.36", "musl-1.2"]]
PLATFORMS += [("darwin", arch, v) for arch in ["amd64", "arm64"] for v in ["11.0", "13.0", "14.2", "15.0", "26.1"]] + [("darwin", "amd64", "10.9"), ("darwin", "amd64", "10.15")]
PLATFORMS += [("windows", "amd64", ""), ("windows", "arm64", ""), ("windows", "386", "")]
for platform in PLATFORMS:
    for python in [(2, 7), (3, 1), (3, 2), (3, 7), (3, 8), (3, 11), (3, 12), (3, 14)]:
        if rows >= 1000 or python == (3, 11) and platform[2] in ("", "glibc-2.17", "11.0"):
            emit("tags", "%d.%d" % python, "cpython", 0, *platform, all_tags(python, "cpython", False, platforms(*platform)))
for threaded, implementation, python in [(1, "cpython", (3, 13)), (1, "cpython", (3, 14)), (0, "pypy", (3, 10))]:
    emit("tags", "%d.%d" % python, implementation, threaded, *PLATFORMS[1], all_tags(python, implementation, bool(threaded), platforms(*PLATFORMS[1])))


def a_wheel():
    build = pick(["", "", "", "-1", "-0", "-01abc", "-x", "-2_b"])
    name = pick(["foo", "Foo_Bar", "a.b", "foo__bar", "x", "_a", "é", ""]) if chance() < 0.5 else "numpy"
    return f"{name}-{a_version().replace('-', '_')}{build}-{pick(['py3', 'py2.py3', 'cp311', 'cp37.cp38', 'CP311', '3x', ''])}-{pick(['none', 'abi3', 'cp311', 'cp37m.abi3'])}-{pick(['any', 'manylinux_2_17_x86_64.manylinux2014_x86_64', 'win_amd64', 'macosx_11_0_arm64', 'a..b'])}.whl"


for index in range(rows):
    text = a_wheel() if index % 3 else damaged(a_wheel(), "-_.+a1")
    try: name, number_, build, found = utils.parse_wheel_filename(text)
    except utils.InvalidWheelFilename: emit("wheel", text, "-"); continue
    emit("wheel", text, name, number_, "".join(map(str, build)), " ".join(sorted(map(str, found))))
for index in range(rows // 2):
    text = pick(["foo", "Foo_Bar", "a-b-c", "a.b", "", "-"]) + "-" + a_version() + pick([".tar.gz", ".zip", ".tar.bz2", ".TAR.GZ"])
    if index % 3 == 0: text = damaged(text, "-_.+a1")
    try: name, number_ = utils.parse_sdist_filename(text)
    except utils.InvalidSdistFilename: emit("sdist", text, "-"); continue
    emit("sdist", text, name, number_)

# Which wheel is taken: the first that the selector of `packaging` gives, build numbers left out.
WHEELS = [f"a-1-{p}-{a}-{f}.whl" for p, a in [("py3", "none"), ("cp311", "cp311"), ("cp38", "abi3"), ("cp311", "abi3"), ("py2.py3", "none"), ("cp312", "cp312")]
          for f in ["any", "manylinux_2_17_x86_64.manylinux2014_x86_64", "manylinux_2_28_x86_64", "musllinux_1_2_x86_64", "macosx_11_0_arm64", "macosx_10_9_universal2", "win_amd64", "manylinux2014_aarch64"]]
TARGETS = [("linux", "amd64", "glibc-2.28"), ("linux", "arm64", "glibc-2.36"), ("linux", "amd64", "musl-1.2"), ("darwin", "arm64", "13.0"), ("windows", "amd64", "")]
for index in range(rows // 2):
    wheels, platform, python = random.sample(WHEELS, pick([1, 2, 3, 5, 8])), pick(TARGETS), pick([(3, 8), (3, 11), (3, 12)])
    known = [tags.Tag(*t.split("-")) for t in all_tags(python, "cpython", False, platforms(*platform)).split()] if (platform, python) not in globals().setdefault("cache", {}) else cache[platform, python]
    cache[platform, python] = known
    best = next(tags.create_compatible_tags_selector(known)((w, utils.parse_wheel_filename(w)[-1]) for w in wheels), "-")
    emit("best", "%d.%d" % python, *platform, " ".join(wheels), best)
table.close()
