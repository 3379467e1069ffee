"""freeze: each lock of lockfiles/ becomes an image that proves itself, serves what was trained, and builds again the same.

Two locks, and wheels of two indexes, are built in the default run; PINPROOF_ACCEPTANCE=full, as in .ci/nightly, builds them all.
"""

import atexit
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

from runner import Skipped, check, check_status, run, scenario

FULL = os.environ.get("PINPROOF_ACCEPTANCE") == "full"
CLASSIFIER = pathlib.Path(__file__).resolve().parents[2] / "lockfiles/classifier"
EPOCH = "315532800"

TRAIN = """\
import json, sys
import joblib, sklearn.datasets
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

features, labels = sklearn.datasets.load_wine(return_X_y=True)
joblib.dump(make_pipeline(StandardScaler(), LogisticRegression()).fit(features, labels), sys.argv[1])
"""
PREDICT = (
    "import json, sys, joblib, sklearn.datasets; model = joblib.load(sys.argv[1]); "
    "print(json.dumps(model.predict_proba(sklearn.datasets.load_wine().data[::20]).tolist()))"
)


class FreezeShop:
    """What the scenarios share: a registry on this machine, the locks with this machine's index, wheels, a model."""

    def __init__(self, shop):
        self.shop = shop
        self.work = shop.work / "freezing"
        self.work.mkdir()
        self.registry = self.start_registry()
        self.base = self.push(f"oci:{shop.base_layout}:localhost/pinproof-base:bookworm", "pinproof/base:bookworm")
        self.locks = self.locks_of_this_index()
        self.built = {}
        self.made = {}

    def start_registry(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = self.work / "registry.yml"
        settings.write_text(
            "version: 0.1\nlog: {level: error}\n"
            f"storage: {{filesystem: {{rootdirectory: {self.work / 'registry'}}}}}\n"
            f"http: {{addr: '127.0.0.1:{port}'}}\n"
        )
        log = open(self.work / "registry.log", "w")
        self.process = subprocess.Popen(["docker-registry", "serve", str(settings)], stdout=log, stderr=log)
        atexit.register(self.process.kill)
        for _ in range(100):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/", timeout=1)
                return f"127.0.0.1:{port}"
            time.sleep(0.1)
        raise AssertionError("the registry does not start: " + (self.work / "registry.log").read_text())

    def push(self, source, name):
        target = f"{self.registry}/{name}"
        run("skopeo", "copy", "--quiet", "--insecure-policy", "--dest-tls-verify=false", source, f"docker://{target}")
        return target

    def locks_of_this_index(self):
        """The project of lockfiles/ with the hosts of the index that this machine uses."""
        report = json.loads(
            self.shop.pip(
                "install", "--dry-run", "--quiet", "--ignore-installed", "--no-deps", "--report", "-",
                "humanize==4.11.0",
            )
        )  # fmt: skip
        url = report["install"][0]["download_info"]["url"]
        if not url.startswith("http"):
            raise Skipped(f"the packages of this machine come from {url}")
        files = url.split("/packages/")[0]
        simple = self.shop.python("from pip._internal.models.index import PyPI; print(PyPI.simple_url)").strip()
        for line in self.shop.pip("config", "list").splitlines():
            if "index-url=" in line.replace(" ", "") and "extra" not in line:
                simple = line.split("=", 1)[1].strip("'\" ")
        folder = self.work / "classifier"
        shutil.copytree(CLASSIFIER, folder)
        for path in folder.iterdir():
            text = path.read_text().replace("https://index.example/packages/", f"{files}/packages/")
            path.write_text(text.replace("https://index.example/simple", simple.rstrip("/")))
        return folder

    def once(self, name, make):
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]

    def frozen(self, lock, *words, name=None):
        folder = self.work / (name or f"frozen-{lock}")
        if not folder.exists():
            check_status(self.freeze(self.locks / lock, "-o", folder, *words), 0)
        return folder

    def freeze(self, lock, *words):
        return self.shop.pinproof("freeze", lock, "--base", f"docker://{self.base}", "--python", "3.11", *words)

    @property
    def wheels(self):
        return self.once("wheels", self.download_wheels)

    def download_wheels(self):
        wheels = self.work / "wheels"
        self.shop.pip(
            "download", "--quiet", "--no-deps", "--require-hashes", "--dest", wheels, "-r",
            self.frozen("pylock.toml") / "requirements.frozen.txt",
        )  # fmt: skip
        return wheels

    @property
    def trained(self):
        return self.once("trained", self.train)

    def train(self):
        """A model of wines, trained with exactly what the project locks; and what it answers there."""
        environment = self.work / "training"
        run("/usr/bin/python3", "-m", "venv", environment)
        run(
            environment / "bin/pip", "install", "--quiet", "--no-deps", "--no-index", "--find-links", self.wheels,
            *self.wheels.glob("*.whl"),
        )  # fmt: skip
        model = self.work / "wine-model"
        model.mkdir()
        script = self.work / "train.py"
        script.write_text(TRAIN)
        run(environment / "bin/python", script, model / "model.joblib")
        answer = run(environment / "bin/python", "-c", PREDICT, model / "model.joblib")
        return model, json.loads(answer)

    @property
    def uv_image(self):
        return self.once("uv image", self.make_uv_image)

    def make_uv_image(self):
        context = self.work / "uv-image"
        context.mkdir()
        shutil.copy(self.shop.training_environment / "bin/uv", context / "uv")
        (context / "Containerfile").write_text("FROM scratch\nCOPY uv /uv\n")
        self.shop.buildah("bud", "--quiet", "--isolation", "chroot", "--tag", "uv", context)
        self.shop.buildah("push", "--quiet", "uv", f"oci:{self.work / 'uv-layout'}:uv:1")
        return self.push(f"oci:{self.work / 'uv-layout'}:uv:1", "pinproof/uv:1")

    @property
    def settings(self):
        return self.once("settings", self.make_settings)

    def make_settings(self):
        """The machine's settings for pip, and the same certificates for uv."""
        file = self.work / "uv.toml"
        file.write_text("native-tls = true\n")
        return [*self.shop.machine_settings, "--volume", f"{file}:/etc/uv/uv.toml:ro"]

    def build(self, folder, tag, *words, file=None):
        self.shop.buildah(
            "bud", "--quiet", "--isolation", "chroot", "--network", "host", "--tls-verify=false", "--layers=false",
            *self.settings, *words, *(["--file", file] if file else []), "--tag", tag, folder,
        )  # fmt: skip
        layout = self.work / f"layout-{tag}"
        self.shop.buildah("push", "--quiet", tag, f"oci:{layout}:{tag}")
        return f"oci:{layout}:{tag}"

    def drop(self, tag):
        """vfs copies each image whole: what was looked at goes."""
        self.shop.buildah("rmi", "--force", tag)
        shutil.rmtree(self.work / f"layout-{tag}", ignore_errors=True)

    @contextlib.contextmanager
    def container(self, tag):
        name = self.shop.buildah("from", "--pull-never", tag).strip()
        try:
            yield name
        finally:
            self.shop.buildah("rm", name)


