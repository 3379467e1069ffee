import ArchiveReading
import EnvironmentInventory
import TestSupport
import Testing

@testable import ContainerImages

/// Package databases and metadata behind links: they are followed where their bytes were kept, and named else.
@Suite struct LinkedRecordTests {
    private static let library = "usr/lib/python3/dist-packages"
    private static let status = "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n"
    private static let control = "Package: a\nVersion: 1\nArchitecture: amd64\n"
    private static let installed = "P:a\nV:1\n\n"
    private static let conda = #"{"name":"a","version":"1","build":"0"}"#
    private static let metadata = "Metadata-Version: 2.1\nName: a\nVersion: 1\n"

    struct Case: Sendable, CustomTestStringConvertible {
        let files: [(path: String, text: String)]
        let links: [(path: String, target: String)]
        /// The package, or nothing.
        var packages: [String] = ["a 1"]
        /// The link of each gap.
        var gaps: [String] = []
        var testDescription: String { links.map { "\($0.path) -> \($0.target)" }.joined(separator: ", ") }

        init(
            _ files: [(String, String)], _ links: [(String, String)], packages: [String] = ["a 1"], gaps: [String] = []
        ) {
            self.files = files
            self.links = links
            self.packages = packages
            self.gaps = gaps
        }
    }

    private static func environment(_ example: Case, upperLinks: Bool) throws -> Environment {
        let files = layer { tar in
            for (path, text) in example.files { tar.file(path, text) }
        }
        let links = layer { tar in
            for (path, target) in example.links { tar.link(path, to: target) }
        }
        var both = files
        for (path, target) in example.links { both.link(path, to: target) }
        return InstalledPackages(
            try stacked(upperLinks ? [files, links] : [both]), configuration: ImageConfiguration(),
            layers: ["sha256:x", "sha256:y"], systemRecords: .contents
        ).environment
    }

    static let unread: [Case] = [
        // dpkg.
        Case([("srv/st", status)], [("var/lib/dpkg/status", "/srv/st")], packages: [], gaps: ["var/lib/dpkg/status"]),
        Case(
            [("srv/d/a", control)], [("var/lib/dpkg/status.d", "/srv/d")], packages: [],
            gaps: ["var/lib/dpkg/status.d"]),
        Case(
            [("srv/d/a", control), ("srv/d/b", control)], [("var/lib/dpkg/status.d", "/srv/d")], packages: [],
            gaps: ["var/lib/dpkg/status.d"]),
        Case(
            [("srv/a", control)], [("var/lib/dpkg/status.d/a", "/srv/a")], packages: [],
            gaps: ["var/lib/dpkg/status.d/a"]),
        Case([], [("var/lib/dpkg", "/srv/dpkg")], packages: [], gaps: ["var/lib/dpkg"]),
        Case([], [("var/lib/dpkg/status", "status-new")], packages: [], gaps: ["var/lib/dpkg/status"]),
        Case([], [("var/lib/dpkg/status", "status")], packages: [], gaps: ["var/lib/dpkg/status"]),
        // apk.
        Case(
            [("srv/x", installed)], [("lib/apk/db/installed", "/srv/x")], packages: [], gaps: ["lib/apk/db/installed"]),
        Case(
            [("srv/db/installed", installed)], [("usr/lib/apk/db", "/srv/db")], packages: [], gaps: ["usr/lib/apk/db"]),
        Case([], [("lib/apk", "/srv/apk")], packages: [], gaps: ["lib/apk"]),
        // conda.
        Case(
            [("srv/cm/a-1-0.json", conda)], [("opt/conda/conda-meta", "/srv/cm")], packages: [],
            gaps: ["opt/conda/conda-meta"]),
        Case(
            [("srv/a.json", conda)], [("opt/conda/conda-meta/a-1-0.json", "/srv/a.json")], packages: [],
            gaps: ["opt/conda/conda-meta/a-1-0.json"]),
        Case([], [("opt/conda/conda-meta", "/srv/cm")], packages: [], gaps: ["opt/conda/conda-meta"]),
        // Python.
        Case(
            [("opt/d/METADATA", metadata)], [("\(library)/a-1.dist-info", "/opt/d")], packages: [],
            gaps: ["\(library)/a-1.dist-info"]),
        Case(
            [("opt/d/METADATA", metadata)], [("\(library)/a-1.dist-info", "../../../../opt/d")], packages: [],
            gaps: ["\(library)/a-1.dist-info"]),
        Case([], [("\(library)/a-1.dist-info", "/nowhere")], packages: [], gaps: ["\(library)/a-1.dist-info"]),
        Case(
            [("cache/m", metadata), ("\(library)/a-1.dist-info/RECORD", "")],
            [("\(library)/a-1.dist-info/METADATA", "/cache/m")], packages: [], gaps: ["\(library)/a-1.dist-info"]),
        Case(
            [("opt/d/PKG-INFO", metadata)], [("\(library)/a-1.egg-info", "/opt/d")], packages: [],
            gaps: ["\(library)/a-1.egg-info"]),
        Case(
            [("opt/PKG-INFO", metadata)], [("\(library)/a-1.egg-info", "/opt/PKG-INFO")], packages: [],
            gaps: ["\(library)/a-1.egg-info"]),
        Case([("opt/e.zip", "PK")], [("\(library)/a-1.egg", "/opt/e.zip")], packages: [], gaps: ["\(library)/a-1.egg"]),
        Case([], [("\(library)/a-1.egg", "/opt/e")], packages: [], gaps: ["\(library)/a-1.egg"]),
        Case(
            [("opt/ei/PKG-INFO", metadata), ("\(library)/a-1.egg/a.py", "")],
            [("\(library)/a-1.egg/EGG-INFO", "/opt/ei")], packages: [], gaps: ["\(library)/a-1.egg"]),
    ]

