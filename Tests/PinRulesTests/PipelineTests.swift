import EnvironmentInventory
import SourceDocuments
import Testing

@testable import PinRules

/// Pipelines of CircleCI, Azure DevOps and Jenkins, and what compose files add.
struct PipelineTests {
    private static func reading(_ path: String, _ text: String, beside files: [String: String] = [:])
        -> ManifestReading?
    {
        let context = BuildContext { path in files[path].map { .text(SourceText(name: path, text: $0)) } ?? .missing }
        return Manifests.read(
            ManifestSource(text: SourceText(name: path, text: text), neighbours: context, checkout: context))
    }

    /// `«` and `»` stand around what has to be an error at `exact`, `‹` and `›` around a warning.
    private static let marked: [(path: String, text: String)] = [
        (
            ".circleci/config.yml",
            """
            orbs: {python: circleci/python@2.1.1, node: «circleci/node@volatile», own: «a/b@dev:first»}
            executors:
              gpu: {docker: [{image: «nvidia/cuda:latest»}]}
            jobs:
              a:
                docker:
                - image: cimg/python:3.9.1
                - {image: «redis»}
                - {image: ‹cimg/python:<< parameters.v >>›}
                machine: {image: ubuntu-2204:current}
                steps:
                - checkout
                - run: pip install «flask»
                - run:
                    command: |
                      pip install ‹<< parameters.package >>› six==1.17.0
                      apt-get install -y «git»
                - when:
                    condition: true
                    steps: [{run: npm install -g «x»}]
                - run: {shell: pwsh, command: ‹pip install y›}
            """
        ),
        (
            "azure-pipelines.yml",
            """
            resources:
              containers:
              - {container: py, image: «python:latest»}
            variables:
            - {name: Version, value: 1.17.0}
            stages:
            - stage: s
              jobs:
              - job: a
                container: py
                steps:
                - script: pip install «flask»
                - bash: |
                    cd $(Build.SourcesDirectory)
                    pip install six==$(Version) ‹torch==$(Build.Torch)›
                - pwsh: ‹pip install y›
                - task: Bash@3
                  inputs: {script: apt-get install -y «git»}
                - template: ‹x.yml@other›
                - template: ‹${{ parameters.t }}›
              - {job: b, container: «redis», strategy: {runOnce: {deploy: {steps: [{script: npm install -g «x»}]}}}}
              - {job: c, container: {image: «a/b:latest»}}
            """.replacing("container: «redis»", with: "container: ‹redis›")
        ),
        (
            "Jenkinsfile",
            #"""
            @Library(‹'shared@master'›) _
            // sh 'pip install a'
            /* sh 'pip install b' */
            def sh = 1; def m = [sh: 1]
            pipeline { agent { docker { image «'python:latest'» } } ; stages { stage('x') { steps {
              sh 'pip install «flask»'
              sh """
                pip install ‹torch==${ver}› six==1.17.0
                apt-get install -y «git»
              """
              sh(script: "pip install «numpy»", returnStdout: true)
              ‹sh cmd›
              bat '‹pip install y›'
              script { docker.image(‹"redis:${TAG}"›).inside { sh 'make' } ; docker.image('a:1.2').inside { } }
            } } } }
            """#
        ),
        ("ci/build.jenkinsfile", "node { docker.image(«\"a/b\"»).pull() }\n"),
    ]

    @Test("findings are where they are marked", arguments: marked.indices)
    func findings(index: Int) throws {
        let (path, marked) = Self.marked[index]
        for (open, close, severity) in [("«", "»", Severity.error), ("‹", "›", .warning)] {
            var plain = marked
            for mark in ["«", "»", "‹", "›"] where mark != open && mark != close {
                plain = plain.replacing(mark, with: "")
            }
            let parts = plain.components(separatedByAny: [open, close])
            let wanted = parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
            let text = parts.joined()
            let found = try #require(Self.reading(path, text)).reading.judged(require: .exact).findings
            let source = SourceText(name: path, text: text)
            let places = found.filter { $0.severity == severity }.map { finding -> String in
                guard let range = finding.range else { return "" }
                let start = (source.offsets(ofLine: range.start.line)?.lowerBound ?? 0) + range.start.column - 1
                let end = (source.offsets(ofLine: range.end.line)?.lowerBound ?? 0) + range.end.column - 1
                return source.string(start..<end)
            }
            #expect(places.sorted() == wanted.sorted(), "\(found.map(\.message))")
        }
    }

    @Test("names that are pipelines, and names that are none")
    func names() {
        for path in [
            ".circleci/config.yml", "azure-pipelines.yml", "azure-pipelines-gpu.yaml", ".azure-pipelines/steps.yml",
            "Jenkinsfile", "Jenkinsfile.gpu", "ci/build.Jenkinsfile", "jenkinsfile",
        ] {
            #expect(Manifests.mayBe(path: path), "\(path)")
            #expect(Self.reading(path, "steps: []\n") != nil, "\(path)")
        }
        for path in ["Jenkinsfile.md", "jenkins.groovy", "circleci/x.json", "x/config.toml", "Jenkinsfiles"] {
            #expect(!Manifests.mayBe(path: path), "\(path)")
        }
        #expect(Self.reading("azure-pipelines/values.yml", "a: 1\n") == nil)
    }

    @Test("compose names the files that it adds, and says which are not read")
    func additions() throws {
        let text =
            "include:\n- a.yaml\n- path: [b/c.yaml, none.yaml]\n- https://index.example/x.git\n- ${X}/y.yaml\n"
            + "services:\n  s:\n    extends: {file: d.yaml, service: t}\n  u:\n    extends: s\n"
        let reading = try #require(Self.reading("compose.yaml", text))
        #expect(reading.used.map(\.path) == ["a.yaml", "b/c.yaml", "none.yaml", "d.yaml"])
        #expect(reading.used.allSatisfy { $0.role == .compose })
        let unread = reading.reading.judged(require: .exact).findings
        #expect(unread.allSatisfy { $0.rule == "unread-command" && $0.severity == .warning })
        #expect(unread.map(\.subject) == ["https://index.example/x.git", "${X}/y.yaml"])
    }

    @Test("cut pipelines end without a trap", arguments: marked.indices)
    func truncated(index: Int) {
        let (path, text) = Self.marked[index]
        let bytes = Array(text.utf8)
        for length in 0...bytes.count {
            let context = BuildContext { _ in .missing }
            let source = SourceText(name: path, bytes: Array(bytes.prefix(length)))
            let reading = Manifests.read(ManifestSource(text: source, neighbours: context, checkout: context))
            for finding in reading?.reading.findings ?? [] { #expect((finding.range?.start.line ?? 1) >= 1) }
        }
    }
}

extension String {
    /// The pieces between any of some marks.
    fileprivate func components(separatedByAny marks: [String]) -> [Substring] {
        split(omittingEmptySubsequences: false) { marks.contains(String($0)) }
    }
}
