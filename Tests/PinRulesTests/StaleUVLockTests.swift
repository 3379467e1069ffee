import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

@testable import PinRules

/// What `uv lock --check` calls stale is a finding, and what it calls current is none (uv 0.13.9).
@Suite struct StaleUVLockTests {
    private static let project = """
        [project]
        name = "site"
        version = "1"
        requires-python = ">=3.10"
        dependencies = ["stem"]
        """

    private static func lock(revision: Int = 5, head: String = "", metadata: String = "") -> String {
        """
        version = 1
        revision = \(revision)
        requires-python = ">=3.10"
        \(head)
        [[package]]
        name = "site"
        version = "1"
        source = { virtual = "." }
        dependencies = [{ name = "stem" }]
        [package.metadata]
        requires-dist = [{ name = "stem" }]
        \(metadata)
        [[package]]
        name = "stem"
        version = "2.0"
        source = { registry = "https://index.example/simple" }
        wheels = [{ url = "https://index.example/stem-2.0-py3-none-any.whl", hash = "sha256:\(String(repeating: "ab", count: 32))" }]
        """
    }

    private static func messages(_ project: String, _ lock: String, files: [String: String] = [:]) throws -> [String] {
        let context = LockReadingContext { path in
            (path == "pyproject.toml" ? project : files[path]).map { .success(SourceText(name: path, text: $0)) }
                ?? .failure(.init(reason: "no such file"))
        }
        let document = try LockReader.read(SourceText(name: "uv.lock", text: lock), context: context)
        let findings = ProjectLock.findings(document, context)
        #expect(findings.allSatisfy { $0.rule == StaleLock.rule.name && $0.severity == .error })
        return findings.map(\.message)
    }

    @Test(arguments: [
        // Stale.
        ("version = \"1\"", "version = \"2\"", "pyproject.toml is now version 2, the lock was made for site 1"),
        ("name = \"site\"", "name = \"place\"", "pyproject.toml is now place, the lock was made for site"),
        ("[\"stem\"]", "[\"stem\", \"small ; sys_platform == 'win32'\"]", "the lock was made without it"),
        ("[\"stem\"]", "[\"stem<1.5\"]", "but the lock holds 2.0"),
        ("[\"stem\"]", "[\"stem>=1\"]", "the lock was made for stem"),
        ("[\"stem\"]", "[]", "the lock was made for stem, which pyproject.toml no longer declares"),
        ("\">=3.10\"", "\">=3.11\"", "pyproject.toml is for Python >=3.11"),
        ("[\"stem\"]", "[\"stem\"]\n[dependency-groups]\nz = [\"stem>=1\"]", "the lock was made"),
        ("[\"stem\"]", "[\"stem\"]\n[project.optional-dependencies]\nz = [\"stem>=1\"]", "the lock was made"),
        (
            "[\"stem\"]", "[\"stem\"]\n[tool.uv]\nenvironments = [\"sys_platform == 'linux'\"]",
            "has changed environments"
        ),
        (
            "[\"stem\"]", "[\"stem\"]\n[tool.uv]\nrequired-environments = [\"sys_platform == 'linux'\"]",
            "has changed required-environments"
        ),
        (
            "[\"stem\"]", "[\"stem\"]\n[tool.uv]\noverride-dependencies = [\"stem==2.0\"]",
            "has changed override-dependencies"
        ),
        (
            "[\"stem\"]", "[\"stem\"]\n[tool.uv]\nconstraint-dependencies = [\"stem<9\"]",
            "has changed constraint-dependencies"
        ),
        ("[\"stem\"]", "[\"stem\"]\n[dependency-groups]\nz = []", "has the group z, the lock was made without it"),
        (
            "[\"stem\"]", "[\"stem\"]\n[tool.uv]\ndev-dependencies = []",
            "has the group dev, the lock was made without it"
        ),
        // Current.
        ("", "", nil), ("[\"stem\"]", "[\"Stem\"]", nil), ("\">=3.10\"", "\">= 3.10\"", nil),
        ("version = \"1\"", "version = \"1\"\ndescription = \"x\"", nil),
        ("[\"stem\"]", "[\"stem\"]\n[tool.black]\nline-length = 100", nil),
        ("[\"stem\"]", "[\"stem\"]\n[tool.poetry.group.z.dependencies]\nsmall = \"*\"", nil),
        // uv repeats no limit on what it has not locked.
        ("[\"stem\"]", "[\"stem\"]\n[tool.uv]\nconstraint-dependencies = [\"twig<9\"]", nil),
        ("[\"stem\"]", "[\"stem\"]\n[tool.uv]\noverride-dependencies = [\"twig==1\"]", nil),
    ])
    func changes(_ old: String, _ new: String, _ message: String?) throws {
        let project = old.isEmpty ? Self.project : Self.project.replacing(old, with: new)
        let messages = try Self.messages(project, Self.lock())
        guard let message else {
            #expect(messages.isEmpty, "\(messages)")
            return
        }
        #expect(messages.count == 1 && messages[0].contains(message), "\(messages)")
    }

