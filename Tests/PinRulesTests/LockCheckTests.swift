import EnvironmentInventory
import Testing

@testable import PinRules

/// Requirements, environment and lock files.
struct LockCheckTests {
    private static let hash = PythonPackageWithoutHash.exampleDigest

    private static let files: [(rule: String, file: String, text: String, require: PinStrength)] = [
        (
            "floating-requirement", "requirements.txt",
            "«numpy»\nscipy==1.13.0\n«pandas>=2,<3»\n«x @ git+https://index.example/x@main»\n", .exact
        ),
        (
            "floating-requirement", "environment.yml",
            "dependencies:\n  - «python=3.11»\n  - numpy=1.26.4=py311_0\n  - scipy==1.13.0\n  - pip:\n      - «six»\n",
            .exact
        ),
        ("floating-requirement", "pyproject.toml", "[project]\nname = \"x\"\ndependencies = [\"numpy>1\"]\n", .exact),
        ("floating-requirement", "constraints.txt", "-c other.txt\nnumpy==1.26.4\n", .exact),
        ("requirement-without-hash", "requirements.txt", "«numpy==1.26.4»\nsix==1.17.0 --hash=\(hash)\n", .hashed),
        ("weak-hash", "requirements.txt", "«six==1.17.0 --hash=md5:0123456789abcdef0123456789abcdef»\n", .exact),
        (
            "conflicting-pins", "requirements.txt",
            "numpy==1.26\nnumpy==1.26.0\nNumPy==1.26.0\n«num.py==1»\n".replacing("«num.py==1»", with: "«numpy==1.27»"),
            .exact
        ),
        (
            "conflicting-pins", "requirements.txt",
            "six==1.16.0 ; python_version<\"3.9\"\nsix==1.17.0 ; python_version>=\"3.9\"\n", .exact
        ),
        (
            "extra-index", "requirements.txt", "--index-url https://a.example\n«--extra-index-url https://b.example»\n",
            .exact
        ),
        (
            "incomplete-lock", "poetry.lock",
            poetry(
                "joblib = «»\">=1\"\nsix = \"*\"\nx = {version = \"1\", markers = \"python_version < '3'\"}\nsetuptools = \"*\"\n"
            ),
            .exact
        ),
        ("incomplete-lock", "poetry.lock", poetry("y = {version = \"*\", optional = true}\nSix = \"*\"\n"), .exact),
        (
            "incomplete-lock", "pdm.lock",
            pdm("«»\"joblib>=1\", \"six\", \"colorama; platform_system == 'Windows'\", \"numpy[x]>1\""), .exact
        ),
        ("incomplete-lock", "pylock.toml", pylock("«»{name = \"joblib\"}, {name = \"SIX\"}"), .exact),
        ("unreadable-file", "environment.yml", "dependencies: [\n", .exact),
        ("unreadable-file", "requirements.txt", "six==1.17.0\n«numpy=1.26»\nscipy==1.13.0\n", .exact),
    ]

    private static let sixFile = "files = [{file = \"six.whl\", hash = \"\(hash)\"}]\n"

    private static func poetry(_ dependencies: String) -> String {
        """
        [[package]]
        name = "numpy"
        version = "1.26.4"
        groups = ["main"]
        \(sixFile)
        [package.dependencies]
        \(dependencies)
        [package.extras]
        z = ["y"]

        [[package]]
        name = "six"
        version = "1.17.0"
        groups = ["main"]
        \(sixFile)
        [metadata]
        lock-version = "2.1"
        python-versions = ">=3.11"
        content-hash = "00"

        """
    }

    private static func pdm(_ dependencies: String) -> String {
        """
        [metadata]
        groups = ["default"]
        strategy = ["inherit_metadata"]
        lock_version = "4.5.0"
        content_hash = "sha256:00"

        [[package]]
        name = "numpy"
        version = "1.26.4"
        groups = ["default"]
        dependencies = [\(dependencies)]
        \(sixFile)
        [[package]]
        name = "six"
        version = "1.17.0"
        groups = ["default"]
        \(sixFile)
        """
    }

    private static func pylock(_ dependencies: String) -> String {
        """
        lock-version = "1.0"
        created-by = "hand"

        [[packages]]
        name = "numpy"
        version = "1.26.4"
        dependencies = [\(dependencies)]
        wheels = [{url = "https://index.example/numpy-1.26.4-py3-none-any.whl", hashes = {sha256 = "\(hash.dropFirst(7))"}}]

        [[packages]]
        name = "six"
        version = "1.17.0"
        wheels = [{url = "https://index.example/six-1.17.0-py3-none-any.whl", hashes = {sha256 = "\(hash.dropFirst(7))"}}]

        """
    }

