import EnvironmentInventory
import TestSupport
import Testing

@testable import ModelArchives

/// One file that two loaders read differently: what its name says that reads it decides.
@Suite("Files of two formats")
struct TwoFormatTests {
    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// Safetensors of one tensor of bytes, its header padded to a length.
    private static func safetensors(_ data: [UInt8], header length: Int? = nil) -> [UInt8] {
        let text = #"{"t":{"dtype":"U8","shape":[\#(data.count)],"data_offsets":[0,\#(data.count)]}}"#
        let padding = max((length ?? 0) - text.utf8.count, 0)
        let header = Array(text.utf8) + [UInt8](repeating: 0x20, count: padding)
        return number(header.count, 8) + header + data
    }

    /// Safetensors that begin with BINUNICODE of 27 bytes, and go on with opcodes in the header and the tensor.
    private static let polyglot: [UInt8] = {
        let (text, length) = (27, 0x58 + 27 << 8)
        var header = Array(#"{"__metadata__":{"a":""#.utf8)
        header += [UInt8](repeating: 0x20, count: 5 + text - 8 - header.count)
        // BINPUT and SHORT_BINUNICODE of 126 bytes, as UTF-8.
        let hop = Array("q\u{14C}~".utf8)
        while 8 + header.count + 130 < 8 + length { header += hop + [UInt8](repeating: 0x5F, count: 126) }
        header += hop
        let skip = 8 + header.count + 126 - (8 + length)
        let data = [UInt8](repeating: 0x5F, count: skip) + NamedFile.call
        let tail = Array(
            #""},"t":{"dtype":"U8","shape":[\#(data.count)],"data_offsets":[0,\#(data.count)]}}"#.utf8)
        header += [UInt8](repeating: 0x5F, count: length - header.count - tail.count) + tail
        return number(length, 8) + header + data
    }()

    private func read(_ files: [(String, [UInt8])]) throws -> Model {
        let directory = TemporaryDirectory()
        for (name, bytes) in files { directory.write(name, bytes) }
        let model = try ModelReader.read(path: directory.path)
        if files.count == 1, let name = files.first?.0 {
            // The file alone says the same.
            let alone = try ModelReader.read(path: directory.path + "/" + name)
            #expect(alone.isComplete == model.isComplete)
        }
        return model
    }

    @Test("safetensors that are a pickle too", arguments: ["model.pkl", "model.bin", "model", "model.safetensors"])
    func pickle(_ name: String) throws {
        let model = try read([(name, Self.polyglot)])
        #expect(model.format == "safetensors")
        #expect(model.findings.contains { $0.subject == "posix.system" })
        #expect(!model.isComplete)
    }

    @Test(
        "a file of a name that another loader reads is a gap",
        arguments: [
            "m.pkl", "m.joblib", "m.npz", "m.npy", "m.pt", "m.pth", "m.mar", "m.skops", "m.keras", "m.h5", "m.hdf5",
            "m.onnx", "m.cbm", "m.ubj", "m.sav", "m.bento", "M.PKL",
        ])
    func names(_ name: String) throws {
        for head in [Self.safetensors([1, 2]), [0x80, 4, 0x4E, 0x2E], [0x80, 2, 0x80, 2, 0x4E, 0x2E]] {
            let isPickle = head.first == 0x80
            if isPickle, ["pkl", "joblib", "pt", "pth", "sav", "npy", "npz", "PKL"].contains(where: name.hasSuffix) {
                continue
            }
            let model = try read([("w.safetensors", Self.safetensors([3])), (name, head)])
            #expect(model.environment.gaps.contains { $0.source?.file == name }, "\(name)")
        }
    }

    @Test("honest names", arguments: ["m.safetensors", "m.bin", "m.weights", "m", "m.weights.h5"])
    func honest(_ name: String) throws {
        let model = try read([(name, Self.safetensors([UInt8](repeating: 0x2E, count: 4096)))])
        #expect(model.isComplete, "\(model.environment.gaps.map(\.description))")
    }

    @Test("HDF5 behind another format's head", arguments: [512, 1024, 4096, 1 << 20])
    func userBlock(_ place: Int) throws {
        let signature = [0x89] + Array("HDF\r\n\u{1A}\n".utf8) + [2, 8, 8, 0]
        let zeros = [UInt8](repeating: 0, count: 64)
        let hidden = Self.safetensors(signature + zeros, header: place - 8)
        for name in ["m.h5", "m.safetensors", "m"] {
            let model = try read([("w.safetensors", Self.safetensors([3])), (name, hidden)])
            #expect(
                model.environment.gaps.contains { $0.reason.contains("behind its first \(place) bytes") }, "\(name)")
        }
        let beside = Self.safetensors(signature + zeros, header: place - 7)
        #expect(try read([("m.safetensors", beside)]).isComplete)
    }

    @Test("a zip archive behind another format's head")
    func zipEnd() throws {
        let directory = TemporaryDirectory()
        directory.write("MAR-INF/MANIFEST.json", Array("{}".utf8))
        shell("cd '\(directory.path)' && python3 -m zipfile -c a.zip MAR-INF")
        let zip = try #require(directory.bytes(of: "a.zip"))
        for name in ["m.mar", "m.keras", "m.skops", "m.pt", "m.zip"] {
            for bytes in [Self.safetensors(zip), Self.safetensors(zip + [UInt8](repeating: 0, count: 65_000))] {
                let model = try read([("w.safetensors", Self.safetensors([3])), (name, bytes)])
                #expect(model.environment.gaps.contains { $0.reason.contains("ends as a zip archive") }, "\(name)")
            }
        }
        let model = try read([("w.safetensors", Self.safetensors([3])), ("m.keras", zip)])
        #expect(model.environment.gaps.contains { $0.reason.contains("zip archive of another kind") })
    }

    @Test("a configuration of Keras is read without its version, in zip archives and directories")
    func kerasConfiguration() throws {
        let lambda =
            #"{"module": "keras", "class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda"}]}}"#
        let directory = TemporaryDirectory()
        directory.write("x/config.json", Array(lambda.utf8))
        directory.write("x/w.safetensors", Self.safetensors([3]))
        shell("cd '\(directory.path)/x' && python3 -m zipfile -c ../m.keras config.json w.safetensors")
        for path in ["", "/x", "/m.keras"] {
            let model = try ModelReader.read(path: directory.path + path)
            #expect(model.findings.contains { $0.subject == "Lambda" }, "\(path)")
            #expect(!model.isComplete)
        }
        let other = try read([
            ("config.json", Array(#"{"model_type": "bert", "_class_name": "X"}"#.utf8)),
            ("model.safetensors", Self.safetensors([3])),
        ])
        #expect(other.format == "hugging-face" && other.isComplete)
    }

    @Test(
        "an archive that is the model is held against its name", arguments: ["m.h5", "m.onnx", "m.keras", "m.pt"])
    func wholeArchive(_ name: String) throws {
        let directory = TemporaryDirectory()
        directory.write("w.safetensors", Self.safetensors([3]))
        let commands = ["tar cf a w.safetensors", "tar czf a w.safetensors", "python3 -m zipfile -c a w.safetensors"]
        for command in commands {
            shell("cd '\(directory.path)' && \(command) && cp a '\(name)'")
            #expect(try !ModelReader.read(path: "\(directory.path)/\(name)").isComplete)
            #expect(try ModelReader.read(path: "\(directory.path)/a").isComplete)
        }
    }

    @Test("a compressed file of a loader that does not decompress is a gap")
    func compressed() throws {
        let directory = TemporaryDirectory()
        directory.write("m.pkl", [0x80, 4, 0x4E, 0x2E])
        shell("cd '\(directory.path)' && gzip -k m.pkl && mv m.pkl.gz m.pt")
        #expect(try !ModelReader.read(path: directory.path + "/m.pt").isComplete)
        shell("cd '\(directory.path)' && mv m.pt n.joblib")
        #expect(try ModelReader.read(path: directory.path).isComplete)
    }
}
