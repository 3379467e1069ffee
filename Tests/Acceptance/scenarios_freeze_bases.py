"""freeze: indexes with and without a password, workspaces, dynamic dependencies, repositories, and bases of every kind.

What is locked here are small wheels made by hand, served by indexes on this machine; only the builds are real.
"""

import json
import os
import pathlib
import shutil

from made_index import Index, wheel
from runner import check, check_status, run, scenario
from scenarios_freeze import freezing, needs_full

PASSWORD = "correct-horse-91b7"


class Indexes:
    """An index that everybody may ask, one with a password, and all of their wheels in one directory."""

    def __init__(self, area):
        self.work = area.work / "indexes"
        opened, closed = self.work / "open", self.work / "closed"
        wheel(opened, "stem", "1.0")
        wheel(opened, "twig", "2.0", ["stem"])
        wheel(opened, "torchlike", "2.6.0", ["stem"])
        wheel(opened / "cpu", "torchlike", "2.6.0+cpu", ["stem"])
        wheel(closed, "secretive", "3.1", ["stem"])
        self.open, self.cpu = Index(opened), Index(opened / "cpu")
        self.closed = Index(closed, "worker", PASSWORD)
        self.wheels = self.work / "wheels"
        self.wheels.mkdir()
        for folder in [opened, opened / "cpu", closed]:
            for file in folder.glob("*.whl"):
                shutil.copy(file, self.wheels)
        self.netrc = self.work / "netrc"
        self.netrc.write_text(f"machine 127.0.0.1\nlogin worker\npassword {PASSWORD}\n")


def indexes(area):
    return area.once("indexes", lambda: Indexes(area))


def project(area, name, text, **files):
    """A project that uv locks with the open index as its default one."""
    folder = area.work / f"project-{name}"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(text)
    for path, body in files.items():
        target = folder / path.replace("__", "/").replace("_toml", ".toml").replace("_py", ".py")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(body)
    area.shop.uv(
        "lock", "--quiet", "--project", folder, "--default-index", indexes(area).open.url, "--python", "/usr/bin/python3"
    )
    return folder


def without_secret(*folders):
    for folder in folders:
        for path in pathlib.Path(folder).rglob("*"):
            if path.is_file() and PASSWORD.encode() in path.read_bytes():
                raise AssertionError(f"{path} holds the password")


def proves_itself(area, lock, tag, freezing_words, build_words=(), verify_words=(), base=None):
    """Freeze, check, build and verify at locked; returns the directory of the files."""
    shop = area.shop
    folder = area.work / f"frozen-{tag}"
    base = base or f"docker://{area.base}"
    frozen = shop.pinproof("freeze", lock, "--base", base, "-o", folder, *freezing_words)
    check_status(frozen, 0)
    check(PASSWORD not in frozen.output + frozen.errors, "freeze prints no password", frozen)
    silent = check_status(shop.pinproof("check", "--require", "hashed", "--format", "json", folder), 0)
    check(json.loads(silent.output)["findings"] == [], "check should be silent", silent)
    image = area.build(folder, tag, *build_words)
    outcome = shop.pinproof(
        "verify", lock, image, "--wheels", indexes(area).wheels, "--evidence", "locked", "--format", "json", *verify_words
    )
    check_status(outcome, 0)
    report = json.loads(outcome.output)
    check(report["verdict"] == "match", "the verdict should be match", outcome)
    check(PASSWORD not in outcome.output + outcome.errors, "verify prints no password", outcome)
    count = report["summary"]["byEvidence"]["locked"]
    check(count == len(report["packages"]) > 1, f"each package should be locked: {count}", outcome)
    without_secret(folder, area.work / f"layout-{tag}")
    return folder


TORCH = """\
[project]
name = "net"
version = "1"
requires-python = ">=3.11"
dependencies = ["torchlike==2.6.0+cpu", "twig"]

[[tool.uv.index]]
name = "main"
url = "{main}"
default = true

[[tool.uv.index]]
name = "cpu"
url = "{cpu}"
explicit = true

[tool.uv.sources]
torchlike = {{ index = "cpu" }}
"""


