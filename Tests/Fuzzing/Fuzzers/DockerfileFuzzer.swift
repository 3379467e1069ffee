import DockerfileSyntax
import EnvironmentInventory
import FuzzingSupport
import PinRules
import SourceDocuments

/// One input of libFuzzer (https://llvm.org/docs/LibFuzzer.html): a Dockerfile, and behind a byte 0xFF, which no UTF-8
/// holds, what every file of its build context says. A Swift trap ends the process, which is what libFuzzer looks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDockerfile(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let parts = Array(UnsafeBufferPointer(start: data, count: count))
        .split(separator: 0xFF, maxSplits: 1, omittingEmptySubsequences: false)
    let text = SourceText(name: "Dockerfile", bytes: Array(parts.first ?? []))
    let content = Array(parts.dropFirst().first ?? [])
    let context = BuildContext { path in
        content.isEmpty ? .missing : .text(SourceText(name: path, bytes: content))
    }

    // The tree: every byte that it names is in the file.
    let dockerfile = Dockerfile.parse(text)
    for instruction in dockerfile.instructions {
        require(isInside(instruction.byteRange, text), "an instruction ends behind its file")
        for word in instruction.words { require(isInside(word.range, text), "a word ends behind its file") }
        _ = instruction.flags.map { ($0.name, $0.value) }
    }
    // The model and the shell: every place of a command is in the file.
    let model = DockerfileModel(dockerfile)
    for run in model.runs {
        for command in run.commands {
            require(isInside(command.range, text), "a command ends behind its file")
            for word in command.words {
                require(isInside(word.range, text), "a shell word ends behind its file")
                require(!word.standsInFile || isWritten(word, text), "a shell word stands elsewhere")
            }
        }
        _ = model.contextSources(for: "/app/requirements.txt", at: run.instructionIndex)
    }
    // All rules, and the files that the Dockerfile leads to.
    let result = DockerfileCheck.check(dockerfile, options: DockerfileOptions(), context: context, require: .hashed)
    require(result.findings.allSatisfy { !$0.message.isEmpty }, "a finding without a message")
    return 0
}

private func isInside(_ range: Range<Int>, _ text: SourceText) -> Bool {
    range.lowerBound >= 0 && range.upperBound <= text.bytes.count
}

/// Whether the file holds a word where it says, unless a line is continued inside of it.
private func isWritten(_ word: ShellWord, _ text: SourceText) -> Bool {
    let written = text.bytes[word.range]
    // Bytes that are not UTF-8 have another length as text.
    return written.contains(0x0A) || written.contains { $0 >= 0x80 } || written.elementsEqual(word.raw.utf8)
}
