import EnvironmentInventory
import SourceDocuments
import Testing

@testable import PinRules

/// Manifests: the images that they name, the builds that they ask for, and the commands that they hold.
struct ManifestTests {
    private static func context(_ files: [String: String]) -> BuildContext {
        BuildContext { path in files[path].map { .text(SourceText(name: path, text: $0)) } ?? .missing }
    }

    private static func read(
        _ path: String, _ text: String, beside files: [String: String] = [:]
    ) -> ManifestReading? {
        let context = context(files)
        return Manifests.read(
            ManifestSource(text: SourceText(name: path, text: text), neighbours: context, checkout: context))
    }

    private static let hash = PythonPackageWithoutHash.exampleDigest

    /// `«` and `»` stand around what has to be an error at `exact`, of whatever rule.
    private static let marked: [(path: String, text: String)] = [
        ("compose.yaml", "services:\n  a:\n    image: «redis»\n  b:\n    image: redis:7.2.4\n"),
        (
            "docker-compose.prod.yml",
            "services:\n  a:\n    image: «\"redis:latest\"»\n    build: .\n".replacing("    build: .\n", with: "")
        ),
        ("compose.yml", "services:\n  a: {image: redis:7.2.4, build: .}\n  b: {image: «nginx»}\n"),
        ("compose.yml", "services:\n  a:\n    image: team/app\n    build: .\n"),
        ("compose.yml", "services:\n  a:\n    image: «redis:${TAG:-latest}»\n  b:\n    image: redis:${TAG:-7.2.4}\n"),
        ("compose.yml", "services:\n  a:\n    image: «${REG}/team/app:latest»\n  b:\n    image: x@\(hash)\n"),
        ("compose.yml", "services:\n  a:\n    image: ${REG}/team/app:${TAG}\n"),
        (
            "k8s.yaml",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: «vllm/vllm-openai:latest»\n  - image: a:1.2\n  initContainers:\n  - {name: i, image: «busybox»}\n"
        ),
        (
            "k8s.yml",
            "apiVersion: v1\nkind: Service\n---\napiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - image: «nginx»\n"
        ),
        (
            "isvc.yaml",
            "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nspec:\n  predictor:\n    model:\n      storageUri: s3://b/m\n    containers:\n    - image: «kserve/x:latest»\n"
        ),
        (
            "sdep.yaml",
            "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nspec:\n  predictors:\n  - componentSpecs:\n    - spec:\n        containers:\n        - image: «seldon/x»\n"
        ),
        (
            "wf.yaml",
            "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  templates:\n  - container: {image: «python»}\n  - script: {image: python:3.11.9}\n"
        ),
        ("cm.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  image: nginx\n"),
        (
            "kustomization.yaml",
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimages:\n- name: a\n  newTag: «latest»\n- name: b\n  newTag: \"1.2\"\n"
        ),
        ("page.yaml", "title: x\nimage: nginx\n"),
        ("compose.yml", "\u{FEFF}services:\n  a:\n    image: «redis»\n"),
        (
            ".github/workflows/ci.yml",
            "jobs:\n  a:\n    container: «python:latest»\n    services:\n      db:\n        image: «postgres»\n    steps:\n    - uses: actions/checkout@v4\n    - uses: «actions/cache@main»\n    - uses: ./local\n    - uses: «owner/x»\n    - uses: docker://«alpine»\n    - run: pip install «requests»\n"
                .replacing("docker://«alpine»", with: "«docker://alpine»")
        ),
        (
            ".github/workflows/ci.yml",
            "jobs:\n  a:\n    runs-on: ubuntu-latest\n    env: {V: 1.2.3}\n    steps:\n    - run: |\n        pip install six==${V}\n        pip install «numpy»\n    - run: pip install torch==${{ matrix.torch }}\n    - run: apt-get install -y «git»\n      shell: bash\n"
        ),
        (
            ".github/workflows/r.yaml",
            "jobs:\n  a:\n    uses: «owner/x/.github/workflows/y.yml@main»\n  b:\n    uses: owner/x/.github/workflows/y.yml@0123456789012345678901234567890123456789\n"
        ),
        (
            "action.yml",
            "runs:\n  using: composite\n  steps:\n  - uses: «a/b@dev»\n  - run: npm install -g «x»\n    shell: bash\n"
        ),
        (
            ".gitlab-ci.yml",
            "image: «python»\nvariables: {T: latest}\ntest:\n  image: «python:$T»\n  services: [«postgres»]\n  script:\n  - pip install «requests»\n  - pip install six==1.17.0\n"
        ),
        (
            ".gitlab-ci.yml",
            "test:\n  image: {name: «python:latest»}\n  before_script:\n  - |\n    apt-get update\n    apt-get install -y «git»\n"
        ),
        (
            "devcontainer.json",
            "{\n  // a comment\n  \"image\": «\"python\"»,\n  \"postCreateCommand\": \"pip install six==1.17.0\",\n}\n"
        ),
        (
            ".devcontainer.json",
            "{\"features\": {\"ghcr.io/devcontainers/features/node:1\": {}, «\"ghcr.io/x/y/z\"»: {}}}\n"
        ),
        (
            "cog.yaml",
            "build:\n  python_packages:\n  - «torch»\n  - six==1.17.0\n  system_packages:\n  - «ffmpeg»\n  run:\n  - pip install «x»\nimage: r8.im/a/b\n"
        ),
        (
            "bentofile.yaml",
            "service: a\npython:\n  packages: [«torch», six==1.17.0]\ndocker:\n  base_image: «python»\n  system_packages: [«git»]\nconda:\n  dependencies: [«numpy»]\n"
        ),
        ("MLproject", "name: a\ndocker_env:\n  image: «python»\n"),
        (
            "env.yml",
            "$schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json\nimage: «mcr.microsoft.com/azureml/base:latest»\n"
        ),
    ]

