import Testing

@testable import PinproofCommand

/// What no output shows: credentials of URLs, and characters that move a cursor or hide text.
struct HiddenTextTests {
    private static let dockerfile =
        "FROM scratch\nADD http://user:secretpw@h.example/file /x\nRUN git clone -b main http://secretpw@h.example/r\n"
        + "RUN curl -O 'https://h.example/f?token=secretpw'\n"
    private static let lock = """
        {"schema": "pinproof/lock/1", "downloads":
         {"http://user:secretpw@h.example/file": "sha256:\(String(repeating: "ab", count: 32))"}}
        """

    @Test("freeze and check --fix show no credentials of URLs, and write none into the lock")
    func credentials() async throws {
        let compose = "services:\n  a:\n    build: https://user:secretpw@h.example/x.git#main\n"
        let directory = try Directory(["Dockerfile": Self.dockerfile, "compose.yaml": compose, "l.json": Self.lock])
        for words in [["--dockerfile", "Dockerfile"], ["--manifest", "compose.yaml"]] {
            let run = await Program.run(["freeze", words[0], directory(words[1]), "--diff"])
            #expect(run.diagnostics.contains("left as it is") && run.diagnostics.contains("***"), "\(run.diagnostics)")
            #expect(!run.diagnostics.contains("secretpw"), "\(run.diagnostics)")
        }
        let fixed = await Program.run([
            "check", "--fix", "--from-lock", directory("l.json"), directory("Dockerfile"), directory("compose.yaml"),
        ])
        #expect(fixed.diagnostics.contains("fixed \(directory("Dockerfile")):2: "), "\(fixed.diagnostics)")
        #expect(!(fixed.diagnostics + fixed.output).contains("secretpw"), "\(fixed.diagnostics)")
        #expect(try directory.read("Dockerfile").contains("ADD --checksum=sha256:"))
        #expect(try directory.read("Dockerfile").contains("http://user:secretpw@h.example/file /x"))
        let record = try directory.read("pinproof.lock.json")
        #expect(record.contains("http://***@h.example/file") && !record.contains("secretpw"))
    }

    @Test("inspect of a Dockerfile shows no credentials of URLs", arguments: ["text", "json"])
    func inspection(format: String) async throws {
        let directory = try Directory(["Dockerfile": Self.dockerfile])
        let run = await pinproof("inspect", directory("Dockerfile"), "--format", format)
        #expect(run.status == 0 && run.output.contains("http://***@h.example/file"), "\(run.output)")
        #expect(!run.output.contains("secretpw"), "\(run.output)")
    }

    private static let raw: [Unicode.Scalar] = ["\u{1B}", "\u{7}", "\u{9B}", "\u{202E}", "\u{2028}"]

    private static func isRaw(_ text: String) -> Bool { text.unicodeScalars.contains { raw.contains($0) } }

    @Test("inspect of a Dockerfile shows control characters as escapes", arguments: ["text", "json"])
    func control(format: String) async throws {
        let marks = String(String.UnicodeScalarView(Self.raw))
        let directory = try Directory([
            "Dockerfile": "FROM python:3 AS a\nRUN echo \(marks)\nLABEL a=\(marks)\nCOPY b /\(marks)\n"
        ])
        let run = await pinproof("inspect", directory("Dockerfile"), "--format", format)
        #expect(run.status == 0, "\(run.diagnostics)")
        #expect(!Self.isRaw(run.output + run.diagnostics), "\(run.output)")
        #expect(run.output.contains(format == "text" ? "\\u{202e}" : "\\u202e"))
    }

    @Test("a path that cannot be written is shown with escapes, whatever its command")
    func paths() async throws {
        let directory = try Directory(["Dockerfile": "FROM scratch\n", "compose.yaml": "services: {a: {image: b}}\n"])
        let path = directory("no\u{1B}[31m\u{202E}/x")
        for words in [
            ["check", directory("Dockerfile"), "-o", path], ["inspect", directory("Dockerfile"), "-o", path],
            ["check", directory("Dockerfile"), "-o", "json=\(path)", "-o", "sarif=\(path)2"],
            ["freeze", "--manifest", directory("compose.yaml"), "-o", path], ["rules", "-o", path],
        ] {
            let run = await Program.run(words)
            #expect(run.status == 2 && run.diagnostics.contains("no\\u{1b}[31m\\u{202e}"), "\(run.diagnostics)")
            #expect(!Self.isRaw(run.diagnostics), "\(words)")
        }
    }
}