@scenario
def a_build_of_another_index_is_installed(shop):
    """torchlike +cpu of an explicit index: pip and uv install what the lock names, by its URL"""
    area = freezing(shop)
    made = indexes(area)
    lock = project(area, "torch", TORCH.format(main=made.open.url, cpu=made.cpu.url)) / "uv.lock"
    folder = proves_itself(area, lock, "torch-pip", ["--installer", "pip"])
    text = (folder / "requirements.frozen.txt").read_text()
    check(f"torchlike @ http://{made.cpu.address}/files/torchlike-2.6.0" in text, f"by its URL:\n{text}")
    uv = ["--installer", "uv", "--installer-image", f"docker://{area.uv_image}"]
    folder = proves_itself(area, lock, "torch-uv", uv)
    check("uv sync --locked" in (folder / "Dockerfile").read_text(), "uv reads the lock itself")
    area.drop("torch-pip")
    area.drop("torch-uv")


@scenario
def a_password_comes_by_a_secret(shop):
    """an index with a password: the netrc file is a secret of the build, and no file or log holds it"""
    area = freezing(shop)
    made = indexes(area)
    lock = area.work / "private.txt"
    hashes = {}
    for file in made.wheels.glob("*.whl"):
        hashes[file.name] = run("sha256sum", file).split()[0]
    address = made.closed.url.replace("://", f"://worker:{PASSWORD}@")
    lock.write_text(
        f"--index-url {made.open.url}\n--extra-index-url {address}\n"
        f"stem==1.0 --hash=sha256:{hashes['stem-1.0-py3-none-any.whl']}\n"
        f"secretive==3.1 --hash=sha256:{hashes['secretive-3.1-py3-none-any.whl']}\n"
    )
    secret = ["--secret", f"id=netrc,src={made.netrc}"]
    folder = proves_itself(area, lock, "private-pip", ["--installer", "pip"], secret)
    text = (folder / "requirements.frozen.txt").read_text()
    check(f"--extra-index-url {made.closed.url}\n" in text, f"the index stays, without its password:\n{text}")
    uv = ["--installer", "uv", "--installer-image", f"docker://{area.uv_image}"]
    proves_itself(area, lock, "private-uv", uv, secret)
    for command in ["inspect", "check"]:
        said = shop.pinproof(command, lock, "--format", "json")
        check(PASSWORD not in said.output + said.errors, f"{command} prints no password", said)
    area.drop("private-pip")
    area.drop("private-uv")


DYNAMIC = """\
[project]
name = "moving"
version = "1"
requires-python = ">=3.11"
dynamic = ["dependencies"]

[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[tool.setuptools.dynamic]
dependencies = { file = ["requirements.in"] }

[tool.setuptools]
packages = []
"""
WORKSPACE = """\
[project]
name = "whole"
version = "1"
requires-python = ">=3.11"
dependencies = ["part", "stem"]

[tool.uv.workspace]
members = ["part"]

[tool.uv.sources]
part = { workspace = true }
"""
PART = """\
[project]
name = "part"
version = "1"
requires-python = ">=3.11"
dependencies = ["twig"]
"""


@scenario
def uv_installs_what_a_project_alone_does_not_say(shop):
    """--installer uv with dynamic dependencies, and of a workspace: built without the sources"""
    needs_full()
    area = freezing(shop)
    uv = ["--installer", "uv", "--installer-image", f"docker://{area.uv_image}"]
    folder = area.work / "project-workspace"
    folder.mkdir()
    (folder / "part").mkdir()
    (folder / "pyproject.toml").write_text(WORKSPACE)
    (folder / "part/pyproject.toml").write_text(PART)
    area.shop.uv(
        "lock", "--quiet", "--project", folder, "--default-index", indexes(area).open.url, "--python", "/usr/bin/python3"
    )
    proves_itself(area, folder / "uv.lock", "workspace", uv)
    folder = area.work / "project-dynamic"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(DYNAMIC)
    (folder / "requirements.in").write_text("twig\nstem==1.0\n")
    # The backend that says the dependencies comes from the machine's own index.
    area.shop.uv(
        "lock", "--quiet", "--project", folder, "--index", indexes(area).open.url, "--python", "/usr/bin/python3"
    )
    proves_itself(area, folder / "uv.lock", "dynamic", uv)
    area.drop("workspace")
    area.drop("dynamic")


