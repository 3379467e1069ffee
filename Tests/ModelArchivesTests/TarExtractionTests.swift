import Testing

@testable import ModelArchives

/// Constructs of tar archives of which Python, GNU tar and Go extract different files: refused, while those beside them that all
/// extract alike are read.
struct TarExtractionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// A part of the reason; nil where the archive is read.
        let reason: String?
        let entries: [UInt8]
        init(_ name: String, _ reason: String?, _ entries: [UInt8]) {
            (testDescription, self.reason, self.entries) = (name, reason, entries)
        }
    }

    private static func check(_ item: Case) {
        do {
            let model = try readTar(item.entries)
            #expect(item.reason == nil, "read as \(model.files.map(\.path))")
        } catch {
            #expect(item.reason.map { "\(error)".contains($0) } == true, "\(error)")
        }
    }

    private static let gnu = "ustar  \u{0}"
    private static let hidden = Tar.file("hidden", "x")

    static let types: [Case] = [
        .init(
            "PAX path of a field that ends with a slash", "'data.bin' of type NUL",
            Tar.pax("path=data.bin") + Tar.header("dir/", size: hidden.count, type: "\u{0}") + hidden),
        .init(
            "PAX path in an archive of version 7", "'data.bin' of type NUL",
            Tar.pax("path=data.bin") + Tar.header("dir/", size: hidden.count, type: "\u{0}", magic: "") + hidden),
        .init(
            "long name of a field that ends with a slash", "'data.bin' of type NUL",
            Tar.long("data.bin\u{0}") + Tar.header("dir/", size: hidden.count, type: "\u{0}", magic: gnu) + hidden),
        .init(
            "empty file of such a field", "'f' of type NUL",
            Tar.pax("path=f") + Tar.header("dir/", type: "\u{0}")),
        .init("PAX path with a slash", "'d/' of type NUL", Tar.pax("path=d/") + Tar.header("d", type: "\u{0}")),
        .init(
            "long name with a slash", "'d/' of type NUL",
            Tar.long("d/\u{0}") + Tar.header("z", type: "\u{0}", magic: gnu)),
        .init("prefix and no name", "'d/' of type NUL", Tar.header("", type: "\u{0}", prefix: "d")),
        .init("PAX path and field with a slash", nil, Tar.pax("path=d/") + Tar.header("x/", type: "\u{0}")),
        .init("prefix and a name with a slash", nil, Tar.header("e/", type: "\u{0}", prefix: "d")),
        .init("long name and field without one", nil, Tar.long("f\u{0}") + Tar.header("x", type: "\u{0}", magic: gnu)),
        .init("directory of version 7", nil, Tar.header("d/", type: "\u{0}", magic: "")),
        .init("file of version 7", nil, Tar.header("f", size: 1, type: "\u{0}", magic: "") + Tar.padded("x")),
        .init("directory by its type", nil, Tar.pax("path=d") + Tar.header("x/", type: "5")),
        .init("prefix and no name of a directory", nil, Tar.header("", type: "5", prefix: "d")),
    ]

    @Test("an entry of type NUL is a directory by its field and by its name, or by neither", arguments: types)
    func type(_ item: Case) { Self.check(item) }

    static let names: [Case] = [
        .init("file that ends with a dot", "'f/.' of a file", Tar.file("f/.", "x")),
        .init("file that is a dot", "'.' of a file", Tar.file(".", "x")),
        .init("file that ends with a dot and no bytes", "'./.' of a file", Tar.file("./.", "")),
        .init("file with a PAX path", "'f/.' of a file", Tar.pax("path=f/.") + Tar.file("f", "x")),
        .init("file with a long name", "'f/.' of a file", Tar.long("f/.\u{0}") + Tar.file("f", "x")),
        .init("link that ends with a dot", "'l/.' of a file", Tar.header("l/.", type: "2", target: "MLmodel")),
        .init("link that ends with a slash", "'l/' of a file", Tar.header("l/", type: "2", target: "MLmodel")),
        .init("hard link that ends with a slash", "'l/' of a file", Tar.header("l/", type: "1", target: "MLmodel")),
        .init("hard link to an absolute path", "'/MLmodel'", Tar.header("l", type: "1", target: "/MLmodel")),
        .init("hard link to a slash", "'MLmodel/'", Tar.header("l", type: "1", target: "MLmodel/")),
        .init("hard link to a dot", "'MLmodel/.'", Tar.header("l", type: "1", target: "MLmodel/.")),
        .init(
            "PAX link path to a slash", "'MLmodel/'",
            Tar.pax("linkpath=MLmodel/") + Tar.header("l", type: "1", target: "MLmodel")),
        .init(
            "long target of a dot", "'MLmodel/.'",
            Tar.long("MLmodel/.\u{0}", type: "K") + Tar.header("l", type: "1", target: "MLmodel")),
        .init("dot first", nil, Tar.header("./", type: "5") + Tar.file("./a", "x") + Tar.file("./d/b", "y")),
        .init("dot and slashes within", nil, Tar.file("d/./a", "x") + Tar.file("d//b", "y")),
        .init("directories", nil, Tar.header("d/.", type: "5") + Tar.header("e/./", type: "5")),
        .init("names with dots", nil, Tar.file("d/.a", "x") + Tar.file("a.", "x") + Tar.file("...", "x")),
        .init("hard link to a dot first", nil, Tar.header("l", type: "1", target: "./MLmodel")),
    ]

    @Test("a file or a link is not called like a directory, nor is what a hard link leads to", arguments: names)
    func name(_ item: Case) { Self.check(item) }

    @Test(
        "the device numbers of every header are numbers, as Python wants them",
        arguments: [
            ("zzzzzzz", false), ("0000008\u{0}", false), ("0000009\u{0}", false), ("\u{1}", false),
            ("0000000\u{0}", true), ("", true), ("        ", true), ("000000 \u{0}", true), ("      7\u{0}", true),
        ], ["", "ustar\u{0}00", "ustar  \u{0}"])
    func devices(_ device: (field: String, isRead: Bool), magic: String) {
        let entries = Tar.header("a", magic: magic, device: device.field) + Self.hidden
        #expect((try? readTar(entries).files.count == 3) ?? false == device.isRead)
    }
}
