import ArchiveReading
import Glibc
import TestSupport
import Testing

@testable import ModelArchives

/// Pieces of tar archives, written block by block.
enum Tar {
    static func header(
        _ name: String, size: Int = 0, type: String = "0", target: String = "", magic: String = "ustar\u{0}00",
        prefix: String = "", mode: String = "0000644\u{0}", sizeField: [UInt8]? = nil, device: String = ""
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Collection<UInt8>, at offset: Int) {
            for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
        }
        let octal = String(size, radix: 8)
        put(name.utf8, at: 0)
        put(mode.utf8, at: 100)
        put(sizeField ?? Array(String(repeating: "0", count: 11 - octal.count).utf8) + Array(octal.utf8), at: 124)
        put("00000000000".utf8, at: 136)
        put(type.utf8, at: 156)
        put(target.utf8, at: 157)
        put(magic.utf8, at: 257)
        put(device.utf8, at: 329)
        put(prefix.utf8, at: 345)
        put([UInt8](repeating: 0x20, count: 8), at: 148)
        let sum = block.reduce(0) { $0 + Int($1) }
        let text = String(sum, radix: 8)
        put((String(repeating: "0", count: 6 - text.count) + text + "\u{0} ").utf8, at: 148)
        return block
    }

    static func padded(_ data: String) -> [UInt8] {
        let bytes = Array(data.utf8)
        return bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    static func file(_ name: String, _ data: String, type: String = "0") -> [UInt8] {
        header(name, size: data.utf8.count, type: type) + padded(data)
    }

    static func pax(_ records: String..., type: String = "x") -> [UInt8] {
        let text = records.map { record in
            var length = record.utf8.count + 3
            while String(length).utf8.count + record.utf8.count + 2 != length { length += 1 }
            return "\(length) \(record)\n"
        }.joined()
        return header(type == "g" ? "pax_global_header" : "x", size: text.utf8.count, type: type) + padded(text)
    }

    static func long(_ name: String, type: String = "L") -> [UInt8] {
        header("././@LongLink", size: name.utf8.count, type: type, magic: "ustar  \u{0}") + padded(name)
    }

    static let end = [UInt8](repeating: 0, count: 1024)
    static let model = file("MLmodel", "flavors:\n  sklearn:\n    a: b\n")
}

/// Reads a model in a tar archive that begins with an MLmodel.
func readTar(_ entries: [UInt8]) throws -> Model {
    let folder = ModelFolder()
    return try ModelReader.read(path: folder.write("m.tar", Tar.model + entries + Tar.end))
}

