"""capture: from the environment that trained into the model, and to the verdict on the image."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile

from runner import Skipped, check, check_status, run, scenario
from scenarios_conda import CondaShop
from workshop import TRAIN, TRAINING_TOOLS

FILE = "pylock.pinproof.toml"
KEY = "pinproof-pylock.toml"

VALIDATE = """
import pathlib, sys, tomllib
import packaging.pylock, packaging.tags
for name in sys.argv[1:]:
    lock = packaging.pylock.Pylock.from_dict(tomllib.loads(pathlib.Path(name).read_text()))
    lock.validate()
    list(lock.select())
"""

# Makes one model of each kind that a library can load, and loads it again, with and without a capture in it.
LIBRARIES = """
import pathlib, sys
import numpy, onnx, safetensors.numpy
from onnx import TensorProto, helper
action, folder = sys.argv[1], pathlib.Path(sys.argv[2])
tensors, onnx_file = folder / "w.safetensors", folder / "m.onnx"
plain = folder / "plain.safetensors"
data = {"a": numpy.arange(12, dtype=numpy.float32).reshape(3, 4), "b": numpy.ones(5, dtype=numpy.int64)}
if action == "make":
    safetensors.numpy.save_file(data, tensors, metadata={"format": "np"})
    safetensors.numpy.save_file(data, plain)
    value = helper.make_tensor_value_info
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g",
        [value("x", TensorProto.FLOAT, [1])], [value("y", TensorProto.FLOAT, [1])])
    model = helper.make_model(graph)
    helper.set_model_props(model, {"author": "somebody"})
    onnx.save(model, onnx_file)
else:
    key, text = sys.argv[3], pathlib.Path(sys.argv[4]).read_text()
    for file in [tensors, plain]:
        loaded = safetensors.numpy.load_file(file)
        assert all((loaded[name] == data[name]).all() for name in data), loaded
        with safetensors.safe_open(file, "np") as opened:
            metadata = opened.metadata()
        assert metadata[key] == text, metadata
    assert metadata == {key: text}
    model = onnx.load(onnx_file)
    onnx.checker.check_model(model)
    assert {p.key: p.value for p in model.metadata_props} == {"author": "somebody", key: text}
"""

TORCH = """
import pathlib, sys
import torch
action, folder = sys.argv[1], pathlib.Path(sys.argv[2])
script, state = folder / "net.pt", folder / "state.pt"
module = torch.nn.Linear(4, 2)
if action == "make":
    torch.manual_seed(1)
    module = torch.nn.Linear(4, 2)
    torch.jit.script(module).save(script, _extra_files={"own.txt": "own"})
    torch.save(module.state_dict(), state)
else:
    key, text = sys.argv[3], pathlib.Path(sys.argv[4]).read_text()
    files = {key: "", "own.txt": ""}
    loaded = torch.jit.load(script, _extra_files=files)
    found = {k: v.decode() if isinstance(v, bytes) else v for k, v in files.items()}
    assert found == {key: text, "own.txt": "own"}, found
    weights = torch.load(state, weights_only=True, mmap=True)
    module.load_state_dict(weights)
    x = torch.ones(1, 4)
    assert torch.equal(module(x), loaded(x))
