/// How one version leads to another, as a mark of a report; a verdict never rests on it.
///
/// The ecosystems order versions by rules of their own. Only what all of them share is told: the numbers before the first
/// letter, and after an epoch.
enum VersionStep: Equatable {
    case up(isMajor: Bool)
    case down(isMajor: Bool)

    /// Compares two versions; nil where their numbers are the same, or where one has none.
    init?(from old: String, to new: String) {
        let (old, new) = (Self.numbers(old), Self.numbers(new))
        guard !old.isEmpty, !new.isEmpty else { return nil }
        for index in 0..<max(old.count, new.count) {
            let left = index < old.count ? old[index] : 0
            let right = index < new.count ? new[index] : 0
            if left == right { continue }
            self = left < right ? .up(isMajor: index < 2) : .down(isMajor: index < 2)
            return
        }
        return nil
    }

    /// The words for a version of training and one of serving.
    var words: String {
        switch self {
        case .up(let isMajor): isMajor ? "major upgrade" : "upgrade"
        case .down(let isMajor): isMajor ? "major downgrade" : "downgrade"
        }
    }

    /// The word for a version of serving beside the one of training.
    var comparison: String {
        switch self {
        case .up: "newer"
        case .down: "older"
        }
    }

    /// The arrow of a table.
    var arrow: String {
        switch self {
        case .up: "↑"
        case .down: "↓"
        }
    }

    /// Whether the first number differs.
    var isMajor: Bool {
        switch self {
        case .up(let isMajor), .down(let isMajor): isMajor
        }
    }

    /// The epoch, 0 without one, and the numbers with dots between them.
    private static func numbers(_ version: String) -> [Int] {
        var rest = version[...]
        var epoch = 0
        if let mark = rest.firstIndex(where: { $0 == "!" || $0 == ":" }), let number = Int(rest[..<mark]) {
            epoch = number
            rest = rest[rest.index(after: mark)...]
        }
        if rest.first == "v" { rest = rest.dropFirst() }
        var numbers: [Int] = []
        for part in rest.split(separator: ".", omittingEmptySubsequences: false).prefix(16) {
            let digits = part.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits) else { break }
            numbers.append(number)
            if digits.count < part.count { break }
        }
        return numbers.isEmpty ? [] : [epoch] + numbers
    }
}
