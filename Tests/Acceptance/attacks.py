#!/usr/bin/env python3
"""Attacks on a running image, run for real and verified: Tests/Acceptance/attacks.py PROGRAM [attack|honest] [WORD ...].

Each attack of attack_table.py is one layer: its files are laid over a root, the entry point is run in a chroot, and the image of
the same layers is verified. An attack that changes what runs must not end with 0 at --evidence locked --strict --base; each honest
image must match at its level. Roots and layers are kept in .acceptance/. Root is required.
"""

import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from attack_images import Lab, archive, laid, started, tar  # noqa: E402
from attack_loader import loader_table  # noqa: E402
from attack_starts import start_table  # noqa: E402
from attack_table import HONEST, PYTHON, VENV, archive as packed, compiled, hook, table  # noqa: E402
from honest_table import honest  # noqa: E402
from random_changes import RandomImage  # noqa: E402

# Modules of its own in the directory that --app declares: contract 8.7 has them listed with their sha256, and no more.
LISTED = ["script folder optional", "working directory"]


class Attacks:
    """A Debian with two environments, its base image, and what is verified of it."""

    def __init__(self, lab):
        self.lab = lab
        self.root = lab.debian()
        lab.environments(self.root)
        self.clean()
        self.base = lab.blob(archive(self.root, ["."], without=["opt", "srv", "wheels", ".done"]))
        self.upper = lab.blob(archive(self.root, ["opt/venv", "srv/app"]))
        self.based = lab.image([self.base], ["python3"], ["PATH=/usr/bin:/bin"])
        self.random = None

    def clean(self):
        """Takes away what an attack wrote while it ran."""
        for path in (self.root / "srv/app").iterdir():
            if path.name != "serve.py":
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    def subject(self, command):
        """The upper layer, the lock and the wheels of the environment that a command starts."""
        if not command[0].startswith("/opt/random/"):
            return self.upper, self.lab.lock(), self.lab.wheels()
        self.random = self.random or RandomImage(self.lab)
        return self.random.upper, self.lab.kept / "random-lock.txt", self.random.wheels

    def cases(self):
        """All attacks by name."""
        cases = table(self.root)
        cases.update(start_table(self.root, hook, packed, compiled, PYTHON, VENV))
        self.random = RandomImage(self.lab)
        cases.update(loader_table(self.lab, self.root, HONEST, VENV))
        return cases

    def run(self, name, files, command, variables):
        """Whether the attack is seen, or changes nothing that runs."""
        with laid(self.root, files):
            printed = started(self.root, command, variables)
        self.clean()
        lines = [line.strip() for line in printed.splitlines()]
        runs_honestly = any(line in ("served 3.6.0", "served") for line in lines)
        upper, lock, wheels = self.subject(command)
        layers = [self.base, upper] + ([self.lab.blob(tar(files))] if files else [])
        image = self.lab.image(layers, command, variables)
        words = ["--wheels", wheels, "--evidence", "locked", "--strict", "--base", self.based, "--app", "/srv/app"]
        status, report = self.lab.verify(f"lock:{lock}", image, *words)
        last = [line for line in printed.strip().splitlines() if line.strip()]
        # What --app declares is the application's own; the verdict lists it with its digest.
        listed = {file["path"] for file in (report.get("account") or {}).get("files", []) if file["voucher"] == "app"}
        is_listed = bool(files) and {path for path, *_ in files} <= listed
        is_missed = status == 0 and not runs_honestly and not (is_listed and name in LISTED)
        word = "FAIL" if is_missed else "list" if status == 0 and not runs_honestly else "same" if runs_honestly else "ok  "
        print(word, name, "| really:", (last or ["nothing"])[-1][:60], "| status", status, flush=True)
        if is_missed or status not in (0, 1, 2):
            self.explain(report)
        return not is_missed and status in (0, 1, 2)

    @staticmethod
    def explain(report):
        for row in report.get("findings", []):
            if row["severity"] != "note":
                print("     ", row["severity"], row["rule"], row["message"][:220])
        account = report.get("account") or {}
        print("     ", {key: value for key, value in account.items() if key != "files"}, report.get("error", ""))
        print("     ", [(file["path"], file["why"]) for file in account.get("files", []) if file["voucher"] == "none"][:5])


def attacked(lab, wanted):
    """Runs the attacks that are wanted; returns how many are seen, and how many are not."""
    attacks = Attacks(lab)
    results = [attacks.run(name, *case) for name, case in attacks.cases().items() if wanted(name)]
    return sum(results), len(results) - sum(results)


def matched(lab, words):
    """Verifies the honest images that are wanted; returns how many match, and how many do not."""
    passed = failed = 0
    for name, is_match, report in honest(lab, words):
        print("ok  " if is_match else "FAIL", "honest", name, flush=True)
        if not is_match:
            Attacks.explain(report)
            print("     ", report.get("verdict"), [(row["name"], row["reasons"][:2]) for row in report.get("packages", []) if row["verdict"] != "match"][:3])
        passed, failed = passed + is_match, failed + (not is_match)
    return passed, failed


def main():
    program, words = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    lab = Lab(program, pathlib.Path(__file__).resolve().parents[2] / ".acceptance/kept")
    kinds = [word for word in words if word in ("attack", "honest")] or ["attack", "honest"]
    words = [word for word in words if word not in ("attack", "honest")]
    counts = []
    if "attack" in kinds:
        counts.append(attacked(lab, lambda name: not words or any(word in name for word in words)))
    if "honest" in kinds:
        counts.append(matched(lab, words))
    passed, failed = (sum(count) for count in zip(*counts))
    print(f"{passed} as they should be, {failed} not")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
