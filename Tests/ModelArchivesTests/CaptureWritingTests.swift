import ArchiveReading
import EnvironmentInventory
import Glibc
import TestSupport
import Testing

@testable import ModelArchives

private let digest = "sha256:" + String(repeating: "cd", count: 32)

private func capture(_ version: String) -> [UInt8] {
    let text = """
        lock-version = "1.0"
        created-by = "pinproof"
        packages = []
        [tool.pinproof]
        capture-version = "1"
        pinproof-version = "0"
        environment = "venv"
        python = { implementation = "cpython", version = "\(version)" }
        platform = { os = "linux", arch = "amd64", libc = "glibc-2.36" }
        [[tool.pinproof.packages]]
        ecosystem = "pypi"
        name = "some \\"quoted\\" ü"
        version = "1.0"
        content-digest = "\(digest)"

        """
    return Array(text.utf8)
}

private func sum(_ model: Model, without names: Set<String>) -> [String] {
    model.files.filter { file in !names.contains { file.path.hasSuffix($0) } }.map { "\($0.path) \($0.sha256)" }
}

@Test(arguments: Expected.all)
func aCaptureIsPutIntoAModelAndFound(_ expected: Expected) throws {
    let folder = ModelFolder()
    let path = "\(folder.path)/\(expected.file)"
    #expect(system("cp -r '\(fixtures)\(expected.file)' '\(path)' && chmod -R u+w '\(path)'") == 0)
    let before = try ModelReader.read(path: path)
    for version in ["3.9.1", "3.10.2", "3.11.3"] {
        let place = try ModelCaptureWriter.write(capture(version), into: path)
        #expect(place.hasPrefix(path))
        let model = try ModelReader.read(path: path)
        #expect(model.isComplete == before.isComplete)
        #expect(model.format == before.format)
        #expect(model.environment.python?.version == version)
        #expect(model.environment.platform?.description == "linux/amd64")
        #expect(model.environment.platform?.cLibrary?.description == "glibc-2.36")
        #expect(model.environment.packages.contains { $0.contentDigest?.description == digest })
        #expect(model.facts.contains { $0.about == .interpreter && $0.strength == .hashed && $0.value == version })
        #expect(model.locks.filter { $0.document.capture != nil }.count == 1)
        #expect(model.needs == before.needs)
        if model.files.count > 1 || before.files.count > 1 {
            #expect(sum(model, without: [CaptureNames.file]) == sum(before, without: []))
        }
    }
    // The same capture again gives the same bytes, and nothing is left behind.
    let once = try tree(path)
    _ = try ModelCaptureWriter.write(capture("3.11.3"), into: path)
    #expect(try tree(path) == once)
    let names = try DirectoryReader(path: folder.path)
    var count = 0
    while let entry = try names.next() { if !entry.path.contains("/") { count += 1 } }
    #expect(count <= 2)
}

@Test("a capture is bound to the files of its model: beside other files it is not used")
func aCaptureOfAnotherModelIsTold() throws {
    let folder = ModelFolder()
    #expect(system("cp -r '\(fixtures)mlflow-skops' '\(folder.path)/m' && chmod -R u+w '\(folder.path)/m'") == 0)
    let path = "\(folder.path)/m"
    let plain = try ModelReader.read(path: path)
    _ = try ModelCaptureWriter.write(capture("3.11.3"), into: path)
    let bound = try ModelReader.read(path: path)
    #expect(bound.payload == plain.payload && bound.payload == plain.treeDigest)
    #expect(bound.foreignPayload == nil && bound.isComplete)
    // Packed, it is the same model.
    #expect(system("cd '\(folder.path)' && tar cf m.tar m") == 0)
    #expect(try ModelReader.read(path: "\(folder.path)/m.tar").foreignPayload == nil)
    for change in ["printf x >> '\(path)/requirements.txt'", "touch '\(path)/added.bin'", "ln -s x '\(path)/link'"] {
        #expect(
            system(
                "rm -rf '\(folder.path)/c' && cp -r '\(path)' '\(folder.path)/c' && cd '\(folder.path)' && \(change.replacingPath(path, "\(folder.path)/c"))"
            ) == 0)
        let other = try ModelReader.read(path: "\(folder.path)/c")
        #expect(other.foreignPayload == bound.payload, "\(change)")
        #expect(other.findings.contains { $0.rule == "foreign-capture" && $0.severity == .error })
        #expect(other.environment.python?.version != "3.11.3")
        #expect(!other.isComplete)
    }
    // A model of one file, whose capture lies next to it.
    #expect(
        system("cp '\(fixtures)lr.joblib' '\(folder.path)/one.joblib' && chmod u+w '\(folder.path)/one.joblib'") == 0)
    _ = try ModelCaptureWriter.write(capture("3.11.3"), into: "\(folder.path)/one.joblib")
    #expect(try ModelReader.read(path: "\(folder.path)/one.joblib").environment.python?.version == "3.11.3")
    #expect(system("cp '\(fixtures)rf.joblib' '\(folder.path)/one.joblib'") == 0)
    #expect(try ModelReader.read(path: "\(folder.path)/one.joblib").foreignPayload != nil)
}

