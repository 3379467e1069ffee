"""Images in every store, read as one; damaged ones; what a terminal shows."""

import json
import os
import pty
import random
import re
import shutil
import time

import rewrite_images
from runner import check, check_status, run, scenario
from scenarios_verify import report


def small_image(shop):
    """A small image of three layers, a package upgraded between them, made by pip and umoci: an OCI layout."""
    layout = shop.work / "small"
    if layout.exists():
        return layout
    root = shop.work / "small-root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/os-release").write_text('ID=debian\nVERSION_ID="12"\n')
    site = root / "usr/lib/python3.11/site-packages"
    install = ["install", "--quiet", "--no-deps", "--no-compile", "--target"]
    shop.pip(*install, site, "attrs==25.1.0", "humanize==4.11.0")
    run("umoci", "init", "--layout", layout)
    run("umoci", "new", "--image", f"{layout}:app")
    run("umoci", "insert", "--image", f"{layout}:app", root, "/")
    newer = shop.work / "small-newer"
    shop.pip(*install, newer, "attrs==25.3.0")
    for gone in ["attr", "attrs", "attrs-25.1.0.dist-info"]:
        place = f"/usr/lib/python3.11/site-packages/{gone}"
        run("umoci", "insert", "--image", f"{layout}:app", "--whiteout", place)
    for entry in sorted(newer.iterdir()):
        run("umoci", "insert", "--image", f"{layout}:app", entry, f"/usr/lib/python3.11/site-packages/{entry.name}")
    run("umoci", "config", "--image", f"{layout}:app", "--os", "linux", "--architecture", "amd64")
    return layout


def understood(shop, name):
    """What inspect says of an image that does not depend on how it is stored."""
    said = report(check_status(shop.pinproof("inspect", name, "--format", "json"), 0))
    packages = {row["name"]: (row["version"], row["contentDigest"]) for row in said["environment"]["packages"]}
    return said["subject"]["identity"]["diffIds"], packages, said["environment"]


@scenario
def every_store_says_the_same(shop):
    """one image in twelve stores, written by skopeo and a registry: the same layers, packages and digests"""
    layout = small_image(shop)
    folder = shop.work / "stores"
    folder.mkdir()
    source = f"oci:{layout}:app"
    expected = understood(shop, source)
    check(expected[1]["attrs"][0] == "25.3.0", f"{expected[1]}")
    check(all(digest for _, digest in expected[1].values()), f"{expected[1]}")
    registry = rewrite_images.Registry(folder)
    try:
        stores = {
            f"oci:{folder}/zstd:app": ["--dest-compress-format", "zstd"],
            f"oci:{folder}/plain:app": ["--dest-decompress"],
            f"oci:{folder}/docker:app": ["--format", "v2s2"],
            f"oci-archive:{folder}/archive.tar:app": [],
            f"docker-archive:{folder}/docker.tar:localhost/app:1": [],
            f"dir:{folder}/folder": [],
            f"dir:{folder}/folder-v2s2": ["--format", "v2s2"],
            f"dir:{folder}/folder-plain": ["--dest-decompress"],
            f"docker://127.0.0.1:{registry.port}/app:1": ["--dest-tls-verify=false"],
            f"docker://127.0.0.1:{registry.port}/app:2": ["--dest-tls-verify=false", "--format", "v2s2"],
            f"docker://127.0.0.1:{registry.port}/app:3": [
                "--dest-tls-verify=false", "--dest-compress-format", "zstd"],
        }  # fmt: skip
        for name, options in stores.items():
            run("skopeo", "copy", "--quiet", "--insecure-policy", *options, source, name)
            said = understood(shop, name)
            check(said[0] == expected[0], f"{name}: {said[0]} is not {expected[0]}")
            check(said[2] == expected[2], f"{name}: {said[1]} is not {expected[1]}")
        # A second image in the archive: which one is meant has to be said.
        archive = folder / "docker.tar"
        two = folder / "two.tar"
        command = ["skopeo", "copy", "--quiet", "--insecure-policy"]
        run(*command, source, f"docker-archive:{two}:localhost/app:1", "--additional-tag", "localhost/app:2")
        check(understood(shop, f"docker-archive:{two}:localhost/app:2")[0] == expected[0], "another tag")
        outcome = check_status(shop.pinproof("inspect", f"docker-archive:{archive}:localhost/none:1"), 2)
        check("localhost/app:1" in outcome.errors, outcome.errors)
    finally:
        registry.stop()


