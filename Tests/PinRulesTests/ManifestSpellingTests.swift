import SourceDocuments
import Testing

@testable import PinRules

/// Manifests in spellings of YAML that plain text does not show.
struct ManifestSpellingTests {
    private static func reading(_ path: String, _ text: String) -> ManifestReading? {
        ManifestMarks.reading(path, text, beside: [:])
    }

    @Test(
        "a manifest is read whatever its spelling",
        arguments: [
            ("compose.yaml", #"{"services": {"a": {"image": "redis"}}}"#),
            ("docker-compose.yml", "\"services\":\n a: {image: redis}\n"),
            ("compose.yml", "services :\n a: {image: redis}\n"),
            ("compose.yml", "  services:\n    a: {image: redis}\n"),
            ("stack.yml", #"{"services": {"a": {"image": "redis"}}}"#),
            ("compose.yml", "%YAML 1.1\n---\nservices : {a: {image: redis}}\n"),
            ("pod.yaml", #"{"apiVersion": "v1", "kind": "Pod", "spec": {"image": "redis"}}"#),
            ("pod.yaml", "%YAML 1.1\n---\napiVersion: v1\nkind: Pod\nspec: {image: redis}\n"),
            ("pod.yaml", "a: 1\n...\n# b\n%YAML 1.1\n---\napiVersion: v1\nkind: Pod\nspec: {image: redis}\n...\n"),
            ("patch.yaml", #"[{"op": "replace", "path": "/spec/containers/0/image", "value": "redis"}]"#),
            ("action.yml", #"{"runs": {"using": "docker", "image": "docker://redis"}}"#),
            ("env.yml", #"{"conda_file": {"dependencies": []}, "image": "redis"}"#),
            ("job.yml", "environment: \"azureml:x@latest\"\nimage: redis\n"),
            ("ci/a.yml", #"{"jobs": [{"job": "a", "container": "redis:latest", "pool": {"vmImage": "x"}}]}"#),
            ("ci/a.yml", "'steps':\n- \"task\": \"Bash@3\"\n- container: redis:latest\n"),
        ])
    func spellings(path: String, text: String) throws {
        let found = try #require(Self.reading(path, text), "\(path): \(text)")
        #expect(found.reading.pins.contains { $0.subject.hasPrefix("redis") }, "\(path): \(text)")
    }

    @Test("skaffold's version in quotes")
    func skaffold() throws {
        let text = "\"apiVersion\": \"skaffold/v2\"\nkind: Config\nbuild: {artifacts: [{image: a, context: b}]}\n"
        #expect(try #require(Self.reading("skaffold.yaml", text)).builds.map(\.dockerfile) == ["b/Dockerfile"])
    }

    @Test(
        "a file that counts by its name and is not YAML has a name in the report",
        arguments: [
            ("compose.yml", "\tservices:\n"), ("docker-compose.yaml", "a: [\n"), ("action.yml", "'runs': [\n"),
            ("skaffold.yaml", "a: [\n"),
            ("pod.yaml", "{\"apiVersion\": \"v1\", \"kind\": \"Pod\"\n"),
        ])
    func broken(path: String, text: String) throws {
        let found = try #require(Self.reading(path, text))
        #expect(found.reading.findings.map(\.rule) == ["unreadable-file"])
    }

    @Test(
        "files that are none of these stay unnamed",
        arguments: [
            ("compose.yml", "a: 1\n"), ("compose.yml", ""), ("composer.yml", "{{ a }}: b: c\n"),
            ("a.yml", "\tservices:\n"),
            ("a.yml", "x:\n  services: {a: {image: b}}\n"), ("a.yml", "x: {apiVersion: v1, kind: Pod}\n"),
            ("action.yml", "a: 1\n"),
            ("a.yml", "- {op: a, path: b}\n- x: y/image\n"),
            ("a.yml", "{{- if .a }}\n  services: [\n  apiVersion: b\n  kind: c\n  image: d\n"),
        ])
    func others(path: String, text: String) { #expect(Self.reading(path, text) == nil, "\(path): \(text)") }

    @Test("quoted keys in the files of a ConfigMap are seen")
    func configMap() throws {
        let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    {\"image\": \"redis\"}\n  b: |\n    images: 3\n"
        #expect(try #require(Self.reading("a.yaml", text)).reading.pins.map(\.subject) == ["a"])
    }
}
