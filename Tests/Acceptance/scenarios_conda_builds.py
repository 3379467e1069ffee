"""conda in real builds: an explicit file from a channel on this machine, linked by py-rattler.

conda, micromamba and pixi themselves come from channels only, which not every machine reaches; a program of our own under their
names takes the options that are written and links with rattler, the library of pixi.
"""

import functools
import http.server
import pathlib
import re
import shutil
import threading

from runner import check, check_status, scenario
from scenarios_conda import CondaShop
from scenarios_freeze import FULL, builds_the_same, freezing, needs_full

HERE = pathlib.Path(__file__).resolve().parent


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def conda_area(shop):
    """The channel over http with its explicit file, and a base that has the installers."""
    area = freezing(shop)

    def make():
        channel = CondaShop.of(shop).channel
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=channel))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        lock = area.work / "explicit.txt"
        lock.write_text(
            (channel / "explicit.txt").read_text().replace(
                "https://index.example", f"http://127.0.0.1:{server.server_port}"))
        context = area.work / "conda-base"
        context.mkdir()
        shutil.copy(HERE / "explicit_installer.py", context / "conda")
        (context / "conda").chmod(0o755)
        (context / "Containerfile").write_text(
            f"FROM {area.base}\nRUN python3 -m venv --without-pip /opt/rattler \\\n"
            "    && python3 -m pip --python /opt/rattler/bin/python install py-rattler\n"
            "COPY conda /usr/local/bin/conda\nCOPY conda /usr/local/bin/micromamba\n")
        image = area.build(context, "conda-base", file=context / "Containerfile")
        name = area.push(image, "pinproof/conda:1")
        area.drop("conda-base")
        return channel, lock, name

    return area.once("conda", make)


def proves_itself(shop, folder, tag):
    area = freezing(shop)
    channel, lock, _ = conda_area(shop)
    check_status(shop.pinproof("check", "--require", "hashed", folder / "Dockerfile"), 0)
    image = area.build(folder, tag)
    # The channel's interpreter is a stand-in without bin/python3, so that PATH leads to the base's own.
    words = ["--wheels", channel, "--evidence", "locked", "--python", "3.11.4"]
    proved = check_status(shop.pinproof("verify", lock, image, *words, "--verbose"), 0)
    check(len(re.findall(" locked", proved.output)) >= 3, "each package is locked", proved)
    area.drop(tag)


@scenario
def an_explicit_file_is_built_and_proved(shop):
    """conda and micromamba: an explicit file, frozen, linked by rattler in a real build, a match at locked"""
    area = freezing(shop)
    _, lock, base = conda_area(shop)
    for installer in ["micromamba", "conda"] if FULL else ["micromamba"]:
        folder = area.work / f"frozen-{installer}"
        check_status(
            shop.pinproof("freeze", lock, "--base", f"docker://{base}", "--installer", installer, "-o", folder), 0)
        check(f"RUN {installer} create" in (folder / "Dockerfile").read_text(), f"{installer} installs")
        proves_itself(shop, folder, f"frozen-{installer}")
    if FULL:
        builds_the_same(shop, folder, "conda-again")


@scenario
def conda_create_becomes_the_explicit_file(shop):
    """freeze --dockerfile: conda create by name becomes an explicit file with hashes, and builds what the lock says"""
    needs_full()
    area = freezing(shop)
    _, lock, base = conda_area(shop)
    folder = area.work / "rewritten-conda"
    folder.mkdir()
    file = folder / "Dockerfile"
    file.write_text(f"FROM {base}\nRUN conda create --yes --prefix /opt/environment \\\n    python=3.11 \\\n    demo\n")
    words = ["freeze", "--dockerfile", file, "--lock", lock, "--fetch", "--in-place"]
    check_status(shop.pinproof(*words), 0)
    frozen = file.read_text()
    check("    --file /tmp/conda.pinproof.txt\n" in frozen, frozen)
    check_status(shop.pinproof(*words), 0)
    check(file.read_text() == frozen, "rewriting again changes nothing")
    proves_itself(shop, folder, "rewritten-conda")
