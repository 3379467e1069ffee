import Testing

@testable import PinproofCommand

/// What kind of file a name and a content say it is.
struct CheckedKindTests {
    @Test(
        "YAML that is none of the kinds is nobody's error, however it begins",
        arguments: [
            "---\n- hosts: localhost\n  tasks: []\n", "---\na: 1\n", "--- # x\nnumpy: 1\n", "a==1: x\n", "- -r\n- x\n",
            "---\nname: {{ .Values.x }}\n",
        ])
    func otherYAML(_ text: String) async throws {
        let directory = try Directory(["x.yaml": text, "deploy.yml": text, "Dockerfile": "FROM python:3.11\n"])
        let run = await pinproof("check", directory.path)
        #expect(run.status == 0, "\(run.output)\(run.diagnostics)")
        #expect(run.output.contains("in 1 file "))
    }

    @Test("documents begin with --- in manifests too")
    func manifests() async throws {
        let directory = try Directory([
            "docker-compose.yml": "---\nversion: '3.2'\nservices:\n  a:\n    image: redis\n",
            "crd.yaml": "---\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: nginx\n",
        ])
        let run = await pinproof("check", directory.path, "--format", "json")
        #expect(try run.document()["findings"]?.array?.map { $0.string("subject") } == ["nginx", "redis"])
    }

    @Test("a text of requirements under another name is read when it is named")
    func requirements() async throws {
        let directory = try Directory(["deps": "--index-url https://i.example/simple\nflask\n"])
        #expect(await pinproof("check", directory("deps")).status == 1)
    }
}
