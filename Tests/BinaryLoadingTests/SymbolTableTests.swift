import EnvironmentInventory
import TestSupport
import Testing

@testable import BinaryLoading

/// The symbols of many files in few bytes.
struct SymbolTableTests {
    private static func file(_ undefined: [UInt64], _ defined: [UInt64]) -> BinaryFile {
        var parts = ELFParts(identity: ELFIdentity(is64Bit: true, isLittleEndian: true, machine: 62, type: 3))
        parts.symbols = ELFSymbols(
            versions: [], undefined: ELFSymbols.sorted(undefined), defined: ELFSymbols.sorted(defined))
        return .elf(ELFFile(parts))
    }

    /// Files of which each needs some of 40 common symbols, some in two versions, and defines its own.
    private static func files() -> [BinaryFile] {
        var generator = SeededGenerator(seed: 11)
        func symbol() -> UInt64 { UInt64.random(in: 0...UInt64.max, using: &generator) & ~0xFFFF }
        let common = (0..<40).map { _ in symbol() }
        var files = (0..<60).map { number in
            let needed = common.prefix(1 + number % 40).map { $0 | UInt64(number % 3) } + [common[0] | 9]
            return file(needed, (0..<(number % 7)).map { _ in symbol() | 1 })
        }
        files.append(file([], []))
        files.append(file([0, .max], [0xFFFF_FFFF_FFFF_0001]))
        return files
    }

    private static func written(_ files: [BinaryFile]) -> [UInt8] {
        var writer = PackedWriter()
        SymbolTable(files).write(to: &writer)
        for file in files { file.write(to: &writer) }
        return writer.bytes
    }

    @Test func symbolsAreReadAsTheyWere() throws {
        let files = Self.files()
        var reader = PackedReader(Self.written(files))
        var table = try SymbolTable(from: &reader)
        for file in files {
            guard case .elf(let wanted) = file, case .elf(let found) = try BinaryFile(from: &reader, &table) else {
                Issue.record("not an ELF file")
                return
            }
            #expect(found.symbols.undefined == wanted.symbols.undefined)
            #expect(found.symbols.defined == wanted.symbols.defined)
        }
        #expect(reader.remaining == 0)
        #expect(table.isTaken)
    }

    @Test func damagedTablesAreRefused() {
        let bytes = Self.written(Self.files())
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<300 {
            var damaged = bytes
            damaged[Int.random(in: damaged.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            damaged.removeLast(Int.random(in: 0..<200, using: &generator))
            // Neither a trap nor a runaway; what is read may be anything.
            var reader = PackedReader(damaged)
            if var table = try? SymbolTable(from: &reader) { _ = try? BinaryFile(from: &reader, &table) }
        }
    }
}
