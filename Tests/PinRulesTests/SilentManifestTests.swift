import Testing

@testable import PinRules

/// Places of manifests that name images and commands besides those that everyone knows.
struct SilentManifestTests {
    private static let digest = PythonPackageWithoutHash.exampleDigest

    private static func pod(_ lines: String) -> String {
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    image: a@\(digest)\n\(lines)"
    }

    private static func service(_ lines: String) -> String { "services:\n  a:\n    image: a@\(digest)\n\(lines)" }

    private static func steps(_ first: String, _ second: String) -> String {
        "jobs:\n  a:\n    steps:\n      - run: \(first)\n      - run: \(second)\n"
    }

    @Test(
        "each place is read",
        arguments: [
            ("pod.yaml", pod("  volumes:\n  - name: v\n    image:\n      reference: «python»\n")),
            (
                "pod.yaml",
                pod("    lifecycle:\n      postStart:\n        exec:\n          command: [sh, -c, pip install ‹x›]\n")
            ),
            ("pod.yaml", pod("    livenessProbe:\n      exec:\n        command: [sh, -c, 'pip install ‹x›']\n")),
            ("pod.yaml", pod("    livenessProbe:\n      exec:\n        command: [curl, 'http://localhost:80']\n")),
            (
                "pod.yaml",
                pod("    livenessProbe:\n      exec:\n        command: [sh, -c, 'curl -f http://$HOST:80']\n")
            ),
            ("compose.yml", service("    post_start:\n      - command: pip install ‹x›\n")),
            ("compose.yml", service("    healthcheck:\n      test: pip install ‹x›\n")),
            ("compose.yml", service("    healthcheck:\n      test: [CMD-SHELL, pip install ‹x›]\n")),
            ("compose.yml", service("    healthcheck:\n      test: [CMD, curl, 'http://h.example']\n")),
            (
                "compose.yml",
                service("    develop:\n      watch:\n        - {action: sync+exec, exec: {command: pip install ‹x›}}\n")
            ),
            (
                "compose.yml",
                service("    volumes:\n      - {type: image, source: «python», target: /x}\n      - a:/b\n")
            ),
            ("compose.yml", service("models:\n  m:\n    model: «ai/smollm2»\n")),
            (".gitlab-ci.yml", "a:\n  hooks:\n    pre_get_sources_script: [pip install «x»]\n  script: [ls]\n"),
            (
                ".gitlab-ci.yml",
                "a:\n  run:\n    - name: x\n      script: pip install «x»\n    - step: ‹h.example/a@main›\n"
            ),
            (".gitlab-ci.yml", ".x:\n  a: [pip install «x»]\nb:\n  script:\n    - !reference [.x, a]\n    - ls\n"),
            (".gitlab-ci.yml", ".x:\n  script: [pip install «x»]\nb:\n  script: !reference [.x, script]\n"),
            (".github/workflows/a.yml", steps("echo \"P=pip install\" >> $GITHUB_ENV", "‹$P x›")),
            (".github/workflows/a.yml", steps("echo \"P=$(cat x)\" >> \"$GITHUB_ENV\"", "‹$P x›")),
            (".github/workflows/a.yml", steps("echo \"P=./run.py\" >> $GITHUB_ENV", "$P x")),
            (".github/workflows/a.yml", steps("echo \"PYTHON=$(which python)\" >> $GITHUB_ENV", "$PYTHON x.py")),
        ])
    func places(_ path: String, _ marked: String) throws { try ManifestMarks.check(path, marked) }

    @Test("a variable in parentheses is put into a container's command")
    func variables() {
        func said(_ environment: String) -> [String?] {
            check("pod.yaml", Self.pod("    command: [sh, -c, $(CMD)]\n    env: [{name: CMD, \(environment)}]\n"))
                .findings.map(\.subject)
        }
        #expect(said("value: pip install x") == ["pip install x"])
        #expect(said("value: sleep 1").isEmpty)
    }

    @Test("the image that reads a Dockerfile is one of the build's arguments")
    func frontend() {
        let text = "services:\n  a:\n    build:\n      context: .\n      args:\n        BUILDKIT_SYNTAX: x/frontend\n"
        #expect(check("compose.yml", text).findings.map(\.subject) == ["x/frontend"])
    }

    @Test("a pipeline that a job starts has its own file", arguments: ["ci/c.yml", "[{local: ci/c.yml}]"])
    func triggers(_ include: String) throws {
        let reading = try #require(
            ManifestMarks.reading(".gitlab-ci.yml", "a:\n  trigger:\n    include: \(include)\n"))
        #expect(reading.used.map(\.path) == ["ci/c.yml"])
        #expect(reading.reading.pins.isEmpty)
    }

    @Test(
        "charts: images in parts, defaults of templates and definitions",
        arguments: [
            ("values.yaml", "image:\n  registry: h.example\n  name: python\n  version: «latest»\n"),
            (
                "templates/a.yaml",
                "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: {{ default \"«python:latest»\" .Values.i }}\n"
            ),
            (
                "templates/a.yaml",
                "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: \"‹python:{{ .Chart.AppVersion }}›\"\n"
            ),
            (
                "templates/a.yaml",
                "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: \"{{ .Values.r }}:{{ .Values.t | default .Chart.AppVersion }}\"\n"
            ),
            ("templates/_h.tpl", "{{- define \"i\" -}}\n«python:latest»\n{{- end -}}\n"),
            (
                "templates/_h.tpl",
                "{{ define \"x.image\" }}{{ .Values.i | default \"«h.example/a:latest»\" }}{{ end }}\n"
            ),
        ])
    func charts(_ path: String, _ marked: String) throws {
        #expect(Manifests.mayBe(path: path))
        try ManifestMarks.check(path, marked, beside: ["Chart.yaml": "name: x\n"])
    }

    @Test(
        "definitions that write no image out",
        arguments: [
            "{{ define \"a\" }}db:8080{{ end }}", "{{ define \"a\" }}app: x{{ end }}", "{{ define \"a\" }}x{{ end }}",
        ])
    func noImages(_ text: String) { #expect(ManifestMarks.reading("templates/_h.tpl", text) == nil) }
}
