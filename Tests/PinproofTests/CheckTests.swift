import EnvironmentInventory
import FoundationEssentials
import SourceDocuments
import Testing

@testable import PinRules
@testable import Pinproof

/// `check` in the life of a project: folders, settings, baselines, exit statuses.
struct CheckTests {
    private static func check(
        _ paths: String..., options change: (inout Checker.Options) -> Void = { _ in }
    ) async throws -> CheckResult {
        var options = Checker.Options()
        change(&options)
        return try await Checker(options: options).check(paths)
    }

    @Test("the action of the repository itself is found, from inside and from outside")
    func ownAction() async throws {
        let folder = try Folder([
            ".github/workflows/a.yml": "jobs: {a: {steps: [{uses: ./}, {uses: ././}, {uses: ./b/}, {uses: ./c}]}}\n",
            "action.yml": "runs: {using: composite, steps: [{run: pip install flask, shell: bash}]}\n",
            "b/action.yaml": "runs: {using: composite, steps: [{run: pip install numpy, shell: bash}]}\n",
            "c/Dockerfile": "FROM redis\n",
        ])
        let outside = try await Self.check(folder.path)
        #expect(outside.findings.compactMap(\.subject).sorted() == ["flask", "numpy", "redis"])
        let checked = CheckedFileReader.CheckedFileResult(
            used: [
                UsedManifest(
                    path: "", role: .action,
                    unread: Pin(
                        kind: .unreadCommand, subject: "./", strength: .unknown, file: "a.yml",
                        range: SourceRange(
                            start: SourcePosition(line: 1, column: 1), end: SourcePosition(line: 1, column: 1)),
                        requestedBy: "uses", reason: nil))
            ])
        // From the current directory the root is `.`, and not that of the file system.
        let here = CheckContexts.files(
            namedBy: checked, in: CheckedFile(path: "a.yml", isNamed: false), checkout: ".")
        #expect(here.files.allSatisfy { !$0.path.hasPrefix("/") })
    }

    /// Each build is looked for among all others of its Dockerfile, which takes hours where that is done one by one.
    @Test("ten thousand builds of one Dockerfile", .timeLimit(.minutes(5)))
    func manyBuilds() throws {
        var contexts = CheckContexts(given: nil, policies: try CheckPolicies(Checker.Options()))
        let file = CheckedFile(path: "docker-bake.json", isNamed: false)
        for number in (0..<10_000).flatMap({ [$0, $0] }) {
            contexts.add(
                ImageBuild(
                    base: .manifest, context: ".", dockerfile: "Dockerfile", arguments: [:],
                    contexts: ["b": "docker-image://a:\(number)"],
                    location: FileLocation(file: file.path, line: number), unread: nil), of: file, checkout: ".")
        }
        #expect(contexts.named("Dockerfile").count == 10_000)
    }

    @Test("YAML in UTF-16 is read, or named, and is not rewritten")
    func wideYAML() async throws {
        let texts = [
            "compose.yaml": "services:\n  a: {image: redis}\n", "environment.yml": "'dependencies':\n- numpy\n",
            "pod.yaml": "apiVersion: v1\nkind: Pod\nspec: {image: python}\n", "other.yaml": "a: b\n",
        ]
        let folder = try Folder(["notes.md": ""])
        for (name, text) in texts {
            let bytes = ("\u{FEFF}" + text).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            try Data(bytes).write(to: URL(filePath: folder.path + "/" + name))
            try Data(bytes + [0]).write(to: URL(filePath: folder.path + "/broken-" + name))
        }
        let result = try await Self.check(folder.path)
        #expect(result.findings.compactMap(\.subject).sorted() == ["numpy", "python", "redis"])
        let unread = result.failures.map { $0.split(separator: "/").last.map(String.init) ?? "" }.sorted()
        let reason = ": is not UTF-16, as its first bytes say"
        #expect(unread == ["compose.yaml", "environment.yml", "pod.yaml"].map { "broken-" + $0 + reason })
        let fixes = try await Checker().fixes([folder.path + "/compose.yaml"], using: Rewriter.Options())
        #expect(fixes.plans.isEmpty && fixes.failures.count == 1)
        #expect(fixes.failures.first?.hasSuffix("only files in UTF-8 are rewritten, and this is UTF-16") ?? false)
    }

