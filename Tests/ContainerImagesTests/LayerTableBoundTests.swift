import ContentHashing
import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import ArchiveReading
@testable import ContainerImages

/// A table of contents says the same to readers that keep no order of its entries, and is read no further than it agrees with
/// its layer.
struct LayerTableBoundTests {
    private static func hex(_ text: some StringProtocol) throws -> String {
        "sha256:" + (try ContentHash.sha256(of: Array(text.utf8)).hex)
    }

    /// A layer of entries, and what a true table says of them: `d path`, `f path text`, `l path target`, `h path target`.
    private static func layer(_ entries: [String]) throws -> (tar: TarBytes, table: [String]) {
        var tar = TarBytes()
        var table: [String] = []
        for entry in entries {
            let words = entry.split(separator: " ").map(String.init)
            let path = words[1]
            let other = words.count > 2 ? words[2] : ""
            let time = #""modtime":"2023-11-14T22:13:20Z""#
            switch words[0] {
            case "d":
                tar.directory(path)
                table.append("{\"name\":\"\(path)/\",\"type\":\"dir\",\"mode\":493,\(time)}")
            case "l":
                tar.link(path, to: other)
                table.append(
                    "{\"name\":\"\(path)\",\"type\":\"symlink\",\"mode\":511,\(time),\"linkName\":\"\(other)\"}")
            case "h":
                tar.hardLink(path, to: other)
                table.append(
                    "{\"name\":\"\(path)\",\"type\":\"hardlink\",\"mode\":420,\(time),\"linkName\":\"\(other)\"}")
            default:
                tar.file(path, other)
                table.append(
                    "{\"name\":\"\(path)\",\"type\":\"reg\",\"mode\":420,\(time),\"size\":\(other.utf8.count),"
                        + "\"digest\":\"\(try hex(other))\"}")
            }
        }
        return (tar, table)
    }

    private static func document(_ table: [String]) -> String {
        "{\"version\":1,\"entries\":[\(table.joined(separator: ","))]}"
    }

    /// What is said of a layer's table in either format, without the format and the place; nil where it is accepted.
    private static func said(of json: String, beside tar: TarBytes) throws -> String? {
        var stargz = tar
        stargz.add("stargz.index.json", content: Array(json.utf8))
        let found = try said(of: stargz.archive, ["containerd.io/snapshot/stargz/toc.digest": try hex(json)])
        let count = json.utf8.count
        let chunked = try said(
            of: tar.archive + Array(json.utf8),
            [
                "io.github.containers.zstd-chunked.manifest-checksum": try hex(json),
                "io.github.containers.zstd-chunked.manifest-position": "\(tar.archive.count):\(count):\(count):1",
            ])
        #expect(found == chunked)
        return found
    }

    private static func said(of bytes: [UInt8], _ annotations: [String: String]) throws -> String? {
        var blob = LayerBlob(name: "layer", digest: nil, size: bytes.count, diffID: nil) {
            MemoryByteSource(bytes, name: "layer")
        }
        blob.tables = try LayerTable.named(in: annotations)
        do { try LayerTableCheck(blob: blob, limits: ReadingLimits()).run() } catch {
            let text = error.description.split(separator: "make its files, ").last ?? ""
            return String(text.split(separator: " (at byte").first ?? "")
        }
        return nil
    }

    // MARK: Order

    @Test(
        "what depends on the order of the entries is refused",
        arguments: [
            (
                ["d etc", "f etc/a evil", "h etc/b etc/a", "f etc/a good"],
                "has 'etc/a' twice, and its readers keep no order"
            ),
            (["f a one", "f ./a one"], "has 'a' twice, and its readers keep no order"),
            (["l a x", "l a y"], "has 'a' twice, and its readers keep no order"),
            (["f a one", "l a y"], "has 'a' twice, and its readers keep no order"),
            (
                ["d usr", "d usr/lib", "f usr/lib/x.py evil", "l lib usr/lib", "f lib/x.py good"],
                "has 'lib' as a directory and as something else, and its readers keep no order"
            ),
            (
                ["l .s opt", "f .s/lib/x.py good"],
                "has '.s' as a directory and as something else, and its readers keep no order"
            ),
            (
                ["f lib/x.py good", "l lib usr/lib"],
                "has 'lib' as a directory and as something else, and its readers keep no order"
            ),
            (
                ["d app", "f app/sitecustomize.py evil", "f app text", "d app", "f app/main.py good"],
                "has 'app' as a directory and as something else, and its readers keep no order"
            ),
            (["f a text", "d a"], "has 'a' as a directory and as something else, and its readers keep no order"),
            (["h b a", "f a good"], "has 'a' behind a hard link to it, and its readers keep no order"),
            (["h b c/a", "d c", "l c/a x"], "has 'c/a' behind a hard link to it, and its readers keep no order"),
            (["h b a", "f a/x good"], "has 'a' behind a hard link to it, and its readers keep no order"),
            (["f a/x good", "h b a"], "has 'b' as a hard link to a directory"),
        ] as [([String], String)])
    func orders(entries: [String], wanted: String) throws {
        let (tar, table) = try Self.layer(entries)
        #expect(try Self.said(of: Self.document(table), beside: tar) == wanted)
    }

