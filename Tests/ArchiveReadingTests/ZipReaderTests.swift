import EnvironmentInventory
import TestSupport
import Testing

@testable import ArchiveReading

private typealias Member = ZipMaker.Member

private func fileView(_ bytes: [UInt8], limits: ReadingLimits = ReadingLimits()) throws -> [String] {
    try listing(ZipReader(bytes: bytes, name: "test.zip", limits: limits))
}

private func streamView(
    _ bytes: [UInt8], step: Int = 100_000, limits: ReadingLimits = ReadingLimits()
) throws -> [String] {
    try listing(ZipReader(stream: DrippingByteSource(bytes, step: step), limits: limits))
}

struct Sound: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    init(_ name: String, _ maker: ZipMaker) {
        testDescription = name
        bytes = maker.bytes()
    }

    static let all = [
        Sound("one stored member", ZipMaker([Member("a.txt")])),
        Sound("one deflated member", ZipMaker([Member("a.txt") { $0.isDeflated = true }])),
        Sound(
            "folders",
            ZipMaker([
                Member("d/") {
                    $0.data = []; $0.mode = 0o040755
                }, Member("d/a"), Member("e/b"),
            ])),
        Sound("no members", ZipMaker([])),
        Sound("an empty member", ZipMaker([Member("a") { $0.data = [] }, Member("b")])),
        Sound("a comment", ZipMaker([Member("a")]) { $0.comment = Array("made by hand".utf8) }),
        Sound("a marked UTF-8 name", ZipMaker([Member("modèle/données.txt")])),
        Sound("a zip64 end", ZipMaker([Member("a")]) { $0.zip64End = true }),
        Sound(
            "a saturated zip64 end",
            ZipMaker([Member("a")]) {
                $0.zip64End = true; $0.saturated = true
            }),
        Sound("a stored descriptor", ZipMaker([Member("a") { $0.descriptor = (true, false) }, Member("b")])),
        Sound(
            "a deflated descriptor",
            ZipMaker([
                Member("a") {
                    $0.isDeflated = true; $0.descriptor = (true, false)
                }, Member("b"),
            ])),
        Sound(
            "a wide descriptor",
            ZipMaker([
                Member("a") {
                    $0.descriptor = (true, true)
                    $0.localExtra = [1, 0, 16, 0] + [UInt8](repeating: 0, count: 16)
                    $0.localSize = 0
                }, Member("b"),
            ])),
        Sound("a descriptor, and a size that was known before", .streamed(size: 5)),
        Sound("alignment padding", ZipMaker([Member("a") { $0.localExtra = [0x46, 0x42, 3, 0, 90, 90, 90] }])),
        Sound("a leading dot", ZipMaker([Member("./a"), Member("./b/c")])),
    ]
}

@Test(arguments: Sound.all)
func zipIsReadTheSameAsFileAndAsStream(_ sound: Sound) throws {
    let lines = try fileView(sound.bytes)
    #expect(try streamView(sound.bytes) == lines)
    #expect(try streamView(sound.bytes, step: 7) == lines)
}

@Test(arguments: Sound.all)
func zipCutAnywhereIsRefused(_ sound: Sound) {
    for count in 0..<sound.bytes.count {
        let cut = Array(sound.bytes.prefix(count))
        #expect(throws: ArchiveReadingError.self) { try fileView(cut) }
        #expect(throws: ArchiveReadingError.self) { try streamView(cut) }
    }
}

