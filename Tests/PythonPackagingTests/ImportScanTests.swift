import TestSupport
import Testing

@testable import PythonPackaging

/// The import statements of a source that lead into its own package.
struct ImportScanTests {
    private static func found(
        _ source: String, path: String = "usr/lib/python3/site-packages/demo/part.py", piece: Int = 1 << 18
    )
        -> [String]
    {
        let bytes = Array(source.utf8)
        var scan = ImportScan()
        guard scan.start(path: Array(path.utf8), size: bytes.count) else { return ["not looked at"] }
        bytes.withUnsafeBytes { all in
            var start = 0
            while start < all.count {
                let end = min(all.count, start + piece)
                scan.update(UnsafeRawBufferPointer(rebasing: all[start..<end]))
                start = end
            }
        }
        return ImportStatement.read(scan.finish()).map { statement in
            let dots = String(repeating: ".", count: statement.level)
            return "\(statement.place) \(dots)\(statement.module)"
                + (statement.names.isEmpty ? "" : " \(statement.names.joined(separator: " "))")
        }
    }

    static let sources: [(String, [String])] = [
        ("import ctypes\nx = ctypes.CDLL(n)\n", ["always (open)"]),
        ("from ctypes import cdll\ndef f():\n    return cdll.LoadLibrary(n)\n", ["handled (open)"]),
        ("import cffi\ndef f():\n    return ffi.dlopen(n)\ndef g(): return f()\nx = g()\n", ["always (open)"]),
        ("import ctypes\n# CDLL(n)\nx = 'CDLL(n)'\n", []),
        ("import ctypes\nfrom . import a\nfor n in m:\n    x = ctypes.CDLL(n)\n", ["always . a", "block (open)"]),
        ("import ctypes\nclass A:\n    x = ctypes.CDLL(n)\n", ["handled (open)"]),
        ("from . import _core\n", ["always . _core"]),
        ("import demo._core\nimport os\n", ["always demo._core"]),
        ("import _demo, os, demo.a as b\n", ["always _demo", "always demo.a"]),
        ("from .a.b import (c,  # one\n    d as e,\n)\n", ["always .a.b c d"]),
        ("from ..x import *\n", ["always ..x"]),
        ("from demo import a, \\\n    b\n", ["always demo a b"]),
        ("from __future__ import annotations\n", []),
        ("from demography import x\n", []),
        ("\"\"\"\nfrom . import quoted\n\"\"\"\nfrom . import real\n", ["always . real"]),
        ("x = '''\nimport demo.a\n'''\n", []),
        ("call(\nimport_,\n)\nimport demo.a\n", ["always demo.a"]),
        ("# it's\nimport demo.a\n", ["always demo.a"]),
        ("def f():\n    from . import late\n", ["handled . late"]),
        ("class A:\n    from . import inside\n", ["handled . inside"]),
        ("if x:\n    from . import one\nelse:\n    from . import other\n", ["block . one", "block . other"]),
        ("if TYPE_CHECKING:\n    from . import types\n", ["handled . types"]),
        ("if x:\n    if y:\n        from . import deep\n", ["handled . deep"]),
        ("try:\n    from . import fast\nexcept ImportError:\n    fast = None\n", ["handled . fast"]),
        (
            "try:\n    from . import fast\nexcept ImportError as e:\n    say(e)\n    raise Other() from e\n",
            ["always . fast"]
        ),
        (
            "try:\n    from . import fast\nexcept ImportError:\n    if x:\n        raise\n    fast = None\n",
            ["handled . fast"]
        ),
        (
            "try:\n    from . import a\nexcept KeyError:\n    raise\nexcept ImportError:\n    pass\n",
            ["handled . a"]
        ),
        ("try:\n    x()\nfinally:\n    from . import last\n", ["handled . last"]),
        ("try:\n    from . import fast\n", ["handled . fast"]),
        ("import demo.a; import demo.b\n", ["always demo.a"]),
        ("import os, demo.a\n", ["always demo.a"]), ("import os, \\\n  demo.a\n", ["always demo.a"]),
        ("import os \\\n  , demo.a\n", ["always demo.a"]), ("from  .a import b\n", ["always .a b"]),
        ("from \\\n .a import b\n", ["always .a b"]), ("from os import demo\n", []),
        ("if t.TYPE_CHECKING:\n\tfrom . import types\n", ["handled . types"]),
        ("if TYPE_CHECK:\n     from . import deep\n", ["handled . deep"]),
        ("from . import", []), ("import \n\n\n", []), ("from x\n\n\n\n\n", []), ("importlib.reload(x)\n", []),
    ]

