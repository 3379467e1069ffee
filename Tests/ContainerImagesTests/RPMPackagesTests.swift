import ArchiveReading
import ContentHashing
import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import ContainerImages

/// rpm's database in SQLite; the databases are made by sqlite3, the headers here.
struct RPMPackagesTests {
    /// A header as rpm's database keeps it.
    private struct HeaderBytes {
        private var index: [UInt8] = []
        private var data: [UInt8] = []

        mutating func add(_ tag: UInt32, _ type: UInt32, _ count: Int, _ bytes: [UInt8]) {
            func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
            index += word(tag) + word(type) + word(UInt32(data.count)) + word(UInt32(count))
            data += bytes
        }
        mutating func add(_ tag: UInt32, _ text: String) { add(tag, 6, 1, Array(text.utf8) + [0]) }
        mutating func add(_ tag: UInt32, _ texts: [String]) {
            add(tag, 8, texts.count, texts.flatMap { Array($0.utf8) + [0] })
        }
        mutating func add(_ tag: UInt32, _ numbers: [Int]) {
            add(
                tag, 4, numbers.count, numbers.flatMap { value in (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xFF) } }
            )
        }
        mutating func add(_ tag: UInt32, modes: [Int]) {
            add(tag, 3, modes.count, modes.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
        }
        var bytes: [UInt8] {
            let counts = [index.count / 16, data.count]
            return counts.flatMap { value in (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xFF) } } + index + data
        }
    }

    private static func demo(filler: Int = 0) throws -> [UInt8] {
        var header = HeaderBytes()
        header.add(1000, "demo")
        header.add(1001, "1.2")
        header.add(1002, "3.x")
        header.add(1003, [2])
        header.add(1022, "noarch")
        header.add(1005, String(repeating: "x", count: filler))
        header.add(1117, ["tool", "other", "demo.conf", "README", "demo.log", "gone"])
        header.add(1118, ["/usr/bin/", "/etc/", "/usr/share/doc/demo/", "/var/log/"])
        header.add(1116, [0, 0, 1, 2, 3, 0])
        header.add(1037, [0, 0, 1, 2, 64, 0])
        header.add(1030, modes: [0o100755, 0o120777, 0o100644, 0o100644, 0o100644, 0o100755])
        header.add(1029, 1, 6, [0, 0, 0, 0, 0, 1])
        header.add(1036, ["", "tool", "", "", "", ""])
        header.add(5011, [8])
        func sum(_ text: String) throws -> String { try ContentHash.sha256(of: Array(text.utf8)).hex }
        header.add(1035, [try sum("tool"), "", try sum("a=1"), try sum("free"), "", try sum("gone")])
        return header.bytes
    }

    /// A database made by sqlite3, with one header a row.
    private static func database(
        _ headers: [[UInt8]], _ pragmas: String = "", folder: TemporaryFolder = TemporaryFolder()
    ) throws -> [UInt8] {
        let values = headers.map { "INSERT INTO Packages(blob) VALUES(x'\(Hexadecimal.encode($0))');" }.joined()
        folder.write(
            "make.sql",
            Array(
                "\(pragmas)CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL);BEGIN;\(values)COMMIT;"
                    .utf8)
        )
        try #require(shell("cd '\(folder.path)' && sqlite3 rpmdb.sqlite < make.sql") == 0)
        return try folder.read("rpmdb.sqlite")
    }

    private static func installed(_ database: [UInt8], _ changes: [String: String] = [:], link: String = "tool") throws
        -> InstalledPackages
    {
        var tar = TarBytes()
        tar.add("usr/lib/sysimage/rpm/rpmdb.sqlite", content: database)
        tar.link("var/lib/rpm", to: "../../usr/lib/sysimage/rpm")
        tar.file("etc/os-release", "NAME=x\nID=\"fedora\"\nVERSION_ID=40\n")
        let files = ["usr/bin/tool": "tool", "etc/demo.conf": "a=1", "usr/share/doc/demo/README": "free"]
        for (path, text) in files.merging(changes, uniquingKeysWith: { $1 }) where !text.isEmpty {
            tar.file(path, text)
        }
        tar.link("usr/bin/other", to: link)
        return InstalledPackages(
            try stacked([tar]), configuration: ImageConfiguration(), layers: ["sha256:x"],
            systemRecords: .contents)
    }

    @Test(.enabled(if: hasProgram("sqlite3")), arguments: [512, 4096, 65536])
    func readsAndChecks(pageSize: Int) throws {
        // Hundreds of rows for interior pages, rows of every length for overflow pages.
        var headers = try (0..<40).map { try Self.demo(filler: $0 * 97) }
        for number in 0..<300 {
            var header = HeaderBytes()
            header.add(1000, "p\(number)")
            header.add(1001, "1")
            header.add(1002, "1")
            headers.append(header.bytes)
        }
        let installed = try Self.installed(Self.database(headers, "PRAGMA page_size=\(pageSize);"))
        let packages = installed.environment.packages
        #expect(packages.count == 340)
        let demo = try #require(packages.first { $0.name == "demo" })
        #expect(demo.version == "2:1.2-3.x" && demo.architecture == "noarch" && demo.installer == "rpm")
        #expect(demo.packageURL == "pkg:rpm/fedora/demo@1.2-3.x?arch=noarch&epoch=2")
        #expect(demo.location == "usr/lib/sysimage/rpm/rpmdb.sqlite" && demo.layer == "sha256:x")
        #expect(demo.recordCheck == .intact && demo.contentDigest != nil)
        #expect(Set(packages.map(\.name)).count == 301)
        #expect(installed.environment.gaps.isEmpty)
    }

    @Test(
        .enabled(if: hasProgram("sqlite3")),
        arguments: [
            (["usr/bin/tool": "evil"], "tool", "altered usr/bin/tool"),
            (["usr/bin/tool": ""], "tool", "altered usr/bin/tool"),
            ([:], "evil", "altered usr/bin/other"), (["etc/demo.conf": "a=2"], "tool", "intact"),
            (["usr/share/doc/demo/README": ""], "tool", "intact"),
            (["usr/share/doc/demo/README": "x"], "tool", "altered usr/share/doc/demo/README"),
        ] as [([String: String], String, String)])
    func holdsFilesAgainstDigests(changes: [String: String], link: String, wanted: String) throws {
        let installed = try Self.installed(Self.database([Self.demo()]), changes, link: link)
        var found = "intact"
        if case .altered(let differences) = installed.environment.packages.first?.recordCheck {
            found = "altered " + differences.map(\.path).joined(separator: " ")
        }
        #expect(found == wanted)
    }

    @Test(.enabled(if: hasProgram("sqlite3") && hasProgram("python3")))
    func readsTheWriteAheadLog() throws {
        let folder = TemporaryFolder()
        let header = Hexadecimal.encode(try Self.demo(filler: 9000))
        folder.write(
            "wal.py",
            Array(
                """
                import shutil, sqlite3
                base = sqlite3.connect("base", isolation_level=None)
                base.execute("PRAGMA journal_mode=WAL")
                base.execute("PRAGMA wal_autocheckpoint=0")
                base.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
                base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                for _ in range(7): base.execute("INSERT INTO Packages(blob) VALUES(x'\(header)')")
                for name in ["base", "base-wal"]: shutil.copy(name, "kept-" + name)
                """.utf8))
        try #require(shell("cd '\(folder.path)' && python3 wal.py") == 0)
        let bytes = try folder.read("kept-base")
        let log = try folder.read("kept-base-wal")
        let whole = try SQLiteFile(bytes, log: log, name: "db")
        #expect(try whole.rows(ofTable: "Packages")?.count == 7)
        #expect(try SQLiteFile(bytes, log: [], name: "db").rows(ofTable: "Packages")?.isEmpty == true)
        #expect(try whole.rows(ofTable: "Other") == nil)
        // A cut log holds the transactions before the cut, as it does for SQLite.
        let cut = try SQLiteFile(bytes, log: Array(log.prefix(log.count - 5000)), name: "db")
        let left = try #require(try cut.rows(ofTable: "Packages")).count
        #expect(left == 6)
        var flipped = log
        flipped[log.count / 2] ^= 1
        let before = try #require(try SQLiteFile(bytes, log: flipped, name: "db").rows(ofTable: "Packages")).count
        #expect((0..<7).contains(before))
    }

    @Test(.enabled(if: hasProgram("sqlite3")))
    func damageIsAnErrorOrFound() throws {
        let good = try Self.database([Self.demo(filler: 5000), Self.demo()], "PRAGMA page_size=512;")
        for cut in stride(from: 0, to: good.count, by: 193) {
            #expect(try Self.installed(Array(good.prefix(cut))).environment.gaps.count >= 1, "cut to \(cut)")
        }
        var random = SeededGenerator(seed: 77_001)
        for _ in 0..<fuzzRounds(500) {
            var bytes = good
            for _ in 0..<random.next(1...4) { bytes[random.next(0...(bytes.count - 1))] = UInt8(random.next(0...255)) }
            _ = try? Self.installed(bytes)
        }
        let blob = try Self.demo()
        for _ in 0..<fuzzRounds(1000) {
            var bytes = blob
            bytes[random.next(0...(bytes.count - 1))] = UInt8(random.next(0...255))
            if let header = try? RPMHeader(bytes) { _ = try? RPMFile.all(of: header) }
        }
        for cut in 0..<blob.count { #expect(throws: RPMHeader.Damage.self) { try RPMHeader(Array(blob.prefix(cut))) } }
    }

    @Test func aDatabaseOfOldIsSaid() throws {
        for (path, what) in [("var/lib/rpm/Packages", "Berkeley DB"), ("usr/lib/sysimage/rpm/Packages.db", "ndb")] {
            var tar = TarBytes()
            tar.file(path, "x")
            let installed = InstalledPackages(
                try stacked([tar]), configuration: ImageConfiguration(), layers: [], systemRecords: .contents)
            let gaps = installed.environment.gaps
            #expect(gaps.map(\.source?.file) == [path] && gaps.allSatisfy { $0.reason.contains(what) })
            #expect(gaps.map(\.scope) == [.packages(.rpm)])
        }
    }

    @Test(.enabled(if: hasProgram("sqlite3")))
    func filesHaveOwners() throws {
        var tar = TarBytes()
        tar.add("var/lib/rpm/rpmdb.sqlite", content: try Self.database([Self.demo()]))
        tar.file("usr/bin/tool", "tool")
        tar.file("etc/demo.conf", "changed")
        tar.file("usr/bin/stray", "x")
        let files = try stacked([tar])
        let owners = FileOwners(files)
        func owner(_ path: String) throws -> String {
            let entry = try #require(files.lookup(path))
            return owners.owner(of: entry).map { "\($0.owner.ecosystem.rawValue) \($0.owner.name) \($0.agreement)" }
                ?? "-"
        }
        #expect(try owner("usr/bin/tool") == "rpm demo agrees")
        #expect(try owner("etc/demo.conf") == "rpm demo disagrees")
        #expect(try owner("usr/bin/stray") == "-")
    }
}
