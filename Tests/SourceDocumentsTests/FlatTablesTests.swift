import Testing

@testable import SourceDocuments

/// Lists of flat tables stay text, and say the same as if they had been read at once.
@Suite struct FlatTablesTests {
    private func document(_ list: String) -> SourceText {
        SourceText(name: "a.toml", text: "before = 1\nlist = \(list)\n")
    }

    /// The list as the whole reader reads it, without the short cut.
    private func nodes(_ list: String) throws -> [DocumentNode]? {
        var scanner = TOMLScanner(document(list), at: "before = 1\nlist = ".utf8.count)
        scanner.keepsFlatTables = false
        return try scanner.value(depth: 0).array
    }

    private func described(_ nodes: [DocumentNode]?) -> [String]? {
        nodes?.map { node in
            let members = node.table?.members.map { member in
                "\(member.key)@\(member.keyPlace)=\(member.value.value)@\(member.value.range)"
            }
            return "\(node.range): \(members ?? [])"
        }
    }

    @Test(arguments: [
        #"[{ a = "x" }]"#,
        "[\n    { url = \"https://index.example/a.whl\", hash = \"sha256:00\", size = 12 },\n    { url = \"b\" },\n]",
        "[\n    {file = \"a-1.whl\", hash = \"sha256:00\"},\n    {file = \"é.whl\", hash = \"\"}\n]",
        "[\n\t{\ta\t=\t0\t}\t,\n\n]",
    ])
    func aPlainListStaysText(_ list: String) throws {
        let node = try #require(try TOMLReader.read(document(list)).table?["list"])
        guard case .deferred(.tables(let tables)) = node.value else {
            Issue.record("\(list) was read")
            return
        }
        #expect(described(node.array) == described(try nodes(list)))
        #expect(tables.count == node.array?.count)
        #expect(node.typeName == "a list")
        var members: [String] = []
        tables.forEachMember { member in
            let key = String(decoding: member.key, as: UTF8.self)
            members.append("\(member.row) \(key) \(String(decoding: member.value, as: UTF8.self)) \(member.isString)")
            return true
        }
        let expected = try nodes(list)?.enumerated().flatMap { row, node in
            (node.table?.members ?? []).map { "\(row) \($0.key) \($0.value.text ?? "") \($0.value.string != nil)" }
        }
        #expect(members == expected)
    }

    /// What has to be looked at more closely is read at once.
    @Test(arguments: [
        "[]", "[1, 2]", "[{}]", #"[{ a = "x\ty" }]"#, #"[{ a = 'x' }]"#, #"[{ a = """x""" }]"#, "[{ a = 01e2 }]",
        "[{ a = 1.5 }]", "[{ a = -1 }]", "[{ a = true }]", "[{ a.b = 1 }]", #"[{ "a" = 1 }]"#, "[{ a = [1] }]",
        "[ # comment\n{ a = 1 }]", "[{ a = 1 }, 2]", "[\r\n{ a = 1 }]", "[{ a = 1234567890123456789 }]",
        "[{ a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9 }]", "[{ a = { b = 1 } }]",
    ])
    func otherListsAreRead(_ list: String) throws {
        #expect(FlatTables.found(in: document(list), at: "before = 1\nlist = ".utf8.count) == nil)
    }

    /// What is wrong in such a list is said as in any other.
    @Test(arguments: [
        (#"[{ a = 1, a = 2 }]"#, "2:18"), (#"[{ a = "x }]"#, "2:20"), (#"[{ a = 1, }]"#, "2:18"),
        (#"[{ a = 1 }"#, "2:8"),
        (#"[{ a = 1 } { b = 2 }]"#, "2:19"), (#"[{ a 1 }]"#, "2:13"), ("[{ a = 1\n}]", "2:16"),
        (#"[{ a = 007 }]"#, "2:15"),
        (#"[{ = 1 }]"#, "2:11"),
    ])
    func whatIsWrongIsSaid(_ list: String, _ place: String) {
        let error = #expect(throws: DocumentError.self) { _ = try TOMLReader.read(document(list)) }
        #expect(error?.place.map { "\($0.line):\($0.column)" } == place, "\(list): \(String(describing: error))")
    }
}