def derived(area, name, *lines):
    """A base made from the Debian of the other scenarios."""
    context = area.work / f"base-{name}"
    context.mkdir()
    (context / "Containerfile").write_text("\n".join([f"FROM {area.base}", *lines]) + "\n")
    tag = f"base-{name}"
    area.shop.buildah("bud", "--quiet", "--isolation", "chroot", "--tls-verify=false", "--tag", tag, context)
    layout = area.work / f"layout-{tag}"
    area.shop.buildah("push", "--quiet", tag, f"oci:{layout}:{tag}:1")
    pushed = area.push(f"oci:{layout}:{tag}:1", f"pinproof/{tag}:1")
    area.drop(tag)
    return f"docker://{pushed}"


def plain_lock(area):
    def make():
        made = indexes(area)
        lock = area.work / "plain.txt"
        wanted = area.work / "plain.in"
        wanted.write_text("twig\n")
        area.shop.uv(
            "pip", "compile", "--quiet", "--generate-hashes", "--emit-index-url", "--default-index", made.open.url,
            "--python-version", "3.11", wanted, "-o", lock,
        )  # fmt: skip
        return lock

    return area.once("plain lock", make)


@scenario
def a_base_keeps_its_user(shop):
    """a base with a user of its own: the build runs as root, and the image as that user"""
    needs_full()
    area = freezing(shop)
    base = derived(area, "user", "RUN echo worker:x:1001:1001::/:/bin/sh >> /etc/passwd", "USER 1001")
    folder = proves_itself(area, plain_lock(area), "user", [], base=base)
    record = json.loads((folder / "pinproof.lock.json").read_text())
    check(record["base"]["user"] == "1001", f"the user of the base is recorded: {record['base']}")
    check(len(record["base"]["diffIds"]) > 1, f"and its layers: {record['base']}")
    check(record["target"]["python"].startswith("3.11."), f"and its Python: {record['target']}")
    check(record["target"]["libc"].startswith("glibc-2."), f"and its C library: {record['target']}")
    configuration = json.loads(shop.buildah("inspect", "--type", "image", "user"))["OCIv1"]["config"]
    check(configuration["User"] == "1001", f"the image runs as that user: {configuration}")
    area.drop("user")


@scenario
def a_base_without_pip_takes_uv(shop):
    """a base without pip is refused for pip, with the installer that works; uv builds on it"""
    needs_full()
    area = freezing(shop)
    base = derived(area, "bare", "RUN rm -rf /usr/lib/python3/dist-packages/pip* /usr/bin/pip*")
    lock = plain_lock(area)
    words = ["freeze", lock, "--base", base, "-o", area.work / "refused"]
    refused = check_status(shop.pinproof(*words), 2)
    check("has no pip" in refused.errors and "--installer uv" in refused.errors, "it names what works", refused)
    check(not (area.work / "refused").exists(), "nothing is written")
    proves_itself(area, lock, "bare", ["--installer", "uv", "--installer-image", f"docker://{area.uv_image}"], base=base)
    wrong = check_status(shop.pinproof(*words, "--python", "3.12"), 2)
    check("--python 3.12" in wrong.errors and "3.11" in wrong.errors, "a target that contradicts the base", wrong)
    none = derived(area, "none", "RUN rm -rf /usr/bin/python3*")
    missing = check_status(shop.pinproof("freeze", lock, "--base", none, "-o", area.work / "refused"), 2)
    check("has no Python" in missing.errors, "a base without any Python", missing)
    area.drop("bare")


