import Testing

@testable import ArchiveReading

/// Each construct of tar archives: read as Go's archive/tar reads it, or refused with its name and its offset.
struct TarConstructTests {
    struct Accepted: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let entries: [UInt8]
        let lines: [String]
        init(_ name: String, _ lines: [String], _ entries: [UInt8]) {
            (testDescription, self.lines, self.entries) = (name, lines, entries)
        }
    }

    private static let long = String(repeating: "n", count: 130)

    static let accepted: [Accepted] = [
        .init("ustar", ["file a x"], TarMaker.file("a", "x")),
        .init("ustar with a prefix", ["file p/q/a x"], TarMaker.file("a", "x") { $0.prefix = "p/q" }),
        .init("v7", ["file a x"], TarMaker.file("a", "x") { $0.magic = [] }),
        .init(
            "v7 directory", ["directory d"],
            TarMaker.header("d/") {
                $0.magic = []
                $0.type = 0
            }),
        .init("old GNU", ["file a x"], TarMaker.file("a", "x") { $0.magic = TarMaker.gnu }),
        .init(
            "old GNU with times", ["file a x"],
            TarMaker.file("a", "x") {
                $0.magic = TarMaker.gnu
                $0.raw = [(345, Array("14000000000\u{0}".utf8)), (357, Array("14000000000\u{0}".utf8))]
            }),
        .init("long name", ["file \(long) x"], TarMaker.long(long) + TarMaker.file("short", "x")),
        .init(
            "long target", ["link l -> \(long)"],
            TarMaker.long(long, link: true) + TarMaker.link("l", to: "short")),
        .init(
            "long name with two NULs", ["file ab x"], TarMaker.long("ab", tail: "\u{0}\u{0}") + TarMaker.file("s", "x")),
        .init("long name without NUL", ["file ab x"], TarMaker.long("ab", tail: "") + TarMaker.file("s", "x")),
        .init("pax path", ["file \(long) x"], TarMaker.pax(["path=\(long)"]) + TarMaker.file("short", "x")),
        .init("pax linkpath", ["link l -> \(long)"], TarMaker.pax(["linkpath=\(long)"]) + TarMaker.link("l", to: "s")),
        .init(
            "pax size", ["file a x"],
            TarMaker.pax(["size=1"]) + TarMaker.header("a") { $0.size = TarMaker.octal(1, 12) }
                + TarMaker.padded([0x78])),
        .init(
            "pax times and owner", ["file a x"],
            TarMaker.pax(["mtime=1.5", "uid=7", "gid=4294967294", "comment=c"]) + TarMaker.file("a", "x")),
        .init(
            "global header without consequence", ["file a x"],
            TarMaker.pax(["comment=c"], type: UInt8(ascii: "g")) + TarMaker.file("a", "x")),
        .init(
            "global headers of GNU tar, Go and Python", ["file a x"],
            TarMaker.global("/tmp/GlobalHead.4711.1") + TarMaker.global("GlobalHead.0.0")
                + TarMaker.global("././@PaxHeader") + TarMaker.file("a", "x")),
        .init(
            "base 256", ["file a x"],
            TarMaker.header("a") { $0.size = [0x80] + [UInt8](repeating: 0, count: 10) + [1] } + TarMaker.padded([0x78])
        ),
        .init("size of blanks", ["file a "], TarMaker.header("a") { $0.size = Array("            ".utf8) }),
        .init(
            "size with blanks around", ["file a x"],
            TarMaker.header("a") { $0.size = Array("          1 ".utf8) } + TarMaker.padded([0x78])),
        .init("symbolic link", ["link l -> ../a"], TarMaker.link("l", to: "../a")),
        .init(
            "hard link", ["file a x", "hard h = a"], TarMaker.file("a", "x") + TarMaker.link("h", to: "./a", hard: true)
        ),
        .init(
            "hard link with a size and no pax header", ["file a x", "hard h = a", "file b y"],
            TarMaker.file("a", "x")
                + TarMaker.header("h", size: 1) {
                    $0.type = UInt8(ascii: "1")
                    $0.link = "a"
                } + TarMaker.file("b", "y")),
        .init(
            "device", ["other dev/null character device 1:1", "other sda block device 0:0"],
            TarMaker.header("dev/null") {
                $0.type = UInt8(ascii: "3")
                $0.device = Array("0000001\u{0}".utf8)
            } + TarMaker.header("sda") { $0.type = UInt8(ascii: "4") }),
        .init("FIFO", ["other f FIFO"], TarMaker.header("f") { $0.type = UInt8(ascii: "6") }),
        .init(
            "absolute and dotted names", ["file a x", "file b y"], TarMaker.file("/a", "x") + TarMaker.file("./b", "y")),
        .init(
            "sparse 0.1", ["file a x\u{0}\u{0}"],
            TarMaker.pax(["GNU.sparse.size=3", "GNU.sparse.numblocks=1", "GNU.sparse.map=0,1"])
                + TarMaker.file("a", "x")),
        .init(
            "sparse 0.0", ["file a \u{0}x"],
            TarMaker.pax([
                "GNU.sparse.size=2", "GNU.sparse.numblocks=1", "GNU.sparse.offset=1", "GNU.sparse.numbytes=1",
            ]) + TarMaker.file("a", "x")),
        .init(
            "sparse 1.0", ["file s x\u{0}"],
            TarMaker.pax(["GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=s", "GNU.sparse.realsize=2"])
                + TarMaker.header("a", size: 513) + TarMaker.padded(Array("1\n0\n1\n".utf8)) + TarMaker.padded([0x78])),
        .init(
            "signed checksum", ["file \u{e9} x"],
            TarMaker.header("\u{e9}", size: 1) { fields in
                // Two bytes above 127 count 512 less.
                let plain = TarMaker.header("\u{e9}", size: 1)
                let sum = plain.enumerated().reduce(0) {
                    $0 + ((148..<156).contains($1.offset) ? 0x20 : Int(Int8(bitPattern: $1.element)))
                }
                fields.checksum = TarMaker.octal(sum, 7) + [0x20]
            } + TarMaker.padded([0x78])),
    ]

    @Test("what writers make is read", arguments: accepted)
    func reads(_ item: Accepted) throws {
        #expect(try Self.lines(item.entries + TarMaker.end) == item.lines)
    }

    private static func lines(_ bytes: [UInt8]) throws -> [String] {
        let tar = try tarReader(bytes)
        var lines: [String] = []
        while let entry = try tar.next() {
            switch entry.kind {
            case .file:
                lines.append("file \(entry.path) \(String(decoding: try tar.readData(limit: 1 << 20), as: UTF8.self))")
            case .directory: lines.append("directory \(entry.path)")
            case .symbolicLink(let target): lines.append("link \(entry.path) -> \(target)")
            case .hardLink(let target): lines.append("hard \(entry.path) = \(target)")
            case .other: lines.append("other \(entry.path) \(String(decoding: entry.rawTarget ?? [], as: UTF8.self))")
            }
        }
        return lines
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let reason: String
        let offset: Int
        let entries: [UInt8]
        init(_ name: String, _ reason: String, at offset: Int = 0, _ entries: [UInt8]) {
            (testDescription, self.reason, self.offset, self.entries) = (name, reason, offset, entries)
        }
    }

    private static func sized(_ size: [UInt8]) -> [UInt8] { TarMaker.header("a") { $0.size = size } }
    private static let victim = TarMaker.file("a", "x")

    static let refused: [Refused] = [
        .init("size that begins with NUL", "the size of a header", sized([0] + Array("0000000001 ".utf8))),
        .init(
            "size with a digit after its end", "the size of a header",
            sized(Array("1\u{0}7\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}".utf8))),
        .init("size with a sign", "the size of a header", sized(Array("-0000000001\u{0}".utf8))),
        .init("size in decimal", "the size of a header", sized(Array("00000000009\u{0}".utf8))),
        .init("negative base 256", "the size of a header", sized([UInt8](repeating: 0xFF, count: 12))),
        .init("base 256 too large", "the size of a header", sized([0x80] + [UInt8](repeating: 0xFF, count: 11))),
        .init("mode that is none", "the mode of a header", TarMaker.header("a") { $0.mode = Array("rw-r--r-".utf8) }),
        .init(
            "owner that is none", "the owner of a header",
            TarMaker.header("a") { $0.uid = Array("root\u{0}\u{0}\u{0}\u{0}".utf8) }),
        .init(
            "time that is none", "the modification time",
            TarMaker.header("a") { $0.time = Array("yesterday..\u{0}".utf8) }),
        .init(
            "device that is none", "the device of a header",
            TarMaker.header("a") { $0.device = Array("xxxxxxx\u{0}".utf8) }),
        .init(
            "pax size of a link", "a size of what is not a file", at: 1024,
            TarMaker.pax(["size=512"]) + TarMaker.link("l", to: "a") + victim),
        .init(
            "pax size of a directory", "a size of what is not a file", at: 1024,
            TarMaker.pax(["size=1024"]) + TarMaker.directory("d/") + victim),
        .init(
            "pax size of a hard link", "a hard link with a size", at: 2048,
            victim + TarMaker.pax(["size=512"]) + TarMaker.link("h", to: "a", hard: true)),
        .init(
            "pax path and long name", "a GNU long name together", at: 2048,
            TarMaker.pax(["path=b"]) + TarMaker.long("c") + victim),
        .init(
            "long name and pax path", "a GNU long name together", at: 2048,
            TarMaker.long("c") + TarMaker.pax(["path=b"]) + victim),
        .init(
            "long target and pax linkpath", "a GNU long name together", at: 2048,
            TarMaker.pax(["linkpath=b"]) + TarMaker.long("c", link: true) + TarMaker.link("l", to: "a")),
        .init("empty long name", "an empty GNU long name", TarMaker.long("", tail: "\u{0}") + victim),
        .init("long name of no bytes", "an empty GNU long name", TarMaker.long("", tail: "") + victim),
        .init("long name with a NUL", "an empty GNU long name", TarMaker.long("a\u{0}b") + victim),
        .init("two long names", "two GNU long names", at: 1024, TarMaker.long("b") + TarMaker.long("c") + victim),
        .init(
            "two pax headers", "two pax headers", at: 1024,
            TarMaker.pax(["mtime=1"]) + TarMaker.pax(["mtime=2"]) + victim),
        .init(
            "GNU header with a prefix", "a GNU header with a prefix",
            TarMaker.header("a") {
                $0.magic = TarMaker.gnu
                $0.prefix = "evil"
            }),
        .init(
            "GNU header with bytes at its end", "a GNU header with a prefix",
            TarMaker.header("a") {
                $0.magic = TarMaker.gnu
                $0.raw = [(400, Array("x".utf8))]
            }),
        .init(
            "star with a long prefix", "star format",
            TarMaker.header("a") {
                $0.prefix = String(repeating: "p", count: 140)
                $0.raw = [(508, Array("tar\u{0}".utf8))]
            }),
        .init("sparse name alone", "'GNU.sparse' records", at: 1024, TarMaker.pax(["GNU.sparse.name=b"]) + victim),
        .init(
            "sparse map of no pieces", "'GNU.sparse' records", at: 1024,
            TarMaker.pax(["GNU.sparse.size=3", "GNU.sparse.numblocks=0"]) + victim),
        .init("sparse size alone", "'GNU.sparse' records", at: 1024, TarMaker.pax(["GNU.sparse.size=9"]) + victim),
        .init(
            "sparse of a later format", "'GNU.sparse' records", at: 1024,
            TarMaker.pax(["GNU.sparse.major=2", "GNU.sparse.minor=0"]) + victim),
        .init(
            "sparse map with an odd count", "'GNU.sparse' records", at: 1024,
            TarMaker.pax(["GNU.sparse.size=9", "GNU.sparse.numblocks=1", "GNU.sparse.map=0"]) + victim),
        .init(
            "sparse map that overlaps", "overlap or leave", at: 1024,
            TarMaker.pax(["GNU.sparse.size=9", "GNU.sparse.numblocks=2", "GNU.sparse.map=4,1,0,1"]) + victim),
        .init(
            "sparse map beyond the file", "overlap or leave", at: 1024,
            TarMaker.pax(["GNU.sparse.size=1", "GNU.sparse.numblocks=1", "GNU.sparse.map=1,1"]) + victim),
        .init(
            "sparse map with the largest numbers", "overlap or leave", at: 1024,
            TarMaker.pax([
                "GNU.sparse.size=9", "GNU.sparse.numblocks=1", "GNU.sparse.map=9223372036854775807,9223372036854775807",
            ]) + victim),
        .init(
            "sparse map of other bytes", "its map 2", at: 1024,
            TarMaker.pax(["GNU.sparse.size=9", "GNU.sparse.numblocks=1", "GNU.sparse.map=0,2"]) + victim),
        .init(
            "sparse directory", "'GNU.sparse' records", at: 1024,
            TarMaker.pax(["GNU.sparse.size=0", "GNU.sparse.numblocks=1", "GNU.sparse.map=0,0"])
                + TarMaker.directory("d/")),
        .init("old sparse without GNU's magic", "not GNU's", TarMaker.header("a") { $0.type = UInt8(ascii: "S") }),
        .init("other real size", "'SCHILY.realsize'", at: 1024, TarMaker.pax(["SCHILY.realsize=9"]) + victim),
        .init("file with a slash", "name ends with a slash", TarMaker.file("a/", "x")),
        .init("contiguous file", "type 7", TarMaker.file("a", "x") { $0.type = UInt8(ascii: "7") }),
        .init("unknown type", "not read", TarMaker.file("a", "x") { $0.type = UInt8(ascii: "Z") }),
        .init("link without a target", "without a target", TarMaker.link("l", to: "")),
        .init("entry without a name", "without a name", TarMaker.header("")),
        .init("global whiteout", "a global header with a name", TarMaker.global("d/.wh.a") + victim),
        .init("global opaque", "a global header with a name", TarMaker.global(".wh..wh..opq/GlobalHead.1.1") + victim),
        .init("global name", "a global header with a name", TarMaker.global("a") + victim),
        .init("global name of none", "a global header with a name", TarMaker.global("") + victim),
        .init("global number", "a global header with a name", TarMaker.global("GlobalHead.1.") + victim),
        .init("global path", "a global header with 'path'", TarMaker.pax(["path=b"], type: UInt8(ascii: "g")) + victim),
        .init("global size", "a global header with 'size'", TarMaker.pax(["size=0"], type: UInt8(ascii: "g")) + victim),
        .init(
            "global header between headers", "a global header between", at: 1024,
            TarMaker.pax(["mtime=1"]) + TarMaker.pax(["comment=c"], type: UInt8(ascii: "g")) + victim),
        .init("path twice", "'path' twice", TarMaker.pax(["path=b", "path=c"]) + victim),
        .init("empty path", "an empty 'path'", TarMaker.pax(["path="]) + victim),
        .init("path with a NUL", "a name with a NUL", TarMaker.pax(["path=b\u{0}c"]) + victim),
        .init("pax size that is not a number", "not a plain number", at: 1024, TarMaker.pax(["size=+1"]) + victim),
        .init("pax owner that is not a number", "not a plain number", at: 1024, TarMaker.pax(["uid=-1"]) + victim),
        .init(
            "owner that leaves the file's", "an owner above 4294967294", at: 1024,
            TarMaker.pax(["uid=4294967295"]) + victim),
        .init("owner of 33 bits", "an owner above 4294967294", at: 1024, TarMaker.pax(["gid=4294967301"]) + victim),
        .init("pax time that is none", "is not a time", at: 1024, TarMaker.pax(["mtime=1e3"]) + victim),
        .init("pax access time that is none", "is not a time", at: 1024, TarMaker.pax(["atime=-1.5.5"]) + victim),
        .init("pax change time that is none", "is not a time", at: 1024, TarMaker.pax(["ctime=x"]) + victim),
        .init("record without a key", "has no key", TarMaker.rawPAX("6 =ab\n") + victim),
        .init("record that is too long", "not 'LENGTH KEY=VALUE'", TarMaker.rawPAX("99 a=b\n") + victim),
        .init("record without a line end", "not 'LENGTH KEY=VALUE'", TarMaker.rawPAX("6 a=bc") + victim),
        .init("record with a sign", "not 'LENGTH KEY=VALUE'", TarMaker.rawPAX("+7 a=bc\n") + victim),
        .init(
            "wrong checksum of a later entry", "the checksum of a header", at: 1024,
            victim + TarMaker.header("b") { $0.checksum = Array("0000001\u{0}".utf8) }),
        .init(
            "checksum that is none", "without a checksum", at: 1024,
            victim + TarMaker.header("b") { $0.checksum = Array("xxxxxxx\u{0}".utf8) }),
        .init(
            "one block of zeros between entries", "followed by something else", at: 1024,
            victim + [UInt8](repeating: 0, count: 512) + victim),
        .init("header without an entry", "without an entry", at: 1024, victim + TarMaker.pax(["path=b"])),
        .init("name that climbs", "points outside", TarMaker.file("../a", "x")),
        .init("hard link that climbs", "points outside", at: 1024, victim + TarMaker.link("h", to: "../a", hard: true)),
    ]

    @Test("what programs read differently is refused, with its place", arguments: refused)
    func refuses(_ item: Refused) {
        do {
            let lines = try Self.lines(item.entries + TarMaker.end)
            Issue.record("read as \(lines)")
        } catch let error as ArchiveReadingError {
            #expect(error.description.contains(item.reason), "\(error)")
            #expect(error.offset == item.offset, "\(error)")
        } catch { Issue.record("\(error)") }
    }

    @Test("a file that ends early is truncated at every length")
    func truncation() {
        let whole = TarMaker.pax(["path=\(Self.long)"]) + TarMaker.file("a", "hello") + TarMaker.end
        for length in stride(from: 1, to: whole.count - 1024, by: 61) {
            #expect(throws: ArchiveReadingError.self, "\(length)") { try Self.lines(Array(whole.prefix(length))) }
        }
    }

    @Test(
        "times are whole seconds, rounded down",
        arguments: [
            ("0", 0), ("1700000000", 1_700_000_000), ("1.5", 1), ("-1", -1), ("-1.5", -2), ("-1.0", -1), ("1.", 1),
        ])
    func times(_ text: String, _ seconds: Int) throws {
        let tar = try tarReader(TarMaker.pax(["mtime=\(text)"]) + TarMaker.file("a", "") + TarMaker.end)
        #expect(try tar.next()?.modified == seconds)
    }

    @Test("extended attributes, owners and modes")
    func metadata() throws {
        let tar = try tarReader(
            TarMaker.pax([
                "SCHILY.xattr.security.capability=\u{1}\u{0}x", "SCHILY.xattr.user.a=b", "uid=3000000", "gid=5",
            ])
                + TarMaker.file("a", "") { $0.mode = Array("0104755\u{0}".utf8) } + TarMaker.end)
        let entry = try #require(try tar.next())
        #expect(entry.attributes == ["security.capability": [1, 0, 0x78], "user.a": [0x62]])
        #expect(entry.uid == 3_000_000)
        #expect(entry.gid == 5)
        #expect(entry.mode == 0o4755)
        #expect(try tar.next() == nil)
        #expect(tar.endOffset > 0)
    }
}
