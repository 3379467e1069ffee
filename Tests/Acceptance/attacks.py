#!/usr/bin/env python3
"""Attacks on a running image, run for real and verified: Tests/Acceptance/attacks.py PROGRAM ROOT WHEELS.

ROOT is the root of a Debian with Python 3.11 and /opt/venv (threadpoolctl, joblib, cloudpickle, gunicorn, packaging from WHEELS)
and /srv/app/serve.py, which prints the version of threadpoolctl that it imports. Each attack is one layer: its files are laid over
the root, the entry point is run in a chroot, and the image of the same layers is verified. An attack that changes what runs must not
end with 0 at --evidence locked --strict --base; the honest images must.
"""

import contextlib
import hashlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

PROGRAM, ROOT, WHEELS = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3]
SITE = "opt/venv/lib/python3.11/site-packages"
EVIL = "__version__ = 'EVIL'\ndef threadpool_limits(*a, **k): pass\n"
VENV = ["PATH=/opt/venv/bin:/usr/bin:/bin"]
HONEST = ["/opt/venv/bin/python3", "/srv/app/serve.py"]


def tar(entries):
    """A layer of (path, bytes or ('link', target), mode)."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for path, content, mode in entries:
            info = tarfile.TarInfo(path)
            info.mode = mode
            if isinstance(content, tuple):
                info.type = tarfile.SYMTYPE
                info.linkname = content[1]
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def tree(*tops, without=()):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for top in tops:
            archive.add(ROOT / top, top, filter=lambda item: None if any(item.name.startswith(x) for x in without) else item)
    return stream.getvalue()


def layout(folder, layers, command, variables, directory="/srv/app"):
    """An OCI layout of layers."""
    blobs = folder / "blobs/sha256"
    blobs.mkdir(parents=True)

    def blob(data):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"digest": "sha256:" + digest, "size": len(data)}

    described = [dict(blob(layer), mediaType="application/vnd.oci.image.layer.v1.tar") for layer in layers]
    config = {
        "os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [x["digest"] for x in described]},
        "config": {"Env": variables, "Cmd": command, "WorkingDir": directory},
    }  # fmt: skip
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": dict(blob(json.dumps(config).encode()), mediaType="application/vnd.oci.image.config.v1+json"),
        "layers": described,
    }  # fmt: skip
    pinned = dict(blob(json.dumps(manifest).encode()), mediaType="application/vnd.oci.image.manifest.v1+json")
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [pinned]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return f"oci:{folder}"


@contextlib.contextmanager
def laid(entries):
    """The root with the files of a layer, which are taken away again."""
    undo = []
    try:
        for path, content, mode in entries:
            target = ROOT / path
            made = [parent for parent in target.parents if not parent.exists()]
            target.parent.mkdir(parents=True, exist_ok=True)
            old = target.is_symlink() and ("link", os.readlink(target)) or (target.read_bytes() if target.exists() else None)
            undo.append((target, old, target.stat().st_mode if target.exists() else None, made))
            target.unlink(missing_ok=True)
            if isinstance(content, tuple):
                target.symlink_to(content[1])
            else:
                target.write_bytes(content)
                target.chmod(mode)
        yield
    finally:
        for target, old, mode, made in reversed(undo):
            target.unlink(missing_ok=True)
            if isinstance(old, tuple):
                target.symlink_to(old[1])
            elif old is not None:
                target.write_bytes(old)
                target.chmod(mode)
            for parent in made:
                with contextlib.suppress(OSError):
                    parent.rmdir()


def start(command, variables, directory="/srv/app"):
    environment = dict(item.split("=", 1) for item in variables)
    script = f"cd {directory} && exec \"$@\""
    done = subprocess.run(
        ["/usr/sbin/chroot", ROOT, "/bin/sh", "-c", script, "sh", *command], capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": "/root", "PYTHONDONTWRITEBYTECODE": "1", **environment},
    )  # fmt: skip
    return done.stdout + done.stderr[-300:]


def f(path, text, mode=0o644):
    return (path, text.encode(), mode)


def record(name, *paths):
    """A distribution with a RECORD that agrees."""
    rows = []
    for path, text in paths:
        digest = hashlib.sha256(text.encode()).digest()
        import base64
        rows.append(f"{path},sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()},{len(text.encode())}")
    info = f"{name}-1.0.dist-info"
    return [f(f"{SITE}/{path}", text) for path, text in paths] + [
        f(f"{SITE}/{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"),
        f(f"{SITE}/{info}/RECORD", "\n".join(rows + [f"{info}/METADATA,,", f"{info}/RECORD,,"]) + "\n"),
    ]


HOOK = "import sys, types; m = types.ModuleType('threadpoolctl'); m.__version__ = 'EVIL'; m.threadpool_limits = None; sys.modules['threadpoolctl'] = m\n"
P = "/opt/venv/bin/python3"
# name: files, command, variables
ATTACKS = {
    "owned shadow": (record("helper", ("threadpoolctl/__init__.py", EVIL)), HONEST, VENV),
    "unowned shadow": ([f(f"{SITE}/threadpoolctl/__init__.py", EVIL)], HONEST, VENV),
    "optional module": ([f(f"{SITE}/psutil/__init__.py", HOOK)], HONEST, VENV),
    "optional in stdlib": ([f("usr/lib/python3.11/psutil.py", HOOK)], HONEST, VENV),
    "optional with record": (record("lz4", ("lz4/__init__.py", HOOK)), HONEST, VENV),
    "pth code": ([f(f"{SITE}/a.pth", HOOK)], HONEST, VENV),
    "pth carriage return": ([f(f"{SITE}/a.pth", "# remark\r" + HOOK)], HONEST, VENV),
    "pth of a package": (record("hooks", ("hooks.pth", HOOK)), HONEST, VENV),
    "pth path": ([f(f"{SITE}/0.pth", "/opt/extra\n"), f("opt/extra/psutil.py", HOOK)], HONEST, VENV),
    "python._pth": ([f("opt/venv/bin/python3._pth", f"/opt/evil\n/usr/lib/python3.11\n/usr/lib/python3.11/lib-dynload\n/{SITE}\n"), f("opt/evil/threadpoolctl.py", EVIL)], HONEST, VENV),
    "pyvenv.cfg home": ([f("opt/venv/pyvenv.cfg", "home = /opt/home/bin\nhome = /usr/bin\ninclude-system-site-packages = false\n"), f("opt/home/lib/python3.11/os.py", "raise SystemExit('EVIL')\n")], HONEST, VENV),
    "system site": ([f("opt/venv/pyvenv.cfg", "home = /usr/bin\n"), f("usr/local/lib/python3.11/dist-packages/psutil.py", HOOK)], HONEST, VENV),
    "user site": ([f("opt/venv/pyvenv.cfg", "home = /usr/bin\n"), f("root/.local/lib/python3.11/site-packages/usercustomize.py", HOOK)], HONEST, VENV),
    "sitecustomize": ([f(f"{SITE}/sitecustomize.py", HOOK)], HONEST, VENV),
    "sitecustomize with record": (record("tracing", ("sitecustomize.py", HOOK)), HONEST, VENV),
    "stdlib changed": ([("usr/lib/python3.11/warnings.py", (ROOT / "usr/lib/python3.11/warnings.py").read_bytes() + HOOK.encode(), 0o644)], HONEST, VENV),
    "interpreter a script": ([f("opt/venv/bin/python3", "#!/bin/sh\nPYTHONPATH=/opt/evil exec /usr/bin/python3 \"$@\"\n", 0o755), f("opt/evil/threadpoolctl.py", EVIL), f("opt/evil/joblib.py", "")], HONEST, VENV),
    "env PYTHONPATH": ([f("opt/evil/threadpoolctl.py", EVIL)], ["env", "PYTHONPATH=/opt/evil", P, "serve.py"], VENV),
    "ENV PYTHONPATH": ([f("opt/evil/psutil.py", HOOK)], HONEST, VENV + ["PYTHONPATH=/opt/evil"]),
    "sh -c assignment": ([f("opt/evil/threadpoolctl.py", EVIL)], ["sh", "-c", "PYTHONPATH=/opt/evil exec python3 serve.py"], VENV),
    "sh -c cd": ([f("opt/evil/psutil.py", HOOK), f("opt/evil/serve.py", "import joblib, threadpoolctl\nprint('served', threadpoolctl.__version__)\n")], ["sh", "-c", "cd /opt/evil && exec python3 serve.py"], VENV),
    "login shell": ([], ["sh", "-lc", "exec python3 serve.py"], VENV),
    "profile.d": ([f("etc/profile.d/x.sh", "export PYTHONPATH=/opt/evil PATH=/opt/venv/bin:$PATH\n"), f("etc/profile", "for i in /etc/profile.d/*.sh; do . $i; done\n"), f("opt/evil/threadpoolctl.py", EVIL)], ["sh", "-lc", "exec python3 serve.py"], VENV),
    "entry script": ([f("entry.sh", "#!/bin/sh\nexport PYTHONPATH=/opt/evil\nexec \"$@\"\n", 0o755), f("opt/evil/threadpoolctl.py", EVIL)], ["/entry.sh", "python3", "serve.py"], VENV),
    "entry script writes": ([f("entry.sh", "#!/bin/sh\necho \"__version__ = 'EVIL'\" > /srv/app/threadpoolctl.py\nexec \"$@\"\n", 0o755)], ["/entry.sh", "python3", "serve.py"], VENV),
    "activate": ([f("opt/venv/bin/activate", "export PYTHONPATH=/opt/evil\n"), f("opt/evil/threadpoolctl.py", EVIL)], ["bash", "-c", "source /opt/venv/bin/activate && exec python3 serve.py"], VENV),
    "BASH_ENV": ([f("opt/x.sh", "export PYTHONPATH=/opt/evil\n"), f("opt/evil/threadpoolctl.py", EVIL)], ["bash", "-c", "exec python3 serve.py"], VENV + ["BASH_ENV=/opt/x.sh"]),
    "other python first": ([f("opt/first/python3", "#!/bin/sh\necho served EVIL\n", 0o755)], ["python3", "serve.py"], ["PATH=/opt/first:/opt/venv/bin:/usr/bin:/bin"]),
    "script folder": ([f("srv/app/threadpoolctl.py", EVIL)], HONEST, VENV),
    "script folder optional": ([f("srv/app/psutil.py", HOOK)], HONEST, VENV),
    "working directory": ([f("srv/app/psutil.py", HOOK), f("srv/app/serve.py", (ROOT / "srv/app/serve.py").read_text())], [P, "-m", "serve"], VENV),
    "zip on PYTHONPATH": ([("opt/evil.zip", None, 0o644)], HONEST, VENV + ["PYTHONPATH=/opt/evil.zip"]),
    "PYTHONHOME": ([f("opt/home/lib/python3.11/os.py", "raise SystemExit('EVIL')\n")], HONEST, VENV + ["PYTHONHOME=/opt/home"]),
    "changed module": ([("opt/venv/lib/python3.11/site-packages/threadpoolctl.py", (ROOT / SITE / "threadpoolctl.py").read_bytes().replace(b'__version__ = "3.6.0"', b'__version__ = "EVIL"'), 0o644)], HONEST, VENV),
    "linked module": ([(f"{SITE}/psutil", ("link", "/opt/elsewhere"), 0o777), f("opt/elsewhere/__init__.py", HOOK)], HONEST, VENV),
    "gunicorn chdir": ([f("opt/evil/psutil.py", HOOK), f("opt/evil/app.py", "import joblib, threadpoolctl\nprint('served', threadpoolctl.__version__)\nraise SystemExit\n")], ["/opt/venv/bin/gunicorn", "--check-config", "--chdir", "/opt/evil", "app:app"], VENV),
    "GUNICORN_CMD_ARGS": ([f("opt/evil/psutil.py", HOOK), f("opt/evil/app.py", "import joblib, threadpoolctl\nprint('served', threadpoolctl.__version__)\nraise SystemExit\n")], ["/opt/venv/bin/gunicorn", "--check-config", "app:app"], VENV + ["GUNICORN_CMD_ARGS=--chdir /opt/evil"]),
}
HONESTS = {
    "venv": ([], HONEST, VENV), "PATH": ([], ["python3", "serve.py"], VENV), "sh -c": ([], ["sh", "-c", "exec python3 serve.py"], VENV),
    "env": ([], ["env", "A=b", "python3", "serve.py"], VENV), "module": ([], [P, "-m", "serve"], VENV),
    "activate": ([f("opt/venv/bin/activate", "VIRTUAL_ENV=/opt/venv\nexport VIRTUAL_ENV\nPATH=\"$VIRTUAL_ENV/bin:$PATH\"\nexport PATH\n")], ["bash", "-c", ". /opt/venv/bin/activate && exec python3 serve.py"], ["PATH=/usr/bin:/bin"]),
    "entry script": ([f("entry.sh", "#!/bin/sh\nset -e\nif [ -z \"$MODE\" ]; then echo starting; fi\nexec \"$@\"\n", 0o755)], ["/entry.sh", "python3", "serve.py"], VENV),
}  # fmt: skip


def main():
    work = pathlib.Path(tempfile.mkdtemp(prefix="attacks-"))
    base = tree(".", without=["./opt", "./srv", "opt", "srv"])
    upper = tree("opt/venv", "srv")
    based = layout(work / "base", [base], ["python3"], ["PATH=/usr/bin:/bin"])
    maps = work / "wheels.json"
    lock = work / "requirements.txt"
    lock.write_text("".join(
        f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"
        for path in sorted(pathlib.Path(WHEELS).glob("*.whl")) for name, version in [path.name.split("-")[:2]]
    ))  # fmt: skip
    failed = 0
    for kind, cases in [("attack", ATTACKS), ("honest", HONESTS)]:
        for number, (name, (files, command, variables)) in enumerate(cases.items()):
            entries = []
            for path, content, mode in files:
                if content is None:
                    stream = io.BytesIO()
                    import zipfile
                    with zipfile.ZipFile(stream, "w") as archive:
                        archive.writestr("psutil.py", HOOK)
                    content = stream.getvalue()
                entries.append((path, content, mode))
            with laid(entries):
                printed = start(command, variables)
            runs = "served 3.6.0" in printed
            image = layout(work / f"{kind}-{number}", [base, upper, tar(entries)] if entries else [base, upper], command, variables)
            results = []
            for words in [[], ["--evidence", "locked", "--strict"], ["--evidence", "locked", "--strict", "--base", based, "--app", "/srv/app", *(["--app", "/entry.sh"] if kind == "honest" else [])]]:
                done = subprocess.run([PROGRAM, "verify", f"lock:{lock}", image, "--wheels", WHEELS, *words, "--format", "json"], capture_output=True, text=True)
                results.append(done.returncode)
                if done.returncode not in (0, 1, 2):
                    print(done.stderr[-500:])
                if (kind == "honest" and words and "--base" in words and done.returncode != 0) or (kind == "attack" and done.returncode == 0 and "--base" in words):
                    try:
                        report = json.loads(done.stdout)
                        for row in report["findings"]:
                            if row["severity"] != "note":
                                print("     ", row["severity"], row["rule"], row["message"][:200])
                        print("     ", {k: v for k, v in (report["account"] or {}).items() if k != "files"}, [(x["path"], x["why"]) for x in (report["account"] or {}).get("files", []) if x["voucher"] == "none"][:4])
                    except ValueError:
                        print(done.stdout[-300:], done.stderr[-300:])
            is_bad = results[-1] == 0 if kind == "attack" and not runs else results[-1] != 0 if kind == "honest" else False
            failed += is_bad
            print("FAIL" if is_bad else "ok  ", kind, name, "| really:", "honest" if runs else printed.strip().splitlines()[-1][:60] if printed.strip() else "nothing", "| default, strict, strict+base:", results, flush=True)
    print(failed, "failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