def freezing(shop):
    if not hasattr(shop, "freezing"):
        shop.freezing = FreezeShop(shop)
    return shop.freezing


def buildkit(shop):
    """A Python that has BuildKit's own parser."""
    folder = shop.kept / "buildkit"
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        run("/usr/bin/python3", "-m", "venv", folder)
        run(folder / "bin/pip", "install", "--quiet", "dockerfile==3.4.0")
        (folder / "done").touch()
    return folder / "bin/python"


def proves_itself(shop, lock, *words):
    """Freeze, check, parse, build, verify, and ask the model: all of it for one lock."""
    area = freezing(shop)
    folder = area.frozen(lock, *words)
    silent = check_status(shop.pinproof("check", "--require", "hashed", "--format", "json", folder), 0)
    check(json.loads(silent.output)["findings"] == [], "check should be silent", silent)
    text = "import dockerfile, sys; print(len(dockerfile.parse_file(sys.argv[1])))"
    check(int(run(buildkit(shop), "-c", text, folder / "Dockerfile")) > 5, "BuildKit's parser reads the file")
    tag = lock.replace(".", "-").lower()
    image = area.build(folder, tag)
    outcome = shop.pinproof(
        "verify", area.locks / lock, image, "--wheels", area.wheels, "--evidence", "locked", "--python", "3.11",
        "--platform", "linux/amd64", "--format", "json",
    )  # fmt: skip
    check_status(outcome, 0)
    report = json.loads(outcome.output)
    names = {package["name"] for package in report["packages"]}
    check(report["verdict"] == "match", "the verdict should be match", outcome)
    check({"scikit-learn", "numpy", "pandas", "humanize"} <= names, f"packages are missing: {names}", outcome)
    check(report["summary"]["byEvidence"]["locked"] == len(names), "each package should be locked", outcome)
    model, answer = area.trained
    with area.container(tag) as container:
        served = shop.buildah(
            "run", "--isolation", "chroot", "--volume", f"{model}:/model:ro", container, "--",
            "/opt/environment/bin/python", "-c", PREDICT, "/model/model.joblib",
        )  # fmt: skip
    check(json.loads(served) == answer, "the model answers as at training")
    return tag


