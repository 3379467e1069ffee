import LockFormats
import Testing

@Suite struct PoetryAndPDMTests {
    private static func files(_ name: String) -> String {
        "files = [{file = \"\(name)-1.0-py3-none-any.whl\", hash = \"sha256:\(sha)\"}]"
    }

    private static let poetry21 = """
        [[package]]
        name = "a"
        version = "1.0"
        groups = ["main", "dev"]
        markers = {main = "python_version < \\"3.11\\"", dev = "sys_platform == \\"linux\\""}
        \(files("a"))

        [[package]]
        name = "b"
        version = "1.0"
        optional = true
        groups = ["main"]
        markers = "extra == \\"x\\""
        \(files("b"))

        [extras]
        x = ["b"]

        [metadata]
        lock-version = "2.1"
        python-versions = ">=3.10"
        content-hash = "\(sha)"
        """

    @Test(arguments: [
        (target("3.10"), "a==1.0"), (target("3.11"), ""), (target("3.11", groups: ["dev"]), "a==1.0"),
        (target("3.11", "darwin/arm64", groups: ["dev"]), ""), (target("3.11", extras: ["x"]), "b==1.0"),
    ]) func groupsAndMarkers(_ target: Target, _ expected: String) throws {
        let document = try lock("poetry.lock", Self.poetry21)
        #expect(pins(try document.environment(target: target)).joined(separator: " ") == expected)
        #expect(document.contentHash == "sha256:\(sha)")
    }

    /// Two versions of one package in a lock of before 2.1, as Poetry 1.6 left them: `poetry export` and `poetry sync` take the
    /// newest one that all agree on and that is for the Python.
    @Test(arguments: [
        ("b = \"*\"", target("3.11"), "b==2.0 d==1.0"), ("b = \"*\"", target("3.9"), "b==1.0 c==1.0"),
        ("b = \"*\"\na = \"*\"", target("3.11"), "a==1.0 b==1.0 c==1.0"),
        ("b = \"<2\"", target("3.11"), "b==1.0 c==1.0"),
    ]) func newestOfSeveralVersions(_ dependencies: String, _ target: Target, _ expected: String) throws {
        func package(_ name: String, _ version: String, _ python: String, _ needs: String) -> String {
            """
            [[package]]
            name = "\(name)"
            version = "\(version)"
            python-versions = "\(python)"
            files = [{file = "\(name)-\(version)-py3-none-any.whl", hash = "sha256:\(sha)"}]
            [package.dependencies]
            \(needs)

            """
        }
        let text =
            package("a", "1.0", "*", "b = \"<2\"") + package("b", "1.0", ">=3.8", "c = \"*\"")
            + package("b", "2.0", ">=3.10", "d = \"*\"") + package("c", "1.0", "*", "") + package("d", "1.0", "*", "")
            + "[metadata]\nlock-version = \"2.0\"\npython-versions = \"^3.8\"\ncontent-hash = \"x\"\n"
        let project = "[tool.poetry.dependencies]\npython = \"^3.8\"\n" + dependencies
        let document = try lock("poetry.lock", text, files: ["pyproject.toml": project])
        #expect(pins(try document.environment(target: target)).joined(separator: " ") == expected)
    }

    private static let poetry20 = """
        [[package]]
        name = "A"
        version = "1.0"
        \(files("a"))
        [package.dependencies]
        b = {version = "^1.0", markers = "python_version < '3.12'"}
        c = {version = "*", optional = true}
        [package.extras]
        extra = ["c (>=1)"]

        [[package]]
        name = "b"
        version = "1.0"
        \(files("b"))

        [[package]]
        name = "c"
        version = "1.0"
        \(files("c"))

        [metadata]
        lock-version = "2.0"
        python-versions = "^3.10"
        content-hash = "x"
        """

    @Test(arguments: [
        ("a = \"^1.0\"", target("3.11"), "a==1.0 b==1.0"), ("a = \"*\"", target("3.12"), "a==1.0"),
        ("a = {version = \"1.0\", extras = [\"extra\"]}", target("3.12"), "a==1.0 c==1.0"),
        ("a = {version = \"1.0\", python = \"<3.11\"}", target("3.11"), ""),
        ("[tool.poetry.group.dev.dependencies]\nc = \"*\"", target("3.11", groups: ["dev"]), "c==1.0"),
    ]) func walkFromTheProject(_ dependency: String, _ target: Target, _ expected: String) throws {
        let project = "[tool.poetry.dependencies]\npython = \"^3.10\"\n" + dependency
        let document = try lock("poetry.lock", Self.poetry20, files: ["pyproject.toml": project])
        #expect(pins(try document.environment(target: target)).joined(separator: " ") == expected)
    }

    @Test func aLockThatNeedsItsProjectSaysSo() {
        #expect(failure("poetry.lock", Self.poetry20, target: linux).contains("pyproject.toml cannot be read"))
        #expect(failure("poetry.lock", Self.poetry20, target: target("3.9")).contains("excludes 3.9"))
        #expect(failure("poetry.lock", Self.poetry20) == "")
    }

    @Test(arguments: [
        ("poetry.lock", "[metadata]\nlock-version = \"3.0\"", "poetry.lock:2:16: has lock-version 3.0"),
        ("pdm.lock", "[metadata]\nlock_version = \"5.0\"", "pdm.lock:2:16: has lock_version 5.0"),
        ("poetry.lock", "x = 1", "poetry.lock:1:1: \"metadata\" is missing"),
    ]) func newerVersionsAreRefused(_ name: String, _ text: String, _ expected: String) {
        #expect(failure(name, text).hasPrefix(expected), "\(failure(name, text))")
    }

