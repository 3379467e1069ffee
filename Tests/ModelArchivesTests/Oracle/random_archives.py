"""Random model archives, and the tree digests of what Python's tarfile and zipfile and GNU tar extract from them.

random_archives.py generate DIR COUNT SEED    writes DIR/N.tar and DIR/N.zip for N from 0
random_archives.py extract DIR NAME ...       writes DIR/NAME.python, and DIR/NAME.gnu of a tar archive, where it is extracted

The digest is that of docs/json.md: a line an entry, in byte order of the paths, hashed with sha256. zip archives have no modes that
Python would set, so their digest leaves the execute bit out, and empty directories.
"""
import hashlib, importlib.util, os, random, shutil, stat, struct, subprocess, sys, tarfile, tempfile, zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("random_layers", os.path.join(HERE, "../../ContainerImagesTests/Oracle/random_layers.py"))
layers = importlib.util.module_from_spec(spec)
spec.loader.exec_module(layers)
MODEL = b"flavors:\n  sklearn:\n    a: b\n"


def tar(r):
    if r.randrange(2):
        return layers.header(b"MLmodel", size=len(MODEL)) + layers.padded(MODEL) + layers.layer(r)
    # What a writer makes, and then one thing changed.
    out = layers.header(b"MLmodel", size=len(MODEL)) + layers.padded(MODEL)
    for i in range(r.randrange(1, 5)):
        name = r.choice([b"a", b"b", b"d/c", b"d/e/f", b"run.sh", b"n" * 120, b"caf\xc3\xa9"])
        data = r.randbytes(r.choice([0, 3, 512, 700]))
        kind = r.randrange(8)
        if len(name) > 100: out += r.choice([layers.gnu(b"L", name), layers.pax([(b"path", name)])])
        if kind == 0: out += layers.header(name, b"2", link=r.choice([b"MLmodel", b"a", b"gone", b"../MLmodel", b"d"]))
        elif kind == 1: out += layers.header(name, b"1", link=r.choice([b"MLmodel", b"a", b"./MLmodel"]))
        elif kind == 2: out += layers.header(name + b"/", b"5", mode=0o755)
        else: out += layers.header(name, size=len(data), mode=r.choice([0o644, 0o755, 0o600])) + layers.padded(data)
    out += b"\0" * 1024
    if r.randrange(3) == 0:
        at = r.randrange(len(out))
        out = out[:at] + bytes([r.randrange(256)]) + out[at + 1:]
    return out


def zipped(r, path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("MLmodel", MODEL)
        for i in range(r.randrange(1, 5)):
            name = r.choice(["a", "b", "d/c", "d/", "A", "caf\u00e9", "cafe\u0301", "back\\slash", "../x", "/abs", "d//e", "./f", "a/b", "nul\0x"])
            info = zipfile.ZipInfo(name)
            info.compress_type = r.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
            info.create_system = r.choice([0, 3])
            info.external_attr = r.choice([0, 0o100644, 0o100755, 0o120777, 0o040755, 0o010644]) << 16
            info.extra = r.choice([b"", b"", struct.pack("<HH4s", 0x7875, 4, b"abcd"), b"\1\0\4\0abcd", struct.pack("<HHBI", 0x7075, 9, 1, 0) + b"evil"])
            archive.writestr(info, r.randbytes(r.choice([0, 5, 300])))
    data = bytearray(open(path, "rb").read())
    for _ in range(r.choice([0, 0, 1, 1, 2])):
        kind = r.randrange(4)
        at = r.randrange(len(data))
        if kind == 0: data[at] = r.randrange(256)
        elif kind == 1: data[at:at] = r.randbytes(r.choice([1, 4, 30]))
        elif kind == 2: del data[at:at + r.choice([1, 4, 30])]
        else: data += r.choice([b"PK\5\6" + bytes(18), b"x", data[-22:]])
    with open(path, "wb") as file: file.write(data)


def digest(root, has_modes):
    lines = []
    for folder, folders, files in os.walk(root.encode()):
        for name in folders + files:
            path = os.path.join(folder, name)
            shown = os.path.relpath(path, root.encode())
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode): lines.append((shown, b"->\0" + os.readlink(path)))
            elif stat.S_ISDIR(status.st_mode):
                if has_modes and not os.listdir(path): lines.append((shown + b"/", b""))
            elif stat.S_ISREG(status.st_mode):
                rest = hashlib.sha256(open(path, "rb").read()).hexdigest().encode()
                lines.append((shown, rest + (b"\0x" if has_modes and status.st_mode & 0o100 else b"")))
            else: lines.append((shown, b"other"))
    return hashlib.sha256(b"".join(path + b"\0" + rest + b"\n" for path, rest in sorted(lines))).hexdigest()


def extract(directory, name):
    source = os.path.join(directory, name)
    ways = {"python": None, "gnu": ["tar", "-xf", source, "-C"]} if name.endswith(".tar") else {"python": None}
    for way, command in ways.items():
        with tempfile.TemporaryDirectory(dir=directory) as root:
            try:
                if command:
                    if subprocess.run(command + [root], capture_output=True, env={"LC_ALL": "C", "PATH": os.environ["PATH"]}).returncode: continue
                elif name.endswith(".tar"):
                    # The filter only keeps this test's machine safe: what leaves the directory is refused anyway.
                    with tarfile.open(source) as archive: archive.extractall(root, filter="tar")
                else:
                    with zipfile.ZipFile(source) as archive: archive.extractall(root)
            except Exception:
                continue
            with open(source + "." + way, "w") as file: file.write(digest(root, name.endswith(".tar")))


def main():
    mode, directory, *rest = sys.argv[1:]
    if mode == "generate":
        for number in range(int(rest[0])):
            r = random.Random("%s/%d" % (rest[1], number))
            with open(os.path.join(directory, "%d.tar" % number), "wb") as file: file.write(tar(r))
            zipped(r, os.path.join(directory, "%d.zip" % number))
    else:
        for name in rest: extract(directory, name)


if __name__ == "__main__": main()
