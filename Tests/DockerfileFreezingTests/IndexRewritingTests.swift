import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

@testable import DockerfileFreezing

/// Installs of an existing Dockerfile keep the indexes of the lock, and their secrets come from the build.
@Suite struct IndexRewritingTests {
    private static let hash = "sha256:" + String(repeating: "ab", count: 32)
    private static let file =
        " --mount=type=bind,source=requirements.pinproof.txt,target=/tmp/requirements.pinproof.txt"
    private static let install = "--require-hashes --no-deps -r /tmp/requirements.pinproof.txt"

    private static func lock(_ options: String) throws -> LockedRequirements {
        let text = SourceText(name: "requirements.txt", text: "\(options)\nnumpy==1.26.4 --hash=\(hash)\n")
        let document = try LockReader.read(text, context: .empty)
        return LockedRequirements(
            lock: "requirements.txt",
            try HashedRequirements(try document.environment(target: nil), indexes: document.indexes))
    }

    @Test(arguments: [
        ("", "", ""),
        ("--index-url https://index.example/simple", " --mount=type=secret,id=netrc", "NETRC=/run/secrets/netrc "),
        (
            "--extra-index-url https://user:secret@index.example/simple", " --mount=type=secret,id=netrc",
            "NETRC=/run/secrets/netrc "
        ),
        (
            "--index-url https://user:${TOKEN}@index.example/simple",
            " --mount=type=secret,id=netrc --mount=type=secret,id=TOKEN",
            "NETRC=/run/secrets/netrc TOKEN=\"$(cat /run/secrets/TOKEN)\" "
        ),
    ])
    func secretsAreMounted(options: String, mounts: String, assignments: String) throws {
        let lock = try Self.lock(options)
        for (marked, expected) in [
            ("FROM x\nRUN pip install «numpy»\n", "FROM x\nRUN{F}{M} {A}pip install {I}\n"),
            (
                "FROM x\nRUN apt-get update && pip install «numpy» && ls\n",
                "FROM x\nRUN{F}{M} apt-get update && {A}pip install {I} && ls\n"
            ),
            (
                "FROM x\nRUN X=1 python3 -m pip install -q «numpy»\n",
                "FROM x\nRUN{F}{M} X=1 {A}python3 -m pip install -q {I}\n"
            ),
        ] {
            let result = try rewrite(marked, ecosystem: .pypi, lock: lock)
            let text = expected.replacing("{F}", with: Self.file).replacing("{M}", with: mounts)
                .replacing("{A}", with: assignments).replacing("{I}", with: Self.install)
            #expect(result.text == text)
            #expect(result.failures == [])
        }
        #expect(!lock.text.contains("secret"))
    }

    @Test("two installs of one RUN mount the file and each secret once")
    func onceForEachInstruction() throws {
        let result = try rewrite(
            "FROM x\nRUN pip install «numpy» && pip install «numpy»\n", ecosystem: .pypi,
            lock: Self.lock("-i https://index.example/simple"))
        #expect(result.text.split(separator: "--mount=type=secret").count == 2)
        #expect(result.text.split(separator: "--mount=type=bind").count == 2)
        #expect(result.text.split(separator: "NETRC=").count == 3)
    }
}

/// Which installer is taken when none is asked for.
@Suite struct StandardInstallerTests {
    struct Case: Sendable {
        var native: NativeInstaller?
        var hasConda = false
        var hasProject = false
        let available: Set<Installer>
        let installer: Installer
    }

    @Test(arguments: [
        Case(available: [.pip], installer: .pip),
        Case(available: [.pip, .uv], installer: .pip),
        Case(available: [.uv], installer: .uv),
        Case(available: [], installer: .pip),
        Case(native: .uv, available: [.pip, .uv], installer: .pip),
        Case(native: .uv, hasProject: true, available: [.pip, .uv], installer: .uv),
        Case(native: .uv, hasProject: true, available: [.pip], installer: .pip),
        Case(native: .uv, available: [.uv], installer: .uv),
        Case(hasConda: true, available: [.pip], installer: .micromamba),
        Case(hasConda: true, available: [.conda], installer: .conda),
        Case(hasConda: true, available: [.conda, .micromamba], installer: .micromamba),
        Case(native: .pixi, hasConda: true, available: [.pip], installer: .micromamba),
        Case(native: .pixi, hasConda: true, hasProject: true, available: [], installer: .pixi),
        Case(native: .pixi, available: [.pip], installer: .pip),
    ])
    func standard(_ example: Case) {
        let found = Installer.standard(
            native: example.native, hasConda: example.hasConda, hasProject: example.hasProject
        ) { example.available.contains($0) }
        #expect(found == example.installer)
    }

    @Test(arguments: Installer.allCases) func places(installer: Installer) {
        #expect(installer.likelyPaths.first == installer.usualPath)
        #expect(Set(installer.likelyPaths).count == installer.likelyPaths.count)
        #expect(installer.likelyPaths.allSatisfy { $0.hasPrefix("/") && $0.hasSuffix(installer.rawValue) })
        #expect(installer.bringsInterpreter == [.conda, .micromamba, .pixi].contains(installer))
    }

    @Test(arguments: ["a b", "a;b", "$(id)", "-x", "", "a\nb", "a/b"]) func namesThatAreNoWord(name: String) {
        var target = Target()
        target.environment = name
        #expect(throws: FreezeError.self) { try Installation.pixiChoice(target) }
        target.extras = [name]
        #expect(throws: FreezeError.self) { try Installation.uvChoice(target) }
        target.extras = []
        target.groups = [name]
        #expect(throws: FreezeError.self) { try Installation.uvChoice(target) }
    }

