import DockerfileSyntax
import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

@testable import DockerfileFreezing

struct DockerfilePlanTests {
    private static let hash = "sha256:" + String(repeating: "0", count: 64)

    private static func digest() throws -> Digest {
        try #require(Digest("sha256:" + String(repeating: "ab", count: 32)))
    }

    private static func package(
        _ name: String, _ version: String?, _ hashes: [String], file: String? = nil, ecosystem: Ecosystem = .pypi,
        url: String? = nil
    ) -> Package {
        var package = Package(ecosystem: ecosystem, name: name, version: version)
        package.artifacts = [Artifact(name: file, url: url, hashes: hashes.compactMap { Digest($0) })]
        return package
    }

    /// The packages of a requirements file.
    private static func packages(_ text: String) throws -> [Package] {
        let text = SourceText(name: "requirements.txt", text: text)
        return try LockReader.requirements.read(text, context: .empty).packages
    }

    private static func plan(_ installation: Installation) throws -> DockerfilePlan {
        DockerfilePlan(
            lock: .init(name: "uv.lock", sha256: try digest()),
            base: BaseImage(reference: ImageReference(repository: "python", tag: "3.11.9", digest: try digest())),
            installation: installation,
            target: FreezeTarget(python: "3.11", platform: Platform(os: "linux", architecture: "amd64")))
    }

