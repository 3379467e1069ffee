import EnvironmentInventory
internal import Glibc

/// A statement of a Python source that imports a module of the source's own package, or one whose name starts with `_`.
package struct ImportStatement: Sendable, Hashable {
    /// When the statement runs, as far as its place tells.
    package enum Place: UInt8, Sendable, Comparable {
        /// Whenever the module is imported: at the left margin, or in a `try` all of whose handlers raise.
        case always = 0x30
        /// In a block of the module: under a condition.
        case block = 0x31
        /// In a function, or where a handler takes the failure.
        case handled = 0x32

        /// Orders from what surely runs to what may not.
        package static func < (left: Place, right: Place) -> Bool { left.rawValue < right.rawValue }
    }

    /// What a source that opens a library by ctypes or cffi has in place of a module: no module has the name.
    static let opening = "(open)"

    /// Whether it stands for a call that opens a library, and ``place`` for when that runs.
    package var opensLibrary: Bool { module == Self.opening }

    /// When it runs.
    package let place: Place
    /// The number of leading full stops; 0 for an absolute name.
    package let level: Int
    /// The dotted name behind them; may be empty.
    package let module: String
    /// What is imported from it, which may be modules; empty for `import name` and for `*`.
    package let names: [String]

    /// Reads what ``ImportScan/finish()`` wrote; what cannot be read is left out.
    package static func read(_ bytes: [UInt8]) -> [ImportStatement] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard let place = line.first.flatMap(Place.init), let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                return nil
            }
            let dotted = line[line.index(after: line.startIndex)..<colon]
            let module = dotted.drop { $0 == UInt8(ascii: ".") }
            let names = line[line.index(after: colon)...].split(separator: UInt8(ascii: ","))
            return ImportStatement(
                place: place, level: dotted.count - module.count, module: String(decoding: module, as: UTF8.self),
                names: names.map { String(decoding: $0, as: UTF8.self) })
        }
    }
}

