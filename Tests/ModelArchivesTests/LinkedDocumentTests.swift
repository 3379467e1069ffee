import Glibc
import TestSupport
import Testing

@testable import ModelArchives

/// A manifest counts under the name by which a loader opens it, and that can be the name of a link.
@Suite("Documents behind links")
struct LinkedDocumentTests {
    private static let evil = "target: os.system\n"

    /// Reads a directory that commands of a shell make in an empty one, with a pickle in it.
    private func read(_ commands: String, packed: Bool) throws -> Model {
        let directory = TemporaryDirectory()
        directory.write("make", Array("mkdir m && cd m && printf N. > a.pkl\n\(commands)\n".utf8))
        try #require(shell("cd '\(directory.path)' && sh -e make && tar -cf m.tar m") == 0)
        return try ModelReader.read(path: "\(directory.path)/\(packed ? "m.tar" : "m")")
    }

    @Test(
        "a document behind a link is read, or is a gap",
        arguments: [
            ("printf '\(evil)' > c.txt; ln -s c.txt model_config.yaml", "model_config.yaml"),
            ("printf '\(evil)' > c.txt; ln -s c.txt b; ln -s b config.yaml", "config.yaml"),
            ("mkdir x; printf '\(evil)' > x/c.txt; ln -s x/c.txt model_config.yaml", "model_config.yaml"),
            ("mkdir c; printf '{}' > c/MANIFEST.json; ln -s c MAR-INF", "MAR-INF/MANIFEST.json"),
            ("printf '{}' > c; ln -s c config.json", "config.json"),
            ("printf 'flavors: {}' > c; ln -s c MLmodel", "MLmodel"),
        ], [false, true])
    func links(_ model: (commands: String, path: String), packed: Bool) throws {
        let read = try read(model.commands, packed: packed)
        #expect(!read.isComplete)
        #expect(read.environment.gaps.contains { $0.source?.file.hasSuffix(model.path) == true })
    }

    @Test("a hard link of an archive to a file of another name is a gap")
    func hardLink() throws {
        // Which of the two is the file, and which the link, tar decides.
        let read = try read("printf '\(Self.evil)' > c.txt; ln c.txt model_config.yaml", packed: true)
        #expect(!read.isComplete || read.findings.contains { $0.subject == "os.system" })
    }

    @Test("other YAML is looked at by the name of its file alone, so that a link of any kind to another one is a gap")
    func otherConfigurations() throws {
        let directory = TemporaryDirectory()
        let make = "printf N. > a.pkl; printf '_target_: os.system\n' > c.txt; ln c.txt x.yaml; ln -s c.txt y.yaml"
        try #require(shell("cd '\(directory.path)' && \(make) && tar -cf m.tar a.pkl c.txt x.yaml y.yaml") == 0)
        let model = try ModelReader.read(path: "\(directory.path)/m.tar")
        #expect(model.environment.gaps.map(\.source?.file) == ["x.yaml", "y.yaml"])
    }

    @Test("a link to a file that is kept by its own name is read", arguments: [false, true])
    func sameName(packed: Bool) throws {
        let read = try read(
            "mkdir x; printf '_target_: os.system\n' > x/config.yaml; ln -s x/config.yaml config.yaml", packed: packed)
        #expect(read.isComplete)
        #expect(read.findings.filter { $0.rule == "dangerous-global" }.count == 2)
    }

    @Test(
        "links to other files, to directories of documents and to nothing are no gaps",
        arguments: [
            "printf x > notes; ln -s notes latest", "mkdir x; printf 'a: 1\n' > x/config.yaml; ln -s x current",
            "ln -s nothing config.yaml", "mkdir x; ln -s . x/self",
        ], [false, true])
    func honest(commands: String, packed: Bool) throws {
        #expect(try read(commands, packed: packed).isComplete)
    }
}