def needs_full():
    if not FULL:
        raise Skipped("only with PINPROOF_ACCEPTANCE=full")


@scenario
def pylock_proves_itself(shop):
    """pylock.toml: frozen, built, a match at locked, and the model answers as at training"""
    proves_itself(shop, "pylock.toml")


@scenario
def uv_lock_proves_itself(shop):
    """uv.lock by uv sync: frozen, built, a match at locked, and the model answers as at training"""
    area = freezing(shop)
    tag = proves_itself(shop, "uv.lock", "--installer-image", f"docker://{area.uv_image}")
    text = (area.frozen("uv.lock") / "Dockerfile").read_text()
    check("uv sync --locked" in text, f"uv.lock with its project is synced by uv:\n{text}")
    area.drop(tag)


@scenario
def requirements_prove_themselves(shop):
    """requirements.txt: frozen, built, a match at locked, and the model answers as at training"""
    needs_full()
    freezing(shop).drop(proves_itself(shop, "requirements.txt"))


@scenario
def requirements_by_uv_prove_themselves(shop):
    """requirements of pip-tools by uv pip sync: frozen, built, a match at locked"""
    needs_full()
    area = freezing(shop)
    image = f"docker://{area.uv_image}"
    tag = proves_itself(shop, "requirements-pip-tools.txt", "--installer", "uv", "--installer-image", image)
    check("uv pip sync" in (area.frozen("requirements-pip-tools.txt") / "Dockerfile").read_text(), "by uv pip sync")
    area.drop(tag)


@scenario
def poetry_lock_proves_itself(shop):
    """poetry.lock: frozen, built, a match at locked, and the model answers as at training"""
    needs_full()
    freezing(shop).drop(proves_itself(shop, "poetry.lock"))


@scenario
def pdm_lock_proves_itself(shop):
    """pdm.lock: frozen, built, a match at locked, and the model answers as at training"""
    needs_full()
    freezing(shop).drop(proves_itself(shop, "pdm.lock"))


@scenario
def pipfile_lock_proves_itself(shop):
    """Pipfile.lock: frozen, built, a match at locked, and the model answers as at training"""
    needs_full()
    freezing(shop).drop(proves_itself(shop, "Pipfile.lock"))


def small_frozen(area):
    """Two packages, one with a script: enough to see whether times or orders get into a layer."""
    wanted = area.work / "small.in"
    wanted.write_text("joblib==1.4.2\ntqdm==4.67.1\n")
    lock = area.work / "small.txt"
    folder = area.work / "frozen-small"
    if folder.exists():
        return folder
    area.shop.uv("pip", "compile", "--quiet", "--generate-hashes", "--python-version", "3.11", wanted, "-o", lock)
    check_status(area.freeze(lock, "-o", folder), 0)
    return folder


