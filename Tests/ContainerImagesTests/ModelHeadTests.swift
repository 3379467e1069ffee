import ArchiveReading
import EnvironmentInventory
import SourceDocuments
import Testing

@testable import ContainerImages

/// Models that are told by the first bytes of a file, whatever its name.
struct ModelHeadTests {
    private static func isModel(_ bytes: [UInt8], size: Int? = nil) -> Bool {
        let first = Array(bytes.prefix(ModelHead.firstBytes))
        return ModelHead.isModel(
            ModelHead.kept(Array(bytes.prefix(ModelHead.wanted(first))), size: size ?? bytes.count))
    }

    private static func latin(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

    private static let pickle = latin(
        "\u{80}\u{4}\u{8C}\u{7}sklearn\u{94}\u{8C}\u{3}SVC\u{94}\u{93}\u{94})\u{81}\u{94}.")

    /// A pickle, or something else, compressed and packed by Python's modules.
    static let packed: [(String, String, Bool)] = [
        (
            "gzip",
            "H4sIAAAAAAAC/2tg6ZErzs5JTSzK08vJzAPS8bn5Kak5evE5+emZxSWZyVN6hHygzKDU9KLU4uLM/Lwpk6doNk7RAwCjuwtkPgAAAA==",
            true
        ),
        (
            "bzip2",
            "QlpoOTFBWSZTWT8FdbAAABr34AQAEAEAIQAEEACur5wAYAQMACAAUKaNAGgAAap6jCZPSBo81TRiMd+Zy3q3QuG1pzecRMiRYJB1YUtUvtAqivaI0Cn0pjDv+LuSKcKEgfgrrYA=",
            true
        ),
        (
            "xz",
            "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AA9ADxdAEABDTkWSkUh9GLmeahpYpiB4cn/EquTttcLK8lAQ3pvKCA8xUwv3umNrlXZDoqk5sY9+mHJa1xyVkKJAADNujhru6QeUwABWD7cf4WTH7bzfQEAAAAABFla",
            true
        ),
        (
            "lzma",
            "XQAAgAD//////////wBAAQ05FkpFIfRi5nmoaWKYgeHJ/xKrk7bXCyvJQEN6byggPMVML97pja5V2Q6KpObGPfphyWtcclmBFOv//vnIAA==",
            true
        ),
        ("zlib", "eJxrYOmRK87OSU0sytPLycwD0vG5+SmpOXrxOfnpmcUlmclTeoR8oMyg1PSi1OLizPy8KZOnaDZO0QMA9sEY2w==", true),
        (
            "tar.gz",
            "H4sIAAAAAAAC/+3UPQrCQBCG4S08gQcQW5uw0bDWgum0yQVC1CUs5geyESy1T2cO7CLBQutExfdpvmGaqeaLwtV6G4peSUcFwSOd1/T9xXPu9krNpZhKMYCTrZPKnRT/6Qz0QOAn5N7OFOKj/S/lUr31v1vR/wO4jJqJPWY6qQovM4XLOC8POvPirEyNrc2+bcabbox0WmlrTVm0t3Z2bT3+BwAAAAAAAAAAAACAb3AHWIVChAAoAAA=",
            true
        ),
        (
            "MLmodel in tar.gz",
            "H4sIAAAAAAAC/+3VPQrCQBAG0D2KN3BjlrUWTGcabxDQThH8AY/vKpIifSLB95oZpplqvtk3m23bhFHFIqf0qcWwVlXd9995zqsYFjFM4HG7d9eyMvynJ4wgMAvdst2dL4fj6Xf5/34Bg/xfp1r+T5P/TgAAAAAAAAAAZu8Ft3lc9QAoAAA=",
            true
        ),
        ("text in gzip", "H4sIAAAAAAAC/0vUSeIy1DHiSqSQBgBU0D+PSAAAAA==", false),
        ("words in gzip", "H4sIAAAAAAAC/2tgmSrNAAG1UzR6WEvyi5Izpngz9rAXZ+ekJhblTfFmKtUDAO/7JP8mAAAA", false),
        (
            "words in bzip2",
            "QlpoOTFBWSZTWSp/fBYAAA714H6AAAgAQQAIKk2eAkAEBgAgADFGhoAAACKeoaaDI0NPT1NqkVw3RRdCXVPA1b2zdwzV+AsXJ/F3JFOFCQKn98Fg",
            false
        ),
        (
            "text in tar.gz",
            "H4sIAAAAAAAC/+3UMQrCQBAF0K09hQcQzZplrQVT2niD6A2MSo7vIpIifSLB95oZpplimH9pjqdzEyZVFTmlTy3GNcZ66L/znPdVWFdhBs/u0d7LyvCfephAYBHaXb+9da9f5n+RRvl/iKmW/7Pcf3Nd+QIAAAAAAAAAWLY3LUbyOQAoAAA=",
            false
        ),
    ]

    @Test("a model that is compressed or packed is told, other data is not", arguments: packed.indices)
    func compressed(_ index: Int) throws {
        let (name, text, isModel) = Self.packed[index]
        #expect(Self.isModel(try #require(Base64.decode(text))) == isModel, "\(name)")
    }

    @Test("a compressed file that cannot be read further is told as such")
    func unreadable() {
        for bytes in [[0x78, 0x9C, 1, 2, 3], [0x1F, 0x8B, 8, 0], Self.latin("BZh91AY&SYxyz")] {
            #expect(ModelHead.isPacked(ModelHead.kept(bytes, size: bytes.count)))
        }
    }

    private static func npy(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let header = latin("{'descr': '\(type)', 'fortran_order': False, 'shape': (1,), }\n")
        return latin("\u{93}NUMPY\u{1}\u{0}") + [UInt8(header.count), 0] + header + data
    }

    private static func zip(_ members: [(String, [UInt8])], flags: UInt8 = 0) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, content) in members {
            let size: [UInt8] = [flags == 0 ? UInt8(content.count) : 0, 0, 0, 0]
            bytes += latin("PK\u{3}\u{4}")
            bytes += [20, 0, flags, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            bytes += size + size
            bytes += [UInt8(name.utf8.count), 0, 0, 0]
            bytes += Array(name.utf8) + content
        }
        return bytes
    }

