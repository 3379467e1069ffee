import SourceDocuments

/// Gives each finding a fingerprint that survives a moved line: rule, file, subject and the text of the line, without any
/// line number; equal ones are told apart by counting.
package struct FingerprintCounter {
    private var seen: [String: Int] = [:]

    /// Creates a counter that has seen nothing.
    package init() {}

    /// The fingerprint of the next finding, 16 hexadecimal digits; findings have to come in their order.
    package mutating func next(for finding: Finding, in text: SourceText?) -> String {
        var line = ""
        if let text, let range = finding.range, let offsets = text.offsets(ofLine: range.start.line) {
            line = String(text.string(offsets).split { $0.isWhitespace }.joined(separator: " "))
        }
        let key = [finding.rule, finding.file, finding.subject ?? "", line].joined(separator: "\u{0}")
        let count = seen[key, default: 0]
        seen[key] = count + 1
        return Self.fnv1a(key + "\u{0}\(count)")
    }

    /// FNV-1a, 64 bits (https://www.ietf.org/archive/id/draft-eastlake-fnv-17.html): a name, no protection.
    private static func fnv1a(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Hexadecimal.encode(
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: hash >> UInt64($0)) })
    }
}