"""


class CaptureShop:
    """An environment that trains, its lock with URLs, the model of it and the capture, made once."""

    made = None

    def __init__(self, shop):
        self.shop = shop
        self.pinproof = shop.pinproof
        self.folder = shop.work / "capture"
        self.folder.mkdir()
        self.tools = shop.kept / "capture-tools"
        if not (self.tools / "installed").exists():
            shutil.rmtree(self.tools, ignore_errors=True)
            run("/usr/bin/python3", "-m", "venv", self.tools)
            run(self.tools / "bin/pip", "install", "--quiet", "packaging>=26", "safetensors", "onnx", "numpy")
            (self.tools / "installed").touch()
        # The same pins as the lock of the image, with the URLs that a requirements file does not have.
        self.lock = self.folder / "pylock.toml"
        shop.uv(
            "pip", "compile", shop.model / "requirements.txt", "--constraint", shop.lock, "--python-version", "3.11",
            "--format", "pylock.toml", "--quiet", "--output-file", self.lock,
        )  # fmt: skip
        # What serves, and nothing else: the capture can be installed whole.
        self.serving = self.environment("serving", "--require-hashes", "-r", shop.lock)
        # What trains: the same and MLflow.
        self.training = self.environment("training", "--require-hashes", "-r", shop.lock)
        tools = [tool for tool in TRAINING_TOOLS if not tool.startswith(("uv", "scikit"))]
        self.install(self.training, "--constraint", shop.lock, *tools)
        script = self.folder / "train.py"
        script.write_text(TRAIN)
        self.model = self.folder / "model"
        run(self.training / "bin/python", script, self.model, cwd=self.folder)
        self.capture = self.folder / "capture.pylock.toml"
        self.said = check_status(
            self.pinproof("capture", self.training, "--lock", self.lock, "-o", self.capture), 0
        ).errors

    @classmethod
    def of(cls, shop):
        if cls.made is None:
            cls.made = cls(shop)
        return cls.made

    def environment(self, name, *words):
        folder = self.folder / name
        self.shop.uv("venv", "--quiet", "--python", "/usr/bin/python3", folder)
        if words:
            self.install(folder, *words)
        return folder

    def install(self, environment, *words):
        self.shop.uv("pip", "install", "--quiet", "--python", environment / "bin/python", *words)

    def captured(self, environment, *words):
        """The text of a capture, and the standard error."""
        outcome = check_status(self.pinproof("capture", environment, *words), 0)
        return outcome.output, outcome.errors

    def into(self, model, *words):
        outcome = check_status(
            self.pinproof("capture", self.training, "--lock", self.lock, "--into", model, *words), 0
        )
        check(outcome.output == "", "nothing should be on standard output", outcome)
        return outcome

    def copy(self, name):
        target = self.folder / name
        shutil.copytree(self.model, target)
        return target

    def verify(self, *words):
        return self.pinproof("verify", *words, "--format", "json")


def report(outcome):
    try:
        return json.loads(outcome.output)
    except ValueError as error:
        raise AssertionError(f"the output is not JSON: {error}\n{outcome}") from None


def tree(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def is_bound(capture, stored):
    """Whether a file in a model is the capture and, after it, the digest of the model's files."""
    binding = stored.read_bytes().removeprefix(capture.read_bytes()).decode()
    return re.fullmatch('\n\\[tool\\.pinproof\\.model\\]\npayload = "sha256:[0-9a-f]{64}"\n', binding) is not None


@scenario
def a_capture_makes_the_round_trip(shop):
    """captured in the training venv, put into the MLflow model, served by the frozen image: trained, and locked with the map"""
    world = CaptureShop.of(shop)
    model = world.copy("round-trip")
    before = tree(model)
    outcome = world.into(model)
    after = tree(model)
    check(after.pop(FILE, None) is not None, "the model has a capture", outcome)
    check(is_bound(world.capture, model / FILE), "the file is the capture, bound to the files of the model", outcome)
    check(after == before, "no other file should have changed", outcome)
    image = f"oci:{shop.layout}:iris"
    for words in [[], ["--evidence", "trained"]]:
        verdict = report(check_status(world.verify(model, image, *words), 0))
        check(verdict["verdict"] == "match", "the verdict should be match")
        needed = [row for row in verdict["packages"] if row.get("needed", True) and row["verdict"] == "match"]
        names = {row["name"] for row in needed if row["evidence"] == "trained"}
        check({"scikit-learn", "numpy", "scipy", "joblib", "cloudpickle"} <= names, f"these are trained: {names}")
    wheel_map = world.folder / "wheelmap.json"
    check_status(shop.pinproof("wheels", shop.wheels, "-o", wheel_map), 0)
    outcome = check_status(world.verify(model, image, "--evidence", "locked", "--wheels", wheel_map), 0)
    check(report(outcome)["summary"]["byEvidence"]["locked"] >= 5, "packages should be locked", outcome)
    check_status(world.verify(model, image, "--evidence", "locked"), 2)
    # The environment in place of the image, and the capture in place of the model.
    check_status(world.verify(model, world.serving, "--evidence", "trained"), 0)
    check_status(world.verify(world.capture, world.training, "--evidence", "trained"), 0)


