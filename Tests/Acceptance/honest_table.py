"""Honest images: seven installers, five levels, Pythons of no package, an image without dpkg, other users, application directories."""

import sys

from attack_images import SERVE, archive, tar, text
from scenarios_everyday import distribution

VENV = ["PATH=/opt/venv/bin:/usr/bin:/bin"]
SYSTEM = ["PATH=/usr/bin:/bin"]
APP = ["--app", "/srv/app"]
INSTALLERS = {
    "pip": (["opt/venv"], ["/opt/venv/bin/python3", "serve.py"], []),
    "pip, compiled": (["opt/compiled"], ["/opt/compiled/bin/python3", "serve.py"], []),
    "uv": (["opt/uv"], ["/opt/uv/bin/python3", "serve.py"], []),
    "uv, hard links": (["opt/uvlink"], ["/opt/uvlink/bin/python3", "serve.py"], []),
    "uv, compiled": (["opt/uvcompiled"], ["/opt/uvcompiled/bin/python3", "serve.py"], []),
    "pip --target": (["opt/target"], ["python3", "serve.py"], ["PYTHONPATH=/opt/target"]),
    "uv --target": (["opt/uvtarget"], ["python3", "serve.py"], ["PYTHONPATH=/opt/uvtarget"]),
    "pip --prefix": (["opt/prefix"], ["python3", "serve.py"], ["PYTHONPATH=/opt/prefix/local/lib/python3.11/dist-packages"]),
    "installer": (["opt/own"], ["/opt/own/bin/python3", "serve.py"], []),
    "a link for site-packages": (["opt/linked", "opt/pkgs"], ["/opt/linked/bin/python3", "serve.py"], []),
    "a blank in the path": (["opt/a b"], ["/opt/a b/bin/python3", "serve.py"], []),
}
STARTS = {
    "PATH": (["python3", "serve.py"], VENV, []),
    "sh -c": (["sh", "-c", "exec python3 serve.py"], VENV, []),
    "sh -c with a variable": (["sh", "-c", "exec python3 ${SCRIPT:-serve.py}"], VENV, []),
    "env": (["env", "A=b", "python3", "serve.py"], VENV, []),
    "env -S": (["env", "-S", "python3 -u serve.py"], VENV, []),
    "module": (["/opt/venv/bin/python3", "-m", "serve"], VENV, []),
    "isolated": (["/opt/venv/bin/python3", "-I", "/srv/app/serve.py"], VENV, []),
    "activate": (
        ["bash", "-c", ". /opt/venv/bin/activate && exec python3 serve.py"], SYSTEM,
        [text("opt/venv/bin/activate", "VIRTUAL_ENV=/opt/venv\nexport VIRTUAL_ENV\nPATH=\"$VIRTUAL_ENV/bin:$PATH\"\nexport PATH\n")]),
    "entry script": (
        ["/entry.sh", "python3", "serve.py"], VENV,
        [text("entry.sh", "#!/bin/sh\nset -e\nif [ -z \"$MODE\" ]; then echo starting; fi\nexec \"$@\"\n", 0o755)]),
    "entry script with options": (
        ["/entry.sh", "-u"], VENV,
        [text("entry.sh", "#!/bin/sh\nset -e\nif [ \"${1#-}\" != \"$1\" ]; then\n  set -- python3 \"$@\" serve.py\nfi\nexec \"$@\"\n", 0o755)]),
    "timeout": (["timeout", "60", "python3", "serve.py"], VENV, []),
    "ENV PYTHONPATH of the application": (["python3", "serve.py"], VENV + ["PYTHONPATH=/srv/app"], []),
    "gunicorn": (["/opt/venv/bin/gunicorn", "--check-config", "serve:app"], VENV, []),
}  # fmt: skip


