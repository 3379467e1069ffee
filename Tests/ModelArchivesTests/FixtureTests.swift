import ArchiveReading
import ContentHashing
import Glibc
import TestSupport
import Testing

@testable import ModelArchives

let fixtures = String(#filePath.prefix(through: #filePath.lastIndex(of: "/") ?? #filePath.startIndex)) + "Fixtures/"

struct Expected: CustomTestStringConvertible, Sendable {
    let file: String
    let format: String
    let packages: [String]
    let needs: [String]
    let python: String?
    var testDescription: String { file }

    init(_ file: String, _ format: String, _ packages: [String], needs: [String], python: String? = nil) {
        self.file = file
        self.format = format
        self.packages = packages
        self.needs = needs
        self.python = python
    }

    private static let sklearn = ["numpy", "sklearn"]
    private static let joblib = ["joblib", "numpy", "sklearn"]
    private static let current = ["scikit-learn 1.9.1 recorded"]
    private static let mlflow = [
        "lz4 4.4.5 claimed", "mlflow 3.17.2 claimed", "pandas 3.1.1 claimed", "scikit-learn 1.9.1 recorded",
    ]

    static let all = [
        Expected("lr.p0.pkl", "pickle", current, needs: sklearn),
        Expected("lr.p2.pkl", "pickle", current, needs: sklearn),
        Expected("lr.p5.pkl", "pickle", current, needs: sklearn),
        Expected("lr.joblib", "joblib", current, needs: joblib),
        Expected("lr.zlib.joblib", "joblib", current, needs: joblib),
        Expected("lr.gzip.joblib", "joblib", current, needs: joblib),
        Expected("lr.bz2.joblib", "joblib", current, needs: joblib),
        Expected("lr.lzma.joblib", "joblib", current, needs: joblib),
        Expected("lr.xz.joblib", "joblib", current, needs: joblib),
        Expected("lr.lz4.joblib", "joblib", current, needs: joblib),
        Expected("rf.joblib", "joblib", current, needs: joblib),
        Expected("objs.joblib", "joblib", current, needs: joblib),
        Expected("old.pkl", "pickle", ["scikit-learn 1.3.2 recorded"], needs: sklearn),
        Expected("old.joblib", "joblib", ["scikit-learn 1.3.2 recorded"], needs: joblib),
        Expected("old.compressed.joblib", "joblib", ["scikit-learn 1.3.2 recorded"], needs: joblib),
        Expected(
            "lr.skops", "skops", ["scikit-learn 1.9.1 recorded", "skops 0.16.0 recorded"],
            needs: ["numpy", "sklearn", "skops"]),
        Expected("mlflow-pickle.zip", "mlflow", mlflow, needs: ["mlflow", "numpy", "sklearn"], python: "3.11.7"),
        Expected("mlflow-pickle.tar.gz", "mlflow", mlflow, needs: ["mlflow", "numpy", "sklearn"], python: "3.11.7"),
        Expected(
            "mlflow-skops", "mlflow", (mlflow + ["skops 0.16.0 recorded"]).sorted(),
            needs: ["mlflow", "numpy", "sklearn", "skops"], python: "3.11.7"),
        Expected("net.pth", "pytorch", [], needs: ["torch"]),
        Expected("legacy.pt", "pytorch-legacy", [], needs: ["torch"]),
        Expected("w.safetensors", "safetensors", [], needs: []),
        Expected("m.onnx", "onnx", [], needs: []),
        Expected("x.json", "xgboost", ["xgboost 3.2.0 recorded"], needs: ["xgboost"]),
        Expected("x.ubj", "xgboost", ["xgboost 3.2.0 recorded"], needs: ["xgboost"]),
        Expected("xgb.pkl", "pickle", ["xgboost 3.2.0 recorded"], needs: ["xgboost"]),
        Expected("lgb.pkl", "pickle", current, needs: ["lightgbm", "numpy", "sklearn"]),
        Expected("lightgbm.txt", "lightgbm", [], needs: ["lightgbm"]),
        Expected("k.keras", "keras", ["keras 3.15.1 recorded"], needs: ["keras"]),
        Expected(
            "m.mar", "torchserve", ["numpy - claimed", "torch 2.13.0 claimed"],
            needs: ["torch"]),
        Expected(
            "m.tar.gz", "torchserve",
            ["numpy - claimed", "torch 2.13.0 claimed"], needs: ["torch"]),
        Expected(
            "clf.bentomodel", "bentoml", ["bentoml 1.4.39 claimed", "scikit-learn 1.9.1 recorded"],
            needs: ["joblib", "numpy", "sklearn"], python: "3.11.7"),
    ]
}

@Test(arguments: Expected.all)
func realModelIsUnderstoodToItsLastByte(_ expected: Expected) throws {
    let model = try ModelReader.read(path: fixtures + expected.file)
    #expect(model.format == expected.format)
    #expect(model.isComplete)
    let packages = model.environment.packages.map { package in
        let strongest = model.facts.filter { $0.name == package.name }.map(\.strength).max() ?? .claimed
        return "\(package.name) \(package.version ?? "-") \(strongest)"
    }
    // What only names in a pickle give away, numpy's generation, is a fact but no package.
    #expect(packages == expected.packages)
    #expect(model.needs == expected.needs)
    #expect(model.environment.python?.version == expected.python)
    #expect(!model.findings.contains { $0.severity == .error }, "\(model.findings)")
}

@Test(arguments: Expected.all)
func truncatedModelIsRefused(_ expected: Expected) throws {
    // A text without its end, a model without its proof of the end: safetensors and all archives tell, JSON does too.
    guard expected.file != "mlflow-skops" else { return }
    let bytes = try readFile(path: fixtures + expected.file, limit: 1 << 20)
    let folder = ModelFolder()
    // What LightGBM's own library writes ends here; its Python package adds a line.
    let last = Array("end of parameters".utf8)
    let end = bytes.indices.first { bytes[$0] == last[0] && bytes[$0...].starts(with: last) } ?? bytes.count
    for count in stride(from: 0, to: end, by: fuzzRounds(1) > 1 ? 211 : 641) {
        let path = folder.write(expected.file, Array(bytes.prefix(count)))
        do {
            let model = try ModelReader.read(path: path)
            Issue.record("\(count) of \(bytes.count) bytes were read as \(model.format)")
        } catch { #expect("\(error)".contains(expected.file)) }
    }
}

@Test func packedAndUnpackedModelsAreOneModel() throws {
    let folder = ModelFolder()
    #expect(system("tar xzf '\(fixtures)mlflow-pickle.tar.gz' -C '\(folder.path)'") == 0)
    let directory = "\(folder.path)/mlflow-pickle"
    for (name, command) in [
        ("a.tar", "tar cf - mlflow-pickle"), ("b.tar.xz", "tar cJf - -C mlflow-pickle ."),
        ("c.tar.bz2", "tar cjf - mlflow-pickle"), ("d.tar.zst", "tar c mlflow-pickle | zstd -q"),
        ("e.tar.gz", "tar czf - -C mlflow-pickle ."),
    ] {
        #expect(system("cd '\(folder.path)' && \(command) > \(name)") == 0)
        let packed = try ModelReader.read(path: "\(folder.path)/\(name)")
        let model = try ModelReader.read(path: directory)
        #expect(packed.treeDigest == model.treeDigest, "\(name)")
        #expect(packed.files == model.files)
        #expect(packed.facts == model.facts)
        var text: [UInt8] = []
        for file in packed.files { text += Array("\(file.path)\u{0}\(file.sha256.hex)\n".utf8) }
        #expect(try ContentHash.sha256(of: text) == packed.treeDigest)
    }
}

@Test(arguments: ["evil.pkl", "evil-inside.p0.pkl"])
func codeInAPickleDoesNotRunAndIsNamed(_ file: String) throws {
    let model = try ModelReader.read(path: fixtures + file)
    let findings = model.findings.filter { $0.rule == "dangerous-global" }
    #expect(findings.map(\.subject) == ["posix.system"])
    #expect(access("pinproof-was-here", F_OK) != 0)
    #expect(access(fixtures + "pinproof-was-here", F_OK) != 0)
}

@Test func numpyGenerationsAreTold() throws {
    for (file, generation) in [("old.joblib", "1"), ("old.pkl", "1"), ("rf.joblib", "2"), ("lr.p0.pkl", "2")] {
        let model = try ModelReader.read(path: fixtures + file)
        #expect(model.facts.filter { $0.about == .generation }.map(\.value) == [generation], "\(file)")
    }
}

@Test func contradictingFactsAreFound() throws {
    let folder = ModelFolder()
    #expect(
        system("cp -r '\(fixtures)mlflow-skops' '\(folder.path)/m' && cp '\(fixtures)old.pkl' '\(folder.path)/m/'") == 0
    )
    let model = try ModelReader.read(path: "\(folder.path)/m")
    let findings = model.findings.filter { $0.rule == "contradicting-facts" }
    #expect(findings.map(\.subject) == ["scikit-learn"])
    #expect(findings.first?.message.contains("1.3.2") == true)
    #expect(findings.first?.message.contains("1.9.1") == true)
}

@Test func whatIsNotUnderstoodLeavesTheModelIncomplete() throws {
    let folder = ModelFolder()
    #expect(system("cp -r '\(fixtures)mlflow-skops' '\(folder.path)/m'") == 0)
    // Weights that begin like a pickle are weights; a pickle without a name of its own is a pickle.
    _ = folder.write("m/weights", [0x80, 2, 0x28, 0xFF, 0xFF])
    #expect(system("cp '\(fixtures)lr.p2.pkl' '\(folder.path)/m/nameless'") == 0)
    let model = try ModelReader.read(path: "\(folder.path)/m")
    #expect(model.isComplete)
    #expect(model.facts.contains { $0.file == "nameless" && $0.name == "scikit-learn" })
    _ = folder.write("m/other.pkl", Array("ZF0x1234 what joblib 0.9 wrote".utf8))
    let other = try ModelReader.read(path: "\(folder.path)/m")
    #expect(!other.isComplete)
    #expect(other.findings.contains { $0.rule == "unreadable-file" && $0.file.hasSuffix("m/other.pkl") })
}

@Test func lockInsideOfAModelGivesHashes() throws {
    let folder = ModelFolder()
    let hash = String(repeating: "a1", count: 32)
    #expect(system("cp -r '\(fixtures)mlflow-skops' '\(folder.path)/m'") == 0)
    _ = folder.write(
        "m/requirements.txt",
        Array("scikit-learn==1.9.1 \\\n    --hash=sha256:\(hash)\nskops==0.16.0 --hash=sha256:\(hash)\n".utf8))
    let model = try ModelReader.read(path: "\(folder.path)/m")
    let package = try #require(model.environment.packages.first { $0.name == "scikit-learn" })
    #expect(package.hashes.map(\.hex) == [hash])
    #expect(package.version == "1.9.1")
    #expect(model.locks.map(\.file) == ["requirements.txt"])
    #expect(model.facts.filter { $0.strength == .hashed }.map(\.name).sorted() == ["scikit-learn", "skops"])
    #expect(!model.findings.contains { $0.rule == "unlocked-environment" })
    _ = folder.write("m/requirements.txt", Array("scikit-learn==1.9.0 --hash=sha256:\(hash)\n".utf8))
    let other = try ModelReader.read(path: "\(folder.path)/m")
    #expect(other.findings.contains { $0.rule == "contradicting-facts" && $0.subject == "scikit-learn" })
}

@Test func arbitraryEqualityOfARequirementIsKept() throws {
    let folder = ModelFolder()
    #expect(system("cp -r '\(fixtures)mlflow-skops' '\(folder.path)/m'") == 0)
    for (line, requirement) in [
        ("numpy===2.1.0", "===2.1.0"), ("numpy ===2.1.0,<3", "===2.1.0"), ("numpy==2.1.0", nil),
    ] {
        _ = folder.write("m/requirements.txt", Array("skops==0.16.0\n\(line)\n".utf8))
        let package = try #require(
            try ModelReader.read(path: "\(folder.path)/m").environment.packages.first { $0.name == "numpy" })
        #expect(package.version == "2.1.0" && package.versionRequirement == requirement, "\(line)")
    }
}

