import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

/// An entry that a reader cannot know is a gap of the environment, in every format: it never vanishes.
@Suite struct GapTests {
    /// A file with one package that can be read, and one entry that cannot.
    struct Case: Sendable, CustomTestStringConvertible {
        let format: String
        var file: String?
        let text: String
        /// The subject of the gap.
        let subject: String
        /// The line of the gap.
        let line: Int
        /// The packages that are read.
        var packages = ["known"]

        var testDescription: String { "\(format): \(subject)" }
    }

    private static let index = "source = { registry = \"https://index.example/simple\" }"
    private static let wheel =
        "wheels = [{ url = \"https://index.example/known-1.0-py3-none-any.whl\", hashes = { sha256 = \"\(sha)\" } }]"

    static let cases: [Case] = [
        Case(
            format: "pyproject.toml",
            text:
                "[project]\nname = \"me\"\ndependencies = [\"known\"]\n[tool.pdm.dev-dependencies]\ndev = [\"-e ./sub\"]",
            subject: "-e ./sub", line: 5),
        Case(
            format: "pyproject.toml",
            text:
                "[project]\nname = \"me\"\ndependencies = [\"known\"]\n[dependency-groups]\ndev = [{ from-file = \"x\" }]",
            subject: "from-file", line: 5),
        Case(
            format: "pylock.toml",
            text: """
                lock-version = "1.0"
                created-by = "x"
                [[packages]]
                name = "known"
                \(wheel)
                [[packages]]
                name = "other"
                bundle = { url = "https://index.example/other.bundle" }
                """, subject: "other", line: 6),
        Case(
            format: "pylock.toml",
            text: """
                lock-version = "1.1"
                created-by = "x"
                [[packages]]
                name = "known"
                \(wheel)
                """, subject: "lock-version 1.1", line: 1),
        Case(
            format: "uv.lock",
            text: """
                version = 1
                [[package]]
                name = "me"
                source = { virtual = "." }
                dependencies = [{ name = "known" }, { name = "other" }]
                [[package]]
                name = "known"
                version = "1.0"
                \(index)
                [[package]]
                name = "other"
                version = "1.0"
                source = { oci = "index.example/other" }
                """, subject: "other==1.0", line: 10),
        Case(
            format: "uv.lock",
            text: """
                version = 1
                [[package]]
                name = "me"
                source = { virtual = "." }
                dependencies = [{ name = "known" }]
                [[package]]
                name = "known"
                version = "1.0"
                \(index)
                [[tool-package]]
                name = "other"
                """, subject: "tool-package", line: 10),
        Case(
            format: "uv.lock",
            text: """
                version = 1
                [[package]]
                name = "me"
                source = { virtual = "." }
                dependencies = [{ name = "known" }]
                [package.build-dependencies]
                x = [{ name = "known" }]
                [[package]]
                name = "known"
                version = "1.0"
                \(index)
                """, subject: "me", line: 6),
        Case(
            format: "poetry.lock",
            text: """
                [[package]]
                name = "known"
                version = "1.0"
                groups = ["main"]
                files = []
                [[package]]
                name = "other"
                version = "1.0"
                groups = ["main"]
                files = []
                [package.source]
                type = "ipfs"
                url = "x"
                [metadata]
                lock-version = "2.1"
                """, subject: "other==1.0", line: 6),
        Case(
            format: "pdm.lock",
            text: """
                [metadata]
                lock_version = "4.5.0"
                groups = ["default"]
                strategy = ["inherit_metadata"]
                [[package]]
                name = "known"
                version = "1.0"
                groups = ["default"]
                [[package]]
                name = "other"
                torrent = "x"
                groups = ["default"]
                """, subject: "other", line: 9),
        Case(
            format: "Pipfile.lock",
            text: """
                {"_meta": {"pipfile-spec": 6}, "default": {"known": {"version": "==1.0"},
                "other": {"torrent": "x"}}}
                """, subject: "other", line: 2),
        Case(
            format: "Pipfile", text: "[packages]\nknown = \"==1.0\"\nother = { torrent = \"x\" }", subject: "other",
            line: 3),
        Case(
            format: "pixi.lock",
            text: """
                version: 6
                environments:
                  default:
                    channels: []
                    packages:
                      linux-64:
                      - conda: https://index.example/linux-64/known-1.0-0.conda
                      - npm: other@1.0
                packages:
                - conda: https://index.example/linux-64/known-1.0-0.conda
                  sha256: \(sha)
                - npm: other@1.0
                """, subject: "other@1.0", line: 12),
        Case(
            format: "conda-lock.yml",
            text: """
                version: 1
                metadata:
                  platforms: [linux-64]
                package:
                - {name: known, version: "1.0", manager: conda, platform: linux-64, url: "https://index.example/linux-64/known-1.0-0.conda", hash: {sha256: \(sha)}}
                - {name: other, version: "1.0", manager: npm, platform: linux-64, url: "https://index.example/other.tgz", hash: {sha256: \(sha)}}
                """, subject: "other==1.0", line: 6),
        Case(
            format: "conda-explicit", file: "explicit.txt",
            text:
                "@EXPLICIT\nhttps://index.example/linux-64/known-1.0-0.conda#\(String(sha.prefix(32)))\n# pip git+https://git.example/other@v1\n",
            subject: "git+https://git.example/other@v1", line: 3),
        Case(
            format: "conda-explicit", file: "explicit.txt",
            text: "@EXPLICIT\nhttps://index.example/linux-64/known-1.0-0.conda\n# pip is not in this environment\n",
            subject: "is not in this environment", line: 3),
        Case(
            format: "environment.yml",
            text: "dependencies:\n- known=1.0\n- npm:\n  - other@1.0\n", subject: "other@1.0", line: 4),
        Case(
            format: "environment.yml",
            text: "dependencies:\n- known=1.0\n- pip:\n  - https://user:secret@git.example/other.zip\n",
            subject: "https://***@git.example/other.zip", line: 4),
        Case(
            format: "renv.lock",
            text: """
                {"R": {"Version": "4.3", "Repositories": []}, "Packages": {
                "known": {"Package": "known", "Version": "1.0", "Source": "Repository"},
                "other": {"Package": "other", "Version": "1.0", "Source": "unknown"}}}
                """, subject: "other@1.0", line: 3),
        Case(
            format: "requirements.txt", text: "known==1.0\ngit+https://git.example/other.git@main\n",
            subject: "git+https://git.example/other.git@main", line: 2),
        Case(format: "requirements.txt", text: "known==1.0\n-e .\n", subject: "-e .", line: 2),
        Case(format: "requirements.txt", text: "known==1.0\n-e ./sub[x]\n", subject: "-e ./sub[x]", line: 2),
        Case(format: "requirements.txt", text: "known==1.0\n./sub\n", subject: "./sub", line: 2),
        Case(
            format: "requirements.txt", text: "known==1.0\nhttps://index.example/x.zip\n",
            subject: "https://index.example/x.zip", line: 2),
    ]

