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
            text: SourceText(name: text.name, bytes: bytes), neighbours: neighbours, checkout: checkout,
            directory: directory)
    }

    private static func replace(_ range: Range<Int>, in bytes: inout [UInt8]) {
        let feed = UInt8(ascii: "\n")
        // No further than the first byte that is not blank: one line may hold all actions of a file.
        func isLineFeed(_ byte: UInt8?) -> Bool { byte.map { $0 == feed } ?? true }
        func isInLine(_ byte: UInt8) -> Bool { !byte.isASCIIBlank && byte != UInt8(ascii: "\r") }
        let isAlone =
            isLineFeed(bytes[..<range.lowerBound].last(where: isInLine))
            && isLineFeed(bytes[range.upperBound...].first(where: isInLine))
            || bytes[range].contains(feed) || range.count < 4
        for position in range where bytes[position] != feed {
            bytes[position] = isAlone ? UInt8(ascii: " ") : UInt8(ascii: "_")
        }
        guard !isAlone else { return }
        bytes[range.lowerBound] = UInt8(ascii: "$")
        bytes[range.lowerBound + 1] = UInt8(ascii: "{")
        bytes[range.upperBound - 1] = UInt8(ascii: "}")
    }
}
