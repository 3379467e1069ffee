"""docker-registry on a loopback port, and small images of Debian, Alpine and Fedora whose databases and lists know given
packages: each is pushed under whatever name a Dockerfile has for its base."""

import hashlib
import io
import json
import pathlib
import socket
import sqlite3
import struct
import subprocess
import tarfile
import time

VERSIONS = {"apt": "1:9.8.7-6", "apk": "9.8.7-r6", "rpm": "9.8.7-6.el9"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Registry:
    """The registry; `names` are the packages of apt, apk and rpm that the images know."""

    def __init__(self, folder, names=None):
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.folder = pathlib.Path(folder)
        config = self.folder / "registry.yml"
        config.write_text(
            "version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: %s}}\n"
            "http: {addr: 127.0.0.1:%d}\n" % (self.folder / "registry", self.port))
        self.process = subprocess.Popen(
            ["docker-registry", "serve", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.1)
        self.pushed = {}
        self.images = {}
        for kind, files in system_files(names or {}, self.folder).items():
            self.images[kind] = small_image(self.folder / f"image-{kind}", files)

    def push(self, reference, kind="apt"):
        if (reference, kind) not in self.pushed:
            self.pushed[reference, kind] = self.copy(reference, kind)
        return self.pushed[reference, kind]

    def copy(self, reference, kind):
        name, _, tag = reference.partition("@")[0].rpartition(":")
        if "/" in tag or not name:
            name, tag = reference, "latest"
        parts = name.split("/")
        if len(parts) == 1 or not ("." in parts[0] or ":" in parts[0] or parts[0] == "localhost"):
            name = "docker.io/" + ("library/" if len(parts) == 1 else "") + name
        # A registry of its own with a port is not a repository's name.
        target = f"docker://{self.address}/{kind}/{name}:{tag}"
        done = subprocess.run(
            ["skopeo", "copy", "-q", "--dest-tls-verify=false", self.images[kind], target], capture_output=True)
        return done.returncode == 0

    def stop(self):
        self.process.terminate()
        self.process.wait()


def system_files(names, folder):
    """The files of each image: half of the packages are installed, the others stand in a list."""
    split = {kind: (sorted(found)[::2], sorted(found)[1::2]) for kind, found in names.items()}
    installed, listed = split.get("apt", ([], []))
    version = VERSIONS["apt"]
    lists = "var/lib/apt/lists/deb.example_debian_dists_bookworm"
    apt = {
        "etc/os-release": "ID=debian\nVERSION_CODENAME=bookworm\nVERSION_ID=12\n",
        "var/lib/dpkg/status": "".join(
            f"Package: {n}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\n" for n in installed),
        # An older version in another list does not count, nor does what is newer in backports.
        f"{lists}_main_binary-amd64_Packages": "".join(
            f"Package: {n}\nArchitecture: amd64\nVersion: {version}\n\n" for n in listed),
        f"{lists}-updates_main_binary-amd64_Packages": "".join(
            f"Package: {n}\nVersion: 1:9.8.7~rc1-1\n\n" for n in listed),
        f"{lists}-backports_InRelease": "Suite: bookworm-backports\nNotAutomatic: yes\n",
        f"{lists}-backports_main_binary-amd64_Packages": "".join(
            f"Package: {n}\nVersion: 1:10.0-1\n\n" for n in listed),
    }
    installed, listed = split.get("apk", ([], []))
    version = VERSIONS["apk"]
    index = "".join(f"P:{n}\nV:{version}\nA:x86_64\n\n" for n in listed)
    apk = {
        "etc/os-release": "ID=alpine\nVERSION_ID=3.19\n",
        "lib/apk/db/installed": "".join(f"P:{n}\nV:{version}\nA:x86_64\n\n" for n in installed),
        "var/cache/apk/APKINDEX.0123abcd.tar.gz": archive({"DESCRIPTION": "v3.19", "APKINDEX": index}, "gz"),
    }
    rpm = {
        "etc/os-release": "ID=fedora\nVERSION_ID=40\n",
        "usr/lib/sysimage/rpm/rpmdb.sqlite": rpm_database(folder / "rpmdb.sqlite", sorted(names.get("rpm", []))),
    }
    return {"apt": apt, "apk": apk, "rpm": rpm}


def rpm_database(path, names):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    version, release = VERSIONS["rpm"].split("-")
    for name in names:
        index, data = b"", b""
        for tag, text in [(1000, name), (1001, version), (1002, release), (1022, "x86_64")]:
            index += struct.pack(">IIII", tag, 6, len(data), 1)
            data += text.encode() + b"\0"
        database.execute(
            "INSERT INTO Packages(blob) VALUES (?)", [struct.pack(">II", len(index) // 16, len(data)) + index + data])
    database.commit()
    database.close()
    return path.read_bytes()


def archive(files, compression=""):
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode=f"w:{compression}") as tar:
        for name, data in files.items():
            data = data.encode() if isinstance(data, str) else data
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return output.getvalue()


def small_image(layout, files):
    """An OCI layout with one layer."""
    blobs = layout / "blobs/sha256"
    blobs.mkdir(parents=True)

    def put(data):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"digest": "sha256:" + digest, "size": len(data)}

    layer = put(archive(files))
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
