import EnvironmentInventory
import SourceDocuments

/// The conda packages of one target as an explicit file: one URL a line with its sha256
/// (https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html#identical-conda-envs).
///
/// The hash is written `#sha256:HEX`, which conda (24 and later) and libmamba both read.
package struct CondaExplicitFile: Sendable {
    /// One package.
    package struct Entry: Sendable, Hashable {
        /// The name.
        package let name: String
        /// The version.
        package let version: String
        /// Where it is.
        package let url: String
        /// The sha256 of the file.
        package let sha256: Digest
    }

    /// The packages in the order of the lock: conda links them in this order.
    package let entries: [Entry]

    /// Takes the conda packages of a target's environment.
    ///
    /// - Throws: ``FreezeError`` naming every package without a URL or a sha256.
    package init(_ environment: Environment) throws(FreezeError) {
        var entries: [Entry] = []
        var refused = FreezeError.reasons(environment.gaps)
        for package in environment.packages where package.ecosystem == .conda {
            let place = package.source.map { "\($0.file)\($0.line.map { ":\($0)" } ?? ""): " } ?? ""
            let named = "\(place)\(package.name)\(package.version.map { " \($0)" } ?? "")"
            guard let version = package.version, let artifact = package.artifacts.first, let url = artifact.url,
                FreezeText.isURL(url)
            else {
                refused.append("\(named) has no URL that conda could fetch it from")
                continue
            }
            guard URLCredentials.redacted(url) == url else {
                refused.append(
                    "\(named) has a URL with credentials, which would be written into the build: keep them in the channel's "
                        + "settings, and lock again")
                continue
            }
            guard let sha256 = artifact.hashes.first(where: { $0.algorithm == .sha256 }) else {
                refused.append(
                    "\(named) has no sha256, and md5 proves nothing: lock it with conda-lock, or write the file with "
                        + "`conda list --explicit --sha256`")
                continue
            }
            entries.append(Entry(name: package.name, version: version, url: url, sha256: sha256))
        }
        guard refused.isEmpty else { throw FreezeError(reasons: refused) }
        self.entries = entries
    }

    /// The file's text.
    package var text: String {
        "@EXPLICIT\n" + entries.map { "\($0.url)#sha256:\($0.sha256.hex)\n" }.joined()
    }
}
