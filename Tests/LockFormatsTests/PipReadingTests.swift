import LockFormats
import SourceDocuments
import Testing

private let commit = String(repeating: "a", count: 40)
private let wheel = "https://host/aa-1-py3-none-any.whl"

/// How pip 26.3 reads requirements files where a reader by the documentation would read less than is installed
/// (https://github.com/pypa/pip/blob/main/src/pip/_internal/req/req_file.py).
@Suite struct PipReadingTests {
    /// The kind, name, version and strength of each requirement.
    private func sketch(_ text: String, _ files: [String: String] = [:]) throws -> String {
        try lock("requirements.txt", text, files: files).requirements.map { entry in
            "\(entry.kind.rawValue) \(entry.name ?? "-") \(entry.version ?? "-") \(entry.strength.rawValue)"
        }.joined(separator: "|")
    }

    @Test("what a file behind -r names is installed, also where constraints name the file")
    func requirementsInConstraints() throws {
        let files = ["c.txt": "-r more.txt\nbb==2\n", "more.txt": "evil\n-c d.txt\n", "d.txt": "cc==3\n"]
        #expect(
            try sketch("-c c.txt\naa==1\n", files)
                == "declared evil - floating|constraint cc 3 exact|constraint bb 2 exact|declared aa 1 exact")
        #expect(try sketch("-c d.txt\naa==1\n", files) == "constraint cc 3 exact|declared aa 1 exact")
    }

    @Test(
        "a comment line behind any space of Python's ends a continuation",
        arguments: [
            "", " ", "\t", "\u{1F}", "\u{A0}", "\u{1680}", "\u{2003}", "\u{202F}", "\u{3000}", " \u{A0}\u{3000}\t",
        ])
    func spacesBeforeComments(_ spaces: String) throws {
        #expect(
            try sketch("aa==1\n\(spaces)# note \\\nevil\n") == "declared aa 1 exact|declared evil - floating")
        #expect(try sketch("aa==1\(spaces)\n\(spaces)# note\nbb==2\n") == "declared aa 1 exact|declared bb 2 exact")
    }

    @Test("a no-break space of Latin-1 before a comment")
    func latinSpace() throws {
        let bytes = Array("# coding: latin-1\naa==1\n".utf8) + [0xA0] + Array("# note \\\nevil\n".utf8)
        let document = try LockReader.read(SourceText(name: "requirements.txt", bytes: bytes), context: .empty)
        #expect(document.requirements.map(\.name) == ["aa", "evil"])
    }

    @Test(
        "a coding line is found wherever pip finds it",
        arguments: [
            "#" + String(repeating: " ", count: 5000) + "coding: utf-7\n", "# coding: ! coding: utf-7\n",
            "# coding=, coding=utf-7\n", "#\n# coding:\u{B}utf-7\n", "# encoding:utf-7\n",
        ])
    func codings(_ line: String) {
        #expect(failure("requirements.txt", line + "aa==1\n# text +AAo-evil+AAo-\n").contains("utf7"))
    }

    @Test(
        "lines that are no coding lines",
        arguments: ["# coding: !\n", "#\n#\n# coding: utf-7\n", " # coding: utf-7\n", "# coding: ! coding: utf-8\n"])
    func noCodings(_ line: String) throws {
        #expect(try sketch(line + "aa==1\n") == "declared aa 1 exact")
    }

    @Test(
        "of several files on one line pip reads the first behind -r, else the first behind -c",
        arguments: [
            ("-r a.txt -c pins.txt", "declared foo - floating"), ("-c pins.txt -r a.txt", "declared foo - floating"),
            ("-r a.txt -r b.txt", "declared foo - floating"),
            (
                "-c pins.txt -c more.txt\nfoo\nbar",
                "constraint foo 1 exact|declared foo 1 exact|declared bar - floating"
            ),
            ("-c pins.txt\n-r a.txt", "constraint foo 1 exact|declared foo 1 exact"),
            ("-r a.txt\n-r b.txt", "declared foo - floating|declared bar - floating"),
        ])
    func severalFiles(_ text: String, _ expected: String) throws {
        let files = ["a.txt": "foo\n", "b.txt": "bar\n", "pins.txt": "foo==1\n", "more.txt": "bar==2\n"]
        #expect(try sketch(text + "\n", files) == expected)
    }

    @Test("options beside -r are not applied, but those for formats are, on every line")
    func optionsBesideOthers() throws {
        let document = try lock(
            "requirements.txt", "-r a.txt --index-url https://host/simple --no-require-hashes\n--pre -i https://a/\n",
            files: ["a.txt": "foo\n"])
        #expect(document.indexes.map(\.url) == ["https://a/"])
        #expect(document.problems.isEmpty)
        for text in ["-r a.txt --no-binary foo", "aa==1 --no-binary foo\n-r a.txt", "foo --no-binary :all:"] {
            let document = try lock("requirements.txt", text + "\n", files: ["a.txt": "foo\n"])
            #expect(document.requirements.filter(\.isBuilt).map(\.name) == ["foo"], "\(text)")
        }
    }

    @Test(
        "the options of pip 26 for pre-releases",
        arguments: [
            ("--all-releases aa", 0), ("--only-final=:all:", 0), ("--all-rel :all: --only-f aa,bb", 0),
            ("--all-releases", 1), ("--only aa", 1),
        ])
    func releaseOptions(_ line: String, _ problems: Int) throws {
        let document = try lock("requirements.txt", line + "\naa==1\n")
        #expect(document.problems.filter { $0.kind == .unreadable }.count == problems)
        #expect(document.requirements.map(\.version) == ["1"])
    }

    @Test(
        "a package comes from the source that a constraint gives",
        arguments: [
            ("aa==1", "aa @ git+https://host/x/aa@main", "1 floating"),
            ("aa", "aa @ git+https://host/x/aa", "- floating"),
            ("aa==1", "aa @ git+https://host/x/aa@\(commit)", "1 hashed"), ("aa==1", "aa @ \(wheel)", "1 exact"),
            ("aa", "\(wheel)#sha256=\(sha)", "1 hashed"), ("aa", "./aa-1-py3-none-any.whl", "1 exact"),
            ("aa==1 --hash=sha256:\(sha)", "aa @ https://host/aa.zip", "1 hashed"),
            // pip does not take the hash of --hash behind a constraint with a source.
            ("aa", "aa @ \(wheel) --hash=sha256:\(sha)", "1 exact"),
            ("aa", "aa @ https://host/aa.zip --hash=sha256:\(sha)", "- unknown"),
            ("aa==1", "aa @ git+https://host/x/aa@main ; os_name == 'nt'", "1 unknown"),
            ("aa==1 ; os_name == 'nt'", "aa @ git+https://host/x/aa@main ; os_name == 'nt'", "1 floating"),
            ("aa", "aa==1\naa @ git+https://host/x/aa@main", "- unknown"),
            ("aa", "aa @ \(wheel)\naa @ https://other/aa-1-py3-none-any.whl", "- unknown"),
            ("aa", "aa @ \(wheel)\naa @ \(wheel)", "1 exact"), ("aa==1", "bb @ git+https://host/x/bb@main", "1 exact"),
        ] as [(String, String, String)])
    func sourcesInConstraints(_ requirement: String, _ constraints: String, _ expected: String) throws {
        let document = try lock(
            "requirements.txt", "-c c.txt\n\(requirement)\n", files: ["c.txt": constraints + "\n"])
        let found = try #require(document.requirements.last)
        #expect("\(found.version ?? "-") \(found.strength.rawValue)" == expected)
        #expect(found.problems.isEmpty && found.kind == .declared && found.range.start.line == 2)
        let environment = try document.environment(target: nil)
        #expect(environment.gaps.isEmpty == !expected.hasSuffix("unknown"))
        #expect(environment.packages.isEmpty == expected.hasSuffix("unknown"))
    }

    @Test("a constraint with the URL of another version contradicts")
    func contradictingSource() throws {
        let document = try lock("requirements.txt", "-c c.txt\naa==2\n", files: ["c.txt": "aa @ \(wheel)\n"])
        #expect(document.requirements.flatMap(\.problems).map(\.kind) == [.conflict])
    }

    @Test("constraints pin what pip installs for an environment.yml")
    func condaEnvironment() throws {
        let text = "dependencies:\n- python=3.11\n- pip:\n  - -c c.txt\n  - aa==1\n"
        let document = try lock("environment.yml", text, files: ["c.txt": "aa @ git+https://host/x/aa@main\n"])
        #expect(document.requirements.last?.strength == .floating)
    }

    @Test(
        "markers whose answer depends on the tool are refused where they decide",
        arguments: [
            ("python_version < python_full_version", true), ("os_name === 'nt'", true), ("sys_platform ~= 'x'", true),
            ("python_version ~= '3'", true), ("python_version ~= '3.8'", false), ("python_version != os_name", false),
            ("os_name === 'nt' and os_name == 'nt'", false), ("os_name === 'nt' or os_name == 'posix'", false),
        ])
    func markers(_ marker: String, _ isRefused: Bool) {
        #expect(failure("requirements.txt", "aa==1 ; \(marker)\n", target: linux).isEmpty == !isRefused)
    }
}
