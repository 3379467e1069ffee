import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

private let commit = "0123456789abcdef0123456789abcdef01234567"

/// What a file takes from elsewhere than an index is listed with its reference, with a name or without.
@Suite struct ReferenceTests {
    /// One entry of a file, and what the environment holds for it.
    struct Case: Sendable, CustomTestStringConvertible {
        let format: String
        var file: String?
        let text: String
        /// The name; empty where nothing gives it.
        let name: String
        /// The text that stands in place of an index.
        let reference: String
        var strength = PinStrength.hashed
        var subdirectory: String?

        var testDescription: String { "\(format): \(reference)" }
    }

    /// Lines of a requirements file, which environment.yml and explicit files hold too.
    private static func lines() -> [(line: String, name: String, shown: String?, strength: PinStrength)] {
        [
            ("git+https://git.example/r@\(commit)", "", nil, .hashed),
            ("git+https://git.example/r@\(commit)#egg=n", "n", nil, .hashed),
            ("git+https://git.example/r@main#egg=n", "n", nil, .floating),
            ("git+https://git.example/r@v1.2#egg=n", "n", nil, .floating),
            ("n @ git+https://git.example/r@\(commit)#subdirectory=a/b", "n", nil, .hashed),
            (
                "git+https://user:secret@git.example/r@\(commit)", "", "git+https://***@git.example/r@\(commit)",
                .hashed
            ),
            ("git+https://token@git.example/r@\(commit)", "", "git+https://***@git.example/r@\(commit)", .hashed),
            ("git+ssh://git@git.example/r@\(commit)", "", nil, .hashed),
            ("-e git+https://git.example/r@\(commit)#egg=n", "n", nil, .hashed),
            ("hg+https://hg.example/r@\(commit)", "", nil, .hashed),
            ("svn+https://svn.example/r@12#egg=n", "n", nil, .floating),
            ("https://index.example/x.zip", "", nil, .floating),
            ("https://index.example/x.zip#sha256=\(sha)", "", nil, .hashed),
            ("https://index.example/x-1.0-py3-none-any.whl#sha256=\(sha)", "x", nil, .hashed),
            ("n @ https://index.example/x.zip", "n", nil, .floating),
            ("./dist/pkg.tar.gz", "", nil, .floating),
            ("./sub", "", nil, .floating),
            ("-e .", "", nil, .floating),
            ("-e ./sub[x]", "", nil, .floating),
        ]
    }

    static let cases: [Case] =
        lines().flatMap { line, name, shown, strength in
            [
                Case(
                    format: "requirements.txt", text: "\(line)\n", name: name, reference: shown ?? line,
                    strength: strength),
                Case(
                    format: "environment.yml", text: "dependencies:\n- pip:\n  - \"\(line)\"\n", name: name,
                    reference: shown ?? line, strength: strength),
            ]
        } + locked

