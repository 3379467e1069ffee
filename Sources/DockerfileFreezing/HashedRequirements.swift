/// A requirements file for one target in which every package has one version and its hashes.
public struct HashedRequirements: Sendable {
    /// One package.
    public struct Entry: Sendable, Hashable {
        /// The normalised name.
        public let name: String
        /// The exact version.
        public let version: String
        /// The hashes that pip accepts, sorted.
        public let hashes: [Digest]
    }

    /// The packages by name.
    public let entries: [Entry]

    /// Takes the packages of a target's environment.
    ///
    /// - Throws: ``FreezeError`` naming every package that has no exact version, no strong hash, or no wheel.
    public init(_ environment: Environment) throws(FreezeError) {
        var entries: [Entry] = []
        var refused: [String] = []
        for package in environment.packages where package.ecosystem == .pypi {
            let place = package.source.map { "\($0.file)\($0.line.map { ":\($0)" } ?? ""): " } ?? ""
            let hashes = package.hashes.filter { [.sha256, .sha384, .sha512].contains($0.algorithm) }
            guard let version = package.version else {
                refused.append("\(place)\(package.name) has no exact version")
                continue
            }
            guard !hashes.isEmpty else {
                refused.append("\(place)\(package.name) \(version) has no hash of sha256 or better")
                continue
            }
            let names = package.artifacts.compactMap(\.name)
            if !names.isEmpty, names.count == package.artifacts.count, !names.contains(where: { $0.hasSuffix(".whl") })
            {
                refused.append("\(place)\(package.name) \(version) has no wheel, only \(names.joined(separator: ", "))")
                continue
            }
            entries.append(Entry(name: package.name, version: version, hashes: hashes))
        }
        let other = Set(environment.packages.filter { $0.ecosystem != .pypi }.map(\.ecosystem)).sorted()
        if !other.isEmpty {
            refused.append("packages of \(other.map(\.rawValue).joined(separator: ", ")) cannot be installed by pip")
        }
        guard refused.isEmpty else { throw FreezeError(reasons: refused) }
        guard !entries.isEmpty else { throw FreezeError(reasons: ["the lock holds no package for this target"]) }
        self.entries = entries.sorted { $0.name < $1.name }
        if let twice = zip(self.entries, self.entries.dropFirst()).first(where: { $0.name == $1.name }) {
            throw FreezeError(reasons: [
                "the lock holds \(twice.0.name) twice for this target: \(twice.0.version) and \(twice.1.version)"
            ])
        }
    }

    /// The file's text
    /// (https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode).
    public var text: String {
        var text = "--only-binary :all:\n--require-hashes\n"
        for entry in entries {
            text += "\(entry.name)==\(entry.version)"
            for hash in entry.hashes { text += " \\\n    --hash=\(hash)" }
            text += "\n"
        }
        return text
    }
}

/// A lock cannot be frozen, and all the reasons.
public struct FreezeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reasons, each one line.
    public let reasons: [String]

    /// Makes an error.
    public init(reasons: [String]) { self.reasons = reasons }

    /// All reasons, one a line.
    public var description: String { reasons.joined(separator: "\n") }
}
