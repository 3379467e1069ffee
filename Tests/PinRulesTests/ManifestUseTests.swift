import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import PinRules

/// What a manifest leaves to others: expressions, builds, scripts of features; each is read, or said.
struct ManifestUseTests {
    private static func read(
        _ path: String, _ text: String, beside files: [String: String] = [:]
    ) throws -> ManifestReading {
        let context = BuildContext { path in files[path].map { .text(SourceText(name: path, text: $0)) } ?? .missing }
        return try #require(
            Manifests.read(
                ManifestSource(text: SourceText(name: path, text: text), neighbours: context, checkout: context)))
    }

    private static func found(_ reading: ManifestReading) -> [String] {
        reading.reading.judged(require: .exact).findings.map { "\($0.rule) \($0.subject ?? "")" }
    }

    private static func circle(_ script: String) throws -> [String] {
        let lines = script.split(separator: "\n").map { "          \($0)" }.joined(separator: "\n")
        return found(
            try read(".circleci/config.yml", "jobs:\n  a:\n    steps:\n    - run:\n        command: |\n\(lines)\n"))
    }

    @Test("a here-document of CircleCI ends where the shell ends it, with and without the backslash")
    func hereDocuments() throws {
        for start in ["cat <<EOF > f", "cat \\<<EOF > f", "cat <<-EOF", "cat <<EOF >> f", "cat \\<<'EOF' >> f.x"] {
            #expect(
                try Self.circle("\(start)\nx\nEOF\npip install flask") == ["floating-python-package flask"], "\(start)")
        }
        #expect(
            try Self.circle("pip install flask==<< parameters.v >>\npip install six")
                == ["unresolved-variable flask==<< parameters.v >>", "floating-python-package six"])
    }

    @Test("an expression of GitHub ends behind its texts, and one that is not closed is none")
    func expressions() {
        func rewritten(_ text: String) -> String {
            let bytes = Array(text.utf8)
            return Expressions.rewritten(MappedText(bytes, 0..<bytes.count)).string
        }
        #expect(rewritten("a ${{ format('}}', x) }} b") == "a ${expression_formatx} b")
        #expect(rewritten("echo it's ${{ env.A }}'") == "echo it's ${A}'")
        #expect(rewritten("a ${{ b") == "a ${{ b")
        #expect(rewritten("${{ 'x }} ${{ y }}") == "${expression_x} ${expression_y}")
    }

    @Test("an expression in a folded text is named without the mark that stands for it")
    func folded() throws {
        let found = Self.found(
            try Self.read(
                ".github/workflows/a.yml",
                "jobs:\n  a:\n    steps:\n    - run: >\n        docker run\n        ${{ matrix.image }}\n"))
        #expect(found == ["unresolved-variable ${{ matrix.image }}"])
    }

    @Test("marks that nothing closes cost no more than their length")
    func unclosed() {
        for (open, close) in [("${{", "}}"), ("<<", ">>"), ("$(", ")")] {
            for text in [open, open + "'a "].map({ String(repeating: $0, count: fuzzRounds(10_000)) }) {
                let bytes = Array(text.utf8)
                let script = MappedText(bytes, 0..<bytes.count)
                #expect(Expressions.rewritten(script, from: open, to: close, isQuoting: true).bytes == bytes)
                let closed = bytes + Array(close.utf8)
                let never = Expressions.rewritten(MappedText(closed, 0..<closed.count), from: open, to: close) {
                    $0.isEmpty
                }
                #expect(never.count > bytes.count - 16)
            }
        }
    }

    @Test(
        "a step that is one unknown is said",
        arguments: [
            (".circleci/config.yml", "commands:\n  a:\n    steps: [{run: << parameters.cmd >>}]\n"),
            (".github/workflows/a.yml", "jobs: {a: {steps: [{run: \"${{ inputs.cmd }}\"}]}}\n"),
            (".github/workflows/a.yml", "jobs: {a: {steps: [{run: \"set -e\\n${{ inputs.cmd }}\\nls\"}]}}\n"),
            (".github/workflows/a.yml", "jobs: {a: {steps: [{run: $CMD}]}}\n"),
            (".github/workflows/a.yml", "jobs: {a: {steps: [{run: '\"$CMD\"'}]}}\n"),
            (".github/workflows/a.yml", "jobs: {a: {steps: [{run: $(cat commands)}]}}\n"),
            (".gitlab-ci.yml", "a: {script: [$CMD]}\n"), ("cog.yaml", "build:\n  run: [$CMD]\n"),
        ])
    func unknownCommands(_ path: String, _ text: String) throws {
        let found = Self.found(try Self.read(path, text))
        #expect(found.count == 1 && found.allSatisfy { $0.hasPrefix("unread-command") }, "\(found)")
    }

    @Test(
        "a step that runs what is known, or what its caller gives, is not",
        arguments: ["ls", "$@", "\"$@\"", "CMD='make x'; $CMD", "\"$VENV/bin/x\"", "pytest $ARGS"])
    func knownCommands(_ script: String) throws {
        let text = "a:\n  script:\n  - |\n    \(script)\n"
        #expect(Self.found(try Self.read(".gitlab-ci.yml", text)).isEmpty)
    }

    /// A manifest, and the builds or the unread parts that it leads to.
    private static let builds: [(path: String, text: String, wanted: [String])] = [
        ("compose.yml", "services: {a: {build: \"${DIR}\"}}\n", ["unread-command build"]),
        ("compose.yml", "services: {a: {build: {context: x, dockerfile: \"$D\"}}}\n", ["unread-command x"]),
        (
            "compose.yml", "services: {a: {build: \"https://index.example/a.git#main\"}}\n",
            ["unread-command https://index.example/a.git#main"]
        ),
        ("compose.yml", "services: {a: {build: {context: \"git@host:x/y\"}}}\n", ["unread-command git@host:x/y"]),
        (
            ".github/workflows/a.yml",
            "jobs: {a: {steps: [{uses: docker/build-push-action@v6, with: {context: \"${{ matrix.d }}\"}}]}}\n",
            ["unread-command ${{ matrix.d }}"]
        ),
        (
            ".github/workflows/a.yml",
            "jobs: {a: {steps: [{uses: docker/build-push-action@v6, with: {context: \"{{defaultContext}}:app\"}}]}}\n",
            ["app app/Dockerfile"]
        ),
        (
            ".github/workflows/a.yml",
            "jobs: {a: {steps: [{uses: docker/build-push-action@v6, with: {context: \"{{defaultContext}}\"}}]}}\n",
            [". Dockerfile"]
        ),
        ("docker-bake.hcl", "target \"a\" { context = dir(\"x\") }\n", ["unread-command build"]),
        (
            "docker-bake.hcl",
            "target \"_c\" {\n  context = \"x\"\n  args = {A = \"1\", B = \"2\"}\n}\ntarget \"a\" {\n  inherits = [\"_c\"]\n  dockerfile = \"D\"\n  args = {A = \"3\"}\n}\n",
            ["x x/Dockerfile", "x x/D"]
        ),
        ("docker-bake.hcl", "target \"a\" { inherits = [\"b\"] }\n", ["unread-command b", ". Dockerfile"]),
        ("docker-bake.hcl", "target \"a\" { inherits = [\"b\"] }\ntarget \"b\" { inherits = [\"a\"] }\n", []),
        (
            "skaffold.yaml",
            "apiVersion: skaffold/v4\nbuild:\n  artifacts:\n  - {image: i, jib: {}}\n  - {image: j, context: j, kaniko: {dockerfile: D}}\n  - {image: k, platforms: [a]}\n",
            ["unread-command i", "j j/D", ". Dockerfile"]
        ),
    ]

    @Test("a build that cannot be followed is said", arguments: builds.indices)
    func buildsAreSaid(index: Int) throws {
        let (path, text, wanted) = Self.builds[index]
        let reading = try Self.read(path, text)
        let found = Self.found(reading) + reading.builds.map { "\($0.context) \($0.dockerfile)" }
        #expect(found == wanted)
    }

    @Test("a target of bake has what it inherits, the nearest first")
    func inheritance() throws {
        let text =
            "target \"x\" { args = {A = \"x\", B = \"x\", C = \"x\"} }\ntarget \"y\" { args = {A = \"y\", B = \"y\"} }\n"
            + "target \"a\" {\n  context = \".\"\n  inherits = [\"x\", \"y\"]\n  args = {A = \"a\"}\n}\n"
        let build = try #require(try Self.read("docker-bake.hcl", text).builds.first)
        #expect(build.arguments == ["A": "a", "B": "y", "C": "x"])
    }

    @Test(
        "an inline Dockerfile has the variables of its manifest, and its own",
        arguments: [
            (
                "compose.yml",
                "services: {a: {build: {dockerfile_inline: \"FROM python:${T:-3.11.9}\\nRUN pip install six==$V\"}}}"
            ),
            (
                "compose.yml",
                "services: {a: {build: {dockerfile_inline: \"FROM python:3.11.9\\nARG W=1.17.0\\nRUN pip install six==$$W\"}}}"
            ),
            (
                "docker-bake.hcl",
                "variable \"T\" { default = \"3.11.9\" }\ntarget \"a\" {\n  dockerfile-inline = <<EOT\nFROM python:${T}\nARG W=1.17.0\nRUN pip install six==$W a==$${W}\nEOT\n}\n"
            ),
            (
                "docker-bake.hcl",
                "target \"a\" {\r\n  dockerfile-inline = <<-EOT\r\n    FROM python:3.11.9\r\n    RUN pip install six==1.17.0\r\n    EOT\r\n}\r\n"
            ),
        ])
    func inlineDockerfiles(_ path: String, _ text: String) throws {
        let reading = try Self.read(path, text, beside: [".env": "V=1.17.0\n"])
        let embedded = try #require(reading.dockerfiles.first)
        let context = BuildContext { _ in .missing }
        let found = embedded.read(options: .init(), context: context).judged(require: .exact).findings
        #expect(found.isEmpty && reading.reading.pins.isEmpty, "\(found.map(\.message))")
    }

    @Test("a variable that an inline Dockerfile's manifest does not give has no value, and its name")
    func unknownInline() throws {
        let text = "services: {a: {build: {dockerfile_inline: \"ARG T=3.11.9\\nFROM python:${T}\"}}}"
        let embedded = try #require(try Self.read("compose.yml", text).dockerfiles.first)
        let found = embedded.read(options: .init(), context: BuildContext { _ in .missing })
            .judged(require: .exact).findings
        #expect(found.map(\.rule) == ["unresolved-variable"])
        #expect(found.map(\.subject) == ["python:${T}"])
    }

    @Test("devcontainers: features of the repository and compose files")
    func devcontainers() throws {
        let text = "{\"dockerComposeFile\": [\"a.yml\", \"../b.yml\"], \"features\": {\"./f\": {}, \"./g\": {}}}"
        let reading = try Self.read(
            "devcontainer.json", text, beside: ["f/install.sh": "apt-get update && apt-get install -y git\n"])
        #expect(reading.used.map(\.path) == ["a.yml", "../b.yml"])
        #expect(reading.used.allSatisfy { $0.role == .compose })
        #expect(Self.found(reading).sorted() == ["floating-apt-package git", "unresolved-variable g/install.sh"])
    }

    @Test("Kubernetes: images that variables give, scripts in a ConfigMap, and what is nested too deeply")
    func kubernetes() throws {
        let head = "apiVersion: v1\nkind: "
        #expect(
            Self.found(
                try Self.read("a.yaml", head + "Pod\nspec: {containers: [{image: $I}, {image: \"${R}/a:${T}\"}]}\n"))
                == ["unresolved-variable $I", "unresolved-variable ${R}/a:${T}"])
        #expect(
            Self.found(try Self.read("a.yaml", head + "Pod\nspec: {containers: [{image: \"{{ .Values.i }}\"}]}\n"))
                .isEmpty)
        let scripts =
            "ConfigMap\ndata:\n  a.sh: pip install flask\n  b: |\n    #!/bin/bash\n    apt-get install -y git\n  c: pip install x\n  image: nginx\n"
        #expect(
            Self.found(try Self.read("a.yaml", head + scripts))
                == ["unread-command pip install flask", "unread-command apt-get install git"])
        let inner =
            "ConfigMap\ndata:\n  a.yaml: |\n    kind: Pod\n    spec:\n      containers:\n      - image: nginx\n  b: \"image: {{ .x }}\"\n  c: 'an image: no'\n"
        #expect(Self.found(try Self.read("a.yaml", head + inner)) == ["unread-command a.yaml"])
        for piece in ["image:", "-image:", "image: ", "image:\\n"] {
            let long = String(repeating: piece, count: 40_000)
            #expect(Self.found(try Self.read("a.yaml", head + "ConfigMap\ndata: {a: \"\(long)\"}\n")).count <= 1)
        }
        var deep = "{image: nginx}"
        for _ in 0..<70 { deep = "{a: \(deep)}" }
        #expect(Self.found(try Self.read("a.yaml", head + "Pod\nspec: \(deep)\n")) == ["unread-command an object"])
    }

    @Test("actions of a template on one line cost no more than their length")
    func actions() {
        let text = String(repeating: "a{{b}} ", count: 100_000)
        let context = BuildContext { _ in .missing }
        let source = ManifestSource(
            text: SourceText(name: "a.yaml", text: text), neighbours: context, checkout: context)
        #expect(source.withoutActions.text.bytes.count == text.utf8.count)
        #expect(source.withoutActions.text.string(0..<8) == "a${__} a")
    }

    @Test("a container of an image that the steps build is left alone, under a name that they compute too")
    func builtImages() throws {
        func found(_ script: String) throws -> [String] {
            Self.found(try Self.read(".gitlab-ci.yml", "a: {script: ['\(script)']}\n"))
        }
        #expect(try found("docker build -t \"$I\" . && docker run --rm $I").isEmpty)
        #expect(try found("docker build -t $J . && docker run --rm $I") == ["unresolved-variable $I"])
    }

    @Test("steps of CircleCI that stand in parameters and calls")
    func circleCalls() throws {
        let text = """
            commands:
              c:
                parameters: {more: {type: steps, default: [{run: pip install a}]}}
                steps: [{run: pip install b}]
            jobs:
              j:
                working_directory: ~/project/app
                parameters: {more: {type: steps, default: [{run: pip install c}]}}
                steps:
                - c: {more: [{run: pip install d}]}
                - when: {condition: true, steps: [{run: pip install e}]}
                - run: {working_directory: ~/project/x, command: pip install -r r.txt}
            workflows:
              w:
                jobs:
                - k
                - j:
                    pre-steps: [{run: pip install f}]
                    post-steps: [{run: pip install g}]
                    requires: [k]
            """
        let reading = try Self.read(".circleci/config.yml", text, beside: ["x/r.txt": "six==1.17.0\n"])
        #expect(
            Self.found(reading).sorted()
                == ["a", "b", "c", "d", "e", "f", "g"].map { "floating-python-package \($0)" })
        #expect(reading.reading.followed.map(\.text.name) == ["x/r.txt"])
    }

    @Test("the defaults of CircleCI's pipeline parameters are values, a command's own are not")
    func circleParameters() throws {
        let text = """
            parameters:
              image: {type: string, default: "cimg/base:latest"}
              good: {type: string, default: cimg/base:2024.01}
              v: {type: string, default: 1.17.0}
              none: {type: string, default: ""}
            executors:
              a: {docker: [{image: << pipeline.parameters.image >>}]}
              b: {docker: [{image: <<pipeline.parameters.good>>}]}
              c: {docker: [{image: "x:<< parameters.good >>"}]}
              d: {docker: [{image: << pipeline.parameters.none >>}]}
            jobs:
              j:
                steps:
                - run: pip install six==<< pipeline.parameters.v >> flask==<< parameters.v >>
                - run: |
                    if << parameters.dry >>; then echo a; elif ! << parameters.wet >>; then echo b; fi
                    while "<< parameters.dry >>"; do echo c; done
            """
        let found = Self.found(try Self.read(".circleci/config.yml", text))
        #expect(
            found == [
                "floating-image cimg/base:latest", "unresolved-variable x:<< parameters.good >>",
                "unresolved-variable << pipeline.parameters.none >>",
                "unresolved-variable flask==<< parameters.v >>",
            ])
    }

    @Test("pipeline parameters whose names differ in marks alone have no value")
    func similarParameters() throws {
        let text =
            "parameters: {a-b: {default: \"1.0\"}, ab: {default: latest}, c: {default: \"2.0\"}}\nexecutors:\n  a: {docker: [{image: \"x:<< pipeline.parameters.a-b >>\"}]}\n  b: {docker: [{image: \"x:<< pipeline.parameters.c >>\"}]}\n"
        #expect(
            Self.found(try Self.read(".circleci/config.yml", text))
                == ["unresolved-variable x:<< pipeline.parameters.a-b >>"])
    }

    @Test("what is nested too deeply is said")
    func depth() throws {
        var steps = "[{run: pip install flask}]"
        for _ in 0..<20 { steps = "[{when: {steps: \(steps)}}]" }
        let found = Self.found(try Self.read(".circleci/config.yml", "jobs: {a: {steps: \(steps)}}\n"))
        #expect(found == ["unread-command steps"])
    }
}