    private static let dockerfile = "FROM python\nRUN pip install numpy\n"

    @Test("findings by severity, fail-on, select and ignore")
    func thresholds() async throws {
        let folder = try Folder(["Dockerfile": Self.dockerfile, "x/Dockerfile": "ARG A\nFROM $A\n"])
        func fails(_ path: String, _ failOn: FailureThreshold?) async throws -> Bool {
            let result = try await Self.check(path) { $0.failOn = failOn }
            return result.threshold.isReached(by: result.findings)
        }
        #expect(try await fails(folder.path, nil))
        #expect(try await !fails(folder("x"), nil))
        #expect(try await fails(folder("x"), .warning))
        #expect(try await !fails(folder.path, .never))
        let selected = try await Self.check(folder.path) { $0.select = ["floating-image"] }
        #expect(selected.findings.map(\.rule) == ["floating-image"])
        let ignored = try await Self.check(folder.path) { $0.ignore = ["floating-image", "floating-python-package"] }
        #expect(ignored.findings.map(\.rule) == ["unresolved-variable"])
    }

    @Test("a rule that does not exist")
    func unknownRule() async throws {
        let error = await #expect(throws: CheckError.self) {
            _ = try await Self.check(".") { $0.select = ["no-such-rule"] }
        }
        guard case .unknownRule("no-such-rule")? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("a baseline accepts today's findings and survives moved lines")
    func baseline() async throws {
        let folder = try Folder(["Dockerfile": Self.dockerfile])
        let text = try await Self.check(folder.path).baseline
        try Data(text.utf8).write(to: URL(filePath: folder("baseline.json")))
        let later = "# a new line\n\nFROM python\n\nRUN pip install numpy\nRUN pip install scipy\n"
        try Data(later.utf8).write(to: URL(filePath: folder("Dockerfile")))
        let result = try await Self.check(folder.path) { $0.baseline = folder("baseline.json") }
        #expect(result.findings.map(\.message) == ["pip install scipy floats: it has no version"])
        #expect(result.suppressed == 2)
    }

    @Test("an unreadable file among others: a failure, and the others' findings")
    func unreadable() async throws {
        let folder = try Folder(["Dockerfile": Self.dockerfile])
        let result = try await Self.check(folder("missing/Dockerfile"), folder("Dockerfile"))
        #expect(result.findings.count == 3)
        #expect(result.findings.filter { $0.rule == "unreadable-file" }.count == 1)
        #expect(result.failures.count == 1)
    }

    @Test("pinproof.toml is found upwards")
    func configuration() async throws {
        let folder = try Folder([
            "pinproof.toml":
                "require = \"hashed\"\nfail-on = \"warning\"\nexclude = [\"vendor/\"]\n[rules]\nfloating-image = \"off\"\nfloating-python-package = \"note\"\n",
            "a/Dockerfile": Self.dockerfile, "a/vendor/Dockerfile": "FROM x\n", "b/Dockerfile": "FROM python:3.11.9\n",
        ])
        let result = try await Self.check(folder("a"))
        #expect(result.findings.map(\.severity) == [.note])
        #expect(result.suppressed == 1)
        #expect(result.threshold == .warning)
        #expect(try await Self.check(folder("b")).findings.map(\.rule) == ["image-without-digest"])
        #expect(try await Self.check(folder("b")) { $0.require = .exact }.findings.isEmpty)
    }

    @Test("an unknown setting is an error with its place")
    func wrongConfiguration() async throws {
        let folder = try Folder(["pinproof.toml": "require = \"exact\"\nreqire = 1\n", "Dockerfile": "FROM x:1\n"])
        let error = await #expect(throws: CheckError.self) { _ = try await Self.check(folder.path) }
        #expect(error?.description.contains("pinproof.toml:2:1") == true)
    }

    @Test("a digest that the project knows is in the help")
    func knownImages() async throws {
        let digest = "sha256:" + String(repeating: "ab", count: 32)
        let folder = try Folder([
            "pinproof.toml": "[images]\n\"python:3.11.9\" = \"\(digest)\"\n", "Dockerfile": "FROM python:3.11.9\n",
        ])
        let result = try await Self.check(folder.path) { $0.require = .hashed }
        #expect(result.findings.map(\.help) == ["Write python:3.11.9@\(digest)"])
    }

