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
}
