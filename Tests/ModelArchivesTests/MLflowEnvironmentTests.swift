import EnvironmentInventory
import TestSupport
import Testing

@testable import ModelArchives

/// Which files of a model MLflow and pip read as its environment.
struct MLflowEnvironmentTests {
    private static let flavor = "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n"

    private static func read(_ files: [(String, String)]) throws -> Model {
        let folder = TemporaryDirectory()
        for (name, text) in files { _ = folder.write(name, Array(text.utf8)) }
        return try ModelReader.read(path: folder.path)
    }

    private static func packages(_ model: Model) -> [String] {
        model.environment.packages.map { "\($0.name) \($0.version ?? $0.versionRequirement ?? "")" }
    }

    @Test("the files that env names are read, and others of the usual names are not")
    func named() throws {
        let env = "    env:\n      conda: ./sub/conda.yaml\n      virtualenv: sub/python_env.yaml\n"
        let model = try Self.read([
            ("MLmodel", Self.flavor + env),
            ("sub/python_env.yaml", "python: 3.12.1\ndependencies: [scipy==1.0, -r requirements.txt]\n"),
            ("sub/conda.yaml", "dependencies: [python=3.12.1, {pip: [scipy==1.0]}]\n"),
            ("python_env.yaml", "python: 3.11.7\ndependencies: [joblib==1.0]\n"),
            ("conda.yaml", "dependencies: [python=3.11.7, {pip: [joblib==1.0]}]\n"),
            ("requirements.txt", "numpy==2.0\n"),
        ])
        #expect(Self.packages(model) == ["numpy 2.0", "scipy 1.0"])
        #expect(model.environment.python?.version == "3.12.1")
        #expect(model.environment.gaps.isEmpty)
    }

    @Test("a text as env names conda's file, no env leaves the usual names")
    func others() throws {
        let files = [
            ("python_env.yaml", "dependencies: [joblib==1.0]\n"),
            ("conda.yaml", "dependencies: [{pip: [scipy==1.0]}]\n"),
            ("a/conda.yaml", "dependencies: [{pip: [pandas==2.0]}]\n"),
        ]
        let old = try Self.read([("MLmodel", Self.flavor + "    env: a/conda.yaml\n")] + files)
        #expect(Self.packages(old) == ["joblib 1.0", "pandas 2.0"])
        let none = try Self.read([("MLmodel", Self.flavor)] + files)
        #expect(Self.packages(none) == ["joblib 1.0", "scipy 1.0"])
    }

    @Test(
        "a file that env names and that is not read is a gap",
        arguments: ["missing.yaml", "../conda.yaml", "/etc/conda.yaml", "other.yaml"])
    func unread(_ name: String) throws {
        let model = try Self.read([
            ("MLmodel", Self.flavor + "    env:\n      conda: \(name)\n"), ("other.yaml", "dependencies: []\n"),
            ("requirements.txt", "numpy==2.0\n"),
        ])
        #expect(model.environment.gaps.map(\.subject) == [name])
    }

    @Test("dependencies that are not a list are a gap")
    func noList() throws {
        for text in ["dependencies: scipy==1.0\n", "dependencies: [{pip: scipy==1.0}]\n"] {
            let model = try Self.read([("MLmodel", Self.flavor), ("conda.yaml", text)])
            #expect(model.environment.gaps.map(\.reason) == ["the dependencies are not a list"])
        }
    }

    @Test(
        "a line ends where pip ends it, behind a comment too",
        arguments: ["\n", "\r", "\r\n", "\u{B}", "\u{C}", "\u{1C}", "\u{1E}", "\u{85}", "\u{2028}", "\u{2029}"])
    func lines(_ end: String) throws {
        let text = "numpy==2.0 # x\(end)scipy==1.0"
        let file = try Self.read([("MLmodel", Self.flavor), ("requirements.txt", text)])
        #expect(Self.packages(file) == ["numpy 2.0", "scipy 1.0"])
        let entry = text.unicodeScalars.map { "\\u" + String(0x10000 + $0.value, radix: 16).dropFirst() }.joined()
        let list = try Self.read([("MLmodel", Self.flavor), ("conda.yaml", "dependencies: [{pip: [\"\(entry)\"]}]\n")])
        #expect(Self.packages(list) == ["numpy 2.0", "scipy 1.0"])
    }

    @Test("a line that goes on is one requirement, and a comment does not go on")
    func continued() throws {
        let text = "scipy\\\n==1.0\n# comment \\\nnumpy==2.0\n"
        let model = try Self.read([("MLmodel", Self.flavor), ("requirements.txt", text)])
        #expect(Self.packages(model) == ["numpy 2.0", "scipy 1.0"])
    }
}