    static let models: [(String, [UInt8])] = [
        ("pickle", pickle),
        ("pickle in a dictionary", latin("\u{80}\u{2}}q\u{0}U\u{1}mq\u{1}csklearn.svm\nSVC\nq\u{2})R")),
        ("a call of any function", latin("\u{80}\u{4}\u{8C}\u{4}uuid\u{94}\u{8C}\u{3}get\u{94}\u{93}\u{94})R.")),
        ("numpy.load", latin("\u{80}\u{2}cnumpy\nload\nX\u{1}\u{0}\u{0}\u{0}a\u{85}R.")),
        ("protocol 0", latin("cuuid\n_get_command_stdout\n(S\"id\"\ntR.")),
        ("protocol 0 with a table", latin("(dp0\nS'm'\np1\nccopy_reg\n_reconstructor\np2\n(csklearn.svm\nSVC\ntR.")),
        ("INST", latin("(iuuid\nget\n.")),
        ("frame without header", latin("\u{95}\u{14}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}") + pickle[2...]),
        ("name far behind", latin("\u{80}\u{4}C\u{C8}") + [UInt8](repeating: 0x61, count: 200) + pickle[2...]),
        ("names of a memo", latin("\u{80}\u{4}h\u{0}h\u{1}\u{93})R.")),
        ("LightGBM", latin("tree\nversion=v4\nnum_class=1\n")), ("LightGBM, CR LF", latin("tree\r\nversion=v3\r\n")),
        ("LightGBM without its first line", latin("num_class=1\nnum_tree_per_iteration=1\n")),
        ("XGBoost", latin("{\"learner\":{\"learner_model_param\":{}}}")),
        ("XGBoost, other order", latin("\n{ \"version\" : [2,0,3], \"learner\": {\"attributes\": {}}}")),
        ("UBJSON", latin("{L\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{7}learner{")),
        ("safetensors", latin("\u{13}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}{\"__metadata__\":{}}")),
        ("safetensors with spaces", latin("\u{4}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}{  }")),
        ("ONNX", latin("\u{8}\u{8}\u{12}\u{1}p(\u{1}:\u{3}\u{12}\u{1}gB\u{2}\u{10}\u{11}")),
        ("array of objects", npy("|O", pickle)),
        ("PyTorch", zip([("archive/data.pkl", pickle)])), ("PyTorch, as a stream", zip([("a/data.pkl", [])], flags: 8)),
        ("pickle in a zip archive", zip([("notes", [1]), ("x", pickle)])),
        ("MAR", zip([("a", [1]), ("MAR-INF/MANIFEST.json", [])])),
    ]