@scenario
def a_project_in_a_repository_is_built(shop):
    """a git dependency in a subdirectory: added by its commit, built from its directory; another directory is refused"""
    needs_full()
    area = freezing(shop)
    made = indexes(area)
    source = area.work / "monorepo"
    inner = source / "libs/leaf"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text(
        '[project]\nname = "leaf"\nversion = "4.2"\n\n[build-system]\nrequires = ["setuptools"]\n'
        'build-backend = "setuptools.build_meta"\n\n[tool.setuptools]\npy-modules = ["leaf"]\n'
    )
    (inner / "leaf.py").write_text("where = 'libs/leaf'\n")
    settings = dict(os.environ, GIT_AUTHOR_DATE="2025-01-01T00:00:00Z", GIT_COMMITTER_DATE="2025-01-01T00:00:00Z")
    git = ["git", "-C", source, "-c", "user.name=made", "-c", "user.email=made@localhost"]
    run("git", "init", "--quiet", source)
    run(*git, "add", ".")
    run(*git, "commit", "--quiet", "-m", "made", env=settings)
    commit = run(*git, "rev-parse", "HEAD").strip()
    lock = area.work / "repository.txt"
    stem = run("sha256sum", made.wheels / "stem-1.0-py3-none-any.whl").split()[0]
    repository = "https://git.example/monorepo.git"
    text = f"--index-url {made.open.url}\nstem==1.0 --hash=sha256:{stem}\n"
    lock.write_text(text + f"leaf @ git+{repository}@{commit}#subdirectory=libs/leaf\n")
    tools = area.work / "leaf-tools.txt"
    wanted = area.work / "leaf-tools.in"
    wanted.write_text("setuptools==80.9.0\nwheel==0.45.1\n")
    area.shop.uv("pip", "compile", "--quiet", "--generate-hashes", "--python-version", "3.11", wanted, "-o", tools)
    folder = area.work / "frozen-repository"
    words = ["freeze", lock, "--base", f"docker://{area.base}", "--build-sdists", tools, "-o", folder]
    check_status(shop.pinproof(*words), 0)
    silent = check_status(shop.pinproof("check", "--require", "hashed", folder), 0)
    check("nothing floats" in silent.output, "check should be silent", silent)
    dockerfile = (folder / "Dockerfile").read_text()
    added = f"ADD {repository}#{commit} /tmp/sources/leaf\n"
    check(added in dockerfile and " /tmp/sources/leaf/libs/leaf" in dockerfile, f"by its commit:\n{dockerfile}")
    # buildah before 1.35 cannot ADD a repository, as BuildKit does: the same commit comes from the build context.
    run("git", "clone", "--quiet", source, folder / "monorepo")
    run("git", "-C", folder / "monorepo", "checkout", "--quiet", commit)
    shutil.rmtree(folder / "monorepo/.git")
    (folder / "Dockerfile").write_text(dockerfile.replace(added, "COPY monorepo /tmp/sources/leaf\n"))
    (folder / ".dockerignore").write_text((folder / ".dockerignore").read_text() + "!monorepo\n")
    area.build(folder, "repository")
    with area.container("repository") as container:
        said = shop.buildah(
            "run", "--isolation", "chroot", container, "--", "/opt/environment/bin/python", "-c",
            "import leaf, importlib.metadata as m; print(leaf.where, m.version('leaf'))",
        )  # fmt: skip
    check(said.strip() == "libs/leaf 4.2", f"the project of the directory is built: {said}")
    area.drop("repository")
    for wrong in ["../leaf", "/etc", "a/../../b"]:
        lock.write_text(text + f"leaf @ git+{repository}@{commit}#subdirectory={wrong}\n")
        refused = check_status(shop.pinproof(*words[:-1], area.work / "refused"), 2)
        check("leaf is the directory" in refused.errors, "a directory outside of the repository is refused", refused)
    lock.write_text(text + f"git+{repository}@{commit}\n-e ./here\n")
    refused = check_status(shop.pinproof(*words[:-1], area.work / "refused"), 2)
    check("repository.txt:3: git+" in refused.errors and "-e ./here" in refused.errors, "each by its text", refused)
