import TestSupport
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

    private static func link(_ path: String, _ target: String) -> [UInt8] {
        Tar.header(path, type: "2", target: target)
    }

    private static let directory = Tar.header("d/", type: "5")
    private static let tree = Tar.file("c", "C") + Tar.file("d/c", "D") + Tar.file("d/e/q", "Q") + link("b", "d/e")

    static let targets: [Case] = [
        .init("up from a link", "'l -> b/../c'", tree + link("l", "b/../c")),
        .init("up from nothing", "'l -> gone/../c'", tree + link("l", "gone/../c")),
        .init("up from a file", "'l -> c/../c'", tree + link("l", "c/../c")),
        .init("up from nothing below a directory", "'l -> d/gone/../c'", tree + link("l", "d/gone/../c")),
        .init("up from nothing after steps up", "'d/l -> ../gone/../c'", tree + link("d/l", "../gone/../c")),
        .init("up at the end", "'l -> b/..'", tree + link("l", "b/..")),
        .init("file and a slash", "'l -> c/'", tree + link("l", "c/")),
        .init("file and a dot", "'l -> c/.'", tree + link("l", "c/.")),
        .init("file, dots and slashes", "'l -> ./c/.//'", tree + link("l", "./c/.//")),
        .init("link to a file and a slash", "'l -> k/'", tree + link("k", "d/c") + link("l", "k/")),
        .init("up from a directory", nil, tree + link("l", "d/../c") + link("m", "d/e/../c")),
        .init("up from an empty directory", nil, tree + Tar.header("v/", type: "5") + link("l", "v/../c")),
        .init("steps up first", nil, tree + link("d/l", "../c") + link("d/e/l", "../../d/c")),
        .init("a Hugging Face cache", nil, Tar.file("blobs/0a", "x") + link("snapshots/1/a", "../../blobs/0a")),
        .init("directory and a slash", nil, tree + link("l", "d/") + link("d/m", "../d/e/.") + link("n", "b/")),
        .init("nothing and a slash", nil, tree + link("l", "gone/")),
        .init("dots", nil, tree + link("l", "./c") + link("m", ".") + link("d/n", "./../c") + link("o", "d//c")),
    ]

    @Test("a link leads to one place, also when its target is shortened as a text", arguments: targets)
    func target(_ item: Case) { Self.check(item) }

    @Test("in a directory a link leads where the system takes it")
    func linksOfDirectory() throws {
        let folder = ModelFolder()
        let status = shell(
            """
            cd '\(folder.path)' && mkdir -p d/e && printf 'flavors: {}' > MLmodel && echo C > c && echo D > d/c && ln -s d/e b
            ln -s b/../c through && ln -s gone/../c gone-up && ln -s c/../c file-up && ln -s c/ slash && ln -s ./c dot
            """)
        try #require(status == 0)
        let model = try ModelReader.read(path: folder.path)
        let digests = Dictionary(uniqueKeysWithValues: model.files.map { ($0.path, $0.sha256) })
        #expect(Set(digests.keys) == ["MLmodel", "c", "d/c", "through", "dot"])
        #expect(digests["through"] == digests["d/c"] && digests["dot"] == digests["c"])
        #expect(model.links.count == 6)
    }

    @Test(
        "a link stays below the folder that the names of an archive begin with",
        arguments: [
            ("l", "../m/c", false), ("l", "..", false), ("d/l", "../../m/c", false), ("d/l", "../..", false),
            ("l", "d/../../m/c", false), ("d/l", "../c", true), ("d/l", "..", true), ("l", "d/../c", true),
            ("l", "c", true),
            ("l", ".", true),
        ])
    func strippedFolder(_ path: String, _ target: String, _ isRead: Bool) throws {
        let folder = ModelFolder()
        let text = "flavors:\n  sklearn:\n    a: b\n"
        let entries = Tar.file("m/MLmodel", text) + Tar.file("m/c", "C") + Tar.file("m/d/x", "D")
        func read(_ entries: [UInt8]) throws -> Model {
            try ModelReader.read(path: folder.write("m.tar", entries + Tar.end))
        }
        let link = Self.link("m/" + path, target)
        if isRead {
            #expect(try read(entries + link).links.map(\.path) == [path])
        } else {
            let error = #expect(throws: ModelReadingError.self) { try read(entries + link) }
            #expect(error?.description.contains("'m/\(path) -> \(target)'") == true)
            // Beside another folder the name stays, and with it what the link means.
            #expect(try read(entries + link + Tar.file("other/x", "x")).links.map(\.path) == ["m/" + path])
        }
    }

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

    @Test("padding between the streams of an xz file is refused, behind the last one it is not")
    func xzPadding() throws {
        let folder = ModelFolder()
        _ = folder.write("m.tar", Tar.model + Tar.end)
        let script = """
            import lzma
            tar = open('m.tar', 'rb').read()
            first, second = lzma.compress(tar[:1024]), lzma.compress(tar[1024:])
            for name, data in (('two', first + second), ('behind', first + second + bytes(8)), ('four', first + bytes(4) + second),
                ('36', first + bytes(36) + second), ('large', first + bytes(400000) + second)):
                open(name + '.tar.xz', 'wb').write(data)
            """
        let file = folder.write("make.py", Array(script.utf8))
        try #require(shell("cd '\(folder.path)' && python3 '\(file)'") == 0)
        let whole = try ModelReader.read(path: "\(folder.path)/m.tar").treeDigest
        for name in ["two", "behind"] {
            #expect(try ModelReader.read(path: "\(folder.path)/\(name).tar.xz").treeDigest == whole)
        }
        for name in ["four", "36", "large"] {
            let error = #expect(throws: ModelReadingError.self) {
                try ModelReader.read(path: "\(folder.path)/\(name).tar.xz")
            }
            #expect(error?.description.contains("padding between two xz streams") == true, "\(name)")
        }
    }
}
