import Foundation
import Testing

@testable import Pinproof

/// Pipelines of Jenkins and Azure run at the root of their repository, wherever their files stand.
struct PipelineCheckoutTests {
    @Test(
        "the root is the nearest directory with .git, else the walked one",
        arguments: ["", "work/"])
    func root(prefix: String) async throws {
        var files = [
            "ci/Jenkinsfile":
                "node { sh './scripts/a.sh'\n agent { dockerfile { filename 'build.img'\n dir 'ci' } } }\n",
            "ci/deep/azure-pipelines.yml":
                "steps:\n- bash: ./scripts/b.sh\n- template: ../../tpl/x.yml\n- template: /y.yml\n",
            "scripts/a.sh": "pip install a\n", "scripts/b.sh": "pip install b\n", "ci/build.img": "FROM python\n",
            "tpl/x.yml": "steps: [{bash: pip install x}]\n", "y.yml": "steps: [{bash: pip install y}]\n",
        ]
        if !prefix.isEmpty { files[".git/HEAD"] = "" }
        let folder = try Folder(
            Dictionary(uniqueKeysWithValues: files.map { (prefix + $0, $1) }))
        let result = try await Checker().check([folder.path])
        #expect(result.findings.compactMap(\.subject).sorted() == ["a", "b", "python", "x", "y"])
        #expect(result.findings.allSatisfy { $0.severity == .error })
    }

    @Test("a file that a pipeline of Jenkins loads is read as its part")
    func loaded() async throws {
        let folder = try Folder([
            "Jenkinsfile": "node { load 'ci/x.groovy' }\n",
            "ci/x.groovy": "def f() { sh 'pip install flask' }\nload 'Jenkinsfile'\nreturn this\n",
        ])
        #expect(try await Checker().check([folder.path]).findings.map(\.subject) == ["flask"])
    }

    @Test("a directory's path from a root")
    func directories() {
        #expect(CheckoutPaths.directory("a/b", in: "a") == "b")
        #expect(CheckoutPaths.directory("a", in: "a") == "")
        #expect(CheckoutPaths.directory("a/b", in: ".") == "a/b")
        #expect(CheckoutPaths.directory("/a", in: "/") == "a")
        #expect(CheckoutPaths.directory("ab", in: "a") == nil)
        #expect(CheckoutPaths.directory("../a", in: ".") == nil)
    }
}