    @Test("what a lock was made with, and the project no longer says")
    func removedSettings() throws {
        let cases = [
            (Self.lock(head: "supported-markers = [\"sys_platform == 'linux'\"]"), "environments"),
            (Self.lock(head: "required-markers = [\"sys_platform == 'linux'\"]"), "required-environments"),
            (
                Self.lock(head: "[manifest]\nconstraints = [{ name = \"stem\", specifier = \"<9\" }]"),
                "constraint-dependencies"
            ),
            (
                Self.lock(head: "[manifest]\noverrides = [{ name = \"stem\", specifier = \"==2\" }]"),
                "override-dependencies"
            ),
        ]
        for (lock, setting) in cases {
            #expect(
                try Self.messages(Self.project, lock) == [
                    "pyproject.toml has changed \(setting) since the lock was made"
                ])
        }
    }

    @Test("locks before revision 1 do not repeat every group")
    func olderLocks() throws {
        let project = Self.project + "\n[dependency-groups]\nz = [\"other\"]\n"
        let held =
            "[[package]]\nname = \"other\"\nversion = \"1\"\nsource = { registry = \"https://index.example/simple\" }\n"
        #expect(try Self.messages(project, Self.lock(revision: 0) + "\n" + held).isEmpty)
        #expect(try Self.messages(project, Self.lock() + "\n" + held).count == 1)
    }

    @Test("the lock of a workspace is for the Pythons of all of its projects")
    func workspaces() throws {
        let lock =
            Self.lock(head: "[manifest]\nmembers = [\"part\", \"site\"]") + """

                [[package]]
                name = "part"
                version = "1"
                source = { virtual = "part" }
                [package.metadata]
                requires-dist = []
                """
        func part(_ python: String, version: String = "1") -> [String: String] {
            [
                "part/pyproject.toml":
                    "[project]\nname = \"part\"\nversion = \"\(version)\"\nrequires-python = \"\(python)\"\n"
            ]
        }
        let wider = Self.project.replacing(">=3.10", with: ">=3.9")
        #expect(try Self.messages(Self.project, lock, files: part(">=3.9")).isEmpty)
        #expect(try Self.messages(wider, lock, files: part(">=3.10")).isEmpty)
        #expect(try Self.messages(wider, lock, files: part(">=3.9")).count == 1)
        #expect(
            try Self.messages(Self.project, lock, files: part(">=3.11"))
                == ["part/pyproject.toml is for Python >=3.11, the lock was made for >=3.10"])
        #expect(
            try Self.messages(Self.project, lock, files: part(">=3.10", version: "2"))
                == ["part/pyproject.toml is now version 2, the lock was made for part 1"])
    }

    /// What uv repeats of the project's table in its lock, and what it says of a change of it.
    @Test(arguments: [
        ("exclude-dependencies = [\"stem\"]", "exclude-dependencies"),
        ("exclude-dependencies = [\"absent\"]", nil),
        ("build-constraint-dependencies = [\"setuptools<99\"]", "build-constraint-dependencies"),
        ("dependency-metadata = [{name = \"stem\", version = \"2.0\"}]", "dependency-metadata"),
        ("dependency-metadata = [{name = \"absent\", version = \"2.0\"}]", nil),
        ("conflicts = [[{extra = \"x\"}, {extra = \"y\"}]]", "conflicts"),
        ("resolution = \"lowest\"", "resolution"), ("resolution = \"highest\"", nil),
        ("prerelease = \"allow\"", "prerelease"), ("prerelease = \"if-necessary-or-explicit\"", nil),
        ("fork-strategy = \"fewest\"", "fork-strategy"), ("exclude-newer = \"2030-01-01\"", "exclude-newer"),
        ("exclude-newer-package = {stem = \"2030-01-01\"}", "exclude-newer-package"),
        ("exclude-newer-package = {absent = \"2030-01-01\"}", nil), ("default-groups = []", "default-groups"),
        ("default-groups = \"all\"", "default-groups"), ("default-groups = [\"dev\"]", nil),
        ("index-strategy = \"unsafe-best-match\"", nil), ("package = false", nil), ("no-build = true", nil),
        ("[[tool.uv.index]]\nurl = \"https://index.example/simple/\"\ndefault = true", "index"),
        ("[[tool.uv.index]]\nurl = \"https://user:word@index.example/simple\"\ndefault = true", nil),
    ])
    func settings(_ setting: String, _ changed: String?) throws {
        let project = Self.project + "\n[tool.uv]\n" + setting + "\n"
        let expected = changed.map { ["pyproject.toml has changed \($0) since the lock was made"] } ?? []
        #expect(try Self.messages(project, Self.lock()) == expected)
        // Settings in a file of their own take the place of some of the project's.
        let isReplaced = ["resolution", "prerelease", "fork-strategy", "dependency-metadata"].contains(changed)
        guard isReplaced || changed?.hasPrefix("exclude-newer") == true else { return }
        #expect(try Self.messages(project, Self.lock(), files: ["uv.toml": ""]).isEmpty)
        #expect(try Self.messages(Self.project, Self.lock(), files: ["uv.toml": setting]) == expected)
    }

    @Test(
        "the groups that uv installs by itself, as it writes them beside the version",
        arguments: [
            ("default-groups = [\"x\"]", "default-groups = [\"x\"]", true),
            ("default-groups = [\"x\"]", "default-groups = [\"y\"]", false),
            ("default-groups = [\"x\"]", "", false), ("", "default-groups = [\"x\"]", false),
            ("default-groups = \"all\"", "default-groups = \"all\"", true),
            ("default-groups = []", "default-groups = []", true), ("default-groups = []", "", false),
            ("", "default-groups = [\"dev\"]", true),
        ])
    func defaultGroups(_ locked: String, _ declared: String, _ isCurrent: Bool) throws {
        let lock = Self.lock().replacing("source = { virtual", with: locked + "\nsource = { virtual")
        let messages = try Self.messages(Self.project + "\n[tool.uv]\n" + declared, lock)
        #expect(messages == (isCurrent ? [] : ["pyproject.toml has changed default-groups since the lock was made"]))
    }

    @Test("the settings that uv never reads from uv.toml, and one that it cannot read")
    func settingsFiles() throws {
        for setting in ["exclude-dependencies = [\"stem\"]", "build-constraint-dependencies = [\"x<9\"]"] {
            let project = Self.project + "\n[tool.uv]\n" + setting
            #expect(try Self.messages(project, Self.lock(), files: ["uv.toml": ""]).count == 1)
            #expect(try Self.messages(Self.project, Self.lock(), files: ["uv.toml": setting]).isEmpty)
        }
        let index = "index-url = \"https://other.example/simple\""
        #expect(
            try Self.messages(Self.project, Self.lock(), files: ["uv.toml": index])
                == ["pyproject.toml has changed index since the lock was made"])
        let broken = try Self.messages(Self.project, Self.lock(), files: ["uv.toml": "= 1"])
        #expect(broken.first?.hasPrefix("the lock was not compared with uv.toml: ") == true)
    }

    /// The settings that a lock has and the project repeats.
    @Test(arguments: [
        ("[manifest]\nexcludes = [\"stem\"]", "exclude-dependencies = [\"Stem\"]"),
        (
            "[manifest]\nbuild-constraints = [{ name = \"setuptools\", specifier = \"<99,>1\" }]",
            "build-constraint-dependencies = [\"setuptools >1, <99\"]"
        ),
        (
            "[[manifest.dependency-metadata]]\nname = \"stem\"\nrequires-dist = [\"b\", \"a>1\"]",
            "dependency-metadata = [{name = \"stem\", requires-dist = [\"a >1\", \"b\"]}]"
        ),
        (
            "conflicts = [[{ package = \"site\", extra = \"y\" }, { package = \"site\", group = \"x\" }]]",
            "conflicts = [[{group = \"x\"}, {extra = \"y\"}]]"
        ),
        (
            "[options]\nresolution-mode = \"lowest\"\nexclude-newer = \"2030-01-01T00:00:00Z\"",
            "resolution = \"lowest\"\nexclude-newer = \"2030-01-01\""
        ),
    ])
    func repeatedSettings(_ head: String, _ setting: String) throws {
        #expect(try Self.messages(Self.project + "\n[tool.uv]\n" + setting, Self.lock(head: head)).isEmpty)
        #expect(try Self.messages(Self.project, Self.lock(head: head)).count == 1)
    }

    private static let grown = """
        [project]
        name = "site"
        version = "1"
        requires-python = ">=3.10"
        dependencies = ["stem ; sys_platform == 'linux'", "net"]
        [project.optional-dependencies]
        x = ["twig>=1"]
        [dependency-groups]
        dev = ["leaf", {include-group = "late"}]
        late = ["small"]
        [tool.uv.sources]
        net = [{index = "side", marker = "sys_platform == 'linux'"}, {index = "side", extra = "x"}]
        [tool.uv.dependency-groups]
        late = {requires-python = ">=3.12"}
        [[tool.uv.index]]
        name = "side"
        url = "https://side.example/simple"
        explicit = true
        """
    private static let grownLock = """
        version = 1
        revision = 5
        requires-python = ">=3.10"
        [[package]]
        name = "site"
        version = "1"
        source = { virtual = "." }
        [package.metadata]
        requires-dist = [
            { name = "net", marker = "sys_platform != 'linux'" },
            { name = "net", marker = "sys_platform == 'linux'", index = "https://side.example/simple" },
            { name = "stem", marker = "sys_platform == 'linux'" },
            { name = "twig", marker = "extra == 'x'", specifier = ">=1" },
        ]
        provides-extras = ["x"]
        [package.metadata.requires-dev]
        dev = [{ name = "leaf" }, { name = "small", marker = "python_full_version >= '3.12'" }]
        late = [{ name = "small", marker = "python_full_version >= '3.12'" }]
        """
        + ["leaf", "net", "small", "stem", "twig"].map { name in
            "\n[[package]]\nname = \"\(name)\"\nversion = \"1\"\nsource = { registry = \"https://index.example/simple\" }\n"
        }.joined()

    /// Markers, sources, extras and groups, held against what the lock repeats of them.
    @Test(arguments: [
        ("", "", nil), ("sys_platform == 'linux'\", \"net", "'linux' == sys_platform\", \"net", nil),
        (
            "sys_platform == 'linux'\", \"net",
            "platform_system == 'Linux' and python_version >= '3.8'\", \"net", nil
        ),
        ("sys_platform == 'linux'\", \"net", "sys_platform == 'darwin'\", \"net", "with another marker"),
        (" ; sys_platform == 'linux'\", \"net", "\", \"net", "with another marker"),
        ("marker = \"sys_platform == 'linux'\"", "marker = \"sys_platform == 'win32'\"", "with another marker"),
        (", marker = \"sys_platform == 'linux'\"", "", "with another marker"),
        ("{index = \"side\", marker", "{git = \"https://h.example/net\", marker", "with another source"),
        ("https://side.example/simple", "https://side.example/other", "with another source"),
        ("x = [\"twig>=1\"]", "y = [\"twig>=1\"]", "no longer has the extra x"),
        ("x = [\"twig>=1\"]", "x = [\"twig>=1\"]\ny = []", "has the extra y"),
        ("x = [\"twig>=1\"]", "x = [\"twig>=1\", \"leaf\"]", "declares leaf, the lock was made without it"),
        (", {include-group = \"late\"}", "", "made for small, which pyproject.toml no longer declares"),
        ("late = [\"small\"]", "late = [\"small\", \"stem\"]", "declares stem, the lock was made without it"),
        ("{requires-python = \">=3.12\"}", "{requires-python = \">=3.13\"}", "with another marker"),
        ("{requires-python = \">=3.12\"}", "{}", "with another marker"),
        ("\"net\"]", "\"net @ https://h.example/net-1-py3-none-any.whl\"]", "with another source"),
        ("version = \"1\"", "dynamic = [\"version\"]", "leaves the version to the build backend"),
        ("version = \"1\"", "version = \"1.0\"", nil), ("twig>=1\"", "twig >= 1.0\"", nil),
        ("twig>=1\"", "twig>=01\"", nil), ("twig>=1\"", "twig~=1.0\"", "the lock was made for twig>=1"),
        ("[dependency-groups]", "[build-system]\nrequires = []\n[dependency-groups]", "is now built as a package"),
    ])
    func declarations(_ old: String, _ new: String, _ message: String?) throws {
        let project = old.isEmpty ? Self.grown : Self.grown.replacing(old, with: new, maxReplacements: 1)
        #expect(old.isEmpty || project != Self.grown)
        let messages = try Self.messages(project, Self.grownLock)
        guard let message else {
            #expect(messages.isEmpty, "\(messages)")
            return
        }
        #expect(messages.count == 1 && messages[0].contains(message), "\(messages)")
    }

    private static let wheel = "https://index.example/stem-2.0-py3-none-any.whl"

    /// A source of the table counts for limits too, and gives the version in the place of the specifier.
    @Test(arguments: [
        ("specifier = \"<3\"", "stem = { url = \"\(wheel)\" }", false),
        ("url = \"\(wheel)\"", "stem = { url = \"\(wheel)\" }", true),
        ("url = \"\(wheel)\"", "", false), ("specifier = \"<3\"", "", true),
        (
            "specifier = \"<3\", index = \"https://side.example/simple\"",
            "stem = { index = \"side\" }\n[[tool.uv.index]]\nname = \"side\"\nurl = \"https://side.example/simple\"",
            true
        ),
    ])
    func sourcesOfLimits(_ held: String, _ sources: String, _ isSame: Bool) throws {
        let limit = "\n[tool.uv]\nconstraint-dependencies = [\"stem<3\"]\n[tool.uv.sources]\n" + sources
        // The requirement of the project itself is of the same source.
        let own =
            sources.hasPrefix("stem = { url")
            ? "url = \"\(Self.wheel)\"" : sources.isEmpty ? "" : "index = \"https://side.example/simple\""
        let lock = Self.lock(head: "[manifest]\nconstraints = [{ name = \"stem\", \(held) }]")
            .replacing(
                "requires-dist = [{ name = \"stem\" }]",
                with: "requires-dist = [{ name = \"stem\"\(own.isEmpty ? "" : ", " + own) }]")
        let project = Self.project.replacing(
            "[\"stem\"]", with: sources.hasPrefix("stem = { url") ? "[\"stem>=1\"]" : "[\"stem\"]")
        let found = try Self.messages(project + limit, lock)
        #expect(found == (isSame ? [] : ["pyproject.toml has changed constraint-dependencies since the lock was made"]))
    }

    @Test("environments count each by itself, in whatever words")
    func environmentsInParts() throws {
        let lock = Self.lock(head: "supported-markers = [\"sys_platform == 'linux'\"]")
        func project(_ markers: String) -> String { Self.project + "\n[tool.uv]\nenvironments = [\(markers)]\n" }
        #expect(try Self.messages(project("\"'linux' == sys_platform\""), lock).isEmpty)
        let halves = ["<", ">="].map { "\"sys_platform == 'linux' and python_version \($0) '3.12'\"" }.joined(
            separator: ", ")
        #expect(try Self.messages(project(halves), lock).count == 1)
    }
}