@Test func universalLockInsideOfAModelIsNarrowedToItsInterpreter() throws {
    let folder = ModelFolder()
    #expect(system("cp -r '\(fixtures)mlflow-skops' '\(folder.path)/m'") == 0)
    let lock = """
        version = 1
        revision = 3
        requires-python = ">=3.10"

        [[package]]
        name = "project"
        version = "0.1.0"
        source = { virtual = "." }
        dependencies = [
            { name = "scikit-learn", version = "1.9.1", source = { registry = "https://index.example/simple" }, marker = "python_full_version >= '3.11'" },
            { name = "scikit-learn", version = "1.7.2", source = { registry = "https://index.example/simple" }, marker = "python_full_version < '3.11'" },
        ]

        """
    var text = lock
    for version in ["1.7.2", "1.9.1"] {
        text += """
            [[package]]
            name = "scikit-learn"
            version = "\(version)"
            source = { registry = "https://index.example/simple" }
            resolution-markers = ["python_full_version \(version == "1.7.2" ? "<" : ">=") '3.11'"]
            wheels = [
                { url = "https://index.example/scikit_learn-\(version)-py3-none-any.whl", hash = "sha256:\(String(repeating: "b2", count: 32))", size = 1 },
            ]

            """
    }
    _ = folder.write("m/uv.lock", Array(text.utf8))
    let model = try ModelReader.read(path: "\(folder.path)/m")
    let versions = model.environment.packages.filter { $0.name == "scikit-learn" }.map(\.version)
    #expect(versions == ["1.9.1"], "\(model.findings)")
    #expect(model.environment.packages.first { $0.name == "scikit-learn" }?.hashes.count == 1)
    #expect(model.locks.map { $0.document.format.name }.sorted() == ["requirements.txt", "uv.lock"])
}

@Test func listOfFormatsIsThatOfTheFolder() throws {
    let sources = fixtures.replacingTail("Tests/ModelArchivesTests/Fixtures/", with: "Sources/ModelArchives/Formats")
    let reader = try DirectoryReader(path: sources)
    var files: Set<String> = []
    while let entry = try reader.next() { files.insert(String(entry.path.dropLast(".swift".count))) }
    #expect(files == Set(ModelFormats.all.map { "\($0)" }))
}

extension String {
    fileprivate func replacingTail(_ tail: String, with other: String) -> String {
        String(dropLast(tail.count)) + other
    }
}

typealias ModelFolder = TemporaryDirectory