def honest(lab, words):
    """Yields the name, whether it matches, and the report of each honest image."""
    root = lab.debian()
    lab.environments(root)
    base = lab.blob(archive(root, ["."], without=["opt", "srv", "wheels", ".done"]))
    application = lab.blob(archive(root, ["srv"]))
    based = lab.image([base], ["python3"], SYSTEM)
    lock, wheels = f"lock:{lab.lock()}", lab.wheels()
    strict = ["--wheels", wheels, "--evidence", "locked", "--strict", "--base", based, *APP, "--app", "/entry.sh", "--app", "/opt/venv/bin/activate"]

    def case(name, training, image, *options):
        status, report = lab.verify(training, image, *options)
        return name, status == 0, report

    def wanted(name):
        return not words or any(word in name for word in words)

    for name, (tops, command, variables) in INSTALLERS.items():
        if not wanted(name):
            continue
        layer = lab.blob(archive(root, tops))
        image = lab.image([base, layer, application], command, SYSTEM + variables)
        yield case(f"{name}, intact", lock, image)
        yield case(f"{name}, locked", lock, image, "--wheels", wheels, "--evidence", "locked")
        if "compiled" not in name:
            yield case(f"{name}, locked --strict --base", lock, image, *strict)
        capture = lab.kept / "attack-capture.toml"
        lab.capture(image, capture)
        yield case(f"{name}, against its own capture, trained --strict", capture, image, "--evidence", "trained", "--strict", *APP)
    layer = lab.blob(archive(root, ["opt/venv"]))
    for name, (command, variables, files) in STARTS.items():
        if not wanted(name):
            continue
        layers = [base, layer, application] + ([lab.blob(tar(files))] if files else [])
        yield case(f"started by {name}, strict", lock, lab.image(layers, command, variables), *strict)
    if wanted("user"):
        image = lab.image([base, layer, application], ["python3", "serve.py"], VENV, user="1000:1000")
        yield case("another user, strict", lock, image, *strict)
    if wanted("itself"):
        image = lab.image([base, layer, application], ["python3", "serve.py"], VENV)
        yield case("an image against itself", image, image)
        yield case("an image against itself, trained --strict", image, image, "--evidence", "trained", "--strict", *APP)
        copies = []
        for place, version in [("usr/lib/python3/dist-packages", "1.0"), ("opt/venv/lib/python3.11/site-packages", "2.0"), ("opt/other/site-packages", "3.0")]:
            copies += [(f"{place}/{path}", content.encode(), 0o644) for path, content in distribution("twice", version).items()]
        image = lab.image([base, layer, application, lab.blob(tar(copies))], ["python3", "serve.py"], VENV)
        yield case("an image with three copies of a package against itself", image, image)
    yield from official(lab, lock, wheels, case, wanted)


def official(lab, lock, wheels, case, wanted):
    """Images whose Python no package owns, without dpkg's database in one of them."""
    if not wanted("official"):
        return
    if sys.base_prefix == "/usr":
        print("skip official: the running Python is Debian's own, which installs to other directories", flush=True)
        return
    root = lab.official()
    environment = root / "usr/local/lib/python3.11/site-packages"
    if not (environment / "joblib").exists():
        names = ["threadpoolctl", "joblib", "cloudpickle", "gunicorn", "packaging"]
        uv = ["/opt/tools/bin/uv", "pip", "install", "-q", "--no-index", "--find-links", "/wheels", "--system", "--python"]
        lab.enter(root, *uv, "/usr/local/bin/python3", *names)
    local = "usr/local/lib/python3.11/site-packages"
    outside = ["opt", "srv", "wheels", ".done", local, "usr/local/bin/gunicorn", "usr/local/bin/gunicornc"]
    base = lab.blob(archive(root, ["."], without=outside))
    upper = lab.blob(archive(root, [local, "usr/local/bin/gunicorn", "srv"]))
    variables = ["PATH=/usr/local/bin:/usr/bin:/bin"]
    command = ["python3", "serve.py"]
    based = lab.image([base], ["python3"], variables)
    image = lab.image([base, upper], command, variables)
    yield case("official, intact", lock, image)
    yield case("official, locked", lock, image, "--wheels", wheels, "--evidence", "locked")
    yield case("official, strict", lock, image, "--wheels", wheels, "--evidence", "locked", "--strict", "--base", based, *APP)
    capture = lab.kept / "attack-capture.toml"
    lab.capture(image, capture)
    yield case("official, own capture, strict", capture, image, "--evidence", "trained", "--strict", *APP)
    # Neither dpkg nor a shell: the files of a distroless image.
    small = lab.blob(archive(root, ["."], without=[*outside, "var", "etc", "bin/sh", "usr/bin/dpkg"]))
    image = lab.image([small, upper], ["/usr/local/bin/python3", "/srv/app/serve.py"], variables)
    small_base = lab.image([small], ["python3"], variables)
    yield case("official without dpkg, intact", lock, image)
    yield case("official without dpkg, strict", lock, image, "--wheels", wheels, "--evidence", "locked", "--strict", "--base", small_base, *APP)
    more = lab.blob(tar([text("srv/app/lib/__init__.py", ""), text("srv/app/serve.py", SERVE + "import lib\n")]))
    image = lab.image([base, upper, more], command, variables)
    yield case("official, an application of several files, strict", lock, image, "--wheels", wheels, "--evidence", "locked", "--strict", "--base", based, *APP)
