"""Random model archives, and the tree digests of what Python's tarfile and zipfile and GNU tar extract from them.

random_archives.py generate DIR COUNT SEED    writes DIR/N.tar and DIR/N.zip for N from 0
random_archives.py extract DIR NAME ...       writes DIR/NAME.python, and DIR/NAME.gnu of a tar archive, where it is extracted

The digest is that of docs/json.md: a line an entry, in byte order of the paths, hashed with sha256. zip archives have no modes that
Python would set, so their digest leaves the execute bit out, and empty directories.
"""
import bz2, gzip, hashlib, importlib.util, io, lzma, os, random, shutil, stat, struct, subprocess, sys, tarfile, tempfile, zipfile, zlib

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
        name = r.choice([b"a", b"b", b"d/c", b"d/e/f", b"run.sh", b"n" * 120, b"caf\xc3\xa9", b"cafe\xcc\x81", b"b\nd", b"d/\xcc\x81", b"x/.", b"./y", b"d/./z", b"q//r"])
        data = r.randbytes(r.choice([0, 3, 512, 700]))
        kind = r.randrange(10)
        if kind == 8:
            # An archive as data, which Python reads as headers where it takes the file for a directory.
            field, other = r.choice([b"x", b"x/", b""]), r.choice([b"a", b"d/", b"d/c", b"e"])
            data = r.choice([b"", b"", layers.header(b"evil", size=1) + layers.padded(b"x")])
            out += r.choice([b"", layers.gnu(b"L", other), layers.pax([(b"path", other)])])
            out += layers.header(field, b"\0", size=len(data), prefix=r.choice([b"", b"", b"p"]),
                                 magic=r.choice([b"ustar\x0000", b"ustar  \0", b"\0" * 8])) + layers.padded(data)
            continue
        if kind == 9:
            out += layers.header(name, size=len(data), magic=r.choice([b"ustar\x0000", b"ustar  \0", b"\0" * 8]),
                                 device=r.choice([b"0000000\0", b"\0" * 8, b" " * 8, b"zzzzzzzz", b"0000009\0"])) + layers.padded(data)
            continue
        if len(name) > 100: out += r.choice([layers.gnu(b"L", name), layers.pax([(b"path", name)])])
        if kind == 0: out += layers.header(name, b"2", link=r.choice([b"MLmodel", b"a", b"gone", b"../MLmodel", b"d", b"x\nb", b"../\xcc\x81", b"/\xcc\x81", b"cafe\xcc\x81"]))
        elif kind == 1: out += layers.header(name, b"1", link=r.choice([b"MLmodel", b"a", b"./MLmodel", b"caf\xc3\xa9", b"/MLmodel", b"MLmodel/", b"MLmodel/.", b".//MLmodel"]))
        elif kind == 2: out += layers.header(name + b"/", b"5", mode=0o755)
        else: out += layers.header(name, size=len(data), mode=r.choice([0o644, 0o755, 0o600])) + layers.padded(data)
    out += b"\0" * 1024
    if r.randrange(3) == 0:
        at = r.randrange(len(out))
        out = out[:at] + bytes([r.randrange(256)]) + out[at + 1:]
    return out


def compressed(r, data):
    """The archive in one stream or several, with what may stand in headers and after the end."""
    kind = r.randrange(4)
    at = r.choice([0, len(data), r.randrange(len(data)), r.randrange(len(data))])
    pieces = r.choice([[data], [data], [data[:at], data[at:]]])
    tail = r.choice([b""] * 6 + [b"\0" * 512, b"junk", b"\0\0" + gzip.compress(data), gzip.compress(b""), bz2.compress(data), lzma.compress(data)])
    if kind == 0: return b"".join(map(bz2.compress, pieces)) + tail
    if kind == 1: return b"".join(map(lzma.compress, pieces)) + tail
    out = b""
    for piece in pieces:
        flags = r.choice([0, 0, 4, 8, 16, 28, 2, 32])
        text = b"n" * r.choice([0, 3, 600])
        fields = (struct.pack("<H", len(text)) + text if flags & 4 else b"") + (text + b"\0" if flags & 8 else b"") + (text + b"\0" if flags & 16 else b"")
        head = b"\x1f\x8b\x08" + bytes([flags]) + b"\0\0\0\0\0\3" + fields
        if flags & 2: head += struct.pack("<H", (zlib.crc32(head) + r.choice([0, 0, 1])) & 0xFFFF)
        out += head + zlib.compress(piece, r.choice([0, 1, 9]))[2:-4] + struct.pack("<2I", zlib.crc32(piece), len(piece))
    return out + tail