    @Test("a model is told", arguments: models.indices)
    func model(_ index: Int) {
        #expect(Self.isModel(Self.models[index].1), "\(Self.models[index].0)")
    }

    static let others: [(String, [UInt8])] = [
        ("words", latin("\u{80}\u{4}}\u{94}(\u{8C}\u{5}torch\u{94}K\u{1}\u{8C}\u{7}sklearn\u{94}K\u{2}u.")),
        ("dates", latin("\u{80}\u{4}\u{8C}\u{8}datetime\u{94}\u{8C}\u{4}date\u{94}\u{93}\u{94})R.")),
        ("arrays", latin("\u{80}\u{2}cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\u{0}\u{85}R.")),
        ("words in lines", latin("cat\ncow\ncrow\ncub\ncod\ncoot\n")), ("C", latin("char c;\nint main()\n{}\n")),
        ("upper case", latin("Copyright\nNobody\nReserved\n")), ("a tree", latin("tree\nleaf\n")),
        ("JSON", latin("{\"name\": \"learner\", \"version\": \"1\"}")), ("list", latin("[1, 2]")),
        ("other JSON", latin("{\"learner\": 1}")), ("empty", []), ("zeros", [UInt8](repeating: 0, count: 600)),
        ("a protocol buffer", latin("\u{8}\u{1}\u{12}\u{2}ab\u{1A}\u{1}c")), ("font", latin("\u{0}\u{1}\u{0}\u{0}")),
        ("numbers", npy("<f8", [UInt8](repeating: 0, count: 8))),
        ("array of texts", npy("|O", latin("\u{80}\u{4}\u{8C}\u{5}torch\u{94}."))),
        ("arrays in a zip archive", zip([("x.npy", npy("<f8", [0, 0]))])), ("jar", zip([("META-INF/", [])])),
        ("length and text", latin("\u{4}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}text")), ("x^2", latin("x^2 + 1\n")),
    ]

    @Test("what is no model is none", arguments: others.indices)
    func other(_ index: Int) {
        #expect(!Self.isModel(Self.others[index].1), "\(Self.others[index].0)")
    }

    @Test("a zip archive keeps its magic, with the mark behind it")
    func archive() {
        let head = ModelHead.kept(Self.zip([("a/data.pkl", [])]), size: nil)
        #expect(head.starts(with: Array("PK".utf8)) && ModelHead.isModel(head))
        #expect(ModelHead.kept(Self.zip([("a.py", [])]), size: nil) == Array("PK".utf8) + [3, 4])
    }

    @Test("no cut or changed beginning stops the program")
    func cuts() throws {
        let packed = try Self.packed.map { try #require(Base64.decode($0.1)) }
        for bytes in Self.models.map(\.1) + packed {
            for count in 0...bytes.count { _ = Self.isModel(Array(bytes.prefix(count)), size: count) }
            for index in bytes.indices.prefix(400) {
                var changed = bytes
                changed[index] = ~changed[index]
                _ = Self.isModel(changed)
            }
        }
    }
}
