"""From a trained model to a frozen, built and verified image; and every way in which the image may differ."""

import base64
import csv
import gzip
import hashlib
import io
import json
import pathlib
import shutil
import tarfile

from runner import check, check_status, scenario


def report(outcome):
    try:
        return json.loads(outcome.output)
    except ValueError as error:
        raise AssertionError(f"the output is not JSON: {error}\n{outcome}") from None


def package(outcome, name):
    found = [row for row in report(outcome)["packages"] if row["name"] == name]
    check(len(found) == 1, f"there should be one row for {name}, not {len(found)}", outcome)
    return found[0]


def check_mismatch(outcome, name, words):
    """The verdict, the package, and what the reasons have to name."""
    check_status(outcome, 1)
    check(report(outcome)["verdict"] == "mismatch", "the verdict should be mismatch", outcome)
    row = package(outcome, name)
    check(row["verdict"] == "mismatch", f"{name} should be the mismatch: {row}", outcome)
    said = " ".join(row["reasons"])
    for word in words:
        check(word in said, f"the reasons should name {word}: {said}", outcome)
    others = [other["name"] for other in report(outcome)["packages"] if other["verdict"] != "match"]
    check(others == [name], f"only {name} should differ, and not {others}", outcome)


def check_undecided(outcome):
    check_status(outcome, 2)
    check("match" not in outcome.output.replace("mismatch", ""), "it should not speak of a match", outcome)
    check(len(outcome.errors.splitlines()) == 1, "there should be one line of reason", outcome)


@scenario
def check_is_silent_on_a_frozen_file(shop):
    """check --require hashed finds nothing in what freeze wrote"""
    outcome = check_status(shop.pinproof("check", "--require", "hashed", "--format", "json", shop.frozen), 0)
    check(report(outcome)["findings"] == [], "there should be no finding", outcome)
    check(report(outcome)["files"], "it should have looked at the files", outcome)


@scenario
def freezing_again_gives_the_same_bytes(shop):
    """freeze gives the same bytes again"""
    again = shop.work / "frozen-again"
    base = f"oci:{shop.base_layout}:localhost/pinproof-base:bookworm"
    check_status(shop.pinproof("freeze", shop.lock, "--base", base, "--python", "3.11", "-o", again), 0)
    first = {path.name: path.read_bytes() for path in shop.frozen.iterdir()}
    second = {path.name: path.read_bytes() for path in again.iterdir()}
    check(first == second, f"the files differ: {sorted(first)} and {sorted(second)}")


@scenario
def the_built_image_matches(shop):
    """a frozen and built image is a match at locked: OCI layout"""
    outcome = check_status(
        shop.verify(f"oci:{shop.layout}:iris", "--evidence", "locked", "--format", "json"), 0
    )
    verdict = report(outcome)
    check(verdict["verdict"] == "match", "the verdict should be match", outcome)
    names = {row["name"] for row in verdict["packages"]}
    check({"scikit-learn", "numpy", "scipy", "cloudpickle"} <= names, f"packages are missing: {names}", outcome)
    check(verdict["summary"]["byEvidence"]["locked"] == len(names), "every package should be at locked", outcome)


@scenario
def the_docker_archive_matches(shop):
    """a frozen and built image is a match at locked: docker-archive"""
    check_status(shop.verify(shop.docker_archive, "--evidence", "locked"), 0)


@scenario
def the_oci_archive_matches(shop):
    """a frozen and built image is a match at locked: oci-archive"""
    check_status(shop.verify(shop.oci_archive, "--evidence", "locked"), 0)


@scenario
def a_wheel_map_is_as_good_as_the_wheels(shop):
    """a wheel map proves the same as the wheels"""
    wheel_map = shop.work / "wheelmap.json"
    check_status(shop.pinproof("wheels", shop.wheels, "-o", wheel_map), 0)
    outcome = shop.pinproof(
        "verify", shop.model_archive, f"oci:{shop.layout}:iris", "--lock", shop.lock, "--wheels", wheel_map,
        "--evidence", "locked",
    )  # fmt: skip
    check_status(outcome, 0)


@scenario
def without_wheels_nothing_is_locked(shop):
    """without the wheels the evidence does not reach locked: exit 2"""
    words = ["verify", shop.model_archive, f"oci:{shop.layout}:iris", "--lock", shop.lock]
    check_status(shop.pinproof(*words, "--evidence", "locked"), 2)
    outcome = check_status(shop.pinproof(*words, "--evidence", "intact", "--format", "json"), 0)
    check(report(outcome)["summary"]["byEvidence"]["intact"] > 0, "packages should be intact", outcome)


