"""Puts a model into an OCI registry in the four forms that people use; `python3 stored_models.py PROGRAM MODEL WORK` prints what was found.

The registry is Debian's docker-registry, the image is made by umoci and copied by skopeo; the manifests of ModelKit, ModelPack and ORAS are
written as their specifications say and pushed with the registry's own API.
"""

import hashlib
import http.client
import io
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tarfile
import time

IMAGE = "application/vnd.oci.image."


class Registry:
    """A registry on a free port of this machine."""

    def __init__(self, work):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        work.mkdir(parents=True, exist_ok=True)
        settings = work / "registry.yml"
        settings.write_text(
            f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {work}/store}}}}\n"
            f"http: {{addr: 127.0.0.1:{self.port}}}\nlog: {{level: error}}\n"
        )
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(["docker-registry", "serve", settings], stdout=quiet, stderr=quiet)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the registry does not answer")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        answer.read()
        assert answer.status < 300, f"{method} {path}: {answer.status}"
        return answer

    def blob(self, repository, content, media_type, **annotations):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        place = self.ask("POST", f"/v2/{repository}/blobs/uploads/").getheader("Location")
        place = place.split(self.host, 1)[-1] if self.host in place else place
        joint = "&" if "?" in place else "?"
        kind = {"Content-Type": "application/octet-stream"}
        self.ask("PUT", f"{place}{joint}digest={digest}", content, kind)
        row = {"mediaType": media_type, "digest": digest, "size": len(content)}
        return row | ({"annotations": annotations} if annotations else {})

    def manifest(self, repository, config, layers, **more):
        kind = f"{IMAGE}manifest.v1+json"
        body = {"schemaVersion": 2, "mediaType": kind, **more, "config": config, "layers": layers}
        content = json.dumps(body).encode()
        self.ask("PUT", f"/v2/{repository}/manifests/1", content, {"Content-Type": kind})
        return f"docker://{self.host}/{repository}@sha256:{hashlib.sha256(content).hexdigest()}"


def packed(model, compression=""):
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode=f"w:{compression}", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(model.iterdir()):
            archive.add(path, path.name)
    return output.getvalue()


def files(model):
    """The files with their paths below the model."""
    return [(str(path.relative_to(model)), path) for path in sorted(model.rglob("*")) if path.is_file()]


def put_all(model, work, registry):
    """Pushes the model in each form, and returns the names."""
    names = {}
    layout = work / "car"
    shutil.rmtree(layout, ignore_errors=True)
    for command in [
        ["umoci", "init", "--layout", layout],
        ["umoci", "new", "--image", f"{layout}:m"],
        ["umoci", "insert", "--image", f"{layout}:m", model, "/models"],
        ["skopeo", "copy", "-q", "--dest-tls-verify=false", f"oci:{layout}:m", f"docker://{registry.host}/car:1"],
        ["skopeo", "copy", "-q", f"oci:{layout}:m", f"docker-archive:{work}/car.tar:registry.example/car:1"],
        ["skopeo", "copy", "-q", f"oci:{layout}:m", f"oci-archive:{work}/car.oci.tar:m"],
    ]:
        subprocess.run(command, check=True, capture_output=True)
    names["image in a registry"] = f"docker://{registry.host}/car:1"
    names["image in a layout"] = f"oci:{layout}:m"
    names["docker archive"] = f"docker-archive:{work}/car.tar"
    names["OCI archive"] = f"oci-archive:{work}/car.oci.tar"
    kit = "application/vnd.kitops.modelkit"
    config = registry.blob("kit", b'{"manifestVersion": "1.0.0"}', f"{kit}.config.v1+json")
    layers = [registry.blob("kit", packed(model, "gz"), f"{kit}.model.v1.tar+gzip")]
    names["ModelKit"] = registry.manifest("kit", config, layers)
    pack = "application/vnd.cncf.model"
    config = registry.blob("pack", b"{}", f"{pack}.config.v1+json")
    rows = [
        registry.blob("pack", path.read_bytes(), f"{pack}.weight.v1.raw", **{"org.cncf.model.filepath": name})
        for name, path in files(model)
    ]
    names["ModelPack"] = registry.manifest("pack", config, rows, artifactType=f"{pack}.manifest.v1+json")
    config = registry.blob("oras", b"{}", "application/vnd.oci.empty.v1+json")
    rows = [
        registry.blob("oras", path.read_bytes(), f"{IMAGE}layer.v1.tar", **{"org.opencontainers.image.title": name})
        for name, path in files(model)
    ]
    names["files of ORAS"] = registry.manifest("oras", config, rows, artifactType="application/vnd.example.model")
    title = {"org.opencontainers.image.title": "model", "io.deis.oras.content.unpack": "true"}
    rows = [registry.blob("oras-dir", packed(model, "gz"), f"{IMAGE}layer.v1.tar+gzip", **title)]
    config = registry.blob("oras-dir", b"{}", "application/vnd.oci.empty.v1+json")
    names["directory of ORAS"] = registry.manifest("oras-dir", config, rows)
    return names


def main(program, model, work):
    def identity(subject):
        done = subprocess.run([program, "inspect", subject, "--format", "json"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        about = json.loads(done.stdout)["subject"]
        return about["kind"], about.get("identity")

    work.mkdir(parents=True, exist_ok=True)
    want = identity(str(model))
    with Registry(work / "registry") as registry:
        for title, name in put_all(model, work, registry).items():
            found = identity(name)
            print("same" if found == want else f"DIFFERENT {found} {want}", title)


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
