/// `<<NAME` in a line: what a heredoc is called and how its content is read.
struct HeredocMarker {
    let name: String
    let fileDescriptor: Int
    let expand: Bool
    let chomp: Bool

    /// The markers of a line, in their order.
    ///
    /// A line that BuildKit cannot split into words (an open quote, a modifier that it does not know) has none.
    static func markers(in line: [UInt8]) throws(InstructionSyntaxError) -> [HeredocMarker] {
        let less = UInt8(ascii: "<")
        guard zip(line, line.dropFirst()).contains(where: { $0 == less && $1 == less }) else { return [] }
        guard let words = try? WordLexer.words(of: line, keepingQuotes: true, keepingEscapes: true) else { return [] }
        var markers: [HeredocMarker] = []
        for word in words {
            if let marker = try HeredocMarker(word: word) { markers.append(marker) }
        }
        return markers
    }

    /// Reads one word: digits, `<<`, perhaps `-`, spaces, the name; nil when it is something else.
    init?(word: [UInt8]) throws(InstructionSyntaxError) {
        let less = UInt8(ascii: "<")
        var index = word.firstIndex { !$0.isASCIIDigit } ?? word.count
        let digits = String(decoding: word[..<index], as: UTF8.self)
        guard index + 1 < word.count, word[index] == less, word[index + 1] == less else { return nil }
        index += 2
        var chomp = false
        if index < word.count, word[index] == UInt8(ascii: "-") {
            chomp = true
            index += 1
        }
        while index < word.count, word[index] == 0x20 || (0x09...0x0D).contains(word[index]), word[index] != 0x0B {
            index += 1
        }
        let rest = Array(word[index...])
        guard !rest.isEmpty, !rest.contains(less) else { return nil }
        let plain: [[UInt8]]
        let raw: [[UInt8]]
        do throws(WordSyntaxError) {
            plain = try WordLexer.words(of: rest, keepingQuotes: false, keepingEscapes: false)
            guard plain.count == 1 else { return nil }
            raw = try WordLexer.words(of: rest, keepingQuotes: true, keepingEscapes: false)
        } catch {
            throw InstructionSyntaxError(reason: error.reason)
        }
        guard raw.count == 1 else {
            throw InstructionSyntaxError(reason: "internal lexing of heredoc produced inconsistent results")
        }
        func quotes(_ bytes: [UInt8]) -> Int {
            bytes.count { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") }
        }
        name = String(decoding: plain[0], as: UTF8.self)
        fileDescriptor = digits.isEmpty ? 0 : Int(digits) ?? Int.max
        expand = quotes(plain[0]) == quotes(raw[0])
        self.chomp = chomp
    }
}
