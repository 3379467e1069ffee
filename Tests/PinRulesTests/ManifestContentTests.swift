import EnvironmentInventory
import SourceDocuments
import Testing

@testable import PinRules

/// Manifests whose names say nothing, and what stands in texts inside of others.
struct ManifestContentTests {
    private static func kind(_ path: String, _ text: String, beside files: [String: String] = [:]) -> String? {
        ManifestMarks.reading(path, text, beside: files)?.reading.files.first?.0.kind
    }

    @Test(
        "a pipeline of Azure is known by what no other has, wherever it stands",
        arguments: [
            "pool:\n  vmImage: ubuntu-latest\nsteps:\n- script: pip install «flask»\n",
            "resources:\n  containers:\n  - container: c\n    image: «r.example/a:latest»\npool: {vmImage: x}\n",
            "jobs:\n- job: a\n  steps:\n  - task: Bash@3\n    inputs: {targetType: inline, script: pip install «six»}\n",
            "trigger: none\nextends:\n  template: ‹/x.yml›\n  parameters: {a: b}\n",
            "parameters: []\nstages:\n- stage: a\n  jobs:\n  - job: b\n    pool:\n      vmImage: x\n    container: «r/a:latest»\n",
        ])
    func azure(_ marked: String) throws {
        for path in ["pipeline.yaml", ".pipelines/ci.yml", "ci/release.yml"] {
            try ManifestMarks.check(path, marked)
            #expect(Self.kind(path, marked.filter { !"«»".contains($0) }) == "azure pipeline")
        }
        let text = SourceText(name: "ci/pipeline.yaml", text: marked)
        #expect(Manifests.runsAtRoot(text) && AzurePipeline.isPipeline(text))
    }

    @Test(
        "other files with steps, jobs and tasks are none",
        arguments: [
            "steps:\n- name: gcr.io/x\n", "jobs:\n  a:\n    task: test\n", "apiVersion: x\nsteps:\n- task: a@1\n",
            "tasks:\n- task: a@1\n", "steps:\n- task: mail@example\n- task: x @1\n",
        ])
    func notAzure(_ text: String) {
        #expect(Self.kind("ci.yml", text) != "azure pipeline")
        #expect(!Manifests.runsAtRoot(SourceText(name: "ci.yml", text: text)))
    }

    @Test("a file whose services have images or builds is one of compose")
    func compose() throws {
        for path in ["deploy/database.yaml", "docker_compose.yaml", "stack.yml", "compose/nims.yml"] {
            try ManifestMarks.check(
                path,
                "services:\n  a:\n    image: «prom/prometheus»\n  b: {image: 'redis:7.2'}\n  c:\n    build: .\n")
        }
        for text in [
            "services:\n  App\\Mailer: {class: X}\n", "services:\n- image: x\n", "services: {}\nimage: x\n",
            "services:\n  a: {image: x}\n  b: {class: Y, image: {}}\n",
        ] {
            #expect(Self.kind("config/services.yaml", text) == nil, "\(text)")
        }
    }

    @Test("values in a directory below the chart, and texts in them that are YAML, are read")
    func values() throws {
        let chart = ["Chart.yaml": "name: x\n"]
        try ManifestMarks.check(
            "c/values.yaml",
            "config: |\n  suggestions:\n  - name: x\n    image: «a/b:latest»\n  - image: a/c:1.2\nplain: |\n  see image: x\n",
            beside: chart)
        try ManifestMarks.check("c/values.yaml", "config: |\n  image: {{ x }}\n  a: [\n", beside: chart)
        try ManifestMarks.check(
            "c/values.yaml", "a:\n  b:\n  - |\n    image: x\n  - c: «\"image: d/e\\nother: f\\n\"»\n", beside: chart)
    }

    @Test("an image in parts may be named by its name")
    func names() throws {
        let chart = ["Chart.yaml": "name: x\n"]
        for text in [
            "singleuser:\n  image:\n    name: a/b\n    tag: «latest»\n",
            "image: {name: a/b, tag: «latest», digest: ''}\n",
            "sidecarImage:\n  registry: r.example\n  name: a\n  tag: «latest»\n", "images:\n  name: a\n  tag: latest\n",
        ] {
            try ManifestMarks.check("c/values.yaml", text, beside: chart)
        }
    }

