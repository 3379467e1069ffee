/// An element of an XML document, read as strictly as XML 1.0 asks (https://www.w3.org/TR/xml/), without DTDs and namespaces.
package struct XMLElement: Sendable {
    package var name: String
    package var attributes: [String: String] = [:]
    package var children: [XMLElement] = []
    /// The characters between the tags, references resolved.
    package var text = ""

    /// Why a document is not well-formed.
    package struct NotWellFormed: Error, Sendable {
        package let reason: String
        package let offset: Int
    }

    /// Reads a document.
    package static func parse(_ document: String) throws -> XMLElement {
        var reader = Reader(scalars: Array(document.unicodeScalars))
        return try reader.document()
    }

    /// All elements of a name, this one included, in the order of the document.
    package func all(_ name: String) -> [XMLElement] {
        (self.name == name ? [self] : []) + children.flatMap { $0.all(name) }
    }

    private struct Reader {
        let scalars: [Unicode.Scalar]
        var index = 0

        func error(_ reason: String) -> NotWellFormed { NotWellFormed(reason: reason, offset: index) }
        var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

        mutating func accept(_ text: String) -> Bool {
            let wanted = Array(text.unicodeScalars)
            guard scalars[index...].starts(with: wanted) else { return false }
            index += wanted.count
            return true
        }

        mutating func skipSpaces() { while let scalar = peek, " \t\r\n".unicodeScalars.contains(scalar) { index += 1 } }

        mutating func document() throws -> XMLElement {
            // 2.8: the declaration, then one element.
            if accept("<?xml ") {
                while !accept("?>") {
                    guard let scalar = peek, scalar != "<" else { throw error("the declaration is not closed") }
                    index += 1
                }
            }
            skipSpaces()
            guard accept("<") else { throw error("an element was expected") }
            let root = try element()
            skipSpaces()
            guard index == scalars.count else { throw error("text after the element") }
            return root
        }

        mutating func name() throws -> String {
            let start = index
            while let scalar = peek, scalar.properties.isAlphabetic || "0123456789-_.:".unicodeScalars.contains(scalar)
            {
                index += 1
            }
            guard index > start, !"-.0123456789".unicodeScalars.contains(scalars[start]) else {
                throw error("a name was expected")
            }
            return String(String.UnicodeScalarView(scalars[start..<index]))
        }

        mutating func element() throws -> XMLElement {
            var result = XMLElement(name: try name())
            while true {
                let before = index
                skipSpaces()
                if accept("/>") { return result }
                if accept(">") { break }
                guard index > before else { throw error("a space was expected before an attribute") }
                let attribute = try name()
                guard accept("=\"") else { throw error("=\" was expected") }
                guard result.attributes[attribute] == nil else { throw error("two attributes \(attribute)") }
                // 3.3.3: a literal line feed or tab would become a space.
                result.attributes[attribute] = try characters(until: "\"", refuses: "<\n\t\r")
                guard accept("\"") else { throw error("\" was expected") }
            }
            while true {
                result.text += try characters(until: "<", refuses: "")
                if accept("</") {
                    guard try name() == result.name, accept(">") else { throw error("\(result.name) is not closed") }
                    return result
                }
                guard accept("<") else { throw error("\(result.name) is not closed") }
                result.children.append(try element())
            }
        }

        /// Characters and references up to one that ends them.
        mutating func characters(until end: Unicode.Scalar, refuses refused: String) throws -> String {
            var text = String.UnicodeScalarView()
            while let scalar = peek, scalar != end {
                if refused.unicodeScalars.contains(scalar) {
                    throw error("\(scalar.value) must be written by reference")
                }
                index += 1
                guard scalar == "&" else {
                    guard Self.isCharacter(scalar.value) else { throw error("no character of XML: \(scalar.value)") }
                    text.append(scalar)
                    continue
                }
                let start = index
                while let scalar = peek, scalar != ";", scalar != "<" { index += 1 }
                let reference = String(String.UnicodeScalarView(scalars[start..<index]))
                guard accept(";"), let resolved = Self.resolve(reference) else { throw error("&\(reference)") }
                text.append(resolved)
            }
            return String(text)
        }

        /// 4.6: the five predefined entities, and characters by number.
        static func resolve(_ reference: String) -> Unicode.Scalar? {
            switch reference {
            case "amp": return "&"
            case "lt": return "<"
            case "gt": return ">"
            case "quot": return "\""
            case "apos": return "'"
            default:
                guard reference.hasPrefix("#") else { return nil }
                let digits = reference.dropFirst()
                let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
                return number.flatMap { isCharacter($0) ? Unicode.Scalar($0) : nil }
            }
        }

        /// 2.2: Char.
        static func isCharacter(_ value: UInt32) -> Bool {
            value == 0x9 || value == 0xA || value == 0xD || (0x20...0xD7FF).contains(value)
                || (0xE000...0xFFFD).contains(value) || (0x10000...0x10FFFF).contains(value)
        }
    }
}
