"""freeze --dockerfile: Dockerfiles of our own against a registry on this machine, and one that is built and proved."""

import gzip
import http.server
import os
import pathlib
import random
import shutil
import subprocess
import sys
import threading
import time

from runner import Skipped, check, check_status, run, scenario

ORACLE = pathlib.Path(__file__).resolve().parents[1] / "DockerfileFreezingTests/Oracle"
sys.path.insert(0, str(ORACLE))
import rewrite_images  # noqa: E402

FILES = {
    "plain": "FROM python:3.11\nRUN apt-get update && apt-get install -y curl\n",
    "windows-lines": "# syntax=docker/dockerfile:1\r\nFROM python AS a\r\n\r\n# why\r\nCOPY --from=busybox /bin/sh /x \r\n",
    "arguments": "ARG BASE=python:3.11\nARG TAG=1\nFROM ${BASE} AS a\nFROM ghcr.io/a/b:$TAG\n\tCOPY --from=a /x /y\n",
    "continued": "FROM \\\n  # a comment\n\n  debian:12 \\\n  AS x\nRUN pip install \\\n    numpy \\\n    # b\n    scipy\n",
    "heredoc": "FROM debian:12\nRUN --mount=type=bind,from=alpine:3,target=/a <<EOF\nFROM python\npip install x\nEOF\n",
    "triggers": "FROM debian:12\nONBUILD COPY --from=busybox:1 /a /b\nONBUILD RUN pip install x\n",
    "json": 'FROM debian:12\nRUN ["pip", "install", "x"]\nADD ["https://index.example/x", "/x"]\n',
    "allowed": "# pinproof: allow floating-image, image-without-digest -- rebuilt nightly\nFROM debian\n",
    "system": "FROM debian:12 AS a\nRUN apt-get update \\\n && apt-get install -y \\\n\tcurl \\\n    \"git\"   \\\n    wget=1.*\nFROM a\nRUN apt-get install vim\n",
    "alpine": "FROM alpine:3.19\nRUN apk add --no-cache bash git\r\n",
    "fedora": "FROM fedora:40\nRUN dnf install -y gcc-c++ make && dnf clean all\nRUN dnf upgrade -y\nRUN dnf install -y tar\n",
    "git": "FROM debian:12\nRUN git clone -b v1 --depth 1 https://index.example/a.git && make -C a\nRUN set -e; git clone https://index.example/b; ls\n"
    "ADD https://index.example/c.git#main:x /c\nRUN pip install git+https://index.example/d.git@main#egg=d\n",
    "projects": "FROM node:20\nWORKDIR /app\nCOPY package*.json ./\nRUN npm install --omit=dev\nCOPY uv.lock ./\nRUN uv sync\nRUN npm install -g x\n",
    "conda": "FROM continuumio/miniconda3\nRUN conda install -y \\\n  numpy=1.26 \\\n  scipy\n",
    "downloads": "FROM debian:12\nRUN set -e; curl -o f https://index.example/f; sh f\nRUN wget https://index.example/g && sh g\nRUN curl https://index.example/h | sh\n",
    "unknown": "ARG BASE\nFROM $BASE\nRUN curl https://index.example/x | sh\n",
}


@scenario
def small_dockerfiles_are_pinned(shop):
    """each result parses, is a fixed point, differs only in pins, and the rest is reported"""
    folder = shop.work / "dockerfiles"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_bytes(text.encode())
    done = subprocess.run(
        [sys.executable, ORACLE / "rewrite_corpus.py", shop.pinproof.path, folder, "100"], capture_output=True, text=True)
    check(done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:])
    check(f"{len(FILES)} files" in done.stdout, done.stdout)


