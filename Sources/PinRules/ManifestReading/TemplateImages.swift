import EnvironmentInventory
import SourceDocuments

/// Images that templates of charts write out themselves: a default, `{{ default "python:latest" .Values.x }}`, the text of a
/// definition, `{{ define "image" }}python:latest{{ end }}`, and the chart's appVersion as a tag
/// (https://helm.sh/docs/chart_template_guide/function_list/, https://helm.sh/docs/chart_template_guide/named_templates/).
enum TemplateImages {
    /// An image and where it stands.
    struct Image {
        let text: String
        let isKnown: Bool
        let range: Range<Int>
    }

    private static let open = Array("{{".utf8)
    private static let close = Array("}}".utf8)
    private static let key = Array("image:".utf8)
    private static let appVersion = ".Chart.AppVersion"
    /// As long as an action or the text of a definition is.
    private static let maximumLength = 1_024

    /// The images in the lines of a manifest that name one, `image: ...`.
    static func inManifest(_ text: SourceText) -> [Image] {
        var images: [Image] = []
        var line = 1
        while let offsets = text.offsets(ofLine: line) {
            line += 1
            let bytes = text.bytes[offsets].prefix(maximumLength)
            guard let found = bytes.firstRange(ofBytes: key),
                bytes[..<found.lowerBound].allSatisfy({ " \t-{,\"'".utf8.contains($0) })
            else { continue }
            var rest = bytes[found.upperBound...]
            while let action = self.action(in: rest) {
                images += literals(in: rest[action], behindDefault: false)
                let before = rest[..<action.lowerBound].dropLast(open.count).drop { " \"'".utf8.contains($0) }
                let name = String(decoding: before, as: UTF8.self)
                if word(rest[action]) == appVersion, name.hasSuffix(":"), !name.contains("{{") {
                    let range = before.startIndex..<min(action.upperBound + close.count, bytes.endIndex)
                    images.append(Image(text: name + "${appVersion}", isKnown: false, range: range))
                }
                rest = rest[min(action.upperBound + close.count, rest.endIndex)...]
            }
        }
        return images
    }

    /// The images in a file of definitions.
    static func inDefinitions(_ text: SourceText) -> [Image] {
        var images: [Image] = []
        var rest = text.bytes[...]
        while let action = self.action(in: rest) {
            images += literals(in: rest[action], behindDefault: true)
            let name = word(rest[action])
            rest = rest[min(action.upperBound + close.count, rest.endIndex)...]
            guard name.hasPrefix("define "), let end = rest.prefix(maximumLength).firstRange(ofBytes: open) else {
                continue
            }
            let body = rest[..<end.lowerBound]
            guard let first = body.firstIndex(where: { !isSpace($0) }),
                let last = body.lastIndex(where: { !isSpace($0) }),
                let next = self.action(in: rest), word(rest[next]) == "end"
            else { continue }
            let written = String(decoding: body[first...last], as: UTF8.self)
            let isNamed = name.lowercased().contains("image") && written.contains("/")
            if isImage(written, isNamed: isNamed) {
                images.append(Image(text: written, isKnown: true, range: first..<(last + 1)))
            }
        }
        return images
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte.isASCIIBlank || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    /// What stands between the braces of the first action.
    private static func action(in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        guard let start = bytes.firstRange(ofBytes: open),
            let end = bytes[start.upperBound...].prefix(maximumLength).firstRange(ofBytes: close)
        else { return nil }
        return start.upperBound..<end.lowerBound
    }

    /// An action without blanks and the dashes that take them away.
    private static func word(_ action: ArraySlice<UInt8>) -> String {
        let text = String(decoding: action, as: UTF8.self).drop { $0 == " " || $0 == "-" }
        return String(text.reversed().drop { $0 == " " || $0 == "-" }.reversed())
    }

    /// The strings of an action that are images.
    ///
    /// - Parameter behindDefault: whether only those count that stand behind the word `default`.
    private static func literals(in action: ArraySlice<UInt8>, behindDefault: Bool) -> [Image] {
        var images: [Image] = []
        var index = action.startIndex
        while index < action.endIndex {
            let quote = action[index]
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "`"),
                let end = action[(index + 1)...].firstIndex(of: quote)
            else {
                index += 1
                continue
            }
            // Within a string of YAML the quotes of the action are escaped.
            let range = (index + 1)..<(action[end - 1] == UInt8(ascii: "\\") && end > index + 1 ? end - 1 : end)
            let text = String(decoding: action[range], as: UTF8.self)
            let before = String(
                decoding: action[..<index].suffix(16).filter { $0 != UInt8(ascii: "\\") }, as: UTF8.self)
            let isDefault = before.hasSuffix("default ") || before.hasSuffix("default(")
            if isDefault || !behindDefault, isImage(text, isNamed: false) {
                images.append(Image(text: text, isKnown: true, range: range))
            }
            index = end + 1
        }
        return images
    }

    /// Whether a text is an image with a tag or a digest; `host:8080` is none.
    private static func isImage(_ text: String, isNamed: Bool) -> Bool {
        guard !text.contains("%"), !text.contains(" "), !text.contains("://"), let reference = ImageReference(text)
        else {
            return false
        }
        if text.contains("@sha256:") || isNamed { return true }
        guard let tag = reference.tag, text.hasSuffix(":" + tag) else { return false }
        return text.contains("/") || !tag.allSatisfy(\.isNumber)
    }
}

extension ManifestReader {
    /// Records images that a template writes out itself.
    mutating func add(_ images: [TemplateImages.Image]) {
        for image in images {
            addImage(image.text, isKnown: image.isKnown, at: text.range(image.range), requestedBy: "image")
        }
    }
}
