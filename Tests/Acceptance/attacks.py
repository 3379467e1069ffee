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
from attack_table import table  # noqa: E402
from honest_table import honest  # noqa: E402

KEPT = ["srv/app/serve.py"]


class Attacks:
    """A Debian with one environment, its base image, and what is verified of it."""

    def __init__(self, lab):
        self.lab = lab
        self.root = lab.debian()
        lab.environments(self.root)
        self.clean()
        self.base = lab.blob(archive(self.root, ["."], without=["opt", "srv", "wheels", ".done"]))
        self.upper = lab.blob(archive(self.root, ["opt/venv", "srv"]))
        self.based = lab.image([self.base], ["python3"], ["PATH=/usr/bin:/bin"])

    def clean(self):
        """Takes away what an attack wrote while it ran."""
        for path in (self.root / "srv/app").iterdir():
            if path.name != "serve.py":
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    def run(self, name, files, command, variables):
        """Whether the attack is seen, or changes nothing that runs."""
        with laid(self.root, files):
            printed = started(self.root, command, variables)
        self.clean()
        runs_honestly = any(line.strip() == "served 3.6.0" for line in printed.splitlines())
        layers = [self.base, self.upper] + ([self.lab.blob(tar(files))] if files else [])
        image = self.lab.image(layers, command, variables)
        words = ["--wheels", self.lab.wheels(), "--evidence", "locked", "--strict", "--base", self.based, "--app", "/srv/app"]
        status, report = self.lab.verify(f"lock:{self.lab.lock()}", image, *words)
        last = [line for line in printed.strip().splitlines() if line.strip()]
        # What --app declares is the application's own; the verdict lists it with its digest.
        listed = {file["path"] for file in (report.get("account") or {}).get("files", []) if file["voucher"] == "app"}
        is_listed = bool(files) and {path for path, *_ in files} <= listed
        is_missed = status == 0 and not runs_honestly and not is_listed
        print("FAIL" if is_missed else "ok  ", name, "| really:", (last or ["nothing"])[-1][:60], "| status", status, flush=True)
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


def main():
    program, words = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    repository = pathlib.Path(__file__).resolve().parents[2]
    kept = repository / ".acceptance/kept"
    lab = Lab(program, kept)
    passed = failed = 0
    kinds = [word for word in words if word in ("attack", "honest")] or ["attack", "honest"]
    words = [word for word in words if word not in ("attack", "honest")]
    if "attack" in kinds:
        attacks = Attacks(lab)
        for name, case in table(attacks.root).items():
            if words and not any(word in name for word in words):
                continue
            is_seen = attacks.run(name, *case)
            passed, failed = passed + is_seen, failed + (not is_seen)
    if "honest" in kinds:
        for name, is_match, report in honest(lab, words):
            print("ok  " if is_match else "FAIL", "honest", name, flush=True)
            if not is_match:
                Attacks.explain(report)
                print("     ", report.get("verdict"), [(row["name"], row["reasons"][:2]) for row in report.get("packages", []) if row["verdict"] != "match"][:3])
            passed, failed = passed + is_match, failed + (not is_match)
    print(f"{passed} as they should be, {failed} not")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
