import Testing

@testable import PythonPackaging

struct BytecodeTests {
    private static let sources: [[UInt8]] = [[], Array("print(1)\n".utf8), Array(0..<64)]

    /// What `_imp.source_hash(importlib._bootstrap_external._RAW_MAGIC_NUMBER, source)` gives on each release.
    @Test(
        "the hash of a source is that of the interpreter",
        arguments: [
            ("3.7", 3394, [0xa7b6_83bd_aa0c_ee85, 0xc084_0a3b_3c2a_8a6d, 0xc853_a9fd_eb36_0627]),
            ("3.8", 3413, [0xe9e8_4336_1b88_e481, 0x20db_1db7_ec1d_f79b, 0x09e1_c3ca_1156_4fb0]),
            ("3.9", 3425, [0x5f1c_5b3e_c8b7_0bac, 0xfcca_1fd5_ea17_2d66, 0x6c4a_dced_c89b_2e9d]),
            ("3.10", 3439, [0x27fd_e725_25cd_c08c, 0x1422_78ed_525e_7628, 0x4cc1_a7de_3b29_124d]),
            ("3.11", 3495, [0x737f_e8d5_d59c_8d73, 0x5930_7a40_7f2d_81da, 0x013a_c5e2_586d_c821]),
            ("3.12", 3531, [0x257a_38c9_ed8e_f1ba, 0x69cd_f8a5_61f3_71bf, 0xd848_233d_512f_b597]),
            ("3.13", 3571, [0x14b8_932f_316d_ec27, 0x3546_be83_1f79_905a, 0xf6b1_d07f_4bf4_f08d]),
        ] as [(String, UInt16, [UInt64])])
    func sourceHash(python: String, magic: UInt16, expected: [UInt64]) {
        #expect(BytecodeHeader.magic(ofPython: python + ".4") == magic)
        #expect(Self.sources.map { SourceHash.of($0, magic: magic).value } == expected)
        // In pieces of every size the hash is the same.
        for size in 1...20 {
            var hasher = SourceHasher(magic: magic)
            let source = Self.sources[2]
            for start in stride(from: 0, to: source.count, by: size) {
                Array(source[start..<min(start + size, source.count)]).withUnsafeBytes { hasher.update($0) }
            }
            #expect(hasher.finish().value == expected[2])
        }
    }

    @Test("a source is hashed for the interpreter in whose library it lies, else for all")
    func hashers() {
        func magics(_ path: String) -> [UInt16] {
            SourceHasher.hashers(forSource: Array(path.utf8)).map { $0.finish().magic }
        }
        #expect(magics("opt/venv/lib/python3.11/site-packages/a.py") == [3495])
        #expect(magics("usr/lib/python3/dist-packages/a.py").count == 8)
        #expect(magics("python3.11").count == 8)
        #expect(magics("lib/python3.99/a.py").count == 8)
        #expect(magics("lib/python3.99999999999999999999/a.py").count == 8)
    }

    @Test("headers")
    func headers() {
        let start: [UInt8] = [0xA7, 0x0D, 0x0D, 0x0A]
        let rest: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        #expect(
            BytecodeHeader(start + [0, 0, 0, 0] + rest)?.tie == .timestamp(modified: 0x0403_0201, size: 0x0807_0605))
        #expect(BytecodeHeader(start + [1, 0, 0, 0] + rest)?.tie == .uncheckedHash(0x0807_0605_0403_0201))
        #expect(BytecodeHeader(start + [3, 0, 0, 0] + rest)?.tie == .checkedHash(0x0807_0605_0403_0201))
        #expect(BytecodeHeader(start + [2, 0, 0, 0] + rest)?.tie == .unknown(flags: 2))
        #expect(BytecodeHeader(start + [0, 0, 0, 0] + rest.dropLast()) == nil)
        #expect(BytecodeHeader([0xA7, 0x0D, 0x0A, 0x0D, 0, 0, 0, 0] + rest) == nil)
        #expect(BytecodeHeader(start + [0, 0, 0, 0] + rest)?.magic == 3495)
        #expect(BytecodeHeader.python(ofMagic: 3495) == "3.11")
    }

    @Test(
        "where bytecode lies and what it stands for",
        arguments: [
            ("a/__pycache__/m.cpython-311.pyc", nil, "a/m.py", "cpython-311"),
            ("a/__pycache__/m.cpython-313.opt-2.pyc", nil, "a/m.py", "cpython-313"),
            ("__pycache__/a.b.cpython-39.pyc", nil, "a.b.py", "cpython-39"),
            ("a/__pycache__/m.pypy310.pyc", nil, "a/m.py", "pypy310"),
            ("a/m.pyc", nil, "a/m.py", nil), ("m.pyc", nil, "m.py", nil),
            ("var/cache/usr/lib/m.cpython-311.pyc", "/var/cache", "usr/lib/m.py", "cpython-311"),
            ("a/__pycache__/m.pyc", nil, nil, nil), ("a/m.py", nil, nil, nil), ("a/__pycache__/.pyc", nil, nil, nil),
        ] as [(String, String?, String?, String?)])
    func paths(path: String, prefix: String?, source: String?, tag: String?) {
        let found = BytecodePath(path, cachePrefix: prefix)
        #expect(found?.source == source)
        #expect(found?.tag == tag)
        if let tag { #expect(found?.magic == ["cpython-311": 3495, "cpython-313": 3571, "cpython-39": 3425][tag]) }
    }
}
