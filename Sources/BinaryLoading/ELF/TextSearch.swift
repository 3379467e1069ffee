/// Looks for several texts in one pass that looks at few of the bytes
/// (S. Wu, U. Manber, "A fast algorithm for multi-pattern searching", 1994).
struct TextSearch: Sendable {
    private let texts: [[UInt8]]
    /// How many bytes of each text decide: those of the shortest one.
    private let length: Int
    /// How far the search may go on after two bytes, by their hash: 0 where a text's first ``length`` bytes may end in them.
    private let steps: [UInt8]

    private static let hashCount = 4096

    /// Prepares the search of texts of at least two bytes, of whose shortest one at most 255 bytes decide.
    init(_ texts: [String]) {
        self.texts = texts.map { Array($0.utf8) }
        length = min(255, self.texts.map(\.count).min() ?? 0)
        var steps = [UInt8](repeating: UInt8(max(1, length - 1)), count: Self.hashCount)
        for text in self.texts where length > 1 {
            for index in 1..<length {
                let hash = Self.hash(text[index - 1], text[index])
                steps[hash] = min(steps[hash], UInt8(length - 1 - index))
            }
        }
        self.steps = steps
    }

    @inline(__always)
    private static func hash(_ first: UInt8, _ second: UInt8) -> Int { (Int(first) << 4 ^ Int(second)) & 0xFFF }

    /// Returns which text comes first from a position on, and where it ends; nil where none of them follows.
    func first(in bytes: UnsafeRawBufferPointer, from position: Int) -> (number: Int, end: Int)? {
        guard length > 1, position >= 0 else { return nil }
        return steps.withUnsafeBufferPointer { steps in
            var last = position + length - 1
            while last < bytes.count {
                let step = Int(steps[Self.hash(bytes[last - 1], bytes[last])])
                if step > 0 {
                    last += step
                    continue
                }
                let start = last + 1 - length
                for (number, text) in texts.enumerated()
                where text.count <= bytes.count - start && bytes[start..<(start + text.count)].elementsEqual(text) {
                    return (number, start + text.count)
                }
                last += 1
            }
            return nil
        }
    }
}
