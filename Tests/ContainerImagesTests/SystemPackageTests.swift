import ArchiveReading
import ContentHashing
import EnvironmentInventory
import SourceDocuments
import Testing

@testable import ContainerImages

/// The files of dpkg's and apk's packages against their sums.
struct SystemPackageTests {
    /// The packages of a system whose files are those of an archive.
    static func packages(_ tar: TarBytes, _ records: SystemRecords = .checksums) throws -> [Package] {
        var stack = LayerStack(image: "test")
        let reader = try TarReader(MemoryByteSource(tar.archive, name: "layer"))
        try stack.apply(
            LayerReader(limits: ReadingLimits(), systemRecords: records).read(reader), name: "layer")
        return InstalledPackages(
            FileSystemIndex(stack.finish()), configuration: ImageConfiguration(), layers: ["sha256:x"],
            systemRecords: records
        ).environment.packages
    }

    private static func md5(_ text: String) throws -> String {
        try ContentHash.digest(.md5, of: Array(text.utf8)).hex
    }

    /// A system with one package of four files, one of them configuration. A change to the empty text removes a file.
    private static func system(
        _ changes: [String: String] = [:], diversions: String? = nil, filters: String? = nil, links: Bool = false
    ) throws -> TarBytes {
        var tar = TarBytes()
        if links {
            tar.directory("usr/bin")
            tar.link("bin", to: "usr/bin")
        }
        let files = [
            "usr/bin/tool": "tool", "usr/share/doc/demo/copyright": "free", "usr/share/data": "data",
            "etc/demo.conf": "a=1",
        ]
        for (path, text) in files.merging(changes, uniquingKeysWith: { $1 }) where !text.isEmpty {
            tar.file(path, text)
        }
        tar.file(
            "var/lib/dpkg/status",
            "Package: demo\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\n"
                + "Conffiles:\n /etc/demo.conf \(try md5("a=1"))\nDescription: x\n more\n")
        let tool = links ? "bin/tool" : "usr/bin/tool"
        tar.file(
            "var/lib/dpkg/info/demo.md5sums",
            "\(try md5("tool"))  \(tool)\n\(try md5("free"))  usr/share/doc/demo/copyright\n"
                + "\(try md5("data"))  usr/share/data\n")
        if let diversions { tar.file("var/lib/dpkg/diversions", diversions) }
        if let filters { tar.file("etc/dpkg/dpkg.cfg.d/docker", filters) }
        return tar
    }

    @Test func intact() throws {
        let package = try #require(try Self.packages(Self.system()).first)
        #expect(package.recordCheck == .intact)
        #expect(package.contentDigest != nil)
        #expect(try Self.packages(Self.system(links: true)).first?.recordCheck == .intact)
        let named = try #require(try Self.packages(Self.system(), .named).first)
        guard case .uncheckable = named.recordCheck else {
            Issue.record("what was not computed is not checked")
            return
        }
        #expect(named.contentDigest == nil)
        #expect(try Self.packages(Self.system(), .contents).first?.contentDigest == package.contentDigest)
    }

    @Test(
        "a changed or a missing file is named",
        arguments: [
            ("usr/bin/tool", "evil"), ("usr/share/data", ""), ("usr/share/doc/demo/copyright", "other"),
        ])
    func altered(path: String, text: String) throws {
        let package = try #require(try Self.packages(Self.system([path: text])).first)
        guard case .altered(let disagreements) = package.recordCheck else {
            Issue.record("\(path) was not seen: \(String(describing: package.recordCheck))")
            return
        }
        #expect(disagreements.map(\.path) == [path])
    }

    @Test(
        "configuration may be edited or removed, documentation may be left out: both are said",
        arguments: [
            ("etc/demo.conf", "a=2", "was edited"), ("etc/demo.conf", "", "was removed"),
            ("usr/share/doc/demo/copyright", "", "left out"),
        ])
    func allowed(path: String, text: String, words: String) throws {
        let whole = try #require(try Self.packages(Self.system()).first)
        let package = try #require(try Self.packages(Self.system([path: text])).first)
        #expect(package.recordCheck == .intact)
        #expect(package.recordNotes.contains { $0.contains(words) })
        #expect(package.contentDigest == whole.contentDigest)
    }

