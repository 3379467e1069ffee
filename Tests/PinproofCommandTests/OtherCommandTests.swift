import EnvironmentInventory
import Pinproof
import Testing

@testable import PinproofCommand

/// `capture` of the image of the demo.
struct CaptureCommandTests {
    @Test("the file is a PEP 751 lock with content digests, which other commands read")
    func capture() async throws {
        let directory = try Directory()
        let run = await pinproof("capture", Demo.image, "--lock", Demo.lock, "-o", directory("pylock.toml"))
        #expect(run.status == 0)
        #expect(run.output.isEmpty)
        let text = try directory.read("pylock.toml")
        #expect(text.contains("\nlock-version = \"1.0\"\n"))
        #expect(text.contains("\n[tool.pinproof.python]\nimplementation = \"cpython\"\nversion = \"3.11.2\"\n"))
        #expect(
            run.diagnostics.contains("\(Demo.lock) says no URL of attrs, bottle, cattrs, markupsafe, typing-extensions")
        )
        let inspected = try await pinproof("inspect", directory("pylock.toml"), "--format", "json").document()
        #expect(inspected.string("subject", "kind") == "capture")
        #expect(await pinproof("diff", directory("pylock.toml"), Demo.image).status == 0)
    }

    @Test("without a lock no artifact is known, which is said; --quiet prints the result alone")
    func withoutLock() async {
        let run = await pinproof("capture", Demo.image)
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("# What was installed, recorded by pinproof capture."))
        #expect(run.diagnostics.hasPrefix("pinproof: no artifact is known of attrs, bottle, cattrs, "))
        #expect(await pinproof("capture", Demo.image, "--quiet").diagnostics.isEmpty)
    }

    @Test("what is not installed cannot be captured: status 2", arguments: [Demo.model, Demo.lock])
    func notInstalled(_ subject: String) async {
        let run = await pinproof("capture", subject)
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.hasPrefix("pinproof: \(subject): it is a "))
    }

    @Test("a platform that is none is wrong usage")
    func usage() async {
        let run = await pinproof("capture", Demo.image, "--platform", "amiga/m68k")
        #expect(run.status == 64)
        #expect(run.diagnostics.contains("  - linux/amd64"))
    }
}

/// `wheels` on the wheels of the demo.
struct WheelsCommandTests {
    @Test("the JSON of the map")
    func map() async throws {
        let run = await pinproof("wheels", Demo.wheels)
        #expect(run.status == 0)
        #expect(run.diagnostics.isEmpty)
        let document = try run.document()
        #expect(document.keys == ["schema", "wheels"])
        #expect(document.string("schema") == "pinproof/wheels/1")
        #expect(document["wheels"]?.array?.count == 6)
        #expect(
            document["wheels", "0"]?.keys.starts(
                with: ["file", "name", "version", "sha256", "contentDigest", "ecosystem"]) == true)
        #expect(document.string("wheels", "0", "file") == "attrs-26.1.0-py3-none-any.whl")
        #expect(document["wheels", "0", "files"]?.keys.isEmpty == true)
        let listed = try await pinproof("wheels", Demo.wheels, "--files").document()
        #expect(listed["wheels", "0", "files"]?.keys.isEmpty == false)
    }

    @Test("verify takes the map in place of the wheels")
    func verify() async throws {
        let directory = try Directory()
        #expect(await pinproof("wheels", Demo.wheels, "-o", directory("map.json")).status == 0)
        let run = await pinproof(
            "verify", Demo.model, Demo.image, "--wheels", directory("map.json"), "--evidence", "locked")
        #expect(run.status == 0)
    }

    @Test("a directory without wheels: status 2")
    func empty() async throws {
        let directory = try Directory()
        let run = await pinproof("wheels", directory.path)
        #expect(run.status == 2)
        #expect(run.diagnostics.hasPrefix("pinproof: \(directory.path): there is no wheel and no conda package in it"))
    }

    @Test("a relative prefix is wrong usage")
    func usage() async {
        let run = await pinproof("wheels", Demo.wheels, "--prefix", "opt/conda")
        #expect(run.status == 64)
        #expect(run.diagnostics.contains("--prefix takes an absolute path, not 'opt/conda'"))
    }
}

/// `rules`.
struct RulesCommandTests {
    @Test("the text lists every rule with its summary")
    func text() async {
        let run = await pinproof("rules")
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n")
        #expect(lines.map { $0.prefix { $0 != " " } } == Rules.all.map { $0.name[...] })
        for (line, rule) in zip(lines, Rules.all) { #expect(line.hasSuffix("  " + rule.summary)) }
    }

    @Test("one rule is explained, with examples")
    func one() async {
        let run = await pinproof("rules", "floating-image")
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("## floating-image\n\n"))
        for word in ["**Why.**", "\nBad:\n", "\nGood:\n"] { #expect(run.output.contains(word)) }
    }

    @Test("Markdown holds every rule once")
    func markdown() async {
        let run = await pinproof("rules", "--format", "markdown")
        let titles = run.output.split(separator: "\n").filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
        #expect(titles == Rules.all.map(\.name))
        #expect(Set(titles).count == titles.count)
    }

    @Test(
        "wrong usage",
        arguments: [
            (["no-such-rule"], "there is no rule 'no-such-rule'; pinproof rules lists them"),
            (["--format", "json"], "Please provide one of 'text' and 'markdown'"),
        ])
    func usage(_ words: [String], _ message: String) async {
        let run = await Program.run(["rules"] + words)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.contains(message))
    }
}
