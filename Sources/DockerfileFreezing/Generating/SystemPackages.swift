import EnvironmentInventory

/// The packages of Debian or Ubuntu that an image gets besides its base's, from the archive as it was at one moment
/// (https://snapshot.debian.org, https://snapshot.ubuntu.com).
package struct SystemPackages: Sendable, Hashable {
    /// The distributions whose archive has snapshots.
    package enum Distribution: String, Sendable, Hashable { case debian, ubuntu }

    /// One package.
    package struct Entry: Sendable, Hashable {
        /// The name.
        package let name: String
        /// The version, where it is known; the snapshot decides otherwise.
        package let version: String?
    }

    /// The distribution.
    package let distribution: Distribution
    /// The release's name, `bookworm`.
    package let codename: String
    /// The moment, `20240601T000000Z`.
    package let snapshot: String
    /// The packages by name.
    package let entries: [Entry]

    /// Creates a list of packages.
    ///
    /// - Parameters:
    ///   - words: `name` or `name=version`, as apt-get takes them.
    ///   - operatingSystem: the text of the base's os-release (https://www.freedesktop.org/software/systemd/man/latest/os-release.html).
    ///   - installed: the base's own packages, whose versions are known.
    /// - Throws: ``FreezeError`` with what is missing.
    package init(
        words: [String], snapshot: String, operatingSystem: String, installed: [Package]
    ) throws(FreezeError) {
        guard Self.isSnapshot(snapshot) else {
            throw FreezeError(reasons: ["--snapshot takes a moment as 20240601T000000Z, not '\(snapshot)'"])
        }
        let facts = Self.facts(operatingSystem)
        guard let distribution = Distribution(rawValue: facts["ID"] ?? ""), let codename = facts["VERSION_CODENAME"],
            FreezeText.isWord(codename)
        else {
            throw FreezeError(reasons: [
                "--apt: the base is neither Debian nor Ubuntu (its os-release says ID=\(facts["ID"] ?? "nothing")), and only "
                    + "their archives have snapshots"
            ])
        }
        var entries: [String: Entry] = [:]
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.allSatisfy(FreezeText.isWord), parts[0].utf8.first.map({ $0 != UInt8(ascii: "-") }) ?? false
            else {
                throw FreezeError(reasons: ["--apt takes NAME or NAME=VERSION, not '\(word)'"])
            }
            let known = installed.first { $0.ecosystem == .apt && $0.name == parts[0] }?.version
            entries[parts[0]] = Entry(name: parts[0], version: parts.count == 2 ? parts[1] : known)
        }
        self.distribution = distribution
        self.codename = codename
        self.snapshot = snapshot
        self.entries = entries.values.sorted { $0.name < $1.name }
    }

    /// `KEY=value` lines, quotes taken off.
    private static func facts(_ text: String) -> [String: String] {
        var facts: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            facts[String(parts[0])] = String(parts[1].filter { $0 != "\"" && $0 != "'" })
        }
        return facts
    }

    /// Whether a text is a moment as the snapshot services write it, `20240601T000000Z`.
    package static func isSnapshot(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return false }
        return bytes.indices.allSatisfy { $0 == 8 || $0 == 15 || bytes[$0].isASCIIDigit }
    }

    /// The lines of sources.list. The release files of a snapshot are past their validity; their signatures hold.
    var sources: [String] {
        switch distribution {
        case .debian:
            let archive = "http://snapshot.debian.org/archive"
            let options = "[check-valid-until=no signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
            return [
                "deb \(options) \(archive)/debian/\(snapshot) \(codename) main",
                "deb \(options) \(archive)/debian/\(snapshot) \(codename)-updates main",
                "deb \(options) \(archive)/debian-security/\(snapshot) \(codename)-security main",
            ]
        case .ubuntu:
            let options = "[check-valid-until=no signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg]"
            return ["", "-updates", "-security"].map {
                "deb \(options) http://snapshot.ubuntu.com/ubuntu/\(snapshot) \(codename)\($0) main universe"
            }
        }
    }

    /// Says what the template's names stand for.
    func add(to values: inout TemplateValues) {
        values.render(.apt)
        values[.aptSnapshot] = snapshot
        values[.aptSources] = sources.map { "'\($0)'" }.joined(separator: " \\\n        ")
        values[.aptPackages] = entries.map { $0.name + ($0.version.map { "=\($0)" } ?? "") }.joined(separator: " ")
    }
}