extension String {
    fileprivate func replacingPath(_ path: String, _ other: String) -> String {
        guard let range = firstRange(of: path) else { return self }
        return String(self[..<range.lowerBound] + other + self[range.upperBound...])
    }
}

private func tree(_ path: String) throws -> Digest { try ModelReader.read(path: path).treeDigest }

@Test func aDamagedModelIsLeftAlone() throws {
    let folder = ModelFolder()
    for name in ["net.pth", "w.safetensors", "m.onnx", "mlflow-pickle.tar.gz", "mlflow-pickle.zip", "rf.joblib"] {
        let bytes = try readFile(path: fixtures + name, limit: 1 << 20)
        let damaged = Array(bytes.dropLast(bytes.count / 3))
        let path = folder.write(name, damaged)
        #expect(throws: ModelWritingError.self) { try ModelCaptureWriter.write(capture("3.11.3"), into: path) }
        #expect(try readFile(path: path, limit: 1 << 20) == damaged)
        #expect(access(path + CaptureNames.suffix, F_OK) != 0)
    }
}

@Test func aMalformedCaptureInAModelIsAFinding() throws {
    let folder = ModelFolder()
    let bytes = try readFile(path: fixtures + "rf.joblib", limit: 1 << 20)
    let path = folder.write("rf.joblib", bytes)
    _ = folder.write("rf.joblib" + CaptureNames.suffix, Array("lock-version = \"1.0\"\ncreated-by = 3\n".utf8))
    let model = try ModelReader.read(path: path)
    #expect(!model.isComplete)
    #expect(model.findings.contains { $0.rule == "unreadable-file" && $0.severity == .error })
}

@Test func aLinkToAModelStaysALink() throws {
    let folder = ModelFolder()
    let path = folder.write("m.onnx", try readFile(path: fixtures + "m.onnx", limit: 1 << 20))
    #expect(chmod(path, 0o640) == 0)
    let link = "\(folder.path)/link.onnx"
    #expect(symlink("m.onnx", link) == 0)
    _ = try ModelCaptureWriter.write(capture("3.11.3"), into: link)
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
    #expect(try ModelReader.read(path: path).environment.python?.version == "3.11.3")
}

@Test func aModelWhoseRequirementsLeaveMLflowOutDoesNotNeedIt() throws {
    let folder = ModelFolder()
    let path = "\(folder.path)/m"
    #expect(system("cp -r '\(fixtures)mlflow-skops' '\(path)' && chmod -R u+w '\(path)'") == 0)
    #expect(try ModelReader.read(path: path).needs.contains("mlflow"))
    #expect(system("sed -i /^mlflow/d '\(path)/requirements.txt'") == 0)
    #expect(try !ModelReader.read(path: path).needs.contains("mlflow"))
}

@Test func aZipWithEntriesOfFoldersTakesTheCaptureIntoItsFolder() throws {
    let folder = ModelFolder()
    let path = "\(folder.path)/m.zip"
    #expect(system("cd '\(fixtures)' && python3 -m zipfile -c '\(path)' mlflow-skops") == 0)
    let before = try ModelReader.read(path: path)
    let place = try ModelCaptureWriter.write(capture("3.11.3"), into: path)
    #expect(place == "\(path)!mlflow-skops/\(CaptureNames.file)")
    #expect(sum(try ModelReader.read(path: path), without: [CaptureNames.file]) == sum(before, without: []))
}
