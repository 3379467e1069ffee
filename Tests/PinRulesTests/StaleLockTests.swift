import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

@testable import PinRules

/// What uv calls up to date is silent, and what it calls stale is a finding.
@Suite struct StaleLockTests {
    private static let lock = """
        version = 1
        requires-python = ">=3.10"
        [manifest]
        members = ["site", "part"]
        constraints = [{ name = "deep", specifier = "<3" }]
        [[package]]
        name = "site"
        version = "1"
        source = { virtual = "." }
        dependencies = [{ name = "deep" }]
        [package.metadata]
        requires-dist = [{ name = "deep", specifier = ">=1" }]
        [[package]]
        name = "part"
        version = "1"
        source = { editable = "packages/part" }
        dependencies = [{ name = "deep" }]
        [package.metadata]
        requires-dist = [{ name = "deep", specifier = ">=1" }]
        [[package]]
        name = "deep"
        version = "2.0"
        source = { registry = "https://index.example/simple" }
        """
    private static let project = """
        [project]
        name = "site"
        requires-python = ">=3.10"
        dependencies = ["deep>=1"]
        [tool.uv.workspace]
        members = ["packages/*"]
        exclude = ["packages/old"]
        [tool.uv]
        constraint-dependencies = ["deep<3"]
        """
    private static let part = "[project]\nname = \"part\"\nversion = \"1\"\ndependencies = [\"deep>=1\"]\n"

    private func messages(
        project: String = StaleLockTests.project, part: String = StaleLockTests.part,
        lock: String = StaleLockTests.lock
    ) -> [String] {
        messages(["pyproject.toml": project, "packages/part/pyproject.toml": part], lock: lock)
    }

    /// The findings of a lock beside files; a nil text is a file that cannot be read.
    private func messages(_ files: [String: String?], lock: String = StaleLockTests.lock) -> [String] {
        let folders = Set(files.keys.filter { $0.hasPrefix("packages/") }.map { String($0.dropLast(15)) })
        let context = LockReadingContext(
            directories: { pattern in pattern == "packages/*" ? folders.sorted() : folders.filter { $0 == pattern } }
        ) { path in
            guard let file = files[path] else { return .failure(.init(reason: "no such file")) }
            return file.map { .success(SourceText(name: path, text: $0)) }
                ?? .failure(.init(reason: "it is too large", isMissing: false))
        }
        let text = SourceText(name: "uv.lock", text: lock)
        return LockCheck.check(text, context: context, require: .exact).findings.filter { $0.rule == "stale-lock" }
            .map(\.message)
    }

    @Test func whatAgreesIsSilent() {
        #expect(messages() == [])
        #expect(messages(project: Self.project + "\n[tool.poetry.group.test.dependencies]\ncoverage = \">=7\"\n") == [])
        let other = Self.project.replacing("\"deep>=1\"", with: "\"deep >= 1\"")
        #expect(messages(project: other) == [])
    }

    @Test func dependenciesOfTheBuildBackendAreNotStale() {
        let dynamic = Self.project.replacing("dependencies = [\"deep>=1\"]", with: "dynamic = [\"dependencies\"]")
        #expect(messages(project: dynamic) == [])
    }

