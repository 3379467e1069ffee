import EnvironmentInventory
import SourceDocuments

/// Copies of files from another machine: `rsync`, `scp` and `sftp` with `HOST:PATH` (https://download.samba.org/pub/rsync/rsync.1,
/// https://man.openbsd.org/scp.1).
///
/// What is copied to another machine, and between folders of this one, is not fetched.
enum RemoteCopyInstaller: InstallerCommandReader {
    static let programs: Set<String> = ["rsync", "scp", "sftp"]

    private static let grammars = [
        "rsync": OptionGrammar(valueOptions: [
            "-e", "--rsh", "--exclude", "--include", "--exclude-from", "--include-from", "--files-from", "-f",
            "--filter",
            "--port", "--password-file", "--bwlimit", "--timeout", "--contimeout", "-B", "--block-size", "-T",
            "--temp-dir", "--partial-dir", "--log-file", "--chown", "--chmod", "--rsync-path", "--max-size",
            "--min-size", "--backup-dir", "--suffix", "--compare-dest", "--copy-dest", "--link-dest", "-M",
            "--remote-option", "--out-format", "--info", "--debug", "--usermap", "--groupmap", "--modify-window",
            "--max-delete", "--skip-compress", "--compress-level", "--address", "--sockopts", "--iconv",
        ]),
        "scp": OptionGrammar(valueOptions: ["-P", "-i", "-o", "-F", "-c", "-l", "-S", "-J", "-D", "-X"]),
        "sftp": OptionGrammar(valueOptions: [
            "-P", "-i", "-o", "-F", "-c", "-l", "-S", "-J", "-D", "-X", "-b", "-B", "-R", "-s",
        ]),
    ]

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program, let grammar = grammars[program] else { return nil }
        let operands = grammar.arguments(command.words.dropFirst()).operands
        // The last operand is where files go; `sftp` may have the source alone.
        let sources = operands.count > 1 ? operands.dropLast() : program == "sftp" ? operands[...] : []
        let pins = sources.filter { isRemote($0) }.map { word in
            word.pin(
                .download, word.text == nil ? .unknown : .floating, requestedBy: program, in: command,
                reason: word.text == nil ? nil : "nothing in this instruction checks its bytes")
        }
        let outputs =
            sources.compactMap { $0.text.map { PosixPath.lastComponent($0) } }
            + (operands.last?.text.map { [$0] } ?? [])
        return pins.isEmpty ? nil : InstallRequest(pins: pins, outputs: outputs)
    }

    /// Whether a word names a file of another machine: `HOST:PATH`, `HOST::MODULE`, `rsync://HOST/PATH`.
    private static func isRemote(_ word: CommandWord) -> Bool {
        let text = word.text ?? withoutVariables(word.raw)
        if ["rsync://", "scp://", "sftp://", "ssh://"].contains(where: { text.hasPrefix($0) }) { return true }
        guard let colon = text.firstIndex(of: ":") else { return false }
        // A colon behind a slash is one of a name.
        return colon > text.startIndex && !text[..<colon].contains("/")
            && !["localhost", "127.0.0.1"].contains(String(text[..<colon].split(separator: "@").last ?? ""))
    }

    /// A word with a letter in the place of each `${NAME:-x}`, whose colons are not the word's.
    private static func withoutVariables(_ raw: String) -> String {
        var result = ""
        var depth = 0
        for character in raw where character != "\"" {
            if character == "{" { depth += 1 }
            if depth == 0 { result.append(character) }
            if character == "}" { depth = max(0, depth - 1) }
        }
        return result
    }
}
