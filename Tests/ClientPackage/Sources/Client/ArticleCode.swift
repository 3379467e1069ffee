// The code of the articles in Sources/Pinproof/Pinproof.docc: each code block there is a part of this file. It is compiled
// twice, here as a stranger's, and by PinproofTests, which runs it on docs/demo.

import Pinproof

func checkTree(_ directory: String) async throws -> [String] {
    var options = Checker.Options()
    options.require = .hashed
    options.ignore = ["floating-apt-package"]

    let result = try await Checker(options: options).check([directory])
    return result.findings.map { finding in
        let line = finding.range?.start.line ?? 1
        return "\(finding.file):\(line): \(finding.severity.rawValue): \(finding.message)"
    }
}

func isAcceptable(_ directory: String) async throws -> Bool {
    var options = Checker.Options()
    options.failOn = .warning

    let result = try await Checker(options: options).check([directory])
    // What could not be read is never acceptable.
    guard result.failures.isEmpty else { return false }
    return !result.threshold.isReached(by: result.findings)
}

func mayDeploy(_ model: String, on image: String, wheels: String) async throws -> Bool {
    var options = Verifier.Options()
    options.evidence = .locked
    options.wheels = [wheels]

    let verification = try await Verifier(options: options).verify(model, against: image)
    switch verification.verdict {
    case .match: return true
    case .mismatch, .notProvable: return false
    }
}

func differingPackages(_ model: String, on image: String) async throws -> [String: [String]] {
    let verification = try await Verifier().verify(model, against: image)
    var reasons: [String: [String]] = [:]
    for package in verification.packages where package.verdict != .match {
        reasons[package.training.name] = package.reasons
    }
    return reasons
}

func readImage(_ name: String) async throws -> [String: String] {
    var options = Inspector.Options()
    options.reading.limits.entries = 500_000

    let subject = try await Inspector(options: options).inspect(name)
    var versions: [String: String] = [:]
    for package in subject.environment.packages where package.ecosystem == .pypi {
        versions[package.name] = package.version
    }
    return versions
}

func explain(_ name: String) async -> String {
    do {
        let subject = try await Inspector().inspect(name)
        return "\(name) is a \(subject.about.kind.rawValue)"
    } catch .cancelled {
        return "cancelled"
    } catch {
        return error.description
    }
}
