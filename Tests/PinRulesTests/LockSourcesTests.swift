import EnvironmentInventory
import LockFormats
import PythonPackaging
import SourceDocuments
import Testing

@testable import PinRules

/// Sources, indexes and settings that were exchanged for others of the same kind, held against what the tools say of it
/// (uv 0.13.9, pdm 2.29.4, Poetry 2.5.1, Pipenv 2026.10.3).
@Suite struct LockSourcesTests {
    private static func findings(
        _ name: String, _ lock: String, _ files: [String: String]
    ) throws -> [String] {
        let context = LockReadingContext { path in
            files[path].map { .success(SourceText(name: path, text: $0)) } ?? .failure(.init(reason: "no such file"))
        }
        let document = try LockReader.read(SourceText(name: name, text: lock), context: context)
        return ProjectLock.findings(document, context).map(\.message)
    }

    // MARK: uv.lock

    private static func lock(
        _ declared: String, registry: String = "https://index.example/simple", head: String = ""
    ) -> String {
        """
        version = 1
        revision = 5
        requires-python = ">=3.11"
        \(head)
        [[package]]
        name = "site"
        version = "1"
        source = { virtual = "." }
        dependencies = [{ name = "foo" }]
        [package.metadata]
        requires-dist = [\(declared)]
        [[package]]
        name = "foo"
        version = "1"
        source = { registry = "\(registry)" }
        """
    }

    private static func project(
        _ tail: String, python: String = ">=3.11", dependency: String = "foo"
    ) -> String {
        """
        [project]
        name = "site"
        version = "1"
        requires-python = "\(python)"
        dependencies = ["\(dependency)"]

        """ + tail
    }

    private static let commit = String(repeating: "a", count: 40)

