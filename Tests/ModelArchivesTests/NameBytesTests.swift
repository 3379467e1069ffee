import TestSupport
import Testing

@testable import ModelArchives

/// Names of models that are not UTF-8 are refused, and the refusal shows their bytes.
struct NameBytesTests {
    @Test(
        "the refusal of a name shows the bytes that are not UTF-8",
        arguments: [
            (#"a\377"#, #"the name 'a\xFF' is not UTF-8"#),
            (#"caf\303\251\303"#, "the name 'caf\u{E9}\\xC3' is not UTF-8"),
        ], [false, true])
    func names(_ name: (written: String, reason: String), isArchive: Bool) throws {
        let folder = TemporaryDirectory()
        let status = shell(
            """
            cd '\(folder.path)' && mkdir m && cd m && printf 'flavors: {}' > MLmodel \
            && printf x > "$(printf '\(name.written)')" && tar --format=gnu -cf ../m.tar *
            """)
        try #require(status == 0)
        let error = #expect(throws: ModelReadingError.self) {
            try ModelReader.read(path: folder.path + (isArchive ? "/m.tar" : "/m"))
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains(name.reason) && !text.contains("\u{FFFD}"), "\(text)")
    }
}