    @Test("what package managers follow and is not read is a gap that names the link", arguments: unread)
    func names(example: Case) throws {
        for upperLinks in [false, true] {
            let environment = try Self.environment(example, upperLinks: upperLinks)
            #expect(
                environment.gaps.compactMap(\.source?.file) == example.gaps, "\(environment.gaps.map(\.description))")
            #expect(environment.packages.map { "\($0.name) \($0.version ?? "")" } == example.packages)
        }
    }

    static let read: [Case] = [
        Case([("srv/dpkg/status", status)], [("var/lib/dpkg", "/srv/dpkg")]),
        Case([("srv/lib/dpkg/status", status)], [("var/lib", "/srv/lib")]),
        Case([("srv/dpkg/status.d/a", control)], [("var/lib/dpkg", "/srv/dpkg")]),
        Case([("usr/lib/apk/db/installed", installed)], [("lib", "usr/lib")]),
        Case([("usr/lib/apk/db/installed", installed)], [("lib/apk", "/usr/lib/apk")]),
        Case([("usr/lib/apk/db/installed", installed)], [("lib/apk/db/installed", "/usr/lib/apk/db/installed")]),
        Case([("opt/miniforge3/conda-meta/a-1-0.json", conda)], [("opt/conda", "miniforge3")]),
        Case(
            [("opt/miniforge3/conda-meta/a-1-0.json", conda)], [("opt/conda/conda-meta", "/opt/miniforge3/conda-meta")]),
        // Environments made of links, as of Nix, Guix, Bazel and uv: what they lead to is listed where it lies, once.
        Case(
            [("nix/store/x/lib/python3.11/site-packages/a-1.dist-info/METADATA", metadata)],
            [
                (
                    "env/lib/python3.11/site-packages/a-1.dist-info",
                    "/nix/store/x/lib/python3.11/site-packages/a-1.dist-info"
                )
            ]),
        Case(
            [("cache/archive/a-1.dist-info/METADATA", metadata)],
            [("\(library)/a-1.dist-info/METADATA", "/cache/archive/a-1.dist-info/METADATA")], packages: ["a 1", "a 1"]),
        Case(
            [("usr/share/pyshared/a-1.egg-info", metadata)],
            [("\(library)/a-1.egg-info", "/usr/share/pyshared/a-1.egg-info")]),
        Case([("opt/sp/a-1.dist-info/METADATA", metadata)], [("opt/v/lib/python3.11/site-packages", "/opt/sp")]),
        // An egg of another name, whose metadata are kept; what another package vendors, under a name of its own.
        Case([("opt/e/EGG-INFO/PKG-INFO", metadata)], [("\(library)/a-1-py3.11.egg", "/opt/e")]),
        Case(
            [("\(library)/b/_vendor/a-1.dist-info/METADATA", metadata)],
            [("\(library)/a-1.dist-info", "b/_vendor/a-1.dist-info")]),
        // Links of other names, and links that lead to nothing where nothing is recorded.
        Case(
            [("var/lib/dpkg/status", status)],
            [("etc/alternatives/awk", "/usr/bin/mawk"), ("usr/bin/awk", "/etc/alternatives/awk")]),
        Case([], [("lib", "usr/lib"), ("lib64", "usr/lib64"), ("bin", "usr/bin")], packages: []),
        Case([("srv/empty/history", "")], [("opt/conda/conda-meta", "/srv/empty")], packages: []),
        Case([("srv/x", "")], [("var/lib/dpkg/info", "/srv"), ("etc/mtab", "/proc/mounts")], packages: []),
    ]

    @Test("what lies behind a link under its own name is read", arguments: read)
    func follows(example: Case) throws {
        for upperLinks in [false, true] {
            let environment = try Self.environment(example, upperLinks: upperLinks)
            #expect(environment.packages.map { "\($0.name) \($0.version ?? "")" } == example.packages)
            #expect(environment.gaps.isEmpty, "\(environment.gaps.map(\.description))")
        }
    }

    @Test("a record that is a hard link to a file of another name is a gap")
    func hardLinks() throws {
        let links = [
            ("var/lib/dpkg/status", Self.status), ("lib/apk/db/installed", Self.installed),
            ("opt/conda/conda-meta/a-1-0.json", Self.conda),
        ]
        for (path, text) in links {
            let tar = layer { tar in
                tar.file("srv/x", text)
                tar.hardLink(path, to: "srv/x")
            }
            let environment = InstalledPackages(
                try stacked([tar]), configuration: ImageConfiguration(), layers: [], systemRecords: .contents
            ).environment
            #expect(environment.gaps.map(\.source?.file) == [path], "\(environment.gaps.map(\.description))")
        }
    }

    /// https://github.com/python/cpython/blob/v3.13.0/Lib/importlib/metadata/__init__.py, `Lookup`
    @Test(
        "metadata are looked for whatever the case of their folder's name, and under their own names in it",
        arguments: [
            ("a-1.DIST-INFO/METADATA", true), ("a-1.Dist-Info/METADATA", true), ("A-1.EGG-INFO/PKG-INFO", true),
            ("a-1.Egg-Info/PKG-INFO", true), ("A-1.EGG-INFO", true), ("a-1.egg/egg-info/PKG-INFO", true),
            ("a-1.EGG/EGG-INFO/PKG-INFO", true), ("a-1.EGG/Egg-Info/PKG-INFO", true),
            // Of these the bytes are not kept.
            ("a-1.dIST-iNFO/METADATA", false), ("a-1.eGG-INFO", false), ("a-1.DIST-INFO/metadata", false),
            ("a-1.egg/eGG-INFO/PKG-INFO", false),
        ])
    func cases(name: String, isRead: Bool) throws {
        let tar = layer { $0.file("\(Self.library)/\(name)", Self.metadata) }
        let environment = InstalledPackages(
            try stacked([tar]), configuration: ImageConfiguration(), layers: [], systemRecords: .contents
        ).environment
        #expect(environment.packages.map(\.name) == (isRead ? ["a"] : []))
        let folder = name.split(separator: "/").first.map { "\(Self.library)/\($0)" }
        #expect(environment.gaps.map(\.source?.file) == (isRead ? [] : [folder]))
    }

    @Test(
        "names that only resemble those of metadata are none",
        arguments: ["x.dist_info", "dist-info", "egg-info/x", "y.info"])
    func neighbours(name: String) throws {
        let tar = layer { $0.file("\(Self.library)/\(name)", Self.metadata) }
        let environment = InstalledPackages(
            try stacked([tar]), configuration: ImageConfiguration(), layers: [], systemRecords: .contents
        ).environment
        #expect(environment.packages.isEmpty && environment.gaps.isEmpty)
    }

    @Test("a folder whose metadata lie behind links is an environment with gaps")
    func folders() throws {
        let folder = TemporaryFolder()
        folder.write("site/a.py", [])
        shell("ln -s /nowhere/d '\(folder.path)/site/a-1.dist-info'")
        folder.write("conda/conda-meta/b-2-0.json", Array(#"{"name":"b","version":"2"}"#.utf8))
        shell("ln -s ../../a.json '\(folder.path)/conda/conda-meta/a-1-0.json'")
        let site = try InstalledEnvironment.read(path: "\(folder.path)/site")
        #expect(site.kind == .packageFolder)
        #expect(site.environment.gaps.map(\.source?.file) == ["a-1.dist-info"])
        let conda = try InstalledEnvironment.read(path: "\(folder.path)/conda")
        #expect(conda.environment.packages.map(\.name) == ["b"])
        #expect(conda.environment.gaps.map(\.source?.file) == ["conda-meta/a-1-0.json"])
    }

    @Test("a zstd layer of no bytes is an empty layer, if that is what the configuration says")
    func emptyLayer() throws {
        let folder = TemporaryFolder()
        let plain = layer { $0.file("a", "1") }.archive
        let size: [UInt8] = (0..<4).map { UInt8(truncatingIfNeeded: plain.count >> ($0 * 8)) }
        let block = plain.count << 3 | 1
        // One block as it is.
        let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
        var stored = magic + [0xA0]
        stored += size
        stored += (0..<3).map { UInt8(truncatingIfNeeded: block >> ($0 * 8)) }
        stored += plain
        let empty: [UInt8] = magic + [0x24, 0, 1, 0, 0, 0x99, 0xE9, 0xD8, 0x51]
        let type = "application/vnd.oci.image.layer.v1.tar+zstd"
        try writeLayout(folder, "good", layers: [stored, empty], diffIDs: [plain, []], layerType: type)
        let image = try readImage("oci:\(folder.path)/good")
        #expect(image.fileSystem.files.map(\.path) == ["a"])
        try writeLayout(folder, "other", layers: [stored, empty], diffIDs: [plain, [0]], layerType: type)
        #expect(throws: ImageReadingError.self) { try readImage("oci:\(folder.path)/other") }
        let cut = Array(empty.dropLast())
        try writeLayout(folder, "cut", layers: [stored, cut], diffIDs: [plain, []], layerType: type)
        #expect(throws: ImageReadingError.self) { try readImage("oci:\(folder.path)/cut") }
    }
}