    @Test("what dpkg was told to leave out may be missing, the last pattern counts")
    func filters() throws {
        let gone = ["usr/share/data": ""]
        let excluded = try Self.packages(Self.system(gone, filters: "# x\npath-exclude=/usr/share/*\n")).first
        #expect(excluded?.recordCheck == .intact)
        let included = try Self.packages(
            Self.system(gone, filters: "path-exclude /usr/share/*\npath-include '/usr/share/d?t[a-b]'\n")
        ).first
        guard case .altered? = included?.recordCheck else {
            Issue.record("an included path must be there")
            return
        }
    }

    @Test("a diverted file is looked for where it was moved")
    func diversions() throws {
        let moved = ["usr/bin/tool": "other", "usr/bin/tool.real": "tool"]
        let by = try Self.packages(Self.system(moved, diversions: "/usr/bin/tool\n/usr/bin/tool.real\nwrapper\n")).first
        #expect(by?.recordCheck == .intact)
        let own = try Self.packages(Self.system(moved, diversions: "/usr/bin/tool\n/usr/bin/tool.real\ndemo\n")).first
        guard case .altered? = own?.recordCheck else {
            Issue.record("the package that diverts keeps its place")
            return
        }
    }

    @Test(
        "patterns of path-exclude",
        arguments: [
            ("/usr/share/doc/*", "/usr/share/doc/a/b", true), ("/usr/share/doc/*", "/usr/share/doc", false),
            ("/usr/share/locale/[a-z]*/LC_MESSAGES/*.mo", "/usr/share/locale/de/LC_MESSAGES/x.mo", true),
            ("/usr/share/locale/[!a-z]*/x", "/usr/share/locale/de/x", false), ("*.gz", "/a/b.gz", true),
            ("/a?c", "/abc", true), ("/a\\*", "/a*", true), ("/a\\*", "/ab", false), ("", "/a", false),
            ("[", "[", true), ("*a*a*a*a*a*b", "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ])
    func patterns(pattern: String, path: String, matches: Bool) {
        #expect(DebianPathRules.matches(Array(path.utf8), Array(pattern.utf8)) == matches)
    }

    private static func alpine(tool: String = "tool", link: String = "tool", conf: String = "a=1") throws -> TarBytes {
        func sum(_ text: String) throws -> String {
            "Q1" + Base64.encode(try ContentHash.digest(.sha1, of: Array(text.utf8)).bytes)
        }
        var tar = TarBytes()
        tar.file("usr/bin/tool", tool)
        tar.link("usr/bin/other", to: link)
        tar.file("etc/demo.conf", conf)
        tar.file("usr/share/new", "new")
        tar.file(
            "lib/apk/db/installed",
            "C:Q1x\nP:demo\nV:1.0-r0\nA:x86_64\nF:etc\nR:demo.conf\nZ:\(try sum("a=1"))\nF:usr/bin\nR:tool\na:0:0:755\n"
                + "Z:\(try sum("tool"))\nR:other\na:0:0:777\nZ:\(try sum("tool"))\nF:usr/share\nR:new\n"
                + "Z:Q2\(Base64.encode(try ContentHash.sha256(of: Array("new".utf8)).bytes))\n\n")
        return tar
    }

    @Test func alpinePackages() throws {
        let package = try #require(try Self.packages(Self.alpine()).first)
        #expect(package.recordCheck == .intact && package.contentDigest != nil)
        let edited = try #require(try Self.packages(Self.alpine(conf: "a=2")).first)
        #expect(edited.recordCheck == .intact && edited.recordNotes.count == 1)
        // A record of dpkg that gives the sum of the other file takes nothing from apk's.
        var forged = try Self.alpine(tool: "evil")
        forged.file("var/lib/dpkg/info/demo.md5sums", "\(try Self.md5("evil"))  usr/bin/tool\n")
        for (tar, path) in [
            (try Self.alpine(tool: "evil"), "usr/bin/tool"), (try Self.alpine(link: "evil"), "usr/bin/other"),
            (forged, "usr/bin/tool"),
        ] {
            guard case .altered(let found)? = try Self.packages(tar).first?.recordCheck else {
                Issue.record("\(path) was not seen")
                continue
            }
            #expect(found.map(\.path).contains(path))
        }
    }
}

extension Digest {
    fileprivate var bytes: [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
    }
}
