"""Packages of Debian in real builds: by the versions that a base knows, and at a snapshot.

The snapshot service cannot be reached from everywhere: a proxy on this machine answers for it with the mirror of today, so that
what is tested is that the sources which were written are the ones that apt asks, and that its signatures hold.
"""

import http.server
import pathlib
import re
import threading
import urllib.error
import urllib.request

from runner import Skipped, check, check_status, scenario
from scenarios_freeze import builds_the_same, freezing, needs_full, small_frozen

MOMENT = "20240601T000000Z"
ARCHIVES = {"/archive/debian/": "debian", "/archive/debian-security/": "debian-security"}


def mirror():
    """Where this machine gets Debian's packages from, without the archive's name."""
    folder = pathlib.Path("/etc/apt")
    files = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    texts = [file.read_text() for file in files if file.is_file()]
    found = re.search(r"(https?://\S+)/debian/?\s", "\n".join([*texts, ""]))
    if not found:
        raise Skipped("the sources of apt name no mirror of Debian")
    return found[1]


class SnapshotProxy(http.server.BaseHTTPRequestHandler):
    """Answers `http://snapshot.debian.org/archive/...` with the mirror; anything else is refused."""

    asked = set()
    mirror = None

    def do_GET(self):
        for prefix, name in ARCHIVES.items():
            start = f"http://snapshot.debian.org{prefix}{MOMENT}/"
            if self.path.startswith(start):
                SnapshotProxy.asked.add(name)
                return self.answer(f"{self.mirror}/{name}/{self.path.removeprefix(start)}")
        return self.send_error(403)

    def answer(self, url):
        try:
            with urllib.request.urlopen(url, timeout=60) as found:
                data = found.read()
        except urllib.error.HTTPError as error:
            return self.send_error(error.code)
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Proxy:
    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SnapshotProxy)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        SnapshotProxy.asked.clear()
        SnapshotProxy.mirror = mirror()
        return ["--build-arg", f"http_proxy=http://127.0.0.1:{self.server.server_port}"]

    def __exit__(self, *_):
        self.server.shutdown()


def base_with_lists(shop):
    """The Debian base after `apt-get update`, in the registry."""
    area = freezing(shop)

    def make():
        context = area.work / "listed"
        context.mkdir()
        (context / "Containerfile").write_text(f"FROM {area.base}\nRUN apt-get update\n")
        image = area.build(context, "listed", file=context / "Containerfile")
        name = area.push(image, "pinproof/listed:1")
        area.drop("listed")
        return name

    return area.once("base with lists", make)


def installed(shop, tag, name):
    with freezing(shop).container(tag) as container:
        return shop.buildah("run", "--isolation", "chroot", container, "--", "dpkg-query", "-W", "-f", "${Version}", name)


@scenario
def apt_packages_get_the_versions_of_the_base(shop):
    """freeze --dockerfile: apt packages get the versions of the base's lists, and the file builds"""
    needs_full()
    area = freezing(shop)
    base = base_with_lists(shop)
    folder = area.work / "apt"
    folder.mkdir()
    file = folder / "Dockerfile"
    file.write_text(f"FROM {base}\nRUN apt-get install -y --no-install-recommends \\\n    hello \\\n    python3\n")
    words = ["freeze", "--dockerfile", file, "--fetch", "--in-place"]
    check_status(shop.pinproof(*words), 0)
    frozen = file.read_text()
    check("    hello=" in frozen and "    python3=3.11." in frozen, frozen)
    check_status(shop.pinproof("check", "--require", "hashed", file), 0)
    check_status(shop.pinproof(*words), 0)
    check(file.read_text() == frozen, "rewriting again changes nothing")
    area.build(folder, "apt")
    check(f"hello={installed(shop, 'apt', 'hello')} " in frozen, "the version that was written is installed")
    area.drop("apt")


@scenario
def a_stage_is_set_to_a_snapshot(shop):
    """freeze --dockerfile --snapshot: one instruction before the first apt, from which the build takes its packages"""
    area = freezing(shop)
    folder = area.work / "snapshot"
    folder.mkdir()
    file = folder / "Dockerfile"
    file.write_text(f"FROM {area.base}\n# why\nRUN apt-get update && apt-get install -y hello\n")
    words = ["freeze", "--dockerfile", file, "--fetch", "--in-place"]
    check_status(shop.pinproof(*words, "--snapshot", MOMENT), 0)
    frozen = file.read_text()
    check(frozen.index("snapshot.debian.org") < frozen.index("# why"), frozen)
    check_status(shop.pinproof("check", "--require", "hashed", file), 0)
    # The moment is kept for later runs.
    check_status(shop.pinproof(*words), 0)
    check(file.read_text() == frozen, "rewriting again changes nothing")
    with Proxy() as settings:
        area.build(folder, "snapshot", *settings)
        check(SnapshotProxy.asked == {"debian", "debian-security"}, f"asked: {SnapshotProxy.asked}")
    version = installed(shop, "snapshot", "hello")
    check(version.startswith("2."), f"hello is installed: {version!r}")
    area.drop("snapshot")


@scenario
def a_frozen_image_has_packages_of_a_snapshot(shop):
    """freeze --apt --snapshot: the generated file builds with the packages of that archive, twice the same"""
    needs_full()
    area = freezing(shop)
    small_frozen(area)
    folder = area.work / "frozen-apt"
    check_status(
        area.freeze(area.work / "small.txt", "-o", folder, "--apt", "hello", "--snapshot", MOMENT), 0)
    check_status(shop.pinproof("check", "--require", "hashed", folder / "Dockerfile"), 0)
    with Proxy() as settings:
        area.build(folder, "frozen-apt", *settings)
    check(SnapshotProxy.asked == {"debian", "debian-security"}, f"asked: {SnapshotProxy.asked}")
    version = installed(shop, "frozen-apt", "hello")
    check(version.startswith("2."), f"hello is installed: {version!r}")
    area.drop("frozen-apt")
    with Proxy() as settings:
        builds_the_same(shop, folder, "apt-again", *settings)
