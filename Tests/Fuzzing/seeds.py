"""Writes the seeds of a fuzzer: seeds.py FUZZER FOLDER. The project's own files and small ones made here, nothing else."""

import hashlib
import io
import json
import pathlib
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEPARATOR = b"\xff\xfe\xff"


def dockerfiles():
    for path in sorted(ROOT.rglob("*")):
        name = path.name
        if not any(part.startswith(".build") for part in path.parts) and path.is_file():
            if name.startswith("Dockerfile") or name.endswith(".Dockerfile"):
                yield path.read_bytes()


def locks():
    names = ["requirements.txt", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "Pipfile", "pylock.toml",
             "pyproject.toml", "environment.yml", "conda-linux-64.lock", "conda-lock.yml", "pixi.lock", "renv.lock"]
    for index, name in enumerate(names):
        content = (ROOT / "lockfiles/classifier" / name).read_bytes()
        yield bytes([index]) + content[:3000]
        # The whole of a small one, the head and a middle of a large one.
        yield bytes([index]) + (content if len(content) < 20000 else content[:6000])
    yield b"\0-r other.txt\nattrs==25.1.0 --hash=sha256:" + b"0" * 64 + b"\n" + SEPARATOR + b"six==1.16.0 ; python_version < '3'\n"


def models():
    fixtures = ROOT / "Tests/ModelArchivesTests/Fixtures"
    for path in sorted(fixtures.rglob("*")):
        if path.is_file() and path.suffix not in (".py", ".md"):
            yield path.read_bytes()
    read = lambda name: (fixtures / name).read_bytes()
    skops = fixtures / "mlflow-skops"
    yield b"\xf0" + SEPARATOR.join([
        (skops / "MLmodel").read_bytes(), read("lr.p2.pkl"), b"scikit-learn==1.5.2\n", (skops / "conda.yaml").read_bytes(),
        (skops / "python_env.yaml").read_bytes(), b"\x2a\x061.15.0", b'{"transformers_version": "4.40.0"}',
        read("w.safetensors"), read("lr.joblib"), b'{"keras_version": "3.4.1"}', b'{"model": {"serializedFile": "a.pt"}}',
        b'{"name": "m", "implementation": "mlserver_sklearn.SKLearnModel"}', b"service: s\nname: n\n", b"name: m\n",
        read("m.onnx"), read("x.ubj"), b"3.11.4", (ROOT / "lockfiles/classifier/uv.lock").read_bytes()[:4000]])


def sha(data):
    return base64(hashlib.sha256(data).digest())


def base64(data):
    import base64 as b
    return b.urlsafe_b64encode(data).rstrip(b"=")


def archive(files):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        for name, kind, target in [("link", tarfile.SYMTYPE, "etc"), ("hard", tarfile.LNKTYPE, files[0][0])]:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, target
            tar.addfile(entry)
        long = tarfile.TarInfo("d/" * 90 + "\u00e9")
        tar.addfile(long)
    return stream.getvalue()


