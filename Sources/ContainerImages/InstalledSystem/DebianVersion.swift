/// A version of Debian's packages, ordered as dpkg orders it
/// (https://www.debian.org/doc/debian-policy/ch-controlfields.html#version).
struct DebianVersion: Comparable, Sendable {
    /// The version as it is written.
    let text: String
    private let epoch: Int
    private let upstream: [UInt8]
    private let revision: [UInt8]

    init(_ text: String) {
        self.text = text
        var rest = Array(text.utf8)[...]
        var epoch = 0
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")),
            let number = Int(String(decoding: rest[..<colon], as: UTF8.self))
        {
            epoch = number
            rest = rest[(colon + 1)...]
        }
        self.epoch = epoch
        if let dash = rest.lastIndex(of: UInt8(ascii: "-")) {
            upstream = Array(rest[..<dash])
            revision = Array(rest[(dash + 1)...])
        } else {
            upstream = Array(rest)
            revision = []
        }
    }

    static func == (left: DebianVersion, right: DebianVersion) -> Bool { left.order(right) == 0 }
    static func < (left: DebianVersion, right: DebianVersion) -> Bool { left.order(right) < 0 }

    private func order(_ other: DebianVersion) -> Int {
        if epoch != other.epoch { return epoch < other.epoch ? -1 : 1 }
        let first = Self.order(upstream, other.upstream)
        return first == 0 ? Self.order(revision, other.revision) : first
    }

    /// Parts without digits and numbers in turn: `~` before the end, letters before all else.
    private static func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var (a, b) = (left[...], right[...])
        while !a.isEmpty || !b.isEmpty {
            while a.first.map({ !isDigit($0) }) ?? false || b.first.map({ !isDigit($0) }) ?? false {
                let (x, y) = (weight(a.first), weight(b.first))
                if x != y { return x < y ? -1 : 1 }
                a = a.dropFirst()
                b = b.dropFirst()
            }
            let x = a.prefix(while: isDigit)
            let y = b.prefix(while: isDigit)
            a = a.dropFirst(x.count)
            b = b.dropFirst(y.count)
            let (m, n) = (x.drop { $0 == UInt8(ascii: "0") }, y.drop { $0 == UInt8(ascii: "0") })
            if m.count != n.count { return m.count < n.count ? -1 : 1 }
            if !m.elementsEqual(n) { return m.lexicographicallyPrecedes(n) ? -1 : 1 }
        }
        return 0
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte.isASCIIDigit }

    private static func weight(_ byte: UInt8?) -> Int {
        guard let byte, !isDigit(byte) else { return 0 }
        switch byte {
        case UInt8(ascii: "~"): return -1
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): return Int(byte)
        default: return Int(byte) + 256
        }
    }
}
