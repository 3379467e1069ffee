import DockerfileSyntax
import SourceDocuments

/// The Mustache template that a frozen Dockerfile is rendered from (https://mustache.github.io/mustache.5.html).
///
/// Read: `{{name}}`, `{{{name}}}` and `{{&name}}` (a Dockerfile is not HTML, so none of them escapes), sections
/// `{{#name}}...{{/name}}`, inverted sections `{{^name}}`, comments `{{! }}`; a section tag that stands alone takes its
/// line with it. Left out: partials, other delimiters, lambdas. Mustache renders a name that it does not know as nothing;
/// in a Dockerfile that would be a silent hole, so here it is an error with its place.
package struct DockerfileTemplate: Sendable {
    /// The template that the program carries: `Dockerfile.template` of the repository.
    package static var standard: SourceText {
        SourceText(name: "Dockerfile.template", bytes: PackageResources.Dockerfile_template)
    }

    indirect enum Part: Sendable {
        case text(String)
        case value(TemplateName)
        case section(TemplateName, isInverted: Bool, [Part])
    }

    let parts: [Part]

    /// The file that it was read from.
    package let name: String

    /// Compiles a template.
    ///
    /// - Throws: `DocumentError` with the place of a tag that is malformed, not closed, or names something unknown.
    package init(_ text: SourceText) throws(DocumentError) {
        name = text.name
        var compiler = TemplateCompiler(text: text)
        parts = try compiler.parts(of: nil, depth: 0)
    }

    /// Renders a plan; the result ends with a line feed.
    package func render(_ plan: DockerfilePlan) -> String {
        let text = render(plan.templateValues)
        return text.hasSuffix("\n") ? text : text + "\n"
    }

    /// Renders with values by name.
    func render(_ values: TemplateValues) -> String { Self.render(parts, values) }

    private static func render(_ parts: [Part], _ values: TemplateValues) -> String {
        var output = ""
        for part in parts {
            switch part {
            case .text(let text): output += text
            case .value(let name): output += values[name] ?? ""
            case .section(let name, let isInverted, let parts):
                if values.isRendered(name) != isInverted { output += render(parts, values) }
            }
        }
        return output
    }
}

private struct TemplateCompiler {
    let text: SourceText
    private var index = 0
    private static let maximumSectionDepth = 16

    init(text: SourceText) { self.text = text }

    private func fail(_ offset: Int, _ reason: String) -> DocumentError {
        DocumentError(file: text.name, place: text.place(at: offset), reason: reason)
    }

    /// The parts up to the end of a section, or of the template for nil.
    mutating func parts(of section: String?, depth: Int) throws(DocumentError) -> [DockerfileTemplate.Part] {
        guard depth <= Self.maximumSectionDepth else { throw fail(index, "sections are nested too deep") }
        var parts: [DockerfileTemplate.Part] = []
        let start = index
        while let open = find([UInt8(ascii: "{"), UInt8(ascii: "{")], from: index) {
            let tag = try tag(at: open)
            let isBlock = "#^/!".contains(tag.sign)
            // A block tag that stands alone takes its line with it.
            let line = isBlock ? lineAround(open..<tag.end) : nil
            append(index..<(line?.lowerBound ?? open), to: &parts)
            index = line?.upperBound ?? tag.end
            switch tag.sign {
            case "!": continue
            case "/":
                guard tag.name == section else { throw fail(open, "{{/\(tag.name)}} closes no section of that name") }
                return parts
            case "#", "^":
                let name = try name(tag.name, at: open)
                let inner = try self.parts(of: tag.name, depth: depth + 1)
                parts.append(.section(name, isInverted: tag.sign == "^", inner))
            default:
                parts.append(.value(try name(tag.name, at: open)))
            }
        }
        if let section { throw fail(start, "the section \(section) is not closed") }
        append(index..<text.bytes.count, to: &parts)
        index = text.bytes.count
        return parts
    }

    private func append(_ range: Range<Int>, to parts: inout [DockerfileTemplate.Part]) {
        if !range.isEmpty { parts.append(.text(text.string(range))) }
    }

    private func name(_ text: String, at offset: Int) throws(DocumentError) -> TemplateName {
        guard let name = TemplateName(rawValue: text) else {
            let names = TemplateName.allCases.map(\.rawValue).sorted().joined(separator: ", ")
            throw fail(offset, "the template names '\(text)', which is none of \(names)")
        }
        return name
    }

    private struct Tag {
        let sign: Character
        let name: String
        let end: Int
    }

    private func tag(at open: Int) throws(DocumentError) -> Tag {
        let isTriple = open + 2 < text.bytes.count && text.bytes[open + 2] == UInt8(ascii: "{")
        let close: [UInt8] =
            isTriple
            ? [UInt8(ascii: "}"), UInt8(ascii: "}"), UInt8(ascii: "}")] : [UInt8(ascii: "}"), UInt8(ascii: "}")]
        let inside = open + close.count
        guard let end = find(close, from: inside) else { throw fail(open, "the tag is not closed") }
        var name = text.string(inside..<end)[...]
        var sign: Character = "{"
        if !isTriple, let first = name.first, "#^/!&=>".contains(first) {
            sign = first
            name = name.dropFirst()
        }
        if sign == "=" || sign == ">" {
            throw fail(open, "neither partials nor other delimiters can be used in this template")
        }
        while name.first == " " { name = name.dropFirst() }
        while name.last == " " { name = name.dropLast() }
        return Tag(sign: sign, name: String(name), end: end + close.count)
    }

    /// The whole line of a tag when nothing but blanks stands beside it.
    private func lineAround(_ tag: Range<Int>) -> Range<Int>? {
        var start = tag.lowerBound
        while start > index, text.bytes[start - 1].isASCIIBlank { start -= 1 }
        guard start == 0 || text.bytes[start - 1] == UInt8(ascii: "\n") else { return nil }
        var end = tag.upperBound
        while end < text.bytes.count,
            [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains(text.bytes[end])
        { end += 1 }
        if end == text.bytes.count { return start..<end }
        return text.bytes[end] == UInt8(ascii: "\n") ? start..<(end + 1) : nil
    }

    private func find(_ needle: [UInt8], from start: Int) -> Int? {
        let bytes = text.bytes
        guard bytes.count >= needle.count, start <= bytes.count - needle.count else { return nil }
        return (start...bytes.count - needle.count).first { bytes[$0..<$0 + needle.count].elementsEqual(needle) }
    }
}