def images():
    source = b"x = 1\n"
    metadata = b"Metadata-Version: 2.1\nName: tool\nVersion: 1.0\n"
    record = b"tool/__init__.py,sha256=" + sha(source) + b",6\ntool-1.0.dist-info/METADATA,sha256=" + sha(metadata) + \
        b"," + str(len(metadata)).encode() + b"\n../../../bin/tool,,\ntool-1.0.dist-info/RECORD,,\n"
    databases = [
        b"Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4+deb12u5\nConffiles:\n"
        b" /etc/issue d41d8cd98f00b204e9800998ecf8427e\nDescription: a\n b\n\nPackage: tool\nStatus: install ok installed\n"
        b"Architecture: all\nVersion: 1:2.0-1\nSource: t (2.0)\n",
        b"d41d8cd98f00b204e9800998ecf8427e  usr/bin/tool\n", b"/.\n/usr\n/usr/bin\n/usr/bin/tool\n",
        b"Package: libc6\nVersion: 2.36-9\nArchitecture: amd64\n",
        b"C:Q1p78yvTLG094tHE1+dToJGbmYzQE=\nP:musl\nV:1.2.4-r2\nA:x86_64\nS:1\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\n"
        b"Z:Q1p78yvTLG094tHE1+dToJGbmYzQE=\n\n",
        record, metadata, b'{"url": "file:///a.whl", "archive_info": {"hashes": {"sha256": "' + b"0" * 64 + b'"}}}',
        b"[console_scripts]\ntool = tool:main\n", source, b"\xa7\x0d\x0d\x0a" + bytes(12) + b"\xe3" + bytes(20),
        json.dumps({"name": "tool", "version": "1.0", "build": "0", "build_number": 0, "channel": "c", "fn": "tool-1.0-0.conda",
                    "files": ["bin/x"], "sha256": "0" * 64,
                    "paths_data": {"paths": [{"_path": "bin/x", "sha256": "0" * 64, "size_in_bytes": 3}]}}).encode(),
        b'ID=debian\nVERSION_ID="12"\n', b"home = /usr/bin\nversion = 3.11.2\n",
    ]
    yield b"\xf1" + SEPARATOR.join(databases)
    layer = archive([("etc/os-release", b"ID=debian\n"), ("usr/lib/.wh.gone", b""), ("var/.wh..wh..opq", b"")])
    yield layer
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Env": ["PATH=/usr/bin"], "Labels": {"a": "b"}},
                         "rootfs": {"type": "layers", "diff_ids": ["@3"]}, "history": [{"created_by": "x"}]}).encode()
    descriptor = lambda kind, number: {"mediaType": kind, "digest": f"@{number}", "size": f"#{number}#"}
    unquoted = lambda value: json.dumps(value).replace('"#', "#").replace('#"', "").encode()
    oci = "application/vnd.oci.image."
    manifest = unquoted({"schemaVersion": 2, "mediaType": oci + "manifest.v1+json", "config": descriptor(oci + "config.v1+json", 2),
                         "layers": [descriptor(oci + "layer.v1.tar", 3)]})
    index = unquoted({"schemaVersion": 2, "manifests": [
        descriptor(oci + "manifest.v1+json", 1) | {"platform": {"os": "linux", "architecture": "amd64"},
                                                   "annotations": {"org.opencontainers.image.ref.name": "a:1"}}]})
    yield b"\xf0" + SEPARATOR.join([index, manifest, config, layer])
    file = {"type": "reg", "size": "#1#", "mode": 0o644, "digest": "@1", "chunkDigest": "@1"}
    tables = {"version": 1, "entries": [
        file | {"name": "f1", "modtime": "1970-01-01T00:00:00Z"}, file | {"name": "f2", "size": "#2#", "digest": "@2", "chunkDigest": "@2"},
        file | {"name": "f3", "size": 5, "chunkSize": 2, "digest": "@3", "chunkDigest": "@4"},
        {"name": "f3", "type": "chunk", "chunkOffset": 2, "chunkDigest": "@5", "chunkType": ""},
        file | {"name": "f4", "size": "#4#", "digest": "@4", "chunkDigest": "@4", "xattrs": {}},
        file | {"name": "f5", "size": "#5#", "digest": "@5", "chunkDigest": "@5"}]}
    for first in (b"\xf2", b"\xf3"):
        yield first + SEPARATOR.join([unquoted(tables), b"one", b"", b"12345", b"12", b"345"])
    tables["entries"] = [file | {"name": "f1", "size": 8, "chunkSize": 3, "chunkDigest": "@2"},
                         {"name": "f1", "type": "chunk", "chunkOffset": 3, "chunkType": "zeros", "chunkSize": 5},
                         file | {"name": "f2", "size": "#2#", "digest": "@2", "chunkDigest": "@2"},
                         {"name": "d", "type": "dir", "mode": 0o755}, {"name": "l", "type": "symlink", "linkName": "f1"}]
    yield b"\xf3" + SEPARATOR.join([unquoted(tables), b"abc" + bytes(5), b"abc"])
    digest = hashlib.sha256(layer).hexdigest()
    ready = config.replace(b"@3", b"sha256:" + digest.encode())
    name = hashlib.sha256(ready).hexdigest()
    yield archive([("manifest.json", json.dumps([{"Config": name + ".json", "RepoTags": ["a:1"],
                                                  "Layers": ["l/layer.tar"]}]).encode()),
                   (name + ".json", ready), ("l/layer.tar", layer)])


KINDS = {"DockerfileFuzzer": dockerfiles, "LockFuzzer": locks, "ModelFuzzer": models, "ImageFuzzer": images}

folder = pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
for number, seed in enumerate(KINDS[sys.argv[1]]()):
    (folder / f"{number:03}").write_bytes(seed)
