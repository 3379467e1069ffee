import DockerfileSyntax
import EnvironmentInventory

/// ADD of a URL gets `--checksum`; behind curl and wget, whose file is known, goes a `sha256sum -c`.
extension RewritingPlan {
    mutating func pinDownload(_ finding: Finding) -> PinFailure? {
        guard let range = finding.range else { return PinFailure("its position in the file is not known") }
        if let copy = added(at: range) { return pinAdd(copy) }
        guard let (run, index, word) = command(with: range) else {
            return PinFailure("it is in no command that can be edited")
        }
        return pinFetch(run, run.commands[index], index, url: word)
    }

    private mutating func pinAdd(_ copy: CopyStep) -> PinFailure? {
        guard copy.sources.count == 1, let url = copy.sources.first?.text else {
            return PinFailure(
                copy.sources.count == 1 ? "its URL depends on a variable" : "--checksum takes one source only",
                remedy: "Write one ADD for each URL")
        }
        guard copy.checksum == nil else {
            return PinFailure("its --checksum cannot be known", remedy: "Write the checksum itself")
        }
        let digest: Digest
        switch facts.download(url) {
        case .success(let found): digest = found
        case .failure(let failure): return failure
        }
        let instructions = model.dockerfile.instructions
        guard instructions.indices.contains(copy.instructionIndex) else { return PinFailure("it cannot be edited") }
        let outer = instructions[copy.instructionIndex]
        let instruction = copy.isTrigger ? outer.trigger ?? outer : outer
        insert(" --checksum=\(digest)", at: instruction.keywordRange.upperBound)
        record.downloads[url] = digest
        noteChange(instruction.startLine, url, "--checksum=\(digest)")
        return nil
    }

    private mutating func pinFetch(_ run: RunStep, _ command: ShellCommand, _ index: Int, url word: Int) -> PinFailure?
    {
        guard let url = command.words[word].text else {
            return PinFailure("its URL depends on a variable", remedy: "Check the file with sha256sum -c")
        }
        guard command.pipelineCount == 1 else {
            return PinFailure(
                "it goes into a pipe, where nothing can check it first",
                remedy: "Download to a file, check that with sha256sum -c, and use the file")
        }
        guard run.interpreter == .shell, !run.isTrigger, command.origin == .script, command.parent == nil,
            command.words.allSatisfy(\.standsInFile), command.words.allSatisfy(\.alternatives.isEmpty)
        else {
            return PinFailure(
                "no check can be written after it here", remedy: "Check the file with sha256sum -c in the same RUN")
        }
        // A check that another command hides proves nothing.
        guard !command.isConditional, let joint = joint(behind: index, in: run) else {
            return PinFailure(
                "a failing check after it would not end the build",
                remedy: "Join the commands with && and check the file with sha256sum -c")
        }
        guard let file = DownloadedFile(command, url: word) else {
            return PinFailure(
                "the file that it writes is not named", remedy: "Name it with -o, and check it with sha256sum -c")
        }
        let digest: Digest
        switch facts.download(url) {
        case .success(let found): digest = found
        case .failure(let failure): return failure
        }
        insert("\(joint)echo \"\(digest.hex)  \(file.path)\" | sha256sum -c -", at: file.end)
        record.downloads[url] = digest
        noteChange(command.line, url, "sha256sum -c of \(digest.hex)")
        return nil
    }
}

/// The one file that a curl or wget command writes, where its words tell.
struct DownloadedFile {
    let path: String
    /// The offset behind the command, redirections included.
    let end: Int

    init?(_ command: ShellCommand, url: Int) {
        guard let name = command.name, name == "curl" || name == "wget" else { return nil }
        var files: [String] = []
        var takesRemoteName = name == "wget"
        var index = 1
        let words = command.words
        while index < words.count {
            defer { index += 1 }
            guard index != url else { continue }
            guard let text = words[index].text else { return nil }
            if text.hasPrefix("--output=") || text.hasPrefix("--output-document=") {
                files.append(String(text.split(separator: "=", maxSplits: 1).last ?? ""))
                continue
            }
            if text.hasPrefix("--output-dir") || text.hasPrefix("--directory-prefix") || text == "-i" { return nil }
            let isOutput =
                text == "--output" || text == "--output-document"
                || !text.hasPrefix("--") && text.hasPrefix("-") && text.hasSuffix(name == "curl" ? "o" : "O")
            if isOutput {
                guard index + 1 < words.count, let file = words[index + 1].text else { return nil }
                files.append(file)
                index += 1
                continue
            }
            if !text.hasPrefix("--"), text.hasPrefix("-") {
                if name == "curl", text.contains("O") { takesRemoteName = true }
                if name == "wget", text.contains("P") || text.contains("O") { return nil }
            }
            if text == "--remote-name" { takesRemoteName = true }
            // A second URL: which file is whose cannot be determined.
            if text.containsText("://") { return nil }
        }
        var end = command.range.upperBound
        for redirection in command.redirections {
            guard redirection.symbol == ">" || redirection.symbol == ">|", redirection.descriptor?.isEmpty ?? true,
                let target = redirection.target, let text = target.text, target.standsInFile
            else { return nil }
            files.append(text)
            end = max(end, target.range.upperBound)
        }
        if files.isEmpty, takesRemoteName, let address = words[url].text {
            let path = address.prefix { $0 != "?" && $0 != "#" }
            guard !address.contains("?"), let last = path.split(separator: "/", omittingEmptySubsequences: false).last
            else { return nil }
            files.append(String(last))
        }
        guard files.count == 1, let file = files.first, !file.isEmpty, file != "-",
            file.utf8.allSatisfy({ Self.isPlain($0) })
        else { return nil }
        path = file
        self.end = max(end, words.last?.range.upperBound ?? end)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"),
            UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "@"):
            true
        default: false
        }
    }
}
