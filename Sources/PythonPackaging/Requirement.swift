/// A dependency specifier, `name[extra]>=1,<2 ; marker` or `name @ url ; marker`
/// (https://packaging.python.org/en/latest/specifications/dependency-specifiers/).
package struct Requirement: Sendable, Hashable {
    /// The name as written.
    package let name: String
    /// The extras as written.
    package let extras: [String]
    /// The versions; empty for a URL.
    package let specifiers: VersionSpecifierSet
    /// The URL after `@`, or nil.
    package let url: String?
    /// The marker, or nil.
    package let marker: Marker?

    /// The name in its normal form.
    package var normalizedName: String { NormalizedName.of(name) }

    /// Reads a requirement.
    ///
    /// - Throws: ``RequirementError`` with the byte offset of the error.
    package init(_ text: String) throws(RequirementError) {
        var reader = RequirementReader(text)
        self = try reader.requirement()
        try reader.expectEnd()
    }

    init(name: String, extras: [String], specifiers: VersionSpecifierSet, url: String?, marker: Marker?) {
        self.name = name
        self.extras = extras
        self.specifiers = specifiers
        self.url = url
        self.marker = marker
    }
}

/// A requirement or marker that is not of the grammar.
package struct RequirementError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    package let reason: String
    /// The byte offset in the text.
    package let offset: Int

    /// The reason with the offset.
    package var description: String { "\(reason) (at byte \(offset))" }
}

struct RequirementReader {
    private let bytes: [UInt8]
    private var index = 0
    private static let maximumMarkerDepth = 64

    init(_ text: String) { bytes = Array(text.utf8) }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func fail(_ reason: String) -> RequirementError { RequirementError(reason: reason, offset: index) }