private struct DisputedTar: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let entries: [UInt8]
    let reason: String
    init(_ name: String, _ reason: String, _ entries: [UInt8]) {
        (testDescription, self.reason, self.entries) = (name, reason, entries)
    }

    static let all: [DisputedTar] = [
        .init(
            "PAX size on a directory hides a file", "belongs to no file",
            Tar.pax("size=1024") + Tar.header("code/", type: "5") + Tar.file("code/i.py", "x")),
        .init(
            "PAX size on a symbolic link", "belongs to no file",
            Tar.pax("size=512") + Tar.header("l", type: "2", target: "a") + Tar.file("a", "x")),
        .init(
            "directory with a size", "not a file and has a size",
            Tar.header("d/", size: 512, type: "5") + Tar.file("a", "x")),
        .init(
            "hard link with a size", "not a file and has a size",
            Tar.header("h", size: 3, type: "1", target: "MLmodel") + Tar.padded("abc")),
        .init(
            "PAX path and GNU long name", "PAX path and a long name",
            Tar.pax("path=b") + Tar.long("c\u{0}") + Tar.file("a", "x")),
        .init(
            "PAX linkpath and GNU long target", "PAX linkpath and a long name",
            Tar.pax("linkpath=MLmodel") + Tar.long("MLmodel\u{0}", type: "K") + Tar.header("l", type: "2", target: "x")),
        .init("empty long name", "long name", Tar.long("\u{0}") + Tar.file("a", "x")),
        .init("long name without its end", "long name", Tar.long("b") + Tar.file("a", "x")),
        .init("two long names", "long name", Tar.long("b\u{0}") + Tar.long("c\u{0}") + Tar.file("a", "x")),
        .init("two PAX headers", "two PAX headers", Tar.pax("mtime=1") + Tar.pax("path=b") + Tar.file("a", "x")),
        .init("a key twice", "twice", Tar.pax("path=b", "path=c") + Tar.file("a", "x")),
        .init("sparse name without a map", "GNU.sparse.name", Tar.pax("GNU.sparse.name=b") + Tar.file("a", "x")),
        .init("real size", "SCHILY.realsize", Tar.pax("SCHILY.realsize=9") + Tar.file("a", "x")),
        .init("character set", "hdrcharset", Tar.pax("hdrcharset=BINARY") + Tar.file("a", "x")),
        .init("global path", "global PAX header", Tar.pax("path=b", type: "g") + Tar.file("a", "x")),
        .init("empty PAX path", "no proper value", Tar.pax("path=") + Tar.file("a", "x")),
        .init(
            "damaged PAX record", "PAX header is damaged",
            Tar.header("x", size: 8, type: "x") + Tar.padded("99 a=b\n.") + Tar.file("a", "x")),
        .init(
            "GNU header with a prefix", "GNU header has a prefix", Tar.header("a", magic: "ustar  \u{0}", prefix: "d")),
        .init("file name with a slash", "ends in a slash", Tar.file("a/", "x")),
        .init(
            "size that begins with NUL", "not a number that all",
            Tar.header("a", sizeField: [0] + Array("0000000001".utf8)) + Tar.padded("x")),
        .init(
            "negative size", "not a number that all", Tar.header("a", sizeField: [UInt8](repeating: 0xFF, count: 12))),
        .init(
            "device numbers that are none, after which Python sees nothing", "device numbers",
            Tar.header("a", magic: "", device: "zzzzzzz") + Tar.file("hidden", "x")),
        .init("contiguous file", "type 7", Tar.file("a", "x", type: "7")),
        .init("unknown type", "type Z", Tar.file("a", "x", type: "Z")),
        .init("name with a tail", "goes on after its end", Tar.file("a\u{0}b", "x")),
        .init("entry after the end", "after the end", Tar.end + Tar.file("a", "x")),
        .init(
            "entry after one block of zeros", "after the end", [UInt8](repeating: 0, count: 512) + Tar.file("a", "x")),
        .init("header without an entry", "header without an entry", Tar.pax("path=b")),
        .init("link without a target", "no target", Tar.header("l", type: "2")),
        .init(
            "hard link with another mode", "another mode than its file",
            Tar.header("h", type: "1", target: "MLmodel", mode: "0000755\u{0}")),
        .init("hard link to nothing", "leads to no file", Tar.header("h", type: "1", target: "nothing")),
        .init(
            "hard link to a link", "leads to no file",
            Tar.header("l", type: "2", target: "MLmodel") + Tar.header("h", type: "1", target: "l")),
        .init("absolute link", "points outside", Tar.header("l", type: "2", target: "/etc/passwd")),
        .init("link out", "points outside", Tar.header("l", type: "2", target: "../x")),
        .init(
            "chain of links out", "points outside",
            Tar.header("d/s", type: "2", target: "..") + Tar.header("e", type: "2", target: "d/s/../../x")),
        .init(
            "links in a circle", "points outside",
            Tar.header("a", type: "2", target: "b") + Tar.header("b", type: "2", target: "a")),
        .init("file below a link", "below a link", Tar.header("d", type: "2", target: "e") + Tar.file("d/f", "x")),
        .init(
            "directory and file of one name", "is a directory, and also",
            Tar.header("d/", type: "5") + Tar.file("d", "x")),
        .init(
            "file and directory of one name", "is a directory, and also",
            Tar.file("d", "x") + Tar.header("d/", type: "5")),
        .init(
            "directory and link of one name", "is a directory, and also",
            Tar.header("d/", type: "5") + Tar.header("d", type: "2", target: "MLmodel")),
        .init("file below a file", "below a link or a file", Tar.file("d", "x") + Tar.file("d/f", "x")),
    ]
}