    @Test func changedLimitsAreStale() {
        let changed = Self.project.replacing("deep<3", with: "deep<4")
        #expect(
            messages(project: changed) == ["pyproject.toml has changed constraint-dependencies since the lock was made"]
        )
        let added = Self.project + "\noverride-dependencies = [\"deep==2\"]\n"
        #expect(
            messages(project: added) == ["pyproject.toml has changed override-dependencies since the lock was made"])
    }

    @Test func membersOfAWorkspaceAreHeldToTheLock() {
        let changed = Self.part.replacing("deep>=1", with: "deep>=1.5")
        #expect(
            messages(part: changed) == [
                "packages/part/pyproject.toml:4 declares deep>=1.5, the lock was made for deep>=1"
            ])
        let removed = Self.part.replacing("\"deep>=1\"", with: "")
        #expect(
            messages(part: removed) == [
                "the lock was made for deep, which packages/part/pyproject.toml no longer declares"
            ])
        let added = Self.part.replacing("\"deep>=1\"", with: "\"deep>=1\", \"extra-one\"")
        #expect(
            messages(part: added) == [
                "packages/part/pyproject.toml:4 declares extra-one, the lock was made without it"
            ])
    }

    @Test func membersThatCameAndWent() {
        var files: [String: String?] = ["pyproject.toml": Self.project, "packages/part/pyproject.toml": Self.part]
        #expect(messages(files) == [])
        files["packages/old/pyproject.toml"] = "[project]\nname = \"old\"\nversion = \"1\"\n"
        files["packages/other/pyproject.toml"] = "[project]\nname = \"other\"\n[tool.uv]\nmanaged = false\n"
        #expect(messages(files) == [])
        files["packages/new/pyproject.toml"] = "[project]\nname = \"new\"\nversion = \"1\"\n"
        #expect(
            messages(files) == ["new at packages/new is a member of the workspace, the lock was made without it"])
        files["pyproject.toml"] = Self.project.replacing("packages/*", with: "packages/other")
        #expect(
            messages(files) == ["part is no longer a member of the workspace, the lock was made for it"])
        files = ["pyproject.toml": Self.project]
        #expect(
            messages(files) == ["the lock was made for part, and there is no packages/part/pyproject.toml now"])
    }

    @Test("a member that declares nothing has no table of what it declares")
    func membersWithoutDependencies() {
        let lock = Self.lock.replacing(
            "dependencies = [{ name = \"deep\" }]\n[package.metadata]\nrequires-dist = [{ name = \"deep\", specifier = \">=1\" }]\n[[package]]\nname = \"deep\"",
            with: "[[package]]\nname = \"deep\"")
        #expect(lock != Self.lock)
        #expect(messages(part: Self.part.replacing("\"deep>=1\"", with: ""), lock: lock) == [])
        #expect(
            messages(lock: lock) == ["packages/part/pyproject.toml:4 declares deep>=1, the lock was made without it"])
    }

    @Test("the way in which a member is installed")
    func editableMembers() {
        let site =
            "dependencies = [{ name = \"deep\" }]\n[package.metadata]\nrequires-dist = [{ name = \"deep\", specifier = \">=1\" }"
        let project = Self.project.replacing("[\"deep>=1\"]", with: "[\"deep>=1\", \"part\"]")
        func lock(_ kind: String) -> String {
            Self.lock.replacing(
                site, with: site + ", { name = \"part\", \(kind) = \"packages/part\" }", maxReplacements: 1
            )
            .replacing("editable = \"packages/part\" }\ndep", with: "\(kind) = \"packages/part\" }\ndep")
        }
        func sources(_ text: String) -> String { project + "\n[tool.uv.sources]\npart = { \(text) }\n" }
        #expect(messages(project: sources("workspace = true"), lock: lock("editable")) == [])
        #expect(messages(project: sources("workspace = true, editable = false"), lock: lock("directory")) == [])
        let otherwise = "pyproject.toml:4 declares part, the lock was made with another source"
        #expect(messages(project: sources("workspace = true"), lock: lock("directory")) == [otherwise])
        #expect(
            messages(project: sources("workspace = true, editable = false"), lock: lock("editable")) == [otherwise])
    }

    @Test("what cannot be compared is said, unless something has changed")
    func whatIsNotCompared() {
        var files: [String: String?] = ["pyproject.toml": Self.project]
        files["packages/part/pyproject.toml"] = .some(nil)
        let unread = "the lock was not compared with packages/part/pyproject.toml: it is too large"
        #expect(messages(files) == [unread])
        files["packages/part/pyproject.toml"] = "[project\n"
        #expect(
            messages(files).first?.hasPrefix("the lock was not compared with packages/part/pyproject.toml: ") == true)
        files["pyproject.toml"] = Self.project.replacing("deep>=1", with: "deep>=1.5")
        #expect(messages(files) == ["pyproject.toml:4 declares deep>=1.5, the lock was made for deep>=1"])
        files["pyproject.toml"] = .some(nil)
        #expect(messages(files) == ["the lock was not compared with pyproject.toml: it is too large"])
        let machines = (0..<80).map { "platform_machine == 'm\($0)' or platform_release == 'r\($0)'" }
        let marker = machines.joined(separator: " or ")
        let marked = Self.project.replacing("\"deep>=1\"", with: "\"deep>=1 ; \(marker)\"")
        let lock = Self.lock.replacing(
            "specifier = \">=1\" }", with: "specifier = \">=1\", marker = \"platform_version == 'x'\" }",
            maxReplacements: 1)
        #expect(
            messages(project: marked, lock: lock) == [
                "the lock was not compared with pyproject.toml: pyproject.toml:4 declares deep>=1 ; \(marker): "
                    + "the markers name too many environments to compare them"
            ])
        let environments = Self.project + "\nenvironments = [\"frobnicate == 'x'\"]\n"
        let limited = Self.lock.replacing("[manifest]", with: "supported-markers = [\"os_name == 'nt'\"]\n[manifest]")
        #expect(
            messages(project: environments, lock: limited) == [
                "the lock was not compared with pyproject.toml: environments: the marker frobnicate == 'x' cannot be read"
            ])
    }
}

