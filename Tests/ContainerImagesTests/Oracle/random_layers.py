"""Random layers, and what umoci, which reads them with Go's archive/tar, unpacks from them.

random_layers.py generate DIR COUNT SEED    writes DIR/N.tar for N from 0, to lie over base.tar; DIR/N-1.tar and more lie over that
random_layers.py unpack DIR N N N ...       writes DIR/N.txt, a line for each path, where umoci accepts the layers, or that they are cut off

A line is the hexadecimal path, a letter for the type, the numbers of owner and group, and what the type has: the octal mode, the
modification time, the size and the sha256 of a file, the hexadecimal target of a link; then extended attributes, in hexadecimal.
"""
import concurrent.futures, hashlib, io, json, os, random, shutil, stat, subprocess, sys

BLOCK = 512


def octal(value, width):
    return b"%0*o\0" % (width - 1, value)


def base256(value, width):
    return bytes([0x80]) + value.to_bytes(width - 1, "big")


def header(name, type=b"0", size=0, link=b"", magic=b"ustar\x0000", prefix=b"", mode=0o644, size_field=None, mtime=1700000000,
           extra=None, device=b"0000000\0", fields=None, checksum=None):
    """One block. `extra` replaces the bytes from 345 on, `fields` those of mode, owner, group and time, `checksum` sums the block."""
    size_field = octal(size, 12) if size_field is None else size_field
    mode_field, uid_field, gid_field, time_field = fields or (octal(mode, 8), octal(0, 8), octal(0, 8), octal(mtime, 12))
    h = name[:100].ljust(100, b"\0") + mode_field + uid_field + gid_field + size_field + time_field
    h += b" " * 8 + type + link[:100].ljust(100, b"\0") + magic + b"root".ljust(32, b"\0") + b"root".ljust(32, b"\0")
    h += device * 2
    rest = extra if extra is not None else prefix[:155]
    h = (h + rest).ljust(BLOCK, b"\0")[:BLOCK]
    if magic == b"\0" * 8:
        h = h[:257].ljust(BLOCK, b"\0")
    total = sum(h)
    if checksum == "signed": total = sum(x - 256 if x > 127 else x for x in h)
    written = {"wrong": b"%06o\0 " % (total + 1), "wide": b"%07o\0" % total, "blanks": b"%o" % total, "bare": b"%06o  " % total}
    return h[:148] + written.get(checksum, b"%06o\0 " % total).rjust(8) + h[156:]


def padded(data):
    return data + b"\0" * (-len(data) % BLOCK)


def record(key, value):
    body = b" " + key + b"=" + value + b"\n"
    size = len(body)
    while len(b"%d" % size) + len(body) != size:
        size = len(b"%d" % size) + len(body)
    return b"%d" % size + body


def pax(records, type=b"x", raw=b""):
    data = b"".join(record(k, v) for k, v in records) + raw
    return header(b"./PaxHeaders/x", type, len(data)) + padded(data)


def gnu(kind, name, tail=b"\0"):
    data = name + tail
    return header(b"././@LongLink", kind, len(data), magic=b"ustar  \0") + padded(data)


NAMES = [b"a", b"b", b"new", b"d/e", b"d/new", b"./c", b"/abs", b"d", b"d/", b"new/", b"l/x", b"s/t/u", b"x" * 90 + b"/y",
         b"caf\xe9", b"\xff/\xfe", b"caf\xc3\xa9", b"d/.wh.e", b".wh.a", b"d/.wh..wh..opq", b"with space", b"a//b2", b"new/./z",
         b"f" * 100, b"back\\slash", b"line\nfeed"]
ODD = [b"d/../up", b"..", b"new//", b"./", b"d/e/below", b"new\0tail", b".", b"", b"/", b"//abs2", b"./d/./e2", b"d//e", b"d/.", b"l/../a",
       b"a/b", b"l", b"l/", b"...", b".wh.d", b".wh.l", b".wh..wh.aufs", b".wh..wh.plnk/x", b"l/.wh.e", b"d/.wh..wh.orph", b".wh.d/", b"d/.wh.",
       b".wh..", b"\xc0\xae", b"\xed\xa0\x80", b"e\xcc\x81", b"\xc3\xa9", b"\x1f\x8b\x08", b"PK\3\4", b" lead", b"trail "]
