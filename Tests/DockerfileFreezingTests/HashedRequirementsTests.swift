import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

@testable import DockerfileFreezing

/// What of a lock becomes lines of a requirements file, what becomes a step of the build, and what is refused by name.
@Suite struct HashedRequirementsTests {
    private static let hash = "sha256:" + String(repeating: "0", count: 64)
    private static let other = "sha256:" + String(repeating: "1", count: 64)
    private static let commit = String(repeating: "c", count: 40)

    private static func requirements(
        _ text: String, named name: String = "requirements.txt", isBuilding: Bool = false
    ) throws -> HashedRequirements {
        let document = try LockReader.read(SourceText(name: name, text: text), context: .empty)
        let target = Target(python: "3.11", platform: Platform(os: "linux", architecture: "amd64"))
        return try HashedRequirements(
            try document.environment(target: target), indexes: document.indexes, isBuilding: isBuilding)
    }

    private static func refusals(_ text: String, named name: String = "requirements.txt", isBuilding: Bool = false)
        -> [String]
    {
        do {
            _ = try requirements(text, named: name, isBuilding: isBuilding)
            return []
        } catch let error as FreezeError { return error.reasons } catch { return ["\(error)"] }
    }

    // MARK: Indexes

    @Test(
        "the options of the file are kept, and no secret is",
        arguments: [
            ("--index-url https://index.example/simple", ["--index-url https://index.example/simple"], ["netrc"]),
            ("-i https://index.example/simple", ["--index-url https://index.example/simple"], ["netrc"]),
            (
                "--extra-index-url https://user:secret@index.example/simple",
                ["--extra-index-url https://index.example/simple"], ["netrc"]
            ),
            (
                "--extra-index-url https://token@index.example/simple",
                ["--extra-index-url https://index.example/simple"], ["netrc"]
            ),
            (
                "--index-url https://${USER_NAME}:${PASS}@index.example/simple",
                ["--index-url https://${USER_NAME}:${PASS}@index.example/simple"], ["netrc", "PASS", "USER_NAME"]
            ),
            (
                "--index-url https://user:${PASS}@index.example/simple",
                ["--index-url https://user:${PASS}@index.example/simple"], ["netrc", "PASS"]
            ),
            (
                "--find-links https://index.example/wheels\n--extra-index-url https://b.example/simple",
                ["--find-links https://index.example/wheels", "--extra-index-url https://b.example/simple"], ["netrc"]
            ),
            // Without it pip passes over an index without a certificate.
            (
                "--index-url http://Index.example:8080/simple\n--trusted-host index.example\n--trusted-host other.example",
                ["--index-url http://Index.example:8080/simple", "--trusted-host index.example:8080"], ["netrc"]
            ),
            ("", [], []),
        ])
    func options(_ options: String, _ kept: [String], _ secrets: [String]) throws {
        let requirements = try Self.requirements("\(options)\na==1 --hash=\(Self.hash)\n")
        #expect(requirements.indexes.options == kept)
        #expect(requirements.indexes.secrets == secrets)
        let isClosed = options.contains("secret") || options.contains("token")
        #expect(requirements.indexes.requiredSecrets.contains("netrc") == isClosed)
        #expect((requirements.indexes.note == nil) == options.isEmpty)
        #expect(!requirements.text.contains("secret") && !requirements.text.contains("token"))
        for line in kept { #expect(requirements.text.contains("\n\(line)\n")) }
    }

    @Test(
        "an option that a build cannot use is refused with its line",
        arguments: [
            ("--find-links ./wheels", "requirements.txt:1: --find-links ./wheels is a directory"),
            ("--find-links file:///srv/wheels", "requirements.txt:1: --find-links file:///srv/wheels is a directory"),
            ("--index-url https://index.example/$(id)", "--index-url https://index.example/$(id) cannot be written"),
        ])
    func uselessOptions(_ option: String, _ reason: String) {
        let reasons = Self.refusals("\(option)\na==1 --hash=\(Self.hash)\n")
        #expect(reasons.count == 1 && reasons[0].contains(reason), "\(reasons)")
    }

    private static func uv(_ index: String, _ files: String) -> String {
        """
        version = 1
        [[package]]
        name = "me"
        source = { virtual = "." }
        dependencies = [{ name = "net" }]
        [[package]]
        name = "net"
        version = "2.6.0+cpu"
        source = { registry = "\(index)" }
        \(files)
        """
    }

    @Test("a package of another index than the default one is installed from its URL")
    func anotherIndex() throws {
        let url = "https://user:secret@files.example/net-2.6.0%2Bcpu-py3-none-any.whl"
        let requirements = try Self.requirements(
            Self.uv(
                "https://user:secret@cpu.example/simple", "wheels = [{ url = \"\(url)\", hash = \"\(Self.hash)\" }]"),
            named: "uv.lock")
        #expect(
            requirements.text.hasSuffix(
                "net @ https://files.example/net-2.6.0%2Bcpu-py3-none-any.whl \\\n    --hash=\(Self.hash)\n"))
        #expect(requirements.indexes.hosts == ["files.example"])
        #expect(requirements.indexes.closedHosts == ["files.example"])
        #expect(requirements.indexes.mounts == "--mount=type=secret,id=netrc ")
        #expect(requirements.indexes.assignments == "NETRC=/run/secrets/netrc ")
        #expect(requirements.packages.map(\.version) == ["2.6.0+cpu"])
    }

