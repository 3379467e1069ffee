import ArchiveReading
import TestSupport
import Testing

@testable import ModelArchives

/// What loading a model reads or runs beside the bytes that its formats describe.
@Suite("What loading reaches outside of its format")
struct OutsideTests {
    private static let call = Array("cos\nsystem\n(S'true'\ntR.".utf8)
    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private func read(_ files: [(String, [UInt8])]) throws -> Model {
        let directory = TemporaryDirectory()
        for (name, bytes) in files { directory.write(name, bytes) }
        return try ModelReader.read(path: directory.path)
    }

    private func isDangerous(_ model: Model, _ subject: String) -> Bool {
        model.findings.contains { $0.rule == "dangerous-global" && $0.subject == subject }
    }

    // MARK: stable-baselines3

    private func baselines(_ text: String) throws -> ModelFileContent? {
        let bytes = Array(text.utf8)
        let head = FileHead(path: "data", bytes: bytes, size: bytes.count)
        guard StableBaselinesFormat.detects(head) else { return nil }
        return try StableBaselinesFormat.readFile(MemoryByteSource(bytes, name: "data"), head: head, file: "data")
    }

    @Test("pickles in the data of stable-baselines3 are read")
    func serialized() throws {
        let evil = "Y29zCnN5c3RlbQooUyd0cnVlJwp0Ui4="
        for text in [
            "{\"a\": {\":type:\": \"x\", \":serialized:\": \"\(evil)\"}, \"gamma\": 0.99}",
            "\n {\"a\": {\"\\u003aserialized:\": \"\(evil)\"}}",
            String(repeating: " ", count: 10_000) + "{\"a\": {\":serialized:\": \"\(evil)\"}}",
        ] {
            #expect(try baselines(text)?.findings.map(\.subject) == ["os.system"])
        }
        let plain = try baselines("{\"a\": {\":serialized:\": \"gAVLAS4=\"}}")
        #expect(plain?.findings.isEmpty == true && plain?.gaps.isEmpty == true)
        #expect(plain?.modules == ["stable_baselines3"])
        #expect(try baselines("{\"a\": 1}") == nil)
        for text in [
            "{\"a\": {\":serialized:\": \"gAVL*AS4=\"}}", "{\"a\": {\":serialized:\": \"gAVLAQ==\"}}",
            "{\"a\": {\":serialized:\": \"gAVLAS4\"}}", "{\"a\": {\":serialized:\": 1}}", "{\"a\": ",
        ] {
            #expect(try baselines(text)?.gaps.isEmpty == false, "\(text)")
        }
        let blank = Array(String(repeating: "\n", count: 10_000).utf8)
        let late = try read([
            ("w.safetensors", tensorWeights),
            ("data", blank + Array("{\"a\": {\":serialized:\": \"\(evil)\"}}".utf8)),
        ])
        #expect(isDangerous(late, "os.system"))
        let model = try read([
            ("w.safetensors", tensorWeights), ("data", Array("{\"a\": {\":serialized:\": \"\(evil)\"}}".utf8)),
        ])
        #expect(isDangerous(model, "os.system"))
    }

    // MARK: HDF5

    private static func message(_ type: UInt8, _ body: [UInt8], _ form: Int) -> [UInt8] {
        switch form {
        case 0: [type, 0] + number(body.count, 2) + [0, 0, 0, 0] + body
        case 1: [type] + number(body.count, 2) + [0] + body
        default: [type] + number(body.count, 2) + [4, 1, 0] + body
        }
    }

    private static func link(_ flags: UInt8, _ type: UInt8, _ target: [UInt8]) -> [UInt8] {
        [1, flags, type] + (flags & 4 != 0 ? [UInt8](repeating: 9, count: 8) : []) + (flags & 16 != 0 ? [1] : [])
            + number(6, 1 << Int(flags & 3)) + Array("kernel".utf8) + number(target.count, 2) + target
    }

    private func outside(_ bytes: [UInt8]) throws -> [String] {
        let source = HDF5Outside(MemoryByteSource(bytes, name: "m"))
        try source.drain()
        return source.found.map { $0.file.isEmpty ? $0.reason : $0.file }
    }

