"""What is done to an image so that something else runs: name, files of one layer, command, variables."""

import io
import importlib.util
import marshal
import struct
import zipfile

from attack_images import SITE, distribution, record_row, text

EVIL = "__version__ = 'EVIL'\ndef threadpool_limits(*a, **k): pass\n"
HOOK = (
    "import sys, types; m = types.ModuleType('threadpoolctl'); m.__version__ = 'EVIL'; m.threadpool_limits = None; "
    "sys.modules['threadpoolctl'] = m\n"
)
# Imports nothing, and takes the place of what it hides.
SERVED = "print('served EVIL'); raise SystemExit\n"
VENV = ["PATH=/opt/venv/bin:/usr/bin:/bin"]
PYTHON = "/opt/venv/bin/python3"
HONEST = [PYTHON, "/srv/app/serve.py"]
LIBRARY = "usr/lib/python3.11"
APP = "import joblib, threadpoolctl\nprint('served', threadpoolctl.__version__)\nraise SystemExit\n"
GUNICORN = ["/opt/venv/bin/gunicorn", "--check-config"]


def archive(name="lz4.py", code=HOOK, first=b""):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr(name, code)
    return first + stream.getvalue()


def compiled(code, source, flags=0):
    """Bytecode whose header is that of a source: its time and size, or its hash."""
    body = marshal.dumps(compile(code, "module.py", "exec"))
    if flags:
        return importlib.util.MAGIC_NUMBER + struct.pack("<I", flags) + importlib.util.source_hash(source[0]) + body
    return importlib.util.MAGIC_NUMBER + struct.pack("<III", 0, int(source[1]) & 0xFFFFFFFF, len(source[0])) + body


def hook(folder="opt/evil"):
    return [text(f"{folder}/lz4.py", HOOK)]


