"""Bad input gets one clear line with the reason and exit 2, in less than a second, with nothing written."""

import contextlib
import gzip
import io
import json
import os
import pathlib
import tarfile
import tempfile
import zipfile

from runner import check, check_status, scenario, snapshot


@contextlib.contextmanager
def bad_folder(shop):
    with tempfile.TemporaryDirectory(dir=shop.work) as folder:
        yield pathlib.Path(folder)


def refuse(shop, folder, *words, names):
    """The command must refuse, and name the file in one line."""
    before = snapshot(folder)
    outcome = shop.pinproof(*words, cwd=folder)
    check_status(outcome, 2)
    lines = [line for line in outcome.errors.splitlines() if line.strip()]
    check(len(lines) == 1, f"one line of reason, not {len(lines)}", outcome)
    check(names in lines[0], f"the line should name {names}", outcome)
    check(outcome.output == "", "there should be no result", outcome)
    check(outcome.seconds < 20, "it should end at once", outcome)
    check(snapshot(folder) == before, "nothing should be written", outcome)


def refuse_everywhere(shop, folder, name, *commands):
    lock = folder / "good.lock"
    lock.write_text("six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n")
    known = {
        "inspect": ["inspect", name],
        "verify as image": ["verify", "good.lock", name],
        "verify as model": ["verify", name, f"oci:{shop.layout}:iris"],
        "diff": ["diff", "good.lock", name],
        "freeze": ["freeze", name, "--base", f"oci:{shop.base_layout}:localhost/pinproof-base:bookworm", "-o", "out"],
        "freeze on base": ["freeze", "good.lock", "--base", f"oci-archive:{name}", "-o", "out"],
    }
    for command in commands or known:
        refuse(shop, folder, *known[command], names=name)


@scenario
def a_directory_is_refused(shop):
    """bad input: an empty directory"""
    with bad_folder(shop) as folder:
        (folder / "nothing").mkdir()
        refuse_everywhere(shop, folder, "nothing")


@scenario
def an_empty_file_is_refused(shop):
    """bad input: an empty file, under names of known formats"""
    for name in ["empty", "model.tar.gz", "model.zip", "uv.lock", "image.tar"]:
        with bad_folder(shop) as folder:
            (folder / name).touch()
            refuse_everywhere(shop, folder, name)


@scenario
def a_missing_file_is_refused(shop):
    """bad input: a missing file"""
    with bad_folder(shop) as folder:
        refuse_everywhere(shop, folder, "not-there")


@scenario
def noise_is_refused(shop):
    """bad input: binary noise as lock, model and image"""
    for name in ["noise", "model.tar.gz", "model.zip", "uv.lock", "requirements.txt", "image.tar"]:
        with bad_folder(shop) as folder:
            (folder / name).write_bytes(os.urandom(20000))
            refuse_everywhere(shop, folder, name)


@scenario
def noise_as_dockerfile_is_refused(shop):
    """bad input: binary noise as Dockerfile"""
    with bad_folder(shop) as folder:
        (folder / "Dockerfile").write_bytes(os.urandom(20000))
        refuse(shop, folder, "inspect", "Dockerfile", names="Dockerfile")
        before = snapshot(folder)
        outcome = check_status(shop.pinproof("check", "--format", "json", "Dockerfile", cwd=folder), 2)
        rules = {finding["rule"] for finding in json.loads(outcome.output)["findings"]}
        check(rules == {"unreadable-file"}, "the finding should be unreadable-file", outcome)
        check(outcome.seconds < 20, "it should end at once", outcome)
        check(snapshot(folder) == before, "nothing should be written", outcome)


@scenario
def a_truncated_tar_is_refused(shop):
    """bad input: truncated tar archives of a model"""
    whole = shop.model_archive.read_bytes()
    plain = gzip.decompress(whole)
    for name, data in [
        ("cut.tar.gz", whole[: len(whole) // 2]),
        ("cut.tar", plain[: len(plain) // 2]),
        ("cut-in-a-header.tar", plain[:700]),
        ("cut-checksum.tar.gz", whole[:-6]),
    ]:
        with bad_folder(shop) as folder:
            (folder / name).write_bytes(data)
            refuse_everywhere(shop, folder, name, "inspect", "verify as model", "verify as image")


def mlflow_files():
    return {
        "MLmodel": "flavors:\n  python_function:\n    loader_module: x\nmlflow_version: 3.17.2\n",
        "requirements.txt": "six==1.17.0\n",
    }


@scenario
def paths_that_leave_are_refused(shop):
    """bad input: archives with ../ and absolute paths"""
    for outside in ["../outside.txt", "a/../../outside.txt", "/tmp/pinproof-outside.txt"]:
        with bad_folder(shop) as folder:
            with zipfile.ZipFile(folder / "evil.zip", "w") as archive:
                for name, text in mlflow_files().items():
                    archive.writestr(name, text)
                archive.writestr(outside, "evil")
            with tarfile.open(folder / "evil.tar", "w") as archive:
                for name, text in [*mlflow_files().items(), (outside, "evil")]:
                    entry = tarfile.TarInfo(name)
                    entry.size = len(text)
                    archive.addfile(entry, io.BytesIO(text.encode()))
            for name in ["evil.zip", "evil.tar"]:
                refuse_everywhere(shop, folder, name, "inspect", "verify as model")
            check(not pathlib.Path("/tmp/pinproof-outside.txt").exists(), "a file was written outside")


def sparse_tar(path, size):
    """A tar with one member that says it is `size` bytes long and holds a hole (the GNU format 1.0 in pax)."""
    table = f"1\n{size}\n0\n".encode().ljust(512, b"\0")
    entry = tarfile.TarInfo("GNUSparseFile.0/huge.bin")
    entry.size = len(table)
    entry.pax_headers = {
        "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "huge.bin",
        "GNU.sparse.realsize": str(size),
    }  # fmt: skip
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name, text in mlflow_files().items():
            small = tarfile.TarInfo(name)
            small.size = len(text)
            archive.addfile(small, io.BytesIO(text.encode()))
        archive.addfile(entry, io.BytesIO(table))


@scenario
def a_sparse_giant_is_refused(shop):
    """bad input: a sparse member of 10 GB, in a model and in a layer"""
    with bad_folder(shop) as folder:
        sparse_tar(folder / "giant.tar", 10 * 2**30)
        refuse_everywhere(shop, folder, "giant.tar", "inspect", "verify as model")


@scenario
def too_small_for_its_header_is_refused(shop):
    """bad input: an empty member that claims 10 GB"""
    with bad_folder(shop) as folder:
        entry = tarfile.TarInfo("MLmodel")
        entry.size = 10 * 2**30
        (folder / "claims.tar").write_bytes(entry.tobuf(tarfile.GNU_FORMAT))
        refuse_everywhere(shop, folder, "claims.tar", "inspect", "verify as model", "verify as image")


@scenario
def wrong_usage_is_64(shop):
    """a usage error exits with 64"""
    for words in [["inspect"], ["verify", "one"], ["nonsense"], ["check", "--require", "nonsense"]]:
        check_status(shop.pinproof(*words), 64)
