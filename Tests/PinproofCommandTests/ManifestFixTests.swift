import Testing

@testable import PinproofCommand

/// `freeze --manifest` and `check --fix` on manifests: images by digest, actions by commit.
struct ManifestFixTests {
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)
    private static let commit = "5da4258b17dea7bd4601358de200e185699f9997"

    struct Case: Sendable {
        let file: String
        let before: String
        let after: String

        init(_ file: String, _ before: String, _ after: String) {
            (self.file, self.before, self.after) = (file, before, after)
        }
    }

    @Test(
        "each kind of manifest keeps its other bytes",
        arguments: [
            Case(
                "docker-compose.yml", "services:\n  a:\n    image: redis:7 # cache\n",
                "services:\n  a:\n    image: redis:7@D # cache\n"),
            Case("compose.yaml", "services: {a: {image: \"redis:7\"}}\n", "services: {a: {image: \"redis:7@D\"}}\n"),
            Case(
                "compose.yaml", "services:\n  a:\n    image: ${IMAGE:-redis:7}\n",
                "services:\n  a:\n    image: ${IMAGE:-redis:7@D}\n"),
            Case(
                "pod.yaml", "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: redis:7\n    name: a\n",
                "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: redis:7@D\n    name: a\n"),
            Case(
                "action.yml", "runs:\n  using: composite\n  steps:\n  - uses: actions/checkout@v4\n",
                "runs:\n  using: composite\n  steps:\n  - uses: actions/checkout@C # v4\n"),
            Case(
                "action.yml", "runs:\n  using: composite\n  steps:\n  - uses: 'actions/checkout@v4' # keep\r\n",
                "runs:\n  using: composite\n  steps:\n  - uses: 'actions/checkout@C' # v4 # keep\r\n"),
            Case(
                "action.yml", "runs:\n  using: composite\n  steps:\n  - uses: actions/checkout@v4 # v4 of June\n",
                "runs:\n  using: composite\n  steps:\n  - uses: actions/checkout@C # v4 of June\n"),
            Case(
                "compose.yml", "\u{FEFF}services:\r\n  a:\r\n    image: redis:7\r\n",
                "\u{FEFF}services:\r\n  a:\r\n    image: redis:7@D\r\n"),
            Case(
                "action.yml", "runs:\n  using: docker\n  image: docker://redis:7\n",
                "runs:\n  using: docker\n  image: docker://redis:7@D\n"),
        ])
    func manifests(_ item: Case) async throws {
        let directory = try Directory([item.file: item.before])
        let words = [
            "freeze", "--manifest", directory(item.file), "--digest", "redis:7=" + Self.digest, "--commit",
            "actions/checkout@v4=" + Self.commit,
        ]
        let expected = item.after.replacing("@D", with: "@" + Self.digest).replacing("@C", with: "@" + Self.commit)
        let run = await Program.run(words)
        #expect(run.output == expected, "\(run.diagnostics)")
        #expect(run.status == 0)
        _ = await Program.run(words + ["--in-place"])
        #expect(try directory.read(item.file) == expected)
    }

    @Test("Helm values in parts get the digest after the tag")
    func helm() async throws {
        let directory = try Directory([
            "Chart.yaml": "apiVersion: v2\nname: x\nversion: 1.0.0\n",
            "values.yaml": "image:\n  repository: redis\n  tag: \"7\"\n",
        ])
        let run = await pinproof("freeze", "--manifest", directory("values.yaml"), "--digest", "redis:7=" + Self.digest)
        #expect(run.output == "image:\n  repository: redis\n  tag: \"7@\(Self.digest)\"\n", "\(run.diagnostics)")
    }

    @Test("what is not known stays, is named, and ends with 1")
    func unknown() async throws {
        let text = "services:\n  a:\n    image: redis:7\n  b:\n    image: redis:${TAG:-7}\n"
        let directory = try Directory(["compose.yaml": text])
        let run = await pinproof("freeze", "--manifest", directory("compose.yaml"))
        #expect(run.status == 1 && run.output == text)
        #expect(run.diagnostics.contains("its digest is not known"))
        let known = await pinproof(
            "freeze", "--manifest", directory("compose.yaml"), "--digest", "redis:7=" + Self.digest)
        #expect(known.status == 1 && known.output.contains("redis:7@") && known.output.contains("redis:${TAG:-7}\n"))
        #expect(await pinproof("freeze", "--manifest", directory("none.yaml")).status == 2)
        let other = try Directory(["x.yaml": "a: 1\n"])
        #expect(await pinproof("freeze", "--manifest", other("x.yaml")).status == 2)
        #expect(await pinproof("freeze", "--manifest", "x", "--dockerfile", "y").status == 64)
        #expect(await pinproof("freeze", "--manifest", "x", "--commit", "a/b@v1=xyz").status == 64)
    }

    @Test("check --fix pins manifests and Dockerfiles together")
    func fix() async throws {
        let directory = try Directory([
            "pinproof.toml": "require = \"hashed\"\n[images]\n\"redis:7\" = \"\(Self.digest)\"\n",
            "compose.yaml": "services:\n  a:\n    image: redis:7\n", "Dockerfile": "FROM redis:7\n",
        ])
        let run = await pinproof("check", directory.path, "--fix")
        #expect(run.status == 0, "\(run.output)\(run.diagnostics)")
        #expect(try directory.read("compose.yaml") == "services:\n  a:\n    image: redis:7@\(Self.digest)\n")
        #expect(try directory.read("Dockerfile") == "FROM redis:7@\(Self.digest)\n")
    }
}