LONG = [b"long/" + b"n" * 120, b"long/" + b"m" * 200 + b"/z", b"evil", b"d/evil", b"a", b"", b"evil\0hidden", b"dir/", b"d/./evil", b"/evil",
        b"x/" * 90 + b"y", b"n" * 255, b"n" * 256, b"d/.wh.e", b"../evil"]


def number(r, value, width):
    """A number as some writer, or nobody, writes it."""
    kind = r.randrange(40)
    if kind == 0: return b"\0" + octal(value, width - 1)
    if kind == 1: return base256(value, width)
    if kind == 2: return (b"%o" % value).rjust(width - 1) + b" "
    if kind == 3: return (b"%o" % value).ljust(width, b"\0")
    if kind == 4: return (b"%o\0007" % value).ljust(width, b"\0")
    if kind == 5: return b" " * width
    if kind == 6: return (b"%o" % value).ljust(width)
    if kind == 7: return b"-" + octal(value, width - 1)
    if kind == 8: return b"\xff" * (width - 1) + bytes([r.choice([0xff, 0xfe, 0])])
    if kind == 9: return r.choice([b"\x80" + b"\xff" * (width - 1), b"\xc0" + bytes(width - 1), b"\x81" + bytes(width - 1), b"\xff" + bytes(width - 1)])
    if kind == 10: return (b" \0%o" % value).ljust(width, b"\0")
    if kind == 11: return (b"%o" % value).rjust(width, r.choice([b"0", b" "]))
    if kind == 12: return (b"\t%o" % value).ljust(width, b"\0") if r.randrange(2) else (b"0x%x" % value).ljust(width, b"\0")
    if kind == 13: return (b"%o 1" % value).ljust(width, b"\0")
    if kind == 14: return b"\0" * width
    return octal(value, width)


def records(r, data):
    found = []
    for _ in range(r.choice([1, 1, 1, 2, 3])):
        key = r.choice(["path", "path", "linkpath", "size", "mtime", "mtime", "xattr", "realsize", "comment", "uid", "hdrcharset", "sparse",
                        "name", "unknown", "empty", "twice", "attributes", "times", "charset path", "dotted"])
        if key == "path": found.append((b"path", r.choice(NAMES + LONG)))
        elif key == "linkpath": found.append((b"linkpath", r.choice([b"a", b"b", b"d/e", b"/etc/x", b"../a", b"caf\xe9"])))
        elif key == "size": found.append((b"size", b"%d" % r.choice([len(data), 0, 512, 1024, 2048, 7, 1536])))
        elif key == "mtime": found.append((b"mtime", r.choice([b"1.5", b"-3", b"1700000001", b"1e3", b""])))
        elif key == "xattr": found.append((b"SCHILY.xattr.user.x", r.choice([b"v\0w", b"", b"z", b"a=b\n"])))
        elif key == "attributes":
            found.append(r.choice([
                (b"LIBARCHIVE.xattr.user.y", b"AAE="), (b"SCHILY.acl.access", b"user::rw-,group::r--,other::r--"), (b"SCHILY.fflags", b"nodump"),
                (b"SCHILY.xattr.security.capability", b"\1\0\0\2" + bytes(16)), (b"SCHILY.xattr.", b"nameless"), (b"SCHILY.xattr.user.caf\xe9", b"1"),
                (b"SCHILY.xattr.trusted.overlay.opaque", b"y"), (b"SCHILY.dev", b"1"), (b"SCHILY.ino", b"2"), (b"SCHILY.nlink", b"3"),
                (b"SCHILY.devmajor", b"1"), (b"uname", b"x" * 40), (b"gname", b""), (b"GNU.volume.label", b"v"), (b"RHT.security.selinux", b"c")]))
        elif key == "times": found.append((r.choice([b"atime", b"ctime", b"mtime"]), r.choice([b"1", b"1.999999999999", b"-1.5", b".5", b"5.", b"1,5", b"9" * 30, b" 1", b"+1"])))
        elif key == "charset path": found += [(b"hdrcharset", b"BINARY"), (b"path", b"caf\xe9x")]
        elif key == "dotted": found.append((b"path", r.choice([b"./a", b"d//e", b"/a", b"a/", b"d/.", b"d/e/", b"./", b"d/../a", b"a\0b", b"\xff"])))
        elif key == "realsize": found.append((b"SCHILY.realsize", b"%d" % r.choice([len(data), len(data) + 600, 3])))
        elif key == "comment": found.append((b"comment", b"hello"))
        elif key == "uid": found.append((r.choice([b"uid", b"gid"]), r.choice([b"0", b"7", b"-1", b"x", b"", b"007", b"1.5"])))
        elif key == "hdrcharset": found.append((b"hdrcharset", r.choice([b"BINARY", b"ISO-IR 10646 2000 UTF-8"])))
        elif key == "sparse": found += sparse(r, len(data))
        elif key == "name": found.append((b"GNU.sparse.name", r.choice([b"evil", b"d/evil"])))
        elif key == "unknown": found.append((r.choice([b"LIBARCHIVE.creationtime", b"RHT.security.selinux", b"X.y"]), b"1"))
        elif key == "empty": found.append((r.choice([b"path", b"size", b"linkpath"]), b""))
        else: found += [(b"path", b"one"), (b"path", b"two")]
    return found


