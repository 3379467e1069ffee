import DockerfileSyntax
import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

@testable import PinRules

/// A text in which `«` and `»` stand around what a rule has to mark.
struct MarkedText {
    /// The text without the marks.
    let plain: String
    /// The places between the marks, in the order of the text.
    let ranges: [SourceRange]

    init(_ text: String) {
        var plain = String.UnicodeScalarView()
        var offsets: [Range<Int>] = []
        var start = 0
        var length = 0
        for scalar in text.unicodeScalars {
            switch scalar {
            case "«": start = length
            case "»": offsets.append(start..<length)
            default:
                plain.append(scalar)
                length += UTF8.width(scalar)
            }
        }
        self.plain = String(plain)
        let source = SourceText(name: "", text: self.plain)
        ranges = offsets.map { source.range($0) }
    }
}

/// Runs the check that a file's name asks for, with other files beside it.
func check(
    _ file: String = "Dockerfile", _ text: String, beside files: [String: String] = [:],
    require: PinStrength = .exact, options: DockerfileOptions = DockerfileOptions()
) -> FileFindings {
    let source = SourceText(name: file, text: text)
    if file.hasSuffix("Dockerfile") {
        let context = BuildContext { path in
            files[path].map { .text(SourceText(name: path, text: $0)) } ?? .missing
        }
        return DockerfileCheck.check(
            Dockerfile.parse(source), options: options, context: context, require: require)
    }
    if Manifests.mayBe(path: file), file.hasSuffix("/") == false {
        let context = BuildContext { path in
            files[path].map { .text(SourceText(name: path, text: $0)) } ?? .missing
        }
        let manifest = ManifestSource(text: source, neighbours: context, checkout: context)
        if let reading = Manifests.read(manifest)?.reading {
            var result = reading.judged(require: require)
            for file in FollowedFile.grouped(reading.followed) { result.merge(file.check(require: require)) }
            return result
        }
    }
    let context = LockReadingContext { path in
        files[path].map { .success(SourceText(name: path, text: $0)) } ?? .failure(.init(reason: "it is not there"))
    }
    return LockCheck.check(source, context: context, require: require)
}

/// What a rule finds in a text whose marks say where it has to.
func expectMarks(
    _ rule: String, _ file: String, _ marked: String, beside files: [String: String] = [:],
    require: PinStrength = .exact, options: DockerfileOptions = DockerfileOptions(),
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) {
    let text = MarkedText(marked)
    let findings = check(file, text.plain, beside: files, require: require, options: options).findings
        .filter { $0.rule == rule }.sorted(by: Finding.inOrder)
    #expect(
        findings.compactMap(\.range) == text.ranges, "\(marked)\n\(findings.map { ($0.range, $0.message) })",
        sourceLocation: sourceLocation)
    #expect(findings.allSatisfy { $0.file == file }, sourceLocation: sourceLocation)
}
