import Mustache

/// The Mustache template that a frozen Dockerfile is rendered from (https://mustache.github.io/mustache.5.html).
///
/// Mustache renders a name that it does not know as nothing; in a Dockerfile that would be a silent hole, so here it is an
/// error with its line.
public struct DockerfileTemplate: Sendable {
    /// The template that the program carries: `Dockerfile.template` of the repository.
    public static var standard: SourceText {
        SourceText(name: "Dockerfile.template", bytes: PackageResources.Dockerfile_template)
    }

    private let template: MustacheTemplate

    /// Compiles a template.
    ///
    /// - Throws: `DocumentError` with the line of a tag that is malformed or names something unknown.
    public init(_ text: SourceText) throws(DocumentError) {
        let source = text.string(0..<text.bytes.count)
        do {
            template = try MustacheTemplate(string: source)
        } catch let error as MustacheTemplate.ParserError {
            let place = SourcePlace(line: error.context.lineNumber, column: error.context.columnNumber)
            throw DocumentError(file: text.name, place: place, reason: "\(error.error)")
        } catch {
            throw DocumentError(file: text.name, place: nil, reason: "\(error)")
        }
        try Self.checkNames(text)
    }

    /// Renders a plan; the result ends with a line feed.
    public func render(_ plan: FreezePlan) -> String {
        let text = template.render(plan.templateValues)
        return text.hasSuffix("\n") ? text : text + "\n"
    }

    private static func checkNames(_ text: SourceText) throws(DocumentError) {
        let bytes = text.bytes
        var index = 0
        while let open = find([0x7B, 0x7B], in: bytes, from: index) {
            guard let close = find([0x7D, 0x7D], in: bytes, from: open + 2) else { return }
            var name = text.string(open + 2..<close)
            index = close + 2
            if name.hasPrefix("!") { continue }
            if name.hasPrefix("=") || name.hasPrefix(">") {
                throw DocumentError(
                    file: text.name, place: text.place(at: open),
                    reason: "neither partials nor other delimiters can be used in this template")
            }
            name = String(name.drop { "{&#^/".contains($0) || $0 == " " })
            while name.last == " " { name.removeLast() }
            if !FreezePlan.templateNames.contains(name) {
                let known = FreezePlan.templateNames.sorted().joined(separator: ", ")
                throw DocumentError(
                    file: text.name, place: text.place(at: open),
                    reason: "the template names '\(name)', which is none of \(known)")
            }
        }
    }

    private static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= needle.count, start <= bytes.count - needle.count else { return nil }
        return (start...bytes.count - needle.count).first { bytes[$0..<$0 + needle.count].elementsEqual(needle) }
    }
}