def sparse(r, size):
    real = size + r.choice([0, 100, 600])
    kind = r.randrange(7)
    if kind == 0: return [(b"GNU.sparse.size", b"%d" % real), (b"GNU.sparse.numblocks", b"1"), (b"GNU.sparse.map", b"0,%d" % size)]
    if kind == 1:
        return [(b"GNU.sparse.size", b"%d" % real), (b"GNU.sparse.numblocks", b"1"), (b"GNU.sparse.offset", b"%d" % (real - size)),
                (b"GNU.sparse.numbytes", b"%d" % size)]
    if kind == 2:
        return [(b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"), (b"GNU.sparse.name", b"sp"),
                (b"GNU.sparse.realsize", b"%d" % real)]
    if kind == 3: return [(b"GNU.sparse.size", b"%d" % real)]
    if kind == 4: return [(b"GNU.sparse.major", b"2"), (b"GNU.sparse.minor", b"0")]
    if kind == 5: return [(b"GNU.sparse.map", b"0,%d" % size)]
    return [(b"GNU.sparse.realsize", b"%d" % real)]


def holes(r):
    """A sparse file in one of GNU's four forms, now and then with a number that is wrong."""
    pieces, at = [], 0
    for _ in range(r.choice([0, 1, 2, 3, 4, 5, 30])):
        at += r.choice([0, 512, 512, 1024])
        pieces.append((at, r.choice([512, 512, 1, 700])))
        at += pieces[-1][1]
    data = r.randbytes(sum(count for _, count in pieces))
    real = at + r.choice([0, 0, 512, 3])
    number_of = len(pieces) + (r.choice([1, -1]) if r.randrange(12) == 0 else 0)
    if r.randrange(12) == 0: real = r.choice([0, at // 2, at + (1 << 20)])
    if r.randrange(12) == 0 and pieces: pieces[-1] = (r.choice([0, at, at + 512]), pieces[-1][1])
    kind = r.randrange(4)
    flat = [n for piece in pieces for n in piece]
    if kind == 0:
        found = [(b"GNU.sparse.size", b"%d" % real), (b"GNU.sparse.numblocks", b"%d" % number_of)]
        for at, count in pieces: found += [(b"GNU.sparse.offset", b"%d" % at), (b"GNU.sparse.numbytes", b"%d" % count)]
        return pax(found) + header(b"sp", size=len(data)) + padded(data)
    if kind == 1:
        found = [(b"GNU.sparse.size", b"%d" % real), (b"GNU.sparse.numblocks", b"%d" % number_of), (b"GNU.sparse.name", b"sp1"),
                 (b"GNU.sparse.map", b",".join(b"%d" % n for n in flat))]
        return pax(found) + header(b"GNUSparseFile.0/sp1", size=len(data)) + padded(data)
    if kind == 2:
        stored = padded(b"".join(b"%d\n" % n for n in [number_of] + flat)) + data
        found = [(b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"), (b"GNU.sparse.name", b"d/sp2"),
                 (b"GNU.sparse.realsize", b"%d" % real)]
        return pax(found) + header(b"GNUSparseFile.0/sp2", size=len(stored)) + padded(stored)
    def row(some, width): return b"".join(octal(a, 12) + octal(c, 12) for a, c in some).ljust(width * 24, b"\0")
    rest = [pieces[i:i + 21] for i in range(4, len(pieces), 21)]
    extra = b"\0" * 41 + row(pieces[:4], 4) + (b"\1" if rest else b"\0") + octal(real, 12)
    blocks = b"".join((row(some, 21) + (b"\1" if i + 1 < len(rest) else b"\0")).ljust(BLOCK, b"\0") for i, some in enumerate(rest))
    return header(b"sp3", b"S", len(data), magic=b"ustar  \0", extra=extra) + blocks + padded(data)


def entry(r):
    if r.randrange(16) == 0: return holes(r)
    size = r.choice([0, 0, 5, 300, 512, 1024, 1700])
    data = r.randbytes(size) if r.randrange(3) else (b"\0" * size)
    if r.randrange(8) == 0:
        inner = header(b"evil-inner", size=4) + padded(b"evil")
        data = inner + data
    type = r.choice([b"0"] * 9 + [b"\0", b"\0", b"1", b"2", b"2", b"3", b"4", b"5", b"5", b"6", b"7", b"S", b"A", b"D", b"V"] + [b"X", b"M", b"N"][:r.randrange(9) == 0 and 3])
    name = r.choice(NAMES if r.randrange(12) else ODD)
    link = r.choice([b"a", b"d/e", b"b", b"../x", b"/a", b"caf\xe9", b"", b"new", b"d/new", b"l", b"l/e", b"./a", b"d//e", b"a/", b"d", b"/d/../a"]) if type in b"12" and type != b"\0" or r.randrange(9) == 0 else b""
    out = b""
    for _ in range(r.choice([0, 0, 0, 1, 1, 1, 2])):
        kind = r.randrange(10)
        if kind < 5:
            raw = r.choice([b"", b"\0", b"\n", b"7 a=b", b"99 a=b\n", b"06 a=b\n", b" 6 a=b\n", b"6 a=b\0", b"5 a=\n", b"5 =b\n", b"4 a\n", b"-6 a=b\n", b"+6 a=b\n",
                            b"8 a\0b=c\n", b"6\ta=b\n", b"7 a==b\n"]) if r.randrange(12) == 0 else b""
            out += pax(records(r, data), raw=raw)
        elif kind < 7: out += gnu(b"L", r.choice(LONG + NAMES), r.choice([b"\0", b"", b"\0\0"]))
        elif kind < 8: out += gnu(b"K", r.choice([b"a", b"d/e", b"k" * 150, b""]))
        else: out += pax(r.choice([[(b"comment", b"c")], [(b"path", b"global")], [(b"mtime", b"5")], [(b"size", b"0")],
                                  [(b"linkpath", b"a")], [(b"uid", b"9")], [(b"SCHILY.xattr.user.g", b"1")], [(b"GNU.sparse.name", b"x")], []]), b"g")
    magic = r.choice([b"ustar\x0000"] * 6 + [b"ustar  \0"] * 3 + [b"\0" * 8, b"ustar\x0099", b"ustar   "])
    prefix = r.choice([b"", b"", b"", b"", b"pre", b"pre/fix", b"p" * 140])
    extra = None
    if r.randrange(12) == 0: extra = prefix.ljust(163, b"\0") + b"tar\0"
    if r.randrange(40) == 0: extra = r.randbytes(r.choice([1, 20, 155, 167])) if r.randrange(2) else octal(5, 12) + octal(6, 12)
    if type == b"S" and r.randrange(3):
        magic = b"ustar  \0"
        at = r.choice([0, 512])
        extra = b"\0" * 41 + octal(at, 12) + octal(len(data), 12) + b"\0" * 72 + b"\0" + octal(at + len(data) + r.choice([0, 9]), 12)
    hasData = type in (b"0", b"\0", b"7", b"S", b"A", b"D", b"V") or r.randrange(4) == 0
    written = len(data) if hasData or r.randrange(3) == 0 else 0
    mode = r.choice([0o644, 0o755, 0o4755])
    fields = None
    if r.randrange(8) == 0:
        owner = r.choice([0, 0, 1000, 65534, 0o7777777])
        fields = (number(r, r.choice([mode, mode, 0o100644]), 8), number(r, owner, 8), number(r, owner, 8), number(r, 1700000000, 12))
        if r.randrange(6) == 0: fields = fields[:1] + (base256(1 << 24, 8), base256(1 << 22, 8)) + fields[3:]
        if r.randrange(12) == 0: fields = fields[:1] + (base256(r.choice([(1 << 32) - 1, 1 << 32, (1 << 32) + 5, 1 << 55]), 8),) + fields[2:]
    checksum = r.choice([None] * 60 + ["signed", "wrong", "wide", "blanks", "bare"])
    out += header(name, type, 0, link, magic, prefix, mode, number(r, written, 12), 1700000000, extra,
                  r.choice([b"0000000\0"] * 30 + [b"\0" * 8, b"x" * 8]), fields, checksum)
    return out + (padded(data) if hasData else b"")


def layer(r):
    out = b"".join(entry(r) for _ in range(r.choice([1, 1, 1, 2, 3])))
    if r.randrange(16) == 0: return out[:len(out) - r.randrange(min(600, len(out)))]
    return out + r.choice([b"\0" * 1024] * 6 + [b"", b"\0" * 10240, b"\0" * 1024 + b"junk", b"\0" * 300, b"\0" * 700, b"junk" * 128, b"\0" * 512, b"\0" * 512 + header(b"late") + b"\0" * 1024,
                                                b"\0" * 1024 + header(b"late") + b"\0" * 1024])


def stack(r):
    """Two or three layers of ordinary headers: whiteouts in any order, links to folders, files over folders, hard links."""
    names = [b"a", b"b", b"d", b"d/e", b"d/f", b"d/g", b"d/g/h", b"l", b"l/e", b"l/n", b"m", b"m/k", b"s", b"s/e"]
    for _ in range(r.choice([2, 2, 3])):
        out = b""
        for _ in range(r.choice([1, 3, 6, 10])):
            name, kind = r.choice(names), r.randrange(12)
            data = r.randbytes(r.choice([0, 3, 600]))
            if kind < 4: out += header(name, size=len(data), mode=r.choice([0o644, 0o755])) + padded(data)
            elif kind < 6: out += header(name + b"/", b"5", mode=r.choice([0o755, 0o700, 0o1777]))
            elif kind < 8: out += header(name, b"2", link=r.choice([b"d", b"d/g", b"../a", b"/d", b"a", b"gone", b".", b"m", b"/"]), mode=0o777)
            elif kind < 9: out += header(name, b"1", link=r.choice(names), mode=r.choice([0o644, 0o755]))
            elif kind < 11: out += header(os.path.join(os.path.dirname(name), b".wh." + os.path.basename(name)))
            else: out += header(os.path.join(r.choice([b"", b"d", b"l", b"m", b"d/g"]), b".wh..wh..opq"))
        yield out + b"\0" * 1024


def base():
    def file(name, data): return header(name, size=len(data)) + padded(data)
    return (file(b"a", b"lower a") + file(b"b", b"lower b") + header(b"d/", b"5", mode=0o755) + file(b"d/e", b"lower e")
            + header(b"l", b"2", link=b"d") + b"\0" * 1024)


def unpack(directory, number):
    work = os.path.join(directory, "work-%s" % number)
    blobs = os.path.join(work, "layout/blobs/sha256")
    os.makedirs(blobs)

    def blob(data):
        digest = hashlib.sha256(data).hexdigest()
        with open(os.path.join(blobs, digest), "wb") as f: f.write(data)
        return {"digest": "sha256:" + digest, "size": len(data)}

    names = ["base.tar", "%s.tar" % number] + ["%s-%d.tar" % (number, i) for i in (1, 2)]
    layers = [open(os.path.join(directory, name), "rb").read() for name in names if os.path.exists(os.path.join(directory, name))]
    oci = "application/vnd.oci.image."
    config = blob(json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {
        "type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(x).hexdigest() for x in layers]}}).encode())
    manifest = blob(json.dumps({"schemaVersion": 2, "config": dict(config, mediaType=oci + "config.v1+json"),
                                "layers": [dict(blob(x), mediaType=oci + "layer.v1.tar") for x in layers]}).encode())
    with open(os.path.join(work, "layout/index.json"), "w") as f:
        json.dump({"schemaVersion": 2, "manifests": [dict(manifest, mediaType=oci + "manifest.v1+json", annotations={
            "org.opencontainers.image.ref.name": "x"})]}, f)
    with open(os.path.join(work, "layout/oci-layout"), "w") as f: f.write('{"imageLayoutVersion":"1.0.0"}')
    done = subprocess.run(["umoci", "unpack", "--image", work + "/layout:x", work + "/bundle"], capture_output=True)
    if b"unexpected EOF" in done.stderr:
        with open(os.path.join(directory, "%s.txt" % number), "w") as f: f.write("cut off\n")
    if done.returncode == 0:
        with open(os.path.join(directory, "%s.txt" % number), "w") as f:
            f.write("".join(sorted(listing(os.path.join(work, "bundle/rootfs").encode()))))
    subprocess.run(["chmod", "-R", "u+rwX", work], capture_output=True)
    shutil.rmtree(work, ignore_errors=True)


def listing(root):
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            extended = "".join(
                " %s=%s" % (os.fsencode(key).hex(), os.getxattr(path, key, follow_symlinks=False).hex())
                for key in sorted(os.listxattr(path, follow_symlinks=False)) if key != "security.selinux")
            line = os.path.relpath(path, root).hex() + " "
            mode = "%d %d %o" % (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode))
            if stat.S_ISLNK(status.st_mode): line += "l " + os.readlink(path).hex()
            elif stat.S_ISDIR(status.st_mode): line += "d " + mode + extended
            elif stat.S_ISREG(status.st_mode):
                data = open(path, "rb").read()
                line += "f %s %d %d %s" % (mode, int(status.st_mtime_ns // 10**9), len(data), hashlib.sha256(data).hexdigest()) + extended
            else: line += "o"
            yield line + "\n"


def main():
    mode, directory, *rest = sys.argv[1:]
    if mode == "generate":
        with open(os.path.join(directory, "base.tar"), "wb") as f: f.write(base())
        for number in range(int(rest[0])):
            r = random.Random("%s/%d" % (rest[1], number))
            for i, data in enumerate(stack(r) if r.randrange(6) == 0 else [layer(r)]):
                with open(os.path.join(directory, "%d-%d.tar" % (number, i) if i else "%d.tar" % number), "wb") as f: f.write(data)
    else:
        with concurrent.futures.ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
            list(pool.map(lambda number: unpack(directory, number), rest))


if __name__ == "__main__": main()
