import EnvironmentInventory
import TestSupport
import Testing

@testable import Pinproof

/// The jobs of the library on `docs/demo`: values in, values and typed errors out.
struct LibraryTests {
    private static let root = String(#filePath.dropLast("Tests/PinproofTests/LibraryTests.swift".utf8.count))

    private static func demo(_ name: String) -> String { "\(root)docs/demo/\(name)" }

    private static let model = demo("churn-model.tar.gz")
    private static let image = demo("churn-image.oci.tar")
    private static let changed = demo("churn-image-changed.oci.tar")
    private static let lock = demo("requirements.lock")
    private static let names = ["attrs", "bottle", "cattrs", "markupsafe", "typing-extensions", "waitress"]

    // MARK: Inspector

    @Test(
        "every kind of subject is read, and named by its kind and format",
        arguments: [
            ("churn-model.tar.gz", SubjectKind.model, "mlflow"), ("churn-image.oci.tar", .image, "oci-archive"),
            ("requirements.lock", .lock, "requirements.txt"), ("careless/Dockerfile", .dockerfile, "dockerfile"),
        ])
    func inspect(_ name: String, _ kind: SubjectKind, _ format: String) async throws {
        let subject = try await Inspector().inspect(Self.demo(name))
        #expect(subject.about.kind == kind)
        #expect(subject.about.format == format)
        #expect(subject.about.name == Self.demo(name))
        #expect((subject.system != nil) == (kind == .image))
        #expect(!subject.isSignatureRefuted)
        let python = subject.environment.packages.filter { $0.ecosystem == .pypi }
        #expect(python.map(\.name) == (kind == .dockerfile ? [] : Self.names))
        #expect(subject.environment.gaps.isEmpty)
    }

    @Test(
        "a prefix forces the kind, and another kind is refused", arguments: ["lock:", "model:", "env:", "oci-archive:"])
    func forced(_ prefix: String) async throws {
        let fitting = ["lock:": Self.lock, "model:": Self.model, "oci-archive:": Self.image]
        for (kind, path) in fitting {
            if kind == prefix {
                let subject = try await Inspector().inspect(prefix + path)
                #expect(subject.environment.packages.count >= Self.names.count)
            } else {
                await #expect(throws: InspectionError.self) { _ = try await Inspector().inspect(prefix + path) }
            }
        }
    }

    @Test("what is not there is an input error that names the path")
    func missing() async {
        let error = await #expect(throws: InspectionError.self) { _ = try await Inspector().inspect("/nonexistent/x") }
        guard case .input(let input)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(input.description.contains("/nonexistent/x"))
        #expect(error?.description == input.description)
    }

    @Test("a key is for models only")
    func keyOfAnotherKind() async throws {
        var options = Inspector.Options()
        options.modelKey = Self.lock
        let error = await #expect(throws: InspectionError.self) {
            _ = try await Inspector(options: options).inspect(Self.image)
        }
        guard case .keyWithoutModel(Self.image, .image)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description == "\(Self.image): a key verifies the signature of a model, and this is a image")
    }

    @Test("a limit that is reached is an error, not a shorter answer")
    func limits() async {
        var options = Inspector.Options()
        options.reading.limits.entries = 5
        let error = await #expect(throws: InspectionError.self) {
            _ = try await Inspector(options: options).inspect(Self.image)
        }
        #expect(error?.description.contains("more than 5 entries") == true, "\(error?.description ?? "none")")
    }

    // MARK: Differ

    @Test(
        "a subject does not differ from itself",
        arguments: ["churn-model.tar.gz", "churn-image.oci.tar", "requirements.lock"])
    func same(_ name: String) async throws {
        let difference = try await Differ().compare(Self.demo(name), Self.demo(name))
        #expect(difference.isEmpty)
        #expect(difference.isDecided)
        #expect(difference.environment.same >= Self.names.count)
        #expect(difference.left == Self.demo(name) && difference.right == Self.demo(name))
    }

    @Test("a rebuilt package is named, whichever side is left")
    func rebuilt() async throws {
        for (left, right) in [(Self.image, Self.changed), (Self.changed, Self.image)] {
            let difference = try await Differ().compare(left, right)
            #expect(!difference.isEmpty)
            #expect(difference.environment.changes.map(\.name) == ["waitress"])
            let change = try #require(difference.environment.changes.first)
            #expect(change.ecosystem == .pypi && change.left?.version == change.right?.version)
            #expect(change.left?.contentDigest != change.right?.contentDigest)
        }
    }

    @Test("packages that only an image can have are counted, not compared")
    func notCompared() async throws {
        let difference = try await Differ().compare(Self.model, Self.image)
        #expect(difference.environment.isEmpty)
        #expect(Set(difference.notCompared.keys) == [.apt])
        #expect((difference.notCompared[.apt] ?? 0) > 0)
        #expect(difference.image == nil)
    }

    @Test("only packages, where nothing else is asked for")
    func onlyPackages() async throws {
        var options = Differ.Options()
        options.comparesOnlyPackages = true
        let difference = try await Differ(options: options).compare(Self.image, Self.changed)
        #expect(difference.image == nil)
        #expect(difference.environment.changes.map(\.name) == ["waitress"])
    }

    @Test("a Dockerfile holds no environment to compare")
    func dockerfile() async {
        let path = Self.demo("careless/Dockerfile")
        for (left, right) in [(path, Self.image), (Self.image, path)] {
            let error = await #expect(throws: DifferenceError.self) { _ = try await Differ().compare(left, right) }
            guard case .dockerfile(path)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    // MARK: Verifier

    @Test("the same environment matches at each level of evidence that is at hand")
    func verify() async throws {
        var options = Verifier.Options()
        options.wheels = [Self.demo("wheels")]
        for evidence in [Evidence.intact, .locked] {
            options.evidence = evidence
            let verification = try await Verifier(options: options).verify(Self.model, against: Self.image)
            #expect(verification.required == evidence)
            #expect(verification.packages.map(\.training.name) == Self.names)
            #expect(verification.packages.allSatisfy { $0.verdict == .match })
            #expect(verification.trainingGaps.isEmpty && verification.servingGaps.isEmpty)
        }
    }

    @Test("a changed byte is a mismatch of its package and of the whole")
    func verifyChanged() async throws {
        let verification = try await Verifier().verify(Self.model, against: Self.changed)
        #expect(verification.verdict == .mismatch)
        #expect(verification.packages.filter { $0.verdict == .mismatch }.map(\.training.name) == ["waitress"])
        let reasons = verification.packages.first { $0.verdict == .mismatch }?.reasons ?? []
        #expect(!reasons.isEmpty)
    }

    @Test("a lock has neither a path of the model nor its key")
    func lockWithModelOptions() async {
        var path = Verifier.Options()
        path.modelPath = "/srv/model"
        var key = Verifier.Options()
        key.modelKey = Self.lock
        let first = await #expect(throws: VerificationError.self) {
            _ = try await Verifier(options: path).verify(Self.lock, against: Self.image)
        }
        if case .modelPathOfLock(Self.lock)? = first {} else { Issue.record("\(String(describing: first))") }
        let second = await #expect(throws: VerificationError.self) {
            _ = try await Verifier(options: key).verify(Self.lock, against: Self.image)
        }
        if case .modelKeyOfLock(Self.lock)? = second {} else { Issue.record("\(String(describing: second))") }
        #expect(first?.description.hasPrefix("\(Self.lock): ") == true)
    }

    // MARK: Capturer

    @Test("a capture is read again as the environment that it records")
    func capture() async throws {
        var options = Capturer.Options()
        options.lock = Self.lock
        let captured = try await Capturer(options: options).capture(Self.image)
        #expect(captured.withoutArtifact.isEmpty && captured.shadowed.isEmpty)
        #expect(captured.withoutURL == Self.names)
        let directory = TemporaryDirectory()
        let path = directory.write("pylock.toml", Array(captured.text.utf8))
        let subject = try await Inspector().inspect(path)
        #expect(subject.about.kind == .capture)
        #expect(subject.environment.packages.filter { $0.ecosystem == .pypi }.map(\.name) == Self.names)
        let verification = try await Verifier().verify(path, against: Self.image)
        let python = verification.packages.filter { $0.training.ecosystem == .pypi }
        #expect(python.map(\.training.name) == Self.names)
        #expect(python.allSatisfy { $0.verdict == .match }, "\(python.map(\.reasons))")
    }

    @Test(
        "only an environment can be captured",
        arguments: [("requirements.lock", SubjectKind.lock), ("churn-model.tar.gz", .model)])
    func captureOfAnotherKind(_ name: String, _ kind: SubjectKind) async {
        let error = await #expect(throws: CaptureError.self) { _ = try await Capturer().capture(Self.demo(name)) }
        guard case .notInstalled(Self.demo(name), kind)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    // MARK: WheelMapper

    @Test("a map lists each wheel with both digests, and the files when they are asked for")
    func wheels() async throws {
        let mapping = try await WheelMapper().map(Self.demo("wheels"))
        #expect(mapping.problems.isEmpty)
        #expect(!mapping.text().contains("RECORD"))
        #expect(mapping.text(listsFiles: true).utf8.count > mapping.text().utf8.count)
        let directory = TemporaryDirectory()
        var options = Verifier.Options()
        options.wheels = [directory.write("map.json", Array(mapping.text().utf8))]
        options.evidence = .locked
        let verification = try await Verifier(options: options).verify(Self.model, against: Self.image)
        #expect(verification.packages.allSatisfy { $0.verdict == .match })
    }

    @Test("a prefix of a conda environment is an absolute path")
    func relativePrefix() async {
        var options = WheelMapper.Options()
        options.prefixes = ["/opt/conda", "opt/other"]
        let error = await #expect(throws: WheelMappingError.self) {
            _ = try await WheelMapper(options: options).map(Self.demo("wheels"))
        }
        guard case .relativePrefix("opt/other")? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("a wheel that is none is an error that names it")
    func damagedWheel() async {
        let directory = TemporaryDirectory()
        directory.write("x-1.0-py3-none-any.whl", Array("not a zip".utf8))
        let error = await #expect(throws: WheelMappingError.self) { _ = try await WheelMapper().map(directory.path) }
        #expect(error?.description.contains("x-1.0-py3-none-any.whl") == true)
    }

    // MARK: Freezer and Rewriter

    @Test("a base image without a digest is refused, and the error says what would pin it")
    func baseWithoutDigest() async {
        let error = await #expect(throws: FreezingError.self) {
            _ = try await Freezer().plan(Self.lock, base: "python:3.11")
        }
        #expect(error?.description.contains("python:3.11: its digest is not known") == true)
    }

    @Test("a lock that is not there is an input error", arguments: ["/nonexistent/uv.lock", "/nonexistent/model"])
    func frozenNothing(_ path: String) async {
        let base = "python:3.11@sha256:" + String(repeating: "5", count: 64)
        let error = await #expect(throws: FreezingError.self) { _ = try await Freezer().plan(path, base: base) }
        if case .input(let input)? = error {
            #expect(input.description.contains(path))
        } else {
            Issue.record("\(String(describing: error))")
        }
    }

    @Test(
        "mirrors have a host",
        arguments: [
            ("mirror.example", true), ("docker.io=mirror.example:5000/a", true), ("*=m.example", true), ("", false),
            ("x=", false), ("=m.example", false), ("ghcr.io=docker.io", false),
        ])
    func mirrors(_ text: String, _ isMirror: Bool) {
        #expect((RegistryMirror(text) != nil) == isMirror)
    }

    @Test(
        "versions of Python have two or three numbers",
        arguments: [
            ("3.11", true), ("3.11.2", true), ("3.14t", true), ("3", false), ("3.11.2.1", false), ("3.x", false),
            ("", false), ("t", false), ("3..1", false),
        ])
    func releases(_ text: String, _ isRelease: Bool) {
        #expect(PythonRelease(text)?.description == (isRelease ? text : nil))
    }
}
