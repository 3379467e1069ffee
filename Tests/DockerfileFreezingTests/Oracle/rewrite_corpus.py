#!/usr/bin/env python3
"""Rewrites Dockerfiles against a registry on loopback that holds a small image under every name that they need.

    rewrite_corpus.py PROGRAM FOLDER [COUNT]

Needs docker-registry, skopeo and, for BuildKit's own parser, the PyPI package `dockerfile` in the Python that runs this.
For each file, and all of this is checked by this script and not by Lockstep:
- the result parses with BuildKit's parser, with the same instructions;
- rewriting the result gives the same bytes;
- the words of the result are the words of the original, save that digests stand behind references and that what was added
  is one of the few forms which a rewriting adds; all bytes between words are the same;
- every finding of `check --require hashed` on the result was listed by the rewriting, and no image has one that is known.
"""

import difflib
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

try:
    import dockerfile
except ImportError:
    dockerfile = None

DIGEST = re.compile(rb"(:latest)?@sha256:[0-9a-f]{64}")
BARE_DIGEST = re.compile(rb"@sha256:[0-9a-f]{64}")
TOKENS = re.compile(rb"\s+|[^\s]+")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Registry:
    """docker-registry on a loopback port, with one image under many names."""

    def __init__(self, folder):
        self.port = free_port()
        self.folder = folder
        config = folder / "registry.yml"
        config.write_text(
            "version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: %s}}\n"
            "http: {addr: 127.0.0.1:%d}\n" % (folder / "registry", self.port))
        self.process = subprocess.Popen(
            ["docker-registry", "serve", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.1)
        self.image = self.small_image()

    def small_image(self):
        import hashlib
        import tarfile

        layout = self.folder / "image"
        blobs = layout / "blobs/sha256"
        blobs.mkdir(parents=True)

        def put(data):
            digest = hashlib.sha256(data).hexdigest()
            (blobs / digest).write_bytes(data)
            return {"digest": "sha256:" + digest, "size": len(data)}

        path = self.folder / "layer.tar"
        (self.folder / "file").write_text("hello\n")
        with tarfile.open(path, "w") as tar:
            tar.add(self.folder / "file", "file")
        layer = put(path.read_bytes())
        config = put(json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                                 "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}}).encode())
        kind = "application/vnd.oci.image"
        manifest = put(json.dumps({
            "schemaVersion": 2, "mediaType": f"{kind}.manifest.v1+json",
            "config": {"mediaType": f"{kind}.config.v1+json", **config},
            "layers": [{"mediaType": f"{kind}.layer.v1.tar", **layer}]}).encode())
        (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        (layout / "index.json").write_text(json.dumps({
            "schemaVersion": 2, "manifests": [{"mediaType": f"{kind}.manifest.v1+json", **manifest,
                                               "annotations": {"org.opencontainers.image.ref.name": "x"}}]}))
        return f"oci:{layout}:x"

    def push(self, reference):
        name, _, tag = reference.partition("@")[0].rpartition(":")
        if "/" in tag or not name:
            name, tag = reference, "latest"
        parts = name.split("/")
        if len(parts) == 1 or not ("." in parts[0] or ":" in parts[0] or parts[0] == "localhost"):
            name = "docker.io/" + ("library/" if len(parts) == 1 else "") + name
        # A registry of its own with a port is no repository's name.
        target = f"docker://127.0.0.1:{self.port}/{name}:{tag}"
        done = subprocess.run(
            ["skopeo", "copy", "-q", "--dest-tls-verify=false", self.image, target], capture_output=True)
        return done.returncode == 0

    def stop(self):
        self.process.terminate()
        self.process.wait()


def parsed(data):
    if dockerfile is None:
        return None
    with tempfile.NamedTemporaryFile("wb") as file:
        file.write(data)
        file.flush()
        return [c.cmd.lower() for c in dockerfile.parse_file(file.name)]


ADDED = [
    re.compile(rb"--checksum=sha256:[0-9a-f]{64}"),
    re.compile(rb"--mount=type=bind,source=requirements\.lockstep\.txt,target=/tmp/requirements\.lockstep\.txt"),
    re.compile(rb'&&|echo|"[0-9a-f]{64}|[^\s"]+"|\||sha256sum|-c|-'),
    re.compile(rb"--require-hashes|--no-deps|-r|/tmp/requirements\.lockstep\.txt"),
]


def differs_only_in_pins(old, new):
    """Compares the words; gives what is not a pin."""
    left, right = TOKENS.findall(old), TOKENS.findall(new)
    wrong = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if kind == "replace" and b - a == d - c:
            for before, after in zip(left[a:b], right[c:d]):
                if before not in (DIGEST.sub(b"", after), BARE_DIGEST.sub(b"", after)):
                    wrong.append((before, after))
            continue
        if kind == "insert" and all(t.isspace() or any(p.fullmatch(t) for p in ADDED) for t in right[c:d]):
            continue
        wrong.append((left[a:b], right[c:d]))
    return wrong


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    # Spread over the folder, the same ones each time.
    step = max(1, len(files) // (count * 2))
    failures, done, pins, left = [], 0, 0, 0
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        registry = Registry(work)
        try:
            pushed = {}
            for path in files[::step]:
                if done == count:
                    break
                old = path.read_bytes()
                try:
                    if dockerfile is not None:
                        parsed(old)
                except dockerfile.GoParseError:
                    continue
                place = work / "Dockerfile"
                place.write_bytes(old)
                seen = subprocess.run([program, "inspect", "--format", "json", place], capture_output=True, text=True)
                if seen.returncode != 0:
                    continue
                for image in json.loads(seen.stdout)["images"]:
                    reference = image["reference"]
                    if "$" not in reference and "@" not in reference and reference not in pushed:
                        pushed[reference] = registry.push(reference)
                done += 1

                def freeze(data):
                    place.write_bytes(data)
                    return subprocess.run(
                        [program, "freeze", "--dockerfile", place, "--mirror", f"*=127.0.0.1:{registry.port}"],
                        capture_output=True)

                def fail(reason):
                    failures.append(f"{path.name}: {reason}")

                first = freeze(old)
                if first.returncode not in (0, 1):
                    fail(f"exit {first.returncode}: {first.stderr.decode()[-300:]}")
                    continue
                new = first.stdout
                again = freeze(new)
                if again.stdout != new:
                    fail("rewriting the rewritten changes it")
                if parsed(old) != parsed(new):
                    fail("BuildKit's parser reads other instructions")
                if wrong := differs_only_in_pins(old, new):
                    fail(f"other words: {wrong[:3]}")
                pins += len(DIGEST.findall(new)) - len(DIGEST.findall(old))
                place.write_bytes(new)
                check = subprocess.run(
                    [program, "check", "--require", "hashed", "--format", "json", place], capture_output=True, text=True)
                listed = first.stderr.decode()
                for finding in json.loads(check.stdout)["findings"]:
                    if finding.get("strength") is None and finding["severity"] != "error":
                        continue
                    left += 1
                    where = f":{finding['line']}:{finding['column']}: left as it is"
                    if where not in listed:
                        fail(f"not said: {finding['rule']} {finding['subject']} line {finding['line']}")
                    if finding["rule"] in ("floating-image", "image-without-digest") and pushed.get(finding["subject"]):
                        fail(f"an image whose digest is known stays: {finding['subject']}")
        finally:
            registry.stop()
    for failure in failures:
        print(failure)
    print(f"{done} files, {pins} digests written, {left} left and said, {len(failures)} failures")
    return 1 if failures or done == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