def builds_the_same(shop, folder, tag, *words):
    """Builds twice with the printed command, and holds the layers against each other; diff names what differs."""
    area = freezing(shop)
    images = [area.build(folder, f"{tag}-{number}", "--timestamp", EPOCH, *words) for number in ["one", "two"]]
    layers = []
    for image in images:
        outcome = check_status(shop.pinproof("inspect", image, "--format", "json"), 0)
        layers.append(json.loads(outcome.output)["subject"]["identity"]["diffIds"])
    difference = shop.pinproof("diff", *images)
    for number in ["one", "two"]:
        area.drop(f"{tag}-{number}")
    check_status(difference, 0)
    check(layers[0] == layers[1], f"the layers differ: {layers}", difference)


@scenario
def two_builds_are_the_same(shop):
    """two builds with the printed command have the same layers, and diff finds nothing"""
    area = freezing(shop)
    builds_the_same(shop, area.frozen("pylock.toml") if FULL else small_frozen(area), "again")


@scenario
def freezes_are_the_same(shop):
    """two freezes give the same bytes, and the second leaves every file alone"""
    area = freezing(shop)
    first = area.frozen("pylock.toml")
    elsewhere = area.work / "elsewhere"
    check_status(area.freeze(area.locks / "pylock.toml", "-o", elsewhere), 0)
    names = sorted(path.name for path in first.iterdir())
    check(names == sorted(path.name for path in elsewhere.iterdir()), f"the names differ: {names}")
    for name in names:
        check((first / name).read_bytes() == (elsewhere / name).read_bytes(), f"{name} differs")
    before = {path.name: path.stat().st_mtime_ns for path in first.iterdir()}
    again = check_status(area.freeze(area.locks / "pylock.toml", "-o", first), 0)
    check(before == {path.name: path.stat().st_mtime_ns for path in first.iterdir()}, "no file was touched", again)
    (first / "Dockerfile").rename(first / "saved")
    (first / "Dockerfile").write_text("FROM scratch\n")
    refused = check_status(area.freeze(area.locks / "pylock.toml", "-o", first), 2)
    check("Dockerfile" in refused.errors and "--force" in refused.errors, "it names the file and the way out", refused)
    check((first / "Dockerfile").read_text() == "FROM scratch\n", "the file is as it was")
    (first / "saved").rename(first / "Dockerfile")


@scenario
def moved_images_are_named(shop):
    """an earlier pinproof.lock.json pins without a network, and --update reports what moved"""
    area = freezing(shop)
    folder = area.work / "moving"
    lock = area.locks / "requirements.txt"
    name = f"{area.registry}/pinproof/moving:1"
    area.push(f"oci:{shop.base_layout}:localhost/pinproof-base:bookworm", "pinproof/moving:1")
    words = ["freeze", lock, "--python", "3.11", "-o", folder]
    refused = check_status(shop.pinproof(*words, "--base", name), 2)
    check("digest is not known" in refused.errors and "docker://" in refused.errors, "it says what would pin it", refused)
    check_status(shop.pinproof(*words, "--base", f"docker://{name}"), 0)
    old = (folder / "Dockerfile").read_text()
    # Another image under the same name.
    context = area.work / "moved"
    context.mkdir()
    (context / "Containerfile").write_text(f"FROM {area.base}\nENV MOVED=1\n")
    shop.buildah("bud", "--quiet", "--isolation", "chroot", "--tls-verify=false", "--tag", "moved", context)
    shop.buildah("push", "--quiet", "moved", f"oci:{area.work / 'moved-layout'}:moved:1")
    area.push(f"oci:{area.work / 'moved-layout'}:moved:1", "pinproof/moving:1")
    shop.buildah("rmi", "--force", "moved")
    for base in [name, f"docker://{name}"]:
        check_status(shop.pinproof(*words, "--base", base), 0)
        check((folder / "Dockerfile").read_text() == old, "without --update nothing moves")
    moved = check_status(shop.pinproof(*words, "--base", name, "--update"), 0)
    check(f"moved {name} sha256:" in moved.output and " -> sha256:" in moved.output, "it says what moved", moved)
    check((folder / "Dockerfile").read_text() != old, "the file follows")


PROJECT = """\
[project]
name = "old"
version = "1"
requires-python = ">=3.11,<3.12"
dependencies = ["docopt==0.6.2"]
"""


