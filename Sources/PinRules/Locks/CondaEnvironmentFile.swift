import SourceDocuments

/// The file of `conda env create -f`: an environment.yml is solved at build time, an `@EXPLICIT` file and a lock are not.
enum CondaEnvironmentFile {
    /// Whether a file is an `@EXPLICIT` list of URLs.
    static func isExplicit(_ text: SourceText) -> Bool {
        text.string(0..<min(text.bytes.count, 1 << 16)).split(separator: "\n").contains { $0.hasPrefix("@EXPLICIT") }
    }

    /// The pin of an environment that is made from a file.
    static func pin(_ text: SourceText, _ file: InstallRequest.InstalledFrom, in name: String) -> Pin? {
        if isExplicit(text) || text.name.containsText("conda-lock") || text.name.hasSuffix(".lock") { return nil }
        return Pin(
            kind: .condaEnvironment, subject: file.word.text ?? file.word.raw, strength: .floating, file: name,
            range: file.word.range, requestedBy: "conda", reason: "it is solved at build time")
    }
}
