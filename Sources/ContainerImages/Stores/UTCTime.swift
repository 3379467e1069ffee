import SourceDocuments

/// Times as Go writes them into JSON (https://www.rfc-editor.org/rfc/rfc3339).
enum UTCTime {
    /// The whole seconds since 1970 of `2026-11-29T19:39:58.5+01:00`; nil for anything else.
    static func seconds(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ $0.isASCIIDigit }) else { return nil }
            return bytes[range].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var zone = 19
        if bytes[zone] == UInt8(ascii: ".") {
            zone += 1
            while zone < bytes.count, bytes[zone].isASCIIDigit { zone += 1 }
        }
        var shift = 0
        if bytes.count == zone + 6, bytes[zone] == UInt8(ascii: "+") || bytes[zone] == UInt8(ascii: "-"),
            bytes[zone + 3] == UInt8(ascii: ":"), let hours = number((zone + 1)..<(zone + 3)),
            let minutes = number((zone + 4)..<(zone + 6))
        {
            shift = (hours * 60 + minutes) * (bytes[zone] == UInt8(ascii: "-") ? 60 : -60)
        } else if !bytes[zone...].elementsEqual("Z".utf8) {
            return nil
        }
        // Days of the proleptic Gregorian calendar, counted in years that begin in March.
        let shifted = year - (month <= 2 ? 1 : 0)
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return days * 86_400 + hour * 3_600 + minute * 60 + second + shift
    }
}
