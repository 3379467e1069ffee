#!/usr/bin/env python3
"""Makes the files of the demo again, with the real tools: docs/demo/remake.py

Needs root, Debian 12's python3 with pip and venv, gcc, buildah, mmdebstrap and a package index. What each step makes is in
README.md. With the word `images` the model, the lock and the wheels stay. Nothing but this folder, a temporary one and
buildah's store is written.
"""

import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EPOCH = 1735689600  # 2025-01-01T00:00:00Z, the time of everything in the archives
CREATED = "2025-01-01T00:00:00Z"
BASE_NAME = "registry.example/python:3.11-slim-bookworm"
IMAGE_NAME = "registry.example/churn:1"
BASE_PATH = "/usr/local/bin:/usr/bin:/bin"
ENVIRONMENT = "/opt/environment"  # where a frozen Dockerfile installs
CARELESS_VERSIONS = ["bottle==0.13.4", "waitress==3.0.1", "cattrs==25.3.0", "attrs==25.4.0", "typing-extensions==4.15.0"]
BASE_DOCKERFILE = f"FROM scratch\nCOPY root /\nENV PATH={BASE_PATH}\n"
# The last stage of a frozen Dockerfile; serve.py and the model are mounted into /srv at run time.
DOCKERFILE = f"""\
FROM localhost/pinproof-demo-base
COPY root{ENVIRONMENT} {ENVIRONMENT}
ENV PATH={ENVIRONMENT}/bin:{BASE_PATH}
WORKDIR /srv
USER 10001
ENTRYPOINT ["{ENVIRONMENT}/bin/python", "-m", "waitress", "--listen=*:8080", "serve:application"]
"""
CHANGED = "opt/environment/lib/python3.11/site-packages/waitress/adjustments.py"

PROJECT = """\
[project]
name = "churn"
version = "1.0.0"
requires-python = "==3.11.*"
dependencies = ["bottle", "cattrs", "markupsafe", "waitress"]
"""

SCORER = '''\
"""Scores a customer: the logistic regression that train.py fitted, without scikit-learn at serving time."""

import json
import math

import attrs
import cattrs


@attrs.frozen
class Weights:
    intercept: float
    coefficients: dict[str, float]


class Scorer:
    def __init__(self, weights):
        self.weights = weights

    def predict(self, rows, params=None):
        return [self._score(row) for row in rows]

    def _score(self, row):
        total = self.weights.intercept
        for name, weight in self.weights.coefficients.items():
            total += weight * row[name]
        return 1 / (1 + math.exp(-total))


def _load_pyfunc(path):
    with open(path) as file:
        return Scorer(cattrs.structure(json.load(file), Weights))
'''

TRAIN = '''\
import json
import sys

import mlflow.models
import mlflow.pyfunc
import numpy
from sklearn.linear_model import LogisticRegression

project, target = sys.argv[1:]
names = ["months", "calls", "unpaid"]
random = numpy.random.default_rng(7)
features = random.normal(size=(400, 3))
labels = features @ [-1.5, 0.7, 2.0] + random.normal(size=400) > 0
model = LogisticRegression().fit(features, labels)
weights = {"intercept": model.intercept_[0], "coefficients": dict(zip(names, model.coef_[0]))}
with open("weights.json", "w") as file:
    json.dump(weights, file, indent=1)
mlflow.pyfunc.save_model(
    target, loader_module="scorer", data_path="weights.json", code_paths=["scorer.py"], uv_project_path=project
)
# MLflow always lists itself and cloudpickle. What serves this model imports scorer.py and neither of them.
mlflow.models.update_model_requirements(target, "remove", ["mlflow", "cloudpickle"])
'''

CARELESS = """\
FROM python:3.11-slim
RUN apt-get update && apt-get install -y curl
RUN curl -sSL https://downloads.example/model.tar.gz | tar xz -C /opt
RUN pip install bottle waitress "cattrs>=25"
CMD waitress-serve app:application
"""


def run(*command, **options):
    print("+", " ".join(map(str, command)), flush=True)
    return subprocess.run([str(word) for word in command], check=True, **options)


def registry_hosts_out(text):
    text = re.sub(r"https://files\.[a-z]+\.org/", "https://index.example/", text)
    return re.sub(r"https://pypi\.org/", "https://index.example/", text)


