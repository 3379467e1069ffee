import DockerfileSyntax
import FoundationEssentials
import SourceDocuments
import Testing

@testable import Pinproof

/// `check` in the life of a project: folders, settings, baselines, exit statuses.
struct CheckTests {
    /// A folder with files that goes away with the value.
    private final class Folder {
        let path: String

        init(_ files: [String: String]) throws {
            let name = "pinproof-check-" + String(UInt64.random(in: .min ... .max), radix: 36)
            path = FileManager.default.temporaryDirectory.appending(path: name).path
            for (name, text) in files {
                let url = URL(filePath: path).appending(path: name)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url)
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func callAsFunction(_ name: String) -> String { path + "/" + name }
    }

    private struct Report {
        var status: Int32
        var findings: [(rule: String, severity: String, file: String, message: String, usedBy: [String])] = []
        var suppressed = 0
        var files: [String] = []
        var diagnostics: [String]
    }

    private static func run(_ request: CheckRequest) throws -> Report {
        var request = request
        request.format = "json"
        let output = try Check.run(request)
        let root = try #require(try JSONReader.read(SourceText(name: "report", text: output.text)).table)
        var report = Report(status: Int32(output.status), diagnostics: output.diagnostics)
        for finding in root["findings"]?.array ?? [] {
            func text(_ key: String) -> String { finding.table?[key]?.string ?? "" }
            let users = (finding.table?["usedBy"]?.array ?? []).map { user in
                "\(user.table?["file"]?.string ?? ""):\(user.table?["line"]?.text ?? "")"
            }
            report.findings.append((text("rule"), text("severity"), text("file"), text("message"), users))
        }
        report.suppressed = Int(root["summary"]?.table?["suppressed"]?.text ?? "") ?? -1
        report.files = (root["files"]?.array ?? []).compactMap { $0.table?["path"]?.string }
        return report
    }

    private static let dockerfile = "FROM python\nRUN pip install numpy\n"

    @Test("exit status by severity, fail-on, select and ignore")
    func exitStatus() throws {
        let folder = try Folder(["Dockerfile": Self.dockerfile, "x/Dockerfile": "ARG A\nFROM $A\n"])
        let all = CheckRequest(paths: [folder.path])
        #expect(try Self.run(all).status == 1)
        #expect(try Self.run(CheckRequest(paths: [folder("x")])).status == 0)
        #expect(try Self.run(CheckRequest(paths: [folder("x")], failOn: "warning")).status == 1)
        #expect(try Self.run(CheckRequest(paths: [folder.path], failOn: "never")).status == 0)
        let selected = try Self.run(CheckRequest(paths: [folder.path], select: ["floating-image"]))
        #expect(selected.findings.map(\.rule) == ["floating-image"])
        let ignored = try Self.run(
            CheckRequest(paths: [folder.path], ignore: ["floating-image,floating-python-package"]))
        #expect(ignored.findings.map(\.rule) == ["unresolved-variable"] && ignored.status == 0)
    }

    @Test("wrong usage", arguments: ["select", "ignore", "require", "failOn", "format", "buildArgument"])
    func wrongUsage(what: String) throws {
        var request = CheckRequest(paths: ["."])
        switch what {
        case "select": request.select = ["no-such-rule"]
        case "ignore": request.ignore = ["no-such-rule"]
        case "require": request.require = "floating"
        case "failOn": request.failOn = "fatal"
        case "format": request.format = "yaml"
        default: request.buildArguments = ["=x"]
        }
        let error = try #require(throws: CommandError.self) { try Check.run(request) }
        #expect(error.isUsage)
    }

    @Test("a baseline accepts today's findings, survives moved lines, and exits 0 when written")
    func baseline() throws {
        let folder = try Folder(["Dockerfile": Self.dockerfile])
        let written = try Self.run(CheckRequest(paths: [folder.path], writeBaseline: folder("baseline.json")))
        #expect(written.status == 0)
        let later = "# a new line\n\nFROM python\n\nRUN pip install numpy\nRUN pip install scipy\n"
        try Data(later.utf8).write(to: URL(filePath: folder("Dockerfile")))
        let report = try Self.run(CheckRequest(paths: [folder.path], baseline: folder("baseline.json")))
        #expect(report.findings.map(\.message) == ["pip install scipy floats: it has no version"])
        #expect(report.suppressed == 2)
    }