    @Test(
        "what says the same in any order is accepted",
        arguments: [
            [],
            ["d .", "d a", "d a/b", "f a/b/x one", "h a/y a/b/x", "h a/z a/b/x", "l a/l b", "f .wh.old text"],
            // Directories may be there more than once, and behind what is in them.
            ["d a", "f a/x one", "d a", "d b", "d a", "f a/y two"],
            ["f a/b/x one", "d a/b", "d a"],
            // A hard link to what layers below have.
            ["d a", "h a/x b/y", "f b/z one", "f b/yy two"],
            ["f a one", "f a.b two", "f ab/c three", "l b a", "f bb/a four"],
        ] as [[String]])
    func honestOrders(entries: [String]) throws {
        let (tar, table) = try Self.layer(entries)
        #expect(try Self.said(of: Self.document(table), beside: tar) == nil)
    }

    // MARK: Size

    @Test func aTableIsReadNoFurtherThanItAgrees() throws {
        let (tar, table) = try Self.layer(["d a", "f a/x text"])
        func said(_ more: [String]) throws -> String? { try Self.said(of: Self.document(more), beside: tar) }
        #expect(try said(table) == nil)
        // What follows is no JSON, and is not met.
        let other = "{\"name\":\"b\",\"type\":\"dir\"}"
        #expect(try said([other, "no JSON"]) == "does not have 'a' where the tar has it")
        #expect(try said(table + [other, "no JSON"]) == "has 'b', which the tar does not have")
        #expect(try said(table + ["no JSON"]) == "cannot be read: an element of a list is no object")
        let many = [String](repeating: other, count: 50_000)
        #expect(try said(table + many) == "has 'b', which the tar does not have")
        #expect(try said(many + table) == "does not have 'a' where the tar has it")
        let empty = [String](repeating: "{}", count: 100_000)
        #expect(try said(table + empty) == "cannot be read: an entry without a usable name")
        #expect(try said(empty) == "cannot be read: an entry without a usable name")
    }

