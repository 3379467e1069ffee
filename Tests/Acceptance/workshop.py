"""Makes what the scenarios look at, with the real tools: a Debian base, a trained model, its lock, wheels and images.

Everything lies in one folder. The base and the training environment are kept between runs, all else is made anew.
"""

import configparser
import functools
import json
import os
import pathlib
import shutil
import threading
import time

from runner import check_status, run, say

# What trains and locks; and what the served image holds, by way of the lock.
TRAINING_TOOLS = ["mlflow-skinny==3.17.2", "pandas==2.3.3", "scikit-learn==1.9.1", "uv==0.13.9"]
BASE_NAME = "localhost/pinproof-base:bookworm"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"

TRAIN = '''\
import sys

import mlflow.models
import mlflow.sklearn
import sklearn.datasets
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

features, labels = sklearn.datasets.load_iris(return_X_y=True)
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(features, labels)
pins = [f"{name}=={__import__('importlib.metadata').metadata.version(name)}" for name in ["scikit-learn", "cloudpickle"]]
mlflow.sklearn.save_model(model, sys.argv[1], pip_requirements=pins, serialization_format="cloudpickle")
# MLflow lists itself always; what serves this model loads it with cloudpickle.
mlflow.models.update_model_requirements(sys.argv[1], "remove", ["mlflow"])
'''


def step(function):
    """A thing that is made once, when first asked for, and timed. What failed once is not tried again.

    A second scenario that asks for it meanwhile waits. No step needs itself, so that no two scenarios wait for each other.
    """
    name = function.__name__
    lock = threading.RLock()

    @functools.wraps(function)
    def wrapper(self):
        with lock:
            if name in self.made:
                return self.made[name]
            spoken = name.replace("_", " ")
            if name in self.failed:
                raise AssertionError(f"there is no {spoken}: making it failed above")
            self.failed.add(name)
            start = time.monotonic()
            self.made[name] = function(self)
            self.failed.remove(name)
            seconds = time.monotonic() - start
            if seconds > 1:
                say(f"      made: {spoken} ({seconds:.0f} s with what it needs)")
            return self.made[name]

    return property(wrapper)