    @Test("all extras and groups are asked for by one word each")
    func everything() throws {
        var target = Target()
        target.allExtras = true
        target.allGroups = true
        #expect(try Installation.uvChoice(target) == ["--all-extras", "--all-groups"])
        #expect(try Installation.pixiChoice(Target()) == ["--environment", "default"])
    }
}

/// What an earlier run wrote, whole and damaged.
@Suite struct FreezeLockTests {
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)

    private static func read(_ members: String) throws -> FreezeLock {
        try FreezeLock(
            json: SourceText(name: "pinproof.lock.json", text: "{\"schema\": \"pinproof/lock/1\", \(members)}"))
    }

    @Test(arguments: [
        "", "{}", "[]", "null", "{\"schema\": \"pinproof/lock/2\", \"images\": {}}",
        "{\"schema\": \"pinproof/lock/1\"}",
        "{\"schema\": \"pinproof/lock/1\", \"images\": []}",
        "{\"schema\": \"pinproof/lock/1\", \"images\": {\"a:1\": 1}}",
        "{\"schema\": \"pinproof/lock/1\", \"images\": {\"a:1\": \"sha256:12\"}}",
        "{\"schema\": \"pinproof/lock/1\", \"images\": {\"a:1\": \"md5:0123456789abcdef0123456789abcdef\"}}",
    ])
    func damaged(text: String) {
        #expect(throws: DocumentError.self) { try FreezeLock(json: SourceText(name: "l", text: text)) }
    }

    @Test(
        "a name is found in every spelling",
        arguments: [
            ("python:3.11", "docker.io/library/python:3.11", true), ("python", "python:latest", true),
            ("docker.io/python:3.11", "python:3.11", true), ("python:3.11", "python:3.12", false),
            ("ghcr.io/a/b:1", "a/b:1", false),
        ])
    func names(pinned: String, asked: String, isFound: Bool) throws {
        let lock = try Self.read("\"images\": {\"\(pinned)\": \"\(Self.digest)\"}")
        let reference = try #require(ImageReference(asked))
        #expect((lock.digest(of: reference) != nil) == isFound)
    }

    @Test(
        "target and base of older files, and of files with other types",
        arguments: [
            ("", nil, nil, 0), ("\"target\": null, \"base\": null,", nil, nil, 0),
            ("\"target\": {\"python\": \"3.11\", \"platform\": \"linux/amd64\"},", "3.11", nil, 0),
            ("\"target\": {\"python\": 3.11, \"libc\": 1}, \"base\": [],", nil, nil, 0),
            (
                "\"base\": {\"name\": \"python:3.11\", \"user\": \"1001\", \"diffIds\": [\"\(digest)\", \"x\", 1]},",
                nil, "1001", 1
            ),
            ("\"base\": {\"name\": \"no name\", \"user\": \"1001\"},", nil, nil, 0),
        ])
    func otherTypes(members: String, python: String?, user: String?, layers: Int) throws {
        let lock = try Self.read("\(members) \"images\": {}")
        #expect(lock.target.python == python)
        #expect(lock.base?.user == user)
        #expect((lock.base?.diffIDs.count ?? 0) == layers)
    }

    @Test("a rewriting keeps what a freeze wrote")
    func rewritingKeepsBase() throws {
        let text = """
            {"schema": "pinproof/lock/1", "target": {"python": "3.11", "platform": "linux/amd64", "libc": null},
            "base": {"name": "python:3.11", "digest": "\(Self.digest)", "user": null, "diffIds": ["\(Self.digest)"]},
            "images": {"python:3.11": "\(Self.digest)"}, "packages": {"a": "1"}}
            """
        let record = try RewritingRecord(json: SourceText(name: "l", text: text))
        let lock = try FreezeLock(json: SourceText(name: "l", text: record.text))
        #expect(lock.target.python == "3.11")
        #expect(lock.base?.diffIDs.map(\.description) == [Self.digest])
        #expect(lock.packages.map(\.version) == ["1"])
    }

    @Test("the source policy turns each tag into its digest")
    func policy() throws {
        let digest = try #require(Digest(Self.digest))
        let text = SourcePolicy.json(images: ["python:3.11": digest, "ghcr.io/a/b:1": digest, "not a name": digest])
            .document()
        #expect(text.contains("docker-image://docker.io/library/python:3.11@\(Self.digest)"))
        #expect(text.contains("docker-image://ghcr.io/a/b:1@\(Self.digest)"))
        #expect(!text.contains("not a name"))
    }
}

/// What may be written into a generated file.
@Suite struct FreezeTextTests {
    @Test(arguments: [
        ("1.0", true), ("1!2.0+cpu", true), ("a_b-c.d~1:2", true), ("", false), ("a b", false), ("a;b", false),
        ("a$b", false),
        ("a\"b", false), ("a\\b", false), ("a/b", false), ("é", false), ("a\n", false), ("a#b", false), ("a&b", false),
    ])
    func words(text: String, isWord: Bool) { #expect(FreezeText.isWord(text) == isWord) }

    @Test(arguments: [
        ("https://index.example/a-1-py3-none-any.whl", true), ("https://index.example/a%2Bb?x=1&y=2", true),
        ("index.example/a", false), ("https://index.example/a b", false), ("https://index.example/$(id)", false),
        ("https://index.example/`id`", false), ("https://index.example/a#b", false),
        ("https://index.example/{x}", false),
        ("https://index.example/a\\b", false), ("https://index.example/a|b", false),
        ("https://index.example/\u{7F}", false),
    ])
    func urls(text: String, isURL: Bool) { #expect(FreezeText.isURL(text) == isURL) }

    @Test func oneLine() {
        #expect(FreezeText.oneLine("a\nb\r\tc\u{7F}é") == "a?b??c?é")
        #expect(JSONLine.text(["a \"b\"", "c\n"]) == #"["a \"b\"", "c\n"]"#)
    }
}