    private static let pdm = """
        [metadata]
        groups = ["default", "plot"]
        strategy = ["inherit_metadata"]
        lock_version = "4.5.0"
        content_hash = "sha256:\(sha)"

        [[metadata.targets]]
        requires_python = ">=3.10"

        [[package]]
        name = "a"
        version = "1.0"
        groups = ["default"]
        marker = "python_version < '3.12'"
        files = [{file = "a-1.0-py3-none-any.whl", hash = "sha256:\(sha)"}]

        [[package]]
        name = "b"
        version = "1.0"
        groups = ["plot"]
        git = "https://host/b.git"
        revision = "\(String(repeating: "a", count: 40))"
        """

    /// An extra of a package brings in what its marker names that extra for.
    @Test func anExtraOfAPoetryPackageIsFollowed() throws {
        let text = """
            [[package]]
            name = "a"
            version = "1"
            python-versions = "*"
            [package.dependencies]
            b = {version = "*", extras = ["cache"]}
            [[package]]
            name = "b"
            version = "1"
            python-versions = "*"
            [package.dependencies]
            c = {version = "*", optional = true, markers = "extra == \\"cache\\""}
            d = {version = "*", optional = true, markers = "extra == \\"other\\""}
            [package.extras]
            cache = ["c (>=1)"]
            other = ["d"]
            [[package]]
            name = "c"
            version = "1"
            python-versions = "*"
            [[package]]
            name = "d"
            version = "1"
            python-versions = "*"
            [metadata]
            lock-version = "1.1"
            python-versions = "*"
            content-hash = "0"
            [metadata.files]
            a = []
            b = []
            c = []
            d = []
            """
        let document = try lock("poetry.lock", text, files: ["pyproject.toml": "[tool.poetry.dependencies]\na = \"*\""])
        #expect(pins(try document.environment(target: linux)) == ["a==1", "b==1", "c==1"])
    }

    /// Where the lock does not say for which Python it is, the project does.
    @Test func pdmIsForThePythonOfItsProject() throws {
        let text = """
            [metadata]
            strategy = ["cross_platform"]
            lock_version = "4.4"
            [[package]]
            name = "a"
            version = "1"
            files = []
            """
        let project = "[project]\nname = \"p\"\nrequires-python = \">=3.12\"\ndependencies = [\"a\"]\n"
        let document = try lock("pdm.lock", text, files: ["pyproject.toml": project])
        #expect(pins(try document.environment(target: target("3.12"))) == ["a==1"])
        #expect(throws: LockReadingError.self) { _ = try document.environment(target: linux) }
    }

    @Test func pdmGroups() throws {
        let document = try lock("pdm.lock", Self.pdm)
        #expect(pins(try document.environment(target: linux)) == ["a==1.0"])
        #expect(pins(try document.environment(target: target("3.12", groups: ["plot"]))) == ["b==1.0"])
        #expect(document.packages.map(\.strength) == [.hashed, .hashed])
        #expect(failure("pdm.lock", Self.pdm, target: target("3.9")).contains("excludes 3.9"))
        let walked = Self.pdm.replacing("\"inherit_metadata\"", with: "")
        let project =
            "[project]\nname = \"me\"\ndependencies = [\"a>=1\"]\n[project.optional-dependencies]\nplot = [\"b\"]"
        let graph = try lock("pdm.lock", walked, files: ["pyproject.toml": project])
        #expect(pins(try graph.environment(target: target(groups: ["plot"]))) == ["a==1.0", "b==1.0"])
    }

    @Test(arguments: [
        ("^1.2.3", "1.9", true), ("^1.2.3", "2.0", false), ("^0.2", "0.3", false), ("~1.2", "1.2.9", true),
        ("~1", "1.9", true), ("1.2.*", "1.2.7", true), ("1.2", "1.2.0", true), ("<2 || >=3", "2.5", false),
        ("<2 || >=3", "3.1", true), (">=1.0 <2.0", "2.1", false), ("*", "9", true), ("^0.0.3", "0.0.4", false),
    ]) func poetryConstraints(_ constraint: String, _ version: String, _ expected: Bool) throws {
        let text = Self.poetry20.replacing("version = \"1.0\"\n\(Self.files("c"))", with: "version = \"\(version)\"")
        let project = "[tool.poetry.dependencies]\nc = \"\(constraint)\""
        let document = try lock("poetry.lock", text, files: ["pyproject.toml": project])
        let found = try? document.environment(target: linux)
        #expect((found != nil) == expected)
    }

    /// Poetry refuses to install from such a lock.
    @Test func packageWithoutGroupsOfPoetry() throws {
        let text = Self.poetry21.replacing("groups = [\"main\"]\n", with: "")
        let document = try lock("poetry.lock", text)
        #expect(throws: LockReadingError.self) { try document.environment(target: target("3.11")) }
        let empty = try lock("poetry.lock", Self.poetry21.replacing("[\"main\", \"dev\"]", with: "[]"))
        #expect(try pins(empty.environment(target: target("3.10"))).isEmpty)
    }

    /// pdm installs such a package whatever the groups.
    @Test(arguments: ["", "groups = []\n"]) func packageWithoutGroupsOfPDM(_ groups: String) throws {
        let text = """
            [metadata]
            groups = ["default", "test"]
            strategy = ["inherit_metadata"]
            lock_version = "4.5.0"
            [[metadata.targets]]
            requires_python = ">=3.10"
            [[package]]
            name = "a"
            version = "1.0"
            \(groups)\(Self.files("a"))
            [[package]]
            name = "b"
            version = "1.0"
            groups = ["test"]
            \(Self.files("b"))
            """
        let document = try lock("pdm.lock", text)
        #expect(try pins(document.environment(target: target("3.11"))) == ["a==1.0"])
    }
}