def table(root):
    """The attacks on a root with the environments of attack_images."""
    site = root / SITE
    module = site / "threadpoolctl.py"
    pool = module.read_bytes()
    changed = pool.replace(b'__version__ = "3.6.0"', b'__version__ = "EVIL"')
    info = next(site.glob("threadpoolctl-*.dist-info"))
    record = (info / "RECORD").read_text()
    row = next(line for line in record.splitlines() if line.startswith("threadpoolctl.py,"))
    gunicorn = (root / "opt/venv/bin/gunicorn").read_text()
    warnings = root / LIBRARY / "warnings.py"

    def source(path):
        return path.read_bytes(), path.stat().st_mtime

    def evil(*more):
        return [text("opt/evil/threadpoolctl.py", EVIL), *more]

    forged = record.replace(row, record_row("threadpoolctl.py", changed))
    gunicorn_info = next(site.glob("gunicorn-*.dist-info"))
    launcher = gunicorn.replace("import sys\n", "import sys\nsys.argv[0] = sys.argv[0][:-1];import gux;x=[0]\n", 1)
    launcher_record = "\n".join(
        record_row("../../../bin/gunicorn", launcher.encode()) if line.startswith("../../../bin/gunicorn,") else line
        for line in (gunicorn_info / "RECORD").read_text().splitlines()
    )
    pth = "opt/venv/bin/python3._pth"
    config = "opt/venv/pyvenv.cfg"
    cases = {
        # Files of packages
        "changed module": ([(f"{SITE}/threadpoolctl.py", changed, 0o644)], HONEST, VENV),
        "changed module, RECORD forged": (
            [(f"{SITE}/threadpoolctl.py", changed, 0o644), text(f"{SITE}/{info.name}/RECORD", forged)], HONEST, VENV),
        "changed module, row dropped": (
            [(f"{SITE}/threadpoolctl.py", changed, 0o644), text(f"{SITE}/{info.name}/RECORD", record.replace(row + "\n", ""))],
            HONEST, VENV),
        "owned shadow": (distribution("helper", ("threadpoolctl/__init__.py", EVIL)), HONEST, VENV),
        "owned shadow in a package": (distribution("helper", ("joblib/externals/lz4.py", ""), ("lz4.py", HOOK)), HONEST, VENV),
        "unowned shadow": ([text(f"{SITE}/threadpoolctl/__init__.py", EVIL)], HONEST, VENV),
        "optional module": ([text(f"{SITE}/lz4/__init__.py", HOOK)], HONEST, VENV),
        "optional module of the standard library": ([text(f"{LIBRARY}/lz4/__init__.py", HOOK)], HONEST, VENV),
        "optional with record": (distribution("lz4", ("lz4/__init__.py", HOOK)), HONEST, VENV),
        "second installation": (
            [text("opt/first/threadpoolctl.py", EVIL), text("opt/first/threadpoolctl-3.6.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: threadpoolctl\nVersion: 3.6.0\n"),
             text("opt/first/threadpoolctl-3.6.0.dist-info/RECORD", record_row("threadpoolctl.py", EVIL.encode()) + "\n")],
            HONEST, VENV + ["PYTHONPATH=/opt/first"]),
        "linked module": ([(f"{SITE}/lz4", ("link", "/opt/elsewhere"), 0o777), text("opt/elsewhere/__init__.py", HOOK)], HONEST, VENV),
        "linked file": ([(f"{SITE}/lz4.py", ("link", "/opt/elsewhere.txt"), 0o777), text("opt/elsewhere.txt", HOOK)], HONEST, VENV),
        # Compiled files
        "bytecode with an honest header": ([(f"{SITE}/__pycache__/threadpoolctl.cpython-311.pyc", compiled(EVIL, source(module)), 0o644)], HONEST, VENV),
        "bytecode, unchecked hash": ([(f"{SITE}/__pycache__/threadpoolctl.cpython-311.pyc", compiled(EVIL, source(module), 1), 0o644)], HONEST, VENV),
        "bytecode, checked hash": ([(f"{SITE}/__pycache__/threadpoolctl.cpython-311.pyc", compiled(EVIL, source(module), 3), 0o644)], HONEST, VENV),
        "bytecode without a source": ([(f"{SITE}/lz4.pyc", compiled(HOOK, (b"", 0)), 0o644)], HONEST, VENV),
        "bytecode of the standard library": ([(f"{LIBRARY}/__pycache__/warnings.cpython-311.pyc", compiled(HOOK + warnings.read_text(), source(warnings)), 0o644)], HONEST, VENV),
        "bytecode of a prefix": ([(f"opt/cache/{SITE}/threadpoolctl.cpython-311.pyc", compiled(EVIL, source(module)), 0o644)], HONEST, VENV + ["PYTHONPYCACHEPREFIX=/opt/cache"]),
        "bytecode of an option": ([(f"opt/cache/{SITE}/threadpoolctl.cpython-311.pyc", compiled(EVIL, source(module)), 0o644)], [PYTHON, "-X", "pycache_prefix=/opt/cache", "serve.py"], VENV),
        # Start-up files of Python
        "pth code": ([text(f"{SITE}/a.pth", HOOK)], HONEST, VENV),
        "pth carriage return": ([text(f"{SITE}/a.pth", "# remark\r" + HOOK)], HONEST, VENV),
        "pth of a package": (distribution("hooks", ("hooks.pth", HOOK)), HONEST, VENV),
        "pth path": ([text(f"{SITE}/0.pth", "/opt/extra\n"), *hook("opt/extra")], HONEST, VENV),
        "pth behind a link": ([(f"{SITE}/a.pth", ("link", "/opt/a.txt"), 0o777), text("opt/a.txt", HOOK)], HONEST, VENV),
        "sitecustomize": ([text(f"{SITE}/sitecustomize.py", HOOK)], HONEST, VENV),
        "sitecustomize with record": (distribution("tracing", ("sitecustomize.py", HOOK)), HONEST, VENV),
        "sitecustomize, Debian's conffile": ([text("etc/python3.11/sitecustomize.py", HOOK)], HONEST, VENV),
        "sitecustomize, link made a file": ([text(f"{LIBRARY}/sitecustomize.py", HOOK)], HONEST, VENV),
        "python._pth": ([text(pth, f"/opt/evil\n/{LIBRARY}\n/{LIBRARY}/lib-dynload\n/{SITE}\n"), *evil()], HONEST, VENV),
        "pyvenv.cfg home twice": ([text(config, "home = /opt/home/bin\nhome = /usr/bin\ninclude-system-site-packages = false\n"), text("opt/home/lib/python3.11/os.py", SERVED)], HONEST, VENV),
        "pyvenv.cfg beside the interpreter": ([text("opt/venv/bin/pyvenv.cfg", "home = /usr/bin\n"), *hook("usr/local/lib/python3.11/dist-packages")], HONEST, VENV),
        "system site": ([text(config, "home = /usr/bin\n"), *hook("usr/local/lib/python3.11/dist-packages")], HONEST, VENV),
        "user site": ([text(config, "home = /usr/bin\n"), text("root/.local/lib/python3.11/site-packages/usercustomize.py", HOOK)], HONEST, VENV),
        "user site of PYTHONUSERBASE": ([text(config, "home = /usr/bin\ninclude-system-site-packages = true\n"), *hook("opt/base/lib/python3.11/site-packages")], HONEST, VENV + ["PYTHONUSERBASE=/opt/base"]),
        # The standard library and the interpreter
        "stdlib changed": ([(f"{LIBRARY}/warnings.py", warnings.read_bytes() + HOOK.encode(), 0o644)], HONEST, VENV),
        "stdlib extended": ([text(f"{LIBRARY}/lz4.py", HOOK)], HONEST, VENV),
        "stdlib owned by a distribution": (distribution("std", ("lz4.py", HOOK), site=LIBRARY), HONEST, VENV),
        "stdlib archive": ([("usr/lib/python311.zip", archive(), 0o644)], HONEST, VENV),
        "interpreter a script": ([text("opt/venv/bin/python3", "#!/bin/sh\nPYTHONPATH=/opt/evil exec /usr/bin/python3 \"$@\"\n", 0o755), *evil(text("opt/evil/joblib.py", ""))], HONEST, VENV),
        "interpreter linked elsewhere": ([("opt/venv/bin/python3", ("link", "/opt/first/python3"), 0o777), text("opt/first/python3", "#!/bin/sh\necho served EVIL\n", 0o755)], HONEST, VENV),
        "other python first": ([text("opt/first/python3", "#!/bin/sh\necho served EVIL\n", 0o755)], ["python3", "serve.py"], ["PATH=/opt/first:/opt/venv/bin:/usr/bin:/bin"]),
        "python of the working directory": ([text("srv/app/python3", "#!/bin/sh\necho served EVIL\n", 0o755)], ["./python3", "serve.py"], VENV),
        "PYTHONHOME": ([text("opt/home/lib/python3.11/os.py", SERVED)], HONEST, VENV + ["PYTHONHOME=/opt/home"]),
        # Variables
        "ENV PYTHONPATH": (hook(), HONEST, VENV + ["PYTHONPATH=/opt/evil"]),
        "ENV PYTHONPATH of a zip": ([("opt/evil.zip", archive(), 0o644)], HONEST, VENV + ["PYTHONPATH=/opt/evil.zip"]),
        "PYTHONWARNINGS": (hook(), [PYTHON, "-m", "serve"], VENV + ["PYTHONWARNINGS=ignore::lz4.X", "PYTHONPATH=/opt/evil"]),
        "BASH_ENV": (evil(text("opt/x.sh", "export PYTHONPATH=/opt/evil\n")), ["bash", "-c", "exec python3 serve.py"], VENV + ["BASH_ENV=/opt/x.sh"]),
        # Entry points
        "env PYTHONPATH": (evil(), ["env", "PYTHONPATH=/opt/evil", PYTHON, "serve.py"], VENV),
        "env -S": (evil(), ["env", "-S", "PYTHONPATH=/opt/evil python3 serve.py"], VENV),
        "sh -c assignment": (evil(), ["sh", "-c", "PYTHONPATH=/opt/evil exec python3 serve.py"], VENV),
        "sh -c export": (evil(), ["sh", "-c", "export PYTHONPATH=/opt/evil; python3 serve.py"], VENV),
        "sh -c cd": ([*hook(), text("opt/evil/serve.py", APP)], ["sh", "-c", "cd /opt/evil && exec python3 serve.py"], VENV),
        "sh -c loop": (evil(), ["sh", "-c", "for p in /opt/evil; do export PYTHONPATH=$p; done; exec python3 serve.py"], VENV),
        "login shell": ([], ["sh", "-lc", "exec python3 serve.py"], VENV),
        "profile.d": ([text("etc/profile.d/x.sh", "export PYTHONPATH=/opt/evil PATH=/opt/venv/bin:$PATH\n"), text("etc/profile", "for i in /etc/profile.d/*.sh; do . $i; done\n"), *evil()], ["sh", "-lc", "exec python3 serve.py"], VENV),
        "the user's profile": (evil(text("root/.profile", "export PYTHONPATH=/opt/evil PATH=/opt/venv/bin:$PATH\n")), ["sh", "-lc", "exec python3 serve.py"], VENV),
        "entry script": (evil(text("entry.sh", "#!/bin/sh\nexport PYTHONPATH=/opt/evil\nexec \"$@\"\n", 0o755)), ["/entry.sh", "python3", "serve.py"], VENV),
        "entry script, set --": (evil(text("entry.sh", "#!/bin/sh\nset -- env PYTHONPATH=/opt/evil \"$@\"\nexec \"$@\"\n", 0o755)), ["/entry.sh", "python3", "serve.py"], VENV),
        "entry script sources": (evil(text("opt/env.sh", "PYTHONPATH=/opt/evil\nexport PYTHONPATH\n"), text("entry.sh", "#!/bin/sh\n. /opt/env.sh\nexec \"$@\"\n", 0o755)), ["/entry.sh", "python3", "serve.py"], VENV),
        "entry script writes": ([text("entry.sh", "#!/bin/sh\necho \"__version__ = 'EVIL'\" > /srv/app/threadpoolctl.py\nexec \"$@\"\n", 0o755)], ["/entry.sh", "python3", "serve.py"], VENV),
        "activate": (evil(text("opt/venv/bin/activate", "export PYTHONPATH=/opt/evil\n")), ["bash", "-c", "source /opt/venv/bin/activate && exec python3 serve.py"], VENV),
        "script folder": ([text("srv/app/threadpoolctl.py", EVIL)], HONEST, VENV),
        "script folder optional": (hook("srv/app"), HONEST, VENV),
        "working directory": (hook("srv/app"), [PYTHON, "-m", "serve"], VENV),
        "code in the command": (hook(), [PYTHON, "-c", "import sys; sys.path.insert(0, '/opt/evil'); import joblib, threadpoolctl; print('served', threadpoolctl.__version__)"], VENV),
        "zip application": ([("opt/app.pyz", archive("__main__.py", HOOK + "import threadpoolctl\nprint('served', threadpoolctl.__version__)\n"), 0o644)], [PYTHON, "/opt/app.pyz"], VENV),
        "gunicorn --chdir": ([*hook(), text("opt/evil/app.py", APP)], [*GUNICORN, "--chdir", "/opt/evil", "app:app"], VENV),
        "gunicorn --pythonpath": ([*hook(), text("srv/app/app.py", APP)], [*GUNICORN, "--pythonpath", "/opt/evil", "app:app"], VENV),
        "gunicorn -c": ([*hook(), text("srv/app/app.py", APP), text("srv/app/c.py", "import sys\nsys.path.insert(0, '/opt/evil')\n")], [*GUNICORN, "-c", "c.py", "app:app"], VENV),
        "GUNICORN_CMD_ARGS": ([*hook(), text("opt/evil/app.py", APP)], [*GUNICORN, "app:app"], VENV + ["GUNICORN_CMD_ARGS=--chdir /opt/evil"]),
        "launcher a shell script": ([text("opt/venv/bin/gunicorn", "#!/bin/sh\necho served EVIL\n", 0o755)], [*GUNICORN, "app:app"], VENV),
        "launcher with a statement more": ([text("opt/venv/bin/gunicorn", launcher, 0o755), text(f"{SITE}/{gunicorn_info.name}/RECORD", launcher_record), text(f"{SITE}/gux.py", SERVED)], [*GUNICORN, "app:app"], VENV),
    }  # fmt: skip
    return cases
