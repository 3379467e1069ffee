import ArchiveReading
import EnvironmentInventory
import SourceDocuments
import Testing

@testable import ContainerImages

/// What each database of the list cannot read is a gap, and the packages beside it are read.
@Suite struct DatabaseGapTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let database: String
        let files: [(path: String, text: String)]
        /// The file, line, subject and part of the reason of each gap.
        let gaps: [(file: String, line: Int?, subject: String, reason: String)]
        var packages: [String] = []
        var testDescription: String { "\(database): \(gaps.first?.reason ?? "") \(files.first?.path ?? "")" }

        init(
            _ database: String, _ files: [(String, String)], _ gaps: [(String, Int?, String, String)],
            packages: [String] = []
        ) {
            self.database = database
            self.files = files
            self.gaps = gaps
            self.packages = packages
        }
    }

    private static let status = "var/lib/dpkg/status"
    private static let apk = "lib/apk/db/installed"
    private static let library = "usr/lib/python3/dist-packages"
    private static let good = "Package: b\nStatus: install ok installed\nVersion: 2\n"

    static let cases: [Case] = [
        Case(
            "dpkg", [(status, "Package: a\nVersion 1\nStatus: install ok installed\n\n" + good)],
            [(status, 2, "a", "not 'Name: value'")], packages: ["b 2"]),
        Case(
            "dpkg", [(status, "Package: a\nStatus: install ok installed\n\n" + good)],
            [(status, 1, "a", "no version")], packages: ["b 2"]),
        Case(
            "dpkg", [(status, good + "\nPackage: a\nStatus: install reinstreq half-installed\nVersion: 1\n")],
            [(status, 5, "a", "half installed")], packages: ["b 2"]),
        Case(
            "dpkg", [(status, good + "\nPackage: a\nStatus: install reinstreq half-installed\n")],
            [(status, 5, "a", "half installed")], packages: ["b 2"]),
        Case(
            "dpkg", [(status, good + "\nPackage: a\nStatus: install ok zzz\nVersion: 1\n")],
            [(status, 5, "a", "the unknown state 'zzz'")], packages: ["b 2"]),
        Case(
            "dpkg", [(status, "Version: 1\n\n" + good)], [(status, 1, "a package", "no name")], packages: ["b 2"]),
        Case(
            "dpkg", [(status, " starts with a blank\n\n" + good)],
            [(status, 1, "a paragraph", "a field that is not there")], packages: ["b 2"]),
        Case(
            "dpkg", [(status, "Package: a\nVersion: 1\n\n" + good)], [(status, 1, "a", "no status")],
            packages: ["b 2"]),
        Case(
            "dpkg", [("var/lib/dpkg/status.d/a", "Package: a\n"), ("var/lib/dpkg/status.d/b", good)],
            [("var/lib/dpkg/status.d/a", 1, "a", "no version")], packages: ["b 2"]),
        Case("apk", [(apk, "P:a\n\nP:b\nV:2\n")], [(apk, 1, "a", "no name or no version")], packages: ["b 2"]),
        Case("apk", [(apk, "P:b\nV:2\n\nV:1\n")], [(apk, 4, "a package", "no name")], packages: ["b 2"]),
        Case(
            "apk", [(apk, "P:a\nV:1\nnoise\n\nP:b\nV:2\n")], [(apk, 3, "a", "not a letter, colon and value")],
            packages: ["b 2"]),
        Case(
            "rpm", [("var/lib/rpm/rpmdb.sqlite", "")],
            [("var/lib/rpm/rpmdb.sqlite", nil, "rpm database", "not a SQLite database")]),
        Case(
            "rpm", [("usr/lib/sysimage/rpm/rpmdb.sqlite", "SQLite format 3\u{0}")],
            [("usr/lib/sysimage/rpm/rpmdb.sqlite", nil, "rpm database", "SQLite")]),
        Case(
            "rpm", [("var/lib/rpm/Packages", "x")],
            [("var/lib/rpm/Packages", nil, "rpm database", "Berkeley DB is not read")]),
        Case(
            "rpm", [("usr/lib/sysimage/rpm/Packages.db", "x")],
            [("usr/lib/sysimage/rpm/Packages.db", nil, "rpm database", "ndb is not read")]),
        Case(
            "rpm", [("var/lib/rpmmanifest/container-manifest-2", "bash\t5.1\t1\n")],
            [("var/lib/rpmmanifest/container-manifest-2", nil, "rpm database", "distroless")]),
        Case(
            "unread", [("var/lib/pacman/local/bash-5.2-1/desc", "%NAME%\nbash\n")],
            [("var/lib/pacman/local", nil, "pacman database", "not read")]),
        Case(
            "unread", [("nix/var/nix/db/db.sqlite", "x")],
            [("nix/var/nix/db/db.sqlite", nil, "Nix database", "not read")]),
        Case(
            "conda-meta",
            [
                ("opt/conda/conda-meta/x-1-0.json", "{"),
                ("opt/conda/conda-meta/b-2-0.json", #"{"name":"b","version":"2"}"#),
            ], [("opt/conda/conda-meta/x-1-0.json", 1, "conda package", "not closed")], packages: ["b 2"]),
        Case(
            "conda-meta", [("conda-meta/x-1-0.json", #"{"name":"x"}"#)],
            [("conda-meta/x-1-0.json", 1, "conda package", "no name or no version")]),
        Case(
            "conda-meta", [("conda-meta/x-1-0.json", #"{"name":"x","version":"1","paths_data":{"paths":[{}]}}"#)],
            [("conda-meta/x-1-0.json", 1, "conda package", "no path")]),
        Case(
            "python",
            [
                ("\(library)/a-1.dist-info/RECORD", "a.py,,\n"),
                ("\(library)/b-2.dist-info/METADATA", "Name: b\nVersion: 2\n"),
            ], [("\(library)/a-1.dist-info", nil, "a-1.dist-info", "no METADATA")], packages: ["b 2"]),
        Case(
            "python", [("\(library)/a-1.dist-info/METADATA", "Version: 1\n")],
            [("\(library)/a-1.dist-info", nil, "a-1.dist-info", "a name and a version")]),
        Case(
            "python", [("\(library)/a.egg-link", "/srv/a\n.")],
            [("\(library)/a.egg-link", nil, "a.egg-link", "an editable installation")]),
        Case(
            "python",
            [
                ("\(library)/b-c.egg-link", "/srv/b\n."), ("srv/b/b_c.egg-info/PKG-INFO", "Name: b\nVersion: 2\n"),
                ("\(library)/a.egg-link", "/srv/b\n."),
            ], [("\(library)/a.egg-link", nil, "a.egg-link", "an editable installation")], packages: ["b 2"]),
        Case(
            "python", [("\(library)/a.egg-info", "noise")],
            [("\(library)/a.egg-info", nil, "a.egg-info", "no PKG-INFO")]),
        Case(
            "python", [("\(library)/a.egg-info/SOURCES.txt", "a.py\n")],
            [("\(library)/a.egg-info", nil, "a.egg-info", "no PKG-INFO")]),
        Case(
            "python", [("\(library)/a-1-py3.egg/EGG-INFO/SOURCES.txt", "a.py\n")],
            [("\(library)/a-1-py3.egg", nil, "a-1-py3.egg", "no PKG-INFO")]),
        Case(
            "python", [("\(library)/a-1-py3.egg", "PK")],
            [("\(library)/a-1-py3.egg", nil, "a-1-py3.egg", "zip file is not read")]),
    ]

    private static func installed(_ files: [(path: String, text: String)]) throws -> InstalledPackages {
        var tar = TarBytes()
        for (path, text) in files { tar.file(path, text) }
        return InstalledPackages(
            try stacked([tar]), configuration: ImageConfiguration(), layers: ["sha256:x"], systemRecords: .contents)
    }

    @Test(arguments: cases)
    func namesWhatItCannotRead(example: Case) throws {
        let environment = try Self.installed(example.files).environment
        #expect(environment.gaps.map(\.source?.file) == example.gaps.map(\.file))
        for (gap, wanted) in zip(environment.gaps, example.gaps) {
            #expect(gap.source?.line == wanted.line, "\(gap.description)")
            #expect(gap.subject == wanted.subject)
            #expect(gap.reason.contains(wanted.reason), "\(gap.description)")
        }
        #expect(environment.packages.map { "\($0.name) \($0.version ?? "")" } == example.packages)
    }

    @Test func everyDatabaseOfTheListHasAGap() {
        #expect(Set(Self.cases.map(\.database)) == Set(packageDatabases.map { $0.name }))
    }

    @Test func everyUnreadManagerIsFound() throws {
        for (manager, path) in UnreadDatabases.known {
            #expect(try Self.installed([(path, "x")]).environment.gaps.map(\.subject) == ["\(manager) database"])
            #expect(try Self.installed([("\(path)/x", "x")]).environment.gaps.count == 1)
        }
        var tar = TarBytes()
        tar.directory("var/lib/pacman/local")
        let empty = InstalledPackages(
            try stacked([tar]), configuration: ImageConfiguration(), layers: [], systemRecords: .named)
        #expect(empty.environment.gaps.isEmpty)
    }

    @Test(
        "an image of another system is a gap",
        arguments: [("windows", 1), ("freebsd", 1), ("linux", 0), ("Linux", 0), ("", 0)])
    func otherSystems(os: String, count: Int) throws {
        var tar = TarBytes()
        tar.file("Files/Python/python.exe", "MZ")
        var configuration = ImageConfiguration()
        configuration.operatingSystem = os
        let environment = InstalledPackages(
            try stacked([tar]), configuration: configuration, layers: [], systemRecords: .named
        ).environment
        #expect(environment.gaps.count == count)
        #expect(environment.gaps.allSatisfy { $0.reason.contains(os) && $0.scope == .anything })
    }

    @Test("an egg below a package's directory or the standard library's is a file of its tests, and no package")
    func eggsOfTestsAreNone() throws {
        let data = "\(Self.library)/pkg/tests/data"
        let installed = try Self.installed([
            ("\(data)/my-1.0-py3.7.egg", "PK"),
            ("\(data)/x/my-1.0-py3.7.egg/EGG-INFO/PKG-INFO", "Name: my\nVersion: 1\n"),
            ("usr/local/lib/python3.11/test/test_importlib/data/example-21.12-py3.6.egg", "PK"),
        ])
        #expect(installed.environment.packages.isEmpty && installed.environment.gaps.isEmpty)
        // Where programs put their eggs elsewhere, they are read.
        let own = try Self.installed([("srv/app/eggs/example-21.12-py3.6.egg", "PK")])
        #expect(own.environment.gaps.map(\.subject) == ["example-21.12-py3.6.egg"])
    }

    @Test func eggDirectoriesAreInstalled() throws {
        let egg = "\(Self.library)/Demo_Egg-1.0-py3.11.egg"
        let files = [
            ("\(egg)/EGG-INFO/PKG-INFO", "Metadata-Version: 1.0\nName: Demo.Egg\nVersion: 1.0\n"),
            ("\(egg)/demo.py", "x = 1\n"), ("\(Self.library)/stray.py", "x = 1\n"),
        ]
        let installed = try Self.installed(files)
        #expect(installed.environment.packages.map { "\($0.name) \($0.version ?? "")" } == ["demo-egg 1.0"])
        #expect(installed.environment.gaps.isEmpty)
        var tar = TarBytes()
        for (path, text) in files { tar.file(path, text) }
        let tree = try stacked([tar])
        let owners = FileOwners(tree)
        let owned = try #require(tree.lookup("\(egg)/demo.py"))
        #expect(owners.owner(of: owned)?.owner.name == "demo-egg")
        #expect(owners.owner(of: try #require(tree.lookup("\(Self.library)/stray.py"))) == nil)
    }
}

/// A database that no release has: one type is all that a new one needs.
private enum MadeUpPackages: PackageDatabase {
    static let name = "made-up"
    static let wanted: [PathPattern] = ["opt/made-up/*.pkg"]

    static func packages(in system: InstalledSystem) -> Reading<[Package]> {
        var reading = Reading<[Package]>([])
        for entry in system.files.keptEntries(matching: wanted) {
            let words = system.files.lines(of: entry.path).first?.split(separator: UInt8(ascii: " ")) ?? []
            guard words.count == 2 else {
                reading.gaps.append(Gap(entry.path, reason: "no name and version"))
                continue
            }
            reading.value.append(
                Package(
                    ecosystem: .download, name: String(decoding: words[0], as: UTF8.self),
                    version: String(decoding: words[1], as: UTF8.self)))
        }
        return reading
    }

    static func ownership(in files: FileSystemIndex) -> [PackageFiles] {
        files.keptEntries(matching: wanted).map { entry in
            PackageFiles(.download, "made", paths: Array(files.lines(of: entry.path).dropFirst()), in: files)
        }
    }
}

@Suite struct MadeUpDatabaseTests {
    @Test func oneTypeIsEnough() throws {
        let databases = packageDatabases + [MadeUpPackages.self]
        var tar = TarBytes()
        tar.file("opt/made-up/a.pkg", "made 1.0\nusr/made\n")
        tar.file("opt/made-up/b.pkg", "broken")
        tar.file("usr/made", "x")
        tar.file("usr/other", "x")
        var reader = LayerReader(limits: ReadingLimits())
        reader.kept = KeptFiles(databases)
        var stack = LayerStack(image: "test")
        try stack.apply(reader.read(TarReader(MemoryByteSource(tar.archive, name: "layer"))), name: "layer")
        let files = FileSystemIndex(stack.finish())
        let installed = InstalledPackages(
            files, configuration: ImageConfiguration(), layers: [], systemRecords: .named, databases: databases)
        #expect(installed.environment.packages.map(\.name) == ["made"])
        #expect(installed.environment.gaps.map(\.subject) == ["opt/made-up/b.pkg"])
        let owners = FileOwners(files, databases)
        #expect(owners.owner(of: try #require(files.lookup("usr/made")))?.owner.name == "made")
        #expect(owners.owner(of: try #require(files.lookup("usr/other"))) == nil)
        // Without its line in the list nothing of it is kept.
        #expect(try stacked([tar]).contents(of: "opt/made-up/a.pkg") == nil)
    }
}

@Suite struct PathPatternTests {
    @Test(arguments: [
        ("var/lib/x", "var/lib/x", true), ("var/lib/x", "a/var/lib/x", false), ("**/lib/x", "lib/x", true),
        ("**/lib/x", "var/a/lib/x", true), ("**/lib/x", "mylib/x", false), ("**/lib/x", "var/lib/x/y", false),
        ("**/*.dist-info/RECORD", "a/b-1.dist-info/RECORD", true), ("**/*.dist-info/RECORD", ".dist-info/RECORD", true),
        ("**/*.dist-info/RECORD", "a/b-1.dist-info/c/RECORD", false), ("**/info/*.list", "info/a.list", true),
        ("**/info/*.list", "info/a/b.list", false), ("**/info/*.list", "x/info/a.lists", false),
        ("**/a.dist-info/sboms/**", "x/a.dist-info/sboms/b/c.json", true),
        ("**/a.dist-info/sboms/**", "x/a.dist-info/sboms", false), ("a/*", "a/b", true), ("a/*", "a/b/c", false),
        ("a/*_P*", "a/x_Packages.lz4", true), ("a/*_P*", "a/xPackages", false), ("**/*.pth", "x.pth", true),
        ("**/*.pth", "a/b/x.pth", true), ("a*b*c", "aXbYc", true), ("a*b*c", "aXb/Yc", false), ("a", "", false),
    ])
    func matches(pattern: String, path: String, isMatch: Bool) {
        let pattern = PathPattern(stringLiteral: pattern)
        #expect(pattern.matches(Array(path.utf8)) == isMatch)
        #expect(PathPatternSet([pattern]).matches(Array(path.utf8)) == isMatch)
    }

    @Test func namesAreBytes() {
        #expect(PathPattern("**/*.pth").matches([0xFF, 0xFE] + Array("/\u{301}".utf8) + [0xC0] + Array(".pth".utf8)))
    }
}
