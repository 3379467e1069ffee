import DockerfileSyntax
import SourceDocuments

/// `${{ expression }}`, which GitHub puts into a script before a shell reads it.
enum Expressions {
    /// What the names of the variables begin with that stand for expressions.
    static let prefix = "${expression_"

    /// A path without the workspace, the root of the checkout, in front of it.
    static func withoutWorkspace(_ path: String) -> String {
        var rest = path[...]
        guard rest.hasPrefix("${{") else { return path }
        guard let end = path.range(ofText: "}}") else { return path }
        guard path[..<end.lowerBound].dropFirst(3).filter({ $0 != " " }) == "github.workspace" else { return path }
        rest = path[end.upperBound...].drop { $0 == "/" }
        return rest.isEmpty ? "." : String(rest)
    }

    /// The variable that an expression stands for: `env.NAME`, `github.workspace`; nil for any other.
    private static func variable(_ expression: ArraySlice<UInt8>) -> String? {
        guard expression.starts(with: "${{".utf8) else { return nil }
        let text = String(decoding: expression.dropFirst(3).dropLast(2).filter { !$0.isASCIIBlank }, as: UTF8.self)
        if text == "github.workspace" { return "GITHUB_WORKSPACE" }
        if text == "github.action_path" { return "GITHUB_ACTION_PATH" }
        guard text.hasPrefix("env.") else { return nil }
        let name = text.dropFirst("env.".count)
        let isName = name.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") }
        return isName && name.first.map { !$0.isNumber } ?? false ? String(name) : nil
    }

    /// The name of the variable that stands for an expression.
    static func variable(for expression: String) -> String {
        prefix.dropFirst(2) + expression.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    /// A text with the expressions of a file in the place of the variables that stand for them.
    static func written(_ text: String, in file: SourceText) -> String {
        var result = text
        var rest = file.bytes[...]
        let (open, close) = (Array("${{".utf8), Array("}}".utf8))
        while result.containsText(prefix), let start = rest.firstRange(ofBytes: open) {
            guard let end = rest[start.upperBound...].firstRange(ofBytes: close) else { break }
            let expression = rest[start.lowerBound..<end.upperBound]
            let name = String(decoding: expression.filter(\.isASCIIAlphanumeric), as: UTF8.self)
            result = result.replacing(prefix + name + "}", with: String(decoding: expression, as: UTF8.self))
            rest = rest[end.upperBound...]
        }
        return result.replacing(prefix, with: "${")
    }

    /// The script with a variable without value in the place of each expression.
    static func rewritten(_ script: MappedText) -> MappedText {
        rewritten(script, from: "${{", to: "}}", isQuoting: true)
    }

    /// The script with a variable without value in the place of each expression between two marks; one that is not closed
    /// is no expression.
    ///
    /// - Parameters:
    ///   - isQuoting: whether a closing mark between apostrophes closes nothing.
    ///   - escape: the byte that takes its meaning from an opening mark, and is left out.
    ///   - isExpression: whether what stands between them is one.
    static func rewritten(
        _ script: MappedText, from open: String, to close: String, isQuoting: Bool = false, escape: UInt8? = nil,
        where isExpression: (ArraySlice<UInt8>) -> Bool = { _ in true }
    ) -> MappedText {
        let (open, close) = (Array(open.utf8), Array(close.utf8))
        let bytes = script.bytes
        guard bytes[...].containsBytes(open) else { return script }
        var marks = ClosingMarks(bytes: bytes, mark: close, isQuoting: isQuoting)
        var result = MappedText()
        var index = 0
        var start = 0
        while index + open.count <= bytes.count {
            guard bytes[index..<(index + open.count)].elementsEqual(open) else {
                index += 1
                continue
            }
            if let escape, index > start, bytes[index - 1] == escape {
                result.append(script.slice(start..<(index - 1)))
                start = index
                index += open.count
                continue
            }
            guard let mark = marks.first(from: index + open.count),
                isExpression(bytes[(index + open.count)..<mark])
            else {
                index += 1
                continue
            }
            let end = mark + close.count
            result.append(script.slice(start..<index))
            let name = bytes[index..<end].filter(\.isASCIIAlphanumeric)
            let variable =
                variable(bytes[index..<end]).map { Array("${\($0)}".utf8) }
                ?? Array(prefix.utf8) + name + Array("}".utf8)
            result.append(variable[...], standingFor: script.fileRange(index..<end))
            index = end
            start = end
        }
        result.append(script.slice(start..<bytes.count))
        return result
    }
}

/// The closing marks of a script, which is searched once, however many marks are open.
private struct ClosingMarks {
    let bytes: [UInt8]
    let mark: [UInt8]
    var isQuoting: Bool
    /// The first mark from where the last search began; the end of the script when there is none.
    private var found = 0

    init(bytes: [UInt8], mark: [UInt8], isQuoting: Bool) {
        self.bytes = bytes
        self.mark = mark
        self.isQuoting = isQuoting
    }

    /// The first mark at or behind an index; nil when there is none.
    mutating func first(from index: Int) -> Int? {
        if isQuoting {
            if let quoted = quoted(from: index) { return quoted }
            // The apostrophes are not those of expressions: they count no more.
            isQuoting = false
        }
        found = max(found, index)
        while found + mark.count <= bytes.count {
            if bytes[found] == mark[0], bytes[found..<(found + mark.count)].elementsEqual(mark) { return found }
            found += 1
        }
        return nil
    }

    private func quoted(from index: Int) -> Int? {
        var index = index
        var isInside = false
        while index + mark.count <= bytes.count {
            if bytes[index] == UInt8(ascii: "'") {
                isInside.toggle()
            } else if !isInside, bytes[index..<(index + mark.count)].elementsEqual(mark) {
                return index
            }
            index += 1
        }
        return nil
    }
}