    @Test("an unreadable file among others: status 2, and the others' findings")
    func unreadable() throws {
        let folder = try Folder(["Dockerfile": Self.dockerfile])
        let report = try Self.run(CheckRequest(paths: [folder("missing/Dockerfile"), folder("Dockerfile")]))
        #expect(report.status == 2)
        #expect(report.findings.count == 3)
        #expect(report.findings.filter { $0.rule == "unreadable-file" }.count == 1)
        #expect(report.diagnostics.count == 1)
    }

    @Test("pinproof.toml is found upwards")
    func configuration() throws {
        let folder = try Folder([
            "pinproof.toml":
                "require = \"hashed\"\nfail-on = \"warning\"\nexclude = [\"vendor/\"]\n[rules]\nfloating-image = \"off\"\nfloating-python-package = \"note\"\n",
            "a/Dockerfile": Self.dockerfile, "a/vendor/Dockerfile": "FROM x\n", "b/Dockerfile": "FROM python:3.11.9\n",
        ])
        let report = try Self.run(CheckRequest(paths: [folder("a")]))
        #expect(report.findings.map(\.severity) == ["note"])
        #expect(report.suppressed == 1 && report.status == 0)
        #expect(try Self.run(CheckRequest(paths: [folder("b")])).findings.map(\.rule) == ["image-without-digest"])
        #expect(try Self.run(CheckRequest(paths: [folder("b")], require: "exact")).findings.isEmpty)
    }

    @Test("an unknown setting is an error with its place")
    func wrongConfiguration() throws {
        let folder = try Folder(["pinproof.toml": "require = \"exact\"\nreqire = 1\n", "Dockerfile": "FROM x:1\n"])
        let error = try #require(throws: CommandError.self) { try Check.run(CheckRequest(paths: [folder.path])) }
        #expect(error.description.contains("pinproof.toml:2:1"))
    }

    @Test("a digest that the project knows is in the help")
    func knownImages() throws {
        let digest = "sha256:" + String(repeating: "ab", count: 32)
        let folder = try Folder([
            "pinproof.toml": "[images]\n\"python:3.11.9\" = \"\(digest)\"\n", "Dockerfile": "FROM python:3.11.9\n",
        ])
        let output = try Check.run(CheckRequest(paths: [folder.path], require: "hashed"))
        #expect(output.text.contains("python:3.11.9@\(digest)"))
    }

    @Test("a requirements file that is installed from and walked over is reported once")
    func once() throws {
        let folder = try Folder([
            "Dockerfile": "FROM python:3.11.9\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n",
            "requirements.txt": "numpy\nscipy # pinproof: allow floating-requirement -- old\n",
        ])
        let report = try Self.run(CheckRequest(paths: [folder.path]))
        #expect(report.findings.map(\.file) == [folder("requirements.txt")])
        #expect(report.findings.first?.usedBy == [folder("Dockerfile") + ":3"])
        #expect(report.suppressed == 1)
        #expect(report.files.count == 2)
    }

    @Test("the walk knows names, .gitignore and order")
    func walk() throws {
        let folder = try Folder([
            ".gitignore": "ignored/\n*.tmp.Dockerfile\n", "z/Dockerfile.gpu": "FROM a\n", "a.Dockerfile": "FROM b\n",
            "ignored/Dockerfile": "FROM c\n", "x.tmp.Dockerfile": "FROM d\n", "m/Containerfile": "FROM e\n",
            "notes.txt": "numpy\n", "requirements-dev.txt": "six\n", "environment.yaml": "dependencies: [numpy]\n",
            ".git/Dockerfile": "FROM f\n",
        ])
        let report = try Self.run(CheckRequest(paths: [folder.path]))
        let names = report.findings.map { String($0.file.dropFirst(folder.path.count + 1)) }
        #expect(
            names == [
                "a.Dockerfile", "environment.yaml", "m/Containerfile", "requirements-dev.txt", "z/Dockerfile.gpu",
            ])
        // Named paths in any order give the same report.
        let paths = ["z/Dockerfile.gpu", "m/Containerfile", "a.Dockerfile"].map { folder($0) }
        let one = try Check.run(CheckRequest(paths: paths, format: "json"))
        let two = try Check.run(CheckRequest(paths: paths.reversed(), format: "json"))
        #expect(one.text == two.text)
    }
}
