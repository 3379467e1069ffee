"""Trains and logs a model with the running Python's MLflow, captures with pinproof.mlflow, and verifies an image of this environment.

    uv venv env && uv pip install -p env mlflow==3.17.2 scikit-learn==1.7.2 dist/pinproof-*.whl
    env/bin/python Python/tests/try_mlflow.py

The image is an OCI layout by umoci: the environment's interpreter and its site-packages where they lie on this machine. The
verdict must be `match` at `trained`; with one byte of a needed package changed it must be `mismatch`. Needs umoci.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import mlflow
import pinproof
import pinproof.mlflow
from sklearn.linear_model import LogisticRegression


def run(*command):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)


def logged_model(work):
    """Trains, logs, captures, and returns the directory of the model as a deployment downloads it."""
    os.chdir(work)
    mlflow.set_tracking_uri(f"sqlite:///{work}/mlflow.db" if mlflow.__version__ >= "3" else f"file://{work}/runs")
    with mlflow.start_run():
        model = LogisticRegression().fit([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0], [3.0, 1.0]], [0, 0, 1, 1])
        named = {"name": "model"} if mlflow.__version__ >= "3" else {"artifact_path": "model"}
        info = mlflow.sklearn.log_model(model, input_example=[[0.0, 1.0]], **named)
        pinproof.mlflow.log_capture(info)
    return pathlib.Path(mlflow.artifacts.download_artifacts(info.model_uri, dst_path=str(work / "model")))


def image(work, name, change=None):
    """Puts the running environment into an image, at the paths that it has here."""
    root = work / f"root-{name}"
    environment = pathlib.Path(sys.prefix)
    base = pathlib.Path(sys.base_prefix)
    libraries = ["/lib/x86_64-linux-gnu", "/lib64"]
    for directory in [environment, base]:
        target = root / directory.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(directory, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    # What else is installed for the interpreter that the environment was made with is not of the environment.
    for packages in (root / base.relative_to("/")).glob("lib/python*/site-packages"):
        shutil.rmtree(packages)
    for directory in libraries:
        source = pathlib.Path(directory).resolve()
        target = root / source.relative_to("/")
        if not target.exists():
            target.mkdir(parents=True)
            for file in source.glob("*.so*"):
                if file.is_file():
                    shutil.copy2(file, target / file.name, follow_symlinks=True)
    for link, to in (("lib", "usr/lib"), ("lib64", "usr/lib64")):
        if not (root / link).exists():
            (root / link).symlink_to(to)
    if change:
        file = next((root / environment.relative_to("/")).rglob(change))
        file.write_bytes(file.read_bytes() + b"\n")
    layout = work / f"image-{name}"
    run("umoci", "init", "--layout", layout)
    run("umoci", "new", "--image", f"{layout}:1")
    run("umoci", "insert", "--image", f"{layout}:1", "--rootless" if os.getuid() else "--uid-map=0:0:1", root, "/")
    run("umoci", "config", "--image", f"{layout}:1", "--config.entrypoint", sys.executable, "--config.cmd", "-c", "--config.cmd", "pass",
        "--config.env", f"PATH={environment}/bin:/usr/bin:/bin")
    return layout


def verified(model, layout):
    """The verification of the model against an image; what is not provable is printed."""
    try:
        return pinproof.verify(model, f"oci:{layout}:1", evidence="trained")
    except pinproof.UndecidedError as error:
        print([(package.name, package.reasons) for package in error.verification.packages if package.verdict != "match"])
        print([finding for finding in error.verification.findings if finding.severity != "note"])
        raise


def main():
    with tempfile.TemporaryDirectory(prefix="pinproof-mlflow-") as directory:
        work = pathlib.Path(directory).resolve()
        model = logged_model(work)
        assert (model / pinproof.mlflow.CAPTURE_FILE).is_file(), sorted(model.iterdir())
        good = verified(model, image(work, "same"))
        print("same environment:", good.verdict, good.summary)
        assert good.verdict == "match", [package for package in good.packages if package.verdict != "match"]
        bad = verified(model, image(work, "changed", "sklearn/linear_model/_logistic.py"))
        print("a changed file:", bad.verdict)
        assert bad.verdict == "mismatch", bad
    print(f"MLflow {mlflow.__version__}: passed")


if __name__ == "__main__":
    main()