    @Test("where the lock gives no URL, the index of the package is an option")
    func anotherIndexWithoutURL() throws {
        let pipfile = """
            {"_meta": {"pipfile-spec": 6, "sources": [
            {"name": "main", "url": "https://main.example/simple"}, {"name": "cpu", "url": "https://${T}@cpu.example/simple"}]},
            "default": {"a": {"version": "==1", "hashes": ["\(Self.hash)"], "index": "cpu"},
            "b": {"version": "==1", "hashes": ["\(Self.hash)"]}}}
            """
        let requirements = try Self.requirements(pipfile, named: "Pipfile.lock")
        #expect(requirements.indexes.options.contains("--index-url https://main.example/simple"))
        #expect(requirements.indexes.options.contains("--extra-index-url https://${T}@cpu.example/simple"))
        #expect(requirements.indexes.assignments == "NETRC=/run/secrets/netrc T=\"$(cat /run/secrets/T)\" ")
        let poetry = """
            [[package]]
            name = "a"
            version = "1"
            groups = ["main"]
            files = [{ file = "a-1-py3-none-any.whl", hash = "\(Self.hash)" }]
            [package.source]
            type = "legacy"
            url = "https://cpu.example/simple"
            reference = "cpu"
            [metadata]
            lock-version = "2.1"
            """
        #expect(
            try Self.requirements(poetry, named: "poetry.lock").indexes.options
                == ["--extra-index-url https://cpu.example/simple"])
    }

    @Test(arguments: [
        ("https://index.example/simple", "https://index.example/simple"),
        ("https://u:p@index.example/simple", "https://index.example/simple"),
        ("https://u@index.example:8080/s", "https://index.example:8080/s"),
        ("https://u:${P}@index.example/s", "https://u:${P}@index.example/s"),
        ("https://${U}:p@index.example/s", "https://index.example/s"),
        ("https://:${P}@index.example/s", "https://index.example/s"), ("./dist/u@x", "./dist/u@x"),
        ("https://index.example/a@b", "https://index.example/a@b"),
    ])
    func credentialsAreLeftOut(url: String, plain: String) {
        #expect(PackageIndexes.withoutCredentials(url) == plain)
    }

    // MARK: Entries

    @Test("one package that is asked for twice, with other extras, is one")
    func duplicates() throws {
        let text = "x[a]==1 --hash=\(Self.hash)\nx==1 --hash=\(Self.hash)\nx[b]==1 --hash=\(Self.hash)\n"
        #expect(try Self.requirements(text).packages.map(\.name) == ["x"])
        let unequal = "x[a]==1 --hash=\(Self.hash)\nx==1 --hash=\(Self.other)\n"
        #expect(Self.refusals(unequal) == ["the lock holds x twice for this target: 1 and 1"])
    }

    @Test(
        "what has no name, and what the build does not have, is refused with its line",
        arguments: [
            (
                "git+https://git.example/r@\(commit)",
                "requirements.txt:2: git+https://git.example/r@\(commit): only the"
            ),
            ("git+https://u:secret@git.example/r@\(commit)", "requirements.txt:2: git+https://***@git.example/r@"),
            ("-e .", "requirements.txt:2: -e .: only the contents"), ("./sub", "requirements.txt:2: ./sub: only"),
            ("https://index.example/x.zip", "requirements.txt:2: https://index.example/x.zip: only the contents"),
            ("./dist/x-1-py3-none-any.whl --hash=\(hash)", "requirements.txt:2: x 1 is the local path ./dist/"),
            ("x @ file:///srv/x-1-py3-none-any.whl --hash=\(hash)", "x 1 is the local path file:///srv/"),
            ("x==1", "requirements.txt:2: x 1 has no hash"), ("x>=1 --hash=\(hash)", "x has no exact version"),
            ("x @ git+https://git.example/r@main", "x is from https://git.example/r without a commit"),
            ("x @ https://index.example/x-1.zip#subdirectory=a --hash=\(hash)", "x 1 is the directory a of an archive"),
        ])
    func refused(_ line: String, _ reason: String) {
        for isBuilding in [false, true] {
            let reasons = Self.refusals("a==1 --hash=\(Self.hash)\n\(line)\n", isBuilding: isBuilding)
            #expect(reasons.count == 1, "\(reasons)")
            #expect(reasons.first?.contains(reason) == true, "\(reasons)")
            #expect(!"\(reasons)".contains("secret"))
        }
    }

    @Test("a file that lies beside the lock is not a package of an index")
    func localFiles() {
        let pylock = """
            lock-version = "1.0"
            created-by = "x"
            [[packages]]
            name = "a"
            version = "1"
            wheels = [{ path = "dist/a-1-py3-none-any.whl", hashes = { sha256 = "\(Self.hash.dropFirst(7))" } }]
            """
        let reasons = Self.refusals(pylock, named: "pylock.toml")
        #expect(
            reasons.count == 1 && reasons[0].contains("a 1 is the local path dist/a-1-py3-none-any.whl"), "\(reasons)")
    }

    @Test(
        "the directory of a repository is built, unless it leaves it or a shell would read its name",
        arguments: [
            ("libs/leaf", "libs/leaf"), ("./libs/leaf/", "libs/leaf"), ("a/./b", "a/b"), ("../leaf", nil),
            ("a/../../b", nil),
            ("a/..", nil), ("/etc", nil), ("a b", nil), ("$(id)", nil), ("a;b", nil), ("-x", nil), ("~root", nil),
            (".", nil),
        ])
    func subdirectories(_ written: String, _ built: String?) throws {
        let lock = """
            [[package]]
            name = "leaf"
            version = "1"
            groups = ["main"]
            files = []
            [package.source]
            type = "git"
            url = "https://user:secret@git.example/r"
            resolved_reference = "\(Self.commit)"
            subdirectory = "\(written)"
            [metadata]
            lock-version = "2.1"
            """
        guard let built else {
            let reasons = Self.refusals(lock, named: "poetry.lock", isBuilding: true)
            #expect(reasons.count == 1 && reasons[0].contains("leaf 1 is the directory \(written) of"), "\(reasons)")
            return
        }
        let requirements = try Self.requirements(lock, named: "poetry.lock", isBuilding: true)
        let repository = try #require(requirements.repositories.first)
        #expect(repository.subdirectory == built)
        #expect(repository.url == "https://git.example/r")
        var values = TemplateValues()
        Installation(requirements: requirements, buildTools: requirements).add(to: &values)
        #expect(values[.buildSources] == "ADD https://git.example/r.git#\(Self.commit) /tmp/sources/leaf")
        #expect(values[.buildRepositories] == "/tmp/sources/leaf/\(built)")
    }

    @Test("a URL of conda with a token is refused")
    func condaTokens() throws {
        let digest = try #require(Digest(Self.hash))
        for url in [
            "https://index.example/t/abc-123/linux-64/a-1-0.conda", "https://u:p@index.example/linux-64/a-1-0.conda",
        ] {
            var package = Package(ecosystem: .conda, name: "a", version: "1")
            package.artifacts = [Artifact(name: "a-1-0.conda", url: url, hashes: [digest])]
            #expect {
                try CondaExplicitFile(Environment(packages: [package]))
            } throws: { error in
                let text = "\(error)"
                return text.contains("a 1 has a URL with credentials") && !text.contains("abc-123")
            }
        }
        let gap = Gap("other", reason: "the manager is unknown")
        #expect(throws: FreezeError.self) { try CondaExplicitFile(Environment(gaps: [gap])) }
        #expect(throws: FreezeError.self) { try HashedRequirements(Environment(gaps: [gap])) }
    }
}