    @Test("what leads out of an HDF5 file is found wherever it lies", arguments: [0, 1, 2])
    func leadsOut(_ form: Int) throws {
        let target = [0] + Array("/x/o.h5\0/k\0".utf8)
        let raw = [1, 0, 0, 0, 1, 0, 1, 0] + Self.number(4096, 8) + Self.number(8, 8) + Self.number(0, 8)
        let files = raw + Self.number(16, 8)
        let virtual = [4, 3] + Self.number(4096, 8) + Self.number(1, 4)
        let long = 8 * (70 << 10)
        for padding in [64, long - 20, long - (70 << 10) - 11] {
            let start = [UInt8](repeating: 0, count: padding)
            for flags in [8, 12, 24, 28, 9, 11] as [UInt8] {
                #expect(try outside(start + Self.message(6, Self.link(flags, 64, target), form)) == ["/x/o.h5"])
            }
            #expect(try outside(start + Self.message(7, files, form)).first?.contains("external") == true)
            #expect(try outside(start + Self.message(8, virtual, form)).first?.contains("virtual") == true)
        }
        // Soft links, contiguous values, no file used.
        #expect(try outside(Self.message(6, Self.link(8, 1, Array("/a/kernel".utf8)), form)).isEmpty)
        #expect(try outside(Self.message(8, [3, 1] + Self.number(4096, 8) + Self.number(16, 8), form)).isEmpty)
        #expect(try outside(Self.message(8, [4, 1] + Self.number(4096, 8) + Self.number(16, 8), form)).isEmpty)
    }

    @Test("links in a heap are found, and compressed heaps")
    func heaps() throws {
        let link = Self.link(8, 64, [0] + Array("o.h5\0k\0".utf8))
        #expect(try outside(Array("FHDB".utf8) + [0] + Self.number(64, 8) + Self.number(0, 6) + link) == ["o.h5"])
        #expect(try outside(Self.number(0, 32) + link).isEmpty)
        #expect(try outside(Array("FRHP".utf8) + [0, 8, 0, 0, 0, 0]).isEmpty)
        #expect(try outside(Array("FRHP".utf8) + [0, 8, 0, 9, 0, 0]).count == 1)
    }

    @Test("an HDF5 file beside a model that leads out is a gap")
    func weightsOutside() throws {
        let start = [0x89] + Array("HDF\r\n\u{1A}\n".utf8) + [UInt8](repeating: 0, count: 504)
        let link = Self.message(6, Self.link(8, 64, [0] + Array("o.h5\0k\0".utf8)), 0)
        let model = try read([("w.safetensors", tensorWeights), ("model.weights.h5", start + link)])
        #expect(model.environment.gaps.contains { $0.subject == "o.h5" })
        let honest = try read([("w.safetensors", tensorWeights), ("model.weights.h5", start)])
        #expect(honest.isComplete)
    }

