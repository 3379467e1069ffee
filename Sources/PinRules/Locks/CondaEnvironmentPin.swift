import LockFormats
import SourceDocuments

/// The file of `conda env create -f`: an environment.yml is solved at build time, an `@EXPLICIT` file and a lock are not.
enum CondaEnvironmentPin {
    /// Whether a file is an `@EXPLICIT` list of URLs.
    static func isExplicit(_ text: SourceText) -> Bool {
        text.string(0..<min(text.bytes.count, 1 << 16)).split(whereSeparator: \.isNewline).contains {
            $0.hasPrefix("@EXPLICIT")
        }
    }

    /// Whether a file is one that MLflow writes with a model: its name says so, or an MLmodel lies beside it.
    static func isMLflow(_ text: SourceText, _ context: LockReadingContext) -> Bool {
        if text.bytes[...].containsBytes(Array("name: mlflow-env".utf8)) { return true }
        guard text.name.hasSuffix("conda.yaml"), case .success = context.load("MLmodel") else { return false }
        return true
    }

    /// Why a specification that floats for conda is accepted with a note; nil when it is not.
    ///
    /// `=1.2.3` matches every version with that prefix; with three numbers that is one release, and what
    /// `conda env export --no-builds` writes.
    static func reasonToAccept(_ specification: String, isMLflow: Bool) -> String? {
        if isMLflow, specification == "pip" { return "MLflow writes it without a version" }
        if isMLflow, specification.hasPrefix("pip<=") { return "MLflow writes the version that it had as a limit" }
        let parts = specification.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(where: { "<>!~ ".contains($0) }) else {
            return nil
        }
        let numbers = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count >= 3, numbers.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isASCIIDigit) }) else {
            return nil
        }
        return "= matches every version with that prefix"
    }

    /// The pin of an environment that is made from a file.
    static func pin(_ text: SourceText, _ file: InstallRequest.InstalledFrom, in name: String) -> Pin? {
        if isExplicit(text) || text.name.containsText("conda-lock") || text.name.hasSuffix(".lock") { return nil }
        return Pin(
            kind: .condaEnvironment, subject: file.word.text ?? file.word.raw, strength: .floating, file: name,
            range: file.word.range, requestedBy: "conda", reason: "it is solved at build time")
    }
}
