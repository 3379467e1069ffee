import EnvironmentInventory
import SourceDocuments

/// The list of `conda install --file`: one match specification a line
/// (https://docs.conda.io/projects/conda/en/stable/commands/install.html), `#` starts a comment.
enum CondaPackageList {
    static func check(_ text: SourceText, require: PinStrength, uses: [FileUse]) -> FileFindings {
        var reading = FileReading()
        reading.files = [(CheckResult.File(path: text.name, kind: "conda list"), text)]
        reading.pragmas[text.name] = Pragmas(text)
        for line in 1...max(1, text.lineCount) {
            guard let offsets = text.offsets(ofLine: line) else { break }
            let bytes = text.bytes[offsets].prefix { $0 != UInt8(ascii: "#") }
            let start = bytes.firstIndex { !$0.isASCIIBlank && $0 != UInt8(ascii: "\r") } ?? bytes.endIndex
            let end = bytes.lastIndex { !$0.isASCIIBlank && $0 != UInt8(ascii: "\r") }.map { $0 + 1 } ?? start
            guard start < end, bytes[start] != UInt8(ascii: "@") else { continue }
            let specification = text.string(start..<end)
            var (strength, reason) = CondaInstaller.strength(of: specification)
            if strength == .floating,
                let accepted = CondaEnvironmentPin.reasonToAccept(specification, isMLflow: false)
            {
                (strength, reason) = (.exact, accepted)
            }
            reading.pins.append(
                Pin(
                    kind: .requirement, ecosystem: .conda, subject: specification, strength: strength, file: text.name,
                    range: text.range(start..<end), requestedBy: "the requirement", reason: reason
                ).used(by: uses.map(\.location)))
        }
        return reading.judged(require: require)
    }
}