    /// What the lock repeats, the source of the project, and whether the lock is current.
    @Test(arguments: [
        ("git = \"https://h.example/g1?tag=v1\"", "git = \"https://h.example/g1\", tag = \"v1\"", true),
        ("git = \"https://h.example/g1?tag=v1\"", "git = \"https://h.example/g1.git\", tag = \"v1\"", true),
        ("git = \"https://h.example/g1?tag=v1\"", "git = \"https://who:word@h.example/g1\", tag = \"v1\"", true),
        ("git = \"https://h.example/g1?tag=v1\"", "git = \"https://h.example/g2\", tag = \"v1\"", false),
        ("git = \"https://h.example/g1?tag=v1\"", "git = \"https://h.example/g1\", branch = \"v1\"", false),
        ("git = \"https://h.example/g1?tag=v1\"", "git = \"https://h.example/g1\", rev = \"v1\"", false),
        ("git = \"https://h.example/g1?rev=\(commit)\"", "git = \"https://h.example/g1\", rev = \"\(commit)\"", true),
        ("git = \"https://h.example/g1?rev=\(commit)\"", "git = \"https://h.example/g2\", rev = \"\(commit)\"", false),
        ("git = \"ssh://git@h.example/g1\"", "git = \"ssh://git@h.example/g1\"", true),
        ("path = \"../i1/foo-1-py3-none-any.whl\"", "path = \"../x/../i1/foo-1-py3-none-any.whl\"", true),
        ("path = \"../i1/foo-1-py3-none-any.whl\"", "path = \"../i2/foo-1-py3-none-any.whl\"", false),
        ("path = \"../i1/foo-1-py3-none-any.whl\"", "path = \"../a\"", false),
        // An absolute path may be the same.
        ("path = \"../i1/foo-1-py3-none-any.whl\"", "path = \"/x/i1/foo-1-py3-none-any.whl\"", true),
        ("path = \"/x/foo-1-py3-none-any.whl\"", "path = \"/x/foo-1-py3-none-any.whl\"", true),
        ("path = \"/x/foo-1-py3-none-any.whl\"", "path = \"/y/foo-1-py3-none-any.whl\"", false),
        ("directory = \"../a\"", "path = \"../a\"", true), ("directory = \"../a\"", "path = \"../a/\"", true),
        ("directory = \"../a\"", "path = \"../b\"", false), ("directory = \"../a\"", "path = \"../a/sub\"", false),
        ("directory = \"../a\"", "path = \"../a\", editable = true", false),
        ("editable = \"../a\"", "path = \"../a\", editable = true", true),
        ("editable = \"../a\"", "path = \"../a\", editable = false", false),
        ("virtual = \"../a\"", "path = \"../a\", package = false", true),
    ])
    func sources(_ held: String, _ source: String, _ isCurrent: Bool) throws {
        let project = Self.project("[tool.uv.sources]\nfoo = { \(source) }\n")
        let found = try Self.findings("uv.lock", Self.lock("{ name = \"foo\", \(held) }"), ["pyproject.toml": project])
        #expect(found.isEmpty == isCurrent, "\(found)")
        if !isCurrent { #expect(found.first?.hasSuffix("the lock was made with another source") == true, "\(found)") }
    }

    @Test(arguments: [
        ("path = \"/x/i1/foo-1-py3-none-any.whl\"", "file:///x/i1/foo-1-py3-none-any.whl", true),
        ("path = \"/x/i1/foo-1-py3-none-any.whl\"", "file:///x/i2/foo-1-py3-none-any.whl", false),
        ("path = \"/x y/foo-1-py3-none-any.whl\"", "file:///x%20y/foo-1-py3-none-any.whl", true),
        ("git = \"https://h.example/g1?rev=v1\"", "git+https://h.example/g1@v1", true),
        ("git = \"https://h.example/g1?rev=v1\"", "git+https://h.example/g2@v1", false),
        ("git = \"https://h.example/A/g1?rev=v1\"", "git+https://h.example/a/g1@v1", false),
        ("git = \"https://github.com/A/g1?rev=v1\"", "git+https://github.com/a/g1.git@v1", true),
        ("url = \"https://h.example/a/foo-1-py3-none-any.whl\"", "https://h.example/a/foo-1-py3-none-any.whl", true),
        ("url = \"https://h.example/a/foo-1-py3-none-any.whl\"", "https://h.example/b/foo-1-py3-none-any.whl", false),
    ])
    func directReferences(_ held: String, _ url: String, _ isCurrent: Bool) throws {
        let project = Self.project("", dependency: "foo @ \(url)")
        let found = try Self.findings("uv.lock", Self.lock("{ name = \"foo\", \(held) }"), ["pyproject.toml": project])
        #expect(found.isEmpty == isCurrent, "\(found)")
    }

    private static func index(_ name: String, _ url: String) -> String {
        "[[tool.uv.index]]\nname = \"\(name)\"\nurl = \"\(url)\"\nexplicit = true\n"
    }

    @Test("markers of sources that leave nothing over, as those of PyTorch's indexes")
    func complementarySources() throws {
        let held =
            "{ name = \"foo\", marker = \"sys_platform != 'linux'\", index = \"https://h.example/cpu\" }, "
            + "{ name = \"foo\", marker = \"sys_platform == 'linux'\", index = \"https://h.example/cu\" }"
        func found(
            _ linux: String, _ others: String, otherwise: String = "sys_platform != 'linux'"
        ) throws -> [String] {
            let project = Self.project(
                "[tool.uv.sources]\nfoo = [{ index = \"\(others)\", marker = \"\(otherwise)\" }, "
                    + "{ index = \"\(linux)\", marker = \"sys_platform == 'linux'\" }]\n"
                    + Self.index("cpu", "https://h.example/cpu") + Self.index("cu", "https://h.example/cu"))
            return try Self.findings("uv.lock", Self.lock(held), ["pyproject.toml": project])
        }
        #expect(try found("cu", "cpu").isEmpty)
        #expect(try found("cu", "cpu", otherwise: "platform_system != 'Linux'").isEmpty)
        #expect(try found("cpu", "cu").count == 1)
        #expect(try found("cu", "cpu", otherwise: "sys_platform == 'win32'").count == 1)
    }

    @Test("an index with a relative path, which the lock repeats as a URL")
    func relativeIndex() throws {
        func found(_ url: String) throws -> [String] {
            let project = Self.project("[tool.uv.sources]\nfoo = { index = \"x\" }\n" + Self.index("x", url))
            return try Self.findings(
                "uv.lock", Self.lock("{ name = \"foo\", index = \"file:///x/i1\" }", registry: "../i1"),
                ["pyproject.toml": project])
        }
        #expect(try found("../i1").isEmpty)
        #expect(try found("file:///x/i2").count == 1)
    }

    private static let changed = ["pyproject.toml has changed index since the lock was made"]
    private static let unknown = [
        "the lock was not compared with pyproject.toml: packages come from https://index.example/simple, "
            + "which it does not name, and none from https://other.example/simple, which it names"
    ]

    /// The registry of the lock, `[tool.uv]`, the uv.toml beside it, and what is found.
    @Test(
        arguments: [
            ("../i1", "[tool.uv]\nfind-links = [\"../i1\"]", nil, []),
            ("../i1", "[tool.uv]\nfind-links = [\"./../i1/\"]", nil, []),
            ("../i1", "[tool.uv]\nfind-links = [\"../i2\"]", nil, changed),
            ("../i1", "[tool.uv]\nfind-links = [\"/x/i1\"]", nil, []),
            ("/x/i1", "[tool.uv]\nfind-links = [\"file:///x/i1\"]", nil, []),
            ("../i1", "[[tool.uv.index]]\nname = \"x\"\nurl = \"../i2\"\nformat = \"flat\"", nil, changed),
            ("../i1", "", nil, []),
            ("https://index.example/simple", "[[tool.uv.index]]\nurl = \"https://index.example/simple\"", nil, []),
            // It may come from the machine's settings, or not.
            ("https://index.example/simple", "[[tool.uv.index]]\nurl = \"https://other.example/simple\"", nil, unknown),
            (
                "https://index.example/simple", "[tool.uv]\nextra-index-url = [\"https://other.example/simple\"]", nil,
                unknown
            ),
            (
                "https://index.example/simple", "[[tool.uv.index]]\nurl = \"https://index.example/simple\"",
                "[[index]]\nurl = \"https://other.example/simple\"", unknown
            ),
            (
                "https://index.example/simple",
                "[[tool.uv.index]]\nurl = \"https://other.example/simple\"\nexplicit = true", nil, []
            ),
            // PyPI needs no name.
            (DefaultIndex.url, "[[tool.uv.index]]\nurl = \"https://other.example/simple\"", nil, []),
        ] as [(String, String, String?, [String])])
    func indexes(_ registry: String, _ settings: String, _ file: String?, _ expected: [String]) throws {
        var files = ["pyproject.toml": Self.project(settings)]
        files["uv.toml"] = file
        #expect(try Self.findings("uv.lock", Self.lock("{ name = \"foo\" }", registry: registry), files) == expected)
    }

    @Test(arguments: [
        ("P1W", "1 week", true), ("P1W", "7 days", true), ("PT24H", "24 hours", true), ("P1W", "P1W", true),
        ("P1W", "2 weeks", false), ("P30D", "31 days", false), ("PT24H", "25h", false), ("P1W", "2 months", true),
        ("P1DT2H", "1 day 2 hours", true), ("P1W", "a while", true),
    ])
    func spans(_ held: String, _ declared: String, _ isCurrent: Bool) throws {
        let head = "[options]\nexclude-newer = \"0001-01-01T00:00:00Z\"\nexclude-newer-span = \"\(held)\"\n"
        let found = try Self.findings(
            "uv.lock", Self.lock("{ name = \"foo\" }", head: head),
            ["pyproject.toml": Self.project("[tool.uv]\nexclude-newer = \"\(declared)\"\n")])
        #expect(found == (isCurrent ? [] : ["pyproject.toml has changed exclude-newer since the lock was made"]))
    }

    @Test("a limit on the next major version of Python")
    func pythons() throws {
        func found(_ python: String) throws -> [String] {
            try Self.findings(
                "uv.lock", Self.lock("{ name = \"foo\" }"), ["pyproject.toml": Self.project("", python: python)])
        }
        #expect(try found(">=3.11").isEmpty)
        #expect(try found(">=3.11,<4").count == 1)
    }

    @Test(
        "what a lock has no strong hash of",
        arguments: [
            ("", ["requirement-without-hash: foo==1 has files without a hash"]),
            (
                ", hash = \"md5:\(String(repeating: "ab", count: 16))\"",
                ["weak-hash: only md5 is given for foo-1-cp311-cp311-linux_x86_64.whl"]
            ),
            (", hash = \"sha256:\(String(repeating: "ab", count: 32))\"", []),
        ] as [(String, [String])])
    func hashes(_ hash: String, _ expected: [String]) {
        let files =
            "wheels = [{ url = \"https://h/foo-1-cp311-cp311-linux_x86_64.whl\"\(hash) }, "
            + "{ url = \"https://h/foo-1-py3-none-any.whl\", hash = \"sha256:\(String(repeating: "ab", count: 32))\" }]\n"
        let context = LockReadingContext { _ in .failure(.init(reason: "no such file")) }
        func found(_ require: PinStrength) -> [String] {
            let text = SourceText(name: "uv.lock", text: Self.lock("{ name = \"foo\" }") + "\n" + files)
            return LockCheck.check(text, context: context, require: require).findings.map {
                "\($0.rule): \($0.message)"
            }
        }
        #expect(found(.hashed) == expected)
        #expect(found(.exact) == expected.filter { $0.hasPrefix("weak-hash") })
    }

    // MARK: Other locks

    private static let pylock = """
        lock-version = "1.0"
        created-by = "test"
        [[packages]]
        name = "foo"
        version = "1"
        wheels = [{ url = "https://h/foo-1-py3-none-any.whl", hashes = { sha256 = "\(String(repeating: "ab", count: 32))" } }]
        """

    /// Only overrides of uv and pdm set a version, and only that of the package that they name.
    @Test(arguments: [
        ("", 1), ("[[tool.mypy.overrides]]\nmodule = \"x\"\n", 1), ("# @override\n", 1),
        ("[tool.uv]\noverride-dependencies = [\"bar==1\"]\n", 1), ("[tool.pdm.resolution.overrides]\nbar = \"1\"\n", 1),
        ("[tool.uv]\noverride-dependencies = [\"Foo==1\"]\n", 0), ("[tool.pdm.resolution.overrides]\nFoo = \"1\"\n", 0),
        ("[tool.pdm.overrides]\nfoo = \"1\"\n", 0),
    ])
    func overrides(_ tail: String, _ count: Int) throws {
        let project = Self.project(tail, dependency: "foo>=2")
        #expect(try Self.findings("pylock.toml", Self.pylock, ["pyproject.toml": project]).count == count)
    }

    @Test("Poetry 1 did not read [project]: what it declares is held against the lock")
    func firstPoetry() throws {
        let table = "[tool.poetry.dependencies]\npython = \"^3.10\"\nfoo = \"^1.0\"\n"
        let format = try #require(LockReader.formats.first { $0.name == "poetry.lock" })
        let hash = try #require(
            try ProjectHash.candidates(
                project: SourceText(name: "pyproject.toml", text: table), lockFormat: format,
                writer: PythonVersion("1.8.5"))?.first)
        let lock = """
            # This file is automatically @generated by Poetry 1.8.5 and should not be changed by hand.

            [[package]]
            name = "foo"
            version = "1.0"
            python-versions = "*"
            files = []
            [metadata]
            lock-version = "2.0"
            python-versions = "^3.10"
            content-hash = "\(hash.dropFirst(7))"
            """
        func found(_ project: String) throws -> [String] {
            try Self.findings("poetry.lock", lock, ["pyproject.toml": project + table])
        }
        #expect(try found("").isEmpty)
        #expect(try found("[project]\nname = \"site\"\n").isEmpty)
        #expect(
            try found("[project]\nname = \"site\"\nrequires-python = \">=3.10\"\ndependencies = [\"foo\"]\n").isEmpty)
        let added = try found("[project]\nname = \"site\"\ndependencies = [\"never-locked==2.0\"]\n")
        #expect(added.count == 1 && added[0].contains("never-locked==2.0, which the lock does not hold"))
    }

    @Test("Pipenv hashes a Pipfile without sources with one of its own")
    func pipfileWithoutSources() throws {
        let source = "[[source]]\nname = \"pypi\"\nurl = \"\(DefaultIndex.url)\"\nverify_ssl = true\n"
        let packages = "[packages]\nfoo = {version = \"==1\", markers = \"sys_platform == 'win32'\"}\n"
        let format = try #require(LockReader.formats.first { $0.name == "Pipfile.lock" })
        let text = SourceText(name: "Pipfile", text: source + packages)
        let hash = try #require(try ProjectHash.candidates(project: text, lockFormat: format)?.first)
        let lock =
            "{\"_meta\": {\"hash\": {\"sha256\": \"\(hash.dropFirst(7))\"}, \"pipfile-spec\": 6, \"requires\": {}, \"sources\": []}, "
            + "\"default\": {\"foo\": {\"version\": \"==1\"}}, \"develop\": {}}"
        func found(_ pipfile: String) throws -> Int {
            try Self.findings("Pipfile.lock", lock, ["Pipfile": pipfile]).count
        }
        #expect(try found(packages) == 0)
        #expect(try found(source + packages) == 0)
        #expect(try found(packages.replacing("win32", with: "linux")) == 1)
        #expect(try found("[packages]\n") == 1)
        #expect(try found(source.replacing("pypi.org", with: "other.example") + packages) == 1)
    }

    @Test("an extra that names the project itself, which pdm writes out")
    func ownExtras() throws {
        func project(_ extra: String) -> String {
            Self.project("[project.optional-dependencies]\na = [\"bar\"]\nb = [\"\(extra)\"]\n")
        }
        let lock = """
            [metadata]
            groups = ["default"]
            strategy = ["inherit_metadata"]
            lock_version = "4.5.1"
            [metadata.lock_inputs.project]
            requires-python = ">=3.11"
            [metadata.lock_inputs.project.groups]
            a = ["bar"]
            b = ["bar"]
            default = ["foo"]
            [metadata.lock_inputs.project.resolution]
            [[package]]
            name = "foo"
            version = "1"
            groups = ["default"]
            """
        func found(_ project: String) throws -> [String] {
            try Self.findings("pdm.lock", lock, ["pyproject.toml": project])
        }
        #expect(try found(project("site[a]")).isEmpty)
        #expect(try found(project("bar")).isEmpty)
        #expect(try found(project("site")).count == 1)
        #expect(try found(project("site[b]")).count == 1)
        #expect(try found(project("site[a]").replacing(">=3.11", with: ">=3.11,<4")).count == 1)
    }
}