    @Test func everyFormatHasACase() {
        #expect(Set(Self.cases.map(\.format)) == Set(LockReader.formats.map { $0.name }))
    }

    @Test(arguments: cases) func theEntryIsAGap(_ example: Case) throws {
        let document = try lock(example.file ?? example.format, example.text)
        #expect(document.format.name == example.format)
        let whole = try document.environment(target: nil)
        #expect(whole.packages.map(\.name) == example.packages)
        try check(whole, example)
        var target = linux
        target.allGroups = true
        // A target of R is none of Python's.
        guard document.format.ecosystem != .cran else { return }
        let narrowed = try document.environment(target: target)
        #expect(narrowed.packages.map(\.name) == example.packages)
        try check(narrowed, example)
    }

    private func check(_ environment: Environment, _ example: Case) throws {
        #expect(environment.gaps.count == 1, "\(environment.gaps)")
        let gap = try #require(environment.gaps.first)
        #expect(gap.subject == example.subject)
        #expect(gap.source == FileLocation(file: example.file ?? example.format, line: example.line))
        #expect(!gap.reason.isEmpty && !gap.reason.hasSuffix("."))
    }

    /// What a marker excludes is not a part of the environment, with a name or without.
    @Test func aMarkerExcludesAGap() throws {
        let document = try lock("requirements.txt", "known==1.0\n./sub ; sys_platform == 'win32'\n")
        #expect(try document.environment(target: nil).gaps.count == 1)
        #expect(try document.environment(target: linux).gaps.isEmpty)
        #expect(try document.environment(target: target("3.11", "windows/amd64")).gaps.count == 1)
    }

    /// Poetry, pdm and pylock install what they list, also when something that it needs is missing.
    @Test(arguments: [
        (
            "poetry.lock",
            "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"main\"]\nfiles = []\n[package.dependencies]\nb = \"*\"\n[metadata]\nlock-version = \"2.1\"\n"
        ),
        (
            "pdm.lock",
            "[metadata]\nlock_version = \"4.5.0\"\ngroups = [\"default\"]\nstrategy = [\"inherit_metadata\"]\n[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"default\"]\ndependencies = [\"b\"]\n"
        ),
        (
            "pylock.toml",
            "lock-version = \"1.0\"\ncreated-by = \"x\"\n[[packages]]\nname = \"a\"\ndependencies = [{ name = \"b\" }]\n"
                + "wheels = [{ url = \"https://index.example/a-1-py3-none-any.whl\", hashes = { sha256 = \"\(sha)\" } }]\n"
        ),
    ]) func aMissingDependencyIsAGap(_ file: String, _ text: String) throws {
        let document = try lock(file, text)
        let isClosed = document.format.isClosed
        #expect(!isClosed)
        let environment = try document.environment(target: linux)
        #expect(environment.packages.map(\.name) == ["a"])
        #expect(environment.gaps.map(\.reason) == ["a needs b, which the lock does not hold"])
    }
}
