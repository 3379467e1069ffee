import EnvironmentInventory
import SourceDocuments
import Testing

@testable import PinRules

/// A manifest in which `«` and `»` stand around what has to be an error at `exact`, `‹` and `›` around a warning.
struct ManifestMarks {
    /// The reading of a file whose neighbours and checkout are the given files.
    static func reading(
        _ path: String, _ text: String, beside files: [String: String] = [:]
    ) -> ManifestReading? {
        let context = BuildContext { path in
            let path = PosixPath.belowRoot(path)
            return files[path].map { .text(SourceText(name: path, text: $0)) } ?? .missing
        }
        let directory = path.split(separator: "/").dropLast().joined(separator: "/")
        return Manifests.read(
            ManifestSource(
                text: SourceText(name: path, text: text), neighbours: context, checkout: context, directory: directory))
    }

    /// Expects the findings of a file to be where they are marked, in it and in the given files.
    static func check(
        _ path: String, _ marked: String, beside files: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let marks: [(Character, Character, Severity)] = [("«", "»", .error), ("‹", "›", .warning)]
        func plain(_ text: String) -> String { text.filter { !"«»‹›".contains($0) } }
        let found = try #require(
            reading(path, plain(marked), beside: files.mapValues(plain)), sourceLocation: sourceLocation
        ).reading.judged(require: .exact).findings
        for (name, text) in files.merging([path: marked], uniquingKeysWith: { $1 }) {
            let source = SourceText(name: name, text: plain(text))
            for (open, close, severity) in marks {
                let other = text.filter { !"«»‹›".contains($0) || $0 == open || $0 == close }
                let wanted = other.split(omittingEmptySubsequences: false) { $0 == open || $0 == close }
                    .enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
                let places = found.filter { $0.severity == severity && $0.file == name }.map { finding -> String in
                    guard let range = finding.range else { return "" }
                    let start = (source.offsets(ofLine: range.start.line)?.lowerBound ?? 0) + range.start.column - 1
                    let end = (source.offsets(ofLine: range.end.line)?.lowerBound ?? 0) + range.end.column - 1
                    return source.string(start..<max(start, end))
                }
                #expect(
                    places.sorted() == wanted.sorted(), "\(name): \(found.map(\.message))",
                    sourceLocation: sourceLocation)
            }
        }
    }
}
