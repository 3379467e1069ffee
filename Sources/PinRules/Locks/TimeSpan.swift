/// A span of time in the words of uv's `exclude-newer`: `P1W`, `PT24H`, `1 week`, `30 days`
/// (https://docs.astral.sh/uv/reference/settings/#exclude-newer).
enum TimeSpan {
    private static let units: [String: Int] = [
        "w": 604_800, "week": 604_800, "weeks": 604_800, "wk": 604_800, "wks": 604_800,
        "d": 86_400, "day": 86_400, "days": 86_400,
        "h": 3600, "hour": 3600, "hours": 3600, "hr": 3600, "hrs": 3600,
        "m": 60, "minute": 60, "minutes": 60, "min": 60, "mins": 60,
        "s": 1, "second": 1, "seconds": 1, "sec": 1, "secs": 1,
    ]

    /// The length; nil for a text that is none in these words, and for months and years, whose length differs.
    static func seconds(_ text: String) -> Int? {
        var rest = text.lowercased()[...]
        let isISO = rest.hasPrefix("p")
        if isISO { rest = rest.dropFirst() }
        var isTime = false
        var total: Int?
        // No span has more parts than there are units.
        for _ in 0..<16 {
            rest = rest.drop { $0 == " " || $0 == "," }
            if isISO, !isTime, rest.first == "t" {
                isTime = true
                rest = rest.dropFirst()
            }
            if rest.isEmpty { return total }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count).drop { $0 == " " }
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            // The months of ISO 8601 have the letter of its minutes.
            let isKnown = !isISO || unit.first != "m" || isTime
            guard let number = Int(digits), number < 1_000_000, isKnown else { return nil }
            // In ISO 8601 the letter of the time follows a number's unit.
            let name = isISO && unit.count > 1 ? unit.prefix(1) : unit
            guard let length = units[String(name)] else { return nil }
            rest = rest.dropFirst(name.count)
            total = (total ?? 0) + number * length
        }
        return nil
    }
}
