import ArchiveReading
import Glibc
import Testing

@testable import ModelArchives

/// Set to a folder that `Oracle/generate.py` filled, the opcode reader is held against pickletools there.
private let oracle = getenv("PINPROOF_PICKLE_ORACLE").map { String(cString: $0) }

@Test(.enabled(if: oracle != nil))
func opcodesAreThoseOfPickletools() throws {
    let folder = try #require(oracle)
    let index = String(decoding: try readFile(path: "\(folder)/index.txt", limit: 1 << 26), as: UTF8.self)
    var count = 0
    for name in index.split(separator: "\n") {
        let expected = String(decoding: try readFile(path: "\(folder)/\(name).ops", limit: 1 << 28), as: UTF8.self)
        let file = try RegularFile(path: "\(folder)/\(name).pkl")
        let machine = PickleMachine(PickleInput(FileByteSource(file), size: file.size))
        var lines: [String] = []
        machine.trace = { lines.append("\($0) \($1)") }
        do { try machine.readPickle() } catch { Issue.record("\(name): \(error)") }
        lines += machine.heap.globals.map { "\($0.module) \($0.name)" }.sorted()
        #expect(lines.joined(separator: "\n") + "\n" == expected, "\(name)")
        count += 1
    }
    #expect(count >= 1000)
}
