"""More attacks by the start of an image, and by the places where Python looks first: files of one layer, command, variables."""

from attack_images import SITE, distribution, record_row, text

EVIL = "__version__ = 'EVIL'\ndef threadpool_limits(*a, **k): pass\n"
SERVED = "print('served EVIL'); raise SystemExit\n"
APP = "import joblib, threadpoolctl\nprint('served', threadpoolctl.__version__)\n"
LIBRARY = "usr/lib/python3.11"
FIRST = ("opt/first/python3", b"#!/bin/sh\necho served EVIL\n", 0o755)


def start_table(root, hook, archive, compiled, python, variables):
    site = root / SITE
    info = next(site.glob("threadpoolctl-*.dist-info"))
    module = (site / "threadpoolctl.py").read_bytes().replace(b'__version__ = "3.6.0"', b'__version__ = "EVIL"')
    record = (info / "RECORD").read_text()
    row = next(line for line in record.splitlines() if line.startswith("threadpoolctl.py,"))
    evil = [text("opt/evil/threadpoolctl.py", EVIL)]
    application = [*evil, text("opt/evil/serve.py", APP)]
    config = "opt/venv/pyvenv.cfg"
    system = ["PATH=/usr/bin:/bin", f"PYTHONPATH=/{SITE}"]
    other = text("opt/home/lib/python3.11/os.py", SERVED)

    def sh(code, *files):
        return list(files), ["sh", "-c", code], variables

    def script(code, *files):
        return [text("entry.sh", "#!/bin/sh\n" + code, 0o755), *files], ["/entry.sh", "python3", "serve.py"], variables

    source = (site / "threadpoolctl.py").read_bytes(), (site / "threadpoolctl.py").stat().st_mtime
    stale = (b"other source", 0)
    return {
        # Modules of the standard library and of tools that run another script
        "-m cProfile": (application, [python, "-m", "cProfile", "/opt/evil/serve.py"], variables),
        "-m pdb": (application, [python, "-m", "pdb", "-c", "continue", "/opt/evil/serve.py"], variables),
        "-m trace": (application, [python, "-m", "trace", "--count", "-C", "/tmp", "/opt/evil/serve.py"], variables),
        "-m runpy": ([*evil, text("srv/app/a.py", APP)], [python, "-m", "runpy", "a"], variables + ["PYTHONPATH=/opt/evil"]),
        "-m timeit": (evil, [python, "-m", "timeit", "-n1", "-r1", "-s", "import sys; sys.path.insert(0, '/opt/evil'); import threadpoolctl; print('served', threadpoolctl.__version__)", "1"], variables),
        "-m zipapp's archive in a directory": ([text("opt/app/__main__.py", APP), text("opt/app/threadpoolctl.py", EVIL)], [python, "/opt/app"], variables),
        "a link to a script elsewhere": ([*application, ("srv/app/run.py", ("link", "/opt/evil/serve.py"), 0o777)], [python, "run.py"], variables),
        "standard input": sh("exec python3 < /opt/run.py", text("opt/run.py", SERVED)),
        "a pipe": sh("cat /opt/run.py | python3 -", text("opt/run.py", SERVED)),
        "interactive with PYTHONSTARTUP": ([text("opt/run.py", SERVED)], [python, "-i", "-c", ""], variables + ["PYTHONSTARTUP=/opt/run.py"]),
        # Shells
        "function": sh("python3() { /opt/first/python3; }; python3 serve.py", FIRST),
        "alias by PATH": sh("PATH=/opt/first:$PATH; python3 serve.py", FIRST),
        "PATH of a directory that is made first": sh("export PATH=/opt/../opt/first:$PATH; exec python3 serve.py", FIRST),
        "eval": sh("eval 'PYTHONPATH=/opt/evil python3 serve.py'", *evil),
        "substitution": sh("$(cat /opt/command)", text("opt/command", "env PYTHONPATH=/opt/evil python3 serve.py\n"), *evil),
        "exported from a file": sh("export $(cat /opt/env); python3 serve.py", text("opt/env", "PYTHONPATH=/opt/evil\n"), *evil),
        "set -a": sh("set -a; . /opt/env; python3 serve.py", text("opt/env", "PYTHONPATH=/opt/evil\n"), *evil),
        "trap": sh("trap '/opt/first/python3' EXIT; true", FIRST),
        "copied first": sh("cp /opt/evil/threadpoolctl.py /srv/app/; exec python3 serve.py", *evil),
        "written by a here-document": sh("cat > /srv/app/threadpoolctl.py <<X\n__version__ = 'EVIL'\ndef threadpool_limits(*a, **k): pass\nX\nexec python3 serve.py"),
        "linked first": sh("ln -s /opt/evil/threadpoolctl.py /srv/app/; exec python3 serve.py", *evil),
        "a condition": sh("if [ -d /opt/evil ]; then export PYTHONPATH=/opt/evil; fi; exec python3 serve.py", *evil),
        "a case": script('case "$1" in python*) export PYTHONPATH=/opt/evil;; esac\nexec "$@"\n', *evil),
        "shift": script('shift\nexec /opt/first/python3 "$@"\n', FIRST),
        "sources what a variable names": script('. "${ENVIRONMENT:-/opt/env.sh}"\nexec "$@"\n', text("opt/env.sh", "export PYTHONPATH=/opt/evil\n"), *evil),
        "run-parts": script('for part in /opt/parts/*; do . "$part"; done\nexec "$@"\n', text("opt/parts/1", "export PYTHONPATH=/opt/evil\n"), *evil),
        "background": sh("/opt/first/python3 serve.py & wait", FIRST),
        "find -exec": ([FIRST], ["find", "/opt/first/python3", "-exec", "{}", ";"], variables),
        "xargs": sh("echo serve.py | xargs /opt/first/python3", FIRST),
        "nice env": (evil, ["nice", "env", "PYTHONPATH=/opt/evil", "python3", "serve.py"], variables),
        "timeout env -S": (evil, ["timeout", "30", "env", "-S", "PYTHONPATH=/opt/evil python3 serve.py"], variables),
        "setsid sh": (evil, ["setsid", "-w", "sh", "-c", "PYTHONPATH=/opt/evil python3 serve.py"], variables),
        "env -C": (application, ["env", "-C", "/opt/evil", "python3", "serve.py"], variables),
        "bash -l with .bash_profile": ([*evil, text("root/.bash_profile", "export PYTHONPATH=/opt/evil PATH=/opt/venv/bin:$PATH\n")], ["bash", "-lc", "exec python3 serve.py"], variables),
        "tini that is a script": ([text("usr/bin/tini", "#!/bin/sh\nshift\nPYTHONPATH=/opt/evil exec \"$@\"\n", 0o755), *evil], ["tini", "--", "python3", "serve.py"], variables),
        "env that is a script": ([text("opt/first/env", "#!/bin/sh\nPYTHONPATH=/opt/evil exec /usr/bin/env \"$@\"\n", 0o755), *evil], ["/opt/first/env", "python3", "serve.py"], variables),
        # Where Python looks
        "_pth beside the real interpreter": ([text("usr/bin/python3.11._pth", f"/opt/evil\n/{LIBRARY}\n/{LIBRARY}/lib-dynload\n/{SITE}\n"), *evil], [python, "serve.py"], variables),
        "pyvenv.cfg above the system's": ([text("usr/pyvenv.cfg", "home = /opt/home/bin\n"), other], ["/usr/bin/python3", "serve.py"], system),
        "pyvenv.cfg, home of another library": ([text(config, "home = /opt/home/bin\ninclude-system-site-packages = false\n"), other], [python, "serve.py"], variables),
        "pyvenv.cfg, blanks and case": ([text(config, "  HOME   =   /opt/home/bin  \n"), other], [python, "serve.py"], variables),
        "pth names an archive": ([text(f"{SITE}/0.pth", "/opt/evil.zip\n"), ("opt/evil.zip", archive(), 0o644)], [python, "/srv/app/serve.py"], variables),
        "pth of a relative path": ([text(f"{SITE}/0.pth", "../../../more\n"), *hook("opt/venv/more")], [python, "/srv/app/serve.py"], variables),
        "pth in a directory that a pth names": ([text(f"{SITE}/0.pth", "import site; site.addsitedir('/opt/more')\n"), *hook("opt/more")], [python, "/srv/app/serve.py"], variables),
        "user site of HOME": ([text(config, "home = /usr/bin\n"), *hook("opt/user/.local/lib/python3.11/site-packages")], [python, "/srv/app/serve.py"], variables + ["HOME=/opt/user"]),
        "user site, usercustomize": ([text(config, "home = /usr/bin\n"), text("opt/user/.local/lib/python3.11/site-packages/usercustomize.py", SERVED)], [python, "/srv/app/serve.py"], variables + ["HOME=/opt/user"]),
        "checked hash that is never checked": ([(f"{SITE}/__pycache__/threadpoolctl.cpython-311.pyc", compiled(EVIL, stale, 3), 0o644)], [python, "--check-hash-based-pycs", "never", "/srv/app/serve.py"], variables),
        "bytecode with a row in RECORD": (
            [(f"{SITE}/__pycache__/threadpoolctl.cpython-311.pyc", compiled(EVIL, source), 0o644),
             text(f"{SITE}/{info.name}/RECORD", record + record_row("__pycache__/threadpoolctl.cpython-311.pyc", compiled(EVIL, source)) + "\n")],
            [python, "/srv/app/serve.py"], variables),
        "changed module, owned by another": (
            [*distribution("helper", ("threadpoolctl.py", module.decode())), text(f"{SITE}/{info.name}/RECORD", record.replace(row + "\n", ""))],
            [python, "/srv/app/serve.py"], variables),
        "distribution inside of another's directory": (
            [*distribution("helper", ("joblib/externals/hook.py", ""), ("lz4.py", hook()[0][1].decode()), site=f"{SITE}"),
             text(f"{SITE}/joblib/helper-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: joblib\nVersion: 1.4.2\n")],
            [python, "/srv/app/serve.py"], variables),
        "second metadata of the same version": (
            [*distribution("threadpoolctl", ("threadpoolctl/__init__.py", EVIL), version="3.6.0")], [python, "/srv/app/serve.py"], variables),
        "standard library module gone, another takes its place": (
            [(f"{LIBRARY}/.wh.colorsys.py", b"", 0o644), text("srv/app/serve.py", "import colorsys\n" + APP), *distribution("colorsys", ("colorsys.py", SERVED))],
            [python, "/srv/app/serve.py"], variables),
    }  # fmt: skip
