import SourceDocuments
import TestSupport
import Testing

@testable import ArchiveReading

/// Databases of SQLite, compared with what SQLite itself returns of them, and damaged ones.
struct SQLiteFileTests {
    /// A database, its log, and its rows by table: the number and the values as `Oracle/databases.py` writes them.
    private struct Database: Sendable {
        let name: String
        let bytes: [UInt8]
        let log: [UInt8]
        var rows: [String: [[String]]] = [:]
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8).map { UInt8($0 <= UInt8(ascii: "9") ? $0 - 48 : $0 - 87) }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private static let databases: [Database] = {
        var databases: [Database] = []
        for line in PythonOracle.table("Oracle/databases.py", testFile: #filePath) ?? [] {
            if line[0] == "db" {
                databases.append(Database(name: line[1], bytes: bytes(line[2]), log: bytes(line[3])))
            } else {
                databases[databases.count - 1].rows[line[1], default: []].append(Array(line[2...]))
            }
        }
        return databases
    }()

    private static func written(_ value: SQLiteFile.Value) -> String {
        func hex(_ bytes: [UInt8]) -> String {
            String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        }
        let digits = Array("0123456789abcdef".utf8)
        return switch value {
        case .null: "n"
        case .integer(let number): "i\(number)"
        case .real: "r"
        case .text(let bytes): "t" + hex(bytes)
        case .blob(let bytes): "b" + hex(bytes)
        }
    }

    @Test("every row is what SQLite returns", .enabled(if: PythonOracle.has("sqlite3")))
    func rows() throws {
        #expect(Self.databases.count == 35)
        for database in Self.databases {
            let file = try SQLiteFile(database.bytes, log: database.log, name: database.name)
            for table in database.rows.keys.sorted() {
                let expected = database.rows[table] ?? []
                let rows = try #require(try file.rows(ofTable: table), "\(database.name)")
                #expect(rows.map { "\($0.number)" } == expected.map { $0[0] }, "\(database.name): \(table)")
                for (row, cells) in zip(rows, expected) {
                    // A column that was added later is not in the rows before it.
                    let columns = row.columns.map(Self.written)
                    #expect(columns == Array(cells[1...].prefix(columns.count)), "\(database.name): \(row.number)")
                    #expect(columns.count == cells.count - 1 || database.name == "added column")
                }
            }
            #expect(try file.rows(ofTable: "nowhere") == nil)
            #expect(try file.hasTable("v") == false, "a view is not a table")
        }
    }

    @Test(
        "a log counts by its checksums: a cut or changed frame and what follows are not there",
        .enabled(if: PythonOracle.has("sqlite3")))
    func logs() throws {
        let database = try #require(Self.databases.first { $0.name == "write-ahead log" })
        let frame = 24 + 512
        let frames = (database.log.count - 32) / frame
        func count(_ log: [UInt8]) throws -> Int? {
            try SQLiteFile(database.bytes, log: log, name: "db").rows(ofTable: "t")?.count
        }
        #expect(try count(database.log) == 200)
        var counts: [Int] = []
        for length in stride(from: 0, through: frames, by: 5) {
            counts.append(try count(Array(database.log.prefix(32 + length * frame + 100))) ?? -1)
        }
        // Rows come in the order of the transactions, so that a longer log never has fewer of them.
        #expect(counts == counts.sorted() && counts[0] == -1 && (counts.last ?? 0) > 150, "\(counts)")
        for place in [0, 4, 8, 16, 24, 31] {
            var log = database.log
            log[place] ^= 0x40
            #expect(try count(log) == nil, "the header's byte \(place)")
        }
        var log = database.log
        let middle = 32 + (frames / 2) * frame
        log[middle + 24 + 200] ^= 1
        let before = try #require(try count(Array(database.log.prefix(middle))))
        #expect(try count(log) == before)
    }

    @Test(
        "a damaged database is read otherwise or refused, and never ends the program",
        .enabled(if: PythonOracle.has("sqlite3")))
    func damage() throws {
        var random = SeededGenerator(seed: 31)
        let small = Self.databases.filter { $0.bytes.count < 40_000 }
        try #require(small.count > 10)
        var refused = 0
        for _ in 0..<fuzzRounds(400) {
            let database = small[random.next(0...small.count - 1)]
            var bytes = database.bytes
            for _ in 0..<random.next(1...4) {
                bytes[random.next(0...bytes.count - 1)] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.next(0...4) == 0 { bytes.removeLast(random.next(1...bytes.count)) }
            do { _ = try SQLiteFile(bytes, log: database.log, name: "db").rows(ofTable: "t") } catch {
                refused += 1
                #expect(error.file == "db" && !error.reason.isEmpty)
            }
        }
        #expect(refused > 50)
    }

    private static func header(_ changes: [Int: [UInt8]]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 512)
        bytes.replaceSubrange(0..<16, with: SQLiteFile.magic)
        bytes.replaceSubrange(16..<18, with: [2, 0])
        bytes[100] = 0x0D
        for (place, new) in changes { bytes.replaceSubrange(place..<place + new.count, with: new) }
        return bytes
    }