    private static func render(_ plan: DockerfilePlan) throws -> [String: String] {
        let files = plan.files(template: try DockerfileTemplate(DockerfileTemplate.standard))
        #expect(files.last?.name == "Dockerfile")
        return Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.text) })
    }

    /// The file parses, has only pinned images, not an image of its own stages is unknown.
    private static func checkPinned(_ text: String) {
        let dockerfile = Dockerfile.parse(SourceText(name: "Dockerfile", text: text))
        #expect(dockerfile.problems.isEmpty, "\(text)")
        let model = DockerfileModel(dockerfile)
        #expect(!model.images.isEmpty)
        #expect(model.images.allSatisfy { $0.strength == .hashed }, "\(text)")
        #expect(!text.contains("{{") && !text.contains("\n\n\n"))
    }

    @Test("pip: a file that BuildKit's grammar accepts, every image pinned, the packages sorted with their hashes")
    func pip() throws {
        var environment = Environment(packages: [
            Self.package("b", "2", [Self.hash]), Self.package("a", "1", [Self.hash]),
        ])
        environment.packages += try Self.packages(
            "u @ https://index.example/u-3-py3-none-any.whl#egg=u --hash=\(Self.hash)\n")
        var plan = try Self.plan(Installation(requirements: HashedRequirements(environment)))
        plan.entrypoint = ["python", "-c", "print(\"x\")"]
        let files = try Self.render(plan)
        let text = try #require(files["Dockerfile"])
        Self.checkPinned(text)
        #expect(text.contains(#"ENTRYPOINT ["python", "-c", "print(\"x\")"]"#))
        #expect(text.contains("--require-hashes --no-deps --only-binary :all:"))
        #expect(
            files["requirements.frozen.txt"]
                == """
                --only-binary :all:
                --require-hashes
                a==1 \\
                    --hash=\(Self.hash)
                b==2 \\
                    --hash=\(Self.hash)
                u @ https://index.example/u-3-py3-none-any.whl \\
                    --hash=\(Self.hash)

                """)
        #expect(files[".dockerignore"] == "*\n!requirements.frozen.txt\n")
        let lock = try FreezeLock(json: SourceText(name: "l", text: #require(files["pinproof.lock.json"])))
        #expect(
            try lock.digest(of: #require(ImageReference("docker.io/library/python:3.11.9")))?.hex.hasPrefix("abab")
                == true)
        #expect(lock.target.python == "3.11")
        #expect(
            files["pinproof.source-policy.json"]?.contains("docker-image://docker.io/library/python:3.11.9@sha256:abab")
                == true)
        #expect(try Self.render(plan) == files, "the same plan renders to the same bytes")
    }

    @Test("each installer: its command, its files, its image", arguments: Installer.allCases)
    func installers(installer: Installer) throws {
        let image = InstallerImage(
            reference: ImageReference(repository: "registry.example/tool", tag: "1", digest: try Self.digest()),
            path: installer.usualPath)
        let python = Self.package("a", "1", [Self.hash])
        let conda = Self.package(
            "python", "3.11.7", [Self.hash], ecosystem: .conda,
            url: "https://index.example/linux-64/python-3.11.7-0.conda")
        let requirements = try HashedRequirements(Environment(packages: [python]))
        let installation: Installation
        let words: String
        switch installer {
        case .pip:
            installation = Installation(requirements: requirements)
            words = "python3 -m pip --python /opt/environment/bin/python install"
        case .uv:
            installation = Installation(installer: .uv, image: image, requirements: requirements)
            words = "uv pip sync --python /opt/environment/bin/python --require-hashes --no-build"
        case .conda, .micromamba:
            installation = Installation(
                installer: installer, image: image, explicit: try CondaExplicitFile(Environment(packages: [conda])),
                requirements: requirements)
            words = "\(installer.rawValue) create --yes"
        case .pixi:
            installation = Installation(
                installer: .pixi, image: image,
                project: [
                    .init(name: "pixi.toml", text: "[workspace]\n"), .init(name: "pixi.lock", text: "version: 6\n"),
                ],
                choice: try Installation.pixiChoice(Target()), packages: [("a", "1")])
            words = "pixi install --locked --environment default"
        }
        let files = try Self.render(try Self.plan(installation))
        let text = try #require(files["Dockerfile"])
        Self.checkPinned(text)
        #expect(text.contains(words), "\(text)")
        #expect(text.contains("registry.example/tool:1@sha256:abab") == (installer != .pip))
        for name in installation.files.map(\.name) {
            #expect(text.contains("COPY ") && text.contains(name))
            #expect(files[".dockerignore"]?.contains("!\(name)\n") == true)
        }
        #expect(text.contains("COPY --from=environment \(installation.environmentFolder) "))
        if installer == .conda {
            #expect(
                files["conda.frozen.txt"]
                    == "@EXPLICIT\nhttps://index.example/linux-64/python-3.11.7-0.conda#\(Self.hash)\n")
        }
    }

    @Test("uv sync takes the project's own files and the target's choice")
    func uvSync() throws {
        var target = Target()
        target.extras = ["plot"]
        target.groups = ["serve", "a"]
        let installation = Installation(
            installer: .uv, image: nil,
            project: [
                .init(name: "pyproject.toml", text: "[project]\n"), .init(name: "uv.lock", text: "version = 1\n"),
            ],
            choice: try Installation.uvChoice(target), packages: [("a", "1")])
        let files = try Self.render(try Self.plan(installation))
        #expect(
            files["Dockerfile"]?.contains(
                "uv sync --locked --no-install-workspace --no-default-groups --no-build --extra plot --group a --group serve\n"
            )
                == true)
        #expect(files["uv.lock"] == "version = 1\n")
        target.extras = ["a b; rm"]
        #expect(throws: FreezeError.self) { try Installation.uvChoice(target) }
    }

    @Test("what is not pinned is refused with all the reasons")
    func refusals() throws {
        var path = Self.package("p", "1", [Self.hash])
        path.location = "./p"
        #expect {
            try HashedRequirements(
                Environment(
                    packages: [
                        Self.package("a", nil, [Self.hash]), Self.package("b", "1", []),
                        Self.package("c", "1", ["md5:" + String(repeating: "0", count: 32)]),
                        Self.package("d", "1", [Self.hash], file: "d-1.tar.gz"), path,
                        Self.package("e", "1\nRUN x", [Self.hash]),
                    ]
                        + Self.packages(
                            """
                            g @ git+https://git.example/g@\(String(repeating: "c", count: 40))
                            f @ https://index.example/{x}/f-1-py3-none-any.whl --hash=\(Self.hash)
                            """)))
        } throws: { error in
            (error as? FreezeError)?.reasons.count == 8
        }
        #expect(throws: FreezeError.self) { try HashedRequirements(Environment()) }
        #expect(throws: FreezeError.self) {
            try HashedRequirements(
                Environment(packages: [Self.package("a", "1", [Self.hash]), Self.package("a", "2", [Self.hash])]))
        }
        #expect(throws: FreezeError.self) {
            try CondaExplicitFile(
                Environment(packages: [
                    Self.package(
                        "a", "1", ["md5:" + String(repeating: "0", count: 32)], ecosystem: .conda,
                        url: "https://index.example/a.conda")
                ]))
        }
    }

    @Test("sdists and commits are built by locked tools, when that is allowed")
    func building() throws {
        var environment = Environment(packages: [
            Self.package("a", "1", [Self.hash]), Self.package("d", "1", [Self.hash], file: "d-1.tar.gz"),
        ])
        environment.packages += try Self.packages(
            "g @ git+https://git.example/g@\(String(repeating: "c", count: 40))\n")
        let requirements = try HashedRequirements(environment, isBuilding: true)
        let tools = try HashedRequirements(Environment(packages: [Self.package("setuptools", "80", [Self.hash])]))
        let files = try Self.render(try Self.plan(Installation(requirements: requirements, buildTools: tools)))
        let text = try #require(files["Dockerfile"])
        Self.checkPinned(text)
        #expect(text.contains("ADD https://git.example/g.git#\(String(repeating: "c", count: 40)) /tmp/sources/g\n"))
        #expect(text.contains("--no-build-isolation --no-binary :all: -r /tmp/sdists.frozen.txt"))
        #expect(files["sdists.frozen.txt"]?.contains("d==1 \\\n    --hash=\(Self.hash)\n") == true)
        #expect(files["build.frozen.txt"]?.contains("setuptools==80") == true)
        #expect(files["requirements.frozen.txt"]?.contains("d==1") == false)
    }

    @Test("each server starts in exec form, and is missed in the lock by name", arguments: ModelServer.allCases)
    func servers(server: ModelServer) throws {
        let content = ModelServing.Content(
            name: "iris.mar", treeDigest: try Self.digest(), isFile: server == .torchserve)
        func serving(_ packages: Set<String>) throws -> ModelServing {
            try ModelServing(
                server: server, model: content, words: server == .command ? ["python", "-m", "app"] : [],
                runtimes: server == .mlserver ? ["mlserver-sklearn"] : [], packages: packages,
                environment: "/opt/environment")
        }
        if server != .command {
            #expect {
                try serving(["numpy"])
            } throws: { error in
                (error as? FreezeError)?.description.contains(server.rawValue) == true
            }
        }
        var plan = try Self.plan(
            Installation(requirements: HashedRequirements(Environment(packages: [Self.package("a", "1", [Self.hash])])))
        )
        plan.serving = try serving([server.rawValue, "mlserver-sklearn"])
        let files = try Self.render(plan)
        let text = try #require(files["Dockerfile"])
        Self.checkPinned(text)
        #expect(text.contains("COPY model /opt/model\n"))
        #expect(text.contains("\nUSER 65532:65532\nENTRYPOINT [\""))
        #expect(text.contains("EXPOSE") == (server != .command))
        #expect(files[".dockerignore"]?.contains("!model\n") == true)
        #expect((files["torchserve.properties"] != nil) == (server == .torchserve))
    }

    @Test("system packages come from a snapshot, with the versions that the base knows")
    func systemPackages() throws {
        var known = Package(ecosystem: .apt, name: "libgomp1", version: "12.2.0-14")
        known.installer = "dpkg"
        let release = "ID=debian\nVERSION_CODENAME=bookworm\n"
        let packages = try SystemPackages(
            words: ["libgomp1", "curl=7.88.1-10", "git"], snapshot: "20240601T000000Z", operatingSystem: release,
            installed: [known])
        var plan = try Self.plan(
            Installation(requirements: HashedRequirements(Environment(packages: [Self.package("a", "1", [Self.hash])])))
        )
        plan.system = packages
        let files = try Self.render(plan)
        let text = try #require(files["Dockerfile"])
        Self.checkPinned(text)
        #expect(text.contains("curl=7.88.1-10 git libgomp1=12.2.0-14 \\\n"))
        #expect(text.contains("/debian-security/20240601T000000Z bookworm-security main'"))
        #expect(text.contains("FROM system AS environment") && text.contains("\nFROM system\n"))
        let lock = try FreezeLock(json: SourceText(name: "l", text: #require(files["pinproof.lock.json"])))
        #expect(lock.snapshot == "20240601T000000Z")
        for (words, snapshot, system) in [
            (["a"], "today", release), (["a;b"], "20240601T000000Z", release),
            (["a"], "20240601T000000Z", "ID=alpine\n"),
            (["-o"], "20240601T000000Z", release),
        ] {
            #expect(throws: FreezeError.self) {
                try SystemPackages(words: words, snapshot: snapshot, operatingSystem: system, installed: [])
            }
        }
    }

    @Test("what moved since an earlier run is named, old and new")
    func moves() throws {
        let old = FreezeLock(images: ["a:1": try Self.digest()], packages: [("x", "1"), ("y", "1")])
        let other = try #require(Digest(Self.hash))
        let new = FreezeLock(images: ["a:1": other], packages: [("x", "2"), ("z", "1")])
        #expect(
            new.moves(since: old) == [
                "moved a:1 \(try Self.digest()) -> \(other)", "moved x 1 -> 2", "removed y 1", "added z 1",
            ])
        #expect(new.moves(since: new).isEmpty)
    }
}
