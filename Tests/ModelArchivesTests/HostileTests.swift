import ArchiveReading
import Glibc
import TestSupport
import Testing

@testable import ModelArchives

/// One hostile pickle, and a part of the reason for which it is refused.
struct HostilePickle: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let reason: String
    let bytes: [UInt8]

    init(_ name: String, _ reason: String, _ bytes: [UInt8]) {
        testDescription = name
        self.reason = reason
        self.bytes = bytes
    }

    private static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

    static let all: [HostilePickle] = [
        .init("empty", "truncated", []),
        .init("no opcode", "no pickle opcode", [0x80, 4, 0x95, 1, 0, 0, 0, 0, 0, 0, 0, 0xFF]),
        .init("protocol 6", "protocol 6", ascii("(\u{80}").dropLast(2) + [0x28, 0x80, 6]),
        .init("no STOP", "truncated", ascii("(lp0\n")),
        .init("STOP on an empty stack", "more values", ascii("(.")),
        .init("values left", "left on the stack", ascii("NN.")),
        .init("mark left", "left on the stack", ascii("N(.").dropLast() + ascii("N.")),
        .init("a billion letters", "truncated", ascii("X") + [0, 0xCA, 0x9A, 0x3B]),
        .init("four billion letters", "truncated", ascii("X") + [0xFF, 0xFF, 0xFF, 0xFF]),
        .init("endless bytes", "length is impossible", [0x8E] + [UInt8](repeating: 0xFF, count: 8)),
        .init("8 EiB of text", "truncated", [0x8D] + [UInt8](repeating: 0xFF, count: 7) + [0x7F]),
        .init("endless bytearray", "truncated", [0x80, 5, 0x95, 9, 0, 0, 0, 0, 0, 0, 0, 0x96, 0, 0, 0, 0, 1, 0, 0, 0]),
        .init("negative LONG4", "negative", ascii("N") + [0x8B, 0xFF, 0xFF, 0xFF, 0xFF]),
        .init("negative BINSTRING", "negative", ascii("NT") + [0, 0, 0, 0x80]),
        .init("frame behind the end", "truncated", [0x80, 4, 0x95, 100, 0, 0, 0, 0, 0, 0, 0, 0x4E, 0x2E]),
        .init(
            "frame in a frame", "inside of another",
            [0x80, 4, 0x95, 10, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0x4E]),
        .init(
            "opcode over a frame", "over the end of its frame",
            [0x80, 4, 0x95, 1, 0, 0, 0, 0, 0, 0, 0, 0x4D, 0, 0, 0x2E]),
        .init("STOP in a frame", "inside of its frame", [0x80, 4, 0x95, 3, 0, 0, 0, 0, 0, 0, 0, 0x4E, 0x2E, 0x4E]),
        .init("memo without an entry", "no entry", ascii("h") + [7]),
        .init("text memo without an entry", "no entry", ascii("Ng9999999\n.")),
        .init("negative memo", "not a number", ascii("Np-1\n.")),
        .init("memo of nothing", "more values", ascii("(p0\n.")),
        .init("number of letters", "not written in digits", ascii("Iabc\n.")),
        .init("string without quotes", "no quotes", ascii("Sabc\n.")),
        .init("endless line", "more than", ascii("V") + [UInt8](repeating: 0x61, count: (1 << 20) + 10)),
        .init("list without a mark", "needs a mark", ascii("Nl.")),
        .init("key without a value", "no value", ascii("(Nd.")),
        .init("tuple of too few", "more values", ascii("N\u{7}").dropLast() + [0x87, 0x2E]),
        .init("nothing to call", "nothing to call", ascii("(o.")),
        .init("reduce of nothing", "more values", ascii("(R.")),
        .init("bytes behind", "no pickle opcode", ascii("N.") + [0, 0, 0]),
        .init("second pickle cut", "truncated", ascii("N.N")),
    ]
}

