import EnvironmentInventory

/// The files of an installed distribution, one by one.
package struct DistributionContents: Sendable {
    /// One file that has a part in the content digest.
    package struct File: Sendable {
        /// The path by its scheme, as in the content digest.
        package let path: String
        /// Its location.
        package let location: String
        /// The layer that contains it; nil outside of images.
        package let layer: String?
        /// The sha256 of its bytes.
        package let sha256: Digest
    }

    /// A script whose first line the installer has rewritten.
    package struct Script: Sendable {
        /// The path by its scheme.
        package let path: String
        /// Its location.
        package let location: String
        /// The layer that contains it; nil outside of images.
        package let layer: String?
        /// The sha256 of what follows the first line; nil when the bytes were not kept.
        package let body: Digest?
    }

    /// The files of the content digest.
    package internal(set) var files: [File] = []
    /// The rewritten scripts.
    package internal(set) var scripts: [Script] = []

    /// Creates empty contents.
    package init() {}

    /// Adds a file that has a part in the content digest.
    package mutating func add(_ path: String, at location: String, layer: String?, sha256: Digest) {
        files.append(File(path: path, location: location, layer: layer, sha256: sha256))
    }

    /// Adds a file that the installer has rewritten.
    package mutating func addScript(_ path: String, at location: String, layer: String?, body: Digest?) {
        scripts.append(Script(path: path, location: location, layer: layer, body: body))
    }

    /// Names the files that are not those of a wheel, a sentence each.
    ///
    /// - Parameter wheel: the wheel's files by their paths in the content digest.
    package func differences(from wheel: [String: Digest], name: String) -> [String] {
        var missing = wheel
        var sentences: [String] = []
        for file in files {
            let place = file.layer.map { " (layer \($0))" } ?? ""
            guard let digest = missing.removeValue(forKey: file.path) else {
                sentences.append("\(file.location)\(place) is not in \(name)")
                continue
            }
            if digest != file.sha256 {
                sentences.append("\(file.location)\(place) has \(file.sha256), \(name) has \(digest)")
            }
        }
        return sentences + missing.keys.sorted().map { "\($0) of \(name) is not installed" }
    }

    /// Names the rewritten scripts whose body is not that of the wheel, a sentence each.
    ///
    /// - Parameters:
    ///   - wheel: the digests of the bodies of the wheel's scripts by their paths.
    ///   - what: what is compared, for the sentences.
    package func scriptDifferences(
        from wheel: [String: Digest], name: String, what: String = "after its first line"
    ) -> [String] {
        var missing = wheel
        var sentences: [String] = []
        for script in scripts {
            let place = script.layer.map { " (layer \($0))" } ?? ""
            guard let digest = missing.removeValue(forKey: script.path) else {
                sentences.append("\(script.location)\(place) is not among the rewritten scripts of \(name)")
                continue
            }
            if let body = script.body {
                if body != digest {
                    sentences.append("\(script.location)\(place) is not that of \(name) \(what)")
                }
            } else {
                sentences.append("\(script.location)\(place) is not a script of \(name) as installers rewrite it")
            }
        }
        return sentences + missing.keys.sorted().map { "\($0) of \(name) is not installed" }
    }
}
