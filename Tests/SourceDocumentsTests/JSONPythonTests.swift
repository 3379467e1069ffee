import Testing

@testable import SourceDocuments

/// The numbers that Python's json has beyond JSON, and the number of values of a document.
@Suite("JSON as Python writes it, and with a limit of values")
struct JSONPythonTests {
    private func read(_ text: String, maximumValues: Int = 1000) throws -> DocumentNode {
        try JSONReader.read(
            SourceText(name: "x", text: text), acceptsPythonNumbers: true, maximumValues: maximumValues)
    }

    @Test("NaN and infinities are floats as written, where they are asked for")
    func numbers() throws {
        let text = "[0.0, Infinity,\n-Infinity, NaN, -1]"
        let items = try #require(try read(text).array)
        #expect(items.map(\.raw) == ["0.0", "Infinity", "-Infinity", "NaN", "-1"])
        #expect(items.map(\.typeName) == ["a number", "a number", "a number", "a number", "an integer"])
        #expect(items[2].range.start == SourcePosition(line: 2, column: 1))
        #expect(items[2].range.end == SourcePosition(line: 2, column: 10))
        #expect(throws: DocumentError.self) { try JSONReader.read(SourceText(name: "x", text: text)) }
        for value in ["NaN", "Infinity", "-Infinity"] {
            #expect(try read(value).text == value)
            #expect(try read("{\"a\": \(value)}").table?["a"]?.text == value)
            #expect(throws: DocumentError.self) { try JSONReader.read(SourceText(name: "x", text: value)) }
        }
    }

    @Test(
        "what Python does not read is refused",
        arguments: [
            "nan", "Nan", "NaN1", "-NaN", "+Infinity", "Infinit", "-Infinit", "-inf", "Infinity2", "-", "I", "N",
        ])
    func refused(text: String) {
        #expect(throws: DocumentError.self) { try read(text) }
        #expect(throws: DocumentError.self) { try read("[\(text)]") }
    }

    /// Whether a document is refused for the number of its values; nil where it is read.
    private func isTooLarge(_ text: String, _ maximumValues: Int) -> Bool? {
        do throws(DocumentError) {
            _ = try JSONReader.read(SourceText(name: "x", text: text), maximumValues: maximumValues)
            return nil
        } catch { return JSONReader.hasTooManyValues(error) }
    }

    @Test("each value counts, and an object takes the room of eight")
    func values() {
        #expect(isTooLarge("[1, 1]", 3) == nil)
        #expect(isTooLarge("[1, 1]", 2) == true)
        #expect(isTooLarge("[[], {}, null, \"a\"]", 5) == nil)
        #expect(isTooLarge("[[], {}, null, \"a\"]", 4) == true)
        #expect(isTooLarge("[{\"a\": 1}, 2]", 11) == nil)
        #expect(isTooLarge("[{\"a\": 1}, 2]", 10) == true)
        let wide = "[{" + (0..<20).map { "\"k\($0)\": 1" }.joined(separator: ",") + "}, 2]"
        #expect(isTooLarge(wide, 23) == nil)
        #expect(isTooLarge(wide, 22) == true)
    }

    @Test("a document that is no JSON has not too many values")
    func others() {
        #expect(isTooLarge("[1, 1", 10) == false)
        let key = "x values; documents of more are not read"
        #expect(isTooLarge("{\"\(key)\": 1, \"\(key)\": 1}", 100) == false)
        #expect(isTooLarge("[" + String(repeating: "1,", count: 100_000) + "1]", 1_000_000) == nil)
    }
}