    @Test("the project itself is missing by right")
    func projectIsNotMissing() {
        let lock = Self.poetry("model = \"*\"\nsix = \"*\"\n")
        let project = ["pyproject.toml": "[project]\nname = \"Model\"\nversion = \"1\"\ndependencies = []\n"]
        #expect(check("poetry.lock", lock).findings.map(\.rule) == ["incomplete-lock"])
        #expect(check("poetry.lock", lock, beside: project).findings.filter { $0.rule == "incomplete-lock" }.isEmpty)
    }

    @Test("findings of one file", arguments: files.indices)
    func oneFile(index: Int) {
        let (rule, file, text, require) = Self.files[index]
        if file == "environment.yml", rule == "unreadable-file" {
            #expect(check(file, text).findings.map(\.rule) == [rule])
        } else {
            expectMarks(rule, file, text, require: require)
        }
    }

    @Test("one missing file is a warning or an unreadable file, and the rest is still checked")
    func missingNestedFile() {
        let findings = check("requirements.txt", "-r base.txt\nnumpy\n").findings
        #expect(findings.contains { $0.subject == "numpy" }, "\(findings)")
    }

    private static func poetryLock(_ version: String) -> String {
        "[[package]]\nname = \"six\"\nversion = \"\(version)\"\noptional = false\npython-versions = \"*\"\nfiles = []\n\n[metadata]\nlock-version = \"2.1\"\npython-versions = \">=3.11\"\ncontent-hash = \"\(hash.dropFirst(7))\"\n"
    }
    private static func pipfileLock(_ version: String) -> String {
        "{\"_meta\": {\"hash\": {\"sha256\": \"\(hash.dropFirst(7))\"}, \"pipfile-spec\": 6, \"requires\": {}, \"sources\": []}, \"default\": {\"six\": {\"version\": \"==\(version)\", \"hashes\": [\"\(hash)\"]}}, \"develop\": {}}"
    }

    private static let stale: [(lock: String, text: String, project: String, content: String, count: Int)] = [
        // Every version fits, and Poetry still refuses to install: the hash is another project's.
        (
            "poetry.lock", poetryLock("1.17.0"), "pyproject.toml",
            "[project]\nname = \"m\"\ndependencies = [\"six>=1.16\"]\n", 1
        ),
        (
            "poetry.lock", poetryLock("1.15.0"), "pyproject.toml",
            "[project]\nname = \"m\"\ndependencies = [\"six>=1.16\"]\n", 1
        ),
        (
            "poetry.lock", poetryLock("1.15.0"), "pyproject.toml",
            "[tool.poetry]\nname = \"m\"\n[tool.poetry.dependencies]\npython = \"^3.11\"\nsix = \"~1.15\"\nnumpy = \"*\"\n",
            1
        ),
        (
            "poetry.lock", poetryLock("1.15.0"), "pyproject.toml",
            "[project]\nname = \"m\"\ndependencies = [\"six\", \"tomli ; python_version < '3.11'\"]\n", 1
        ),
        // So is the hash of these Pipfiles, with the source that Pipenv puts in.
        (
            "Pipfile.lock", pipfileLock("1.17.0"), "Pipfile",
            "[packages]\nsix = \"*\"\n\n[requires]\npython_version = \"3.11\"\n", 1
        ),
        (
            "Pipfile.lock", pipfileLock("1.15.0"), "Pipfile",
            "[packages]\nsix = {version = \">=1.16\"}\nnumpy = \"*\"\n", 2
        ),
        (
            "Pipfile.lock", pipfileLock("1.15.0"), "Pipfile",
            "[packages]\nsix = {git = \"https://index.example/six\"}\n", 1
        ),
    ]

    @Test("what ends toml++ by an assertion is an unreadable file", arguments: ["[+x]\n", "[[+", "[+"])
    func hostileTOML(text: String) {
        #expect(check("uv.lock", text).findings.map(\.rule) == ["unreadable-file"])
    }

    @Test("a lock against its project", arguments: stale.indices)
    func staleLock(index: Int) {
        let (lock, text, project, content, count) = Self.stale[index]
        let findings = check(lock, text, beside: [project: content]).findings
        #expect(findings.count { $0.rule == "stale-lock" } == count, "\(findings)")
        #expect(findings.allSatisfy { $0.rule == "stale-lock" && $0.file == lock }, "\(findings)")
    }