@scenario
def a_rewritten_dockerfile_builds_what_the_lock_says(shop):
    """pip install by name becomes the lock's artifacts: verify says match at locked"""
    folder = shop.work / "rewritten-dockerfile"
    folder.mkdir()
    registry = rewrite_images.Registry(folder)
    try:
        name = f"127.0.0.1:{registry.port}/pinproof/base:bookworm"
        run("skopeo", "copy", "-q", "--insecure-policy", "--dest-tls-verify=false",
            f"oci:{shop.base_layout}:localhost/pinproof-base:bookworm", f"docker://{name}")  # fmt: skip
        (folder / "requirements.in").write_text("six\npackaging\n")
        shop.uv("pip", "compile", folder / "requirements.in", "--generate-hashes", "--python-version", "3.11",
                "--quiet", "--output-file", folder / "requirements.lock")  # fmt: skip
        file = folder / "Dockerfile"
        text = f"# why\nFROM {name}\n\nRUN pip install --no-cache-dir \\\n    six \\\n    packaging\n"
        file.write_text(text)
        words = ["freeze", "--dockerfile", file, "--lock", folder / "requirements.lock", "--fetch", "--python", "3.11"]
        patch = shop.pinproof(*words, "--diff")
        check_status(patch, 0)
        check(file.read_text() == text, "--diff writes nothing")
        check_status(shop.pinproof(*words, "--in-place"), 0)
        frozen = file.read_bytes()
        check_status(shop.pinproof(*words, "--in-place"), 0)
        check(file.read_bytes() == frozen, "rewriting again changes nothing")
        check_status(shop.pinproof("check", "--require", "hashed", file), 0)
        # The diff is one that patch applies.
        other = folder / "patched"
        shutil.rmtree(other, ignore_errors=True)
        other.mkdir()
        (other / "Dockerfile").write_text(text)
        applied = subprocess.run(
            ["patch", "-d", other, "--quiet", "Dockerfile"],
            input=patch.output.partition("--- /dev/null")[0], text=True, capture_output=True)
        check(applied.returncode == 0, applied.stdout + applied.stderr)
        check((other / "Dockerfile").read_bytes() == frozen, "patch gives what --in-place gives")
        shop.buildah("bud", "--quiet", "--isolation", "chroot", "--network", "host", "--tls-verify=false",
                     *shop.machine_settings, "--tag", "rewritten", folder)  # fmt: skip
        layout = folder / "layout"
        shop.buildah("push", "--quiet", "rewritten", f"oci:{layout}:rewritten")
        wheels = folder / "wheels"
        shop.pip("download", "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r",
                 folder / "requirements.lock", "--dest", wheels)  # fmt: skip
        proved = shop.pinproof(
            "verify", folder / "requirements.lock", f"oci:{layout}:rewritten", "--wheels", wheels, "--evidence", "locked")
        check_status(proved, 0)
    finally:
        registry.stop()


@scenario
def check_fixes_what_needs_no_choice(shop):
    """check --fix pins from the lock JSON next to the Dockerfile, and reports the rest"""
    folder = shop.work / "fixed-dockerfile"
    folder.mkdir()
    digest = "sha256:" + "a" * 64
    (folder / "pinproof.lock.json").write_text(
        '{"schema": "pinproof/lock/1", "images": {"python:latest": "%s"}, "downloads": {}}' % digest)
    file = folder / "Dockerfile"
    file.write_bytes(b"FROM python\r\nRUN pip install numpy\r\n")
    file.chmod(0o640)
    done = shop.pinproof("check", "--fix", file)
    check_status(done, 1)
    check(file.read_bytes() == f"FROM python:latest@{digest}\r\nRUN pip install numpy\r\n".encode(), "the image is pinned")
    check(file.stat().st_mode & 0o777 == 0o640, "the mode stays")
    check("floating-python-package" in done.output and "floating-image" not in done.output, done.output)


class GitServer(http.server.BaseHTTPRequestHandler):
    """git's smart HTTP server, `git http-backend`, as a CGI program."""

    root = None

    def do_GET(self):
        self.answer(b"")

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def answer(self, body):
        path, _, query = self.path.partition("?")
        body = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        environment = {
            **os.environ, "GIT_PROJECT_ROOT": str(self.root), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
            "QUERY_STRING": query, "REQUEST_METHOD": self.command, "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "REMOTE_ADDR": "127.0.0.1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True)
        head, _, data = done.stdout.partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode().splitlines()]
        self.send_response(next((int(value[:3]) for name, value in lines if name == "Status"), 200))
        for name, value in lines:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@scenario
