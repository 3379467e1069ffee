import ArchiveReading
import ContentHashing
import EnvironmentInventory
import Glibc
import TestSupport
import Testing

@testable import ModelArchives

private let script =
    #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Oracle/random_archives.py"

private func number(_ name: String, _ standard: Int) -> Int {
    getenv(name).flatMap { Int(String(cString: $0)) } ?? standard
}

/// Holds the tree digest of random archives against what Python's tarfile and zipfile and GNU tar extract from them: an archive
/// that is accepted has the digest of each extraction.
///
/// `PINPROOF_RANDOM_MODELS` sets the number of archives, `PINPROOF_SEED` their seed.
@Suite(.enabled(if: hasProgram("python3") && hasProgram("tar")))
struct RandomArchiveTests {
    @Test func archivesHaveTheDigestOfTheirExtraction() throws {
        let folder = TemporaryDirectory()
        let (count, seed) = (number("PINPROOF_RANDOM_MODELS", 150), number("PINPROOF_SEED", 20_261_128))
        try #require(shell("python3 '\(script)' generate '\(folder.path)' \(count) \(seed)") == 0)
        var accepted: [String: Digest] = [:]
        for name in (0..<count).flatMap({ ["\($0).tar", "\($0).zip"] }) {
            guard let model = try? ModelReader.read(path: "\(folder.path)/\(name)"), model.files.count > 0 else {
                continue
            }
            accepted[name] = name.hasSuffix(".tar") ? model.treeDigest : try Self.digestWithoutModes(model)
        }
        let names = accepted.keys.sorted()
        for start in stride(from: 0, to: names.count, by: 500) {
            let some = names[start..<min(start + 500, names.count)].joined(separator: " ")
            try #require(shell("python3 '\(script)' extract '\(folder.path)' \(some)") == 0)
        }
        var compared = 0
        for name in names {
            for way in ["python", "gnu"] {
                guard let text = folder.bytes(of: "\(name).\(way)") else { continue }
                compared += 1
                #expect(
                    accepted[name]?.hex == String(decoding: text, as: UTF8.self), "\(name) of seed \(seed) by \(way)")
            }
        }
        #expect(compared >= count / 4, "only \(compared) extractions of \(2 * count) archives were compared")
    }

    /// The tree digest with no file executable; zip archives of models have no links.
    private static func digestWithoutModes(_ model: Model) throws -> Digest {
        let lines = model.files.map { (Array($0.path.utf8), $0.sha256.hex) }.sorted {
            $0.0.lexicographicallyPrecedes($1.0)
        }
        return try ContentHash.sha256(of: lines.flatMap { $0 + [0] + Array($1.utf8) + [UInt8(ascii: "\n")] })
    }
}
