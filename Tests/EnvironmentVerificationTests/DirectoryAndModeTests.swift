import ArchiveReading
import ContentHashing
import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import ContainerImages
@testable import EnvironmentVerification

/// What differs between two images besides the contents of files: modes, owners, empty directories, names that are not UTF-8.
struct DirectoryAndModeTests {
    private struct Item {
        let path: [UInt8]
        var isDirectory = false
        var mode: UInt16 = 0o755
        var uid: UInt32 = 0
        var data: String = ""
        var attributes: [String: [UInt8]] = [:]

        init(_ path: String, isDirectory: Bool = false, mode: UInt16 = 0o755, uid: UInt32 = 0, data: String = "") {
            self.init(Array(path.utf8), isDirectory: isDirectory, mode: mode, uid: uid, data: data)
        }

        init(_ path: [UInt8], isDirectory: Bool = false, mode: UInt16 = 0o755, uid: UInt32 = 0, data: String = "") {
            self.path = path
            self.isDirectory = isDirectory
            self.mode = mode
            self.uid = uid
            self.data = data
        }
    }

    private static func side(_ items: [Item], _ configuration: ImageConfiguration) throws -> ImageComparison.Side {
        var layer = LayerContents()
        for item in items {
            var content: Int32 = -1
            if !item.isDirectory {
                content = Int32(layer.contents.count)
                let bytes = Array(item.data.utf8)
                layer.contents.append(
                    LayerFileContent(
                        size: bytes.count, sha256: try #require(SHA256Value(try ContentHash.sha256(of: bytes))),
                        head: [], data: KeptFiles.all.keeping(item.path) == .whole ? bytes : nil))
            }
            layer.append(
                LayerEntry(
                    path: item.path, kind: item.isDirectory ? .directory : .file, mode: item.mode, uid: item.uid,
                    gid: 0,
                    modified: 0, content: content, attributes: item.attributes))
        }
        var stack = LayerStack(image: "test")
        try stack.apply(layer, name: "layer")
        let files = FileSystemIndex(stack.finish())
        let installed = InstalledPackages(
            files, configuration: configuration, layers: [], systemRecords: .contents)
        return .init(files: files, configuration: configuration, environment: installed.environment)
    }

    private static func compare(
        _ left: [Item], _ right: [Item], _ old: ImageConfiguration = ImageConfiguration(),
        _ new: ImageConfiguration = ImageConfiguration()
    ) throws -> ImageDifference {
        let (one, other) = (try side(left, old), try side(right, new))
        return ImageComparison.compare(
            one, other, packages: EnvironmentComparison.compare(one.environment, other.environment).difference)
    }

    @Test func directoriesAreCompared() throws {
        let tmp = Item("tmp", isDirectory: true, mode: 0o1777)
        #expect(try Self.compare([tmp], [tmp]).isEmpty)
        let mode = try Self.compare([tmp], [Item("tmp", isDirectory: true)])
        #expect(mode.files.map { "\($0.kind) \($0.path)" } == ["changed tmp"])
        let owner = try Self.compare([Item("srv", isDirectory: true)], [Item("srv", isDirectory: true, uid: 7)])
        #expect(owner.files.map(\.path) == ["srv"])
        let empty = try Self.compare([tmp, Item("run", isDirectory: true)], [tmp])
        #expect(empty.files.map { "\($0.kind) \($0.path)" } == ["removed run"])
        // A directory with something in it is told by what it holds.
        let filled = try Self.compare([], [Item("srv", isDirectory: true), Item("srv/a", data: "x")])
        #expect(filled.files.map { "\($0.kind) \($0.path)" } == ["added srv/a"])
    }

    @Test func attributesAreCompared() throws {
        func item(_ attributes: [String: [UInt8]]) -> Item {
            var item = Item("usr/bin/ping", data: "x")
            item.attributes = attributes
            return item
        }
        let capability: [String: [UInt8]] = ["security.capability": [1, 0, 0, 2]]
        #expect(try Self.compare([item(capability)], [item(capability)]).isEmpty)
        let found = try Self.compare([item([:])], [item(capability)])
        #expect(found.files.map { "\($0.kind) \($0.path)" } == ["changed usr/bin/ping"])
        #expect(found.files.first?.right?.attributes == capability)
        #expect(try !Self.compare([item(["user.a": [1]])], [item(["user.a": [2]])]).isEmpty)
    }

