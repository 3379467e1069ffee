import EnvironmentInventory

/// The symbols of many files: the hashes of all of them, each once, and the list of each file with their numbers.
///
/// What one library defines others need, and a few hundred symbols are needed by most files. The hashes that more files need
/// stand first, so that the numbers of such a list are small; those that about as many need stand in ascending order, so that
/// of a hash little more is written than its distance to the one before.
package struct SymbolTable: Sendable {
    private var hashes: [UInt64] = []
    private var lists: [(undefined: [UInt64], defined: [UInt64])] = []
    private var taken = 0
    /// How many hashes are of each kind, the one that most files need first.
    private var kinds: [Int] = []

    /// The kinds of hashes: not needed by two files, by 2 or 3, by 4 to 7, and so on.
    private static let kindCount = 10

    /// Collects the symbols of files.
    package init(_ files: [BinaryFile]) {
        var needs: [UInt64: Int] = [:]
        for case .elf(let file) in files {
            for symbol in file.symbols.undefined { needs[symbol >> 16, default: 0] += 1 }
            for symbol in file.symbols.defined { needs[symbol >> 16, default: 0] += 0 }
            lists.append((file.symbols.undefined, file.symbols.defined))
        }
        var byKind = [[UInt64]](repeating: [], count: Self.kindCount)
        for (hash, count) in needs { byKind[Self.kindCount - 1 - Self.kind(count)].append(hash) }
        for kind in byKind {
            hashes += kind.sorted()
            kinds.append(kind.count)
        }
    }

    private static func kind(_ count: Int) -> Int {
        count < 2 ? 0 : min(Int.bitWidth - 1 - count.leadingZeroBitCount, kindCount - 1)
    }

    /// Writes the table and the lists, column by column.
    package func write(to writer: inout PackedWriter) {
        for count in kinds { writer.count(count) }
        var start = 0
        for count in kinds {
            var last: UInt64 = 0
            for hash in hashes[start..<(start + count)] {
                writer.unsigned(hash >> 32 - last)
                last = hash >> 32
            }
            start += count
        }
        for hash in hashes { writer.raw((0..<4).map { UInt8(truncatingIfNeeded: hash >> (8 * UInt64($0))) }) }
        var numbers: [UInt64: Int] = [:]
        numbers.reserveCapacity(hashes.count)
        for (number, hash) in hashes.enumerated() { numbers[hash] = number }
        writer.count(lists.count)
        for list in [lists.map(\.undefined), lists.map(\.defined)] {
            let numbered = list.map { symbols in
                symbols.map { (number: numbers[$0 >> 16] ?? 0, version: $0 & 0xFFFF) }.sorted { $0 < $1 }
            }
            for symbols in numbered { writer.count(symbols.count) }
            for symbols in numbered {
                var last = 0
                for symbol in symbols {
                    writer.count(symbol.number - last)
                    last = symbol.number
                }
            }
            for symbols in numbered { for symbol in symbols { writer.unsigned(symbol.version) } }
        }
    }

    /// Reads a table and its lists.
    package init(from reader: inout PackedReader) throws(PackedError) {
        var total = 0
        for _ in 0..<Self.kindCount {
            kinds.append(try reader.number(upTo: reader.remaining / 5 - total))
            total += kinds.last ?? 0
        }
        hashes.reserveCapacity(total)
        for count in kinds {
            var last: UInt64 = 0
            for _ in 0..<count {
                let step = try reader.unsigned()
                guard step <= 0xFFFF - last else { throw PackedError() }
                last += step
                hashes.append(last << 32)
            }
        }
        // One read: a small array for each of a hundred thousand symbols takes longer than all else.
        guard total <= reader.remaining / 4 else { throw PackedError() }
        let bytes = try reader.raw(4 * total)
        bytes.withUnsafeBytes { bytes in
            for index in hashes.indices {
                let low = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
                hashes[index] |= UInt64(UInt32(littleEndian: low))
            }
        }
        var start = 0
        for count in kinds {
            for index in (start..<(start + count)).dropFirst() where hashes[index - 1] >= hashes[index] {
                throw PackedError()
            }
            start += count
        }
        let count = try reader.count()
        let undefined = try readLists(count, from: &reader)
        let defined = try readLists(count, from: &reader)
        for (undefined, defined) in zip(undefined, defined) { lists.append((undefined, defined)) }
    }

    private func readLists(_ count: Int, from reader: inout PackedReader) throws(PackedError) -> [[UInt64]] {
        var counts: [Int] = []
        var total = 0
        for _ in 0..<count {
            counts.append(try reader.number(upTo: reader.remaining - total))
            total += counts.last ?? 0
        }
        var symbols: [UInt64] = []
        symbols.reserveCapacity(total)
        for count in counts {
            var last = 0
            for _ in 0..<count {
                last += try reader.number(upTo: hashes.count)
                guard last < hashes.count else { throw PackedError() }
                symbols.append(hashes[last] << 16)
            }
        }
        for index in symbols.indices { symbols[index] |= UInt64(try reader.number(upTo: 0xFFFF)) }
        var lists: [[UInt64]] = []
        lists.reserveCapacity(count)
        var start = 0
        // The searches in the lists rely on their order.
        for count in counts {
            lists.append(ELFSymbols.sorted(symbols[start..<(start + count)]))
            start += count
        }
        return lists
    }

    /// The lists of the next file.
    mutating func take() throws(PackedError) -> (undefined: [UInt64], defined: [UInt64]) {
        guard taken < lists.count else { throw PackedError() }
        taken += 1
        return lists[taken - 1]
    }

    /// Whether each list was taken.
    package var isTaken: Bool { taken == lists.count }
}