    private static let uvLock = """
        version = 1
        revision = 3
        requires-python = ">=3.11, <3.13"

        [[package]]
        name = "m"
        version = "1"
        source = { virtual = "." }
        dependencies = [{ name = "six" }]

        [package.metadata]
        requires-dist = [{ name = "six", specifier = ">=1.16" }]

        [[package]]
        name = "six"
        version = "1.17.0"
        source = { url = "https://index.example/six-1.17.0-py3-none-any.whl" }
        wheels = [{ url = "https://index.example/six-1.17.0-py3-none-any.whl", hash = "sha256:\(String(repeating: "a", count: 64))" }]

        [package.metadata]
        requires-dist = [{ name = "other" }]

        """

    /// What `uv lock --check` says of the same changes.
    @Test(
        "uv.lock repeats what the project declared",
        arguments: [
            (">=3.11,<3.13", "six>=1.16", nil),
            (">=3.11,<3.13", "six >= 1.16", nil),
            (">=3.11,<3.13", "six>=1.16,<2", "the lock was made for six>=1.16"),
            (">=3.12", "six>=1.16", "pyproject.toml is for Python >=3.12"),
            (">=3.11,<3.13", "six[x]>=1.16", "the lock was made for six>=1.16"),
        ] as [(String, String, String?)])
    func staleUVLock(python: String, requirement: String, message: String?) {
        let project = "[project]\nname = \"m\"\nrequires-python = \"\(python)\"\ndependencies = [\"\(requirement)\"]\n"
        let findings = check("uv.lock", Self.uvLock, beside: ["pyproject.toml": project]).findings
        #expect(findings.map(\.rule) == (message == nil ? [] : ["stale-lock"]))
        if let message { #expect(findings.first?.message.contains(message) == true, "\(findings)") }
    }

    /// From an explicit index comes only what names it: no other package can be put in the place of one.
    @Test(
        "an index that the project calls explicit is not a second one for its lock",
        arguments: [("", 1), ("explicit = false\n", 1), ("explicit = true\n", 0)])
    func explicitIndex(line: String, count: Int) {
        func package(_ name: String, _ index: String) -> String {
            """
            [[package]]
            name = "\(name)"
            version = "1.0"
            source = { registry = "https://\(index).example/simple" }
            wheels = [{ url = "https://\(index).example/\(name)-1.0-py3-none-any.whl", hash = "\(Self.hash)" }]

            """
        }
        let lock =
            "version = 1\nrequires-python = \">=3.11\"\n\n[[package]]\nname = \"m\"\nversion = \"1\"\nsource = { virtual = \".\" }\n\n"
            + package("six", "one") + package("torch", "other")
        let project =
            "[project]\nname = \"m\"\n[[tool.uv.index]]\nname = \"o\"\nurl = \"https://other.example/simple/\"\n" + line
        let findings = check("uv.lock", lock, beside: ["pyproject.toml": project]).findings
        #expect(findings.count { $0.rule == "extra-index" } == count, "\(findings)")
    }

    @Test("pins of training and of serving that differ are a warning")
    func trainingAndServing() {
        let train = check("train/requirements.txt", "scikit-learn==1.5.2\nnumpy==1.26.4\n").requirements
        let serve = check("serving/requirements.txt", "scikit-learn==1.9.1\nnumpy==1.26.4\n").requirements
        let findings = PinConflicts.findings(between: [train, serve])
        #expect(findings.map(\.severity) == [.warning])
        #expect(
            findings.first?.message.contains("serving pins scikit-learn==1.9.1, training pins") == true, "\(findings)")
        #expect(ProjectRole.projectDirectory(of: "p/train/requirements.txt") == "p")
        #expect(ProjectRole.projectDirectory(of: "p/docs/requirements.txt") == "p/docs")
        #expect(ProjectRole(path: "requirements-inference.txt") == .serving)
        #expect(ProjectRole(path: "docs/requirements.txt") == nil)
    }

    @Test("a universal lock conflicts when it holds no version of the other file's")
    func lockAndRequirements() {
        let lock = check("uv.lock", Self.uvLock).requirements
        #expect(PinConflicts.findings(between: [lock, check("r.txt", "six==1.17.0\n").requirements]).isEmpty)
        #expect(
            PinConflicts.findings(between: [lock, check("r.txt", "six==1.16\n").requirements]).map(\.severity) == [
                .note
            ])
    }

    @Test("pins of a folder's files that differ are a note")
    func folderConflicts() {
        let first = check("a.txt", "numpy==1.26.4\nsix==1.17\n").requirements
        let second = check("b.txt", "numpy==2.0.0\nsix==1.17.0\n").requirements
        let findings = PinConflicts.findings(between: [first, second])
        #expect(findings.map(\.subject) == ["numpy==2.0.0"])
        #expect(findings.map(\.severity) == [.note])
    }
}
