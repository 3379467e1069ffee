"""freeze --dockerfile: Dockerfiles of our own against a registry on this machine, and one that is built and proved."""

import pathlib
import shutil
import subprocess
import sys

from runner import check, check_status, run, scenario

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
    "allowed": "# lockstep: allow floating-image, image-without-digest -- rebuilt nightly\nFROM debian\n",
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
    """each parses, is a fixed point, differs in pins alone, and what stays is said"""
    folder = shop.work / "dockerfiles"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_bytes(text.encode())
    done = subprocess.run(
        [sys.executable, ORACLE / "rewrite_corpus.py", shop.lockstep.path, folder, "100"], capture_output=True, text=True)
    check(done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:])
    check(f"{len(FILES)} files" in done.stdout, done.stdout)


@scenario
def a_rewritten_dockerfile_builds_what_the_lock_says(shop):
    """pip install by name becomes the lock's artifacts: verify says match at locked"""
    folder = shop.work / "rewritten-dockerfile"
    folder.mkdir()
    registry = rewrite_images.Registry(folder)
    try:
        name = f"127.0.0.1:{registry.port}/lockstep/base:bookworm"
        run("skopeo", "copy", "-q", "--insecure-policy", "--dest-tls-verify=false",
            f"oci:{shop.base_layout}:localhost/lockstep-base:bookworm", f"docker://{name}")  # fmt: skip
        (folder / "requirements.in").write_text("six\npackaging\n")
        shop.uv("pip", "compile", folder / "requirements.in", "--generate-hashes", "--python-version", "3.11",
                "--quiet", "--output-file", folder / "requirements.lock")  # fmt: skip
        file = folder / "Dockerfile"
        text = f"# why\nFROM {name}\n\nRUN pip install --no-cache-dir \\\n    six \\\n    packaging\n"
        file.write_text(text)
        words = ["freeze", "--dockerfile", file, "--lock", folder / "requirements.lock", "--fetch", "--python", "3.11"]
        patch = shop.lockstep(*words, "--diff")
        check_status(patch, 0)
        check(file.read_text() == text, "--diff writes nothing")
        check_status(shop.lockstep(*words, "--in-place"), 0)
        frozen = file.read_bytes()
        check_status(shop.lockstep(*words, "--in-place"), 0)
        check(file.read_bytes() == frozen, "rewriting again changes nothing")
        check_status(shop.lockstep("check", "--require", "hashed", file), 0)
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
        proved = shop.lockstep(
            "verify", folder / "requirements.lock", f"oci:{layout}:rewritten", "--wheels", wheels, "--evidence", "locked")
        check_status(proved, 0)
    finally:
        registry.stop()


@scenario
def check_fixes_what_needs_no_choice(shop):
    """check --fix pins from the lock JSON beside the Dockerfile, and reports the rest"""
    folder = shop.work / "fixed-dockerfile"
    folder.mkdir()
    digest = "sha256:" + "a" * 64
    (folder / "lockstep.lock.json").write_text(
        '{"schema": "lockstep/lock/1", "images": {"python:latest": "%s"}, "downloads": {}}' % digest)
    file = folder / "Dockerfile"
    file.write_bytes(b"FROM python\r\nRUN pip install numpy\r\n")
    file.chmod(0o640)
    done = shop.lockstep("check", "--fix", file)
    check_status(done, 1)
    check(file.read_bytes() == f"FROM python:latest@{digest}\r\nRUN pip install numpy\r\n".encode(), "the image is pinned")
    check(file.stat().st_mode & 0o777 == 0o640, "the mode stays")
    check("floating-python-package" in done.output and "floating-image" not in done.output, done.output)