def git_repositories_are_held_at_a_commit(shop):
    """--fetch asks git's own server for the commit; what was written checks that commit out when the branch has moved on"""
    folder = shop.work / "git"
    repository = folder / "repository"
    repository.mkdir(parents=True)

    def git(*words, cwd=repository):
        return run("git", "-c", "user.name=x", "-c", "user.email=x@index.example", "-c", "commit.gpgsign=false", *words, cwd=cwd)

    def commit(text):
        (repository / "file").write_text(text)
        git("add", "file")
        git("commit", "--quiet", "-m", text)
        return git("rev-parse", "HEAD").strip()

    git("init", "--quiet", "--initial-branch", "main")
    git("config", "uploadpack.allowAnySHA1InWant", "true")
    first = commit("first")
    git("tag", "-a", "v1", "-m", "v1")
    second = commit("second")
    GitServer.root = folder
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), GitServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/repository/.git"
    file = folder / "Dockerfile"
    file.write_text(
        f"FROM scratch\nRUN git clone -q --depth 1 {url} shallow && cat shallow/file\n"
        f"RUN git clone -q {url} tagged && cd tagged && git checkout -q v1 && cat file\n"
        f"ADD {url}#main /x\nRUN git clone -q {url} gone -b nothing\n")
    words = ["freeze", "--dockerfile", file, "--in-place"]
    check_status(shop.pinproof(*words), 1)
    done = check_status(shop.pinproof(*words, "--fetch"), 1)
    check("no branch or tag nothing" in done.errors and "1 left" in done.errors, "what is not there is said", done)
    frozen = file.read_text()
    check(f"git checkout -q {first} && cat" in frozen and f".git#{second} /x" in frozen, frozen)
    commit("third")
    git("tag", "--force", "-a", "v1", "-m", "moved")
    # What the RUN instructions say, as the shell of a build would run it.
    scripts = [line.removeprefix("RUN ") for line in frozen.splitlines() if line.startswith("RUN ")]
    said = [run("sh", "-ec", script, cwd=folder) for script in scripts[:2]]
    check(said == ["second", "first"], f"what was there when it was frozen: {said}")
    # A later run needs no network.
    server.shutdown()
    check_status(shop.pinproof(*words), 1)
    check(file.read_text() == frozen, "rewriting again changes nothing")


@scenario
def a_kill_leaves_the_old_file_or_the_new_one(shop):
    """--in-place: killed at any moment, on a full disk, in a read-only directory, the Dockerfile is the old one or the new one"""
    folder = shop.work / "killed-rewriting"
    folder.mkdir()
    lock = shop.work / "killed.txt"
    lock.write_text("six==1.16.0 --hash=sha256:" + "ab" * 32 + "\n")
    old = b"FROM registry.example/x:1\r\nRUN pip install \\\r\n  six\r\n"

    def words(place):
        return [
            str(shop.pinproof.path), "freeze", "--dockerfile", str(place / "Dockerfile"), "--in-place", "--lock",
            str(lock), "--digest", "registry.example/x:1=sha256:" + "cd" * 32,
        ]  # fmt: skip

    def begin():
        shutil.rmtree(folder)
        folder.mkdir()
        (folder / "Dockerfile").write_bytes(old)

    def there():
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    begin()
    start = time.monotonic()
    run(*words(folder))
    seconds = time.monotonic() - start
    whole = there()
    check(set(whole) == {"Dockerfile", "requirements.pinproof.txt", "pinproof.lock.json"}, f"written: {set(whole)}")
    chance = random.Random(8)
    for _ in range(60):
        begin()
        process = subprocess.Popen(words(folder), stdout=subprocess.DEVNULL)
        time.sleep(chance.random() * seconds * 1.1)
        process.kill()
        process.wait()
        found = there()
        if found["Dockerfile"] == old:
            found["Dockerfile"] = whole["Dockerfile"]
        else:
            check(set(whole) <= set(found), f"the Dockerfile is new, and what it mounts is missing: {set(found)}")
        for name, data in found.items():
            wanted = [data for part, data in whole.items() if name.startswith(part)]
            check(data in wanted, f"after a kill {name} is not what it should be")
    begin()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", folder], capture_output=True).returncode:
        raise Skipped("a small disk cannot be mounted here; the kills went well")
    try:
        (folder / "Dockerfile").write_bytes(old)
        (folder / "rest").write_bytes(bytes(4096))
        outcome = check_status(shop.pinproof(*words(folder)[1:]), 2)
        check("No space left" in outcome.errors, "it says why", outcome)
        run("mount", "-o", "remount,ro", folder)
        outcome = check_status(shop.pinproof(*words(folder)[1:]), 2)
        check("ead-only" in outcome.errors, "it says why", outcome)
        check(set(there()) == {"Dockerfile", "rest"} and there()["Dockerfile"] == old, "the file is as it was")
    finally:
        run("umount", folder)
