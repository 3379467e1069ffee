import EnvironmentInventory
import SourceDocuments
import Testing

@testable import PinRules

/// What each kind of manifest can name and its reader cannot read is said, and what it fetches from elsewhere is a pin.
struct ManifestGapTests {
    /// A manifest, what stands in `«»`, and what is said of it: `KIND STRENGTH BY: SUBJECT (REASON)`.
    struct Case: Sendable, CustomTestStringConvertible {
        let kind: String
        let path: String
        let text: String
        let said: [String]
        var files: [String: String] = [:]
        var testDescription: String { "\(kind): \(said.first ?? "nothing") \(text.prefix(60))" }
    }

    private static let commit = String(repeating: "0123456789", count: 4)
    private static let chart = ["Chart.yaml": "name: x\n"]
    private static func nested(_ count: Int, _ open: String, _ close: String, _ inside: String) -> String {
        String(repeating: open, count: count) + inside + String(repeating: close, count: count)
    }

    private static func gitLab(_ include: String, _ said: String...) -> Case {
        Case(kind: "gitlab pipeline", path: ".gitlab-ci.yml", text: "include: \(include)\n", said: said)
    }

    private static func kustomization(_ line: String, _ said: String...) -> Case {
        Case(
            kind: "kubernetes", path: "k.yaml",
            text: "apiVersion: kustomize.config.k8s.io/v1\nkind: Kustomization\n\(line)\n",
            said: said)
    }

    static let cases: [Case] = [
        // What other projects and servers hold is left alone.
        gitLab("https://h.example/a.yml"), gitLab("[{remote: 'https://h.example/a.yml'}]"),
        gitLab("[{project: g/p, file: a.yml}]"), gitLab("[{project: g/p, ref: main, file: a.yml}]"),
        gitLab("[{component: 'h.example/g/c@~latest'}]"), gitLab("[{component: '$H/g/c@1.2.3'}]"),
        gitLab(
            "[{local: «'ci/$X.yml'»}]",
            "unreadCommand unknown include: ci/$X.yml (its path is known only in the pipeline)"),
        gitLab("[{template: Jobs/Build.gitlab-ci.yml}]"),
        gitLab("[«{rules: []}»]", "unreadCommand unknown include: include (it names no file)"),
        Case(
            kind: "circleci", path: ".circleci/config.yml",
            text: "commands:\n  a:\n    steps: "
                + nested(16, "[{when: {steps: ", "}}]", "«[{run: pip install x}]»") + "\n",
            said: ["unreadCommand unknown : steps (they are nested too deeply)"]),
        Case(
            kind: "skaffold", path: "skaffold.yaml",
            text:
                "apiVersion: skaffold/v4beta6\nkind: Config\nbuild:\n  artifacts:\n  - {image: a, «»buildpacks: {builder: b}}\n",
            said: ["unreadCommand unknown buildpacks: a (how buildpacks builds it is not read)"]),
        Case(
            kind: "bake", path: "docker-bake.json", text: "{\"target\": {«»\"a\": {\"context\": \"${X}\"}}}",
            said: ["unreadCommand unknown build: build (its path is known only during the build)"]),
        Case(
            kind: "devcontainer", path: "devcontainer.json",
            text: "{\"features\": {«\"https://h.example/f.tgz\"»: {}}}",
            said: ["download floating features: https://h.example/f.tgz (nothing checks its bytes)"]),
        Case(
            kind: "azureml", path: "job.yml",
            text: "a: azureml:x\nb: " + nested(31, "{k: ", "}", "«{command: pip install x}»") + "\nc: azureml:y\n",
            said: ["unreadCommand unknown : an object (it is nested too deeply)"]),
        Case(
            kind: "helm values", path: "values.yaml", text: "a: " + nested(63, "{k: ", "}", "«{image: nginx}»") + "\n",
            said: ["unreadCommand unknown : an object (it is nested too deeply)"], files: chart),
        Case(
            kind: "kubernetes", path: "k.yaml",
            text: "apiVersion: v1\nkind: Pod\nspec: " + nested(63, "{k: ", "}", "«{image: nginx}»") + "\n",
            said: ["unreadCommand unknown : an object (it is nested too deeply)"]),
        kustomization("resources: [a.yaml, ../base]"),
        kustomization(
            "resources: [«'https://github.com/o/r//d'»]",
            "gitCheckout floating resources: https://github.com/o/r//d (it takes the default branch as it is today)"),
        kustomization(
            "bases: [«'github.com/o/r//d?ref=v1.2.3'»]", "gitCheckout exact bases: github.com/o/r//d?ref=v1.2.3"),
        kustomization(
            "components: [«'git@github.com:o/r.git?timeout=9&ref=\(commit)'»]",
            "gitCheckout hashed components: git@github.com:o/r.git?timeout=9&ref=\(commit)"),
        kustomization(
            "resources: [«'https://h.example/a.yaml'»]",
            "download floating resources: https://h.example/a.yaml (nothing checks its bytes)"),
        kustomization(
            "helmCharts: [«{name: c, version: 1.2.3}»]",
            "unreadCommand unknown helmCharts: c (the images of a chart are not read)"),
        Case(
            kind: "bentofile", path: "bentofile.yaml", text: "docker: {setup_script: «./s.sh»}\n",
            said: ["unreadCommand unknown docker.setup_script: ./s.sh (what it adds to the image is not read)"]),
        Case(
            kind: "bentofile", path: "bentofile.yaml", text: "docker: {dockerfile_template: «./D.j2»}\n",
            said: ["unreadCommand unknown docker.dockerfile_template: ./D.j2 (what it adds to the image is not read)"]),
        Case(
            kind: "mlproject", path: "MLproject", text: "python_env: «python_env.yaml»\n",
            said: ["unreadCommand unknown python_env: python_env.yaml (its requirements are not read)"]),
        Case(
            kind: "cog", path: "cog.yaml", text: "build:\n  run:\n  - «eval \"$X\"»\n",
            said: ["unreadCommand unknown : eval \"$X\""]),
        Case(
            kind: "compose", path: "compose.yml", text: "services: {a: {build: «»\"${DIR}\"}}\n",
            said: ["unreadCommand unknown build: build (its path is known only during the build)"]),
        Case(
            kind: "github workflow", path: ".github/workflows/a.yml",
            text: "jobs:\n  a:\n    steps:\n    - run: «eval \"$X\"»\n", said: ["unreadCommand unknown : eval \"$X\""]),
        Case(
            kind: "github action", path: "action.yml",
            text: "runs:\n  using: composite\n  steps:\n  - run: «eval \"$X\"»\n    shell: bash\n",
            said: ["unreadCommand unknown : eval \"$X\""]),
    ]

