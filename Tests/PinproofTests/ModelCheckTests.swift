import FoundationEssentials
import SourceDocuments
import Testing

@testable import Pinproof

/// `check` and `inspect --key` on models.
struct ModelCheckTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "ModelArchivesTests/Fixtures").path

    private struct Report {
        let status: Int32
        let findings: [String]
        let files: [String]
    }

    private static func run(_ request: CheckRequest) throws -> Report {
        var request = request
        request.format = "json"
        let output = try Check.run(request)
        let root = try #require(try JSONReader.read(SourceText(name: "report", text: output.text)).table)
        func texts(_ list: String, _ keys: [String]) -> [String] {
            (root[list]?.array ?? []).map { node in
                keys.map { node.table?[$0]?.text ?? "-" }.joined(separator: " ")
            }
        }
        return Report(
            status: output.status, findings: texts("findings", ["rule", "severity"]), files: texts("files", ["kind"]))
    }

    @Test(arguments: [
        ("mlflow-pickle.tar.gz", "exact", 0, ["unlocked-environment warning"]),
        (
            "mlflow-pickle.zip", "hashed", 1,
            ["unlocked-environment error"] + [String](repeating: "requirement-without-hash error", count: 4)
        ),
        ("lr.joblib", "exact", 0, ["missing-interpreter warning", "unlocked-environment warning"]),
        (
            "evil.pkl", "exact", 1,
            ["dangerous-global warning", "missing-environment error", "missing-interpreter warning"]
        ),
        (
            "model:signed", "exact", 0,
            ["missing-interpreter warning", "unlocked-environment warning", "unverified-signature note"]
        ),
    ])
    func modelsAreChecked(_ name: String, _ require: String, _ status: Int32, _ findings: [String]) throws {
        let isForced = name.hasPrefix("model:")
        let path = isForced ? "model:\(Self.fixtures)/\(name.dropFirst(6))" : "\(Self.fixtures)/\(name)"
        let report = try Self.run(CheckRequest(paths: [path], require: require))
        #expect(report.findings.sorted() == findings.sorted())
        #expect(report.status == status)
        #expect(report.files.contains("model"))
    }

    /// The files of a folder are walked over besides: conda.yaml names ranges.
    @Test func aModelFolderIsWalkedToo() throws {
        let report = try Self.run(CheckRequest(paths: [Self.fixtures + "/mlflow-skops"]))
        #expect(report.findings.contains("unlocked-environment warning"))
        #expect(report.findings.contains("floating-requirement error"))
        #expect(Set(report.files) == ["model", "requirements.txt", "environment.yml"])
    }

    @Test(arguments: [("signed.pub", 0, nil), ("other.pub", 1, "invalid-signature error")])
    func aKeyVerifiesTheSignature(_ key: String, _ status: Int32, _ finding: String?) async throws {
        var request = CheckRequest(paths: [Self.fixtures + "/signed"])
        request.modelKey = "\(Self.fixtures)/\(key)"
        let report = try Self.run(request)
        #expect(report.status == status)
        if let finding { #expect(report.findings.contains(finding)) }
        var options = Inspector.Options()
        options.modelKey = request.modelKey
        let subject = try await Inspector(options: options).inspect(Self.fixtures + "/signed")
        #expect(subject.isSignatureRefuted == (status == 1))
    }

    @Test func aKeyWithoutASignatureDecidesNothing() async throws {
        var request = CheckRequest(paths: [Self.fixtures + "/mlflow-skops"])
        request.modelKey = Self.fixtures + "/signed.pub"
        #expect(try Self.run(request).status == ExitStatus.undecided)
        var options = Inspector.Options()
        options.modelKey = request.modelKey
        for name in ["lr.joblib", "README.md"] {
            await #expect(throws: InspectionError.self) {
                _ = try await Inspector(options: options).inspect("\(Self.fixtures)/\(name)")
            }
        }
    }
}