class Forward(io.RawIOBase):
    """A stream that cannot go back, for which zipfile writes data descriptors."""
    def __init__(self): self.data = bytearray()
    def writable(self): return True
    def write(self, data):
        self.data += data
        return len(data)


def zipped(r, path):
    stream = Forward() if r.randrange(4) == 0 else io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("MLmodel", MODEL)
        if r.randrange(8) == 0: archive.comment = r.choice([b"c", b"PK\5\6" + bytes(18), b"x" * 300, b"PK\1\2", b"\0" * 22])
        for i in range(r.randrange(1, 5)):
            name = r.choice(["a", "b", "d/c", "d/", "A", "caf\u00e9", "cafe\u0301", "back\\slash", "../x", "/abs", "d//e", "./f", "a/b", "nul\0x", "C:/w", "d/../x", "MLMODEL", ".", "d/.", "\u212a", "k", "a ", "a.", "con", "\u202ex"])
            info = zipfile.ZipInfo(name)
            info.compress_type = r.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
            info.create_system = r.choice([0, 3])
            info.external_attr = r.choice([0, 0o100644, 0o100755, 0o120777, 0o040755, 0o010644]) << 16
            info.extra = r.choice([b"", b"", struct.pack("<HH4s", 0x7875, 4, b"abcd"), b"\1\0\4\0abcd", struct.pack("<HHBI", 0x7075, 9, 1, 0) + b"evil"])
            with archive.open(info, "w", force_zip64=r.randrange(6) == 0) as member: member.write(r.randbytes(r.choice([0, 5, 300])))
    data = bytearray(stream.data if isinstance(stream, Forward) else stream.getvalue())
    headers = [i for i in range(len(data) - 46) if data[i:i + 4] in (b"PK\1\2", b"PK\3\4")]
    for _ in range(r.choice([0, 0, 1, 1, 2])):
        kind = r.randrange(10)
        at = r.randrange(len(data))
        if kind == 0: data[at] = r.randrange(256)
        elif kind == 1: data[at:at] = r.randbytes(r.choice([1, 4, 30]))
        elif kind == 2: del data[at:at + r.choice([1, 4, 30])]
        elif kind in (4, 5) and headers:
            # One field of one header: flags, method, checksum, sizes, the first letter of the name, attributes, offset.
            start = r.choice(headers)
            is_central = data[start + 2] == 1
            field = r.choice([(8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (34, 2), (38, 4), (42, 4), (46, 1)] if is_central else
                             [(6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2), (30, 1)])
            value = r.choice([0, 1, 8, 0x800, 0xFFFFFFFF, r.randrange(1 << 16)]) & ((1 << 8 * field[1]) - 1)
            data[start + field[0]:start + field[0] + field[1]] = value.to_bytes(field[1], "little")
        elif kind == 6: data[0:0] = r.choice([b"#!/bin/sh\n", b"MZ", data[:], b"\0" * 512])
        elif kind == 7 and headers:
            # Both headers of one name, in bytes that are not UTF-8, or marked as such or not.
            for start in headers: data[start + (8 if data[start + 2] == 1 else 6) + 1] ^= 8
        elif kind == 8 and headers:
            # The flag of encryption in all headers.
            for start in headers: data[start + (8 if data[start + 2] == 1 else 6)] |= 1
        else: data += r.choice([b"PK\5\6" + bytes(18), b"x", data[-22:]])
    with open(path, "wb") as file: file.write(data)


def digest(root, has_modes):
    def escaped(text): return text.replace(b"\n", b"\n\0")
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
    return hashlib.sha256(b"".join(escaped(path) + b"\0" + escaped(rest) + b"\n" for path, rest in sorted(lines))).hexdigest()


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
            made = tar(r)
            with open(os.path.join(directory, "%d.tar" % number), "wb") as file: file.write(compressed(r, made) if r.randrange(4) == 0 else made)
            zipped(r, os.path.join(directory, "%d.zip" % number))
    else:
        for name in rest: extract(directory, name)


if __name__ == "__main__": main()