def write_tar(path, folder, compressed=False):
    """Same folder, same bytes: sorted, owned by root, one time."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for item in sorted(folder.rglob("*")):
            entry = tar.gettarinfo(item, str(item.relative_to(folder)))
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime = EPOCH
            if entry.isfile():
                with open(item, "rb") as file:
                    tar.addfile(entry, file)
            else:
                tar.addfile(entry)
    data = buffer.getvalue()
    path.write_bytes(gzip.compress(data, 9, mtime=0) if compressed else data)


def train(work):
    """The model as MLflow saves it, from a uv project; and the lock as an installer reads it."""
    environment = work / "venv"
    run("/usr/bin/python3", "-m", "venv", environment)
    run(environment / "bin/pip", "install", "--quiet", "mlflow-skinny==3.17.2", "pandas", "scikit-learn==1.9.1", "uv==0.13.9")
    project = work / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT)
    uv = environment / "bin/uv"
    run(uv, "lock", "--python", "/usr/bin/python3", cwd=project)
    (work / "scorer.py").write_text(SCORER)
    (work / "train.py").write_text(TRAIN)
    model = work / "model" / "churn"
    model.parent.mkdir()
    settings = dict(os.environ, PATH=f"{environment}/bin:{os.environ['PATH']}")
    run(environment / "bin/python", "train.py", project, model, cwd=work, env=settings)
    for cache in model.rglob("__pycache__"):
        shutil.rmtree(cache)
    for file in ["uv.lock", "requirements.txt"]:
        (model / file).write_text(registry_hosts_out((model / file).read_text()))
    write_tar(HERE / "churn-model.tar.gz", model.parent, compressed=True)

    # Every hash of every file; the installation and the demo's wheels come from exactly this file.
    lock = run(
        uv, "export", "--frozen", "--no-emit-project", "--no-header", "--format", "requirements-txt",
        cwd=project, stdout=subprocess.PIPE, text=True,
    ).stdout  # fmt: skip
    (HERE / "requirements.lock").write_text(lock)
    return lock


def debian(work):
    """A real Debian 12 with Python and pip, unpacked."""
    tar, full = work / "debian.tar", work / "debian"
    run("mmdebstrap", "--variant=minbase", "--include=python3,python3-pip,libpython3.11-dev", "--quiet", "bookworm", tar)
    full.mkdir()
    run("tar", "-xpf", tar, "-C", full)
    return full


def install(full, root):
    """The packages, installed inside of that Debian by the commands of a frozen Dockerfile."""
    wheels = HERE / "wheels"
    locked = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r"]
    if not wheels.is_dir():
        run("/usr/bin/python3", "-m", "pip", "--quiet", "download", *locked, HERE / "requirements.lock", "--dest", wheels)
    shutil.copytree(wheels, full / "tmp/wheels")
    shutil.copy(HERE / "requirements.lock", full / "tmp/requirements.lock")
    inside = ["env", "-i", "PATH=/usr/bin:/bin", f"SOURCE_DATE_EPOCH={EPOCH}", "PYTHONDONTWRITEBYTECODE=1"]
    inside = ["chroot", full, *inside, "python3", "-m"]
    run(*inside, "venv", "--without-pip", ENVIRONMENT)
    run(
        *inside, "pip", "--quiet", "--python", f"{ENVIRONMENT}/bin/python", "install", "--no-compile",
        "--no-index", "--find-links", "/tmp/wheels", *locked, "/tmp/requirements.lock",
    )  # fmt: skip
    shutil.copytree(full / ENVIRONMENT[1:], root / ENVIRONMENT[1:], symlinks=True)


STAND_IN = """\
/* The demo's interpreter: an ELF program that says what it is, in place of the seven megabytes of CPython. */
static const char text[] = "Python 3.11.2: a stand-in. The images of Pinproof's demo can be read, not run.\\n";
void _start(void) {
    long status;
    __asm__ volatile("syscall" : "=a"(status) : "a"(1), "D"(2), "S"(text), "d"(sizeof text - 1) : "rcx", "r11", "memory");
    __asm__ volatile("syscall" : "=a"(status) : "a"(60), "D"(1) : "rcx", "r11", "memory");
    for (;;) {}
}
"""


def debian_base(full, root):
    """The identity of a Debian 12, and of its Python the header with the version, one module and a stand-in program."""
    wanted = re.compile(r"^Package: (base-files|libc6)$", re.M)
    stanzas = (full / "var/lib/dpkg/status").read_text().split("\n\n")
    for name in ["usr/bin", "usr/include/python3.11", "usr/lib/python3.11", "var/lib/dpkg/info", "etc", "srv"]:
        (root / name).mkdir(parents=True)
    kept = [stanza.strip("\n") for stanza in stanzas if wanted.search(stanza)]
    (root / "var/lib/dpkg/status").write_text("\n\n".join(kept) + "\n\n")
    for name in ["usr/lib/os-release", "etc/debian_version", "usr/lib/python3.11/os.py", "usr/include/python3.11/patchlevel.h"]:
        shutil.copy(full / name, root / name)
    (root / "etc/os-release").symlink_to("../usr/lib/os-release")
    (root / "usr/bin/python3").symlink_to("python3.11")
    source = root / "stand-in.c"
    source.write_text(STAND_IN)
    run("gcc", "-static", "-nostdlib", "-Os", "-s", "-Wl,--build-id=none", source, "-o", root / "usr/bin/python3.11")
    source.unlink()


def careless(full, root):
    """What `pip install bottle waitress cattrs` gave some time ago: other versions than the lock has."""
    inside = ["env", "-i", "PATH=/usr/bin:/bin", f"SOURCE_DATE_EPOCH={EPOCH}", "PYTHONDONTWRITEBYTECODE=1"]
    inside = ["chroot", full, *inside, "python3", "-m"]
    run(*inside, "venv", "--without-pip", "--clear", ENVIRONMENT)
    wheels = full / "tmp/careless"
    run("/usr/bin/python3", "-m", "pip", "--quiet", "download", "--only-binary", ":all:", *CARELESS_VERSIONS, "--dest", wheels)
    run(
        *inside, "pip", "--quiet", "--python", f"{ENVIRONMENT}/bin/python", "install", "--no-compile",
        "--no-index", "--find-links", "/tmp/careless", *CARELESS_VERSIONS,
    )  # fmt: skip
    shutil.copytree(full / ENVIRONMENT[1:], root / ENVIRONMENT[1:], symlinks=True)


def settle(folder):
    for item in [folder, *folder.rglob("*")]:
        os.utime(item, (EPOCH, EPOCH), follow_symlinks=False)


def built(work, name, dockerfile, folder):
    """An image as buildah builds it of a Dockerfile and one folder, as an archive under its full name."""
    settle(folder)
    context = work / f"context-{name}"
    context.mkdir()
    shutil.copytree(folder, context / "root", symlinks=True)
    (context / "Dockerfile").write_text(dockerfile)
    local = f"localhost/pinproof-demo-{name}"
    run(
        "buildah", "build", "--layers", "--format", "oci", "--timestamp", EPOCH, "--platform", "linux/amd64",
        "--identity-label=false", "--tag", local, context,
    )  # fmt: skip
    layout = work / f"layout-{name}"
    run("buildah", "push", "--compression-format", "gzip", "--compression-level", "9", local, f"oci:{layout}:image")
    index_path = layout / "index.json"
    index = json.loads(index_path.read_text())
    index["manifests"][0]["annotations"] = {"org.opencontainers.image.ref.name": BASE_NAME if name == "base" else IMAGE_NAME}
    index_path.write_text(json.dumps(index))
    return layout


def images(work):
    base, upper, other = work / "root-base", work / "root-upper", work / "root-careless"
    for folder in [base, upper, other]:
        folder.mkdir()
    full = debian(work)
    debian_base(full, base)
    install(full, upper)
    careless(full, other)
    write_tar(HERE / "base.oci.tar", built(work, "base", BASE_DOCKERFILE, base))
    write_tar(HERE / "churn-image.oci.tar", built(work, "churn", DOCKERFILE, upper))
    write_tar(HERE / "churn-image-careless.oci.tar", built(work, "careless", DOCKERFILE, other))

    # One byte of one file, in the image only: RECORD still names the old bytes.
    file = upper / CHANGED
    data = bytearray(file.read_bytes())
    place = data.index(b"threads = 4")
    data[place + len("threads = ")] ^= 1
    file.write_bytes(data)
    write_tar(HERE / "churn-image-changed.oci.tar", built(work, "changed", DOCKERFILE, upper))
    for name in ["base", "churn", "careless", "changed"]:
        run("buildah", "rmi", "--force", f"localhost/pinproof-demo-{name}")


def main():
    os.umask(0o022)
    with tempfile.TemporaryDirectory(prefix="pinproof-demo-") as folder:
        work = pathlib.Path(folder)
        if sys.argv[1:] != ["images"]:
            shutil.rmtree(HERE / "wheels", ignore_errors=True)
            train(work)
        images(work)
    lock = HERE / "requirements.lock"
    lock.write_text(registry_hosts_out(lock.read_text()))
    (HERE / "careless").mkdir(exist_ok=True)
    (HERE / "careless" / "Dockerfile").write_text(CARELESS)
    for item in sorted(HERE.rglob("*")):
        if item.is_file():
            digest = hashlib.sha256(item.read_bytes()).hexdigest()
            print(f"{item.stat().st_size:8} {digest[:16]} {item.relative_to(HERE)}")


if __name__ == "__main__":
    sys.exit(main())