    @Test(
        "here-documents that are Dockerfiles or objects of Kubernetes are read",
        arguments: [
            "cat > Dockerfile <<'EOF'\nFROM «python»\nRUN pip install «flask»\nEOF",
            "cat <<EOF > docker/gpu.Dockerfile\nFROM «python:latest» AS a\nCOPY --from=«b/c» /x /y\nEOF",
            "tee Dockerfile.new <<EOF\nFROM «python»\nEOF\ndocker build -f Dockerfile.new .",
            "cat <<EOF > build.txt\nFROM «python»\nEOF\ndocker build -t a -f build.txt .",
            "docker build -t a - <<EOF\nFROM «python»\nEOF", "cat <<EOF | podman build -f- .\nFROM «python»\nEOF",
            "BASE=python\ncat > Dockerfile <<EOF\nFROM «$BASE»\nEOF",
            "cat > Dockerfile <<EOF\nFROM ‹$BASE›\nEOF", "cat > notes.txt <<EOF\nFROM python\nEOF",
            "cat > Dockerfile.md <<EOF\nFROM python\nEOF", "cat > x.dockerignore <<EOF\nFROM python\nEOF",
            "kubectl apply -n a -f - <<EOF\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: «nginx»\nEOF",
            "cat <<EOF | kubectl apply -f -\napiVersion: v1\nkind: Pod\nspec:\n  image: «a/b:latest»\nEOF",
            "cat <<EOF | kind create cluster --config=-\napiVersion: k/v1\nkind: Cluster\nnodes:\n- image: ‹${N}›\nEOF",
            "kubectl apply -f - <<EOF\napiVersion: v1\nkind: ConfigMap\ndata:\n  a.sh: |\n    pip install ‹flask›\nEOF",
            "kubectl apply -f a.yaml <<EOF\nx\nEOF", "kubectl get -f - <<EOF\napiVersion: v1\nkind: Pod\nimage: a\nEOF",
        ])
    func hereDocuments(_ script: String) throws {
        let lines = script.split(separator: "\n").map { "        \($0)\n" }.joined()
        try ManifestMarks.check(".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n    - run: |\n\(lines)")
        guard !script.contains("$") else { return }
        let plain = script.filter { !"«»‹›".contains($0) }
        let found = check("Dockerfile", "FROM debian:12.5\nRUN <<END\n\(plain)\nEND\n").findings
        #expect(found.count == script.count { "«‹".contains($0) }, "\(found.map(\.message))")
    }

    @Test("Dockerfiles that hold each other have a limit")
    func nesting() {
        var text = "FROM python\n"
        for level in 0..<40 { text = "FROM debian:12.5\nRUN cat > Dockerfile <<'E\(level)'\n\(text)E\(level)\n" }
        let found = check("Dockerfile", text).findings
        #expect(found.map(\.rule) == ["unread-command"], "\(found.map(\.message))")
    }

    private static let kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"

    @Test("images in patches are read")
    func patches() throws {
        let object = "spec:\n      containers:\n      - name: a\n        image: «busybox»\n"
        for text in [
            "patches:\n- target: {kind: X}\n  patch: |-\n    \(object)", "patchesStrategicMerge:\n- |-\n    \(object)",
            "patches:\n- patch: |-\n    - op: replace\n      path: /spec/image\n      value: «a/b:latest»\n",
            "patches:\n- patch: '[{\"op\": \"add\", \"path\": \"/c/image\", \"value\": «\"a/b:latest\"»}]'\n",
            "patches:\n- patch: ‹'{image: '›\n",
            "patchesJson6902:\n- patch: |\n    - op: add\n      path: /spec/c/-\n      value:\n        image: «busybox»\n",
        ] {
            try ManifestMarks.check("k/kustomization.yaml", Self.kustomization + text)
            try ManifestMarks.check("k/kustomization.yml", text)
        }
        try ManifestMarks.check(
            "k/patch.yaml",
            "- op: add\n  path: /spec/c/-\n  value: {image: «nginx»}\n- op: remove\n  path: /spec/image\n")
        try ManifestMarks.check("k/patch.yaml", "- value: «nginx»\n  op: add\n  path: /spec/image\n")
        try ManifestMarks.check("k/kustomization.yaml", Self.kustomization + "patches:\n- path: a.yaml\n- patch: '{'\n")
    }

