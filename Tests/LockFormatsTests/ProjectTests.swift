import EnvironmentInventory
import SourceDocuments
import Testing

@testable import LockFormats

/// What a project declares, as the tool of one lock reads it.
@Suite struct ProjectTests {
    private static let project = """
        [project]
        name = "site"
        dynamic = ["version", "optional-dependencies"]
        dependencies = ["base>=1"]
        [dependency-groups]
        lint = ["check"]
        [tool.uv]
        constraint-dependencies = ["deep<3"]
        override-dependencies = ["deep==2; sys_platform == 'linux'"]
        dev-dependencies = ["only-uv"]
        [tool.poetry.group.test.dependencies]
        only-poetry = "^1"
        [tool.pdm.dev-dependencies]
        test = ["only-pdm"]
        """

    @Test(arguments: [
        ("uv.lock", ["base", "check", "only-uv"]), ("poetry.lock", ["base", "check", "only-poetry"]),
        ("pdm.lock", ["base", "check", "only-pdm"]),
        ("pylock.toml", ["base", "check", "only-pdm", "only-poetry", "only-uv"]),
    ]) func onlyTheTablesOfTheToolCount(_ name: String, _ expected: [String]) throws {
        let text = SourceText(name: "pyproject.toml", text: Self.project)
        let document = try LockReader.readProject(text, of: format(name))
        #expect(document.requirements.compactMap(\.name).sorted() == expected)
        #expect(document.dynamicMembers == ["version", "optional-dependencies"])
    }

    @Test func limitsAreRead() throws {
        let document = try lock("pyproject.toml", Self.project)
        let limits = try #require(document.limits)
        #expect(
            limits.mapValues { $0.map(\.text) } == [
                "constraint-dependencies": ["deep<3"],
                "override-dependencies": ["deep==2; sys_platform == 'linux'"],
            ])
    }

    @Test func aLockRemembersItsMembersAndLimits() throws {
        let text = """
            version = 1
            requires-python = ">=3.10"
            [manifest]
            members = ["site", "part"]
            constraints = [{ name = "deep", specifier = "<3" }]
            overrides = [{ name = "deep", specifier = "==2", marker = "sys_platform == 'linux'" }]
            [[package]]
            name = "site"
            version = "1"
            source = { virtual = "." }
            [package.metadata]
            requires-dist = [{ name = "part", editable = "packages/part" }]
            [[package]]
            name = "part"
            version = "1"
            source = { editable = "packages/part" }
            [package.metadata]
            requires-dist = [{ name = "deep", specifier = ">=1" }]
            [package.metadata.requires-dev]
            lint = [{ name = "check" }]
            """
        let document = try lock("uv.lock", text)
        #expect(document.members.map(\.name) == ["site", "part"])
        #expect(document.members.map(\.path) == [".", "packages/part"])
        #expect(document.members.map { $0.declarations.map(\.text) } == [["part"], ["deep>=1", "check"]])
        #expect(document.members[1].declarations.map(\.groups) == [[], ["lint"]])
        #expect(
            document.limits?.mapValues { $0.map(\.text) } == [
                "constraint-dependencies": ["deep<3"], "override-dependencies": ["deep==2"],
            ])
        #expect(document.projects == ["site", "part"])
    }

    @Test(arguments: [
        ("priority = \"primary\"", LockIndex.Kind.primary), ("priority = \"supplemental\"", .extra), ("", .primary),
        ("secondary = true", .extra),
    ]) func sourcesOfPoetry(_ member: String, _ kind: LockIndex.Kind) throws {
        let document = try lock(
            "pyproject.toml",
            "[[tool.poetry.source]]\nname = \"own\"\nurl = \"https://index.example/simple\"\n\(member)")
        #expect(document.indexes.map(\.kind) == [kind])
        let explicit = try lock(
            "pyproject.toml",
            "[[tool.poetry.source]]\nname = \"own\"\nurl = \"https://index.example/simple\"\npriority = \"explicit\"")
        #expect(explicit.indexes.isEmpty && explicit.explicitIndexes == ["https://index.example/simple"])
    }
}