    @Test("statements and when they run", arguments: sources.indices)
    func statements(index: Int) {
        let (source, expected) = Self.sources[index]
        #expect(Self.found(source) == expected, "\(source)")
        #expect(Self.found(source, piece: 3) == expected, "\(source)")
    }

    @Test("only the files of packages are looked at")
    func paths() {
        let source = "import demo.a\n"
        #expect(Self.found(source, path: "srv/app/demo/part.py") == ["not looked at"])
        #expect(Self.found(source, path: "usr/lib/python3/dist-packages/demo.py") == ["always demo.a"])
        let tests = "usr/lib/python3/dist-packages/demo/tests"
        #expect(Self.found(source, path: tests + "/test_one.py") == ["not looked at"])
        #expect(Self.found(source, path: tests + "/deep/test_one.py") == ["not looked at"])
        #expect(Self.found(source, path: tests + "/runner.py") == ["always demo.a"])
        #expect(Self.found("import tests.a\n", path: "x-packages/tests/test_one.py") == ["always tests.a"])
        #expect(Self.found("short", path: "usr/lib/python3/dist-packages/demo.py") == ["not looked at"])
    }

    @Test("what is kept of a source has a limit")
    func limits() {
        let source = String(repeating: "from .package import name, another\n", count: 10_000)
        #expect(Self.found(source).count < 800)
        var large = ImportScan()
        let isTaken = large.start(path: Array("x-packages/a.py".utf8), size: 5 << 20)
        #expect(!isTaken)
    }

    @Test("sources that were changed at random never stop the scan")
    func mutations() {
        var generator = SeededGenerator(seed: 4)
        let whole = Self.sources.map(\.0).joined()
        for _ in 0..<500 {
            var bytes = Array(whole.utf8)
            for _ in 0..<4 {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let start = Int.random(in: bytes.indices, using: &generator)
            var scan = ImportScan()
            guard scan.start(path: Array("x-packages/demo/a.py".utf8), size: bytes.count - start) else { continue }
            bytes[start...].withUnsafeBytes { scan.update($0) }
            #expect(ImportStatement.read(scan.finish()).count <= 200)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }

    /// The lines as a reader of lines finds them, one after the other.
    private static func lines(of source: [UInt8]) -> [Int] {
        var starts: [Int] = []
        var start = 0
        var joined: Int?
        for line in source.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let first = joined ?? start
            if String(decoding: line, as: UTF8.self).contains("import") {
                starts.append(first)
                joined = nil
            } else {
                joined = line.last == UInt8(ascii: "\\") ? first : nil
            }
            start += line.count + 1
        }
        return starts
    }

    @Test("the lines with the word are those that a reader of lines finds")
    func linesWithTheWord() {
        var generator = SeededGenerator(seed: 11)
        let parts = [
            "import", "imp", "mp", "numpy", "\n", "\n", "\\\n", " ", "\t", "from x", "important", "iimport", "impor",
            "a = 1", "x",
        ]
        for _ in 0..<fuzzRounds(300) {
            let source = (0..<generator.next(0...60)).flatMap { _ in
                Array((parts.randomElement(using: &generator) ?? "").utf8)
            }
            var found: [Int] = []
            var margins: [Int] = []
            source.withUnsafeBytes { bytes in
                var lines = ImportLines(bytes)
                while let line = lines.next() {
                    found.append(line)
                    margins.append(lines.lineAtMargin(above: line))
                }
            }
            #expect(found == Self.lines(of: source), "\(String(decoding: source, as: UTF8.self))")
            let wanted = found.map { line in
                (0...line).last { place in
                    (place == 0 || source[place - 1] == 0x0A) && (Self.isLetter(source[place]) || source[place] == 0x5F)
                } ?? 0
            }
            #expect(margins == wanted, "\(String(decoding: source, as: UTF8.self))")
        }
    }
}
