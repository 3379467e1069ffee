import TestSupport
import Testing

@testable import BinaryLoading

struct ELFReadingTests {
    /// A file with everything that is read.
    private static var rich: ELFBytes {
        var file = ELFBytes(needed: ["libm.so.6", "libc.so.6"], soname: "libx.so.1")
        file.runpath = "$ORIGIN/../lib"
        file.interpreter = "/lib64/ld-linux-x86-64.so.2"
        file.versionNeeds = [("libc.so.6", ["GLIBC_2.34", "GLIBC_2.2.5"]), ("libm.so.6", ["GLIBC_2.29"])]
        file.weakVersions = ["GLIBC_2.2.5"]
        file.versions = ["X_1", "X_2"]
        file.defined = [("PyInit_x", nil), ("run", "X_1"), ("stop", "X_2")]
        file.undefined = [.init("pow", "GLIBC_2.29"), .init("maybe", isWeak: true), .init("free")]
        file.instructionSets = 4
        return file
    }

    @Test("every width, byte order and hash table is read", arguments: [true, false], [true, false])
    func allTables(is64Bit: Bool, isLittleEndian: Bool) throws {
        for hasGNUHash in [true, false] {
            for piece in [7, 64, 100, 1 << 18] {
                var source = Self.rich
                source.is64Bit = is64Bit
                source.isLittleEndian = isLittleEndian
                source.hasGNUHash = hasGNUHash
                let file = try elf(source.build(), piece: piece)
                #expect(file.needed == ["libm.so.6", "libc.so.6"])
                #expect(file.soname == "libx.so.1")
                #expect(file.runpath == "$ORIGIN/../lib")
                #expect(file.rpath == nil)
                #expect(file.interpreter == "/lib64/ld-linux-x86-64.so.2")
                #expect(
                    file.versionNeeds == [
                        .init(file: "libc.so.6", versions: ["GLIBC_2.34"]),
                        .init(file: "libm.so.6", versions: ["GLIBC_2.29"]),
                    ])
                #expect(file.versions == ["X_1", "X_2"])
                #expect(file.symbols.defines("PyInit_x"))
                #expect(file.symbols.defines("stop"))
                #expect(!file.symbols.defines("PyInit_y"))
                #expect(file.symbols.undefined.count == 2)
                #expect(!file.wantsExecutableStack)
                #expect(file.instructionSets == 4)
                #expect(file.remarks.isEmpty)
            }
        }
    }

    @Test(
        "the identity names the machine",
        arguments: [
            (62, true, true, "x86_64"), (62, false, true, "x32"), (3, false, true, "i386"),
            (183, true, true, "aarch64"),
            (40, false, true, "arm"), (243, true, true, "riscv64"), (21, true, true, "ppc64le"),
            (21, true, false, "ppc64"), (22, true, false, "s390x"), (258, true, true, "loongarch64"),
            (999, true, true, "ELF machine 999"),
        ] as [(UInt16, Bool, Bool, String)])
    func machines(machine: UInt16, is64Bit: Bool, isLittleEndian: Bool, name: String) throws {
        var source = ELFBytes()
        source.machine = machine
        source.is64Bit = is64Bit
        source.isLittleEndian = isLittleEndian
        #expect(try elf(source.build()).identity.machineName == name)
    }

    @Test("a stack is executable by its header, and by the lack of one")
    func stacks() throws {
        for (stack, isExecutable) in [(true, true), (false, false), (nil, true)] as [(Bool?, Bool)] {
            var source = ELFBytes()
            source.executableStack = stack
            #expect(try elf(source.build()).wantsExecutableStack == isExecutable)
        }
    }

    @Test("a symbol's version counts where both sides have one")
    func versionedSymbols() throws {
        let file = try elf(Self.rich.build())
        let run = ELFSymbols.hash("run")
        #expect(file.symbols.satisfies(run, version: "X_1"))
        #expect(!file.symbols.satisfies(run, version: "X_2"))
        #expect(file.symbols.satisfies(run, version: nil))
        #expect(file.symbols.satisfies(ELFSymbols.hash("PyInit_x"), version: "ANY_1"))
        let needs = file.symbols.undefined.map { ($0 & ~0xFFFF, file.symbols.version(of: $0)) }
        #expect(needs.contains { $0.0 == ELFSymbols.hash("pow") && $0.1 == "GLIBC_2.29" })
        #expect(needs.contains { $0.0 == ELFSymbols.hash("free") && $0.1 == nil })
    }

    /// A file that no loader maps, and what is said of it.
    struct Damaged: CustomStringConvertible {
        let description: String
        let bytes: [UInt8]
        let reason: String
    }

    private static func changed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes = rich.build()
        change(&bytes)
        return bytes
    }

    static let damaged: [Damaged] = [
        .init(description: "short", bytes: Array(rich.build().prefix(40)), reason: "too short"),
        .init(
            description: "text", bytes: Array("#!/bin/sh\n".utf8) + .init(repeating: 32, count: 99),
            reason: "no ELF header"),
        .init(description: "class", bytes: changed { $0[4] = 9 }, reason: "class"),
        .init(description: "order", bytes: changed { $0[5] = 0 }, reason: "byte order"),
        .init(description: "version", bytes: changed { $0[6] = 0 }, reason: "version"),
        .init(description: "abi", bytes: changed { $0[7] = 9 }, reason: "OS ABI"),
        .init(description: "entry size", bytes: changed { $0[54] = 1 }, reason: "another size"),
        .init(description: "no headers", bytes: changed { $0[56] = 0 }, reason: "no program headers"),
        .init(description: "cut", bytes: Array(rich.build().dropLast(100)), reason: "cut: a segment ends"),
        .init(
            description: "headers beyond the end", bytes: changed { for i in 33..<38 { $0[i] = 1 } },
            reason: "cut: its program headers"),
        .init(
            description: "an endless segment", bytes: changed { for i in 96..<104 { $0[i] = 0xFF } },
            reason: "address space"),
    ]

    @Test("a damaged file is named with its reason", arguments: damaged)
    func damages(item: Damaged) {
        for piece in [13, 1 << 18] {
            guard case .damaged(let damage) = read(item.bytes, piece: piece) else {
                Issue.record("\(item): \(read(item.bytes, piece: piece))")
                continue
            }
            #expect(damage.description.contains(item.reason))
        }
    }

    @Test("files that should be libraries are told by their first bytes")
    func firstBytes() {
        func damage(_ text: String, size: Int? = nil) -> BinaryDamage? {
            let bytes = Array(text.utf8)
            return bytes.withUnsafeBytes { ELFStream.damage(size: size ?? bytes.count, head: $0) }
        }
        #expect(damage("") == .empty)
        #expect(damage("version https://git-lfs.github.com/spec/v1\noid sha256:0\n") == .largeFilePointer)
        #expect(damage("abc") == .tooShort)
        #expect(damage("abc", size: 9000) == .noHeader)
        #expect(damage("\u{7F}ELF and more") == nil)
        for damage in [BinaryDamage.empty, .largeFilePointer, .tooShort, .noHeader] {
            #expect(damage.description.hasPrefix("the file"))
        }
    }

    @Test("object files and cores are not libraries, and said to be unread")
    func otherTypes() {
        var source = ELFBytes()
        source.type = 1
        guard case .unread(let identity, let reason) = read(source.build()) else {
            Issue.record("an object file was read")
            return
        }
        #expect(identity.machineName == "x86_64")
        #expect(reason.contains("neither a program nor a shared object"))
    }

    @Test("a segment of code between tables and data is not held, and large constants are passed over")
    func largeFiles() throws {
        var source = Self.rich
        source.constants = [UInt8](repeating: 0x5A, count: 6 << 20)
        let file = try elf(source.build(), piece: 300_007)
        #expect(file.needed == ["libm.so.6", "libc.so.6"])
        #expect(file.symbols.defines("PyInit_x"))
    }

    @Test("tables are held up to the relocations, however long these are")
    func relocations() throws {
        for (machine, type) in [(62, 8), (183, 1027), (62, 1)] as [(UInt16, UInt64)] {
            let rows = (0..<40_000).flatMap { row in
                [UInt64(row * 8), type, 0].flatMap { value in
                    (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
                }
            }
            var source = Self.rich
            source.machine = machine
            source.trailer = rows
            for piece in [4096, 65_537, 1 << 18] {
                // The dynamic section in a segment of its own at the end, where the row of the stack was.
                var bytes = source.build()
                let (row, next) = (64 + 56, 64 + 56 * 4)
                let place = bytes.count
                let start = bytes[row + 8..<row + 16].enumerated().reduce(0) { $0 | Int($1.element) << ($1.offset * 8) }
                bytes += bytes[start..<start + 512]
                bytes.replaceSubrange(next..<next + 56, with: bytes[64..<64 + 56])
                for (field, value) in [(8, place), (16, 1 << 30), (32, 512), (40, 512)] {
                    for index in 0..<8 { bytes[next + field + index] = UInt8(truncatingIfNeeded: value >> (index * 8)) }
                }
                for index in 0..<8 { bytes[row + 16 + index] = UInt8(truncatingIfNeeded: (1 << 30) >> (index * 8)) }
                let file = try elf(bytes, piece: piece)
                #expect(file.needed == ["libm.so.6", "libc.so.6"])
                #expect(file.symbols.defines("PyInit_x"))
                #expect(try elf(source.build(), piece: piece).symbols.defines("PyInit_x"))
            }
        }
        var windows = ByteWindows()
        windows.hold([0..<100, 200..<300], passed: 0)
        [UInt8](repeating: 1, count: 50).withUnsafeBytes { windows.take($0, at: 0) }
        windows.end(0..<100)
        [UInt8](repeating: 2, count: 250).withUnsafeBytes { windows.take($0, at: 50) }
        #expect(windows.ranges == [0..<50, 200..<300])
        #expect(windows.count == 150)
        #expect(windows.heldCount(from: 200) == 100)
        windows = ByteWindows()
        windows.hold([0..<100, 100..<300], passed: 0)
        [UInt8](repeating: 1, count: 50).withUnsafeBytes { windows.take($0, at: 0) }
        windows.end(0..<100)
        [UInt8](repeating: 2, count: 250).withUnsafeBytes { windows.take($0, at: 50) }
        #expect(windows.ranges == [0..<50, 100..<300])
        #expect(windows.heldCount(from: 100) == 200)
    }

    @Test("a long table that begins in the piece of the dynamic section is held to its end")
    func longTables() throws {
        var source = ELFBytes(needed: ["libc.so.6"])
        source.isDynamicFirst = true
        source.isExecutable = true
        source.constants = [UInt8](repeating: 1, count: 5 << 20)
        source.undefined = (0..<60_000).map { .init("symbol_with_a_name_of_some_length_\($0)") }
        for piece in [1 << 18, 1 << 20, 4096] {
            let file = try elf(source.build(), piece: piece)
            #expect(file.needed == ["libc.so.6"])
            #expect(file.symbols.undefined.count == 60_000)
        }
    }

    @Test("the dynamic section is read where loaders read it: at the last header's address, to its row of zeros")
    func dynamicHeaders() throws {
        var source = ELFBytes(needed: ["libm.so.6", "libc.so.6"])
        source.interpreter = nil
        // Row 1 of the program headers names the section, row 2 the stack.
        let (row, next) = (64 + 56, 64 + 2 * 56)
        var lying = source.build()
        for index in row + 8..<row + 16 { lying[index] = 0 }
        lying.replaceSubrange(row + 32..<row + 40, with: [16, 0, 0, 0, 0, 0, 0, 0])
        #expect(try elf(lying).needed == ["libm.so.6", "libc.so.6"])
        var twice = source.build()
        twice.replaceSubrange(next..<next + 56, with: twice[row..<row + 56])
        twice.replaceSubrange(row + 16..<row + 24, with: [64, 0, 0, 0, 0, 0, 0, 0])
        #expect(try elf(twice).needed == ["libm.so.6", "libc.so.6"])
        #expect(try elf(twice, piece: 64).needed == ["libm.so.6", "libc.so.6"])
    }

    @Test("rows that all name one long text are not read, and it is said")
    func longNames() throws {
        let long = String(repeating: "a", count: 60_000)
        var source = ELFBytes(needed: ["libc.so.6"])
        source.undefined = (0..<4000).map { _ in .init(long) }
        let file = try elf(source.build())
        #expect(file.needed == ["libc.so.6"])
        #expect(file.symbols.undefined.isEmpty)
        #expect(file.remarks == ["its symbols share longer names than are read"])
        var versions = ELFBytes(needed: ["libc.so.6"])
        versions.versionNeeds = (0..<100).map { _ in (long, [long]) }
        guard case .unread(_, let reason) = read(versions.build()) else {
            Issue.record("names of megabytes were read")
            return
        }
        #expect(reason == "its names are longer than is read")
    }

    @Test("symbols are put into the same order as by comparing them")
    func symbolOrder() {
        var generator = SeededGenerator(seed: 5)
        for count in [0, 1, 2, 31, 32, 33, 1000, 70_000] {
            var symbols = (0..<count).map { _ in UInt64.random(in: 0...UInt64.max, using: &generator) }
            #expect(ELFSymbols.sorted(symbols) == symbols.sorted())
            for index in symbols.indices.dropFirst() where index % 3 != 0 { symbols[index] = symbols[index - 1] >> 1 }
            #expect(ELFSymbols.sorted(symbols) == symbols.sorted())
        }
    }

    @Test("mutated files never trap, and hold a bounded number of bytes")
    func mutations() {
        var generator = SeededGenerator(seed: 17)
        for round in 0..<fuzzRounds(1500) {
            var source = Self.rich
            source.is64Bit = round % 4 != 0
            source.hasGNUHash = round % 3 == 0
            source.isLittleEndian = round % 5 != 0
            if round % 7 == 0 { source.constants = fatBinary([(2, 80), (1, 90)]) }
            var bytes = source.build()
            for _ in 0..<generator.next(1...8) {
                let place = generator.next(0...(bytes.count - 1))
                switch generator.next(0...3) {
                case 0: bytes[place] = UInt8(generator.next(0...255))
                case 1: bytes[place] = 0xFF
                case 2: for index in place..<min(bytes.count, place + 8) { bytes[index] = 0xFF }
                default: bytes.removeLast(generator.next(0...min(64, bytes.count - 1)))
                }
                if bytes.isEmpty { bytes = [0x7F] }
            }
            // What counts is that it returns; a changed name in the constants changes nothing.
            switch read(bytes, piece: generator.next(1...4096)) {
            case .elf(let file): #expect(file.needed.count <= 4096)
            case .damaged(let damage): #expect(!damage.description.isEmpty)
            case .unread(_, let reason): #expect(!reason.isEmpty)
            }
        }
    }
}