    private mutating func skipBlanks() {
        while let byte = peek, byte.isASCIIBlank { index += 1 }
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    mutating func expectEnd() throws(RequirementError) {
        skipBlanks()
        guard index == bytes.count else { throw fail("unexpected '\(text(index..<min(bytes.count, index + 20)))'") }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private mutating func name(_ what: String) throws(RequirementError) -> String {
        let start = index
        while let byte = peek, Self.isWord(byte) { index += 1 }
        // A name ends with a letter, a digit or, as tools read it, an underscore; what follows is not of the name.
        while index > start, bytes[index - 1] == UInt8(ascii: "-") || bytes[index - 1] == UInt8(ascii: ".") {
            index -= 1
        }
        guard index > start, ![UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")].contains(bytes[start]) else {
            index = start
            throw fail("expected \(what)")
        }
        return text(start..<index)
    }

    mutating func requirement() throws(RequirementError) -> Requirement {
        skipBlanks()
        let name = try name("a package name")
        skipBlanks()
        let extras = try extras()
        skipBlanks()
        if peek == UInt8(ascii: "@") {
            index += 1
            skipBlanks()
            let start = index
            while let byte = peek, byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") { index += 1 }
            guard index > start else { throw fail("expected a URL after '@'") }
            let url = text(start..<index)
            skipBlanks()
            return Requirement(
                name: name, extras: extras, specifiers: VersionSpecifierSet([]), url: url,
                marker: try optionalMarker())
        }
        return Requirement(
            name: name, extras: extras, specifiers: try versions(), url: nil, marker: try optionalMarker())
    }

    private mutating func extras() throws(RequirementError) -> [String] {
        guard peek == UInt8(ascii: "[") else { return [] }
        index += 1
        var extras: [String] = []
        while true {
            skipBlanks()
            if peek == UInt8(ascii: "]"), extras.isEmpty { break }
            extras.append(try name("an extra"))
            skipBlanks()
            if peek == UInt8(ascii: ",") {
                index += 1
                continue
            }
            guard peek == UInt8(ascii: "]") else { throw fail("expected ']' after the extras") }
            break
        }
        index += 1
        return extras
    }

    /// Comparisons joined by commas, one of which may follow the last, perhaps in parentheses.
    private mutating func versions() throws(RequirementError) -> VersionSpecifierSet {
        let isBracketed = peek == UInt8(ascii: "(")
        if isBracketed { index += 1 }
        var found: [VersionSpecifier] = []
        while true {
            skipBlanks()
            let start = index
            guard let written = comparisonText() else { break }
            guard let set = VersionSpecifierSet(written) else {
                index = start
                throw fail("'\(written)' is not a version specifier")
            }
            found += set.specifiers
            skipBlanks()
            guard peek == UInt8(ascii: ",") else { break }
            index += 1
        }
        if isBracketed {
            guard peek == UInt8(ascii: ")") else { throw fail("expected ')'") }
            index += 1
            skipBlanks()
        }
        return VersionSpecifierSet(found)
    }

    /// Reads an operator with the version after it; nil when no operator begins here.
    private mutating func comparisonText() -> String? {
        let start = index
        while let byte = peek,
            [UInt8(ascii: "<"), UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "!"), UInt8(ascii: "~")].contains(
                byte)
        { index += 1 }
        guard index > start else { return nil }
        // The specification's expression for `===` takes commas, too.
        let isArbitrary = text(start..<index).hasPrefix("===")
        while let byte = peek, byte <= UInt8(ascii: " ") { index += 1 }
        while let byte = peek, byte > UInt8(ascii: " "), byte != UInt8(ascii: ";"), byte != UInt8(ascii: ")"),
            isArbitrary || byte != UInt8(ascii: ",")
        { index += 1 }
        return text(start..<index)
    }

    private mutating func optionalMarker() throws(RequirementError) -> Marker? {
        skipBlanks()
        guard peek == UInt8(ascii: ";") else { return nil }
        index += 1
        skipBlanks()
        let start = index
        let expression = try marker()
        var end = index
        while end > start, bytes[end - 1].isASCIIBlank { end -= 1 }
        return Marker(expression: expression, text: text(start..<end))
    }

    mutating func marker(depth: Int = 0) throws(RequirementError) -> Marker.Expression {
        guard depth <= Self.maximumMarkerDepth else { throw fail("the marker is nested too deep") }
        var alternatives = [try conjunction(depth)]
        while acceptWord("or") { alternatives.append(try conjunction(depth)) }
        return alternatives.count == 1 ? alternatives[0] : .or(alternatives)
    }

    private mutating func conjunction(_ depth: Int) throws(RequirementError) -> Marker.Expression {
        var parts = [try atom(depth)]
        while acceptWord("and") { parts.append(try atom(depth)) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func acceptWord(_ word: String) -> Bool {
        skipBlanks()
        let utf8 = Array(word.utf8)
        let end = index + utf8.count
        guard end <= bytes.count, bytes[index..<end].elementsEqual(utf8) else { return false }
        if end < bytes.count, Self.isWord(bytes[end]) { return false }
        index = end
        return true
    }

    private mutating func atom(_ depth: Int) throws(RequirementError) -> Marker.Expression {
        skipBlanks()
        if peek == UInt8(ascii: "(") {
            index += 1
            let inner = try marker(depth: depth + 1)
            skipBlanks()
            guard peek == UInt8(ascii: ")") else { throw fail("expected ')'") }
            index += 1
            return inner
        }
        let left = try operand()
        let comparison = try comparison()
        let right = try operand()
        if case .literal = left, case .literal = right { throw fail("a marker compares a variable") }
        return .comparison(left, comparison, right)
    }

    private static let variables: [String: String] = [
        "python_version": "python_version", "python_full_version": "python_full_version", "os_name": "os_name",
        "sys_platform": "sys_platform", "platform_release": "platform_release", "platform_system": "platform_system",
        "platform_version": "platform_version", "platform_machine": "platform_machine",
        "platform_python_implementation": "platform_python_implementation",
        "implementation_name": "implementation_name",
        "implementation_version": "implementation_version", "extra": "extra", "extras": "extras",
        "dependency_groups": "dependency_groups", "os.name": "os_name", "sys.platform": "sys_platform",
        "platform.version": "platform_version", "platform.machine": "platform_machine",
        "platform.python_implementation": "platform_python_implementation",
        "python_implementation": "platform_python_implementation",
    ]

    private mutating func operand() throws(RequirementError) -> Marker.Operand {
        skipBlanks()
        guard let quote = peek else { throw fail("the marker ends too early") }
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            guard let close = bytes[(index + 1)...].firstIndex(of: quote) else { throw fail("a quote is not closed") }
            let literal = text(index + 1..<close)
            index = close + 1
            return .literal(literal)
        }
        let start = index
        while let byte = peek, Self.isWord(byte) { index += 1 }
        guard let name = Self.variables[text(start..<index)] else {
            index = start
            throw fail("expected a marker variable or a quoted text")
        }
        return .variable(name)
    }

    private mutating func comparison() throws(RequirementError) -> String {
        skipBlanks()
        for comparison in ["===", "==", "~=", "!=", "<=", ">=", "<", ">"] {
            let utf8 = Array(comparison.utf8)
            if bytes[index...].starts(with: utf8) {
                index += utf8.count
                return comparison
            }
        }
        if acceptWord("in") { return "in" }
        if acceptWord("not") {
            guard acceptWord("in") else { throw fail("expected 'in' after 'not'") }
            return "not in"
        }
        throw fail("expected a comparison")
    }
}
