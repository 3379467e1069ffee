import ArchiveReading
import SourceDocuments

/// Reads baselines and tells them from other files.
package enum BaselineReader {
    /// The most bytes of a baseline.
    package static let maximumBytes = 64 << 20
    /// The most columns of a baseline.
    static let maximumColumns = 100_000

    /// Reads a file and tells what it is.
    ///
    /// - Throws: ``BaselineError`` for a file that begins as a baseline and is damaged or contradicts itself.
    package static func read(path: String) throws(BaselineError) -> BaselineDocument {
        let file: RegularFile
        let head: [UInt8]
        do throws(ArchiveReadingError) {
            file = try RegularFile(path: path)
            head = try file.bytes(at: 0, count: min(file.size, headSize))
        } catch { throw BaselineError(file: path, reason: reason(error)) }
        if let tool = OtherBaselines.tool(name: path, head: head) { return .unread(tool: tool) }
        guard isCandidate(head) else { return .other }
        let bytes: [UInt8]
        do throws(ArchiveReadingError) { bytes = try file.contents(limit: maximumBytes) } catch {
            throw BaselineError(file: path, reason: reason(error))
        }
        return try read(SourceText(name: path, bytes: bytes))
    }

    /// Reads a text and tells what it is.
    package static func read(_ text: SourceText) throws(BaselineError) -> BaselineDocument {
        let head = Array(text.bytes.prefix(headSize))
        if let tool = OtherBaselines.tool(name: text.name, head: head) { return .unread(tool: tool) }
        guard isCandidate(head) else { return .other }
        let document: DocumentNode
        do throws(DocumentError) { document = try JSONReader.read(text) } catch {
            guard beginsAsBaseline(head) else { return .other }
            throw BaselineError(file: error.file, place: error.place, reason: error.reason)
        }
        guard let table = document.table else { return .other }
        if table["datasets"]?.array != nil {
            return .baseline(try StatisticsListReader.read(document, file: text.name))
        }
        if table["features"]?.array != nil, let kind = sageMakerKind(table) {
            return .baseline(try SageMakerReader.read(document, as: kind, file: text.name))
        }
        if let tool = OtherBaselines.tool(document: table) { return .unread(tool: tool) }
        return .other
    }

    /// Whether the first bytes are those of a baseline in a format that is read, damaged or not.
    package static func beginsAsBaseline(_ head: [UInt8]) -> Bool {
        var rest = head[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        for word in ["{", "\"datasets\"", ":", "["] {
            rest = rest.drop { $0.isASCIIBlank || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            guard rest.starts(with: word.utf8) else { return false }
            rest = rest.dropFirst(word.utf8.count)
        }
        return true
    }

    /// How much of a file is looked at before it is parsed.
    private static let headSize = 64 << 10

    /// Whether a JSON object begins here that may be a baseline, so that it is worth parsing.
    private static func isCandidate(_ head: [UInt8]) -> Bool {
        var start = head[...]
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { start = start.dropFirst(3) }
        let first = start.first { !$0.isASCIIBlank && $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard first == UInt8(ascii: "{") else { return false }
        let text = String(decoding: head, as: UTF8.self)
        return text.containsText("\"datasets\"")
            || (text.containsText("\"features\"") && text.containsText("\"inferred_type\""))
            || OtherBaselines.words.contains { text.containsText($0) }
    }

    private static func sageMakerKind(_ table: DocumentTable) -> Baseline.Format? {
        guard let first = table["features"]?.array?.first?.table, first["inferred_type"] != nil else { return nil }
        return table["dataset"]?.table != nil ? .sageMakerStatistics : .sageMakerConstraints
    }

    private static func reason(_ error: ArchiveReadingError) -> String {
        let text = error.description
        return text.hasPrefix(error.archive + ": ") ? String(text.dropFirst(error.archive.count + 2)) : text
    }
}

/// Files of other tools that hold statistics of columns, which are recognised but not read.
enum OtherBaselines {
    /// Keys that such files in JSON have.
    static let words = [
        "\"metric_id\"", "\"metrics\"", "\"metrics_ids\"", "\"expectation_suite_name\"", "\"constraintResults\"",
    ]

    /// The tool whose file begins so; nil for another file.
    ///
    /// whylogs writes `WHY1` first (https://github.com/whylabs/whylogs/blob/mainline/python/whylogs/core/view/dataset_profile_view.py).
    static func tool(name: String, head: [UInt8]) -> String? {
        if head.starts(with: Array("WHY1".utf8)) { return "whylogs" }
        // NannyML keeps its fitted calculators and its results as pickles, and names its own modules in them.
        if head.first == 0x80 || head.starts(with: Array("PAR1".utf8)) {
            return String(decoding: head, as: UTF8.self).containsText("nannyml") ? "NannyML" : nil
        }
        let fileName = name.split(separator: "/").last.map(String.init) ?? name
        if fileName == "nann.yml" || fileName == "nannyml.yaml" || fileName == "nannyml.yml" { return "NannyML" }
        let text = String(decoding: head, as: UTF8.self)
        if text.containsText("reference_data:"), text.containsText("analysis_data:") { return "NannyML" }
        return nil
    }

    /// The tool whose JSON document has such keys; nil for another document.
    static func tool(document table: DocumentTable) -> String? {
        if table["expectation_suite_name"] != nil || table["expectations"]?.array != nil { return "Great Expectations" }
        if table["suite"]?.table != nil, table["metrics_ids"] != nil || table["metadata"] != nil { return "Evidently" }
        // A report or a test suite: a list of metrics, or of tests, that are named.
        for key in ["metrics", "tests", "metric_results"] {
            let elements: [DocumentNode] =
                table[key]?.array ?? table[key]?.table?.members.map(\.value) ?? []
            for element in elements.prefix(4) {
                guard let element = element.table else { continue }
                let names = ["metric", "metric_id", "metric_config", "type", "name"].compactMap { element.string($0) }
                if element["metric_id"] != nil || element["metric_config"] != nil { return "Evidently" }
                if names.contains(where: {
                    $0.hasPrefix("evidently") || $0.hasSuffix("Metric") || $0.hasSuffix("Preset")
                }) {
                    return "Evidently"
                }
            }
        }
        return nil
    }
}
