import EnvironmentInventory
import ProgramStart
import Testing

@testable import ContainerImages
@testable import EnvironmentVerification

/// What a capture of an image vouches for, and what it does not.
struct CapturedFilesTests {
    private static let site = ImageListing.site
    private static let library = "usr/local/lib/python3.11"
    private static let plain = [
        "CMD python /srv/app/serve.py", "srv/app/serve.py", "\(library)/random.py",
        "\(library)/__pycache__/os.cpython-311.pyc : pyc timestamp 0", "\(site)numpy/__init__.py = numpy",
        "\(site)numpy-1.0.dist-info/METADATA : text Name: numpy", "\(site)loose.py",
        "\(library)/sitecustomize.py -> /etc/python/sitecustomize.py", "etc/python/sitecustomize.py",
    ]

    /// The verdict on a changed image against the capture of the plain one.
    private static func verify(
        _ changes: (inout [String]) -> Void, isStrict: Bool = false, python: String = "3.11.7"
    ) throws -> Verification {
        let (captured, _) = try ImageListing(plain.joined(separator: "\n")).sides(isCaptured: true)
        var lines = plain
        changes(&lines)
        let serving = try ImageListing(lines.joined(separator: "\n")).sides().serving
        var environment = captured.environment
        environment.python = Interpreter(version: python)
        return EnvironmentVerifier.verify(
            TrainingSide(name: "m", identity: nil, environment: environment), against: serving, required: .named,
            wheels: WheelMap([]), isStrict: isStrict)
    }

    @Test("an image closes its account against its own capture")
    func own() throws {
        let result = try Self.verify { _ in }
        #expect(result.verdict == .match)
        let account = try #require(result.account)
        #expect(account.count(.none) == 0 && account.count(.capture) >= 6, "\(account)")
        // Compiled files and what decides at the start of Python are vouched for too.
        #expect(!result.findings.contains { $0.severity > .note }, "\(result.findings.map(\.message))")
    }

    @Test(
        "what the capture does not have is an error where Python would load it",
        arguments: [
            "\(library)/random.py : text changed", "\(library)/evil.py",
            "\(library)/__pycache__/random.cpython-311.pyc : pyc unchecked other",
            "etc/python/sitecustomize.py : text other",
            "\(site)loose.py : text other", "\(site)lz4.py", "\(library)/sitecustomize.py : text import os",
            "srv/app/random.py",
        ])
    func changed(line: String) throws {
        let path = line.split(separator: " ").first.map(String.init) ?? ""
        let result = try Self.verify { lines in
            lines.removeAll { $0.split(separator: " ").first.map(String.init) == path }
            lines.append(line)
        }
        #expect(result.verdict != .match, "\(line): \(result.findings.map(\.message))")
    }

    @Test("another release of Python has another standard library by right")
    func otherRelease() throws {
        let result = try Self.verify(
            { lines in
                lines.removeAll { $0.hasPrefix("\(Self.library)/random.py") }
                lines.append("\(Self.library)/random.py : text of another release")
            }, python: "3.11.2")
        #expect(!result.findings.contains { $0.severity == .error && $0.rule == "unvouched-file" })
        #expect(result.account?.count(.none) ?? 0 > 0)
    }

    @Test("directories are digested by names, contents and targets of links")
    func digests() throws {
        func directories(_ lines: [String]) throws -> [String: Digest] {
            let listing = try ImageListing(lines.joined(separator: "\n"))
            let serving = try listing.sides().serving
            let files = try #require(serving.fileSystem)
            let found = CapturedFiles.directories(files, listing.configuration, serving.environment)
            #expect(found.map(\.path) == found.map(\.path).sorted())
            return Dictionary(found.map { ($0.path, $0.digest) }, uniquingKeysWith: { first, _ in first })
        }
        let plain = try directories(Self.plain)
        #expect(plain[Self.library] != nil && plain["usr/local/bin/python3.11"] != nil && plain["srv/app"] != nil)
        // The files of a Python package have a content digest of their own.
        #expect(plain["\(Self.site)numpy"] == nil)
        let linked = try directories(
            Self.plain.map { $0.replacing("-> /etc/python/site", with: "-> /etc/python/./site") })
        #expect(linked[Self.library] != plain[Self.library])
        let more = try directories(Self.plain + ["\(Self.library)/more.py"])
        #expect(more[Self.library] != plain[Self.library] && more["srv/app"] == plain["srv/app"])
    }
}

/// Variables that change numbers, against what training's capture knows.
struct NumericVariableTests {
    private static func findings(_ lines: [String], _ trained: [String: String]?) throws -> [Finding] {
        let (training, serving) = try ImageListing(lines.joined(separator: "\n")).sides()
        var environment = training.environment
        environment.numericVariables = trained
        return EnvironmentVerifier.verify(
            TrainingSide(name: "m", identity: nil, environment: environment), against: serving, required: .named,
            wheels: WheelMap([])
        ).findings.filter { $0.rule == "numeric-variable" }
    }

    @Test(
        "a variable is compared with the capture's; a lock knows nothing of it",
        arguments: [
            (["ENV OPENBLAS_CORETYPE=Prescott"], nil, Severity.note), ([], nil, nil), (["ENV MODEL=x"], nil, nil),
            (["ENV OPENBLAS_CORETYPE=Prescott"], [:], .warning),
            (["ENV OPENBLAS_CORETYPE=Prescott"], ["OPENBLAS_CORETYPE": "Prescott"], nil),
            (["ENV OPENBLAS_CORETYPE=Prescott"], ["OPENBLAS_CORETYPE": "Haswell"], .warning),
            ([], ["GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2"], .warning), (["ENV OMP_NUM_THREADS="], [:], nil),
            (["ENV TF_DETERMINISTIC_OPS=1", "ENV PYTHONHASHSEED=0"], ["PYTHONHASHSEED": "0"], .warning),
            (["ENV NPY_DISABLE_CPU_FEATURES=AVX512F"], ["MKL_CBWR": "COMPATIBLE"], .warning),
        ] as [([String], [String: String]?, Severity?)])
    func compared(lines: [String], trained: [String: String]?, severity: Severity?) throws {
        let findings = try Self.findings(lines, trained)
        #expect(findings.map(\.severity).max() == severity, "\(findings.map(\.message))")
    }

    @Test("only variables that change numbers are compared")
    func names() {
        for name in [
            "OMP_NUM_THREADS", "MKL_CBWR", "GLIBC_TUNABLES", "CUBLAS_WORKSPACE_CONFIG", "TF_CUDNN_DETERMINISTIC",
        ] {
            #expect(NumericVariables.contains(name))
        }
        for name in ["PATH", "PYTHONPATH", "LD_PRELOAD", "HOME", "PYTHONUNBUFFERED"] {
            #expect(!NumericVariables.contains(name))
        }
        #expect(NumericVariables.known.allSatisfy { NumericVariables.contains($0) })
    }
}
