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

    private static func content(_ number: Int, _ digest: SHA256Value) -> LayerFileContent {
        let hashes = SourceHasher.magics.enumerated().map { SourceHash(magic: $1, value: UInt64($0 + number)) }
        return LayerFileContent(
            size: number, sha256: digest, head: number % 7 == 0 ? [UInt8](repeating: 3, count: number % 50) : [],
            data: number % 11 == 0 ? [UInt8](repeating: UInt8(number % 256), count: number) : nil,
            checksums: [[], [UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 36)][number % 3],
            sourceHashes: [[], hashes, Array(hashes.prefix(number % 3))][number / 3 % 3],
            imports: number % 5 == 0 ? [UInt8](repeating: 4, count: number % 40) : [])
    }

    private static func isSame(_ left: LayerFileContent, _ right: LayerFileContent) -> Bool {
        left.size == right.size && left.sha256 == right.sha256 && left.head == right.head && left.data == right.data
            && left.checksums == right.checksums && left.sourceHashes == right.sourceHashes
            && left.imports == right.imports && left.md5 == right.md5
    }

    /// Every file has what it was added with, whatever became of the others.
    @Test func contentsAreKeptFlat() throws {
        let digest = try #require(SHA256Value(bytes: [UInt8](repeating: 1, count: 32)))
        var expected = (0..<9000).map { Self.content($0, digest) }
        var contents = FileContents()
        for content in expected { contents.append(content) }
        func agree(_ contents: FileContents, _ expected: [LayerFileContent]) -> Bool {
            contents.count == expected.count && zip(contents, expected).allSatisfy { Self.isSame($0, $1) }
                && expected.indices.allSatisfy { contents.data($0) == expected[$0].data }
        }
        #expect(agree(contents, expected))
        let before = contents
        let old = expected
        for index in expected.indices where index % 4 == 0 {
            expected[index].dropSHA1()
            contents[index].dropSHA1()
        }
        for (index, other) in [(5, 8888), (8888, 1), (2, 0), (8999, 77)] {
            expected[index] = Self.content(other, digest)
            contents[index] = expected[index]
        }
        #expect(agree(contents, expected) && agree(before, old))
        contents.append(contentsOf: before)
        expected += old
        #expect(agree(contents, expected))
        contents.keep { $0 % 3 != 1 }
        expected = expected.indices.filter { $0 % 3 != 1 }.map { expected[$0] }
        #expect(agree(contents, expected))
    }

    /// Files with the same facts share them until one of them changes.
    @Test func factsThatFilesShareStayThoseOfEach() throws {
        let digest = try #require(SHA256Value(bytes: [UInt8](repeating: 1, count: 32)))
        let sums = (0..<36).map { UInt8($0) }
        let content = LayerFileContent(size: 0, sha256: digest, head: [], data: nil, checksums: sums)
        var contents = FileContents()
        for _ in 0..<5000 { contents.append(content) }
        #expect(contents.factBytes < 100)
        contents[4990].dropSHA1()
        contents[3].dropSHA1()
        contents.append(content)
        for index in contents.indices {
            #expect(contents[index].checksums.count == ([3, 4990].contains(index) ? 16 : 36))
        }
        contents.keep { $0 > 4000 }
        #expect(contents.count == 1000 && contents[989].checksums == Array(sums.prefix(16)))
        #expect(contents[988].checksums == sums && contents[999].checksums == sums)
    }
}
