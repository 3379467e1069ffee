import ArchiveReading
import Glibc
import Testing

@testable import ModelArchives

/// Set to a folder that `Oracle/generate.py` filled, the opcode reader is held against pickletools there.
private let oracle = getenv("PINPROOF_PICKLE_ORACLE").map { String(cString: $0) }

/// Models to print, for work at hand: paths joined by `:`.
private let shownModels = getenv("PINPROOF_SHOW_MODELS").map { String(cString: $0) } ?? ""

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

@Test(.enabled(if: !shownModels.isEmpty))
func showModels() {
    for path in shownModels.split(separator: ":") {
        do {
            let model = try ModelReader.read(path: String(path))
            print("== \(path): \(model.format) complete=\(model.isComplete) tree=\(model.treeDigest.hex.prefix(8))")
            print("   needs \(model.needs) python \(model.environment.python?.version ?? "-")")
            for file in model.files.prefix(5) {
                print("   file \(file.path) \(file.size) \(file.sha256.hex.prefix(8))")
            }
            for fact in model.facts {
                print(
                    "   \(fact.about) \(fact.name)=\(fact.value.prefix(60)) \(fact.strength) \(fact.file) \(fact.place.map { "\($0)" } ?? "")"
                )
            }
            for gap in model.environment.gaps { print("   gap \(gap.description)") }
            for finding in model.findings { print("   ! \(finding.rule) \(finding.message)") }
        } catch { print("== \(path): ERROR \(error)") }
    }
}
