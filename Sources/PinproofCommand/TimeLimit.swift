import ArgumentParser

/// A length of time: `30`, `30s`, `1.5s`, `500ms`, `2m`, `1h` or `1m30s`; a number without a unit counts seconds.
struct TimeLimit: ExpressibleByArgument, Hashable {
    let value: Duration

    /// A day: who waits longer asks again.
    private static let longest = Duration.seconds(86400)
    private static let nanoseconds: [String: Int] = [
        "": 1_000_000_000, "s": 1_000_000_000, "ms": 1_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000,
    ]

    /// Reads a length of time from one millisecond to a day; nil for every other text.
    init?(argument: String) {
        var rest = Array(argument.utf8)[...]
        var total = Duration.zero
        var isFirst = true
        repeat {
            guard let number = Self.number(&rest) else { return nil }
            let unit = rest.prefix { $0.isASCIILetter }
            rest = rest.dropFirst(unit.count)
            guard let scale = Self.nanoseconds[String(decoding: unit, as: UTF8.self)] else { return nil }
            // Whole numbers of up to six digits and fractions of up to six: no product leaves the range of Int.
            total += .nanoseconds(number.whole * scale) + .nanoseconds(number.millionths * (scale / 1_000_000))
            // A number without a unit stands alone.
            guard !unit.isEmpty || (rest.isEmpty && isFirst) else { return nil }
            isFirst = false
        } while !rest.isEmpty
        guard total >= .milliseconds(1), total <= Self.longest else { return nil }
        value = total
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> (whole: Int, millionths: Int)? {
        let digits = rest.prefix { $0.isASCIIDigit }
        rest = rest.dropFirst(digits.count)
        guard digits.count <= 6, let whole = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        guard rest.first == UInt8(ascii: ".") else { return (whole, 0) }
        let fraction = rest.dropFirst().prefix { $0.isASCIIDigit }
        rest = rest.dropFirst(1 + fraction.count)
        let text = String(decoding: fraction, as: UTF8.self)
        guard fraction.count <= 6,
            let millionths = Int(text + String(repeating: "0", count: 6 - fraction.count)), !text.isEmpty
        else { return nil }
        return (whole, millionths)
    }
}