class Workshop:
    def __init__(self, program, folder):
        self.pinproof = program
        self.folder = folder
        self.kept = folder / "kept"
        self.work = folder / "work"
        shutil.rmtree(self.work, ignore_errors=True)
        self.kept.mkdir(parents=True, exist_ok=True)
        self.work.mkdir()
        self.made, self.failed = {}, set()

    # Python: the environment that trains, the model, the lock, the wheels.

    @step
    def training_environment(self):
        environment = self.kept / "training"
        stamp = environment / "installed.json"
        if not stamp.exists() or json.loads(stamp.read_text()) != TRAINING_TOOLS:
            shutil.rmtree(environment, ignore_errors=True)
            run("/usr/bin/python3", "-m", "venv", environment)
            run(environment / "bin/pip", "install", *TRAINING_TOOLS)
            stamp.write_text(json.dumps(TRAINING_TOOLS))
        return environment

    def pip(self, *words):
        return run(self.training_environment / "bin/pip", "--disable-pip-version-check", *words)

    def python(self, text):
        """What a line of Python prints in the training environment."""
        return run(self.training_environment / "bin/python", "-c", text)

    def uv(self, *words, **options):
        return run(self.training_environment / "bin/uv", *words, **options)

    @step
    def model(self):
        """A classifier that scikit-learn trained and MLflow saved, as a directory."""
        script = self.work / "train.py"
        script.write_text(TRAIN)
        target = self.work / "iris-model"
        run(self.training_environment / "bin/python", script, target, cwd=self.work)
        return target

    @step
    def model_archive(self):
        archive = self.work / "iris-model.tar.gz"
        run("tar", "-czf", archive, "-C", self.model.parent, self.model.name)
        return archive

    @step
    def lock(self):
        lock = self.work / "requirements.lock"
        self.uv(
            "pip", "compile", self.model / "requirements.txt", "--generate-hashes", "--python-version", "3.11",
            "--quiet", "--output-file", lock,
        )  # fmt: skip
        return lock

    @step
    def wheels(self):
        folder = self.work / "wheels"
        self.pip(
            "download", "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", self.lock, "--dest", folder
        )
        return folder

    # Images.

    def buildah(self, *words, **options):
        storage = ["--root", self.work / "storage", "--runroot", self.work / "run", "--storage-driver", "vfs"]
        return run("buildah", *storage, *words, **options)

    def skopeo_copy(self, source, target):
        run("skopeo", "copy", "--quiet", "--insecure-policy", source, target)

    @step
    def base_layout(self):
        """Debian with Python as an OCI layout, under its own name."""
        tar = self.kept / "base.tar"
        if not tar.exists():
            begun = self.kept / "base.begun.tar"
            # As the official images of Python, and other than Debian itself: pip may install for the system's Python.
            run(
                "mmdebstrap", "--variant=minbase", "--include=python3,python3-pip,ca-certificates",
                "--customize-hook=rm -f $1/usr/lib/python3.*/EXTERNALLY-MANAGED", "bookworm", begun,
            )  # fmt: skip
            begun.rename(tar)
        context = self.work / "base"
        context.mkdir()
        os.link(tar, context / "base.tar")
        (context / "Containerfile").write_text("FROM scratch\nADD base.tar /\nCMD [\"python3\"]\n")
        self.buildah("bud", "--quiet", "--isolation", "chroot", "--tag", "base", context)
        layout = self.work / "base-layout"
        self.buildah("push", "--quiet", "base", f"oci:{layout}:{BASE_NAME}")
        self.buildah("rmi", "base")
        return layout

    @step
    def frozen(self):
        """The directory that freeze writes: a Dockerfile and the hash-locked requirements."""
        folder = self.work / "frozen"
        base = f"oci:{self.base_layout}:{BASE_NAME}"
        check_status(self.pinproof("freeze", self.lock, "--base", base, "--python", "3.11", "-o", folder), 0)
        return folder

    @step
    def machine_settings(self):
        """pip's settings of this machine for a container: index, timeout, and the certificates it trusts."""
        settings = configparser.RawConfigParser()
        settings["global"] = {"disable-pip-version-check": "1"}
        known = ["index-url", "extra-index-url", "trusted-host", "proxy", "default-timeout", "timeout", "retries"]
        for line in self.pip("config", "list").splitlines():
            key, _, value = line.partition("=")
            name = key.split(".")[-1].replace("_", "-")
            if name in known:
                settings["global"][name] = value.strip("'\"")
        options = []
        named = [os.environ[name] for name in ["PIP_CERT", "SSL_CERT_FILE"] if name in os.environ]
        certificates = (named or [CERTIFICATES])[0]
        if os.path.exists(certificates):
            settings["global"]["cert"] = CERTIFICATES
            options += ["--volume", f"{certificates}:{CERTIFICATES}:ro"]
        file = self.work / "pip.conf"
        with open(file, "w") as stream:
            settings.write(stream)
        return [*options, "--volume", f"{file}:/etc/pip.conf:ro"]

    @step
    def image(self):
        """The frozen Dockerfile, built; its name in the storage of buildah."""
        base = self.base_layout
        storage = f"[vfs@{self.work / 'storage'}+{self.work / 'run'}]"
        self.skopeo_copy(f"oci:{base}:{BASE_NAME}", f"containers-storage:{storage}{BASE_NAME}")
        self.buildah(
            "bud", "--quiet", "--isolation", "chroot", "--network", "host", "--pull-never", *self.machine_settings,
            "--tag", "iris", self.frozen,
        )  # fmt: skip
        return "iris"

    @step
    def layout(self):
        """The built image as an OCI layout; further tags are changed images of the same layers."""
        layout = self.work / "layout"
        self.buildah("push", "--quiet", self.image, f"oci:{layout}:iris")
        return layout

    @step
    def oci_archive(self):
        archive = self.work / "iris.oci.tar"
        self.skopeo_copy(f"oci:{self.layout}:iris", f"oci-archive:{archive}:iris")
        return archive

    @step
    def docker_archive(self):
        archive = self.work / "iris.docker.tar"
        self.skopeo_copy(f"oci:{self.layout}:iris", f"docker-archive:{archive}:localhost/iris:1")
        return archive

    @step
    def root(self):
        """The image's file system, mounted (vfs: a directory)."""
        container = self.buildah("from", "--pull-never", self.image).strip()
        return pathlib.Path(self.buildah("mount", container).strip()), container

    def inside(self, *command):
        """What a command prints inside of the image."""
        return self.buildah("run", "--isolation", "chroot", "--user", "0", self.root[1], "--", *command)

    @step
    def site_packages(self):
        """Where the image's packages lie, as a path from its root."""
        found = sorted(self.root[0].glob("**/sklearn/__init__.py"))
        return "/" + str(found[0].parent.parent.relative_to(self.root[0]))

    def umoci_insert(self, tag, source, target, image="iris"):
        """Adds a file or directory to the image, as a new layer under another tag."""
        run("umoci", "insert", "--image", f"{self.layout}:{image}", "--tag", tag, source, target)
        return f"oci:{self.layout}:{tag}"

    def umoci_remove(self, tag, target, image="iris"):
        run("umoci", "insert", "--image", f"{self.layout}:{image}", "--tag", tag, "--whiteout", target)
        return f"oci:{self.layout}:{tag}"

    def verify(self, image, *words):
        return self.pinproof(
            "verify", self.model_archive, image, "--lock", self.lock, "--wheels", self.wheels, *words
        )
