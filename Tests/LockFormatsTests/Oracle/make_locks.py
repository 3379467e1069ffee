"""Makes a corpus for compare_locks.py: locks that today's tools write, of made packages on an index of this machine.

    make_locks.py DIRECTORY [uv|poetry|pdm|pipenv|pylock|pip ...]

At least ten locks of each kind: workspaces, forks, conflicts, several indexes, groups, extras, sources by marker, repositories, files of many
platforms. On the PATH: uv, poetry, pdm, pipenv, pip. A lock that its tool cannot make is named.
"""

import http.server
import pathlib
import subprocess
import sys
import threading
import zipfile

HERE = pathlib.Path(sys.argv[1]).resolve()
CHOSEN = sys.argv[2:] or ["uv", "poetry", "pdm", "pipenv", "pylock"]

PURE = ["py3-none-any"]
MANY = [
    f"cp{minor}-cp{minor}-{platform}"
    for minor in (310, 311, 312, 313)
    for platform in (
        "manylinux_2_17_x86_64.manylinux2014_x86_64", "manylinux_2_28_x86_64", "manylinux_2_17_aarch64.manylinux2014_aarch64",
        "musllinux_1_2_x86_64", "macosx_11_0_arm64", "macosx_10_13_x86_64", "win_amd64")
]
ABI3 = [f"cp310-abi3-{platform}" for platform in ("manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "macosx_11_0_universal2", "win_amd64", "win_arm64")]

#: name: {version: (requirements, tags, requires-python)}
MAIN = {
    "stem": {"1.0": ([], PURE, ">=3.8"), "2.0": ([], PURE, ">=3.8"), "2.1": ([], PURE, ">=3.12")},
    "twig": {"1.0": (["stem"], PURE, ">=3.8"), "2.0": (["stem>=1"], PURE, ">=3.8")},
    "leaf": {"1.0": (["twig>=2 ; extra == 'big'", "stem", "small ; sys_platform == 'win32'"], PURE, ">=3.8")},
    "small": {"0.9": ([], PURE, ">=3.8")},
    "native": {"1.0": (["stem"], MANY, ">=3.8"), "1.1": (["stem"], MANY, ">=3.8")},
    "stable": {"3.0": (["native"], ABI3, ">=3.10")},
    "linuxy": {"1.0": (["gpu ; platform_machine == 'x86_64'", "stem"], PURE, ">=3.8")},
    "gpu": {"12.4": ([], ["py3-none-manylinux_2_27_x86_64", "py3-none-manylinux_2_27_aarch64", "py3-none-win_amd64"], ">=3.8")},
    "back": {"1.0": (["port ; python_version < '3.11'"], PURE, ">=3.8")},
    "port": {"1.0": ([], PURE, ">=3.8")},
    "ring-a": {"1.0": (["ring-b"], PURE, ">=3.8")}, "ring-b": {"1.0": (["ring-a"], PURE, ">=3.8")},
    "net": {"2.0": (["stem"], PURE, ">=3.8"), "1.9": (["stem<2"], PURE, ">=3.8")},
    "pre": {"1.0": ([], PURE, ">=3.8"), "2.0rc1": ([], PURE, ">=3.8")},
    "epoch": {"1!0.5": ([], PURE, ">=3.8"), "9.0": ([], PURE, ">=3.8")},
}
SIDE = {"net": {"2.0+cpu": (["stem"], PURE, ">=3.8"), "2.0+gpu": (["stem", "gpu"], PURE, ">=3.8")}, "inner": {"1.0": (["stem"], PURE, ">=3.8")}}


def wheel(folder, name, version, requires, tag, python):
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Python: {python}\n"
    metadata += "".join(f"Requires-Dist: {text}\n" for text in requires)
    metadata += "Provides-Extra: big\n" if any("extra" in text for text in requires) else ""
    with zipfile.ZipFile(folder / f"{module}-{version}-{tag}.whl", "w") as archive:
        for path, text in {
            f"{module}.py": tag, f"{info}/METADATA": metadata, f"{info}/RECORD": "",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: made\nRoot-Is-Purelib: false\n" + "".join(f"Tag: {t}\n" for t in tag.split("|")),
        }.items():
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), text)


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


