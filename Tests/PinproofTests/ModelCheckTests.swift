import FoundationEssentials
import EnvironmentInventory
import Testing

@testable import Pinproof

/// `check` and `inspect --key` on models.
struct ModelCheckTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "ModelArchivesTests/Fixtures").path

    private struct Report {
        let isFailure: Bool
        let findings: [String]
        let files: [String]
    }

    private static func check(
        _ path: String, _ require: Checker.RequiredStrength? = nil, key: String? = nil
    ) async throws -> Report {
        var options = Checker.Options()
        options.require = require
        options.modelKey = key
        let result = try await Checker(options: options).check([path])
        return Report(
            isFailure: result.threshold.isReached(by: result.findings) || !result.failures.isEmpty,
            findings: result.findings.map { "\($0.rule) \($0.severity.rawValue)" }, files: result.files.map(\.kind))
    }

    @Test(
        arguments: [
            ("mlflow-pickle.tar.gz", .exact, false, ["unlocked-environment warning"]),
            (
                "mlflow-pickle.zip", .hashed, true,
                ["unlocked-environment error"] + [String](repeating: "requirement-without-hash error", count: 4)
            ),
            ("lr.joblib", .exact, false, ["missing-interpreter warning", "unlocked-environment warning"]),
            (
                "evil.pkl", .exact, true,
                ["dangerous-global warning", "missing-environment error", "missing-interpreter warning"]
            ),
            (
                "model:signed", .exact, false,
                ["missing-interpreter warning", "unlocked-environment warning", "unverified-signature note"]
            ),
        ] as [(String, Checker.RequiredStrength, Bool, [String])])
    func modelsAreChecked(
        _ name: String, _ require: Checker.RequiredStrength, _ isFailure: Bool, _ findings: [String]
    ) async throws {
        let isForced = name.hasPrefix("model:")
        let path = isForced ? "model:\(Self.fixtures)/\(name.dropFirst(6))" : "\(Self.fixtures)/\(name)"
        let report = try await Self.check(path, require)
        #expect(report.findings.sorted() == findings.sorted())
        #expect(report.isFailure == isFailure)
        #expect(report.files.contains("model"))
    }

    /// The files of a folder are walked over besides: in conda.yaml MLflow names a limit of pip.
    @Test func aModelFolderIsWalkedToo() async throws {
        let report = try await Self.check(Self.fixtures + "/mlflow-skops")
        #expect(report.findings.contains("unlocked-environment warning"))
        #expect(report.findings.contains("floating-requirement note"))
        #expect(Set(report.files) == ["model", "requirements.txt", "environment.yml"])
    }

    @Test(arguments: [("signed.pub", 0, nil), ("other.pub", 1, "invalid-signature error")])
    func aKeyVerifiesTheSignature(_ key: String, _ status: Int32, _ finding: String?) async throws {
        let report = try await Self.check(Self.fixtures + "/signed", key: "\(Self.fixtures)/\(key)")
        #expect(report.isFailure == (status == 1))
        if let finding { #expect(report.findings.contains(finding)) }
        var options = Inspector.Options()
        options.modelKey = "\(Self.fixtures)/\(key)"
        let subject = try await Inspector(options: options).inspect(Self.fixtures + "/signed")
        #expect(subject.isSignatureRefuted == (status == 1))
    }

    @Test func aKeyWithoutASignatureDecidesNothing() async throws {
        let key = Self.fixtures + "/signed.pub"
        #expect(try await Self.check(Self.fixtures + "/mlflow-skops", key: key).isFailure)
        var options = Inspector.Options()
        options.modelKey = key
        for name in ["lr.joblib", "README.md"] {
            await #expect(throws: InspectionError.self) {
                _ = try await Inspector(options: options).inspect("\(Self.fixtures)/\(name)")
            }
        }
    }
}
