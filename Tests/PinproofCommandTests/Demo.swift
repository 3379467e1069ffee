import FoundationEssentials
import SourceDocuments
import Testing

@testable import PinproofCommand

/// The example of `make demo` (docs/demo/README.md).
enum Demo {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let model = path("churn-model.tar.gz")
    static let image = path("churn-image.oci.tar")
    static let changedImage = path("churn-image-changed.oci.tar")
    static let base = path("base.oci.tar")
    static let lock = path("requirements.lock")
    static let wheels = path("wheels")

    static func path(_ name: String) -> String { root.appending(path: "docs/demo/\(name)").path }
}

/// Runs the program and returns what it prints.
func pinproof(_ arguments: String...) async -> ProgramRun { await Program.run(arguments) }

/// The help of each command, made once: the parser takes a tenth of a second for one in a debug build.
actor HelpPages {
    private static let shared = HelpPages()
    private var pages: [[String]: Task<ProgramRun, Never>] = [:]

    private func task(_ command: [String]) -> Task<ProgramRun, Never> {
        if let known = pages[command] { return known }
        let task = Task { await Program.run(command + ["--help"]) }
        pages[command] = task
        return task
    }

    /// Returns what `pinproof COMMAND --help` prints.
    static func page(_ command: String...) async -> ProgramRun { await page(command) }

    /// Returns what `pinproof COMMAND --help` prints.
    static func page(_ command: [String]) async -> ProgramRun { await shared.task(command).value }
}

extension ProgramRun {
    /// The JSON document on standard output.
    func document() throws -> DocumentNode {
        try JSONReader.read(SourceText(name: "standard output", bytes: Array(output.utf8)))
    }
}

extension DocumentNode {
    /// The keys of an object, in their order.
    var keys: [String] { table?.members.map(\.key) ?? [] }

    /// A value inside of objects and arrays, by keys and indices.
    subscript(path: String...) -> DocumentNode? {
        path.reduce(self as DocumentNode?) { node, step in
            if let index = Int(step), let array = node?.array { return index < array.count ? array[index] : nil }
            return node?.table?[step]
        }
    }

    /// A string inside of objects and arrays.
    func string(_ path: String...) -> String? {
        path.reduce(self as DocumentNode?) { $0?[$1] }?.string
    }
}

/// A directory of its own that is removed at the end of the test.
final class Directory: Sendable {
    let path: String

    init(_ files: [String: String] = [:]) throws {
        let name = "pinproof-command-tests-\(UInt64.random(in: 0...UInt64.max))"
        path = FileManager.default.temporaryDirectory.appending(path: name).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(text, to: name) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ text: String, to name: String) throws {
        let file = URL(filePath: self(name))
        try FileManager.default.createDirectory(
            atPath: file.deletingLastPathComponent().path, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: self(name))), as: UTF8.self)
    }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }
}