/// What is known of a base, and what the record of a freeze says of it.
@Suite struct BaseImageTests {
    private static func reference() throws -> ImageReference {
        try #require(ImageReference("python:3.11@sha256:" + String(repeating: "ab", count: 32)))
    }

    @Test(arguments: [
        ("", nil), ("root", nil), ("0", nil), ("0:0", nil), ("root:users", nil), ("1001", "1001"), ("1001:0", "1001:0"),
        ("worker", "worker"),
    ])
    func users(configured: String, user: String?) throws {
        let base = try BaseImage(reference: Self.reference(), configuredUser: configured, diffIDs: [])
        #expect(base.user == user)
    }

    @Test(arguments: ["a b", "$(id)", "x\nRUN y"]) func usersThatAreNoWord(configured: String) {
        #expect(throws: FreezeError.self) {
            try BaseImage(reference: Self.reference(), configuredUser: configured, diffIDs: [])
        }
    }

    @Test("the record has target and base, and reads back")
    func record() throws {
        let layer = try #require(Digest("sha256:" + String(repeating: "1", count: 64)))
        let base = BaseImage(reference: try Self.reference(), user: "1001", diffIDs: [layer])
        var platform = Platform(os: "linux", architecture: "arm", variant: "v7")
        platform.cLibrary = CLibrary("musl-1.2")
        let package = try HashedRequirements(
            LockReader.read(
                SourceText(name: "requirements.txt", text: "a==1 --hash=sha256:\(String(repeating: "0", count: 64))\n"),
                context: .empty
            ).environment(target: nil))
        let plan = DockerfilePlan(
            lock: .init(name: "uv.lock", sha256: layer), base: base, installation: Installation(requirements: package),
            target: FreezeTarget(python: "3.11.9", platform: platform))
        let text = plan.freezeLock.json.document()
        let lock = try FreezeLock(json: SourceText(name: "l", text: text))
        #expect(lock.target == FreezeTarget(python: "3.11.9", platform: platform))
        #expect(lock.base?.reference == base.reference)
        #expect(lock.base?.user == "1001")
        #expect(lock.base?.diffIDs == [layer])
        #expect(text.contains("\"libc\": \"musl-1.2\"") && text.contains("\"platform\": \"linux/arm/v7\""))
        #expect(plan.target.description == "Python 3.11.9 on linux/arm/v7, musl-1.2")
        let dockerfile = try DockerfileTemplate(DockerfileTemplate.standard).render(plan)
        #expect(dockerfile.contains("\nUSER 1001\nENTRYPOINT"))
        #expect(dockerfile.contains(" AS environment\nUSER 0\n"))
        let empty = DockerfilePlan(
            lock: plan.lock, base: BaseImage(reference: try Self.reference()), installation: plan.installation,
            target: FreezeTarget())
        let unknown = empty.freezeLock.json.document()
        #expect(unknown.contains("\"python\": null") && unknown.contains("\"libc\": null"))
        #expect(try DockerfileTemplate(DockerfileTemplate.standard).render(empty).contains("\nUSER 65532:65532\n"))
    }
}