@Test("a tar archive that programs read differently is not a model", arguments: DisputedTar.all)
private func disputedTarIsRefused(_ disputed: DisputedTar) {
    do {
        let model = try readTar(disputed.entries)
        Issue.record("read as \(model.files.map(\.path))")
    } catch { #expect("\(error)".contains(disputed.reason), "\(error)") }
}

@Test("every known construct that real archives have is read")
func ordinaryTarsAreRead() throws {
    let long = String(repeating: "n", count: 150)
    let entries: [[UInt8]] = [
        Tar.pax("path=\(long)", "mtime=1.5", "SCHILY.xattr.user.x=1") + Tar.file("short", "x"),
        Tar.long(long + "\u{0}") + Tar.file("short", "x"), Tar.pax("comment=c", type: "g") + Tar.file("a", "x"),
        Tar.header("d", type: "\u{0}", magic: "") + [], Tar.header("d/", type: "\u{0}", magic: ""),
        Tar.header("f", prefix: "deep/er"), Tar.pax("size=1") + Tar.file("a", "x"),
        Tar.header("a", sizeField: [0x80] + [UInt8](repeating: 0, count: 10) + [1]) + Tar.padded("x"),
        Tar.header("h", type: "1", target: "./MLmodel"), Tar.header("l", type: "2", target: "nowhere"),
        Tar.header("d/l", type: "2", target: "../MLmodel"),
    ]
    for entry in entries { _ = try readTar(entry) }
    #expect(try readTar(entries[0]).files.map(\.path) == ["MLmodel", long])
    #expect(try readTar(entries[5]).files.map(\.path) == ["MLmodel", "deep/er/f"])
    #expect(try readTar(entries[10]).files.map(\.path) == ["MLmodel", "d/l"])
}

@Test("the tree digest covers names, types, contents, the execute bit and the targets of links")
func treeDigestCovers() throws {
    let variants: [[UInt8]] = [
        [], Tar.file("a", "x"), Tar.file("a", "y"), Tar.file("b", "x"), Tar.header("a", mode: "0000755\u{0}"),
        Tar.header("a"), Tar.header("a", type: "2", target: "b"), Tar.header("a", type: "2", target: "c"),
        Tar.header("a", type: "2", target: "MLmodel"), Tar.header("a", type: "1", target: "MLmodel"),
        Tar.header("a/", type: "5"), Tar.header("b/", type: "5"),
        Tar.header("a/", type: "5") + Tar.header("b/", type: "5"),
    ]
    let digests = try variants.map { try readTar($0).treeDigest }
    #expect(Set(digests).count == variants.count)
    // A directory that holds something is in the paths of what it holds.
    #expect(
        try readTar(Tar.header("d/", type: "5") + Tar.file("d/a", "x")).treeDigest
            == readTar(Tar.file("d/a", "x")).treeDigest
    )
}

@Test("every format of GNU tar and Python gives the model of the directory")
func realTarsAreOneModel() throws {
    let folder = ModelFolder()
    let script = """
        set -e
        cd '\(folder.path)'
        mkdir -p m/code m/empty
        printf 'flavors:\\n  sklearn:\\n    a: b\\n' > m/MLmodel
        echo x > m/code/run.sh; chmod 755 m/code/run.sh
        ln -s code/run.sh m/start; ln -s nowhere m/gone; ln m/code/run.sh m/same
        for f in v7 oldgnu gnu ustar posix; do tar --format=$f -cf $f.tar m; done
        touch 'm/\(String(repeating: "n", count: 120))'
        for f in oldgnu gnu posix; do tar --format=$f -cf long-$f.tar m; done
        python3 - <<'END'
        import tarfile
        for name in ('GNU', 'PAX'):
            with tarfile.open(f'python-{name}.tar', 'w', format=getattr(tarfile, name + '_FORMAT')) as tar: tar.add('m')
        END
        """
    let file = folder.write("make.sh", Array(script.utf8))
    #expect(system("sh '\(file)'") == 0)
    let whole = try ModelReader.read(path: "\(folder.path)/m").treeDigest
    for name in ["long-oldgnu", "long-gnu", "long-posix", "python-GNU", "python-PAX"] {
        #expect(try ModelReader.read(path: "\(folder.path)/\(name).tar").treeDigest == whole, "\(name)")
    }
    let short = try ModelReader.read(path: "\(folder.path)/v7.tar").treeDigest
    #expect(short != whole)
    for name in ["oldgnu", "gnu", "ustar", "posix"] {
        #expect(try ModelReader.read(path: "\(folder.path)/\(name).tar").treeDigest == short, "\(name)")
    }
}