@Test(arguments: HostilePickle.all)
func hostilePickleIsRefused(_ hostile: HostilePickle) {
    let input = PickleInput(MemoryByteSource(hostile.bytes, name: "model.pkl"), size: hostile.bytes.count)
    let machine = PickleMachine(input)
    do {
        repeat { try machine.readPickle() } while try !input.isAtEnd()
        Issue.record("read \(machine.reading.streams) pickles")
    } catch { #expect("\(error)".contains(hostile.reason), "\(error)") }
}

@Test(arguments: HostilePickle.all)
func hostilePickleIsRefusedWithoutItsSize(_ hostile: HostilePickle) {
    let input = PickleInput(MemoryByteSource(hostile.bytes, name: "model.pkl"))
    let machine = PickleMachine(input)
    #expect(throws: ArchiveReadingError.self) { repeat { try machine.readPickle() } while try !input.isAtEnd() }
}

@Test func nestedContainersOfAPickleAreNoRecursion() throws {
    var bytes = [UInt8](repeating: 0x5D, count: 100_000)
    bytes += [UInt8](repeating: 0x61, count: 99_999) + [0x2E]
    let machine = PickleMachine(PickleInput(MemoryByteSource(bytes, name: "deep.pkl")))
    try machine.readPickle()
    #expect(machine.reading.opcodes == 200_000)
}

@Test func limitsOfThePickleMachineHold() {
    var limits = PickleLimits()
    limits.stack = 100
    limits.memo = 50
    limits.marks = 10
    limits.opcodes = 1000
    limits.memory = 4096
    let cases: [(String, [UInt8])] = [
        ("stack", [UInt8](repeating: 0x4E, count: 200)),
        ("memo", [0x4E] + [UInt8](repeating: 0x94, count: 200)),
        ("stack", [UInt8](repeating: 0x28, count: 200)),
        ("memory", (0..<400).flatMap { _ in [0x5D, 0x30] as [UInt8] }),
        ("memory", (0..<400).flatMap { _ in Array("Vaaaaaaaaaaaaaaaa\n0".utf8) }),
        ("memory", (0..<400).flatMap { _ in [0x43, 1, 0x61, 0x30] as [UInt8] }),
        ("memory", [0x5D] + (0..<400).flatMap { _ in [0x4E, 0x61] as [UInt8] }),
        ("memory", (0..<40).flatMap { Array("cm\n\(String(repeating: "n", count: 90 + $0))\n0".utf8) }),
        ("opcodes", (0..<2000).flatMap { _ in [0x4E, 0x30] as [UInt8] }),
    ]
    for (reason, bytes) in cases {
        let machine = PickleMachine(PickleInput(MemoryByteSource(bytes, name: "x.pkl")), limits: limits)
        do {
            try machine.readPickle()
            Issue.record("no limit on \(reason)")
        } catch { #expect("\(error)".contains(reason), "\(error)") }
    }
}

/// One hostile archive that a line of Python makes from `tarfile` (as `t`), and a part of the reason.
struct HostileTar: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let reason: String
    let lines: String

    init(_ name: String, _ reason: String, _ lines: String) {
        testDescription = name
        self.reason = reason
        self.lines = lines
    }

    static let all: [HostileTar] = [
        .init("slip", "outside", "add('../evil')"),
        .init("slip in the middle", "outside", "add('a/../../evil')"),
        .init("backslash", "a backslash", "add('..\\\\evil')"),
        .init("drive", "outside", "add('C:/evil')"),
        .init("twice", "there twice", "add('a'); add('a')"),
        .init("twice by a dot", "there twice", "add('a'); add('./a')"),
        .init("case", "differ only", "add('MLmodel'); add('mlmodel')"),
        .init("Unicode form", "differ only", "add('\\u00e9'); add('e\\u0301')"),
        .init("symbolic link out", "outside", "link('a', '../../etc/passwd')"),
        .init("absolute symbolic link", "outside", "link('a', '/etc/passwd')"),
        .init("symbolic link through a folder", "outside", "link('a/b', '../../c')"),
        .init("hard link out", "outside", "link('a', '../evil', tarfile.LNKTYPE)"),
        .init("device", "not a file", "link('a', '', tarfile.CHRTYPE)"),
        .init("FIFO", "not a file", "link('a', '', tarfile.FIFOTYPE)"),
        .init(
            "damaged pickle", "model.pkl", "add('MLmodel', b'flavors: {}'); add('model.pkl', b'\\x80\\x04\\x95\\xff')"),
        .init("damaged MLmodel", "MLmodel", "add('MLmodel', b'flavors: [')"),
        .init("MLmodel without flavours", "flavours", "add('MLmodel', b'a: b')"),
        .init("zip slip inside", "outside", "add('MLmodel', b'flavors: {}'); add('m.mar', zipped('../x'))"),
        .init("cut zip inside", "truncated", "add('MLmodel', b'flavors: {}'); add('m.mar', zipped('x')[:-5])"),
        .init("nested too deep", "archives are nested in", "add('a.gz', nested(12))"),
        .init("nothing of a model", "no model format", "add('readme.txt', b'hello')"),
    ]
}

@Test(arguments: HostileTar.all)
func hostileTarIsRefused(_ hostile: HostileTar) throws {
    let folder = ModelFolder()
    let script = """
        import gzip, io, tarfile, zipfile
        t = tarfile.open('\(folder.path)/model.tar.gz', 'w:gz', format=tarfile.PAX_FORMAT)
        def add(name, data=b'hello'):
            i = tarfile.TarInfo(name); i.size = len(data); t.addfile(i, io.BytesIO(data))
        def link(name, target, kind=tarfile.SYMTYPE):
            i = tarfile.TarInfo(name); i.type = kind; i.linkname = target; t.addfile(i)
        def zipped(name):
            b = io.BytesIO()
            with zipfile.ZipFile(b, 'w') as z: z.writestr(name, b'hello')
            return b.getvalue()
        def nested(depth):
            data = b'hello'
            for _ in range(depth): data = gzip.compress(data)
            return data
        \(hostile.lines)
        t.close()
        """
    let file = folder.write("make.py", Array(script.utf8))
    #expect(system("python3 '\(file)'") == 0)
    do {
        let model = try ModelReader.read(path: "\(folder.path)/model.tar.gz")
        Issue.record("read as \(model.format): \(model.files.map(\.path))")
    } catch {
        #expect("\(error)".contains(hostile.reason), "\(error)")
        #expect("\(error)".contains("model.tar.gz"), "\(error)")
    }
}

@Test func bombsInsideOfModelsAreRefused() throws {
    let folder = ModelFolder()
    let script = """
        import gzip, io, zipfile, pickle
        zeros = gzip.compress(bytes(200 << 20), 9)
        open('\(folder.path)/bomb.pkl', 'wb').write(zeros)
        open('\(folder.path)/twice.pkl', 'wb').write(gzip.compress(zeros, 9))
        with zipfile.ZipFile('\(folder.path)/bomb.zip', 'w', zipfile.ZIP_DEFLATED) as z:
            z.writestr('MLmodel', 'flavors: {}')
            z.writestr('zeros', bytes(200 << 20))
        """
    let file = folder.write("make.py", Array(script.utf8))
    #expect(system("python3 '\(file)'") == 0)
    for name in ["bomb.pkl", "twice.pkl", "bomb.zip"] {
        #expect(throws: ModelReadingError.self) { try ModelReader.read(path: "\(folder.path)/\(name)") }
    }
}

@Test func whatIsNoFileIsRefused() {
    let folder = ModelFolder()
    #expect(system("mkfifo '\(folder.path)/fifo'") == 0)
    for path in ["\(folder.path)/fifo", "/dev/zero", "\(folder.path)/none", folder.path, folder.write("empty", [])] {
        #expect(throws: ModelReadingError.self) { try ModelReader.read(path: path) }
    }
}

// MARK: Fuzzing

@Test(arguments: [
    "lr.p0.pkl", "lr.p5.pkl", "objs.joblib", "old.compressed.joblib", "x.ubj", "m.onnx", "w.safetensors", "legacy.pt",
    "net.pth", "k.keras", "lr.skops", "m.tar.gz", "mlflow-pickle.zip", "lr.lz4.joblib", "lr.lzma.joblib",
])
func mutatedModelsNeverTrap(_ name: String) throws {
    let original = try readFile(path: fixtures + name, limit: 1 << 20)
    let folder = ModelFolder()
    var chance = SeededGenerator(seed: (name.utf8.reduce(7 as UInt64) { ($0 &* 31) &+ UInt64($1) }))
    for _ in 0..<fuzzRounds(15) {
        var bytes = original
        for _ in 0...(chance.next() % 6) where !bytes.isEmpty {
            let index = Int(chance.next() % UInt64(bytes.count))
            switch chance.next() % 6 {
            case 0: bytes[index] = UInt8(truncatingIfNeeded: chance.next())
            case 1: bytes[index] ^= 1 << UInt8(chance.next() % 8)
            case 2: bytes.remove(at: index)
            case 3: bytes.insert([0, 0x7F, 0xFF, 0x80, 0x28, 0x2E][Int(chance.next() % 6)], at: index)
            case 4: bytes.removeLast(min(bytes.count, Int(chance.next() % 64)))
            default:
                let from = Int(chance.next() % UInt64(bytes.count))
                let count = min(bytes.count - from, Int(chance.next() % 40))
                bytes.insert(contentsOf: Array(bytes[from..<from + count]), at: index)
            }
        }
        let path = folder.write(name, bytes)
        // An answer or an error, and the same one each time.
        #expect(
            (try? ModelReader.read(path: path)).map { "\($0)" } == (try? ModelReader.read(path: path)).map { "\($0)" })
    }
}
