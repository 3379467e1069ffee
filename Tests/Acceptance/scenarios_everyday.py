"""Everyday ways in which a match would be false, without an attacker: classes A1 to A9, none of which is exit 0 at the default."""

import base64
import hashlib
import os
import pathlib
import shutil

from attack_images import Lab, tar, text
from runner import check, check_status, scenario
from scenarios_verify import report

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "ModelArchivesTests/Fixtures"
SITE = "lib/python3.11/site-packages"
REQUIRES = {"scikit-learn": ["numpy", "scipy", "joblib", "threadpoolctl"], "scipy": ["numpy"]}
MODULES = {"scikit-learn": "sklearn", "xgboost-cpu": "xgboost"}


def distribution(name, version):
    """The files of a distribution with one module, by path."""
    module = MODULES.get(name, name)
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    code = f"__version__ = {version!r}\n"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {other}\n" for other in REQUIRES.get(name, []))

    def row(path, content):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
        return f"{path},sha256={digest},{len(content)}\n"

    record = row(f"{module}/__init__.py", code) + row(f"{info}/METADATA", metadata) + f"{info}/RECORD,,\n"
    return {f"{module}/__init__.py": code, f"{info}/METADATA": metadata, f"{info}/RECORD": record}


def environment(shop, name, python="3.11.2", **packages):
    """A virtual environment that has these packages, by their names with `_` for `-`."""
    folder = shop.work / "everyday" / name
    shutil.rmtree(folder, ignore_errors=True)
    site = folder / f"lib/python{python.rsplit('.', 1)[0]}/site-packages"
    (folder / "bin").mkdir(parents=True)
    os.symlink(f"/usr/bin/python{python.rsplit('.', 1)[0]}", folder / "bin/python")
    (folder / "pyvenv.cfg").write_text(f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {python}\n")
    for package, version in packages.items():
        for path, content in distribution(package.replace("_", "-"), version).items():
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            (site / path).write_text(content)
    return folder


def mlflow(shop, name, flavor, requirements):
    """A model of MLflow with a payload that says nothing."""
    folder = shop.work / "everyday" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "MLmodel").write_text(f"flavors:\n{flavor}")
    (folder / "requirements.txt").write_text(requirements)
    (folder / "python_env.yaml").write_text("python: 3.11.2\ndependencies:\n- -r requirements.txt\n")
    return folder


def stands(shop, model, serving, wanted, *words, **says):
    """Verifies at the default, and holds the exit status and what the result has to say."""
    outcome = check_status(shop.pinproof("verify", model, serving, *words, "--format", "json"), wanted)
    for rule in says.get("rules", []):
        check(any(row["rule"] == rule for row in report(outcome)["findings"]), f"{rule} has to be found", outcome)
    return outcome


@scenario
def modules_of_pickled_functions_are_needed(shop):
    """everyday A1, A4: what pickled functions import is needed, and their code is that of one Python"""
    versions = {"cloudpickle": "3.1.1", "numpy": "2.3.1", "scipy": "1.16.0"}
    lock = shop.work / "everyday-lock.txt"
    lock.write_text("".join(f"{name}=={version}\n" for name, version in versions.items()))
    model = FIXTURES / "cloudpickle-glob.pkl"
    whole = environment(shop, "a1", **versions)
    stands(shop, model, f"env:{whole}", 0, "--lock", lock)
    stands(shop, model, f"env:{environment(shop, 'a1-without', cloudpickle='3.1.1', numpy='2.3.1')}", 2, rules=["missing-module"])
    other = environment(shop, "a1-other", **{**versions, "scipy": "1.15.0"})
    stands(shop, model, f"env:{other}", 1, "--lock", lock)
    newer = environment(shop, "a4", python="3.12.1", **versions)
    stands(shop, model, f"env:{newer}", 1, "--lock", lock, rules=["other-interpreter"])


@scenario
def flavours_name_their_library(shop):
    """everyday A2, A3, A8: a flavour names its library, another distribution is another build, === is the whole version"""
    flavor = "  catboost:\n    catboost_version: 1.2.10\n    data: model.cb\n  python_function:\n    loader_module: mlflow.catboost\n"
    model = mlflow(shop, "catboost", flavor, "mlflow==3.1.0\ncatboost==1.2.10\n")
    stands(shop, model, f"env:{environment(shop, 'a2', mlflow='3.1.0', catboost='1.2.10')}", 0)
    stands(shop, model, f"env:{environment(shop, 'a2-other', mlflow='3.1.0', catboost='1.2.8')}", 1)
    stands(shop, FIXTURES / "x.json", f"env:{environment(shop, 'a3', xgboost='3.2.0')}", 0)
    stands(shop, FIXTURES / "x.json", f"env:{environment(shop, 'a3-other', xgboost_cpu='2.1.4')}", 1)
    flavor = "  pytorch:\n    pytorch_version: 2.1.0\n    model_data: data\n  python_function:\n    loader_module: mlflow.pytorch\n"
    for equality, served, wanted in [("===", "2.1.0+cu121", 1), ("===", "2.1.0", 0), ("==", "2.1.0+cu121", 0)]:
        model = mlflow(shop, "torch", flavor, f"mlflow==3.1.0\ntorch{equality}2.1.0\n")
        stands(shop, model, f"env:{environment(shop, 'a8', mlflow='3.1.0', torch=served)}", wanted)