struct Hostile: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    /// A part of the reason that a reader of the file gives.
    let reason: String
    init(_ name: String, _ reason: String, _ maker: ZipMaker) {
        testDescription = name
        bytes = maker.bytes()
        self.reason = reason
    }

    static let names: [Hostile] = [
        Hostile("control character", "control character", ZipMaker([Member("a"), Member("a\n")])),
        Hostile("slip", "points outside", ZipMaker([Member("../evil")])),
        Hostile("slip in the middle", "points outside", ZipMaker([Member("a/../../evil")])),
        Hostile("slip to a sibling", "points outside", ZipMaker([Member("a/../b")])),
        Hostile("absolute", "points outside", ZipMaker([Member("/etc/passwd")])),
        Hostile("backslash", "a backslash", ZipMaker([Member("..\\evil")])),
        Hostile("inner backslash", "a backslash", ZipMaker([Member("a\\b")])),
        Hostile(
            "checksum of no bytes", "the checksum of other bytes",
            ZipMaker([Member("b") { $0.makeEmptyWithChecksum() }])),
        Hostile("drive", "points outside", ZipMaker([Member("C:/evil")])),
        Hostile("drive without a slash", "points outside", ZipMaker([Member("c:evil")])),
        Hostile("share", "a backslash", ZipMaker([Member("\\\\host\\share")])),
        Hostile("only dots", "points outside", ZipMaker([Member("./.")])),
        Hostile("no name", "no name", ZipMaker([Member("")])),
        Hostile("NUL in a name", "NUL", ZipMaker([Member("a\u{0}b")])),
        Hostile("long name", "4096", ZipMaker([Member(String(repeating: "a/", count: 2100) + "b")])),
        Hostile("deep name", "64 directories", ZipMaker([Member(String(repeating: "a/", count: 70) + "b")])),
        Hostile("unmarked name", "not marked as UTF-8", ZipMaker([Member("é") { $0.flags = 0 }])),
        Hostile(
            "name that is not UTF-8", "not marked as UTF-8",
            ZipMaker([
                Member("x") {
                    $0.name = [0xFF, 0xFE]; $0.flags = 0x800
                }
            ])),
        Hostile("twice", "there twice", ZipMaker([Member("a"), Member("a")])),
        Hostile("twice by a dot", "there twice", ZipMaker([Member("a"), Member("./a")])),
        Hostile("twice by a slash", "there twice", ZipMaker([Member("b/a"), Member("b//a")])),
        Hostile("case", "case or Unicode", ZipMaker([Member("MLmodel"), Member("mlmodel")])),
        Hostile("case beyond ASCII", "case or Unicode", ZipMaker([Member("É"), Member("é")])),
        Hostile("sharp s", "case or Unicode", ZipMaker([Member("straße"), Member("STRASSE")])),
        Hostile("Unicode form", "case or Unicode", ZipMaker([Member("\u{E9}"), Member("e\u{301}")])),
        Hostile("file under a file", "lies in a file", ZipMaker([Member("a"), Member("a/b")])),
        Hostile("file over a folder", "a file and a directory", ZipMaker([Member("a/b"), Member("a")])),
        Hostile(
            "second name in an extra field", "two different names",
            ZipMaker([Member("a") { $0.centralExtra = [0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, 98] }])),
    ]

    static let kinds: [Hostile] = [
        Hostile("symbolic link", "symbolic link", ZipMaker([Member("a") { $0.mode = 0o120777 }])),
        Hostile("device", "not a regular file", ZipMaker([Member("a") { $0.mode = 0o020666 }])),
        Hostile("FIFO", "not a regular file", ZipMaker([Member("a") { $0.mode = 0o010666 }])),
        Hostile("folder without a slash", "not a regular file", ZipMaker([Member("a") { $0.mode = 0o040755 }])),
        Hostile("folder with data", "has data", ZipMaker([Member("a/") { $0.mode = 0 }])),
        Hostile("encrypted", "encrypted", ZipMaker([Member("a") { $0.flags = 1 }])),
        Hostile("strongly encrypted", "encrypted", ZipMaker([Member("a") { $0.flags = 0x41 }])),
        Hostile("masked", "encrypted", ZipMaker([Member("a") { $0.flags = 0x2000 }])),
    ]

    static let disagreements: [Hostile] = [
        Hostile("other local name", "disagree on the name", ZipMaker([Member("a") { $0.localName = [98] }])),
        Hostile("other local flags", "disagree on the flags", ZipMaker([Member("a") { $0.localFlags = 2 }])),
        Hostile("other local method", "disagree on the method", ZipMaker([Member("a") { $0.localMethod = 8 }])),
        Hostile("other local size", "disagree on the sizes", ZipMaker([Member("a") { $0.localSize = 4 }])),
        Hostile("other local checksum", "disagree on the checksum", ZipMaker([Member("a") { $0.localChecksum = 1 }])),
        Hostile("wrong checksum in the directory", "disagree", ZipMaker([Member("a") { $0.centralChecksum = 1 }])),
        Hostile(
            "wrong checksum in both", "CRC",
            ZipMaker([
                Member("a") {
                    $0.centralChecksum = 1; $0.localChecksum = 1
                }
            ])),
        Hostile(
            "too short a size in both", "wrong size",
            ZipMaker([
                Member("a") {
                    $0.isDeflated = true; $0.centralSize = 4; $0.localSize = 4
                }
            ])),
        Hostile(
            "descriptor that disagrees", "data descriptor",
            ZipMaker([
                Member("a") {
                    $0.descriptor = (true, false); $0.centralChecksum = 7
                }, Member("b"),
            ])),
        Hostile(
            "no descriptor where flagged", "disagree on the sizes",
            ZipMaker([
                Member("a") {
                    $0.flags = 8; $0.localSize = 0; $0.localChecksum = 0
                }, Member("b"),
            ])),
        Hostile("another size in front of a descriptor", "disagree on the sizes", .streamed(size: 4)),
        Hostile("stored, with a descriptor behind", "disagree on the sizes", .streamed(size: 5, isDeflated: false)),
        Hostile(
            "hidden member in the stream", "no entry owns",
            ZipMaker([Member("a"), Member("hidden") { $0.inDirectory = false }, Member("b")])),
        Hostile(
            "hidden member in front", "no entry owns",
            ZipMaker([Member("hidden") { $0.inDirectory = false }, Member("b")])),
        Hostile(
            "hidden member behind", "no entry owns",
            ZipMaker([Member("a"), Member("hidden") { $0.inDirectory = false }])),
        Hostile(
            "two names for one member", "overlaps",
            ZipMaker([Member("a"), Member("b") { $0.centralOffset = 0 }])),
        Hostile(
            "member inside of a member", "overlaps",
            ZipMaker([
                Member("a") { $0.data = ZipMaker([Member("b")]).bytes() },
                Member("b") { $0.centralOffset = 31 },
            ])),
        Hostile("offset behind the end", "no entry owns", ZipMaker([Member("a") { $0.centralOffset = 1 << 20 }])),
    ]

    static let frames: [Hostile] = [
        Hostile("bytes in front", "no entry owns", ZipMaker([Member("a") { $0.before = [1, 2, 3] }])),
        Hostile("bytes between", "no entry owns", ZipMaker([Member("a"), Member("b") { $0.before = [0] }])),
        Hostile("bytes before the directory", "no entry owns", ZipMaker([Member("a")]) { $0.beforeDirectory = [0] }),
        Hostile("bytes behind the directory", "directory", ZipMaker([Member("a")]) { $0.behindDirectory = [0, 0] }),
        Hostile("bytes behind the end", "after the end", ZipMaker([Member("a")]) { $0.behind = [0] }),
        Hostile(
            "two archives", "directory does not lie",
            ZipMaker([Member("a")]) { $0.behind = ZipMaker([Member("b")]).bytes() }),
        Hostile(
            "second end in the comment", "directory does not lie",
            ZipMaker([Member("a")]) { $0.comment = ZipMaker([]).bytes() }),
        Hostile("too many announced", "entries", ZipMaker([Member("a")]) { $0.count = 2 }),
        Hostile("too few announced", "entries", ZipMaker([Member("a"), Member("b")]) { $0.count = 1 }),
        Hostile("directory offset", "does not lie", ZipMaker([Member("a")]) { $0.directoryOffsetLie = 1 }),
        Hostile("directory size", "does not lie", ZipMaker([Member("a")]) { $0.directorySizeLie = -1 }),
        Hostile("saturated without zip64", "zip64", ZipMaker([Member("a")]) { $0.saturated = true }),
        Hostile(
            "zip64 count", "disagree",
            ZipMaker([Member("a")]) {
                $0.zip64End = true; $0.zip64CountLie = 1
            }),
        Hostile(
            "zip64 locator", "locator",
            ZipMaker([Member("a")]) {
                $0.zip64End = true; $0.zip64LocatorLie = -1
            }),
        Hostile("zip64 sizes without a field", "zip64", ZipMaker([Member("a") { $0.centralSize = 0xFFFF_FFFF }])),
        Hostile(
            "two zip64 fields", "two zip64",
            ZipMaker([Member("a") { $0.centralExtra = [1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0] }])),
        Hostile(
            "impossible zip64 size", "impossible",
            ZipMaker([
                Member("a") {
                    $0.centralSize = 0xFFFF_FFFF
                    $0.centralExtra = [1, 0, 8, 0] + [UInt8](repeating: 0xFF, count: 8)
                }
            ])),
        Hostile("cut extra field", "extra fields", ZipMaker([Member("a") { $0.centralExtra = [1, 0, 8] }])),
    ]

    static let all = names + kinds + disagreements + frames
}

