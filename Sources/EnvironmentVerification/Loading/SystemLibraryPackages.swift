import ContainerImages
import EnvironmentInventory
import SourceDocuments

/// Tells which package of a distribution has a shared library. What is not known is not guessed.
package enum SystemLibraryPackages {
    private static let table: [Substring: [Substring]] = Dictionary(
        SystemLibraryTable.rows.split(separator: "\n").compactMap { row in
            let words = row.split(separator: " ")
            return words.first.map { ($0, Array(words.dropFirst())) }
        }, uniquingKeysWith: { first, _ in first })

    /// Returns the package of a library in a release, `["libgl1"]`; empty where it is not known.
    ///
    /// - Parameter distribution: `debian 12`, `ubuntu 24.04`: the id and version of os-release.
    package static func packages(for library: String, distribution: String?) -> [String] {
        guard let column = distribution.flatMap({ column($0) }), let row = table[library[...]], column < row.count,
            row[column] != "-"
        else { return [] }
        return [String(row[column])]
    }

    private static func column(_ distribution: String) -> Int? {
        // Ubuntu 24.04 renamed the same packages as Debian 13 (https://wiki.debian.org/ReleaseGoals/64bit-time).
        let release: [String: String] = [
            "debian 11": "bullseye", "debian 12": "bookworm", "debian 13": "trixie", "ubuntu 24.04": "trixie",
        ]
        return release[distribution].flatMap { SystemLibraryTable.releases.firstIndex(of: $0) }
    }

    /// Reads the id and version of an image's distribution from os-release.
    package static func distribution(_ files: FileSystemIndex) -> String? {
        guard let bytes = files.contents(of: "etc/os-release") ?? files.contents(of: "usr/lib/os-release") else {
            return nil
        }
        var fields: [Substring: Substring] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            fields[line[..<sign]] = line[line.index(after: sign)...].filter { $0 != "\"" && $0 != "'" }[...]
        }
        guard let id = fields["ID"], let version = fields["VERSION_ID"] else { return nil }
        return "\(id) \(version)"
    }
}

/// The archive's own list of files, `Contents-amd64`, plain or as it is (https://wiki.debian.org/RepositoryFormat#A.22Contents.22_indices).
package struct ContentsFile: Sendable {
    private let packages: [String: [String]]

    /// Reads the rows of shared libraries.
    package init(_ text: String) {
        var packages: [String: [String]] = [:]
        for line in text.split(separator: "\n") where line.contains(".so") {
            let words = line.split(separator: " ")
            guard words.count >= 2, let owners = words.last else { continue }
            let path = words.dropLast().joined(separator: " ")
            guard path.hasPrefix("usr/lib/") || path.hasPrefix("lib/"), let slash = path.lastIndex(of: "/") else {
                continue
            }
            let directory = path[..<slash].split(separator: "/").drop { $0 == "usr" }
            // Only the default directories: a library below them is not found by its name.
            guard directory.count <= 2 else { continue }
            let names = owners.split(separator: ",").compactMap { $0.split(separator: "/").last.map(String.init) }
            packages[String(path[path.index(after: slash)...]), default: []] += names
        }
        self.packages = packages.mapValues { Array(Set($0)).sorted() }
    }

    /// Returns the package of a library; empty where there is none or more than one.
    package func packages(for library: String) -> [String] {
        let names = packages[library] ?? []
        return names.count == 1 ? names : []
    }
}
