"""The roots, environments and images of attacks.py: a Debian from mmdebstrap, Pythons that no package owns, and seven installers."""

import base64
import contextlib
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

WHEELS = ["threadpoolctl==3.6.0", "joblib==1.4.2", "cloudpickle==3.1.0", "gunicorn==23.0.0", "packaging==24.2"]
SITE = "opt/venv/lib/python3.11/site-packages"
SERVE = """import joblib, threadpoolctl
print('served', threadpoolctl.__version__)
"""
LAYER = "application/vnd.oci.image.layer.v1.tar"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"


def run(*words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, errors="replace", **options)
    if done.returncode:
        raise AssertionError(f"{words}\nexited with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def text(path, content, mode=0o644):
    return (path, content.encode(), mode)


def record_row(path, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(data)}"


def distribution(name, *files, site=SITE, version="1.0"):
    """A distribution whose RECORD agrees with its files."""
    info = f"{name}-{version}.dist-info"
    rows = [record_row(path, content.encode()) for path, content in files]
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    return [text(f"{site}/{path}", content) for path, content in files] + [
        text(f"{site}/{info}/METADATA", metadata),
        text(f"{site}/{info}/RECORD", "\n".join(rows + [f"{info}/METADATA,,", f"{info}/RECORD,,"]) + "\n"),
    ]


def tar(entries):
    """A layer of (path, bytes or ('link', target), mode)."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for path, content, mode in entries:
            info = tarfile.TarInfo(path)
            info.mode, info.mtime = mode, 1_700_000_000
            if isinstance(content, tuple):
                info.type, info.linkname = tarfile.SYMTYPE, content[1]
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def archive(root, tops, without=()):
    """A layer of what lies at some paths of a root."""
    stream = io.BytesIO()

    def keep(item):
        name = item.name.removeprefix("./")
        return None if any(name == path or name.startswith(path + "/") for path in without) else item

    with tarfile.open(fileobj=stream, mode="w") as layer:
        for top in tops:
            layer.add(root / top, top, filter=keep)
    return stream.getvalue()


class Lab:
    """What is made once and kept: roots, wheels, tools, layers."""

    def __init__(self, program, kept):
        self.program, self.kept = program, kept
        self.blobs = kept / "attack-blobs"
        self.blobs.mkdir(parents=True, exist_ok=True)
        self.number = 0
        self.layouts = kept / "attack-layouts"
        shutil.rmtree(self.layouts, ignore_errors=True)
        self.layouts.mkdir()

    # Roots

    def debian(self):
        """A Debian with the system's Python, without documents and caches."""
        root = self.kept / "attack-root"
        if not (root / ".done").exists():
            shutil.rmtree(root, ignore_errors=True)
            packed = self.kept / "attack-root.tar"
            if not packed.exists():
                run(
                    "mmdebstrap", "--variant=minbase", "--include=python3,python3-venv,python3-pip,bash", "bookworm",
                    packed,
                )  # fmt: skip
            root.mkdir()
            run("tar", "-C", root, "-xf", packed, "--exclude=./dev/*")
            for path in ["usr/share/doc", "usr/share/man", "usr/share/locale", "var/lib/apt/lists", "var/cache"]:
                shutil.rmtree(root / path, ignore_errors=True)
            for path in ["dev", "var/cache", "wheels", "opt", "srv/app"]:
                (root / path).mkdir(parents=True, exist_ok=True)
            (root / "dev/null").touch()
            (root / ".done").touch()
        return root

    def wheels(self):
        folder = self.kept / "attack-wheels"
        if len(list(folder.glob("*.whl"))) < len(WHEELS):
            run(
                *self.pip(), "download", "-q", "-d", folder, "--no-deps", "--only-binary", ":all:",
                "--python-version", "3.11", *WHEELS,
            )  # fmt: skip
        return folder

    def pip(self):
        """The pip of an environment of its own; a system may have none."""
        python = self.kept / "attack-pip/bin/python"
        if not python.exists():
            run(sys.executable, "-m", "venv", self.kept / "attack-pip")
        return [python, "-m", "pip"]

    def tools(self):
        """uv and installer, for the chroot."""
        folder = self.kept / "attack-tools"
        if not (folder / "bin/uv").exists():
            run(*self.pip(), "install", "-q", "--target", folder, "uv", "installer")
        return folder

    def environments(self, root):
        """One environment for each installer, below /opt."""
        done = root / "opt/.environments"
        if done.exists():
            return
        shutil.copytree(self.wheels(), root / "wheels", dirs_exist_ok=True)
        shutil.copytree(self.tools(), root / "opt/tools", dirs_exist_ok=True)
        links = ["--no-index", "--find-links", "/wheels"]
        names = [name.split("==")[0] for name in WHEELS]
        uv = ["/opt/tools/bin/uv", "pip", "install", "-q", *links, "--python"]

        def venv(path):
            self.enter(root, "/usr/bin/python3", "-m", "venv", "--without-pip", path)

        pip = ["/usr/bin/python3", "-m", "pip", "install", "-q", *links]
        run("rm", "-rf", *[root / "opt" / name for name in ["venv", "target", "prefix", "uvtarget", "pkgs", "linked"]])
        for path in ["/opt/venv", "/opt/compiled", "/opt/uv", "/opt/uvlink", "/opt/uvcompiled", "/opt/own", "/opt/a b"]:
            venv(path)
        self.enter(root, *pip[:3], "--python", "/opt/venv/bin/python3", *pip[3:], "--no-compile", *names)
        self.enter(root, *pip[:3], "--python", "/opt/compiled/bin/python3", *pip[3:], *names)
        self.enter(root, *pip[:3], "--python", "/opt/a b/bin/python3", *pip[3:], "--no-compile", *names)
        self.enter(root, *uv, "/opt/uv/bin/python3", "--link-mode", "copy", *names)
        self.enter(root, *uv, "/opt/uvlink/bin/python3", "--link-mode", "hardlink", *names)
        self.enter(root, *uv, "/opt/uvcompiled/bin/python3", "--compile-bytecode", *names)
        self.enter(root, *pip, "--no-compile", "--target", "/opt/target", *names)
        self.enter(root, *pip, "--no-compile", "--prefix", "/opt/prefix", "--ignore-installed", *names)
        self.enter(root, *uv, "/usr/bin/python3", "--target", "/opt/uvtarget", *names)
        for wheel in sorted((root / "wheels").glob("*.whl")):
            words = ["/opt/own/bin/python3", "-m", "installer", "--no-compile-bytecode", f"/wheels/{wheel.name}"]
            self.enter(root, *words, PYTHONPATH="/opt/tools")
        linked = root / "opt/linked"
        self.enter(root, "/usr/bin/python3", "-m", "venv", "--without-pip", "/opt/linked")
        site = linked / "lib/python3.11/site-packages"
        site.rmdir()
        (root / "opt/pkgs").mkdir()
        site.symlink_to("/opt/pkgs")
        self.enter(root, *pip[:3], "--python", "/opt/linked/bin/python3", *pip[3:], "--no-compile", *names)
        (root / "srv/app/serve.py").write_text(SERVE)
        done.touch()

    def enter(self, root, *words, **variables):
        environment = {"PATH": "/usr/bin:/bin", "HOME": "/root", "PYTHONDONTWRITEBYTECODE": "1", "PIP_BREAK_SYSTEM_PACKAGES": "1", **variables}
        return run("/usr/sbin/chroot", root, *words, env=environment)

    def official(self):
        """A root whose Python lies in /usr/local and belongs to no package, as in the official images."""
        root = self.kept / "attack-official"
        if not (root / ".done").exists():
            shutil.rmtree(root, ignore_errors=True)
            run("cp", "-a", self.debian().resolve(), root)
            for path in ["opt", "srv", "wheels", ".done"]:
                run("rm", "-rf", root / path)
            prefix = pathlib.Path(sys.base_prefix)
            minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
            local = root / "usr/local"
            run("cp", "-a", prefix / "lib" / minor, local / "lib/")
            for library in prefix.glob("lib/libpython*.so*"):
                shutil.copy2(library, root / "usr/lib/x86_64-linux-gnu" / library.name, follow_symlinks=False)
            shutil.copy2(os.path.realpath(prefix / "bin" / minor), local / "bin" / minor)
            for name in ["python3", "python"]:
                (local / "bin" / name).symlink_to(minor)
            for path in ["test", "idlelib", "site-packages", "ensurepip/_bundled"]:
                shutil.rmtree(local / "lib" / minor / path, ignore_errors=True)
            for cache in local.rglob("__pycache__"):
                shutil.rmtree(cache)
            (local / "lib" / minor / "site-packages").mkdir()
            for path in ["opt", "srv/app", "wheels"]:
                (root / path).mkdir(parents=True)
            shutil.copytree(self.wheels(), root / "wheels", dirs_exist_ok=True)
            shutil.copytree(self.tools(), root / "opt/tools", dirs_exist_ok=True)
            (root / "srv/app/serve.py").write_text(SERVE)
            (root / ".done").touch()
        return root

    # Images

    def blob(self, data):
        digest = sha256(data)
        path = self.blobs / digest
        if not path.exists():
            path.write_bytes(data)
        return {"digest": "sha256:" + digest, "size": len(data)}

    def image(self, layers, command, variables, directory="/srv/app", user=""):
        """An OCI layout of layers, which were made by `blob`; returns its name."""
        self.number += 1
        folder = self.layouts / str(self.number)
        (folder / "blobs/sha256").mkdir(parents=True)
        described = [dict(layer, mediaType=LAYER) for layer in layers]
        config = {
            "os": "linux", "architecture": "amd64",
            "rootfs": {"type": "layers", "diff_ids": [layer["digest"] for layer in layers]},
            "config": {"Env": variables, "Cmd": command, "WorkingDir": directory, "User": user},
        }  # fmt: skip
        config = dict(self.blob(json.dumps(config).encode()), mediaType=CONFIG)
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": described}
        manifest = dict(self.blob(json.dumps(manifest).encode()), mediaType=MANIFEST)
        for blob in [config, manifest, *described]:
            name = blob["digest"].split(":")[1]
            with contextlib.suppress(FileExistsError):
                os.link(self.blobs / name, folder / "blobs/sha256" / name)
        (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
        (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        return f"oci:{folder}"

    def lock(self):
        path = self.kept / "attack-lock.txt"
        rows = []
        for wheel in sorted(self.wheels().glob("*.whl")):
            name, version = wheel.name.split("-")[:2]
            rows.append(f"{name}=={version} --hash=sha256:{sha256(wheel.read_bytes())}\n")
        path.write_text("".join(rows))
        return path

    def capture(self, image, path):
        run(self.program, "capture", image, "-o", path)

    def verify(self, training, image, *words):
        """The exit status and the report."""
        command = [self.program, "verify", training, image, *words, "--format", "json"]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace")
        try:
            return done.returncode, json.loads(done.stdout)
        except ValueError:
            return done.returncode, {"error": (done.stdout + done.stderr)[-600:]}


@contextlib.contextmanager
def laid(root, entries):
    """The root with the files of a layer, which are taken away again."""
    undo = []
    try:
        for path, content, mode in entries:
            target = root / path
            is_whiteout = target.name.startswith(".wh.")
            if is_whiteout:
                target = target.with_name(target.name.removeprefix(".wh."))
            made = [parent for parent in target.parents if not parent.exists()]
            target.parent.mkdir(parents=True, exist_ok=True)
            old = ("link", os.readlink(target)) if target.is_symlink() else target.read_bytes() if target.exists() else None
            undo.append((target, old, target.lstat() if old is not None else None, made))
            target.unlink(missing_ok=True)
            if isinstance(content, tuple):
                target.symlink_to(content[1])
            elif not is_whiteout:
                target.write_bytes(content)
                target.chmod(mode)
        yield
    finally:
        for target, old, state, made in reversed(undo):
            target.unlink(missing_ok=True)
            if isinstance(old, tuple):
                target.symlink_to(old[1])
            elif old is not None:
                target.write_bytes(old)
                target.chmod(state.st_mode)
                os.utime(target, ns=(state.st_atime_ns, state.st_mtime_ns))
            for parent in made:
                with contextlib.suppress(OSError):
                    parent.rmdir()


def started(root, command, variables, directory="/srv/app", user=""):
    """What the entry point prints when it really runs in the root."""
    environment = dict(item.split("=", 1) for item in variables)
    words = ["/usr/sbin/chroot"] + (["--userspec", user] if user else []) + [root, "/bin/sh", "-c", f"cd {directory} && exec \"$@\"", "sh", *command]
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, errors="replace", timeout=60,
        env={"PATH": "/usr/bin:/bin", "HOME": "/root", "PYTHONDONTWRITEBYTECODE": "1", **environment},
    )  # fmt: skip
    return done.stdout + done.stderr[-300:]