    // MARK: SavedModel

    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        let count = bytes.count
        let length = [UInt8(count & 0x7F) | 0x80, UInt8(count >> 7 & 0x7F) | 0x80, UInt8(count >> 14)]
        return [number << 3 | 2] + length + bytes
    }

    private func graph(_ op: String, attribute: String = "", inLibrary: Bool) throws -> ModelFileContent? {
        var node = Self.field(1, Array("n".utf8)) + Self.field(2, Array(op.utf8))
        if !attribute.isEmpty { node = Self.field(5, Array(attribute.utf8)) + node }
        let graph =
            inLibrary ? Self.field(2, Self.field(1, Self.field(3, node))) : Self.field(1, node)
        let bytes = [8, 1] + Self.field(2, Self.field(2, graph))
        let head = FileHead(path: "saved_model.pb", bytes: bytes, size: bytes.count)
        return try SavedModelFormat.readFile(MemoryByteSource(bytes, name: "s"), head: head, file: "saved_model.pb")
    }

    @Test("operators on files are told in graphs and functions", arguments: [false, true])
    func operators(_ inLibrary: Bool) throws {
        for op in ["WriteFile", "ReadFile", "PyFunc", "EagerPyFunc", "PyFuncStateless", "SaveDatasetV2"] {
            let content = try graph(op, inLibrary: inLibrary)
            #expect(content?.findings.map(\.subject) == [op] && content?.gaps.map(\.subject) == [op])
        }
        #expect(try graph("PrintV2", attribute: "file:///x", inLibrary: inLibrary)?.findings.count == 1)
        let long = String(repeating: "x", count: 70_000)
        #expect(try graph("PrintV2", attribute: long, inLibrary: inLibrary)?.findings.count == 1)
        #expect(try graph("Const", attribute: long, inLibrary: inLibrary)?.findings.isEmpty == true)
        #expect(try graph("TFText>Split", inLibrary: inLibrary)?.gaps.map(\.subject) == ["TFText>Split"])
        for op in ["SaveV2", "RestoreV2", "MergeV2Checkpoints", "MatMul", "PrintV2", "InitializeTableFromTextFileV2"] {
            let content = try graph(op, attribute: "stderr", inLibrary: inLibrary)
            #expect(content?.findings.isEmpty == true && content?.gaps.isEmpty == true)
        }
    }

    // MARK: PyTorch

    @Test("the code of a torch.package is named")
    func package() throws {
        let model = try read([
            ("p/.data/extern_modules", Array("os\n".utf8)), ("p/model/model.pkl", [0x80, 2, 0x4E, 0x2E]),
            ("p/collections/__init__.py", Array("import os\n".utf8)),
        ])
        #expect(isDangerous(model, "p/collections/__init__.py") && !model.isComplete)
        let plain = try read([
            ("p/.data/extern_modules", Array("os\n".utf8)), ("p/model/model.pkl", [0x80, 2, 0x4E, 0x2E]),
        ])
        #expect(plain.isComplete && !plain.findings.contains { $0.rule == "dangerous-global" })
    }

    @Test(
        "operators on files in TorchScript",
        arguments: [
            ("torch.save(x, \"/tmp/a\")", "torch.save"), ("ops.aten.from_file(\"a\", False, 2)", "torch.from_file"),
            ("torch . # c\n  save(x)", "torch.save"), ("t = torch\nt.save(x)", "torch"), ("a = ops.aten\n", "aten"),
            ("getattr(torch, \"save\")(x)", "getattr"), ("getattr(torch, \"s\\x61ve\")(x)", "getattr"),
        ])
    func script(_ code: String, _ name: String) {
        #expect(TorchScriptCode.calls(Array(code.utf8)).map(\.name).contains(name))
    }

    @Test("what TorchScript writes names none")
    func honestScript() {
        let code = """
            class M(Module):
              __parameters__ = ["n", ]
              def forward(self: __torch__.M, x: Tensor) -> Tensor:
                _0 = getattr(self, "0")
                aten = torch.mul(x, self.save)
                return ops.quantized.linear_prepack(torch.add(x, aten), CONSTANTS.c0)  # torch.save(x)
              def __setstate__(self: __torch__.M, s: Tuple[Tensor, bool]) -> NoneType:
                self.n = (s)[0]
                return (self).save("torch.save")
            """
        #expect(TorchScriptCode.calls(Array(code.utf8)).isEmpty)
    }

    // MARK: Names and servers

    @Test("a pickle counts under the names of pickles", arguments: ["m.p", "m.pck", "m.pdparams"])
    func unnamed(_ name: String) throws {
        for start in ["N0", "", "(lp0\n0"] {
            let model = try read([("w.safetensors", tensorWeights), (name, Array(start.utf8) + Self.call)])
            #expect(isDangerous(model, "os.system"))
        }
        let own = try read([("w.safetensors", tensorWeights), (name, Array("cevil\nM\n.".utf8))])
        #expect(own.needs.contains("evil") || !own.isComplete)
    }

    @Test("text and numbers under such names are none", arguments: ["m.model", "m.w2v", "vocab.txt", "m.dat"])
    func noPickle(_ name: String) throws {
        for bytes in [Array("2 4\nking 0.1 0.2\n".utf8), Array("N\nc\ncat\ndog\n".utf8), [0x0A, 0x0E, 0x0A, 5]] {
            let model = try read([("w.safetensors", tensorWeights), (name, bytes)])
            #expect(model.isComplete && !model.findings.contains { $0.rule == "dangerous-global" })
        }
    }

    @Test("the code of servers that lies in the model is named")
    func servers() throws {
        let settings = Array(#"{"name": "m", "implementation": "rt.R"}"#.utf8)
        let own = try read([("m/model-settings.json", settings), ("m/rt.py", []), ("w.safetensors", tensorWeights)])
        #expect(isDangerous(own, "rt.R") && own.needs.contains("rt"))
        let other = try read([("m/model-settings.json", settings), ("w.safetensors", tensorWeights)])
        #expect(!isDangerous(other, "rt.R"))
        let triton = try read([
            ("m/config.pbtxt", Array("backend: \"python\"\n".utf8)), ("m/1/model.py", []), ("m/docs/a.py", []),
            ("w.safetensors", tensorWeights),
        ])
        #expect(isDangerous(triton, "m/1/model.py") && !isDangerous(triton, "m/docs/a.py"))
    }
}