    @Test func aFileHasNoMorePartsThanBytes() throws {
        let (tar, table) = try Self.layer(["d a", "f a/x text", "f a/y text"])
        func part(_ offset: Int, _ text: String) throws -> String {
            "{\"name\":\"a/x\",\"type\":\"chunk\",\"chunkOffset\":\(offset),\"chunkSize\":\(text.utf8.count),"
                + "\"chunkDigest\":\"\(try Self.hex(text))\"}"
        }
        var parts = table
        parts[1] = table[1].replacing("}", with: ",\"chunkSize\":1,\"chunkDigest\":\"\(try Self.hex("t"))\"}")
        func said(_ more: [String]) throws -> String? {
            try Self.said(of: Self.document(Array(parts[..<2]) + more + Array(parts[2...])), beside: tar)
        }
        #expect(try said([part(1, "e"), part(2, "xt")]) == nil)
        #expect(try said([part(1, "e")]) == "cannot be read: the parts of 'a/x' are not all of it")
        #expect(
            try said([part(1, "e"), part(2, "tx")]) == "says something else of 'a/x' than the tar: its digest of a part"
        )
        let behind = "cannot be read: a part behind its file's end"
        #expect(try said([part(1, "ext"), part(4, "")]) == behind)
        #expect(try said([part(1, "ext")] + [String](repeating: part(4, ""), count: 1000)) == behind)
        #expect(try said([part(1, "ext"), part(4, "t")]) == behind)
        // Those of a file that has more in the table than in the tar are not read.
        parts[1] = parts[1].replacing("\"size\":4", with: "\"size\":40000")
        #expect(try said(["no JSON"]) == "says something else of 'a/x' than the tar: its size")
    }

    // MARK: JSON

    @Test func whatIsNoListOfEntriesIsRefused() throws {
        let (tar, table) = try Self.layer(["d a", "f a/x text"])
        let entries = table.joined(separator: ",")
        func said(_ json: String) throws -> String? { try Self.said(of: json, beside: tar) }
        for accepted in [
            "{\"version\":1,\"entries\":[\(entries)]}", " {\"entries\" : [ \(entries) ]\n,\t\"version\": 1 } ",
            "{\"x\":[\"]\",{}],\"entries \":3,\"y\":{\"entries\":[1]},\"entries\":[\(entries)],\"version\":1,\"z\":\"\\\"]\"}",
            "{\"version\":1,\"z\":\"entries\",\"entries\":[\(table.joined(separator: "\n, "))],\"y\":[[\"entries\",[]]]}",
        ] { #expect(try said(accepted) == nil, "\(accepted)") }
        for element in ["null", "1", "\"{}\"", "[]", "[\(table[0])]", "", "\u{FEFF}\(table[0])"] {
            let wanted = "cannot be read: an element of a list is no object"
            #expect(try said(Self.document([element] + table)) == wanted, "\(element)")
            #expect(try said(Self.document(table + [element])) == wanted, "\(element)")
        }
        for (json, wanted) in [
            ("{\"version\":1,\"entries\":[\(table.joined(separator: " "))]}", "a comma or ] was expected"),
            ("{\"version\":1,\"entries\":[\(entries)],\"entries\":[]}", "duplicate key \"entries\""),
            (
                "{\"version\":1,\"Entries\":[\(entries)]}",
                "the member 'Entries' is taken for 'entries' by container runtimes"
            ),
            ("{\"version\":1,\"entries\":{\"a\":[\(entries)]}}", "'entries' has to be a list"),
            ("{\"version\":1,\"entries\":\"[\"}", "'entries' has to be a list"),
            ("{\"entries\":[\(entries)]}", "its version is not 1"),
            (
                "{\"version\":1,\"entries\":[\(entries)],\"x\":[\(String(repeating: "0,", count: 40_000))0]}",
                "it has more than 65536 bytes that are no element of its list 'entries'"
            ),
            (
                "{\"version\":1,\"entries\":[{\"x\":[\(String(repeating: "0,", count: 600_000))0]},\(entries)]}",
                "an element of a list has more than 1048576 bytes"
            ),
        ] as [(String, String)] { #expect(try said(json) == "cannot be read: \(wanted)", "\(json.prefix(100))") }
        for json in [
            "{}", "[]", "{\"version\":1,\"entries\":[\(entries)]", "{\"version\":1,\"entries\":[\(entries)",
            "{\"version\":1,\"entries\":[\(entries)}}", "{\"version\":1,\"entries\":[\(entries)]} 1",
            "{\"version\":1,\"entries\":[\(entries),{\"name\":\"b]}]}", "1{\"version\":1,\"entries\":[\(entries)]}",
            "{\"version\":1,\"entries\"[\(entries)]}", "{\"version\":1,\"entries\"::[\(entries)]}",
            "{\"version\":1 \"entries\":[\(entries)]}", "{\"version\":1,\"entries\":[\(entries)]}}",
            "{\"version\":1,\"x\":[}],\"entries\":[\(entries)]}",
        ] { #expect(try said(json)?.hasPrefix("cannot be read: ") == true, "\(json)") }
        for none in ["{\"version\":1}", "{\"version\":1,\"entries\":null}", "{\"version\":1,\"entries\":[ ]}"] {
            #expect(try said(none) == "does not have 'a' where the tar has it")
            #expect(try Self.said(of: none, beside: TarBytes()) == nil)
        }
    }

    /// Read one by one, elements are those of the whole document, and refused is what is refused as a whole.
    @Test func elementsAreThoseOfTheWhole() {
        let json = Array(
            "{\"a\":[\"]\",{}],\"entries\":[{\"b\":\"\\\"}\",\"c\":[1, {\"d\":{}}]},{}, {\"e\":\"é\\u00e9\"}],\"f\":\"[\"}"
                .utf8)
        let limits = ReadingLimits()
        func whole(_ bytes: [UInt8]) -> [[String]]? {
            try? JSONTable(bytes, name: "whole", limits: limits).tables("entries").map { $0.members.map(\.key) }
        }
        func single(_ bytes: [UInt8]) -> [[String]]? {
            guard var elements = try? JSONElements(of: "entries", in: bytes, name: "single", limits: limits) else {
                return nil
            }
            var found: [[String]] = []
            do {
                while let element = try elements.next() { found.append(element.members.map(\.key)) }
            } catch { return nil }
            return found
        }
        #expect(single(json) == [["b", "c"], [], ["e"]])
        var generator = SeededGenerator(seed: 31)
        let marks = Array("{}[]\",:\\ 0é".utf8)
        for _ in 0..<fuzzRounds(2000) {
            var changed = json
            for _ in 0..<generator.next(1...3) {
                let place = generator.next(0...(changed.count - 1))
                switch generator.next(0...2) {
                case 0: changed.remove(at: place)
                case 1: changed.insert(marks[generator.next(0...(marks.count - 1))], at: place)
                default: changed[place] = marks[generator.next(0...(marks.count - 1))]
                }
            }
            #expect(single(changed) == whole(changed), "\(String(decoding: changed, as: UTF8.self))")
        }
    }
}

extension LayerTableEntry {
    /// Reads a whole table.
    static func read(_ bytes: [UInt8], name: String, limits: ReadingLimits, hasHoles: Bool) throws -> [LayerTableEntry]
    {
        var reader = try LayerTableReader(bytes, name: name, limits: limits, hasHoles: hasHoles)
        var entries: [LayerTableEntry] = []
        while var entry = try reader.next() {
            if entry.type == "reg" { try reader.readParts(of: &entry) }
            entries.append(entry)
        }
        return entries
    }
}
