import TestSupport
import Testing

@testable import EnvironmentInventory

/// Digests of every algorithm, and the compact sha256.
struct DigestTests {
    private static let algorithms: [(HashAlgorithm, Int)] = [
        (.md5, 32), (.sha1, 40), (.sha224, 56), (.sha256, 64), (.sha384, 96), (.sha512, 128), (.blake2b, 128),
    ]

    @Test("a digest has exactly the length of its algorithm", arguments: algorithms)
    func length(_ algorithm: HashAlgorithm, _ count: Int) throws {
        let name = algorithm.rawValue
        let digest = try #require(Digest("\(name):" + String(repeating: "A1", count: count / 2)))
        #expect(digest.algorithm == algorithm)
        #expect(digest.hex == String(repeating: "a1", count: count / 2))
        #expect(digest.description == "\(name):\(digest.hex)")
        #expect(Digest(digest.description) == digest)
        #expect(algorithm.byteCount == count / 2)
        for wrong in [count - 1, count + 1, count - 2, count + 2, 0] {
            #expect(Digest("\(name):" + String(repeating: "a", count: wrong)) == nil)
        }
        #expect(Digest(algorithm, bytes: [UInt8](repeating: 0xA1, count: count / 2)) == digest)
        #expect(Digest(algorithm, bytes: [UInt8](repeating: 0xA1, count: count / 2 - 1)) == nil)
        #expect(Digest(algorithm, bytes: [UInt8](repeating: 0xA1, count: count / 2 + 1)) == nil)
    }

    @Test("what is not a hexadecimal digit refuses the digest, wherever it stands", arguments: algorithms.map { $0.0 })
    func digits(_ algorithm: HashAlgorithm) {
        let count = algorithm.byteCount * 2
        for character in ["g", "G", " ", "-", "/", ":", "@", "`", "\u{0}", "é"] {
            for place in [0, count / 2, count - 1] {
                var text = Array(repeating: "0", count: count)
                text[place] = character
                #expect(Digest("\(algorithm.rawValue):" + text.joined()) == nil, "\(character) at \(place)")
            }
        }
    }

    @Test(
        "text that is not a digest",
        arguments: [
            "", ":", "sha256", "sha256:", "sha256-" + String(repeating: "0", count: 64),
            "sha3:" + String(repeating: "0", count: 64),
            ":" + String(repeating: "0", count: 64), "sha256::" + String(repeating: "0", count: 63),
            "sha256: " + String(repeating: "0", count: 63), " sha256:" + String(repeating: "0", count: 64),
            "sha256:" + String(repeating: "0", count: 64) + "\n", "sha256:" + String(repeating: "٠", count: 64),
        ])
    func refused(_ text: String) {
        #expect(Digest(text) == nil)
    }

    @Test("the name of an algorithm is read in either case, and written in lower case")
    func algorithmNames() {
        let hex = String(repeating: "0", count: 64)
        #expect(Digest("SHA256:\(hex)")?.description == "sha256:\(hex)")
        #expect(Digest("Sha512:" + hex + hex)?.algorithm == .sha512)
    }

    @Test("weak algorithms are those with known collisions")
    func weak() {
        #expect(HashAlgorithm.allCases.filter(\.isWeak) == [.md5, .sha1])
    }

    @Test("digests have one order: by algorithm, then by hex")
    func order() {
        let texts = [
            "md5:" + String(repeating: "f", count: 32), "sha1:" + String(repeating: "0", count: 40),
            "sha256:" + String(repeating: "0", count: 64), "sha256:" + String(repeating: "1", count: 64),
            "sha512:" + String(repeating: "0", count: 128),
        ]
        let digests = texts.compactMap { Digest($0) }
        #expect(digests.count == texts.count)
        #expect(digests.reversed().sorted() == digests)
        var random = SeededGenerator(seed: 7)
        let shuffled = digests.shuffled(using: &random)
        #expect(shuffled.sorted().map(\.description) == texts)
    }

    @Test("the compact sha256 gives back every byte")
    func compact() throws {
        var random = SeededGenerator(seed: 21)
        for _ in 0..<64 {
            let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
            let value = try #require(SHA256Value(bytes: bytes))
            #expect(value.bytes == bytes)
            let digest = try #require(Digest(.sha256, bytes: bytes))
            #expect(value.hex == digest.hex)
            #expect(value.digest == digest)
            #expect(SHA256Value(digest) == value)
            var appended: [UInt8] = [1]
            value.appendHex(to: &appended)
            #expect(appended == [1] + Array(digest.hex.utf8))
            #expect(Set([value, value]).count == 1)
        }
    }

    @Test("the compact sha256 takes nothing else")
    func compactRefusals() {
        for count in [0, 1, 31, 33, 64] { #expect(SHA256Value(bytes: [UInt8](repeating: 0, count: count)) == nil) }
        for algorithm in HashAlgorithm.allCases where algorithm != .sha256 {
            let digest = Digest(algorithm, bytes: [UInt8](repeating: 7, count: algorithm.byteCount))
            #expect(digest.map { SHA256Value($0) == nil } == true)
        }
    }
}
