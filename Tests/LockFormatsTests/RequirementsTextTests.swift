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
        ("./wheels/x-1.0-py3-none-any.whl", "declared x 1.0 exact"),
        ("file:x-1.0-py3-none-any.whl", "declared x 1.0 exact"),
        // Only a wheel is held to its file name.
        ("./x-1.0.tar.gz", "declared - - floating"), ("https://host/x-1.0.zip", "declared - - floating"),
        ("https://host/x-1.0.zip#egg=x", "declared x 1.0 exact"),
        ("y @ https://host/x-1.0.zip", "declared y - floating"),
        // pip reads options on the line of a requirement and does not apply them.
        ("numpy==1 --pre", "declared numpy 1 exact"), ("numpy==1 -r other.txt", "declared numpy 1 exact"),
        ("numpy==1 --index-url https://host/simple", "declared numpy 1 exact"),
        ("-e git://host/r.git@\(String(repeating: "a", count: 40))#egg=n", "declared n - hashed"),
        ("numpy==1 ;", "declared numpy 1 exact"), ("numpy;", "declared numpy - floating"),
        ("https://host/x-1.0-py3-none-any.whl; python_version < '4'", "declared x 1.0 exact"),
        ("svn+https://host/r@12#egg=s", "declared s - floating"),
        ("hg+https://host/r@\(String(repeating: "b", count: 40))#egg=h", "declared h - hashed"),
        ("git+https://host/r@v1.2#egg=a&subdirectory=sub", "declared a - exact"), ("./local", "declared - - floating"),
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

    @Test(
        "packages that pip builds from source, as its options say one after the other",
        arguments: [
            ("--no-binary :all:", "a b"), ("--no-binary a", "a"), ("--no-binary A,b\n--only-binary b", "a"),
            ("--no-binary :all:\n--only-binary :all:", ""), ("--only-binary :all:\n--no-binary a", "a"),
            ("--no-binary :all:\n--only-binary a", "b"), ("--no-binary a,:none:,b", "b"), ("--only-binary a", ""),
            ("--no-binary :all:,:none:", ""), ("--no-binary a,:all:", "a b"), ("--prefer-binary", ""),
        ])
    func builtPackages(options: String, built: String) throws {
        let document = try lock("requirements.txt", "a==1\n\(options)\nb==1\n")
        let names = document.requirements.filter(\.isBuilt).compactMap(\.name)
        #expect(names.joined(separator: " ") == built)
        #expect(document.requirements.compactMap(\.package).filter(\.isBuilt).map(\.name) == names)
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

    @Test(arguments: [
        ("-c c.txt\na\nb>=1\n", "a 1.0 exact|b 2.0 exact"), ("a\nb\n-c c.txt\n", "a 1.0 exact|b 2.0 exact"),
        ("-c c.txt\na==1.0\nc\n", "a 1.0 exact|c - floating"), ("-c c.txt\nd\n", "d 4.0 hashed"),
        ("-c c.txt\nd==4.0\n", "d 4.0 hashed"), ("-c c.txt\ne\n", "e - floating"),
        ("-c c.txt\ne; os_name == 'nt'\n", "e 5.0 exact"), ("-c c.txt\na @ https://host/a.zip\n", "a - floating"),
    ]) func constraintsPin(_ text: String, _ expected: String) throws {
        let constraints = "a==1.0\nb==2.0\nc>3\nd==4.0 --hash=sha256:\(sha)\ne==5.0; os_name == 'nt'\n"
        let found = try lock("requirements.txt", text, files: ["c.txt": constraints]).requirements
        #expect(
            found.filter { $0.kind != .constraint }.map {
                "\($0.name ?? "-") \($0.version ?? "-") \($0.strength.rawValue)"
            }.joined(separator: "|") == expected)
    }

    @Test func aConstraintThatContradictsIsAProblem() throws {
        let document = try lock("requirements.txt", "-c c.txt\na>=2\n", files: ["c.txt": "a==1.0\n"])
        let problems = document.requirements.flatMap(\.problems)
        #expect(problems.map(\.kind) == [.conflict])
        #expect(problems.map(\.message) == ["a>=2 contradicts the constraint a==1.0 of c.txt:1"])
    }

    @Test(arguments: [
        ("git+https://user:secret@host/r@main#egg=a", "git+https://***@host/r@main#egg=a", "main", nil),
        (
            "a @ git+https://token@host/r@v1#subdirectory=x/y", "a @ git+https://***@host/r@v1#subdirectory=x/y", "v1",
            "x/y"
        ),
        ("-e git+ssh://git@host/r.git#egg=a", "-e git+ssh://git@host/r.git#egg=a", nil, nil),
    ]) func repositories(_ text: String, _ reference: String, _ revision: String?, _ subdirectory: String?) throws {
        let document = try lock("requirements.txt", text)
        let package = try #require(document.packages.first)
        #expect(package.reference == reference)
        #expect(package.origin?.subdirectory == subdirectory)
        guard case .repository("git", nil, let found) = package.origin?.kind else {
            Issue.record("\(String(describing: package.origin))")
            return
        }
        #expect(found == revision)
    }
}