@Test("a symbolic link in a zip archive is a file to Python and a link to unzip")
func linkInAZipIsRefused() throws {
    let folder = ModelFolder()
    let script = """
        import zipfile
        with zipfile.ZipFile('\(folder.path)/m.zip', 'w') as z:
            z.writestr('MLmodel', 'flavors:\\n  sklearn:\\n    a: b\\n')
            link = zipfile.ZipInfo('link'); link.create_system = 3; link.external_attr = 0o120777 << 16
            z.writestr(link, 'MLmodel')
        """
    let file = folder.write("make.py", Array(script.utf8))
    #expect(system("python3 '\(file)'") == 0)
    #expect(throws: ModelReadingError.self) { try ModelReader.read(path: "\(folder.path)/m.zip") }
}

/// Files whose first block has the checksum of a tar header, though their first bytes announce something else: GNU tar and, of
/// files without compression, Python's `tarfile` extract other files than the readers of those formats see.
@Test("a file that is a tar archive besides what it is, is refused", arguments: ["gzip", "zip", "pickle", "signed"])
func tarInDisguiseIsRefused(kind: String) throws {
    let folder = ModelFolder()
    let script = #"""
        import io, struct, sys, tarfile, zlib
        def tar(*files):
            out = io.BytesIO()
            with tarfile.open(fileobj=out, mode='w', format=tarfile.USTAR_FORMAT) as t:
                for name, data in files:
                    info = tarfile.TarInfo(name)
                    info.size = len(data)
                    t.addfile(info, io.BytesIO(data))
            return out.getvalue()
        def first(name, magic=b'ustar\x0000', signed=False):
            h = name.ljust(100, b'\0') + b'0000644\0' + b'0000000\0' * 2 + b'00000000000\0' * 2 + b' ' * 8 + b'0' + b'\0' * 100
            h = (h + magic).ljust(512, b'\0')
            total = sum(x - 256 if signed and x > 127 else x for x in h)
            return h[:148] + b'%06o\0 ' % total + h[156:]
        MODEL = b'flavors:\n  sklearn:\n    a: b\n'
        kind = sys.argv[1]
        evil = tar(('MLmodel', MODEL), ('model.txt', b'evil'))
        if kind == 'gzip':
            # The tar archive is the extra field of the header.
            honest = tar(('MLmodel', MODEL), ('model.txt', b'honest'))
            c = zlib.compressobj(9, zlib.DEFLATED, -15)
            body = c.compress(honest) + c.flush() + struct.pack('<II', zlib.crc32(honest), len(honest))
            data = first(b'\x1f\x8b\x08\x04\0\0\0\0\0\3' + struct.pack('<H', 500 + len(evil))) + evil + body
        elif kind == 'zip':
            # A stored member: its header is the name of the first entry, its data are the rest of the tar archive.
            data = first(struct.pack('<4s5H3I2H', b'PK\3\4', 20, 8, 0, 0, 33, 0, 0, 0, 1, 0) + b'x') + evil
            member = data[31:]
            sums = struct.pack('<3I', zlib.crc32(member), len(member), len(member))
            data += b'PK\7\x08' + sums
            second = len(data)
            sums2 = struct.pack('<3I', zlib.crc32(MODEL), len(MODEL), len(MODEL))
            data += struct.pack('<4s5H', b'PK\3\4', 20, 0, 0, 0, 33) + sums2 + struct.pack('<2H', 7, 0) + b'MLmodel' + MODEL
            start = len(data)
            for name, flags, values, offset in [(b'x', 8, sums, 0), (b'MLmodel', 0, sums2, second)]:
                data += struct.pack('<4s6H', b'PK\1\2', 20, 20, flags, 0, 0, 33) + values
                data += struct.pack('<5H2I', len(name), 0, 0, 0, 0, 0, offset) + name
            data += struct.pack('<4s4H2IH', b'PK\5\6', 0, 0, 2, 2, len(data) - start, start, 0)
        else:
            # PROTO 2, a string of bytes that is dropped, None: what pickle.load reads of it.
            data = first(b'\x80\2T' + struct.pack('<I', 505 + len(evil)) + b'\xff' * 20, b'', kind == 'signed') + evil + b'0N.'
        open('m', 'wb').write(data)
        """#
    _ = folder.write("make.py", Array(script.utf8))
    #expect(system("cd '\(folder.path)' && python3 make.py \(kind)") == 0)
    #expect(system("cd '\(folder.path)' && tar -tf m 2>/dev/null | grep -qx model.txt") == 0)
    let error = #expect(throws: ModelReadingError.self) { try ModelReader.read(path: "\(folder.path)/m") }
    if kind == "gzip" || kind == "zip" { #expect(error?.description.contains("tar archive") == true) }
}