/// What `pdm lock --check` says of a lock with lock_inputs, which has no hash (pdm 2.29.4).
@Suite struct RepeatedInputsTests {
    private static let project = """
        [project]
        name = "site"
        requires-python = ">=3.10"
        dependencies = ["leaf>=1 ; sys_platform == 'linux'"]
        [dependency-groups]
        dev = ["twig[B,a]", "inner @ http://127.0.0.1:18955/side/simple/inner/inner-1.0-py3-none-any.whl"]
        [tool.pdm.resolution]
        lock_inputs = true
        excludes = ["zz"]
        [[tool.pdm.source]]
        name = "pypi"
        url = "http://127.0.0.1:18955/main/simple"
        username = "who"
        """
    private static let lock = """
        [metadata]
        groups = ["default", "dev"]
        strategy = ["inherit_metadata"]
        lock_version = "4.5.1"
        [[metadata.targets]]
        requires_python = ">=3.10"
        [metadata.lock_inputs.project]
        requires-python = ">=3.10"
        [metadata.lock_inputs.project.groups]
        default = ['leaf; sys_platform == "linux"']
        dev = ["twig[B,a]", "url-sha256:c9c95b1b23681e10b42e23c4e493402b666e1737fcf3009069f03cd8bbc98540"]
        [metadata.lock_inputs.project.resolution]
        excludes = ["zz"]
        [[metadata.lock_inputs.project.sources]]
        name = "pypi"
        url = "sha256:9b85bc503163abfab9f6a848cec43d5576116335b54198e077a5a58a2257389c"
        [[package]]
        name = "leaf"
        version = "1.0"
        groups = ["default"]
        files = [{file = "leaf-1.0-py3-none-any.whl", hash = "sha256:\(String(repeating: "ab", count: 32))"}]
        [[package]]
        name = "twig"
        version = "1.0"
        groups = ["dev"]
        files = [{file = "twig-1.0-py3-none-any.whl", hash = "sha256:\(String(repeating: "ab", count: 32))"}]
        """

    private func messages(_ project: String, _ lock: String = RepeatedInputsTests.lock) throws -> [String] {
        let context = LockReadingContext { path in
            path == "pyproject.toml"
                ? .success(SourceText(name: path, text: project)) : .failure(.init(reason: "no such file"))
        }
        let document = try LockReader.read(SourceText(name: "pdm.lock", text: lock), context: context)
        return ProjectLock.findings(document, context).map(\.message)
    }

    @Test(
        arguments: [
            ("leaf>=1 ;", "leaf ;", nil), ("'linux'\"]", "'linux'\"]\nversion = \"2\"", nil),
            ("twig[B,a]", "Twig[a,b]<9", nil), ("who", "whoever", nil),
            ("leaf>=1 ;", "leaf<1 ;", "but the lock holds 1.0"), ("twig[B,a]", "twig[B,a]>1", "but the lock holds 1.0"),
            ("'linux'", "'win32'", "declares leaf, the lock was made with another marker"),
            ("twig[B,a]", "twig[a]", "what the group dev needs"), ("dev = [", "other = [", "what the group dev needs"),
            ("zz", "yy", "has changed resolution"), ("/main/simple", "/side/simple", "has changed source"),
            (">=3.10", ">=3.11", "is for Python >=3.11, the lock was made for >=3.10"),
            ("inner-1.0", "inner-2.0", "not compared with pyproject.toml: requirements with a URL may be others"),
        ] as [(String, String, String?)])
    func changes(_ text: String, _ other: String, _ expected: String?) throws {
        let found = try messages(Self.project.replacing(text, with: other))
        if let expected {
            #expect(found.count == 1 && found[0].contains(expected))
        } else {
            #expect(found.isEmpty)
        }
    }

    @Test func localProjectsAreNotCompared() throws {
        let local = "[metadata.lock_inputs.workspace.part]\nrequires-python = \"\"\n[[package]]"
        let found = try messages(Self.project, Self.lock.replacing("[[package]]", with: local, maxReplacements: 1))
        #expect(found.count == 1 && found[0].contains("members of a workspace or local projects"))
    }
}