@scenario
def damaged_blobs_are_refused(shop):
    """every blob cut at twenty places and two hundred changed bytes: exit status 2 each time, never a verdict"""
    layout = small_image(shop)
    broken = shop.work / "broken"
    shutil.rmtree(broken, ignore_errors=True)
    shutil.copytree(layout, broken)
    manifest = json.loads((layout / "index.json").read_text())["manifests"]
    digest = next(row["digest"] for row in manifest if "app" in row["annotations"].values())
    document = json.loads((layout / "blobs" / digest.replace(":", "/")).read_text())
    names = [digest, document["config"]["digest"], *(layer["digest"] for layer in document["layers"])]
    blobs = [broken / "blobs" / name.replace(":", "/") for name in names]
    chance = random.Random(7)
    lock = shop.work / "small.txt"
    lock.write_text("attrs==25.3.0\nhumanize==4.11.0\n")
    outcome = shop.pinproof("verify", lock, f"oci:{broken}:app")
    check_status(outcome, 0)

    def refused(what):
        outcome = shop.pinproof("verify", lock, f"oci:{broken}:app")
        check(outcome.status == 2 and "match" not in outcome.output, f"{what}: {outcome.status} {outcome.output}")
        check(len(outcome.errors.strip().splitlines()) == 1, f"{what}: {outcome.errors}")

    for blob in blobs:
        whole = blob.read_bytes()
        for place in sorted({len(whole) * step // 20 for step in range(20)}):
            blob.write_bytes(whole[:place])
            refused(f"{blob.name} cut at {place}")
        blob.write_bytes(whole)
    for _ in range(200):
        blob = chance.choice(blobs)
        whole = blob.read_bytes()
        place = chance.randrange(len(whole))
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        blob.write_bytes(changed)
        refused(f"{blob.name}, byte {place}")
        blob.write_bytes(whole)
    check_status(shop.pinproof("verify", lock, f"oci:{broken}:app"), 0)


@scenario
def a_terminal_shows_how_far_it_is(shop):
    """on a terminal a line shows layer, bytes and rate, and disappears at the end; --quiet and a pipe show nothing"""
    image = f"oci:{shop.layout}:iris"
    command = [str(shop.pinproof.path), "inspect", image, "--format", "json", "--output", str(shop.work / "said.json")]

    def shown(*words):
        child, terminal = pty.fork()
        if child == 0:
            os.execv(command[0], command + list(words))
        text = b""
        while True:
            try:
                piece = os.read(terminal, 4096)
            except OSError:
                break
            if not piece:
                break
            text += piece
        os.close(terminal)
        _, status = os.waitpid(child, 0)
        check(os.waitstatus_to_exitcode(status) == 0, text.decode())
        return text.decode()

    text = shown()
    check(re.search(r"layout:iris: \d+ of \d+ MB", text), repr(text[:400]))
    check(text.endswith("\r\x1b[K"), repr(text[-80:]))
    check(shown("--quiet") == "", "--quiet should show nothing")
    check(check_status(shop.pinproof(*command[1:]), 0).errors == "", "a pipe should show nothing")


@scenario
def limits_are_flags(shop):
    """each limit is an option: larger input is refused, and the error names the limit"""
    image = f"oci:{small_image(shop)}:app"
    for words, said in [
        (["--max-entries", "5"], "more than 5 entries"),
        (["--max-path-length", "9"], "more than 9 bytes"),
        (["--max-depth", "2"], "more than 2 directories deep"),
        (["--max-total-size", "4K"], "larger than the limits"),
        (["--max-file-size", "1K"], "larger than the limits"),
        (["--max-metadata-size", "100"], "larger than the limits"),
        (["--max-header-size", "100"], "more than 100 are not read"),
        (["--max-json-depth", "2"], "more than 2 levels deep"),
    ]:
        start = time.monotonic()
        outcome = check_status(shop.pinproof("inspect", image, *words), 2)
        check(said in outcome.errors, f"{words}: {outcome.errors}")
        check(time.monotonic() - start < 20, f"{words} took long")
    for words in [["--max-entries", "0"], ["--max-file-size", "1X"], ["--max-depth", "-3"], ["--max-json-depth", "2000"]]:
        check_status(shop.pinproof("inspect", image, *words), 64)
