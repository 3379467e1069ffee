import Glibc
import Testing

@testable import ArchiveReading

/// Reading ahead on a thread of its own: more bytes than its slots hold, taken slowly, quickly, and not to the end.
@Suite struct ReadAheadTests {
    private static let bytes: [UInt8] = {
        // A prime number of bytes repeats at no border of a piece.
        let block = (0..<100_003).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 13) }
        var bytes: [UInt8] = []
        while bytes.count < 9 << 20 { bytes += block }
        return bytes
    }()

    @Test(arguments: [1 << 12, 100_003, 1 << 20, 3 << 20])
    func everyByteInItsOrder(_ size: Int) throws {
        let source = ReadAheadByteSource(MemoryByteSource(Self.bytes, name: "x"))
        defer { source.stop() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        var found: [UInt8] = []
        var number = 0
        while true {
            // A piece where it lies, and one that is copied, by turns.
            number += 1
            let piece =
                number % 2 == 0
                ? try source.nextPiece(buffer)
                : UnsafeRawBufferPointer(rebasing: buffer[..<(try source.read(into: buffer))])
            if piece.isEmpty { break }
            found.append(contentsOf: piece)
        }
        #expect(found == Self.bytes)
    }

    /// The thread has filled all slots long before the first is given back.
    @Test func waitsForRoom() throws {
        for _ in 0..<20 {
            let source = ReadAheadByteSource(MemoryByteSource(Self.bytes, name: "x"))
            defer { source.stop() }
            var count = 0
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 16)
            defer { buffer.deallocate() }
            var turn = 0
            while true {
                let piece = try source.nextPiece(buffer)
                if piece.isEmpty { break }
                count += piece.count
                turn += 1
                // Whatever the thread does meanwhile, no byte may be lost.
                if turn == 1 { usleep(3000) }
            }
            #expect(count == Self.bytes.count)
        }
    }

    @Test func mayBeStoppedInTheMiddle() throws {
        for _ in 0..<50 {
            let source = ReadAheadByteSource(MemoryByteSource(Self.bytes, name: "x"))
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 16)
            defer { buffer.deallocate() }
            #expect(try source.read(into: buffer) == 16)
            source.stop()
        }
    }
}