def changed_byte(path, target):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    target.write_bytes(data)


@scenario
def one_changed_byte_is_named(shop):
    """one changed byte in a layer is a mismatch that names the file"""
    inner = f"{shop.site_packages}/sklearn/linear_model/_logistic.py"
    changed = shop.work / "changed-byte"
    changed_byte(shop.root[0] / inner[1:], changed)
    image = shop.umoci_insert("changed-byte", changed, inner)
    check_mismatch(shop.verify(image, "--format", "json"), "scikit-learn", ["sklearn/linear_model/_logistic.py"])
    outcome = check_status(shop.verify(image), 1)
    check("sklearn/linear_model/_logistic.py" in outcome.output, "the text should name the file", outcome)


def record_of(shop, name):
    return next((shop.root[0] / shop.site_packages[1:]).glob(f"{name}-*.dist-info/RECORD"))


@scenario
def a_changed_record_row_is_named(shop):
    """a changed row of RECORD is a mismatch that names the file"""
    record = record_of(shop, "joblib")
    text = record.read_text()
    row = next(row for row in csv.reader(io.StringIO(text)) if row[0] == "joblib/parallel.py")
    forged = "sha256=" + "A" * 43
    changed = shop.work / "changed-record"
    changed.write_text(text.replace(row[1], forged))
    inner = f"{shop.site_packages}/{record.parent.name}/RECORD"
    image = shop.umoci_insert("changed-record", changed, inner)
    outcome = shop.pinproof(
        "verify", shop.model_archive, image, "--lock", shop.lock, "--format", "json", "--evidence", "named"
    )
    check_mismatch(outcome, "joblib", ["joblib/parallel.py"])


@scenario
def a_forged_record_is_caught_by_the_lock(shop):
    """a changed file with a forged RECORD row is a mismatch if the wheels are available"""
    inner = f"{shop.site_packages}/threadpoolctl.py"
    changed = shop.work / "forged-file"
    changed_byte(shop.root[0] / inner[1:], changed)
    record = record_of(shop, "threadpoolctl")
    lines = []
    for row in csv.reader(io.StringIO(record.read_text())):
        if row[0] == "threadpoolctl.py":
            digest = base64.urlsafe_b64encode(hashlib.sha256(changed.read_bytes()).digest()).decode().rstrip("=")
            row = [row[0], f"sha256={digest}", str(changed.stat().st_size)]
        lines.append(",".join(row))
    forged = shop.work / "forged-record"
    forged.write_text("\n".join(lines) + "\n")
    shop.umoci_insert("forged-file", changed, inner)
    image = shop.umoci_insert(
        "forged", forged, f"{shop.site_packages}/{record.parent.name}/RECORD", image="forged-file"
    )
    check_mismatch(shop.verify(image, "--format", "json"), "threadpoolctl", ["content digest", "threadpoolctl-"])
    # Without the wheels the forgery passes, and the report says that it would.
    outcome = shop.pinproof("verify", shop.model_archive, image, "--lock", shop.lock, "--format", "json")
    check_status(outcome, 0)
    rules = {row["rule"] for row in report(outcome)["findings"]}
    check("forgeable-record" in rules, f"it should be said that a forged record passes: {rules}", outcome)


@scenario
def a_removed_package_is_named(shop):
    """a removed package is a mismatch"""
    record = record_of(shop, "joblib")
    shop.umoci_remove("removed-files", f"{shop.site_packages}/joblib")
    image = shop.umoci_remove("removed", f"{shop.site_packages}/{record.parent.name}", image="removed-files")
    check_mismatch(shop.verify(image, "--format", "json"), "joblib", [])


@scenario
def another_version_is_named(shop):
    """another version is a mismatch that names both versions"""
    other = shop.work / "other-version"
    shop.uv("pip", "install", "--quiet", "--no-deps", "--target", other, "threadpoolctl==3.5.0")
    shutil.rmtree(other / "bin", ignore_errors=True)
    record = record_of(shop, "threadpoolctl")
    version = record.parent.name.removesuffix(".dist-info").split("-")[1]
    shop.umoci_remove("without-version", f"{shop.site_packages}/{record.parent.name}")
    image = "without-version"
    for path in sorted(other.iterdir()):
        if path.name.startswith("threadpoolctl"):
            shop.umoci_insert("other-version", path, f"{shop.site_packages}/{path.name}", image=image)
            image = "other-version"
    outcome = shop.verify(f"oci:{shop.layout}:other-version", "--format", "json")
    check_mismatch(outcome, "threadpoolctl", [version, "3.5.0"])