@scenario
def sdists_are_refused_or_built(shop):
    """a package with only an sdist is refused by name, or built by locked tools"""
    area = freezing(shop)
    project = area.work / "old"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT)
    shop.uv("lock", "--quiet", "--project", project)
    (project / "tools.in").write_text("setuptools==80.9.0\nwheel==0.45.1\n")
    shop.uv(
        "pip", "compile", "--quiet", "--generate-hashes", "--python-version", "3.11", project / "tools.in", "-o",
        project / "tools.txt",
    )  # fmt: skip
    folder = area.work / "frozen-old"
    refused = check_status(area.freeze(project / "uv.lock", "--installer", "pip", "-o", folder), 2)
    check("docopt 0.6.2" in refused.errors and "--build-sdists" in refused.errors, "it names both", refused)
    check(not folder.exists(), "nothing is written")
    check_status(area.freeze(project / "uv.lock", "--build-sdists", project / "tools.txt", "-o", folder), 0)
    check_status(shop.pinproof("check", "--require", "hashed", folder), 0)
    area.build(folder, "old")
    with area.container("old") as container:
        said = shop.buildah(
            "run", "--isolation", "chroot", container, "--", "/opt/environment/bin/python", "-c",
            "import docopt; print(docopt.__version__)",
        )  # fmt: skip
    check(said.strip() == "0.6.2", f"docopt is there: {said}")
    area.drop("old")


@scenario
def a_model_without_a_lock_is_refused(shop):
    """freeze MODEL: a model without a lock is refused, with a description of what would lock it"""
    area = freezing(shop)
    outcome = area.freeze(shop.model, "-o", area.work / "unlocked")
    check_status(outcome, 2)
    for word in ["scikit-learn==1.9.1", "requirements.txt", "pinproof capture", "--generate-hashes"]:
        check(word in outcome.errors, f"it should name {word}", outcome)
    wrong = area.freeze(area.locks / "requirements.txt", "--model", shop.model, "-o", area.work / "unlocked")
    check_status(wrong, 2)
    check("scikit-learn 1.9.1 made it" in wrong.errors and "1.5.2" in wrong.errors, "the lock is another", wrong)
    missing = area.freeze(shop.lock, "--model", shop.model, "--serve", "mlflow", "-o", area.work / "unlocked")
    check_status(missing, 2)
    check("does not install mlflow" in missing.errors, "the server is missing in the lock", missing)
    check(not (area.work / "unlocked").exists(), "nothing is written")


SERVE = (
    "import cloudpickle, json, sklearn.datasets; model = cloudpickle.load(open('/opt/model/model.pkl', 'rb')); "
    "print(json.dumps(model.predict_proba(sklearn.datasets.load_iris().data[::10]).tolist()))"
)


@scenario
def a_model_serves_from_its_own_lock(shop):
    """freeze MODEL: the image contains the model and its locked packages, and starts the command in exec form"""
    area = freezing(shop)
    model = area.work / "locked-model"
    shutil.copytree(shop.model, model)
    shutil.copy(shop.lock, model / "requirements.txt")
    folder = area.work / "frozen-model"
    words = ["--serve", "command", "-o", folder, "--", "python", "-c", SERVE]
    check_status(area.freeze(model, *words), 0)
    # What MLflow notes in the model, conda.yaml among it, is not what the image installs from.
    check_status(shop.pinproof("check", "--require", "hashed", folder / "Dockerfile"), 0)
    copied = {path.name: path.read_bytes() for path in (folder / "model").iterdir() if path.is_file()}
    check(copied == {path.name: path.read_bytes() for path in model.iterdir() if path.is_file()}, "the model is whole")
    image = area.build(folder, "served")
    outcome = shop.pinproof("verify", model, image, "--wheels", shop.wheels, "--evidence", "locked")
    check_status(outcome, 0)
    training = run(
        shop.training_environment / "bin/python", "-c", SERVE.replace("/opt/model", str(model)), cwd=shop.work
    )
    configuration = json.loads(shop.buildah("inspect", "--type", "image", "served"))["OCIv1"]["config"]
    check(configuration["User"] == "65532:65532", f"the user is a number: {configuration}")
    with area.container("served") as container:
        said = shop.buildah("run", "--isolation", "chroot", container, "--", *configuration["Entrypoint"])
    check(json.loads(said) == json.loads(training), "the model answers as at training")
    area.drop("served")


