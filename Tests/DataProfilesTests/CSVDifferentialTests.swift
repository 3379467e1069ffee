import TestSupport
import Testing

@testable import DataProfiles

/// Random CSV, compared with Python's csv module in its strict mode: what is read has the same cells.
struct CSVDifferentialTests {
    /// Prints the cells of each file, `FILE ROW COLUMN HEX`, and `FILE error` for one that Python refuses.
    private static let script = """
        import csv, os, sys
        out = open(sys.argv[2], "w")
        for name in sorted(os.listdir(sys.argv[1])):
            try:
                with open(os.path.join(sys.argv[1], name), newline="", encoding="utf-8-sig") as file:
                    rows = list(csv.reader(file, strict=True))
            except csv.Error:
                out.write(name + "\\terror\\n")
                continue
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    out.write(f"{name}\\t{number}\\t{column}\\t{cell.encode().hex()}\\n")
        """

    @Test("cells are those of Python's reader", .enabled(if: PythonOracle.has("csv")))
    func cells() throws {
        var random = SeededGenerator(seed: 90)
        let folder = TemporaryDirectory()
        let script = folder.write("read.py", Array(Self.script.utf8))
        let pieces = [
            "a", "1", "", " ", "\"x\"", "\"a,b\"", "\"a\"\"b\"", "\"a\nb\"", "\"a\r\nb\"", "é", "-1.5", "\"\"", "x y",
            "'",
        ]
        var texts: [String: String] = [:]
        for number in 0..<fuzzRounds(200) {
            let width = random.next(1...4)
            let end = random.next(0...1) == 0 ? "\n" : "\r\n"
            // The names of columns differ.
            var lines = [(0..<width).map { "c\($0)" }.joined(separator: ",")]
            for _ in 0..<random.next(1...6) {
                let count = random.next(0...19) == 0 ? width + 1 : width
                lines.append((0..<count).map { _ in pieces[random.next(0...pieces.count - 1)] }.joined(separator: ","))
            }
            var text = (random.next(0...5) == 0 ? "\u{FEFF}" : "") + lines.joined(separator: end)
            if random.next(0...1) == 0 { text += end }
            if random.next(0...3) == 0, let place = text.indices.randomElement(using: &random) {
                text.insert(contentsOf: ["\"", ",", "\n", "x"][random.next(0...3)], at: place)
            }
            texts["\(number).csv"] = text
            folder.write("files/\(number).csv", Array(text.utf8))
        }
        try #require(shell("python3 '\(script)' '\(folder.path)/files' '\(folder.path)/table'") == 0)
        var expected: [String: [[String]]] = [:]
        for line in String(decoding: folder.bytes(of: "table") ?? [], as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 4, let row = Int(fields[1]) else { continue }
            var rows = expected[fields[0]] ?? []
            while rows.count <= row { rows.append([]) }
            rows[row].append(fields[3])
            expected[fields[0]] = rows
        }
        var read = 0
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            var cells: [[String]] = []
            do {
                let table = try DataTable(path: "\(folder.path)/files/\(name)")
                _ = try table.read { (column, _, cell, row) throws(DataReadingError) in
                    if column == 0 { cells.append([]) }
                    cells[cells.count - 1].append(cell.text)
                    #expect(cells.count == row)
                }
            } catch { continue }
            read += 1
            // An empty line of one column is a row without a value; Python's reader says that it has no cells.
            let rows = (expected[name] ?? []).dropFirst()
            let wanted = rows.map { row in row.isEmpty ? [""] : row.map(Self.text) }
            // A cell that stands for nothing has no text.
            let missing: Set<String> = ["NaN", "null", "NA"]
            #expect(cells == wanted.map { $0.map { missing.contains($0) ? "" : $0 } }, "\(text)")
        }
        #expect(read > texts.count / 3, "only \(read) of \(texts.count) were read")
    }

    private static func text(_ hex: String) -> String {
        let digits = Array(hex.utf8).map { UInt8($0 <= UInt8(ascii: "9") ? $0 - 48 : $0 - 87) }
        return String(
            decoding: stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] },
            as: UTF8.self)
    }
}
