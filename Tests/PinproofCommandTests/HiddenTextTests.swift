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
}