    @Test func theRootIsCompared() throws {
        let found = try Self.compare([Item("", isDirectory: true, mode: 0o700)], [Item("a")])
        #expect(found.files.map { "\($0.kind) \($0.path)" } == ["changed /", "added a"])
        #expect(try Self.compare([Item("", isDirectory: true)], []).isEmpty)
    }

    /// A name that goes on with a byte below the slash comes before what a folder of the shorter name holds; names that have to be
    /// escaped come by their text.
    @Test(arguments: [false, true])
    func changesAreInTheOrderOfTheirPaths(isEscaped: Bool) throws {
        var names = ["a", "a-", "a-b", "a.d", "a0", "a b", "-", "b", "!", "\u{e9}"].map { Array($0.utf8) }
        if isEscaped { names += [[0xFF], [0x61, 0xFF], Array("\\x41".utf8)] }
        var generator = SeededGenerator(seed: isEscaped ? 2 : 1)
        for _ in 0..<40 {
            var (sides, paths): ([[Item]], Set<[UInt8]>) = ([[], []], [])
            var folders: Set<[UInt8]> = [[]]
            for _ in 0..<60 {
                let parts = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                    names.randomElement(using: &generator) ?? []
                }
                let above = (0..<parts.count).map { Array(parts.prefix($0).joined(separator: [UInt8(ascii: "/")])) }
                let path = Array(parts.joined(separator: [UInt8(ascii: "/")]))
                guard !folders.contains(path), paths.isDisjoint(with: above), paths.insert(path).inserted else {
                    continue
                }
                folders.formUnion(above)
                sides[Int.random(in: 0...1, using: &generator)].append(Item(path, data: "x"))
            }
            let found = try Self.compare([Item("", isDirectory: true, mode: 0o700)] + sides[0], sides[1])
            let expected = (paths.map { PathText.text($0) } + ["/"]).sorted {
                $0.utf8.lexicographicallyPrecedes($1.utf8)
            }
            #expect(found.files.map(\.path) == expected)
            #expect(found.files.count(.removed) == sides[0].count)
            #expect(found.files.count(.added) == sides[1].count)
            #expect(found.files.count(.changed) == 1)
            #expect(found.files.allSatisfy { $0.owner == nil && $0.kind == ($0.left == nil ? .added : $0.kind) })
        }
    }

    @Test func modesOfPythonFilesAreCompared() throws {
        let site = "usr/lib/python3.11/site-packages"
        func items(mode: UInt16) -> [Item] {
            [
                Item("\(site)/demo.py", mode: mode, data: "x = 1\n"),
                Item("\(site)/demo-1.dist-info/METADATA", mode: 0o644, data: "Name: demo\nVersion: 1\n"),
                Item(
                    "\(site)/demo-1.dist-info/RECORD", mode: 0o644,
                    data:
                        "demo.py,,\ndemo-1.dist-info/METADATA,,\ndemo-1.dist-info/RECORD,,\n"),
            ]
        }
        #expect(try Self.compare(items(mode: 0o644), items(mode: 0o644)).isEmpty)
        let found = try Self.compare(items(mode: 0o644), items(mode: 0))
        #expect(found.files.map { "\($0.kind) \($0.path)" } == ["changed \(site)/demo.py"])
    }

    @Test func namesAreBytes() throws {
        let (first, second) = (Array("srv/".utf8) + [0xFF], Array("srv/".utf8) + [0xFE])
        let found = try Self.compare([Item(first)], [Item(second)])
        #expect(found.files.map { "\($0.kind) \($0.path)" } == ["added srv/\\xFE", "removed srv/\\xFF"])
        #expect(try Self.compare([Item(first), Item(second)], [Item(first), Item(second)]).isEmpty)
        let replacement = try Self.compare([Item(first)], [Item("srv/\u{FFFD}")])
        #expect(replacement.files.count == 2)
        let forms = try Self.compare([Item("srv/\u{e9}")], [Item("srv/e\u{301}")])
        #expect(forms.files.count == 2)
    }

    @Test(
        arguments: [
            (#""Healthcheck":{"Test":["CMD","a"]}"#, #""Healthcheck":{"Test":["CMD","b"]}"#, "Healthcheck"),
            (#""ExposedPorts":{"80/tcp":{}}"#, "", "ExposedPorts"), ("", #""Volumes":{"/data":{}}"#, "Volumes"),
            (#""StopSignal":"SIGINT""#, #""StopSignal":"SIGTERM""#, "StopSignal"),
            (#""Shell":["/bin/sh","-c"]"#, #""Shell":["/bin/bash","-c"]"#, "Shell"),
            (#""OnBuild":["RUN a"]"#, #""OnBuild":[]"#, "OnBuild"),
            (#""StopTimeout":3"#, #""StopTimeout":4"#, "StopTimeout"), (#""StopTimeout":0"#, "", "StopTimeout"),
            (#""StopTimeout":0"#, #""StopTimeout":null"#, "StopTimeout"), (#""StopTimeout":null"#, "", nil),
            (#""ArgsEscaped":true"#, "", "ArgsEscaped"), (#""NewSetting":"x""#, "", "NewSetting"),
            (#""OnBuild":null,"Shell":[],"Volumes":{},"StopSignal":"","ArgsEscaped":false"#, "", nil),
            (#""Hostname":"a1","Image":"x""#, #""Hostname":"b2""#, nil),
            (
                #""Healthcheck":{"Test":["CMD","a"],"Interval":0,"Retries":0}"#, #""Healthcheck":{"Test":["CMD","a"]}"#,
                nil
            ),
            (#""Healthcheck":{"Test":[],"Interval":0}"#, "", nil),
            (#""ExposedPorts":{"80/tcp":{},"443/tcp":{}}"#, #""ExposedPorts":{"443/tcp":{},"80/tcp":{}}"#, nil),
        ] as [(String, String, String?)])
    func settingsAreCompared(left: String, right: String, field: String?) throws {
        func configuration(_ members: String) throws -> ImageConfiguration {
            try ImageConfiguration(Array("{\"rootfs\":{\"diff_ids\":[]},\"config\":{\(members)}}".utf8), name: "c")
        }
        let found = try Self.compare([], [], try configuration(left), try configuration(right))
        #expect(found.configuration.map(\.field) == [field].compactMap { $0 })
    }

    @Test(
        "Go takes a setting in any case, and of two the last one",
        arguments: [
            #""stopsignal":"9","StopSignal":"15""#, #""SHELL":["a"]"#, #""healthcheck":{"Test":["NONE"]}"#,
            #""Healthcheck":{"Test":["CMD","a"],"test":["NONE"]}"#, #""vol\u017fmes":{}"#, #""onBuild":["RUN a"]"#,
        ])
    func settingsInAnotherCaseAreRefused(members: String) throws {
        let text = "{\"rootfs\":{\"diff_ids\":[]},\"config\":{\(members)}}"
        if members.contains("vol") {
            // No letter of 'volumes' is one that Go folds: this is another setting.
            #expect(try ImageConfiguration(Array(text.utf8), name: "c").otherSettings.isEmpty)
        } else {
            let error = #expect(throws: DocumentError.self) { try ImageConfiguration(Array(text.utf8), name: "c") }
            #expect(error?.description.contains("by container runtimes") == true)
        }
    }

    @Test func theSystemOfAnImageIsCompared() throws {
        func configuration(_ members: String) throws -> ImageConfiguration {
            try ImageConfiguration(Array("{\"rootfs\":{\"diff_ids\":[]},\"config\":{},\(members)}".utf8), name: "c")
        }
        let found = try Self.compare(
            [], [], try configuration(#""os.version":"10.0","os.features":[]"#),
            try configuration(#""os.version":"10.1""#))
        #expect(found.configuration.map(\.field) == ["os.version"])
    }

    @Test func modesOfLinksAreNone() throws {
        func files(_ mode: UInt16, _ kind: ArchiveEntry.Kind) throws -> FileSystemIndex {
            var layer = LayerContents()
            layer.append(
                LayerEntry(
                    path: Array("a".utf8), kind: kind, mode: mode, uid: 0, gid: 0, modified: 0, content: -1))
            var stack = LayerStack(image: "test")
            try stack.apply(layer, name: "layer")
            return FileSystemIndex(stack.finish())
        }
        func isSame(_ kind: ArchiveEntry.Kind) throws -> Bool {
            var (left, right) = (try files(0o777, kind).walk, try files(0o644, kind).walk)
            let hasEntries = (left.next(), right.next())
            #expect(hasEntries == (true, true))
            return left.isSame(as: right)
        }
        #expect(try isSame(.symbolicLink(target: "b")))
        #expect(try !isSame(.directory))
    }
}
