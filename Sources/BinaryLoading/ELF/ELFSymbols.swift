/// The dynamic symbols of a file, eight bytes each: 48 bits of a hash of the name, 16 bits for the version.
///
/// A hash in place of the name keeps an image's symbols in a few megabytes. Two names of one hash make a missing symbol look
/// present, once in 2^48 comparisons: an error can be missed, none is invented.
package struct ELFSymbols: Sendable {
    /// The versions of the symbols; entry `n` belongs to the number `n + 1`.
    package internal(set) var versions: [String] = []
    /// The undefined symbols that are not weak, in ascending order.
    package internal(set) var undefined: [UInt64] = []
    /// The defined symbols that other objects see, in ascending order.
    package internal(set) var defined: [UInt64] = []

    /// Returns the hash of a name, in the upper 48 bits.
    package static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
        // A multiply-and-fold hash over words of eight bytes.
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: name.count)
        var index = 0
        while index &+ 8 <= name.count {
            state = mix(state ^ name.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index &+= 8
        }
        var rest: UInt64 = 0
        while index < name.count {
            rest = rest << 8 | UInt64(name[index])
            index &+= 1
        }
        return mix(mix(state ^ rest)) & ~0xFFFF
    }

    /// Returns the hash of a name, in the upper 48 bits.
    package static func hash(_ name: String) -> UInt64 {
        let bytes = Array(name.utf8)
        return bytes.withUnsafeBytes { hash($0) }
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    /// Returns symbols in ascending order, in an array without room for more.
    static func sorted(_ symbols: some RandomAccessCollection<UInt64>) -> [UInt64] {
        // Hashes are spread evenly: their first bits put each next to its place.
        let bits = min(16, Int.bitWidth - symbols.count.leadingZeroBitCount)
        guard bits > 5 else { return Array(symbols.sorted()) }
        let shift = UInt64(UInt64.bitWidth - bits)
        var ends = [Int](repeating: 0, count: 1 << bits)
        for symbol in symbols { ends[Int(symbol >> shift)] += 1 }
        var sum = 0
        for place in ends.indices {
            let count = ends[place]
            ends[place] = sum
            sum += count
        }
        return [UInt64](unsafeUninitializedCapacity: symbols.count) { sorted, count in
            sorted.initialize(repeating: 0)
            for symbol in symbols {
                let place = Int(symbol >> shift)
                sorted[ends[place]] = symbol
                ends[place] += 1
            }
            var start = 0
            for end in ends {
                if end - start > 1 { sorted[start..<end].sort() }
                start = end
            }
            count = symbols.count
        }
    }

    /// Returns whether a symbol of a name is defined, whatever its version.
    package func defines(_ name: String) -> Bool { !definitions(Self.hash(name)).isEmpty }

    /// Returns the definitions of a hash.
    package func definitions(_ hash: UInt64) -> ArraySlice<UInt64> {
        let key = hash & ~0xFFFF
        var low = 0
        var high = defined.count
        while low < high {
            let middle = (low + high) / 2
            if defined[middle] < key { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < defined.count, defined[end] & ~0xFFFF == key { end += 1 }
        return defined[low..<end]
    }

    /// Returns the version of a symbol; nil where it has none.
    package func version(of symbol: UInt64) -> String? {
        let number = Int(symbol & 0xFFFF)
        return number > 0 && number <= versions.count ? versions[number - 1] : nil
    }

    /// Returns whether this object's symbols satisfy an undefined one, as the loader binds it: the version has to be the same,
    /// save where either side has none.
    package func satisfies(_ symbol: UInt64, version: String?) -> Bool {
        for candidate in definitions(symbol) {
            guard let version, let own = self.version(of: candidate) else { return true }
            if own == version { return true }
        }
        return false
    }
}