/// Groups that include groups stay within bounds.
@Suite struct IncludedGroupTests {
    private static func project(_ groups: String) -> String {
        "[project]\nname = \"me\"\nversion = \"1\"\n[dependency-groups]\n\(groups)"
    }

    private static func names(_ groups: String, _ group: String) throws -> [String] {
        try lock("pyproject.toml", project(groups)).requirements.filter { $0.groups == [group] }.compactMap(\.name)
    }

    @Test func aGroupThatIsIncludedTwiceIsReadOnce() throws {
        let groups = "a = [\"x\", { include-group = \"b\" }, { include-group = \"B\" }]\nb = [\"y\"]\n"
        #expect(try Self.names(groups, "a") == ["x", "y"])
        #expect(try Self.names(groups, "b") == ["y"])
    }

    @Test func doublingStaysSmall() throws {
        let chain = (0..<40).map {
            "g\($0) = [{ include-group = \"g\($0 + 1)\" }, { include-group = \"g\($0 + 1)\" }]\n"
        }
        #expect(try Self.names(chain.joined() + "g40 = [\"x\"]\n", "g0") == ["x"])
    }

    @Test(arguments: [
        ("a = [{ include-group = \"a\" }]\n", "the group \"a\" includes itself"),
        ("a = [{ include-group = \"b\" }]\nb = [{ include-group = \"a\" }]\n", "the group \"a\" includes itself"),
        ("a = [{ include-group = \"c\" }]\n", "the group \"c\" does not exist"),
        (
            (0..<70).map { "g\($0) = [{ include-group = \"g\($0 + 1)\" }]\n" }.joined() + "g70 = []\n",
            "groups include each other more than 64 deep"
        ),
    ])
    func refusals(groups: String, reason: String) {
        #expect(failure("pyproject.toml", Self.project(groups)).contains(reason))
    }

    /// The text of a requirement is read once, however many groups include it.
    @Test func aRequirementThatManyGroupsIncludeIsReadOnce() throws {
        let names = (0..<50).map { "\"r\($0)\"" }.joined(separator: ", ")
        let groups = (0..<40).map { "g\($0) = [\"own\($0)\", { include-group = \"base\" }]\n" }.joined()
        let text = Self.project("base = [\(names)]\n\(groups)")
        let project = try ProjectDeclarations(SourceText(name: "pyproject.toml", bytes: Array(text.utf8)))
        #expect(project.requirements.count == 50 + 40 * 51)
        #expect(project.readCount == 50 + 40)
        #expect(project.requirements.filter { $0.groups == ["g7"] }.compactMap(\.name).first == "own7")
        #expect(project.requirements.count { $0.groups == ["g39"] && $0.name == "r49" } == 1)
    }

    /// What is made is counted before it is made.
    @Test func whatIsDeclaredIsLimited() {
        let names = (0..<400).map { "\"r\($0)\"" }.joined(separator: ", ")
        let many = (0..<260).map { "g\($0) = [{ include-group = \"base\" }]\n" }.joined()
        let reason = "the file declares more than \(ProjectDeclarations.maximumRequirements) requirements"
        #expect(failure("pyproject.toml", Self.project("base = [\(names)]\n\(many)")).contains(reason))
        let extras = (0..<260).map { "e\($0) = [\(names)]\n" }.joined()
        let project = "[project]\nname = \"me\"\nversion = \"1\"\n[project.optional-dependencies]\n\(extras)"
        #expect(failure("pyproject.toml", project).contains(reason))
    }

    /// Groups that hold nothing but each other are limited as well.
    @Test func whatIsIncludedIsLimited() {
        func list(_ name: String, _ count: Int) -> String {
            (0..<count).map { "{ include-group = \"\(name)\($0)\" }" }.joined(separator: ", ")
        }
        let roots = (0..<70).map { "a\($0) = [\(list("b", 60))]\n" }.joined()
        let middle = (0..<60).map { "b\($0) = [\(list("c", 60))]\n" }.joined()
        let leaves = (0..<100).map { "c\($0) = []\n" }.joined()
        #expect(
            failure("pyproject.toml", Self.project(roots + middle + leaves)).contains(
                "the groups have more than 250000 entries"))
    }
}