    private static func read(_ example: Case, _ text: MarkedText) -> ManifestReading? {
        let context = BuildContext { path in
            example.files[path].map { .text(SourceText(name: path, text: $0)) } ?? .missing
        }
        return Manifests.read(
            ManifestSource(
                text: SourceText(name: example.path, text: text.plain), neighbours: context, checkout: context))
    }

    @Test("what is not read, or comes from elsewhere, has a name and a place", arguments: cases)
    func named(_ example: Case) throws {
        let text = MarkedText(example.text)
        let pins = try #require(Self.read(example, text)).reading.pins
        let said = pins.map { pin in
            // What a command that is not read says of itself is for UnreadCommandTests.
            let reason = pin.requestedBy.isEmpty && pin.subject.hasPrefix("eval") ? nil : pin.reason
            return "\(pin.kind) \(pin.strength) \(pin.requestedBy): \(pin.subject)" + (reason.map { " (\($0))" } ?? "")
        }
        #expect(said == example.said)
        #expect(pins.map(\.range) == text.ranges)
        // A warning where exact versions are asked for, an error where everything has to be proved.
        let unread = pins.count { $0.kind == .unreadCommand }
        for (require, severity) in [(PinStrength.exact, Severity.warning), (.hashed, .error)] {
            let findings = Self.read(example, text)?.reading.judged(require: require).findings ?? []
            #expect(findings.count { $0.rule == "unread-command" && $0.severity == severity } == unread)
        }
    }

    @Test("every manifest of the list has something that its reader cannot read")
    func everyManifest() {
        // Those of Jenkins and Azure are in PipelineTests.
        let tested = Set(Self.cases.filter { !$0.said.isEmpty }.map(\.kind))
        let missing = Manifests.all.map { $0.kind }.filter { !tested.contains($0) }
        #expect(missing.sorted() == ["azure pipeline", "helm template", "jenkins pipeline"])
    }

    @Test("a compose file of a devcontainer, and a Dockerfile that kaniko builds, are read")
    func used() throws {
        let beside = Case(
            kind: "devcontainer", path: "devcontainer.json",
            text: "{\"dockerComposeFile\": [\"../a.yml\", \"b.yml\"], \"service\": \"x\"}", said: [],
            files: ["b.yml": "services: {}\n"])
        let reading = try #require(Self.read(beside, MarkedText(beside.text)))
        #expect(reading.used.map(\.path) == ["../a.yml", "b.yml"] && reading.used.allSatisfy { $0.role == .compose })
        #expect(reading.reading.pins.isEmpty)
        let kaniko = Case(
            kind: "skaffold", path: "skaffold.yaml",
            text: "apiVersion: skaffold/v4beta6\nkind: Config\nbuild:\n  artifacts:\n"
                + "  - {image: a, context: x, kaniko: {dockerfile: D, buildArgs: {A: b}}}\n", said: [])
        let builds = try #require(Self.read(kaniko, MarkedText(kaniko.text))).builds
        #expect(builds.map(\.dockerfile) == ["x/D"] && builds.map(\.arguments) == [["A": "b"]])
        for text in ["include: ci/a.yml", "include: [/ci/a.yml]", "include: {local: ci/a.yml}"] {
            let local = Self.gitLab(text.replacing("include: ", with: ""))
            #expect(try #require(Self.read(local, MarkedText(local.text))).used.map(\.path) == ["ci/a.yml"], "\(text)")
        }
    }
}