def serve(folder):
    """Static pages, so that a lock can be made again from the same directory."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 18955), lambda *words: Handler(*words, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()


def index(folder, packages):
    import hashlib

    for name, versions in packages.items():
        place = folder / "simple" / name
        place.mkdir(parents=True, exist_ok=True)
        links = ""
        for version, (requires, tags, python) in versions.items():
            for tag in tags:
                wheel(place, name, version, requires, tag, python)
        for file in sorted(place.glob("*.whl")):
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            python = next(p for v, (_, _, p) in versions.items() if file.name.startswith(f"{name.replace('-', '_')}-{v}-"))
            links += f'<a href="{file.name.replace("+", "%2B").replace("!", "%21")}#sha256={digest}" data-requires-python="{python.replace(">", "&gt;")}">{file.name}</a>\n'
        (place / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")


URL = "http://127.0.0.1:18955"
HEAD = '[project]\nname = "site"\nversion = "1"\nrequires-python = ">=3.10"\n'
UV = HEAD + 'dependencies = [{deps}]\n{more}\n[[tool.uv.index]]\nname = "main"\nurl = "' + URL + '/main/simple"\ndefault = true\n{end}'
SIDE_UV = f'[[tool.uv.index]]\nname = "side"\nurl = "{URL}/side/simple"\nexplicit = true\n'

UV_PROJECTS = {
    "plain": ('"leaf", "native", "stable"', "", ""),
    "extras": ('"leaf[big]"', '[project.optional-dependencies]\nx = ["net"]\ny = ["back", "linuxy"]', ""),
    "groups": ('"stem"', '[dependency-groups]\ndev = ["twig", {include-group = "more"}]\nmore = ["leaf"]', ""),
    "fork": ('"net>=2 ; sys_platform == \'linux\'", "net<2 ; sys_platform != \'linux\'"', "", ""),
    "pythons": ('"stem>=2.1 ; python_version >= \'3.12\'", "stem<2.1 ; python_version < \'3.12\'", "back"', "", ""),
    "conflict": (
        '"stem"', '[project.optional-dependencies]\ncpu = ["net==2.0+cpu"]\ngpu = ["net==2.0+gpu"]',
        SIDE_UV + '[tool.uv.sources]\nnet = [{index = "side", extra = "cpu"}, {index = "side", extra = "gpu"}]\n'
        '[tool.uv]\nconflicts = [[{extra = "cpu"}, {extra = "gpu"}]]\n'),
    "by-marker": (
        '"net"', "", SIDE_UV + '[tool.uv.sources]\nnet = [{index = "side", marker = "sys_platform == \'linux\'"}]\n'),
    "environments": ('"leaf", "linuxy"', "", "[tool.uv]\nenvironments = [\"sys_platform == 'linux'\"]\n"),
    "required": ('"gpu ; sys_platform == \'linux\'"', "", "[tool.uv]\nrequired-environments = [\"sys_platform == 'linux' and platform_machine == 'x86_64'\"]\n"),
    "override": ('"twig"', "", '[tool.uv]\noverride-dependencies = ["stem==1.0"]\n'),
    "constraint": ('"twig"', "", '[tool.uv]\nconstraint-dependencies = ["stem<2"]\n'),
    "cycle": ('"ring-a", "linuxy"', "", ""),
    "prerelease": ('"pre>=2.0rc1", "epoch"', "", ""),
    "workspace": ('"part", "stem"', "", '[tool.uv.workspace]\nmembers = ["part"]\n[tool.uv.sources]\npart = {workspace = true}\n'),
    # Members that are built, one that is not editable, and members that declare nothing.
    "workspace-built": ('"part", "stem"', "", '[tool.uv.workspace]\nmembers = ["part"]\n[tool.uv.sources]\npart = {workspace = true}\n'),
    "workspace-copied": ('"part"', "", '[tool.uv.workspace]\nmembers = ["p*"]\n[tool.uv.sources]\npart = {workspace = true, editable = false}\n'),
    "workspace-empty": ("", "", '[tool.uv.workspace]\nmembers = ["p*"]\nexclude = ["past"]\n'),
    "dev-group": ('"stem"', '[dependency-groups]\ndev = ["twig"]\nlate = ["net"]', "[tool.uv.dependency-groups]\nlate = {requires-python = \">=3.12\"}\n"),
}
POETRY_SOURCE = f'[[tool.poetry.source]]\nname = "main"\nurl = "{URL}/main/simple/"\npriority = "primary"\n'
POETRY_SIDE = f'[[tool.poetry.source]]\nname = "side"\nurl = "{URL}/side/simple/"\npriority = "explicit"\n'
POETRY_HEAD = '[project]\nname = "site"\nversion = "1"\nrequires-python = ">=3.10,<4"\n'
POETRY_PROJECTS = {
    "plain": 'dependencies = ["leaf", "native", "stable"]\n',
    "extras": 'dependencies = ["leaf[big]"]\n[project.optional-dependencies]\nx = ["net"]\ny = ["back", "linuxy"]\n',
    "groups": 'dependencies = ["stem"]\n[tool.poetry.group.dev.dependencies]\ntwig = "*"\n[tool.poetry.group.late]\noptional = true\n[tool.poetry.group.late.dependencies]\nleaf = "*"\n',
    "pep735": 'dependencies = ["stem"]\n[dependency-groups]\ndev = ["twig", {include-group = "more"}]\nmore = ["leaf"]\n',
    "fork": 'dependencies = ["net>=2 ; sys_platform == \'linux\'", "net<2 ; sys_platform != \'linux\'"]\n',
    "pythons": 'dependencies = ["stem>=2.1 ; python_version >= \'3.12\'", "stem<2.1 ; python_version < \'3.12\'", "back"]\n',
    "side": 'dependencies = ["inner", "stem"]\n[tool.poetry.dependencies]\ninner = {source = "side"}\n',
    "cycle": 'dependencies = ["ring-a", "linuxy"]\n',
    "markers": 'dependencies = ["leaf ; python_version > \'3.10\' and platform_machine != \'arm64\'", "gpu ; sys_platform == \'linux\'"]\n',
    "prerelease": 'dependencies = ["pre>=2.0rc1", "epoch"]\n',
    "old-tables": None,
    "platform": 'dependencies = ["linuxy"]\n[tool.poetry.dependencies]\nsmall = {version = "*", platform = "win32"}\n',
}
POETRY_OLD = '[tool.poetry]\nname = "site"\nversion = "1"\ndescription = ""\nauthors = []\n[tool.poetry.dependencies]\npython = "^3.10"\nleaf = {version = "^1.0", extras = ["big"]}\nnet = [{version = "^2.0", platform = "linux"}, {version = "<2", platform = "!=linux"}]\ntwig = {version = "*", optional = true}\n[tool.poetry.extras]\nmore = ["twig"]\n'
PDM_SOURCE = f'[[tool.pdm.source]]\nname = "pypi"\nurl = "{URL}/main/simple"\nverify_ssl = false\n'
PDM_PROJECTS = {
    **{name: text for name, text in POETRY_PROJECTS.items() if text and "tool.poetry" not in text},
    "dev": 'dependencies = ["stem"]\n[tool.pdm.dev-dependencies]\ntest = ["twig"]\nlint = ["leaf[big]"]\n',
    "overrides": 'dependencies = ["twig"]\n[tool.pdm.resolution.overrides]\nstem = "1.0"\n',
    "side": f'dependencies = ["inner"]\n[[tool.pdm.source]]\nname = "side"\nurl = "{URL}/side/simple"\n',
    "targets": 'dependencies = ["leaf", "linuxy"]\n',
}
PIPFILE_HEAD = f'[[source]]\nname = "main"\nurl = "{URL}/main/simple"\nverify_ssl = false\n[[source]]\nname = "side"\nurl = "{URL}/side/simple"\nverify_ssl = false\n'
PIPENV_PROJECTS = {
    "plain": '[packages]\nleaf = "*"\nnative = "*"\n', "pinned": '[packages]\nstem = "==1.0"\ntwig = ">=1,<2"\n',
    "extras": '[packages]\nleaf = {extras = ["big"], version = "*"}\n', "dev": '[packages]\nstem = "*"\n[dev-packages]\ntwig = "*"\nleaf = "*"\n',
    "markers": '[packages]\nback = "*"\nsmall = {version = "*", markers = "sys_platform == \'win32\'"}\n', "side": '[packages]\ninner = {version = "*", index = "side"}\n',
    "platform": '[packages]\ngpu = {version = "*", platform_machine = "== \'x86_64\'"}\nstem = "*"\n', "requires": '[packages]\nstem = "*"\n[requires]\npython_version = "3.11"\n',
    "categories": '[packages]\nstem = "*"\n[docs]\ntwig = "*"\n', "cycle": '[packages]\nring-a = "*"\nlinuxy = "*"\n', "epoch": '[packages]\nepoch = "*"\n',
}


def run(folder, *command, **options):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, **options)
    if done.returncode:
        print(f"{folder.parent.name}/{folder.name}: {' '.join(command)}: {(done.stderr or done.stdout).strip()[-300:]}", file=sys.stderr)
    return done.returncode == 0


def project(kind, name, text, file="pyproject.toml"):
    folder = HERE / "locks" / kind / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(text)
    return folder


def main():
    index(HERE / "index/main", MAIN)
    index(HERE / "index/side", SIDE)
    serve(HERE / "index")
    counts = dict.fromkeys(CHOSEN, 0)
    if "uv" in CHOSEN or "pylock" in CHOSEN:
        for name, (deps, more, end) in UV_PROJECTS.items():
            folder = project("uv", name, UV.format(deps=deps, more=more, end=end))
            if name.startswith("workspace"):
                (folder / "part").mkdir(exist_ok=True)
                dependencies = "" if name == "workspace-empty" else 'dependencies = ["twig", "net"]\n'
                built = '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'
                (folder / "part/pyproject.toml").write_text(
                    HEAD.replace('"site"', '"part"') + dependencies + (built if name in ("workspace-built", "workspace-copied") else ""))
            made = run(folder, "uv", "lock", "--quiet", "--no-python-downloads")
            counts["uv"] = counts.get("uv", 0) + made
            if made and "pylock" in CHOSEN:
                other = HERE / "locks/pylock" / name
                other.mkdir(parents=True, exist_ok=True)
                options = ["--extra", "cpu"] if name == "conflict" else ["--all-extras"]
                counts["pylock"] += run(folder, "uv", "export", "--quiet", "--frozen", "--no-emit-workspace", "--format", "pylock.toml", *options, "-o", str(other / "pylock.toml"))
    if "poetry" in CHOSEN:
        for name, text in POETRY_PROJECTS.items():
            folder = project("poetry", name, (POETRY_OLD if text is None else POETRY_HEAD + text) + POETRY_SOURCE + (POETRY_SIDE if name == "side" else ""))
            counts["poetry"] += run(folder, "poetry", "lock", "--quiet", "--no-interaction")
    if "pdm" in CHOSEN:
        for name, text in PDM_PROJECTS.items():
            folder = project("pdm", name, HEAD + text + PDM_SOURCE)
            options = ["--platform", "linux", "--python", ">=3.11"] if name == "targets" else []
            counts["pdm"] += run(folder, "pdm", "lock", "--quiet", *options)
            if "pylock" in CHOSEN and not options:
                other = HERE / "locks/pylock" / f"pdm-{name}"
                other.mkdir(parents=True, exist_ok=True)
                counts["pylock"] += run(folder, "pdm", "export", "-f", "pylock", "-o", str(other / "pylock.toml"))
    if "pipenv" in CHOSEN:
        for name, text in PIPENV_PROJECTS.items():
            folder = project("pipenv", name, PIPFILE_HEAD + text, "Pipfile")
            counts["pipenv"] += run(folder, "pipenv", "lock", "--quiet")
    print(", ".join(f"{count} of {kind}" for kind, count in counts.items()))


main()
