import BinaryLoading
import TestSupport
import Testing

/// Writes caches as ldconfig does.
enum CacheBytes {
    static func number<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    /// The new format: rows of name, path, flags and hwcap; the names of hwcaps directories.
    static func new(_ rows: [(name: String, path: String, flags: UInt32, hwcap: UInt64)], levels: [String] = [])
        -> [UInt8]
    {
        let start = 48 + rows.count * 24
        var strings: [UInt8] = []
        var places: [Int] = []
        for text in rows.flatMap({ [$0.name, $0.path] }) + levels {
            places.append(start + strings.count)
            strings += Array(text.utf8) + [0]
        }
        while (start + strings.count) % 4 != 0 { strings.append(0) }
        let extensionStart = levels.isEmpty ? 0 : start + strings.count
        var bytes = Array("glibc-ld.so.cache1.1".utf8)
        bytes += number(UInt32(rows.count)) + number(UInt32(strings.count)) + [2, 0, 0, 0]
        bytes += number(UInt32(extensionStart)) + [UInt8](repeating: 0, count: 12)
        for (index, row) in rows.enumerated() {
            bytes += number(row.flags) + number(UInt32(places[2 * index])) + number(UInt32(places[2 * index + 1]))
            bytes += number(UInt32(0)) + number(row.hwcap)
        }
        bytes += strings
        if !levels.isEmpty {
            bytes += number(UInt32(0xEAA4_2174)) + number(UInt32(1)) + number(UInt32(1)) + number(UInt32(0))
            bytes += number(UInt32(extensionStart + 24)) + number(UInt32(levels.count * 4))
            for index in levels.indices { bytes += number(UInt32(places[2 * rows.count + index])) }
        }
        return bytes
    }

    /// The old format, which may be followed by the new one.
    static func old(_ rows: [(name: String, path: String)]) -> [UInt8] {
        var strings: [UInt8] = []
        var bytes = Array("ld.so-1.7.0".utf8) + [0] + number(UInt32(rows.count))
        for row in rows {
            bytes += number(UInt32(3)) + number(UInt32(strings.count))
            strings += Array(row.name.utf8) + [0]
            bytes += number(UInt32(strings.count))
            strings += Array(row.path.utf8) + [0]
        }
        return bytes + strings
    }
}

struct LoaderCacheTests {
    private static let x86: UInt32 = 0x0303

    @Test("the new format is read, with its directories for processors")
    func newFormat() throws {
        let cache = try #require(
            LoaderCache(
                CacheBytes.new(
                    [
                        ("liba.so", "/v3/liba.so", Self.x86, 1 << 62), ("liba.so", "/usr/liba.so", Self.x86, 0),
                        ("libb.so", "/arm/libb.so", 0x0A03, 0), ("libc.so", "/old/libc.so", Self.x86, 1 << 50),
                    ], levels: ["x86-64-v3"])))
        #expect(cache.count == 4)
        #expect(cache.rows("liba.so").map(\.path) == ["/v3/liba.so", "/usr/liba.so"])
        #expect(cache.rows("liba.so").map(\.level) == ["x86-64-v3", nil])
        #expect(cache.rows("libc.so").map(\.isLegacy) == [true])
        #expect(cache.rows("libz.so").isEmpty)
    }

    @Test("the old format is read, and the new one after it where both are there")
    func oldFormat() throws {
        let old = CacheBytes.old([("liba.so", "/old/liba.so")])
        #expect(LoaderCache(old)?.rows("liba.so").map(\.path) == ["/old/liba.so"])
        // The old table without its strings, padded, then the new one.
        var both = CacheBytes.old([])
        while both.count % 8 != 0 { both.append(0) }
        both += CacheBytes.new([("liba.so", "/new/liba.so", Self.x86, 0)])
        #expect(LoaderCache(both)?.rows("liba.so").map(\.path) == ["/new/liba.so"])
    }

    @Test(
        "what is not a cache is none",
        arguments: [
            "", "ld.so", "ld.so-1.7.0", "glibc-ld.so.cache1.0", "glibc-ld.so.cache1.1",
            "ld.so-1.7.0\0\u{7f}\u{7f}\u{7f}\u{7f}",
        ])
    func noCaches(text: String) { #expect(LoaderCache(Array(text.utf8)) == nil) }

    @Test("mutated caches never trap")
    func mutations() {
        var generator = SeededGenerator(seed: 4)
        let good = CacheBytes.new(
            [("liba.so", "/v3/liba.so", Self.x86, 1 << 62), ("liba.so", "/usr/liba.so", Self.x86, 0)],
            levels: ["x86-64-v3"])
        for _ in 0..<fuzzRounds(1000) {
            var bytes = good
            for _ in 0..<4 { bytes[generator.next(0...(bytes.count - 1))] = UInt8(generator.next(0...255)) }
            bytes.removeLast(generator.next(0...20))
            _ = LoaderCache(bytes)?.rows("liba.so")
        }
    }

    @Test("the loader takes the best row for the processor and machine, and goes on where its file is gone")
    func search() throws {
        for (level, expected) in [(1, "/usr/local/lib/liba.so"), (3, "/v3/liba.so")] {
            var scene = LoaderScene()
            scene.launch.level = level
            scene.files.add(
                "/etc/ld.so.cache",
                CacheBytes.new(
                    [
                        ("liba.so", "/v3/liba.so", Self.x86, 1 << 62), ("liba.so", "/arm/liba.so", 0x0A03, 0),
                        ("liba.so", "/usr/local/lib/liba.so", Self.x86, 0), ("libb.so", "/gone/libb.so", Self.x86, 0),
                    ], levels: ["x86-64-v3"]))
            scene.library("/opt/x.so", needed: ["liba.so", "libb.so"])
            scene.library("/v3/liba.so")
            scene.library("/usr/local/lib/liba.so")
            scene.library("/usr/lib/libb.so")
            let (paths, issues) = try scene.open("/opt/x.so")
            #expect(paths == ["/opt/x.so", expected, "/usr/lib/libb.so"])
            #expect(issues.isEmpty)
        }
    }
}