    @Test(
        "headers that no database has",
        arguments: [
            ([:], nil), ([0: [0x53, 0x51, 0x4C]], nil), ([0: [0]], "it is not a SQLite database"),
            ([16: [0, 1]], "damaged: it has 0 of its 1 pages"), ([16: [1, 0]], "damaged: pages of 256 bytes"),
            ([16: [3, 0]], "damaged: pages of 768 bytes"), ([16: [0, 0]], "damaged: pages of 0 bytes"),
            ([20: [33]], "damaged: a page has 479 bytes of use"), ([20: [32]], nil),
            ([56: [0, 0, 0, 2]], "its texts are in UTF-16, which is not supported"), ([56: [0, 0, 0, 1]], nil),
            ([56: [1, 0, 0, 1]], "its texts are in UTF-16, which is not supported"),
            ([28: [0, 0, 0, 2]], "damaged: it has 1 of its 2 pages"), ([28: [0, 0, 0, 2], 92: [0, 0, 0, 1]], nil),
            ([100: [0x0A]], "damaged: page 1 is not a page of a table"),
            ([100: [0x05]], "damaged: there is no page 0"),
            ([100: [0x05], 108: [0, 0, 0, 1]], "damaged: the pages of a table lead in a circle at page 1"),
            ([103: [0, 1], 108: [0xFF, 0xFF]], "damaged: a place outside of its page"),
            ([103: [0xFF, 0xFF]], "damaged: a row of"),
        ] as [([Int: [UInt8]], String?)])
    func headers(_ changes: [Int: [UInt8]], _ reason: String?) {
        var changes = changes
        if reason?.hasPrefix("damaged: it has 0") == true { changes[28] = [0, 0, 0, 1] }
        var found: String?
        do { _ = try SQLiteFile(Self.header(changes), log: [], name: "db").hasTable("t") } catch {
            found = error.reason
        }
        if reason == "damaged: a row of" {
            #expect(found?.hasPrefix("damaged: ") == true)
        } else {
            #expect(found == reason)
        }
    }

    @Test(
        "the columns of a statement, as SQLite names them",
        arguments: [
            ("CREATE TABLE t (a, b)", ["a", "b"]),
            ("CREATE TABLE t(a INTEGER PRIMARY KEY,b TEXT NOT NULL)", ["a", "b"]),
            ("CREATE TABLE \"t\" (\"a b\" TEXT, [c d] INT, `e`, 'f')", ["a b", "c d", "e", "f"]),
            ("CREATE TABLE t (a NUMERIC(10, 2), b DEFAULT (1 + (2)), c)", ["a", "b", "c"]),
            ("CREATE TABLE t (a, PRIMARY KEY (a), UNIQUE(a), CHECK (a > 1), FOREIGN KEY (a) REFERENCES u (b))", ["a"]),
            ("CREATE TABLE t (a, CONSTRAINT k PRIMARY KEY (a))", ["a"]),
            ("create table t (\n\ta\n,\n\tb\n)", ["a", "b"]),
            ("CREATE TABLE t (a DEFAULT 'x, (y', b)", ["a", "b"]),
            ("CREATE TABLE t (a DEFAULT 'it''s', b)", ["a", "b"]),
            ("CREATE TABLE t (a, -- the first, and (\n b)", ["a", "b"]),
            ("CREATE TABLE t (-- it's here\na, /* b, \n ( */ c)", ["a", "c"]),
            ("CREATE TABLE t (a /**/, b)", ["a", "b"]),
            ("CREATE TABLE t /* (x) */ (a-- end\n)", ["a"]), ("CREATE TABLE t (\"a\"\"b\", c)", ["a\"b", "c"]),
            ("CREATE TABLE \"odd(name\" (a)", ["a"]),
            ("CREATE TABLE t (a", nil), ("CREATE TABLE t", nil), ("CREATE TABLE t (a,)", nil),
            ("CREATE TABLE t (,a)", nil),
            ("CREATE TABLE t ('a)", nil), ("CREATE TABLE t (a /* )", nil), ("", nil),
        ] as [(String, [String]?)])
    func columns(_ statement: String, _ names: [String]?) {
        #expect(SQLiteTableStatement.columnNames(Array(statement.utf8)) == names)
    }
}
