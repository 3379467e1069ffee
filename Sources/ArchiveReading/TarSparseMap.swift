import SourceDocuments

/// Where the stored data of a sparse file belong
/// (https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html).
struct TarSparseMap {
    /// A sparse file whose map may still have to be read.
    struct Format {
        enum Map {
            case known([(offset: Int, count: Int)])
            /// The map continues in blocks after the header.
            case continued([(offset: Int, count: Int)])
            /// The map stands before the data.
            case inData
        }
        let map: Map
        let size: Int
        /// The file's real name; nil where the header has it.
        var name: [UInt8]?
    }

    /// The stretches of data in ascending order, no two of which overlap.
    let stretches: [(offset: Int, count: Int)]
    let size: Int

    /// The most stretches of one file.
    static let maximumStretches = 1 << 20

    /// Tells a sparse file by its headers; nil when it is none.
    static func format(_ header: TarHeader, _ records: PAXRecords?) throws(TarFault) -> Format? {
        if let old = header.oldSparse {
            guard records == nil else { throw .ambiguous("GNU's sparse format with a pax header") }
            return Format(map: old.continues ? .continued(old.blocks) : .known(old.blocks), size: old.realSize)
        }
        guard let records, records.namesSparse else { return nil }
        let refused = TarFault.ambiguous("'GNU.sparse' records without a complete sparse map")
        guard header.type == UInt8(ascii: "0") || header.type == 0 else { throw refused }
        let major = records["GNU.sparse.major"]
        let minor = records["GNU.sparse.minor"]
        let name = records["GNU.sparse.name"]
        if let major, let minor, major == [UInt8(ascii: "1")], minor == [UInt8(ascii: "0")] {
            guard let size = try records.number("GNU.sparse.realsize"), let name, records.sparsePairs.isEmpty,
                records["GNU.sparse.map"] == nil, records["GNU.sparse.size"] == nil
            else { throw refused }
            return Format(map: .inData, size: size, name: name)
        }
        guard major == nil, minor == nil, let size = try records.number("GNU.sparse.size"),
            let count = try records.number("GNU.sparse.numblocks"), records["GNU.sparse.realsize"] == nil
        else { throw refused }
        var numbers = records.sparsePairs
        if let map = records["GNU.sparse.map"] {
            guard numbers.isEmpty else { throw refused }
            for text in map.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
                guard let number = PAXRecords.decimal(text) else { throw refused }
                numbers.append(number)
            }
        }
        // Without a piece there is no map for Go, which then takes the stored data for the file.
        guard numbers.count % 2 == 0, numbers.count / 2 == count, count > 0 else { throw refused }
        return Format(map: .known(pairs(numbers)), size: size, name: name)
    }

    static func pairs(_ numbers: [Int]) -> [(offset: Int, count: Int)] {
        stride(from: 0, to: numbers.count - numbers.count % 2, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
    }

    /// Checks a map against the size of the file and of its stored data.
    init(_ blocks: [(offset: Int, count: Int)], size: Int, stored: Int) throws(TarFault) {
        var end = 0
        var total = 0
        guard blocks.count <= Self.maximumStretches else { throw .damaged("a sparse file of too many pieces") }
        for block in blocks {
            let (next, overflow) = block.offset.addingReportingOverflow(block.count)
            guard block.offset >= end, !overflow, next <= size else {
                throw .damaged("the pieces of a sparse file overlap or leave it")
            }
            end = next
            total += block.count
        }
        guard total == stored else { throw .damaged("a sparse file has \(stored) bytes, its map \(total)") }
        stretches = blocks.filter { $0.count > 0 }
        self.size = size
    }
}