@scenario
def mlflow_serves_its_model(shop):
    """--serve mlflow: the model's own server answers in the built image"""
    needs_full()
    area = freezing(shop)
    wanted = area.work / "served.in"
    pins = (shop.model / "requirements.txt").read_text()
    wanted.write_text(pins + "\nmlflow-skinny==3.17.2\npandas==2.3.3\nuvicorn\nfastapi\n")
    lock = area.work / "served.txt"
    shop.uv(
        "pip", "compile", "--quiet", "--generate-hashes", "--python-version", "3.11", wanted, "--output-file", lock
    )
    folder = area.work / "frozen-mlflow"
    check_status(area.freeze(lock, "--model", shop.model, "-o", folder), 0)
    area.build(folder, "mlflow")
    entry = json.loads(shop.buildah("inspect", "--type", "image", "mlflow"))["OCIv1"]["config"]["Entrypoint"]
    check(entry[0] == "/opt/environment/bin/mlflow" and "8080" in entry, f"MLflow's own server: {entry}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    entry = [port if word == "8080" else "127.0.0.1" if word == "0.0.0.0" else word for word in entry]
    with area.container("mlflow") as container:
        storage = ["--root", shop.work / "storage", "--runroot", shop.work / "run", "--storage-driver", "vfs"]
        server = subprocess.Popen(
            [str(word) for word in ["buildah", *storage, "run", "--isolation", "chroot", container, "--", *entry]],
            start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/invocations",
                json.dumps({"inputs": [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]}).encode(),
                {"Content-Type": "application/json"},
            )
            answer = None
            for _ in range(90):
                with contextlib.suppress(OSError):
                    answer = json.loads(urllib.request.urlopen(request, timeout=10).read())
                    break
                if server.poll() is not None:
                    break
                time.sleep(1)
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            said = server.communicate()[0].decode(errors="replace")[-1500:]
    check(answer == {"predictions": [0, 2]}, f"the server answers {answer}:\n{said}")
    area.drop("mlflow")


@scenario
def nothing_is_half_written(shop):
    """a kill at any moment, a full disk and a read-only directory leave no partial file"""
    area = freezing(shop)
    lock = area.locks / "requirements.txt"
    digest = "sha256:" + "ab" * 32
    base = f"registry.example/base:1@{digest}"
    words = [shop.pinproof.path, "freeze", lock, "--base", base, "--python", "3.11", "-o"]
    whole = area.work / "whole"
    start = time.monotonic()
    run(*words, whole)
    seconds = time.monotonic() - start
    wanted = {path.name: path.read_bytes() for path in whole.iterdir()}
    chance = random.Random(8)
    states = set()
    for number in range(120):
        folder = area.work / f"killed-{number}"
        process = subprocess.Popen([str(word) for word in [*words, folder]], stdout=subprocess.DEVNULL)
        time.sleep(chance.random() * seconds * 1.1)
        process.kill()
        process.wait()
        there = {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}
        states.add(len(there))
        for name, data in there.items():
            check(wanted.get(name) == data, f"after a kill {name} is not what it should be")
        shutil.rmtree(folder, ignore_errors=True)
    check(len(states) > 1, f"the kills came at different moments: {states}")
    small = area.work / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", small], capture_output=True).returncode:
        raise Skipped("a small disk cannot be mounted here; the kills went well")
    try:
        outcome = check_status(shop.pinproof(*words[1:], small), 2)
        check("No space left" in outcome.errors, "it says why", outcome)
        check(list(small.iterdir()) == [], f"nothing is left: {list(small.iterdir())}", outcome)
        run("mount", "-o", "remount,ro", small)
        outcome = check_status(shop.pinproof(*words[1:], small), 2)
        check("ead-only" in outcome.errors, "it says why", outcome)
    finally:
        run("umount", small)
