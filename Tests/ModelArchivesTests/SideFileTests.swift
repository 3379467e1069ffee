import EnvironmentInventory
import TestSupport
import Testing

@testable import ModelArchives

/// Arrays in files of their own, as joblib before 0.10 and numpy write them.
@Suite("Arrays beside a model")
struct SideFileTests {
    private static func array(_ description: String, _ data: [UInt8] = [], rest: String = "False, 'shape': (1,), }")
        -> [UInt8]
    {
        let header = Array("{'descr': \(description), 'fortran_order': \(rest)\n".utf8)
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)] + header
            + data
    }

    private func read(_ files: [(String, [UInt8])]) throws -> Model {
        let directory = TemporaryDirectory()
        for (name, bytes) in files { directory.write(name, bytes) }
        return try ModelReader.read(path: directory.path)
    }

    @Test(
        "a wrapper of joblib before 0.10 is a gap",
        arguments: [
            "joblib.numpy_pickle_compat\nNDArrayWrapper", "joblib.numpy_pickle\nNDArrayWrapper",
            "joblib.numpy_pickle\nZNDArrayWrapper", "sklearn.externals.joblib.numpy_pickle\nNDArrayWrapper",
        ])
    func oldWrapper(_ name: String) throws {
        let pickle = [0x80, 2] + Array("c\(name)\n)\u{81}".unicodeScalars.map { UInt8($0.value) })
        let state = Array("}U\u{8}filenameU\u{5}a.npysb.".utf8)
        let model = try read([("model.joblib", pickle + state), ("a.npy", Self.array("'|O'", NamedFile.call))])
        #expect(model.environment.gaps.contains { $0.reason.contains("joblib before 0.10") })
        #expect(model.findings.contains { $0.subject == "posix.system" })
    }

    @Test(
        "an array that may hold objects is read as a pickle",
        arguments: [
            "'|O'", "'O'", "'object'", "'|\\x4f'", "'|' 'O'", "\"|O\"", "[('a', '|O')]", "[('a', '<f8'), ('b', '|O')]",
            "[('a', ('|O', (2,)))]", "[('a', [('b', '|O8')])]", "'f8,O'", "'<f8' '' ", "('|O', (2,))", "'M8[O]x'",
            "[(('f8'), ('O'))]", "[('f8', ('O'))]", "('<f8')", "[('a','|O')]", "[ ('a', '<f8')]", "[('a', '<f8'),]",
            "[('a', '<f8') ('b', '<f8')]", "[(('t', 'n'), 'O')]", "'<f8'  ", "[['a', '<f8']]", "[('a', '<f8', 'O')]",
            "[('a', '<f8', (2,), 'O')]", "[('a', b'O')]", "[('a', '<f8')][0:1]",
        ])
    func objects(_ description: String) throws {
        let model = try read([("model.pkl", [0x4E, 0x2E]), ("a.npy", Self.array(description, NamedFile.call))])
        #expect(model.findings.contains { $0.subject == "posix.system" })
    }

    @Test("the last of two types counts, and the header's version may be newer")
    func otherHeaders() throws {
        let twice = Self.array("'<f8'", NamedFile.call, rest: "False, 'shape': (1,), 'descr': '|O', }")
        let before = Self.array("'<f8', 'descr': '|O'", NamedFile.call)
        var long = Self.array("'|O'", NamedFile.call)
        long[6] = 2
        long.insert(contentsOf: [0, 0], at: 10)
        for bytes in [twice, before, long] {
            for name in ["a.npy", "1.npy"] {
                // A name of digits is one of skops' arrays.
                let model = try read([("model.pkl", [0x4E, 0x2E]), (name, bytes)])
                #expect(model.findings.contains { $0.subject == "posix.system" })
            }
        }
    }

    @Test(
        "an array of numbers, texts, dates or records of them is data",
        arguments: [
            "'<f8'", "'|b1'", "'<U12'", "'|S3'", "'<M8[ns]'", "'<m8[25us]'", "'|V8'", "'<c16'",
            "[('Open', '<f8'), ('O', '<i4', (2, 3))]", "[('a', [('Ob', '<f8'), ('c', '|S4')]), ('d', '|u1')]",
            "[(('O', 'O'), '<f8')]", "[('', '|V4'), ('é', '<f8', (2,))]",
        ])
    func numbers(_ description: String) throws {
        let model = try read([("model.pkl", [0x4E, 0x2E]), ("a.npy", Self.array(description, NamedFile.call))])
        #expect(model.isComplete, "\(model.environment.gaps.map(\.description))")
        #expect(model.format == "pickle")
        #expect(!model.findings.contains { $0.rule == "dangerous-global" })
    }

    @Test(
        "what numpy, Python 2 and other libraries write behind a type",
        arguments: [
            "True, 'shape': (), }", "False, 'shape': (2L, 3L), }", "False, 'shape': (1, 2)}",
            "False, 'shape': (2,3),}   ",
        ])
    func spellings(_ rest: String) throws {
        let model = try read([("model.pkl", [0x4E, 0x2E]), ("a.npy", Self.array("'<f8'", NamedFile.call, rest: rest))])
        #expect(model.isComplete)
    }

    @Test("members of .npz are read, and arrays of objects that are no pickle are gaps")
    func members() throws {
        let directory = TemporaryDirectory()
        directory.write("model.pkl", [0x4E, 0x2E])
        directory.write("x/a.npy", Self.array("'|O'", NamedFile.call))
        shell("cd '\(directory.path)/x' && python3 -m zipfile -c ../b.npz a.npy && rm -r ../x")
        let model = try ModelReader.read(path: directory.path)
        #expect(model.findings.contains { $0.subject == "posix.system" && $0.file.hasSuffix("b.npz!a.npy") })
        let other = try read([("model.pkl", [0x4E, 0x2E]), ("a.npy", Self.array("'|O'", [0xFF]))])
        #expect(!other.isComplete)
    }
}