    @Test("each manifest's findings are where they are marked", arguments: marked.indices)
    func findings(index: Int) {
        let (path, marked) = Self.marked[index]
        let text = MarkedText(marked)
        let reading = Self.read(path, text.plain)?.reading
        let findings = (reading?.judged(require: .exact).findings ?? []).filter { $0.severity == .error }
            .sorted(by: Finding.inOrder)
        #expect(
            findings.compactMap(\.range) == text.ranges,
            "\(path)\n\(marked)\n\(findings.map { ($0.range, $0.message) })")
    }

    private static let builds:
        [(path: String, text: String, context: String, dockerfile: String, arguments: [String: String])] = [
            ("compose.yml", "services:\n  a:\n    build: ./app\n", "./app", "./app/Dockerfile", [:]),
            (
                "compose.yml",
                "services:\n  a:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n      args: {A: b}\n",
                ".", "docker/Dockerfile", ["A": "b"]
            ),
            (
                "compose.yml", "services:\n  a:\n    build:\n      context: ..\n      args: [A=b, C]\n", "..",
                "../Dockerfile", ["A": "b"]
            ),
            (
                "docker-bake.hcl",
                "variable \"V\" { default = \"1\" }\ntarget \"a\" {\n  context = \".\"\n  dockerfile = \"x.Dockerfile\"\n  args = { A = V, B = \"${V}\" }\n}\n",
                ".", "x.Dockerfile", ["B": "1"]
            ),
            (
                "docker-bake.json", "{\"target\": {\"a\": {\"context\": \"x\", \"args\": {\"A\": \"b\"}}}}", "x",
                "x/Dockerfile", ["A": "b"]
            ),
            (
                "skaffold.yaml",
                "apiVersion: skaffold/v4beta6\nkind: Config\nbuild:\n  artifacts:\n  - image: a\n    context: x\n    docker: {dockerfile: D}\n",
                "x", "x/D", [:]
            ),
            (
                "devcontainer.json", "{\"build\": {\"dockerfile\": \"Dockerfile\", \"context\": \"..\"}}", "..",
                "Dockerfile", [:]
            ),
            (
                ".github/workflows/b.yml",
                "jobs:\n  a:\n    steps:\n    - uses: docker/build-push-action@v6\n      with:\n        context: .\n        file: docker/Dockerfile\n        build-args: |\n          A=b\n",
                ".", "docker/Dockerfile", ["A": "b"]
            ),
            ("action.yml", "runs:\n  using: docker\n  image: Dockerfile\n", ".", "Dockerfile", [:]),
        ]

    @Test("builds: the context, the Dockerfile and the arguments", arguments: builds.indices)
    func buildsAreRead(index: Int) throws {
        let (path, text, context, dockerfile, arguments) = Self.builds[index]
        let reading = try #require(Self.read(path, text), "\(path)")
        #expect(reading.builds.map(\.context) == [context], "\(text)")
        #expect(reading.builds.map(\.dockerfile) == [dockerfile])
        #expect(reading.builds.map(\.arguments) == [arguments])
        #expect(!reading.reading.judged(require: .exact).findings.contains { $0.rule == "unreadable-file" })
    }

    @Test("files that manifests install from are followed")
    func followed() {
        let files = ["r.txt": "numpy\n", "env.yml": "channels: [conda-forge]\ndependencies: [scipy]\n"]
        for (path, text, file) in [
            ("cog.yaml", "build:\n  python_requirements: r.txt\n", "r.txt"),
            ("bentofile.yaml", "python:\n  requirements_txt: r.txt\n", "r.txt"),
            ("MLproject", "name: a\nconda_env: env.yml\n", "env.yml"),
            (".github/workflows/c.yml", "jobs:\n  a:\n    steps:\n    - run: pip install -r r.txt\n", "r.txt"),
            (".gitlab-ci.yml", "a:\n  script: [pip install -r r.txt]\n", "r.txt"),
            ("devcontainer.json", "{\"postCreateCommand\": [\"pip\", \"install\", \"-r\", \"r.txt\"]}", "r.txt"),
        ] {
            let reading = Self.read(path, text, beside: files)?.reading
            let findings = FollowedFile.grouped(reading?.followed ?? []).flatMap { $0.check(require: .exact).findings }
            #expect(findings.filter { $0.rule == "floating-requirement" }.map(\.file) == [file], "\(path)")
            #expect(findings.allSatisfy { $0.usedBy.map(\.file) == [path] })
        }
    }

    @Test("an action's tag passes at exact, a commit alone at hashed")
    func actions() {
        let text =
            "jobs:\n  a:\n    steps:\n    - uses: a/b@v4\n    - uses: a/b@v4.1.2\n    - uses: a/b@0123456789012345678901234567890123456789\n"
        let reading = Self.read(".github/workflows/x.yml", text)?.reading
        #expect(reading?.judged(require: .exact).findings.isEmpty ?? false)
        let hashed = reading?.judged(require: .hashed).findings ?? []
        #expect(hashed.map(\.rule) == ["floating-action", "floating-action"])
        #expect(hashed.allSatisfy { $0.ecosystem == .git && $0.strength == .exact })
    }

    @Test("an inline Dockerfile has the positions of its manifest")
    func inlineDockerfiles() throws {
        let text =
            "services:\n  a:\n    build:\n      context: .\n      dockerfile_inline: |\n        FROM python:3.11.9\n        RUN pip install numpy\n"
        let embedded = try #require(Self.read("compose.yml", text)?.dockerfiles.first)
        let findings = embedded.read(options: .init(), context: Self.context([:])).judged(require: .exact).findings
        #expect(findings.map(\.subject) == ["numpy"])
        #expect(findings.compactMap(\.range?.start) == [SourcePosition(line: 7, column: 25)])
        #expect(findings.map(\.file) == ["compose.yml"])
    }

    @Test("values of a chart: strings and parts; an empty tag is unknown")
    func helm() {
        let text =
            "image:\n  repository: team/app\n  tag: \"\"\nsidecar:\n  image: nginx:latest\ninit:\n  image: {registry: r.example, repository: x, tag: latest}\nother:\n  image: {repository: x, tag: v1.2.3, digest: \"\(Self.hash)\"}\n"
        let findings =
            Self.read("chart/values.yaml", text, beside: ["Chart.yaml": "name: x\n"])?.reading.judged(require: .exact)
            .findings.sorted(by: Finding.inOrder) ?? []
        #expect(
            findings.map(\.rule) == ["unresolved-variable", "floating-image", "floating-image"],
            "\(findings.map(\.message))")
        #expect(Self.read("chart/values.yaml", text) == nil)
    }

    @Test(
        "what is not a manifest, or a template, is not an error",
        arguments: [
            ("templates/x.yaml", "apiVersion: v1\nkind: Pod\n{{- if .x }}\nspec: {{ .y }}\n{{- end }}\n"),
            ("a.yaml", "a: [\n"), ("values.yaml", "image: nginx\n"), ("compose.yml", "a: b\n"), ("x.yml", ""),
        ])
    func others(_ path: String, _ text: String) {
        let findings = Self.read(path, text)?.reading.judged(require: .exact).findings ?? []
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test("a manifest that cannot be read is an error with its place")
    func unreadable() {
        for (path, text) in [
            ("compose.yml", "services:\n  a: [\n"), (".github/workflows/x.yml", "jobs: [\n"),
            ("devcontainer.json", "{\"image\": }"), ("docker-bake.hcl", "target \"a\" {\n"),
        ] {
            let findings = Self.read(path, text)?.reading.judged(require: .exact).findings ?? []
            #expect(findings.map(\.rule) == ["unreadable-file"], "\(path)")
        }
    }

    @Test("cut manifests end without a trap")
    func truncated() {
        for (path, text) in Self.marked + Self.builds.map({ ($0.path, $0.text) }) {
            let bytes = Array(text.utf8)
            for end in stride(from: 0, to: bytes.count, by: 3) {
                let cut = SourceText(name: path, bytes: Array(bytes[..<end]))
                let context = Self.context([:])
                let reading = Manifests.read(ManifestSource(text: cut, neighbours: context, checkout: context))
                #expect((reading?.builds.count ?? 0) <= 1)
            }
        }
    }

    private static let interpolations: [(text: String, expanded: String, isKnown: Bool)] = [
        ("a$A", "a1", true), ("${A}b", "1b", true), ("${X:-d}", "d", true), ("${X-d}", "d", true),
        ("${E:-d}", "d", true),
        ("${E-d}", "", true), ("${X:-${A}}", "1", true), ("$$A", "$A", true), ("${X}", "${X}", false),
        ("$X", "${X}", false),
        ("${A:+y}", "y", true), ("${X:+y}", "", true), ("${A", "${A", false), ("${X:?must}", "${X}", false),
        ("x", "x", true),
    ]

    @Test("compose's variables", arguments: interpolations.indices)
    func interpolation(index: Int) {
        let (text, expanded, isKnown) = Self.interpolations[index]
        let result = Interpolation.expand(text, ["A": "1", "E": ""])
        #expect(result.isKnown == isKnown, "\(text)")
        if isKnown { #expect(result.text == expanded, "\(text)") }
    }
}