/// Finds the import statements of a Python source while it passes: those that lead to modules of its own package.
///
/// It looks at the first letters of lines and at the lines at the left margin around them; what a function or a handler imports
/// is told from what always runs, and nothing else of the language is followed.
package struct ImportScan {
    /// The largest source that is looked at.
    static let maximumBytes = 4 << 20
    /// The most bytes that are kept of one source.
    static let maximumKept = 16 << 10

    private var own: [UInt8] = []
    private var usesForeignCalls = false
    /// The bytes of a source that comes in several pieces; its memory is used again for the next one.
    private var source: [UInt8] = []
    private var found: [UInt8] = []
    private var expected = 0

    /// Makes a scan for one source after the other.
    package init() {}

    /// Prepares for a source; returns false for a file that is not below a directory of packages.
    ///
    /// - Parameters:
    ///   - path: the path in its normal form.
    ///   - size: the number of bytes that will come.
    package mutating func start(path: [UInt8], size: Int) -> Bool {
        guard size > 8, size <= Self.maximumBytes, let start = Self.packages(in: path), !Self.isTest(path[start...])
        else { return false }
        own = Array(path[start...].prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ".") })
        expected = size
        usesForeignCalls = false
        source.removeAll(keepingCapacity: true)
        found = []
        return true
    }

    /// Whether a path below a directory of packages is that of a test, `pandas/tests/test_algos.py`: no other module imports it,
    /// and tests are half of the bytes of large packages.
    private static func isTest(_ path: ArraySlice<UInt8>) -> Bool {
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")), path[slash...].starts(with: "/test_".utf8) else {
            return false
        }
        return path[..<slash].split(separator: UInt8(ascii: "/")).dropFirst().contains {
            $0.elementsEqual("tests".utf8) || $0.elementsEqual("test".utf8)
        }
    }

    /// Where the path goes on behind `site-packages/` or `dist-packages/`.
    private static func packages(in path: [UInt8]) -> Int? {
        let mark = Array("-packages/".utf8)
        guard path.count > mark.count, path.last == UInt8(ascii: "y") else { return nil }
        var start = path.count - mark.count
        while start >= 0 {
            if path[start] == mark[0], path[start..<(start + mark.count)].elementsEqual(mark) {
                return start + mark.count
            }
            start -= 1
        }
        return nil
    }

    /// Takes the next bytes.
    package mutating func update(_ piece: UnsafeRawBufferPointer) {
        if source.isEmpty, piece.count == expected {
            scanAll(piece)
        } else if source.count + piece.count <= Self.maximumBytes {
            source.append(contentsOf: piece)
        }
    }

    /// Returns the statements, one a line; empty where there are none.
    package mutating func finish() -> [UInt8] {
        if !source.isEmpty { source.withUnsafeBytes { scanAll($0) } }
        return found
    }

    private mutating func scanAll(_ bytes: UnsafeRawBufferPointer) {
        scan(bytes)
        guard usesForeignCalls, let place = LibraryOpening.place(in: bytes) else { return }
        keep(place, Array(ImportStatement.opening.utf8), [])
    }

    private mutating func scan(_ bytes: UnsafeRawBufferPointer) {
        var text = SourcePlaces(bytes)
        var statements = ImportLines(bytes)
        while let line = statements.next() {
            let start = Self.endOfIndent(bytes, line)
            guard Self.begins(bytes, start), mayBeWanted(bytes, start) else { continue }
            let place =
                start == line
                ? .always : text.place(of: start, indent: start - line, top: statements.lineAtMargin(above: line))
            // What is said to be handled makes nothing fail: whether it is code at all need not be known.
            guard place == .handled || text.isCode(at: start) else { continue }
            add(StatementText(bytes, start).words, place)
            if found.count > Self.maximumKept { return }
        }
    }

    private static func endOfIndent(_ bytes: UnsafeRawBufferPointer, _ line: Int) -> Int {
        var start = line
        while start &+ 4 <= bytes.count,
            bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self) == 0x2020_2020
        {
            start &+= 4
        }
        while start < bytes.count, bytes[start] == UInt8(ascii: " ") || bytes[start] == UInt8(ascii: "\t") {
            start &+= 1
        }
        return start
    }

    /// Returns false where the first letter of the only name says that a statement does not lead into the package: so it is
    /// with nearly all of them.
    private mutating func mayBeWanted(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Bool {
        let isFrom = bytes[start] == UInt8(ascii: "f")
        var index = start + (isFrom ? 5 : 7)
        if index < bytes.count, bytes[index] == UInt8(ascii: "c"), namesForeignCalls(bytes[index...]) {
            usesForeignCalls = true
        }
        guard index < bytes.count, bytes[index].isASCIILetter, bytes[index] != own.first else { return true }
        if isFrom { return false }
        // `import a, b`, or a statement that goes on in the next line.
        while index < bytes.count, bytes[index] != 0x0A {
            let byte = bytes[index]
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "(") || byte == UInt8(ascii: "\\") { return true }
            index += 1
        }
        return false
    }

    private func namesForeignCalls(_ name: Slice<UnsafeRawBufferPointer>) -> Bool {
        name.starts(with: "ctypes".utf8) || name.starts(with: "cffi".utf8)
    }

    private static func begins(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Bool {
        guard start + 7 < bytes.count else { return false }
        if bytes[start] == UInt8(ascii: "f") { return bytes[start...].starts(with: "from ".utf8) }
        return bytes[start] == UInt8(ascii: "i") && bytes[start...].starts(with: "import ".utf8)
    }

    /// Keeps a statement that may lead into the package.
    private mutating func add(_ words: [ArraySlice<UInt8>], _ place: ImportStatement.Place) {
        guard let first = words.first else { return }
        if first.elementsEqual("from".utf8) {
            // `from . import a, b as c` with the commas as words of their own.
            guard words.count > 3, let split = words.firstIndex(where: { $0.elementsEqual("import".utf8) }) else {
                return
            }
            let module = words[1..<split].reduce(into: [UInt8]()) { $0 += $1 }
            guard isWanted(module) else { return }
            let names = words[(split + 1)...].split { $0.elementsEqual(",".utf8) }.compactMap(\.first)
            keep(place, module, names.filter { !$0.elementsEqual("*".utf8) })
        } else {
            for part in words.dropFirst().split(whereSeparator: { $0.elementsEqual(",".utf8) }) {
                if let module = part.first, isWanted(Array(module)) { keep(place, Array(module), []) }
            }
        }
    }

    private func isWanted(_ module: [UInt8]) -> Bool {
        guard let first = module.first, module.count < 256 else { return false }
        if first == UInt8(ascii: ".") { return true }
        if first == UInt8(ascii: "_") { return !module.elementsEqual("__future__".utf8) }
        return module.starts(with: own) && (module.count == own.count || module[own.count] == UInt8(ascii: "."))
    }

    private mutating func keep(_ place: ImportStatement.Place, _ module: [UInt8], _ names: [ArraySlice<UInt8>]) {
        found.append(place.rawValue)
        found += module
        found.append(UInt8(ascii: ":"))
        for (index, name) in names.prefix(256).enumerated() {
            if index > 0 { found.append(UInt8(ascii: ",")) }
            found += name.prefix(128)
        }
        found.append(UInt8(ascii: "\n"))
    }
}

/// The words of a statement that may go over several lines, as long as a bracket is open.
private struct StatementText {
    private(set) var words: [ArraySlice<UInt8>] = []

    init(_ bytes: UnsafeRawBufferPointer, _ start: Int) {
        var depth = 0
        var word: [UInt8] = []
        var index = start
        let limit = min(bytes.count, start + (16 << 10))
        func end(_ word: inout [UInt8], _ words: inout [ArraySlice<UInt8>]) {
            if !word.isEmpty { words.append(word[...]) }
            word = []
        }
        while index < limit {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case UInt8(ascii: "#"):
                while index < limit, bytes[index] != 0x0A { index += 1 }
                continue
            case UInt8(ascii: "\\"):
                if index < limit, bytes[index] == 0x0D { index += 1 }
                if index < limit, bytes[index] == 0x0A { index += 1 }
            case UInt8(ascii: ";"):
                end(&word, &words)
                return
            case 0x0A where depth <= 0:
                end(&word, &words)
                return
            case 0x0A, 0x0D, 0x20, 0x09: break
            case UInt8(ascii: ","):
                end(&word, &words)
                words.append([UInt8(ascii: ",")][...])
                continue
            default:
                word.append(byte)
                // `from.x import y` needs no space; a name and the dots before it are one word.
                continue
            }
            end(&word, &words)
        }
        end(&word, &words)
    }
}
