import Testing

/// A name means one thing in the whole repository: no type and no file of two rooms has the same one.
struct NameHouseTests {
    private static let declarations: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias"]

    /// Words that may precede the kind of a declaration.
    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "private", "fileprivate", "open", "final", "indirect", "nonisolated",
    ]

    /// Returns the names of the types that a text declares outside of any other declaration.
    private static func types(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            // A nested declaration is indented, because the format is checked.
            guard let first = line.first, first != " " else { return nil }
            let words = line.split(separator: " ").drop { modifiers.contains($0) || $0.hasPrefix("@") }
            guard let kind = words.first, declarations.contains(kind), let name = words.dropFirst().first else {
                return nil
            }
            return String(name.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        }
    }

    private static func room(_ path: String) -> Substring { path.split(separator: "/")[1] }

    @Test("no type name is declared in two rooms")
    func typesHaveOneRoom() throws {
        var rooms: [String: Set<Substring>] = [:]
        for path in try HouseRulesTests.swiftFiles("Sources") {
            for name in Self.types(try HouseRulesTests.text(path)) { rooms[name, default: []].insert(Self.room(path)) }
        }
        for (name, rooms) in rooms.sorted(by: { $0.key < $1.key }) {
            #expect(rooms.count == 1, "\(name): \(rooms.sorted())")
        }
        #expect(rooms["ReadingLimits"] == ["EnvironmentInventory"])
    }

    @Test("no file name is in two rooms")
    func filesHaveOneRoom() throws {
        var paths: [Substring: [String]] = [:]
        for path in try HouseRulesTests.swiftFiles("Sources") {
            paths[path.split(separator: "/").last ?? "", default: []].append(path)
        }
        for (name, paths) in paths.sorted(by: { $0.key < $1.key }) { #expect(paths.count == 1, "\(name): \(paths)") }
    }

    @Test(
        "types are found by their declaration",
        arguments: [
            ("package final class A<T>: B {\n    struct C {}\n}", ["A"]), ("@frozen public enum D { case e }", ["D"]),
            ("extension F {}\nfunc g() {}\nlet h = 1", []), ("private typealias I = J.I\n// struct K", ["I"]),
        ])
    func typesAreFound(text: String, names: [String]) { #expect(Self.types(text) == names) }
}
