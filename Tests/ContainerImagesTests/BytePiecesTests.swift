import EnvironmentInventory
import PythonPackaging
import TestSupport
import Testing

@testable import ContainerImages

/// Byte strings in pieces beside an array of arrays.
struct BytePiecesTests {
    @Test func everyStringIsReadAsItWasAdded() {
        var random = SeededGenerator(seed: 2026)
        // Empty ones, short ones, and some around and above the size of a piece.
        let strings = (0..<400).map { number in
            let count =
                number % 40 == 0
                ? Int.random(in: 200_000...600_000, using: &random) : Int.random(in: 0...9000, using: &random)
            return [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: count)
        }
        var pieces = BytePieces()
        let positions = strings.map { string in
            let cut = Int.random(in: 0...string.count, using: &random)
            return pieces.append(string[..<cut], string[cut...])
        }
        #expect(pieces.count == strings.reduce(0) { $0 + $1.count })
        func isKept(_ index: Int) -> Bool { pieces[positions[index], strings[index].count] == strings[index][...] }
        #expect(strings.indices.allSatisfy(isKept))
        // What comes behind a position stays when the strings before it go.
        for index in stride(from: 0, to: strings.count, by: 90) {
            pieces.release(before: positions[index])
            #expect((index..<strings.count).allSatisfy(isKept))
        }
        let last = pieces.append(Array("last".utf8))
        #expect(Array(pieces[last, 4]) == Array("last".utf8))
    }

    @Test func aNameLongerThanAPieceIsFound() {
        var names = NodeNames()
        let long = [UInt8](repeating: UInt8(ascii: "n"), count: 300_000)
        let folder = names.append(long[...], to: 0)
        let file = names.append(Array("a".utf8)[...], to: folder)
        #expect(names.child(long[...], of: 0) == folder && names.child(long.dropLast(), of: 0) == nil)
        #expect(names.child(Array("a".utf8)[...], of: folder) == file && names.precedes(file, folder))
        #expect(Array(names.name(of: folder)) == long && names.name(of: 0).isEmpty)
    }

    @Test func elementsStayUntilTheirPieceIsLetGo() {
        var pieces = Pieces<Int>()
        #expect(pieces.isEmpty)
        for number in 0..<10_000 { pieces.append(number) }
        #expect(pieces.count == 10_000)
        #expect(pieces.elementsEqual(0..<10_000))
        #expect(pieces.indices.allSatisfy { pieces[$0] == $0 })
        let kept = pieces
        for position in [0, 4095, 4096, 9999, 4000] { pieces.release(before: position) }
        #expect((8192..<10_000).allSatisfy { pieces[$0] == $0 })
        pieces.append(-1)
        #expect(pieces.last == -1 && pieces.count == 10_001)
        #expect(kept.elementsEqual(0..<10_000))
    }

    /// The hashes of a source come back as they were given, whatever they are kept in.
    @Test func hashesOfASourceAreKept() throws {
        let digest = try #require(SHA256Value(bytes: [UInt8](repeating: 1, count: 32)))
        let all = SourceHasher.magics.enumerated().map { SourceHash(magic: $1, value: UInt64.max - UInt64($0)) }
        #expect(all.count > 2)
        for hashes in [[], Array(all.prefix(1)), Array(all.dropLast()), all, all.reversed(), all + all] {
            for head in [[], [1]] as [[UInt8]] {
                let content = LayerFileContent(size: 1, sha256: digest, head: head, data: nil, sourceHashes: hashes)
                #expect(content.sourceHashes == hashes)
            }
        }
    }
}
