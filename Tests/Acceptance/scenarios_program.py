"""The program itself: what it links, and how soon it starts."""

import pathlib
import subprocess

from runner import check, scenario


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
