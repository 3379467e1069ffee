"""Attacks on the dynamic loader: libraries that are loaded in place of others, or besides them. They are compiled once."""

import shutil
import subprocess
import tempfile

from attack_images import SITE, laid, run, text

# Swift brings clang; a machine that builds Pinproof may have no gcc.
COMPILER = shutil.which("gcc") or "clang"
LIBRARIES = "usr/lib/x86_64-linux-gnu"
CODE = """#include <unistd.h>
#include <string.h>
#include <errno.h>
__attribute__((constructor)) static void start(void) {
    if (strncmp(program_invocation_short_name, "python", 6)) return;
    write(1, "served EVIL\\n", 12);
    _exit(0);
}
"""


def library(lab, soname, needed=""):
    """A library that says so when a Python loads it; `needed` names another one that it has loaded first."""
    kept = lab.kept / f"attack-{soname}-{needed}-2.so"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            words = [COMPILER, "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", kept, "-x", "c", "-", "-x", "none", f"-Wl,-soname,{soname}"]
            if needed:
                stub = f"{folder}/stub.so"
                run(COMPILER, "-shared", "-fPIC", "-o", stub, "-x", "c", "/dev/null", f"-Wl,-soname,{needed}")
                # ldconfig would list the honest copy by its own name: it lies where only this library looks.
                words += ["-Wl,--no-as-needed", stub, "-Wl,-rpath,/opt/real"]
            subprocess.run([str(word) for word in words], input=CODE, text=True, check=True, capture_output=True)
    return kept.read_bytes()


def cache(lab, root, files):
    """The loader's cache as ldconfig makes it with these files."""
    with laid(root, files):
        lab.enter(root, "/sbin/ldconfig", "-C", "/opt/cache.new")
    made = root / "opt/cache.new"
    data = made.read_bytes()
    made.unlink()
    return ("etc/ld.so.cache", data, 0o644)


def loader_table(lab, root, command, variables):
    """Name, files of one layer, command, variables."""
    evil = library(lab, "libevil.so")
    fake = library(lab, "libz.so.1", "libzreal.so.1")
    real = next(path for path in (root / LIBRARIES).glob("libz.so.1.*"))

    def replaced(folder):
        return [(f"{folder}/libz.so.1", fake, 0o644), ("opt/real/libzreal.so.1", real.read_bytes(), 0o644)]

    single = [("opt/evil/libevil.so", evil, 0o755)]
    moved = [*replaced("opt/evil"), text("etc/ld.so.conf.d/000-evil.conf", "/opt/evil\n")]
    tuned = replaced(f"{LIBRARIES}/glibc-hwcaps/x86-64-v2")
    unzipped = [("opt/real/libzreal.so.1", real.read_bytes(), 0o644)]
    openssl = "openssl_conf = a\n[a]\nengines = b\n[b]\nc = d\n[d]\nengine_id = e\ndynamic_path = /opt/evil/libevil.so\ninit = 1\n"
    return {
        "LD_PRELOAD": (single, command, variables + ["LD_PRELOAD=/opt/evil/libevil.so"]),
        "LD_PRELOAD of env": (single, ["env", "LD_PRELOAD=/opt/evil/libevil.so", *command], variables),
        "LD_AUDIT": (single, command, variables + ["LD_AUDIT=/opt/evil/libevil.so"]),
        "ld.so.preload": ([*single, text("etc/ld.so.preload", "/opt/evil/libevil.so\n")], command, variables),
        "LD_LIBRARY_PATH": (replaced("opt/evil"), command, variables + ["LD_LIBRARY_PATH=/opt/evil"]),
        "LD_LIBRARY_PATH of a shell": (replaced("opt/evil"), ["sh", "-c", "LD_LIBRARY_PATH=/opt/evil exec python3 serve.py"], variables),
        "LD_LIBRARY_PATH, glibc-hwcaps": (replaced("opt/evil/glibc-hwcaps/x86-64-v2"), command, variables + ["LD_LIBRARY_PATH=/opt/evil"]),
        "ld.so.conf.d and cache": ([*moved, cache(lab, root, moved)], command, variables),
        "glibc-hwcaps of the system": ([*tuned, cache(lab, root, tuned)], command, variables),
        "cache alone": ([*replaced("opt/evil"), cache(lab, root, moved)], command, variables),
        "system library replaced": ([(real.relative_to(root).as_posix(), fake, 0o644), *unzipped], command, variables),
        "system library linked elsewhere": (
            [(f"{LIBRARIES}/libz.so.1", ("link", "/opt/evil/libz.so.1"), 0o777), *replaced("opt/evil")], command, variables),
        "glibc-hwcaps of a wheel": hwcaps(lab, root),
        "extension with a search path of its own": extension(lab, root, command, variables),
        "OPENSSL_CONF": ([*single, text("opt/x.cnf", openssl), text("srv/app/serve.py", SSL)], command, variables + ["OPENSSL_CONF=/opt/x.cnf"]),
    }  # fmt: skip


SSL = "import ssl, joblib, threadpoolctl\nprint('served', threadpoolctl.__version__)\n"


def hwcaps(lab, root):
    """numpy's own libraries are found by RPATH; one in a glibc-hwcaps directory there goes before them."""
    libraries = "opt/random/lib/python3.11/site-packages/numpy.libs"
    name = next((root / libraries).glob("libgfortran*.so*")).name
    folder = f"{libraries}/glibc-hwcaps/x86-64-v2"
    files = [(f"{folder}/{name}", library(lab, name, "libfreal.so"), 0o755), ("opt/real/libfreal.so", (root / libraries / name).read_bytes(), 0o755)]
    return files, ["/opt/random/bin/python3", "/srv/random/serve.py"], ["PATH=/opt/random/bin:/usr/bin:/bin"]


def extension(lab, root, command, variables):
    """An extension module of the standard library replaced by one that needs a library of a directory of its own."""
    name = next((root / "usr/lib/python3.11/lib-dynload").glob("_json*.so")).name
    path = f"usr/lib/python3.11/lib-dynload/{name}"
    kept = lab.kept / "attack-extension.so"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            run(COMPILER, "-shared", "-fPIC", "-o", f"{folder}/libevil.so", "-x", "c", "/dev/null", "-Wl,-soname,libevil.so")
            run(
                COMPILER, "-shared", "-fPIC", "-o", kept, "-x", "c", "/dev/null", "-x", "none", "-Wl,--no-as-needed",
                f"{folder}/libevil.so", "-Wl,-rpath,/opt/evil",
            )  # fmt: skip
    code = text("srv/app/serve.py", "import json, joblib, threadpoolctl\nprint('served', threadpoolctl.__version__)\n")
    return [(path, kept.read_bytes(), 0o644), ("opt/evil/libevil.so", library(lab, "libevil.so"), 0o755), code], command, variables
