import SourceDocuments
import TestSupport
import Testing

/// Compares the readers with Python's: documents of a fixed seed, sound and damaged ones. The scripts in `Oracle` say which
/// differences are intended.
@Suite struct DocumentOracleTests {
    private struct Row {
        let text: SourceText
        let expected: String
    }

    private static func rows(_ script: String, count: Int) throws -> [Row] {
        let table = try #require(
            PythonOracle.table("Oracle/\(script)", arguments: ["\(fuzzRounds(count))"], testFile: #filePath))
        return try table.map { fields in
            let bytes = try #require(Hexadecimal.decode(fields[0]))
            return Row(text: SourceText(name: "x", bytes: bytes), expected: try #require(fields.last))
        }
    }

    private static func compare(_ rows: [Row], _ read: (SourceText) -> String) {
        var accepted = 0
        var wrong = 0
        for row in rows {
            let found = read(row.text)
            if found != "-" { accepted += 1 }
            guard found != row.expected else { continue }
            wrong += 1
            // The first ones tell enough.
            if wrong <= 10 {
                Issue.record(
                    "\(String(decoding: row.text.bytes, as: UTF8.self).debugDescription): \(found), expected \(row.expected)"
                )
            }
        }
        #expect(wrong == 0)
        #expect(accepted > rows.count / 5 && accepted < rows.count)
    }

    @Test("JSON is read as Python's json reads it", .enabled(if: PythonOracle.has("json"), "there is no python3"))
    func json() throws {
        Self.compare(try Self.rows("json_oracle.py", count: 3000)) { text in
            CanonicalForm.of { () throws(DocumentError) in try JSONReader.read(text) }
        }
    }

    @Test(
        "TOML is read as Python's tomllib reads it", .enabled(if: PythonOracle.has("tomllib"), "python3 has no tomllib")
    )
    func toml() throws {
        Self.compare(try Self.rows("toml_oracle.py", count: 3000)) { text in
            CanonicalForm.of { () throws(DocumentError) in try TOMLReader.read(text) }
        }
    }

    @Test(
        "YAML has the tree that PyYAML composes", .enabled(if: PythonOracle.has("yaml"), "python3 has no yaml (PyYAML)")
    )
    func yaml() throws {
        Self.compare(try Self.rows("yaml_oracle.py", count: 3000)) { text in
            do { return CanonicalForm.tree(try YAMLReader.read(text)) } catch { return "-" }
        }
    }
}
