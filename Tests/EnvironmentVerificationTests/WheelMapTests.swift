import EnvironmentInventory
import SourceDocuments
import Testing

@testable import EnvironmentVerification

/// Wheel maps as files: what one says is read, and what is missing or of another kind is refused with its place.
struct WheelMapTests {
    private static let digest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)

    private static func read(_ text: String) throws(DocumentError) -> WheelMap {
        try WheelMap(json: SourceText(name: "map.json", text: text))
    }

    /// A map with one wheel, whose members are replaced or added.
    private static func map(_ changes: [String: String?]) -> String {
        var members = [
            "file": "\"a-1-py3-none-any.whl\"", "name": "\"a\"", "version": "\"1\"", "sha256": "\"\(digest)\"",
            "contentDigest": "\"\(digest)\"",
        ]
        for (key, value) in changes { members[key] = value }
        let body = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
        return "{\"schema\": \"pinproof/wheels/1\",\n\"wheels\": [\n{\(body)}]}"
    }

    @Test("a wheel, and a conda package with its prefixes and launchers, are read and written the same")
    func roundTrip() throws {
        let wheel = try Self.read(Self.map(["files": "{\"a.py\": \"\(Self.digest)\"}", "scripts": "{}"]))
        #expect(wheel.entries.count == 1 && wheel.entries[0].files.keys.sorted() == ["a.py"])
        #expect(wheel.entries[0].ecosystem == .pypi && !wheel.entries[0].isRelocated)
        #expect(wheel.withoutFiles.entries[0].files.isEmpty)
        let conda = try Self.read(
            Self.map([
                "ecosystem": "\"conda\"", "relocated": "true", "launchers": "{\"bin/a\": \"a:main\"}",
                "prefixes": "{\"/opt/conda\": {\"bin/a\": \"\(Self.digest)\"}}",
            ]))
        #expect(conda.entries[0].isRelocated && conda.entries[0].launchers == ["bin/a": "a:main"])
        #expect(conda.entries[0].prefixes["/opt/conda"]?.keys.sorted() == ["bin/a"])
        for map in [wheel, conda] { #expect(try Self.read(map.json.text()) == map) }
        #expect(try Self.read("{\"schema\": \"pinproof/wheels/1\", \"wheels\": []}").entries.isEmpty)
    }

    @Test(
        "what is missing or of another kind",
        arguments: [
            (["file": nil], "a wheel needs file, name, version, sha256 and contentDigest"),
            (["name": "1"], "a wheel needs file, name, version, sha256 and contentDigest"),
            (["version": "null"], "a wheel needs file, name, version, sha256 and contentDigest"),
            (["sha256": "\"sha256:0\""], "a wheel needs file, name, version, sha256 and contentDigest"),
            (
                ["sha256": "\"sha512:\(String(repeating: "0", count: 128))\""],
                "a wheel needs file, name, version, sha256 and contentDigest"
            ), (["contentDigest": "\"\""], "a wheel needs file, name, version, sha256 and contentDigest"),
            (["ecosystem": "\"npm\""], "the ecosystem 'npm' has no artifacts in a wheel map"),
            (["files": "{\"a.py\": 1}"], "a file needs a sha256"),
            (["scripts": "{\"a\": \"x\"}"], "a file needs a sha256"),
            (["files": "[]"], "a list is not an object with names of files"),
            (["prefixes": "1"], "an integer is not an object with names of files"),
            (["prefixes": "{\"/opt\": []}"], "a list is not an object with names of files"),
            (["prefixes": "{\"/opt\": {\"a\": null}}"], "a file needs a sha256"),
            (["launchers": "{\"a\": 1}"], "a launcher needs a text"),
            (["relocated": "\"yes\""], "relocated is true or false"),
        ] as [([String: String?], String)])
    func refused(_ changes: [String: String?], _ reason: String) {
        do throws(DocumentError) {
            _ = try Self.read(Self.map(changes))
            Issue.record("\(changes) was read")
        } catch {
            #expect(error.reason == reason)
            #expect(error.file == "map.json" && error.place?.line == 3)
        }
    }

    @Test(
        "what is no wheel map",
        arguments: [
            "{}", "[]", "1", "{\"schema\": \"pinproof/wheels/2\", \"wheels\": []}",
            "{\"schema\": \"pinproof/wheels/1\"}", "{",
        ])
    func others(_ text: String) { #expect(throws: DocumentError.self) { try Self.read(text) } }

    @Test("a map that is cut anywhere is refused")
    func cut() {
        let text = Self.map(["files": "{\"a.py\": \"\(Self.digest)\"}"])
        for end in 0..<text.count { #expect(throws: DocumentError.self) { try Self.read(String(text.prefix(end))) } }
    }
}
