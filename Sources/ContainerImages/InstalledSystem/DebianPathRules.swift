/// What moves or leaves out files of dpkg's packages: `path-exclude` and `path-include`, and diversions.
///
/// https://man7.org/linux/man-pages/man1/dpkg.1.html, https://man7.org/linux/man-pages/man1/dpkg-divert.1.html
struct DebianPathRules: Sendable {
    private struct Filter: Sendable {
        let isExclude: Bool
        let pattern: [UInt8]
    }
    private let filters: [Filter]
    /// The new place and the package that keeps the old one, by path.
    private let diversions: [String: (place: String, package: String)]

    init(_ system: InstalledSystem) {
        var files = ["etc/dpkg/dpkg.cfg"]
        files += (system.files.names(in: "etc/dpkg/dpkg.cfg.d") ?? []).map { "etc/dpkg/dpkg.cfg.d/\($0)" }
        filters = files.flatMap { system.files.contents(of: $0).map(Self.filters) ?? [] }
        diversions = system.files.contents(of: "var/lib/dpkg/diversions").map(Self.diversions) ?? [:]
    }

    /// Whether dpkg was told not to install a path (without a leading slash); of several patterns the last one counts.
    func excludes(_ path: String) -> Bool {
        guard !filters.isEmpty else { return false }
        let full = [UInt8(ascii: "/")] + Array(path.utf8)
        var isExcluded = false
        for filter in filters where filter.isExclude != isExcluded && Self.matches(full, filter.pattern) {
            isExcluded = filter.isExclude
        }
        return isExcluded
    }

    /// Where a package's file lies.
    func place(of path: String, package: String) -> String {
        guard let diversion = diversions[path], diversion.package != package else { return path }
        return diversion.place
    }

    private static func filters(_ bytes: [UInt8]) -> [Filter] {
        bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }).compactMap { line in
            let text = String(decoding: line, as: UTF8.self).drop { $0 == " " || $0 == "\t" }
            for (name, isExclude) in [("path-exclude", true), ("path-include", false)] where text.hasPrefix(name) {
                let rest = text.dropFirst(name.count).drop { $0 == " " || $0 == "\t" || $0 == "=" }
                var pattern = rest
                while let last = pattern.last, last == " " || last == "\t" { pattern = pattern.dropLast() }
                if pattern.count >= 2, let quote = pattern.first, quote == "\"" || quote == "'", pattern.last == quote {
                    pattern = pattern.dropFirst().dropLast()
                }
                return pattern.isEmpty ? nil : Filter(isExclude: isExclude, pattern: Array(pattern.utf8))
            }
            return nil
        }
    }

    /// Three lines each: the path, where it goes, the package that keeps the path or `:` for the administrator.
    private static func diversions(_ bytes: [UInt8]) -> [String: (place: String, package: String)] {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        var diversions: [String: (place: String, package: String)] = [:]
        for start in stride(from: 0, to: lines.count - lines.count % 3, by: 3) {
            let path = String(lines[start].drop { $0 == "/" })
            diversions[path] = (String(lines[start + 1].drop { $0 == "/" }), lines[start + 2])
        }
        return diversions
    }

    /// fnmatch(3) without flags: `*` and `?` match a slash too. Linear in the text for each `*`, without backtracking beyond
    /// the last one.
    static func matches(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
        var position = 0
        var index = 0
        var star: (index: Int, position: Int)?
        while position < text.count {
            if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
                star = (index, position)
                index += 1
            } else if index < pattern.count, let next = step(text[position], pattern, index) {
                index = next
                position += 1
            } else if let last = star {
                star = (last.index, last.position + 1)
                index = last.index + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        while index < pattern.count, pattern[index] == UInt8(ascii: "*") { index += 1 }
        return index == pattern.count
    }

    /// The index behind the part of the pattern that matches a byte, or nil.
    private static func step(_ byte: UInt8, _ pattern: [UInt8], _ index: Int) -> Int? {
        switch pattern[index] {
        case UInt8(ascii: "?"): return index + 1
        case UInt8(ascii: "["):
            guard let close = pattern[(index + 1)...].dropFirst().firstIndex(of: UInt8(ascii: "]")) else {
                return byte == UInt8(ascii: "[") ? index + 1 : nil
            }
            var members = pattern[(index + 1)..<close]
            let isNegated = members.first == UInt8(ascii: "!") || members.first == UInt8(ascii: "^")
            if isNegated { members = members.dropFirst() }
            return contains(members, byte) != isNegated ? close + 1 : nil
        case UInt8(ascii: "\\") where index + 1 < pattern.count: return pattern[index + 1] == byte ? index + 2 : nil
        default: return pattern[index] == byte ? index + 1 : nil
        }
    }

    private static func contains(_ members: ArraySlice<UInt8>, _ byte: UInt8) -> Bool {
        var rest = members
        while let first = rest.popFirst() {
            if rest.first == UInt8(ascii: "-"), let last = rest.dropFirst().first {
                if first <= byte, byte <= last { return true }
                rest = rest.dropFirst(2)
            } else if first == byte {
                return true
            }
        }
        return false
    }
}
