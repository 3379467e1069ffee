import Testing

@testable import PinproofCommand

/// Configuration files of `check`, what it walks over, and where it writes.
struct CheckPolicyTests {
    private static let floating = "FROM python\n"

    /// The rules and severities of a run's findings, by file below a directory.
    private func findings(_ directory: Directory, _ words: String...) async throws -> [String] {
        let run = await Program.run(["check", directory.path, "--format", "json"] + words)
        return try run.document()["findings"]?.array?.map {
            let file = ($0.string("file") ?? "").dropFirst(directory.path.count + 1)
            return "\(file) \($0.string("rule") ?? "") \($0.string("severity") ?? "")"
        } ?? []
    }

    @Test("each file has the configuration that is nearest above it, in whatever order paths are named")
    func nearest() async throws {
        let directory = try Directory([
            "pinproof.toml": "[rules]\nfloating-image = \"warning\"\n", "Dockerfile": Self.floating,
            "a/Dockerfile": Self.floating, "a/pinproof.toml": "[rules]\nfloating-image = \"note\"\n",
            "a/b/Dockerfile": Self.floating, "c/Dockerfile": Self.floating,
            "c/pinproof.toml": "extend = \"../a/pinproof.toml\"\nrequire = \"hashed\"\n",
        ])
        let expected = [
            "Dockerfile floating-image warning", "a/Dockerfile floating-image note",
            "a/b/Dockerfile floating-image note", "c/Dockerfile floating-image note",
        ]
        #expect(try await findings(directory) == expected)
        let one = await pinproof("check", directory("a"), directory("c"), "--format", "json")
        let other = await pinproof("check", directory("c"), directory("a"), "--format", "json")
        #expect(one.output == other.output && one.status == other.status)
        #expect(try await findings(directory, "--isolated").allSatisfy { $0.hasSuffix("error") })
        #expect(
            try await findings(directory, "--config", directory("a/pinproof.toml")).allSatisfy { $0.hasSuffix("note") })
    }

    @Test("a stricter strength and a threshold hold for their own files")
    func strengths() async throws {
        let directory = try Directory([
            "a/Dockerfile": "FROM python:3.11\n", "a/pinproof.toml": "require = \"hashed\"\nfail-on = \"never\"\n",
            "b/Dockerfile": "FROM python:3.11\n",
        ])
        #expect(try await findings(directory) == ["a/Dockerfile image-without-digest error"])
        #expect(await pinproof("check", directory.path).status == 0)
        #expect(await pinproof("check", directory.path, "--fail-on", "error").status == 1)
        #expect(await pinproof("check", directory.path, "--require", "hashed").status == 1)
    }

    @Test("patterns are relative to the file that holds them")
    func exclude() async throws {
        let directory = try Directory([
            "pinproof.toml": "exclude = [\"a/vendor/\", \"/b\"]\n", "a/vendor/Dockerfile": Self.floating,
            "a/Dockerfile": Self.floating, "b/Dockerfile": Self.floating, "a/b/Dockerfile": Self.floating,
            "d/pinproof.toml": "exclude = [\"/x\"]\n", "d/x/Dockerfile": Self.floating,
            "d/y/x/Dockerfile": Self.floating,
        ])
        #expect(
            try await findings(directory)
                == ["a/Dockerfile", "a/b/Dockerfile", "d/y/x/Dockerfile"].map {
                    $0 + " floating-image error"
                })
        let below = await pinproof("check", directory("a"), "--format", "json")
        #expect(try below.document()["findings"]?.array?.count == 2)
    }

    @Test(
        "a configuration that cannot be used ends with 2",
        arguments: [
            "extend = 3\n", "extend = \"pinproof.toml\"\n", "extend = \"missing.toml\"\n", "strength = \"exact\"\n",
            "[rules]\nno-such-rule = \"off\"\n", "require = \"floating\"\n", "exclude = \"x\"\n", "x = [\n",
        ])
    func broken(_ text: String) async throws {
        let directory = try Directory(["pinproof.toml": text, "Dockerfile": "FROM python:3.11\n"])
        let run = await pinproof("check", directory.path)
        #expect(run.status == 2, "\(run.output)")
        #expect(await pinproof("check", directory.path, "--isolated").status == 0)
        let nested = try Directory([
            "a/pinproof.toml": text, "a/Dockerfile": "FROM python:3.11\n", "Dockerfile": Self.floating,
        ])
        let other = await pinproof("check", nested.path)
        #expect(other.status == 2 && other.output.contains("floating-image"))
    }

    @Test("what cannot be read is never a success")
    func unreadable() async throws {
        let directory = try Directory(["uv.lock": "version = [", "Dockerfile": "FROM python:3.11\n"])
        for words in [["--ignore", "unreadable-file"], ["--fail-on", "never"], ["--select", "floating-image"]] {
            let run = await Program.run(["check", directory.path] + words)
            #expect(run.status == 2, "\(words)")
            #expect(run.diagnostics.contains("uv.lock"))
        }
        let off = try Directory(["uv.lock": "version = [", "pinproof.toml": "[rules]\nunreadable-file = \"off\"\n"])
        #expect(await pinproof("check", off.path).status == 2)
    }

    @Test("a path with nothing to read ends with 2")
    func empty() async throws {
        let directory = try Directory([
            "a/x.py": "print(1)\n", "b/Dockerfile": "FROM python:3.11\n", "a/x.yml": "a: 1\n",
        ])
        let run = await pinproof("check", directory("a"), directory("b"))
        #expect(run.status == 2 && run.diagnostics.contains("there is no file here that check reads"))
        #expect(await pinproof("check", directory("a"), directory("b"), "--allow-empty").status == 0)
        #expect(await pinproof("check", directory.path).status == 0)
    }

    @Test("prefixes say what a file is")
    func prefixes() async throws {
        let directory = try Directory(["image.txt": Self.floating, "deps": "flask\n"])
        let run = await pinproof("check", "dockerfile:" + directory("image.txt"), "lock:" + directory("deps"))
        #expect(run.status == 1)
        #expect(run.output.contains("floating-image") && run.output.contains("floating-requirement"))
    }

    @Test("several reports come from one reading")
    func outputs() async throws {
        let directory = try Directory(["Dockerfile": Self.floating])
        let run = await pinproof(
            "check", directory("Dockerfile"), "-o", "sarif=" + directory("r.sarif"), "-o", "github=-", "-o",
            "json=" + directory("r.json"), "-o", "markdown=" + directory("r.md"), "--link-base", "https://h.example/b/",
            "--statistics")
        #expect(run.status == 1)
        #expect(run.output.hasPrefix("::error file="))
        let sarif = try directory.read("r.sarif")
        #expect(
            sarif.contains("\"helpUri\"") && sarif.contains("\"security-severity\"") && sarif.contains("\"rank\": 90"))
        #expect(try directory.read("r.json").contains("\"statistics\": {\n    \"floating-image\": 1"))
        #expect(try directory.read("r.md").contains("| `floating-image` | 1 |"))
        let plain = await pinproof("check", directory("Dockerfile"), "-o", directory("plain"), "--format", "gitlab")
        #expect(plain.output.isEmpty && plain.status == 1)
        #expect(try directory.read("plain").contains("\"check_name\""))
        let failed = await pinproof("check", directory("Dockerfile"), "-o", "json=/nonexistent/x", "-o", "text=-")
        #expect(failed.status == 2 && failed.output.contains("floating-image"))
        for value in ["yaml=x", "json="] {
            #expect(await pinproof("check", directory.path, "-o", value).status == 64)
        }
    }

    @Test("the help of a rule is there once, and the summary says what can be fixed")
    func summary() async throws {
        let directory = try Directory(["Dockerfile": "FROM python AS a\nFROM debian\n"])
        let run = await pinproof("check", directory.path, "--statistics")
        #expect(run.output.split(separator: "\n").count { $0.hasPrefix("  help: ") } == 1)
        #expect(run.output.contains("\n2  floating-image\n"))
        #expect(run.output.contains("pinproof rules floating-image"))
        #expect(run.output.contains("\n2 can be fixed with --fix"))
    }

    @Test("credentials and control characters are shown in no format")
    func secrets() async throws {
        let directory = try Directory([
            "Dockerfile":
                "FROM python:3.11\nRUN curl https://user:hunter2@h.example/x?token=s3cret\u{202E} | sh\nRUN pip install --extra-index-url https://hunter2@h.example/simple flask\n"
        ])
        for format in ["text", "json", "sarif", "github", "gitlab", "junit", "markdown"] {
            let run = await pinproof("check", directory.path, "--format", format)
            #expect(!run.output.contains("hunter2") && !run.output.contains("s3cret"), "\(format): \(run.output)")
            #expect(!run.output.unicodeScalars.contains("\u{202E}"), "\(format)")
            #expect(run.output.contains("***") || format == "markdown", "\(format)")
        }
    }

    @Test("--diff shows what --fix would change, and SARIF carries it")
    func diff() async throws {
        let digest = "sha256:" + String(repeating: "ab", count: 32)
        let directory = try Directory([
            "Dockerfile": "FROM python:3.11\n",
            "pinproof.toml": "require = \"hashed\"\n[images]\n\"python:3.11\" = \"\(digest)\"\n",
        ])
        let run = await pinproof("check", directory.path, "--diff")
        #expect(run.status == 1)
        #expect(run.output.contains("+FROM python:3.11@\(digest)"))
        #expect(try directory.read("Dockerfile") == "FROM python:3.11\n")
        let sarif = await pinproof("check", directory.path, "--format", "sarif")
        #expect(sarif.output.contains("\"fixes\"") && sarif.output.contains("\"text\": \"python:3.11@\(digest)\""))
        #expect(await pinproof("check", directory.path, "--fix", "--diff").status == 64)
    }
}