    private static func job(_ matrix: String, _ container: String) -> String {
        "jobs:\n  a:\n    strategy:\n      matrix:\n        \(matrix)\n    container: \(container)\n"
    }

    @Test("images of a matrix are those that its values make")
    func matrix() throws {
        for (matrix, container) in [
            ("{v: ['1.0', '1.1']}", "a/b:${{ matrix.v }}"), ("{c: ['a/b:1', a/b:latest]}", "«${{ matrix.c }}»"),
            ("{include: [{n: x, c: 'a/b:1'}, {n: y, c: 'a/c:2'}]}", "${{matrix.c}}"),
            ("{v: [1, 2], include: [{v: 2, c: a/b}], exclude: [{v: 1}]}", "«${{ matrix.c }}»"),
            ("{cfg: [{image: 'a/b', tag: '1'}]}", "${{ matrix.cfg.image }}:${{ matrix.cfg.tag }}"),
            ("{v: '${{ fromJSON(x) }}'}", "‹${{ matrix.v }}›"), ("{v: [1]}", "‹a/b:${{ matrix.other }}›"),
            ("{v: ['${{ x }}']}", "‹${{ matrix.v }}›"),
            ("{c: ['a/b:1', 'a/c:2'], include: [{c: '${{ vars.C }}'}]}", "‹${{ matrix.c }}›"),
            ("{c: [a/b:latest], o: [x], exclude: [{c: a/b:latest, o: '${{ x }}'}]}", "«${{ matrix.c }}»"),
        ] {
            try ManifestMarks.check(".github/workflows/a.yml", Self.job(matrix, container))
        }
    }

    @Test("an entry that is included fits the combinations of which it changes nothing")
    func include() throws {
        func texts(_ matrix: String, _ text: String) throws -> [String] {
            JobMatrix(try YAMLReader.read(SourceText(name: "m", text: matrix))).texts(text)
        }
        let all = "${{ matrix.a }}-${{ matrix.b }}-${{ matrix.c }}"
        #expect(
            try texts("{a: [1, 2], b: [x], include: [{a: 1, c: y}, {c: z}, {a: 3, b: w, c: v}]}", all)
                == ["1-x-z", "2-x-z", "3-w-v"])
        #expect(try texts("{a: [1, 2], exclude: [{a: 2}]}", "${{matrix.a}}") == ["1"])
        let many = "[" + (0..<20).map(String.init).joined(separator: ", ") + "]"
        #expect(try texts("{a: \(many), b: \(many)}", all) == [all])
    }

    @Test("what stands in the place of an action or an expression is shown as it is written")
    func written() throws {
        func subjects(_ path: String, _ text: String) -> [String?] {
            ManifestMarks.reading(path, text)?.reading.judged(require: .exact).findings.map(\.subject) ?? []
        }
        let pod = "apiVersion: v1\nkind: Pod\n{{- if .a }}\nspec:\n  image: "
        #expect(
            subjects("t/a.yaml", pod + "\"{{ .Values.registry }}/a:latest\"\n{{- end }}\n")
                == ["{{ .Values.registry }}/a:latest"])
        let step =
            "jobs:\n  a:\n    runs-on: windows-latest\n    steps:\n    - run: |\n        curl https://x.example/"
        #expect(
            subjects(".github/workflows/a.yml", step + "${{ steps.a_b.outputs.url }} -o b\n")
                .contains { $0?.contains("${{ steps.a_b.outputs.url }}") ?? false })
    }
}
