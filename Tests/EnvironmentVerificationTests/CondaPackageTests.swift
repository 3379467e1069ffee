import ContainerImages
import EnvironmentInventory
import SourceDocuments
import Testing

@testable import EnvironmentVerification

/// The prefix that conda writes into files, and paths that are the same in every environment.
struct CondaPackageTests {
    private static func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test(
        "text: every placeholder, and a first line that Linux can run",
        arguments: [
            ("a=/ph/x;/ph", "/opt/c", "a=/opt/c/x;/opt/c"), ("none", "/opt/c", "none"), ("", "/opt/c", ""),
            ("#!/ph/bin/python\nx", "/opt/c", "#!/opt/c/bin/python\nx"),
            ("#!/ph/bin/python -E\nx", "/" + String(repeating: "l", count: 130), "#!/usr/bin/env python -E\nx"),
            ("#!/ph/bin/python\nx", "/with blank", "#!/usr/bin/env blank/bin/python\nx"),
        ])
    func texts(before: String, prefix: String, after: String) {
        let replaced = PrefixReplacement.text(Array(before.utf8), Array("/ph".utf8), Array(prefix.utf8))
        // A path with a blank is none that a first line can name; only that it does not trap is asked for here.
        if prefix.contains(" ") { #expect(replaced != nil) } else { #expect(Self.text(replaced) == after) }
    }

    @Test(
        "binary: the length stays, NULs fill the end of each string",
        arguments: [
            ("\0/placeholder/lib\0tail", "/opt", "\0/opt/lib\0\0\0\0\0\0\0\0\0tail"),
            ("/placeholder:/placeholder\0x", "/opt", "/opt:/opt" + String(repeating: "\0", count: 17) + "x"),
            ("no end /placeholder", "/opt", "no end /placeholder"), ("", "/opt", ""),
        ])
    func binaries(before: String, prefix: String, after: String) {
        let replaced = PrefixReplacement.binary(Array(before.utf8), Array("/placeholder".utf8), Array(prefix.utf8))
        #expect(Self.text(replaced) == after)
        #expect(replaced?.count == before.utf8.count)
    }

    @Test func prefixLongerThanItsPlaceholder() {
        #expect(PrefixReplacement.binary([0], Array("/a".utf8), Array("/longer".utf8)) == nil)
        #expect(PrefixReplacement.binary([0], [], []) == nil)
    }

    @Test func paths() {
        #expect(CondaPaths.canonical("lib/python3.11/site-packages/x/y.py") == "site-packages/x/y.py")
        #expect(CondaPaths.canonical("site-packages/x/y.py") == "site-packages/x/y.py")
        #expect(CondaPaths.canonical("python-scripts/x") == "bin/x")
        #expect(CondaPaths.canonical("lib/python3.11/os.py") == "lib/python3.11/os.py")
    }

    @Test func mapRoundTrip() throws {
        let digest = try #require(Digest("sha256:" + String(repeating: "a", count: 64)))
        var entry = WheelMap.Entry(
            fileName: "x.conda", name: "x", version: "1", sha256: digest, contentDigest: digest)
        entry.ecosystem = .conda
        entry.isRelocated = true
        entry.prefixes = ["/opt/conda": ["bin/x": digest]]
        entry.launchers = ["x": "x:main"]
        entry.files = ["lib/x": digest]
        let map = WheelMap([entry])
        #expect(try WheelMap(json: SourceText(name: "m", text: map.json.text())) == map)
        #expect(map.withoutFiles.entries.first?.files.isEmpty ?? false)
    }
}
