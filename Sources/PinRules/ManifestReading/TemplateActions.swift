import SourceDocuments

extension ManifestSource {
    /// The source with its template's actions taken out, `{{ .Values.x }}`, `{% if x %}`: a line that holds nothing else is
    /// blank, and within a line `${____}` stands for one, of the same length, so that places stay.
    var withoutActions: ManifestSource {
        var bytes = text.bytes
        var index = 0
        while index + 1 < bytes.count {
            let isExpression = bytes[index] == UInt8(ascii: "{") && bytes[index + 1] == UInt8(ascii: "{")
            let isStatement = bytes[index] == UInt8(ascii: "{") && bytes[index + 1] == UInt8(ascii: "%")
            guard isExpression || isStatement else {
                index += 1
                continue
            }
            let close = Array((isExpression ? "}}" : "%}").utf8)
            var end = index + 2
            while end + 1 < bytes.count, bytes[end] != close[0] || bytes[end + 1] != close[1] { end += 1 }
            end = min(end + 2, bytes.count)
            Self.replace(index..<end, in: &bytes)
            index = end
        }
        return ManifestSource(
            text: SourceText(name: text.name, bytes: bytes), neighbours: neighbours, checkout: checkout)
    }

    private static func replace(_ range: Range<Int>, in bytes: inout [UInt8]) {
        let feed = UInt8(ascii: "\n")
        let before = bytes[..<range.lowerBound].reversed().prefix { $0 != feed }
        let after = bytes[range.upperBound...].prefix { $0 != feed }
        func isBlank(_ part: some Sequence<UInt8>) -> Bool {
            part.allSatisfy { $0.isASCIIBlank || $0 == UInt8(ascii: "\r") }
        }
        let isAlone = isBlank(before) && isBlank(after) || bytes[range].contains(feed) || range.count < 4
        for position in range where bytes[position] != feed {
            bytes[position] = isAlone ? UInt8(ascii: " ") : UInt8(ascii: "_")
        }
        guard !isAlone else { return }
        bytes[range.lowerBound] = UInt8(ascii: "$")
        bytes[range.lowerBound + 1] = UInt8(ascii: "{")
        bytes[range.upperBound - 1] = UInt8(ascii: "}")
    }
}
