"""conda: an environment that py-rattler installed from a local channel, and every way in which it may differ."""

import hashlib
import json
import pathlib
import shutil
import sys

from runner import check, check_status, run, scenario

HERE = pathlib.Path(__file__).resolve().parent


class CondaShop:
    """The channel and the environment, made once."""

    made = None

    def __init__(self, shop):
        self.pinproof = shop.pinproof
        self.folder = shop.work / "conda"
        self.channel = self.folder / "channel"
        self.prefix = self.folder / "env"
        tools = shop.kept / "conda-tools"
        if not (tools / "installed").exists():
            shutil.rmtree(tools, ignore_errors=True)
            run(sys.executable, "-m", "venv", tools)
            run(tools / "bin/pip", "install", "--quiet", "py-rattler", "zstandard")
            (tools / "installed").touch()
        self.folder.mkdir()
        run(tools / "bin/python", HERE / "conda_channel.py", self.channel, self.prefix)

    @classmethod
    def of(cls, shop):
        if cls.made is None:
            cls.made = cls(shop)
        return cls.made

    def verify(self, *words, lock="explicit.txt", prefix=None):
        return self.pinproof(
            "verify", self.channel / lock, prefix or self.prefix, "--format", "json", *words
        )

    def changed(self, name, change):
        """A copy of the environment at the same depth, changed; its prefix is that of the original."""
        prefix = self.folder / name
        shutil.copytree(self.prefix, prefix, symlinks=True)
        change(prefix)
        return prefix


def rows(outcome):
    return {row["name"]: row for row in json.loads(outcome.output)["packages"]}


@scenario
def conda_is_claimed_and_locked(shop):
    """a conda environment: claimed by its records, locked with the packages at hand, text and binary prefix redone"""
    conda = CondaShop.of(shop)
    claimed = check_status(conda.verify("--evidence", "claimed"), 0)
    check({row["evidence"] for row in rows(claimed).values()} == {"claimed"}, "all should be claimed", claimed)
    check_status(conda.verify("--evidence", "locked"), 2)
    locked = check_status(conda.verify("--evidence", "locked", "--wheels", conda.channel), 0)
    check(set(rows(locked)) == {"python", "demo", "plain"}, "all packages should be compared", locked)
    record = json.loads((conda.prefix / "conda-meta/python-3.11.4-0.json").read_text())
    modes = {row.get("file_mode") for row in record["paths_data"]["paths"]}
    check({"text", "binary"} <= modes, f"the interpreter should have both kinds of prefix: {modes}")


@scenario
def a_conda_map_is_as_good_as_the_packages(shop):
    """a map of conda packages made for the prefix proves the same; for another prefix it proves less, and says so"""
    conda = CondaShop.of(shop)
    here, there = conda.folder / "here.json", conda.folder / "there.json"
    check_status(shop.pinproof("wheels", conda.channel, "--prefix", conda.prefix, "-o", here), 0)
    check_status(shop.pinproof("wheels", conda.channel, "--prefix", "/opt/conda", "-o", there), 0)
    check_status(conda.verify("--evidence", "locked", "--wheels", here), 0)
    outcome = check_status(conda.verify("--evidence", "locked", "--wheels", there), 2)
    found = rows(outcome)
    check(found["plain"]["evidence"] == "locked", "what has no prefix is locked", outcome)
    check(any("--prefix" in reason for reason in found["python"]["reasons"]), "it should say what is missing", outcome)


@scenario
def another_conda_build_is_a_mismatch(shop):
    """another build of the locked version is a mismatch that names the artifact"""
    outcome = check_status(CondaShop.of(shop).verify(lock="other-build.txt"), 1)
    check("installer recorded" in rows(outcome)["plain"]["reasons"][0], "the reason should name the record", outcome)


@scenario
def changed_conda_files_are_found(shop):
    """a changed text, binary, linked or noarch file of a conda package is found, also with a forged record"""
    conda = CondaShop.of(shop)
    places = {
        "plain": "share/plain/data.txt", "python": "bin/python3.11",
        "demo": "lib/python3.11/site-packages/demo/__init__.py",
    }  # fmt: skip
    for name, path in places.items():
        def flip(prefix, path=path):
            data = bytearray((prefix / path).read_bytes())
            data[len(data) // 2] ^= 1
            (prefix / path).unlink()
            (prefix / path).write_bytes(data)
        outcome = check_status(conda.verify(prefix=conda.changed(f"flip-{name}", flip)), 1)
        row = rows(outcome)[name]
        check(row["verdict"] == "mismatch" and path in row["reasons"][0], f"{path} should be named", outcome)

    # The record says what the file is now: only the package itself can tell. Copies have another prefix than the original,
    # so the changed environment takes its place.
    kept = conda.folder / "kept"
    for name, path in {**places, "python": "lib/python3.11/_sysconfigdata.py"}.items():
        shutil.copytree(conda.prefix, kept, symlinks=True)
        target = conda.prefix / path
        data = target.read_bytes() + b"# more\n"
        target.unlink()
        target.write_bytes(data)
        record = next((conda.prefix / "conda-meta").glob(f"{name}-*.json"))
        text = json.loads(record.read_text())
        for row in text["paths_data"]["paths"]:
            if row["_path"] == path:
                row["sha256_in_prefix" if "sha256_in_prefix" in row else "sha256"] = hashlib.sha256(data).hexdigest()
        record.write_text(json.dumps(text))
        fooled = rows(conda.verify())[name]
        check(fooled["verdict"] == "match", f"a forged record passes below locked: {fooled}")
        outcome = check_status(conda.verify("--wheels", conda.channel), 1)
        row = rows(outcome)[name]
        check(row["verdict"] == "mismatch", f"the forged {path} should be found", outcome)
        check(any(path in reason for reason in row["reasons"]), f"{path} should be named", outcome)
        shutil.rmtree(conda.prefix)
        kept.rename(conda.prefix)


@scenario
def two_conda_prefixes_have_one_content_digest(shop):
    """the content digest of a conda package does not depend on the prefix"""
    conda = CondaShop.of(shop)
    other = conda.folder / "a-longer-name-of-an-environment"
    tools = shop.kept / "conda-tools"
    run(tools / "bin/python", HERE / "conda_channel.py", conda.folder / "again/channel", other)
    check_status(shop.pinproof("diff", conda.prefix, other), 0)
