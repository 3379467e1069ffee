import PythonPackaging

/// What the formats ask of PythonPackaging, in the words of locks.
enum PythonRules {
    /// Why a text is not of its grammar.
    struct Failure: Error { let reason: String }

    /// A requirement (PEP 508), taken apart; names are normalised.
    struct ParsedRequirement {
        let name: String
        let extras: [String]
        let specifier: String
        let pinnedVersion: String?
        let url: String?
        let marker: String?
    }

    static func normalizedName(_ name: String) -> String { NormalizedName.of(name) }

    static func requirement(_ text: String) -> Result<ParsedRequirement, Failure> {
        do {
            let parsed = try Requirement(text)
            return .success(
                ParsedRequirement(
                    name: parsed.normalizedName, extras: parsed.extras.map { NormalizedName.of($0) },
                    specifier: parsed.specifiers.description, pinnedVersion: parsed.specifiers.exactVersion,
                    url: parsed.url, marker: parsed.marker?.description))
        } catch {
            return .failure(Failure(reason: error.reason))
        }
    }

    /// The normalised name that a requirement starts with, whatever stands after it.
    static func leadingName(_ text: String) -> String? {
        let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_" || $0 == "-") }
        return name.isEmpty ? nil : NormalizedName.of(name)
    }

    /// Name and version in the file name of a wheel or source archive; nil where it is neither.
    static func archive(_ fileName: String) -> (name: String, version: String)? {
        if let wheel = try? WheelFileName(fileName) { return (wheel.name, wheel.version.description) }
        if let sdist = try? SdistFileName(fileName) { return (sdist.name, sdist.version.description) }
        return nil
    }

    /// Whether a path or URL ends as archives that pip installs do.
    static func isArchive(_ path: String) -> Bool {
        let path = path.lowercased()
        return [".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tar.xz"].contains { path.hasSuffix($0) }
    }

    /// The tags in the file name of a wheel, `sdist` for a source archive.
    static func tagText(_ fileName: String) -> String? {
        if let wheel = try? WheelFileName(fileName) { return wheel.tagText }
        return fileName.hasSuffix(".whl") ? nil : "a source archive"
    }

    /// Whether a version satisfies a condition on Python, as PEP 440 or Poetry writes it; nil when it is malformed. A
    /// version without a third number satisfies what any of its releases satisfies.
    static func python(_ version: String, satisfies condition: String) -> Bool? {
        guard let constraint = PoetryConstraint(condition) else { return nil }
        let isMinor = version.split(separator: ".").count == 2
        let candidates = isMinor ? (0...99).map { "\(version).\($0)" } : [version]
        return candidates.contains { PythonVersion($0).map(constraint.contains) ?? false }
    }

    /// The one version that a specifier pins, or nil.
    static func pinnedVersion(_ specifier: String) -> String? { VersionSpecifierSet(specifier)?.exactVersion }

    /// Whether a specifier admits a version; true for one that is malformed.
    static func accepts(_ specifier: String, _ version: String) -> Bool {
        guard let set = VersionSpecifierSet(specifier), let version = PythonVersion(version) else { return true }
        return set.contains(version, allowsPrereleases: true)
    }

    /// The lowest `3.N` that a specifier admits; nil where none of those that exist does.
    static func lowestPython(_ specifier: String) -> String? {
        guard let constraint = PoetryConstraint(specifier) else { return nil }
        for minor in 5...30 {
            for patch in [0, 99] {
                guard let version = PythonVersion("3.\(minor).\(patch)") else { continue }
                if constraint.contains(version) { return "3.\(minor)" }
            }
        }
        return nil
    }
}
