import SourceDocuments

/// JSON with comments and commas at the end, as editors write their settings.
enum JSONWithComments {
    /// The text with blanks in the place of comments and of commas before a closing bracket, so that places stay.
    static func plain(_ text: SourceText) -> SourceText {
        var bytes = text.bytes
        var index = 0
        var comma: Int?
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                comma = nil
                index += 1
                while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                    index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
                }
            case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "/"):
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") {
                    bytes[index] = UInt8(ascii: " ")
                    index += 1
                }
                continue
            case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "*"):
                // The asterisk that opens a comment does not close it.
                bytes.replaceSubrange(index..<index + 2, with: [UInt8(ascii: " "), UInt8(ascii: " ")])
                index += 2
                while index < bytes.count {
                    let isEnd =
                        bytes[index] == UInt8(ascii: "*") && index + 1 < bytes.count
                        && bytes[index + 1] == UInt8(ascii: "/")
                    if bytes[index] != UInt8(ascii: "\n") { bytes[index] = UInt8(ascii: " ") }
                    index += 1
                    if isEnd {
                        bytes[index] = UInt8(ascii: " ")
                        break
                    }
                }
            case UInt8(ascii: ","): comma = index
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if let comma { bytes[comma] = UInt8(ascii: " ") }
                comma = nil
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
            default: comma = nil
            }
            index += 1
        }
        return SourceText(name: text.name, bytes: bytes)
    }
}