@scenario
def what_is_needed_and_not_named_is_no_match(shop):
    """everyday A6, A9: a capture is of one payload, and a pickle alone names few of the packages that it needs"""
    model = FIXTURES / "lr.p5.pkl"
    version = next(
        row["version"] for row in report(shop.pinproof("inspect", model, "--format", "json"))["environment"]["packages"] if row["name"] == "scikit-learn"
    )
    packages = {"scikit_learn": version, "numpy": "2.3.1", "scipy": "1.16.0", "joblib": "1.5.1", "threadpoolctl": "3.6.0"}
    whole = environment(shop, "a9", **packages)
    outcome = stands(shop, model, f"env:{whole}", 2, rules=["unnamed-package"])
    check(report(outcome)["summary"]["unnamed"] >= 4, "the packages that are not named are counted", outcome)
    outcome = stands(shop, model, f"env:{whole}", 0, "--only-named")
    check(report(outcome)["scope"] == "named", "the scope is said", outcome)
    folder = shop.work / "everyday/captured"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(model, folder / "model.pkl")
    check_status(shop.pinproof("capture", f"env:{whole}", "--into", folder), 0)
    stands(shop, folder, f"env:{whole}", 0)
    shutil.copy(FIXTURES / "lr.p2.pkl", folder / "model.pkl")
    stands(shop, folder, f"env:{whole}", 1)


@scenario
def the_model_and_the_start_of_an_image_count(shop):
    """everyday A5, A7: another model in the image, whatever its name, and a login shell that finds another Python"""
    lab = Lab(shop.pinproof.path, shop.kept)
    packages = {"scikit-learn": "1.9.1", "numpy": "2.3.1", "scipy": "1.16.0", "joblib": "1.5.1", "threadpoolctl": "3.6.0"}
    lock = shop.work / "everyday-sklearn.txt"
    lock.write_text("".join(f"{name}=={version}\n" for name, version in packages.items()))
    files = [
        ("usr/bin/python3.11", b"\x7fELF", 0o755), ("usr/bin/python3", ("link", "python3.11"), 0o777),
        text("usr/lib/python3.11/os.py", ""), ("bin/sh", b"\x7fELF", 0o755), ("opt/venv/bin/python3", ("link", "/usr/bin/python3"), 0o777),
        text("opt/venv/pyvenv.cfg", "home = /usr/bin\ninclude-system-site-packages = false\n"),
        text("srv/serve.py", "import sklearn\n"), text("etc/profile", "PATH=/usr/bin:/bin\nexport PATH\n"),
    ]  # fmt: skip
    for name, version in packages.items():
        files += [text(f"opt/venv/{SITE}/{path}", content) for path, content in distribution(name, version).items()]
    base = lab.blob(tar(files))
    own, other = (FIXTURES / "lr.p5.pkl").read_bytes(), (FIXTURES / "rf.joblib").read_bytes()
    command, variables = ["python3", "/srv/serve.py"], ["PATH=/opt/venv/bin:/usr/bin:/bin"]

    def image(*placed, command=command):
        return lab.image([base, lab.blob(tar([(path, content, 0o644) for path, content in placed]))], command, variables, directory="/srv")

    model = FIXTURES / "lr.p5.pkl"
    # The programs are four bytes long.
    words = ["--lock", lock, "--no-loading"]
    for placed, wanted, state, more in [
        ([("srv/lr.p5.pkl", own)], 0, "same", []), ([("srv/renamed.bin", own)], 0, "same", []),
        ([("srv/lr.p5.pkl", other)], 1, "other", []), ([("srv/other.name", other)], 2, "other", []),
        ([("srv/lr.p5.pkl", own), ("opt/model.joblib", other)], 2, "several", []),
        ([("srv/lr.p5.pkl", other), ("opt/lr.p5.pkl", own)], 2, "several", []),
        ([("srv/lr.p5.pkl", own), ("opt/model.joblib", other)], 0, "same", ["--model-path", "/srv/lr.p5.pkl"]),
        ([("srv/lr.p5.pkl", own), ("opt/model.joblib", other)], 1, "other", ["--model-path", "/opt/model.joblib"]),
        ([("srv/lr.p5.pkl", own), ("opt/lr.bz2", (FIXTURES / "lr.bz2.joblib").read_bytes())], 2, "several", []),
        ([("srv/lr.p5.pkl", own), ("opt/lr.joblib", (FIXTURES / "lr.bz2.joblib").read_bytes())], 2, "several", []),
        ([("srv/lr.p5.pkl", own), ("opt/a.onnx", (FIXTURES / "m.onnx").read_bytes())], 2, "several", []),
        ([("srv/lr.p5.pkl", own), ("opt/a.safetensors", (FIXTURES / "w.safetensors").read_bytes())], 2, "several", []),
        ([("srv/lr.p5.pkl", own), ("opt/a.cbm", (FIXTURES / "cb.cbm").read_bytes())], 2, "several", []),
        ([("srv/lr.p5.pkl", own), ("opt/a.h5", (FIXTURES / "k-latest.h5").read_bytes())], 2, "several", []),
        ([("srv/lr.p5.pkl", own), ("opt/a.pkl", (FIXTURES / "lgb.pkl").read_bytes())], 2, "several", []),
        ([], 0, "absent", []),
    ]:  # fmt: skip
        outcome = stands(shop, model, image(*placed), wanted, *words, *more)
        check(report(outcome)["bakedModel"] == state, f"{[path for path, _ in placed]}: {state}", outcome)
    outcome = shop.pinproof("verify", model, image(("srv/lr.p5.pkl", own), command=["sh", "-lc", "exec python3 serve.py"]), *words)
    check(outcome.status in (1, 2), "the system's Python has no packages", outcome)
