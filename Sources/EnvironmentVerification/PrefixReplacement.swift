/// Writes an environment's path over the placeholder of a conda package, as conda and rattler do it at installation
/// (https://docs.conda.io/projects/conda-build/en/stable/resources/make-relocatable.html).
enum PrefixReplacement {
    /// The longest `#!` line that Linux runs; a longer one is written with `/usr/bin/env`.
    private static let longestFirstLine = 127

    /// A text: every placeholder is replaced; a first line that would be too long names its program by `/usr/bin/env`.
    static func text(_ bytes: [UInt8], _ placeholder: [UInt8], _ prefix: [UInt8]) -> [UInt8]? {
        let replaced = replacing(bytes[...], placeholder, prefix)
        guard replaced.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]) else { return replaced }
        let line = replaced.prefix { $0 != UInt8(ascii: "\n") }
        guard line.count > longestFirstLine || prefix.contains(UInt8(ascii: " ")) else { return replaced }
        // `#!`, blanks, a path in which blanks are escaped, options.
        var index = 2
        while index < line.count, line[index] == UInt8(ascii: " ") { index += 1 }
        let start = index
        while index < line.count, line[index] != UInt8(ascii: " "), line[index] != UInt8(ascii: "\t"),
            line[index] != UInt8(ascii: "\r")
        {
            index += line[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index = min(index, line.count)
        guard start < index, line[start] == UInt8(ascii: "/") else { return replaced }
        let program = line[start..<index].split(separator: UInt8(ascii: "/")).last ?? []
        return Array("#!/usr/bin/env ".utf8) + program + line[index...] + replaced[line.count...]
    }

    /// A binary: in each string that ends with NUL the placeholder is replaced, and NULs after it keep the length.
    ///
    /// Nil when the prefix is longer than the placeholder.
    static func binary(_ bytes: [UInt8], _ placeholder: [UInt8], _ prefix: [UInt8]) -> [UInt8]? {
        guard !placeholder.isEmpty, prefix.count <= placeholder.count else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var copied = 0
        while let found = find(placeholder, in: bytes, from: copied) {
            guard let end = bytes[found...].firstIndex(of: 0) else { break }
            output += bytes[copied..<found]
            let text = bytes[found..<end]
            let replaced = replacing(text, placeholder, prefix)
            output += replaced
            output += [UInt8](repeating: 0, count: text.count - replaced.count + 1)
            copied = end + 1
        }
        return output + bytes[copied...]
    }

    private static func replacing(_ bytes: ArraySlice<UInt8>, _ old: [UInt8], _ new: [UInt8]) -> [UInt8] {
        guard !old.isEmpty else { return Array(bytes) }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        let all = Array(bytes)
        var copied = 0
        while let found = find(old, in: all, from: copied) {
            output += all[copied..<found]
            output += new
            copied = found + old.count
        }
        return output + all[copied...]
    }

    private static func find(_ wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = wanted.first, bytes.count - start >= wanted.count else { return nil }
        let last = bytes.count - wanted.count
        var index = start
        return bytes.withUnsafeBufferPointer { buffer in
            while index <= last {
                if buffer[index] == first, buffer[index..<index + wanted.count].elementsEqual(wanted) { return index }
                index += 1
            }
            return nil
        }
    }
}
