"""The program itself: what it links, and what it needs of the system."""

import pathlib
import subprocess

from runner import Skipped, check, scenario


@scenario
def no_foundation_is_linked(shop):
    """the release program contains no part of Foundation but FoundationEssentials"""
    program = shop.pinproof.path
    needed = subprocess.run(["readelf", "-d", program], check=True, capture_output=True, text=True).stdout
    check("libFoundation" not in needed, f"no library of Foundation is needed: {needed}")
    # Mangled names carry the module's name behind its length.
    check(b"$s10Foundation4" not in pathlib.Path(program).read_bytes(), "no symbol of the module Foundation is in the program")


@scenario
def the_demo_runs(shop):
    """make demo's three jobs end as README says"""
    demo = pathlib.Path(__file__).resolve().parents[2] / "docs/demo/run"
    done = subprocess.run(["sh", demo, shop.pinproof.path], capture_output=True, text=True)
    check(done.returncode == 0, done.stdout[-2000:] + done.stderr)


@scenario
def runs_without_proc(shop):
    """without /proc every command ends as it does with it"""
    demo = pathlib.Path(__file__).resolve().parents[2] / "docs/demo"
    script = "umount -l /proc && [ ! -e /proc/self ] && echo unmounted && for i in $(seq 20); do \"$@\" >/dev/null 2>&1; echo $?; done"
    for words, status in [
        ([], 64), (["--version"], 0), (["inspect", demo / "churn-model.tar.gz"], 0), (["check", demo / "careless"], 1),
        (["verify", demo / "churn-model.tar.gz", demo / "churn-image.oci.tar"], 0),
    ]:
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", script, "sh", shop.pinproof.path, *map(str, words)],
            capture_output=True, text=True)
        if not done.stdout.startswith("unmounted"):
            raise Skipped(f"/proc cannot be unmounted here: {done.stderr.strip()}")
        ends = done.stdout.split()[1:]
        check(ends == [str(status)] * 20, f"pinproof {' '.join(map(str, words))} ends with {ends}")