    private static let locked: [Case] = [
        Case(
            format: "uv.lock",
            text: """
                version = 1
                [[package]]
                name = "n"
                version = "7.1"
                source = { git = "https://git.example/r?subdirectory=a%2Fb&rev=main#\(commit)" }
                """, name: "n", reference: "git+https://git.example/r@\(commit)#subdirectory=a/b", subdirectory: "a/b"),
        Case(
            format: "uv.lock",
            text: """
                version = 1
                [[package]]
                name = "n"
                version = "7.1"
                source = { url = "https://index.example/n-7.1.zip", subdirectory = "a" }
                sdist = { hash = "sha256:\(sha)" }
                """, name: "n", reference: "https://index.example/n-7.1.zip#subdirectory=a", subdirectory: "a"),
        Case(
            format: "uv.lock",
            text: """
                version = 1
                [[package]]
                name = "n"
                version = "7.1"
                source = { directory = "libs/n" }
                """, name: "n", reference: "libs/n", strength: .exact),
        Case(
            format: "poetry.lock",
            text: """
                [[package]]
                name = "n"
                version = "7.1"
                groups = ["main"]
                files = []
                [package.source]
                type = "git"
                url = "https://user:secret@git.example/r.git"
                reference = "main"
                resolved_reference = "\(commit)"
                subdirectory = "a/b"
                [metadata]
                lock-version = "2.1"
                """, name: "n", reference: "git+https://***@git.example/r.git@\(commit)#subdirectory=a/b",
            subdirectory: "a/b"),
        Case(
            format: "pdm.lock",
            text: """
                [metadata]
                lock_version = "4.5.0"
                groups = ["default"]
                strategy = ["inherit_metadata"]
                [[package]]
                name = "n"
                version = "7.1"
                git = "https://git.example/r"
                ref = "main"
                revision = "\(commit)"
                subdirectory = "a"
                groups = ["default"]
                """, name: "n", reference: "git+https://git.example/r@\(commit)#subdirectory=a", subdirectory: "a"),
        Case(
            format: "pylock.toml",
            text: """
                lock-version = "1.0"
                created-by = "x"
                [[packages]]
                name = "n"
                [packages.vcs]
                type = "git"
                url = "https://git.example/r"
                commit-id = "\(commit)"
                subdirectory = "a"
                """, name: "n", reference: "git+https://git.example/r@\(commit)#subdirectory=a", subdirectory: "a"),
        Case(
            format: "pylock.toml",
            text: """
                lock-version = "1.0"
                created-by = "x"
                [[packages]]
                name = "n"
                [packages.archive]
                url = "https://index.example/n.zip"
                hashes = { sha256 = "\(sha)" }
                """, name: "n", reference: "https://index.example/n.zip"),
        Case(
            format: "pylock.toml",
            text: """
                lock-version = "1.0"
                created-by = "x"
                [[packages]]
                name = "n"
                [packages.directory]
                path = "libs/n"
                editable = true
                """, name: "n", reference: "-e libs/n", strength: .floating),
        Case(
            format: "Pipfile.lock",
            text:
                "{\"_meta\": {\"pipfile-spec\": 6}, \"default\": {\"n\": {\"git\": \"https://git.example/r\", \"ref\": \"\(commit)\", \"subdirectory\": \"a\"}}}",
            name: "n", reference: "git+https://git.example/r@\(commit)#subdirectory=a", subdirectory: "a"),
        Case(
            format: "conda-explicit", file: "explicit.txt",
            text: "@EXPLICIT\n# pip n @ git+https://git.example/r@\(commit)\n", name: "n",
            reference: "git+https://git.example/r@\(commit)"),
        Case(
            format: "conda-lock.yml",
            text: """
                version: 1
                metadata: {platforms: [linux-64]}
                package:
                - {name: n, version: "7", manager: pip, platform: linux-64, url: "git+https://git.example/r@\(commit)", hash: {sha256: \(commit)}}
                """, name: "n", reference: "git+https://git.example/r@\(commit)"),
        Case(
            format: "pixi.lock",
            text: """
                version: 6
                environments: {default: {channels: [], packages: {linux-64: [{pypi: "git+https://git.example/r?rev=main#\(commit)"}]}}}
                packages:
                - pypi: git+https://git.example/r?rev=main#\(commit)
                  name: n
                  version: "7"
                """, name: "n", reference: "git+https://git.example/r@\(commit)"),
    ]

    @Test(arguments: cases) func theReferenceIsKept(_ example: Case) throws {
        let document = try lock(example.file ?? example.format, example.text)
        #expect(document.format.name == example.format)
        let environment = try document.environment(target: nil)
        let package: Package
        if example.name.isEmpty {
            #expect(environment.packages.isEmpty)
            #expect(environment.gaps.count == 1)
            package = try #require(environment.gaps.first?.package)
        } else {
            #expect(environment.gaps.isEmpty, "\(environment.gaps)")
            package = try #require(environment.packages.first)
        }
        #expect(package.name == example.name)
        #expect(package.reference == example.reference)
        #expect(package.strength == example.strength)
        #expect(example.subdirectory == nil || package.origin?.subdirectory == example.subdirectory)
        #expect(package.versionRequirement?.contains("secret") != true)
        if example.reference.contains(commit) { #expect(package.originCommit == commit) }
    }

    /// The words after the value of `-e` are none of pip's: the marker excludes nothing.
    @Test(arguments: ["-e ./sub ; sys_platform == 'win32'", "--editable=./sub ; sys_platform == 'win32'"])
    func theMarkerOfAnEditableIsNone(_ line: String) throws {
        let environment = try lock("requirements.txt", line + "\n").environment(target: linux)
        #expect(environment.gaps.count == 1)
        #expect(failure("requirements.txt", "-e ./sub sys\n").contains("is after the options"))
    }
}
