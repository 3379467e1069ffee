import LockFormats
import SourceDocuments
import Testing

@Suite struct RequirementsTextTests {
    /// One line for each requirement: name, version, strength, origin.
    private func sketch(_ text: String, files: [String: String] = [:]) throws -> [String] {
        try lock("requirements.txt", text, files: files).requirements.map { entry in
            "\(entry.kind.rawValue) \(entry.name ?? "-") \(entry.version ?? "-") \(entry.strength.rawValue)"
        }
    }

    @Test(arguments: [
        ("numpy==1.26.4", "declared numpy 1.26.4 exact"), ("Foo.Bar", "declared foo-bar - floating"),
        ("numpy==1.*", "declared numpy - floating"), ("numpy===1.0+x", "declared numpy 1.0+x exact"),
        ("numpy >= 1, < 2 ; python_version < '3.12' # why", "declared numpy - floating"),
        ("numpy==1.0 \\\n  --hash=sha256:\(sha) \\\n  --hash sha256:\(sha)", "declared numpy 1.0 hashed"),
        ("numpy==${V}", "declared numpy - unknown"),
        ("git+https://host/u/r.git@\(String(repeating: "a", count: 40))#egg=My_Pkg", "declared my-pkg - hashed"),
        ("git+ssh://git@host/u/r.git@main#egg=x", "declared x - floating"),
        ("x @ git+https://host/r@v1.2.3", "declared x - exact"),
        ("https://host/p/numpy-1.26.4-cp311-cp311-linux_x86_64.whl#sha256=\(sha)", "declared numpy 1.26.4 hashed"),
        ("x @ https://host/x-1.0.tar.gz ; os_name == 'posix'", "declared x 1.0 exact"),
        ("-e .", "declared - - floating"), ("-e./sub[a,b]", "declared - - floating"),
        ("--editable=git+https://host/r#egg=x", "declared x - floating"),
        ("./wheels/x-1.0-py3-none-any.whl", "declared x 1.0 exact"), ("./local", "declared - - floating"),
        ("\u{FEFF}numpy==1", "declared numpy 1 exact"), ("a==1\u{C}b==2", "declared a 1 exact|declared b 2 exact"),
        (
            "a==1\u{2028}b==2\r\nc==3\rd==4",
            "declared a 1 exact|declared b 2 exact|declared c 3 exact|declared d 4 exact"
        ),
    ]) func entries(_ text: String, _ expected: String) throws {
        #expect(try sketch(text).joined(separator: "|") == expected)
    }

    @Test func nestedFilesAreReadRelativeToTheFileThatNamesThem() throws {
        let files = [
            "sub/base.txt": "-c ../limits.txt\na==1\n-r more.txt", "sub/more.txt": "b==2", "limits.txt": "c==3",
        ]
        #expect(
            try sketch("-r sub/base.txt\n-r sub/base.txt\nd==4", files: files) == [
                "constraint c 3 exact", "declared a 1 exact", "declared b 2 exact", "declared d 4 exact",
            ])
    }

    @Test(arguments: [
        ("-r requirements.txt", "unreadable 1:1"), ("-r missing.txt", "unreadable 1:1"),
        ("a==1\n--nonsense x", "unreadable 2:1"),
        ("a==1 \\\n  # why \\\n  --hash=sha256:\(sha)", "droppedHash 3:3"),
        ("--no-verify-hashes", "verificationOff 1:1"),
        ("a==1 --hash=md5:\(String(repeating: "0", count: 32))", "weakHash 1:1"), ("a==", "unreadable 1:1"),
        ("--extra-index-url https://${U}:${P}@host/simple", "unresolvedVariable 1:1"),
        ("a==1 --hash=sha256:12", "unreadable 1:1"),
        ("-i 'https://host", "unreadable 1:1"), ("a b", "unreadable 1:1"),
    ]) func problems(_ text: String, _ expected: String) throws {
        let document = try lock("requirements.txt", text)
        let problems = document.problems + document.requirements.flatMap(\.problems)
        #expect(
            problems.map { "\($0.kind.rawValue) \($0.range.start.line):\($0.range.start.column)" }.joined(
                separator: "|")
                == expected)
    }

    @Test func unreadablePartsMakeTheEnvironmentFail() {
        #expect(failure("requirements.txt", "a==1\na b").hasPrefix("requirements.txt:2:1:"))
    }

    @Test func cyclesAreReported() throws {
        let document = try lock(
            "requirements.txt", "-r a.txt", files: ["a.txt": "-r b.txt", "b.txt": "-r a.txt\nx==1"])
        #expect(document.problems.map(\.message) == ["a.txt names itself, directly or through another file"])
        #expect(document.requirements.map(\.name) == ["x"])
    }

    @Test func optionsIndexesAndProvenance() throws {
        let document = try lock(
            "requirements.txt",
            "--index-u https://a/simple\n--extra-index-url=https://b/simple\n-f ./links\na==1\n    # via\n    #   b\n    #   c (pyproject.toml)\nb==1  # via -r requirements.in\n"
        )
        #expect(
            document.indexes.map { "\($0.kind.rawValue) \($0.url)" } == [
                "primary https://a/simple", "extra https://b/simple", "findLinks ./links",
            ])
        #expect(document.requirements.map(\.provenance) == [["b", "c (pyproject.toml)"], ["-r requirements.in"]])
        #expect(
            document.requirements[1].range
                == SourceRange(
                    start: SourcePosition(line: 8, column: 1), end: SourcePosition(line: 8, column: 5)))
    }

    @Test(arguments: [true, false]) func utf16(littleEndian: Bool) throws {
        let units = Array("\u{FEFF}a==1\nb==2 # ü".utf16)
        let bytes = units.flatMap {
            littleEndian ? [UInt8($0 & 255), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 255)]
        }
        let document = try LockReader.read(SourceText(name: "requirements.txt", bytes: bytes), context: .empty)
        #expect(document.requirements.map(\.name) == ["a", "b"])
    }

    @Test func codings() throws {
        let latin = SourceText(
            name: "requirements.txt", bytes: Array("# -*- coding: latin-1 -*-\na==1 # ".utf8) + [0xFC])
        #expect(try LockReader.read(latin, context: .empty).requirements.count == 1)
        let invalid = SourceText(name: "requirements.txt", bytes: Array("a==1 # ".utf8) + [0xFC])
        #expect(throws: LockReadingError.self) { try LockReader.read(invalid, context: .empty) }
        #expect(failure("requirements.txt", "# coding: koi8-r\na==1").contains("koi8r"))
    }

    @Test func markersChoose() throws {
        let text = "a==1; sys_platform == 'win32'\nb==2; python_version < '3.12'\nc==3\n"
        #expect(pins(try lock("requirements.txt", text).environment(target: linux)) == ["b==2", "c==3"])
        #expect(pins(try lock("requirements.txt", text).environment(target: nil)) == ["a==1", "b==2", "c==3"])
    }
}
