import ArchiveReading
import EnvironmentInventory
import ModelArchives
import PinRules
import SourceDocuments

/// `check` on a model: what its archive leaves unpinned, unsaid or contradicting.
struct ModelCheck: Sendable {
    let require: PinStrength
    /// The public key, PEM, of the model's signature; nil leaves it unverified.
    let key: String?
    /// How much of a model is read.
    let limits: ReadingLimits

    /// What a model directory has at its top; a folder without any of them is walked only.
    private static let markers = [
        "MLmodel", "bento.yaml", "model-settings.json", "saved_model.pb", "MAR-INF/MANIFEST.json", "model.yaml",
    ]

    /// Whether a folder that is named is a model itself.
    static func isModelFolder(_ path: String) -> Bool { markers.contains { exists(join(path, $0)) } }

    /// Whether a file that is named, and whose name says nothing, is a model by what it holds.
    static func isModelFile(_ path: String) -> Bool {
        guard !CheckedFileKind.isRecognized(fileName: fileName(path)), exists(path), !isFolder(path) else {
            return false
        }
        guard let kind = try? SubjectReader(target: nil).kind(of: path), kind == .model else { return false }
        return true
    }

    /// Reads a model and judges it; nil when it is none.
    ///
    /// - Throws: ``InputError`` when it cannot be read whole, or when there is no signature for the key.
    func check(_ path: String) throws(InputError) -> FileFindings? {
        let publicKey = try ModelKey.read(key)
        let model: Model
        do throws(ModelReadingError) { model = try ModelReader.read(path: path, limits: limits, key: publicKey) } catch
        {
            if error.reason == .notAModel { return nil }
            throw InputError(error.description)
        }
        if publicKey != nil { try ModelKey.requireSignature(of: model) }
        var findings = model.findings.map { judged($0) }
        // The files of a folder are walked over anyway.
        if !isFolder(path) {
            for lock in model.locks {
                findings += LockCheck.check(lock.document, require: require).map { located($0, in: path) }
            }
        }
        var result = FileFindings()
        result.findings = findings
        result.files = [(CheckResult.File(path: path, kind: "model"), SourceText(name: path, bytes: []))]
        return result
    }

    /// A model that says nothing is as unpinned as can be; one without hashes is not `hashed`.
    private func judged(_ finding: Finding) -> Finding {
        var finding = finding
        let isError =
            finding.rule == ModelRules.missingEnvironment.name
            || require == .hashed && finding.rule == ModelRules.unlockedEnvironment.name
        if isError { finding.severity = .error }
        return finding
    }

    private func located(_ finding: Finding, in path: String) -> Finding {
        Finding(
            rule: finding.rule, severity: finding.severity, file: "\(path)!\(finding.file)", range: finding.range,
            message: finding.message, help: finding.help, ecosystem: finding.ecosystem, subject: finding.subject,
            strength: finding.strength)
    }
}