    @Test("a requirements file that is installed from and walked over is reported once")
    func once() async throws {
        let folder = try Folder([
            "Dockerfile": "FROM python:3.11.9\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n",
            "requirements.txt": "numpy\nscipy # pinproof: allow floating-requirement -- old\n",
        ])
        let report = try await Self.check(folder.path)
        #expect(report.findings.map(\.file) == [folder("requirements.txt")])
        #expect(
            report.findings.first?.usedBy == [FileLocation(file: folder("Dockerfile"), line: 3)])
        #expect(report.suppressed == 1)
        #expect(report.files.count == 2)
    }

    @Test("the walk knows names, .gitignore and order")
    func walk() async throws {
        let folder = try Folder([
            ".gitignore": "ignored/\n*.tmp.Dockerfile\n", "z/Dockerfile.gpu": "FROM a\n", "a.Dockerfile": "FROM b\n",
            "ignored/Dockerfile": "FROM c\n", "x.tmp.Dockerfile": "FROM d\n", "m/Containerfile": "FROM e\n",
            "notes.txt": "numpy\n", "requirements-dev.txt": "six\n", "environment.yaml": "dependencies: [numpy]\n",
            ".git/Dockerfile": "FROM f\n",
        ])
        let report = try await Self.check(folder.path)
        let names = report.findings.map { String($0.file.dropFirst(folder.path.count + 1)) }
        #expect(
            names == [
                "a.Dockerfile", "environment.yaml", "m/Containerfile", "requirements-dev.txt", "z/Dockerfile.gpu",
            ])
        // Named paths in any order give the same report.
        let paths = ["z/Dockerfile.gpu", "m/Containerfile", "a.Dockerfile"].map { folder($0) }
        let one = try await Checker().check(paths)
        let two = try await Checker().check(paths.reversed())
        #expect(one.findings == two.findings && one.files == two.files)
    }

    private static let above = "FROM python:3.11.9\nCOPY requirements.txt /r.txt\nRUN pip install -r /r.txt\n"

    @Test("the context is the nearest directory that holds what is copied")
    func contextAbove() async throws {
        let folder = try Folder(["docker/Dockerfile": Self.above, "requirements.txt": "flask\n"])
        let result = try await Self.check(folder.path)
        #expect(result.findings.map(\.rule) == ["floating-requirement"])
        #expect(result.findings.first?.usedBy == [.init(file: folder("docker/Dockerfile"), line: 3)])
        #expect(result.files.compactMap(\.context) == [folder.path])
        // The walked directory is the limit.
        #expect(try await Self.check(folder("docker")).findings.map(\.rule) == ["unresolved-variable"])
    }

    @Test("a manifest says the context and the arguments, and names its Dockerfile")
    func contextOfManifest() async throws {
        let folder = try Folder([
            "compose.yml":
                "services:\n  a:\n    image: team/app\n    build: {context: src, dockerfile: ../build.image, args: {TAG: latest}}\n",
            "build.image": "ARG TAG=3.11.9\nFROM python:${TAG}\nCOPY r.txt /r.txt\nRUN pip install -r /r.txt\n",
            "src/r.txt": "flask\n", "r.txt": "six==1.17.0\n",
        ])
        let result = try await Self.check(folder.path)
        #expect(result.findings.map(\.rule) == ["floating-image", "floating-requirement"])
        #expect(result.findings.map(\.file) == [folder("build.image"), folder("src/r.txt")])
    }

    @Test("what a manifest includes is read as its part, also where the walk has seen it")
    func includedFiles() async throws {
        let job = "job:\n  image: python:latest\n"
        let folder = try Folder([
            ".gitlab-ci.yml": "include:\n- local: /ci/build.yml\n", "ci/build.yml": job, "ci/other.yml": job,
            "compose.yaml": "include: [more/services.yaml]\nservices: {}\n",
            "more/services.yaml": "include: [deep.yaml]\nservices:\n  x:\n    image: nginx\n",
            "more/deep.yaml": "services:\n  y:\n    image: redis\n",
            "azure-pipelines.yml": "steps:\n- template: templates/steps.yml\n- template: /root.yml\n",
            "templates/steps.yml": "steps:\n- script: pip install flask\n",
            "root.yml": "steps:\n- script: pip install numpy\n",
        ])
        let result = try await Self.check(folder.path)
        #expect(
            result.findings.map { "\($0.file) \($0.subject ?? "")" } == [
                folder("ci/build.yml") + " python:latest", folder("more/deep.yaml") + " redis",
                folder("more/services.yaml") + " nginx", folder("root.yml") + " numpy",
                folder("templates/steps.yml") + " flask",
            ])
    }

    @Test("a script that many workflows run has one finding with all of them, whatever each of them passes")
    func sharedScript() async throws {
        var files = [
            "ci/setup.sh":
                "#!/bin/bash\nfunction add() { pip install $1; }\nadd \"$1\"\nadd flask\npip install torch==$VERSION\n"
        ]
        for number in 0..<12 {
            let environment = number % 3 == 0 ? "env: {VERSION: 2.1.0}\n" : ""
            files[".github/workflows/w\(number).yml"] =
                environment
                + "jobs:\n  a:\n    steps:\n    - run: bash ci/setup.sh \(number % 2 == 0 ? "numpy" : "six==1.17.0")\n"
        }
        let folder = try Folder(files)
        let result = try await Self.check(folder.path)
        func users(_ subject: String) -> Int? { result.findings.first { $0.subject == subject }?.usedBy.count }
        #expect(users("flask") == 12)
        #expect(users("numpy") == 6)
        #expect(users("torch==$VERSION") == 8)
        #expect(result.findings.count == 3)
        #expect(result.findings.allSatisfy { $0.usedBy == $0.usedBy.sorted { $0.file < $1.file } })
    }

    @Test("[contexts] of the configuration stands above manifests")
    func contextOfConfiguration() async throws {
        let folder = try Folder([
            "pinproof.toml": "[contexts]\n\"docker/*.Dockerfile\" = \"app\"\n", "docker/a.Dockerfile": Self.above,
            "app/requirements.txt": "flask\n", "requirements.txt": "six==1.17.0\n",
        ])
        #expect(try await Self.check(folder.path).findings.map(\.file) == [folder("app/requirements.txt")])
    }

    @Test("paths that hold nothing to check are a failure, unless that is accepted")
    func nothing() async throws {
        let folder = try Folder(["notes.md": "x\n", "page.yaml": "title: x\n"])
        #expect(try await Self.check(folder.path).failures.count == 1)
        #expect(try await Self.check(folder.path) { $0.allowsEmpty = true }.failures.isEmpty)
    }

    @Test(
        "names of Dockerfiles",
        arguments: [
            ("Dockerfile", true), ("dockerfile", true), ("DOCKERFILE", true), ("Dockerfile-gpu", true),
            ("Dockerfile_gpu", true), ("gpu_Dockerfile", true), ("gpu-Dockerfile", true), ("dockerfile.gpu", true),
            ("Dockerfile.3.11", true), ("x.Dockerfile", true), ("containerfile", true), ("Containerfile.dev", true),
            ("Dockerfile.md", false), ("dockerfile.py", false), ("Dockerfile.dockerignore", false),
            ("Dockerfiles", false), ("mydockerfile", false), ("Dockerfile.j2", false), ("dockerfile_parser.py", false),
        ])
    func dockerfileNames(_ name: String, _ isDockerfile: Bool) {
        #expect(DockerfileName.isOne(name) == isDockerfile, "\(name)")
    }
}

/// What a walk takes for a Dockerfile by its name.
struct DockerfileNameTests {
    @Test(
        "names of Dockerfiles",
        arguments: [
            "Dockerfile", "Containerfile", "dockerfile", "DOCKERFILE", "api.Dockerfile", "Dockerfile.gpu",
            "Dockerfile-dev",
            "Dockerfile_test", "Dockerfile.cu12.8", "my-app.containerfile", "Dockerfile.alpine3.19",
        ])
    func dockerfiles(name: String) { #expect(DockerfileName.isOne(name)) }

    @Test(
        "names of files about Dockerfiles",
        arguments: [
            "dockerfile-knGOOxt4.js.map", "dockerfile.js", "dockerfile.test.mjs", "Dockerfile.md", "Dockerfile.j2",
            "Dockerfile.dockerignore", "dockerfile.vue", "mydockerfile", "Dockerfiles", "README", "",
        ])
    func others(name: String) { #expect(!DockerfileName.isOne(name)) }
}