@scenario
def a_changed_byte_is_no_longer_what_trained(shop):
    """a changed byte with a forged RECORD row: the captured digest names the package"""
    world = CaptureShop.of(shop)
    changed = world.folder / "changed"
    shutil.copytree(world.training, changed, symlinks=True)
    file = next(changed.glob("lib/python*/site-packages/joblib/parallel.py"))
    record = next(changed.glob("lib/python*/site-packages/joblib-*.dist-info/RECORD"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.unlink()
    file.write_bytes(data)
    digest = hashlib.sha256(data).digest()
    row = "joblib/parallel.py,sha256=" + base64.urlsafe_b64encode(digest).decode().rstrip("=") + f",{len(data)}"
    lines = [row if line.startswith("joblib/parallel.py,") else line for line in record.read_text().splitlines()]
    record.unlink()
    record.write_text("\n".join(lines) + "\n")
    outcome = check_status(world.verify(world.capture, changed), 1)
    other = [row["name"] for row in report(outcome)["packages"] if row["verdict"] != "match"]
    check(other == ["joblib"], f"only joblib should differ: {other}", outcome)
    diff = check_status(shop.pinproof("diff", world.capture, changed, "--format", "json"), 1)
    changes = [(row["name"], row["kind"]) for row in report(diff)["changes"]]
    check(changes == [("joblib", "rebuilt")], f"one package is rebuilt: {changes}", diff)


@scenario
def a_capture_is_a_valid_lock(shop):
    """the capture is valid for packaging.pylock, the same bytes each time, and reports what it does not know"""
    world = CaptureShop.of(shop)
    files = [world.capture]
    for name, words in [
        ("alone", []), ("hashes", ["--lock", shop.lock]), ("whole", ["--lock", world.lock]),
    ]:  # fmt: skip
        text, said = world.captured(world.serving, *words)
        again, _ = world.captured(world.serving, *words)
        check(text == again, f"{name}: the bytes should be the same again")
        check(str(shop.work) not in text, f"{name}: no folder should be named")
        check(("no artifact is known" in said) == (name == "alone"), f"{name}: {said}")
        check(("says no URL of" in said) == (name == "hashes"), f"{name}: {said}")
        file = world.folder / f"pylock.{name}.toml"
        file.write_text(text)
        files.append(file)
    run(world.tools / "bin/python", "-c", VALIDATE, *files)
    seen = report(check_status(shop.pinproof("inspect", files[3], "--format", "json"), 0))
    check(seen["subject"]["kind"] == "capture", f"the kind is capture: {seen['subject']}")
    check(seen["environment"]["platform"]["libc"].startswith("glibc-"), "the C library is there")
    check(all(row["contentDigest"] for row in seen["environment"]["packages"]), "all have content digests")
    check(all(len(row["hashes"]) == 1 for row in seen["environment"]["packages"]), "all have one hash")
    installed = report(check_status(shop.pinproof("inspect", world.serving, "--format", "json"), 0))["environment"]
    check(seen["environment"]["python"] == installed["python"], "the interpreter is that of the venv")
    check("no artifact is known of annotated-doc, " in world.said, f"it should name MLflow's own: {world.said}")
    # Hashes without a URL still prove, with the wheels at hand.
    check_status(world.verify(files[2], world.serving, "--evidence", "locked", "--wheels", shop.wheels), 0)


@scenario
def a_capture_installs_what_was_captured(shop):
    """uv pip sync and uv pip install of a capture give the same content digests; pip's report names artifacts too"""
    world = CaptureShop.of(shop)
    text, _ = world.captured(world.serving, "--lock", world.lock)
    file = world.folder / "pylock.serving.toml"
    file.write_text(text)
    for name, words in [("synced", ["sync", file]), ("installed", ["install", "-r", file])]:
        target = world.environment(name)
        shop.uv("pip", words[0], "--quiet", "--python", target / "bin/python", *words[1:])
        check_status(shop.pinproof("diff", file, target), 0)
        check_status(world.verify(file, target, "--evidence", "trained"), 0)
    # The venv module's pip stays, and the report knows nothing of it.
    plain = world.folder / "pip"
    run("/usr/bin/python3", "-m", "venv", plain)
    made = world.folder / "report.json"
    run(plain / "bin/pip", "install", "--quiet", "--require-hashes", "--report", made, "-r", shop.lock)
    text, said = world.captured(plain, "--report", made)
    file = world.folder / "pylock.pip.toml"
    file.write_text(text)
    check("no artifact is known of pip, setuptools:" in said, f"pip has no artifact: {said}")
    target = world.environment("from-report")
    shop.uv("pip", "sync", "--quiet", "--python", target / "bin/python", file)
    outcome = shop.pinproof("diff", file, target, "--format", "json")
    changes = [(row["name"], row["kind"]) for row in report(outcome)["changes"]]
    check(changes == [("pip", "removed"), ("setuptools", "removed")], f"only pip is missing: {changes}", outcome)
    check_status(world.verify(file, plain, "--evidence", "trained"), 0)


@scenario
def images_and_prefixes_are_captured(shop):
    """an image and a conda prefix are captured, and are then what they were"""
    world = CaptureShop.of(shop)
    text, _ = world.captured(f"oci:{shop.layout}:iris", "--lock", world.lock)
    image = world.folder / "pylock.image.toml"
    image.write_text(text)
    conda = CondaShop.of(shop)
    text, _ = world.captured(conda.prefix)
    prefix = world.folder / "pylock.conda.toml"
    prefix.write_text(text)
    run(world.tools / "bin/python", "-c", VALIDATE, image, prefix)
    check_status(shop.pinproof("diff", image, shop.oci_archive), 0)
    # dpkg's record stands in for that of Debian's own pip, setuptools and wheel.
    outcome = check_status(world.verify(image, shop.docker_archive, "--evidence", "trained"), 0)
    rows = report(outcome)["packages"]
    other = {row["name"] for row in rows if row["evidence"] != "trained"}
    check(not other, f"all are trained: {other}", outcome)
    check({"apt", "pypi"} <= {row["ecosystem"] for row in rows if row["verdict"] == "match"}, "both kinds", outcome)
    outcome = check_status(world.verify(prefix, conda.prefix, "--evidence", "trained"), 0)
    names = {(row["ecosystem"], row["name"]) for row in report(outcome)["packages"]}
    check(("conda", "demo") in names, f"conda packages are there: {names}", outcome)


@scenario
def archives_hold_a_capture(shop):
    """the model packed as tar, tar.gz, tar.zst and zip takes a capture; MLflow loads it; twice is once"""
    world = CaptureShop.of(shop)
    before = tree(world.model)
    for name, pack, unpack in [
        ("m.tar", "tar -cf {0} model", "tar -xf {0} -C {1}"),
        ("m.tar.gz", "tar -czf {0} -C model .", "tar -xzf {0} -C {1}"),
        ("m.tar.zst", "tar --zstd -cf {0} model", "tar --zstd -xf {0} -C {1}"),
        ("m.zip", "python3 -m zipfile -c {0} model", "python3 -m zipfile -e {0} {1}"),
    ]:
        archive = world.folder / name
        run("sh", "-c", pack.format(archive), cwd=world.folder)
        world.into(archive)
        once = archive.read_bytes()
        world.into(archive)
        check(archive.read_bytes() == once, f"{name}: a second capture should change nothing")
        seen = report(check_status(shop.pinproof("inspect", archive, "--format", "json"), 0))
        facts = seen["model"]["facts"]
        check(any(f["about"] == "interpreter" and f["strength"] == "hashed" for f in facts), f"{name}: {facts}")
        check(seen["environment"]["platform"]["os"] == "linux", f"{name}: the platform is that of training")
        target = world.folder / f"unpacked-{name}"
        target.mkdir()
        run("sh", "-c", unpack.format(archive, target), cwd=world.folder)
        root = target if (target / "MLmodel").exists() else target / "model"
        found = tree(root)
        check(found.pop(FILE, None) is not None, f"{name}: no capture")
        check(is_bound(world.capture, root / FILE), f"{name}: the capture names the files of the model")
        check(found == before, f"{name}: other files changed")
        load = "import mlflow.sklearn, sys; mlflow.sklearn.load_model(sys.argv[1]).predict([[1, 2, 3, 4]])"
        run(world.training / "bin/python", "-c", load, root, cwd=world.folder)


@scenario
def libraries_load_what_holds_a_capture(shop):
    """safetensors and onnx load files with a capture in the metadata, and find it; other models have it in a separate file"""
    world = CaptureShop.of(shop)
    folder = world.folder / "libraries"
    folder.mkdir()
    python = world.tools / "bin/python"
    run(python, "-c", LIBRARIES, "make", folder)
    for name in ["w.safetensors", "plain.safetensors", "m.onnx"]:
        world.into(folder / name)
        once = (folder / name).read_bytes()
        world.into(folder / name)
        check((folder / name).read_bytes() == once, f"{name}: a second capture should change nothing")
        seen = report(check_status(shop.pinproof("inspect", folder / name, "--format", "json"), 0))
        check(seen["model"]["complete"], f"{name} should be understood")
        check(any(row["name"] == "numpy" and row["contentDigest"] for row in seen["environment"]["packages"]), name)
    run(python, "-c", LIBRARIES, "load", folder, KEY, world.capture)
    pickle = folder / "model.pkl"
    shutil.copy(world.model / "model.pkl", pickle)
    data = pickle.read_bytes()
    outcome = world.into(pickle)
    check("model.pkl.pylock.toml" in outcome.errors, "it should say where", outcome)
    check(pickle.read_bytes() == data, "the pickle should be as it was", outcome)
    check_status(world.verify(pickle, f"oci:{shop.layout}:iris", "--evidence", "trained"), 0)


@scenario
def torch_loads_what_holds_a_capture(shop):
    """PyTorch loads TorchScript and weights with a capture as an extra file"""
    python = os.environ.get("PINPROOF_TORCH_PYTHON")
    if not python:
        raise Skipped("PINPROOF_TORCH_PYTHON names no Python that has torch")
    world = CaptureShop.of(shop)
    folder = world.folder / "torch"
    folder.mkdir()
    run(python, "-c", TORCH, "make", folder)
    for name in ["net.pt", "state.pt"]:
        world.into(folder / name)
        once = (folder / name).read_bytes()
        world.into(folder / name)
        check((folder / name).read_bytes() == once, f"{name}: a second capture should change nothing")
        check_status(shop.pinproof("inspect", folder / name), 0)
    run(python, "-c", TORCH, "load", folder, KEY, world.capture)


@scenario
def a_model_is_written_whole_or_not_at_all(shop):
    """capture into a damaged model, with a full disk, and killed: the model is the old one or the new one"""
    world = CaptureShop.of(shop)
    folder = world.folder / "whole"
    folder.mkdir()
    archive = folder / "m.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(world.model, "model")
    data = archive.read_bytes()
    archive.write_bytes(data[: len(data) * 2 // 3])
    words = ["capture", world.training, "--into"]
    outcome = check_status(shop.pinproof(*words, archive), 2)
    check(len(outcome.errors.splitlines()) == 1, "there should be one line of reason", outcome)
    check(archive.read_bytes() == data[: len(data) * 2 // 3], "it should be as it was", outcome)
    check_status(shop.pinproof(*words, folder / "nothing"), 2)
    check_status(shop.pinproof("capture", world.model), 2)
    archive.write_bytes(data)
    limited = ["bash", "-c", 'ulimit -f 1; trap "" XFSZ; exec "$0" "$@"', shop.pinproof.path]
    done = subprocess.run([*limited, *map(str, words), str(archive)], capture_output=True, text=True)
    check(done.returncode == 2, f"a file that cannot grow: {done.returncode} {done.stderr}")
    check(archive.read_bytes() == data, "it should be as it was")
    check([path.name for path in folder.iterdir()] == ["m.tar.gz"], f"nothing should be left: {os.listdir(folder)}")
    for delay in [0.01, 0.05, 0.1, 0.2, 0.4]:
        process = subprocess.Popen(
            [shop.pinproof.path, *map(str, words), str(archive)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        with tarfile.open(archive) as tar:
            names = tar.getnames()
        check(sum(name.endswith("MLmodel") for name in names) == 1, f"the archive is whole: {names}")
