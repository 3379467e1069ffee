import TestSupport
import Testing

@testable import ArchiveReading

/// The checksum of a tar header (https://www.gnu.org/software/tar/manual/html_node/Standard.html): the sum of its bytes, its own
/// field as blanks. Old writers summed signed bytes.
struct TarChecksumTests {
    /// A header with a name of many bytes above 127, and the places of its own checksum.
    private static func header() throws -> [UInt8] {
        let folder = TemporaryFolder()
        shell("cd '\(folder.path)' && : > '\u{E9}\u{E9}\u{E9}\u{1F600}' && tar --format=ustar -cf t *")
        return Array(try folder.read("t").prefix(512))
    }

    private static func written(_ sum: Int, in header: [UInt8]) -> [UInt8] {
        let digits = String(sum, radix: 8)
        let field = String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits + "\0 "
        var header = header
        header.replaceSubrange(148..<156, with: field.utf8)
        return header + [UInt8](repeating: 0, count: 1024)
    }

    @Test("the unsigned and the signed sum are accepted, and no other one", .enabled(if: hasProgram("tar")))
    func sums() throws {
        let header = try Self.header()
        var blank = header
        blank.replaceSubrange(148..<156, with: [UInt8](repeating: UInt8(ascii: " "), count: 8))
        let unsigned = blank.reduce(0) { $0 + Int($1) }
        let signed = blank.reduce(0) { $0 + Int(Int8(bitPattern: $1)) }
        #expect(unsigned - signed == 256 * blank.count { $0 > 127 } && unsigned > signed)
        for sum in [unsigned, signed] {
            #expect(try tarReader(Self.written(sum, in: header)).next()?.path.hasPrefix("\u{E9}") == true)
        }
        for sum in [unsigned + 1, unsigned - 1, signed + 1, signed - 1, unsigned - 256, 0] {
            #expect(throws: ArchiveReadingError.self, "\(sum)") {
                _ = try tarReader(Self.written(sum, in: header)).next()
            }
        }
    }

    @Test("a changed byte anywhere in a header is seen", .enabled(if: hasProgram("tar")))
    func changes() throws {
        let header = try Self.header()
        // The checksum's own field is compared as a number: blanks and zeros before it mean nothing.
        for place in stride(from: 0, to: 512, by: 7) where !(148..<156).contains(place) {
            var changed = header
            changed[place] ^= 1
            #expect(throws: ArchiveReadingError.self, "\(place)") {
                _ = try tarReader(changed + [UInt8](repeating: 0, count: 1024)).next()
            }
        }
    }
}