@scenario
def diff_names_the_other_version(shop):
    """diff of two images names the package that changed, and nothing else"""
    outcome = check_status(
        shop.pinproof(
            "diff", f"oci:{shop.layout}:iris", f"oci:{shop.layout}:other-version", "--format", "json"
        ), 1
    )  # fmt: skip
    changes = report(outcome)["changes"]
    check([change["name"] for change in changes] == ["threadpoolctl"], "one change", outcome)
    check(changes[0]["kind"] == "changed", "its kind is changed", outcome)
    check_status(shop.pinproof("diff", shop.oci_archive, shop.docker_archive), 0)


class Blobs:
    """A copy of the layout that holds one image, whose blobs can be rewritten."""

    def __init__(self, shop, name):
        self.folder = shop.work / name
        shop.skopeo_copy(f"oci:{shop.layout}:iris", f"oci:{self.folder}:iris")
        self.index = json.loads((self.folder / "index.json").read_text())
        self.manifest = json.loads(self.path(self.index["manifests"][0]["digest"]).read_text())

    def path(self, digest):
        return self.folder / "blobs" / digest.replace(":", "/")

    def put(self, data):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        self.path(digest).write_bytes(data)
        return {"digest": digest, "size": len(data)}

    def close(self, config):
        self.manifest["config"].update(self.put(json.dumps(config).encode()))
        self.index["manifests"][0].update(self.put(json.dumps(self.manifest).encode()))
        (self.folder / "index.json").write_text(json.dumps(self.index))

    @property
    def config(self):
        return json.loads(self.path(self.manifest["config"]["digest"]).read_text())

    def layer_with(self, suffix):
        """The layer that holds a file: its place, its bytes unpacked, and where the file lies in them."""
        for place, layer in reversed(list(enumerate(self.manifest["layers"]))):
            data = gzip.decompress(self.path(layer["digest"]).read_bytes())
            with tarfile.open(fileobj=io.BytesIO(data)) as tar:
                for entry in tar:
                    if entry.name.endswith(suffix):
                        return place, bytearray(data), entry
        raise AssertionError(f"no layer holds {suffix}")


@scenario
def a_rewritten_layer_is_a_mismatch(shop):
    """one changed byte in a layer with matching digests is a mismatch that names the file"""
    blobs = Blobs(shop, "rewritten")
    place, data, entry = blobs.layer_with("/sklearn/pipeline.py")
    data[entry.offset_data + entry.size // 2] ^= 1
    config = blobs.config
    config["rootfs"]["diff_ids"][place] = "sha256:" + hashlib.sha256(data).hexdigest()
    blobs.manifest["layers"][place].update(blobs.put(gzip.compress(data, 1)))
    blobs.close(config)
    outcome = shop.verify(f"oci:{blobs.folder}", "--format", "json")
    check_mismatch(outcome, "scikit-learn", ["sklearn/pipeline.py"])

    # The same bytes under the old diff_id: the config no longer says what the layer is.
    config["rootfs"]["diff_ids"][place] = "sha256:" + "0" * 64
    blobs.close(config)
    check_undecided(shop.verify(f"oci:{blobs.folder}"))


@scenario
def a_truncated_layer_is_undecided(shop):
    """a truncated layer and a changed blob: exit 2, one line, no verdict"""
    blobs = Blobs(shop, "truncated")
    path = blobs.path(blobs.manifest["layers"][-1]["digest"])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    check_undecided(shop.verify(f"oci:{blobs.folder}"))
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    path.write_bytes(changed)
    check_undecided(shop.verify(f"oci:{blobs.folder}"))
    path.unlink()
    check_undecided(shop.verify(f"oci:{blobs.folder}"))


@scenario
def a_truncated_archive_is_undecided(shop):
    """a truncated docker-archive and oci-archive: exit 2, one line, no verdict"""
    for archive in [shop.docker_archive, shop.oci_archive]:
        cut = shop.work / f"cut-{pathlib.Path(archive).name}"
        with open(archive, "rb") as source, open(cut, "wb") as target:
            shutil.copyfileobj(source, target)
            target.truncate(cut.stat().st_size * 2 // 3)
        check_undecided(shop.verify(cut))
        cut.unlink()