@Test(arguments: Hostile.all)
func hostileZipIsRefusedAsFile(_ hostile: Hostile) {
    do {
        let lines = try fileView(hostile.bytes)
        Issue.record("read as \(lines)")
    } catch {
        #expect("\(error)".contains(hostile.reason), "\(error)")
        #expect("\(error)".hasPrefix("test.zip"), "\(error)")
    }
}

@Test(arguments: Hostile.all)
func hostileZipIsRefusedAsStream(_ hostile: Hostile) {
    #expect(throws: ArchiveReadingError.self) { try streamView(hostile.bytes) }
    #expect(throws: ArchiveReadingError.self) { try streamView(hostile.bytes, step: 11) }
}

@Test func zipBombsAreRefused() throws {
    let folder = TemporaryFolder()
    let script = """
        import zipfile
        with zipfile.ZipFile('\(folder.path)/ratio.zip', 'w', zipfile.ZIP_DEFLATED) as z:
            with z.open('zeros', 'w') as f:
                for _ in range(100): f.write(bytes(1 << 20))
        with zipfile.ZipFile('\(folder.path)/count.zip', 'w') as z:
            for i in range(3000): z.writestr(str(i), b'')
        """
    let file = folder.write("make.py", Array(script.utf8))
    #expect(shell("python3 '\(file)'") == 0)
    var limits = ReadingLimits()
    limits.entries = 2000
    for (name, reason) in [("ratio.zip", "times its size"), ("count.zip", "entries")] {
        let bytes = try folder.read(name)
        for view in [fileView(_:limits:), { try streamView($0, limits: $1) }] {
            do {
                _ = try view(bytes, limits)
                Issue.record("\(name) was read")
            } catch { #expect("\(error)".contains(reason), "\(error)") }
        }
    }
}

@Test func zipWrittenByPythonIsRead() throws {
    let folder = TemporaryFolder()
    let script = """
        import zipfile, sys, io
        class Pipe(io.RawIOBase):
            def __init__(self, f): self.f = f
            def writable(self): return True
            def write(self, b): return self.f.write(b)
        for method in (0, 8):
            for seekable in (0, 1):
                f = open('\(folder.path)/%d%d.zip' % (method, seekable), 'wb')
                with zipfile.ZipFile(f if seekable else Pipe(f), 'w', method) as z:
                    z.writestr('dir/data.bin', bytes(range(256)) * 4096)
                    z.writestr('empty', b'')
                    z.writestr('é.txt', 'text' * 1000)
                    with z.open('large', 'w', force_zip64=True) as m: m.write(b'PK\\x07\\x08' * 5000)
                f.close()
        """
    let file = folder.write("make.py", Array(script.utf8))
    #expect(shell("python3 '\(file)'") == 0)
    var views: Set<[String]> = []
    for name in ["00.zip", "01.zip", "80.zip", "81.zip"] {
        let bytes = try folder.read(name)
        views.insert(try fileView(bytes))
        views.insert(try streamView(bytes))
        views.insert(try streamView(bytes, step: 1009))
    }
    #expect(views.count == 1)
    #expect(views.first?.map { $0.split(separator: " ")[1] } == ["dir/data.bin", "empty", "é.txt", "large"])
}

@Test func zipMembersAreOpenedByPath() throws {
    let reader = try ZipReader(bytes: ZipMaker([Member("a"), Member("b") { $0.data = [1, 2] }]).bytes(), name: "t")
    #expect(reader.entries.map(\.path) == ["a", "b"])
    #expect(try reader.open("b"))
    #expect(try reader.readData(limit: 10) == [1, 2])
    #expect(try reader.open("a"))
    #expect(try reader.readData(limit: 10) == Array("hello".utf8))
    #expect(try !reader.open("c"))
}

@Test func wheelsMayHaveNamesThatDifferInCase() throws {
    let bytes = ZipMaker([Member("t/a"), Member("t/A")]).bytes()
    let reader = try ZipReader(bytes: bytes, name: "t", collisions: .refuseEqual)
    #expect(reader.entries.count == 2)
}

@Test func mutatedZipsNeverTrapAndNeverDisagree() {
    var generator = SeededGenerator(seed: 20_261_123)
    let seeds = Sound.all.map(\.bytes)
    for _ in 0..<fuzzRounds(1500) {
        var bytes = seeds[Int(generator.next() % UInt64(seeds.count))]
        for _ in 0...(generator.next() % 4) where !bytes.isEmpty {
            let index = Int(generator.next() % UInt64(bytes.count))
            switch generator.next() % 4 {
            case 0: bytes[index] = UInt8(truncatingIfNeeded: generator.next())
            case 1: bytes[index] ^= 1 << UInt8(generator.next() % 8)
            case 2: bytes.remove(at: index)
            default: bytes.insert([0, 0xFF, 0x50][Int(generator.next() % 3)], at: index)
            }
        }
        let file = try? fileView(bytes)
        let stream = try? streamView(bytes)
        if let file, let stream { #expect(file == stream) }
    }
}

/// A member that states ten bytes and inflates to 64 megabytes is refused before more than these ten were given.
@Test func memberThatInflatesToMoreIsRefusedAtOnce() throws {
    let folder = TemporaryFolder()
    let script = """
        import struct, zipfile
        name = '\(folder.path)/lie.zip'
        with zipfile.ZipFile(name, 'w', zipfile.ZIP_DEFLATED) as z: z.writestr('zeros', bytes(64 << 20))
        data = bytearray(open(name, 'rb').read())
        central = data.index(b'PK\\x01\\x02')
        data[22:26] = data[central + 24:central + 28] = struct.pack('<I', 10)
        open(name, 'wb').write(data)
        """
    let file = folder.write("make.py", Array(script.utf8))
    #expect(shell("python3 '\(file)'") == 0)
    let bytes = try folder.read("lie.zip")
    let readers: [() throws -> ZipReader] = [
        { try ZipReader(bytes: bytes, name: "lie.zip") },
        { try ZipReader(stream: MemoryByteSource(bytes, name: "lie.zip")) },
    ]
    for make in readers {
        let reader = try make()
        _ = try reader.next()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
        defer { buffer.deallocate() }
        var count = 0
        do {
            while true {
                let read = try reader.read(into: buffer)
                if read == 0 { break }
                count += read
            }
            Issue.record("the member was read")
        } catch { #expect("\(error)".contains("inflates to more bytes"), "\(error)") }
        #expect(count <= 10)
    }
}
