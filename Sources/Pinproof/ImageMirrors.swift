import EnvironmentInventory

/// Registries that are asked in place of others: `--mirror [REGISTRY=]HOST[:PORT][/PREFIX]`.
///
/// Without `REGISTRY=` it is Docker Hub's, as `registry-mirrors` of the Docker daemon is. `*=HOST` stands for every registry
/// that has no mirror of its own, with the registry's name in front of the repository: `HOST/ghcr.io/a/b`.
struct ImageMirrors: Sendable {
    private var mirrors: [String: String] = [:]

    init(_ words: [String]) throws(CommandError) {
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let registry = parts.count == 2 ? parts[0] : "docker.io"
            var place = parts[parts.count - 1]
            while place.hasSuffix("/") { place.removeLast() }
            // A mirror is where a reference can begin.
            guard !registry.isEmpty, let probe = ImageReference(place + "/x"), probe.registry != "docker.io" else {
                throw CommandError("--mirror takes [REGISTRY=]HOST[:PORT][/PREFIX], not '\(word)'", kind: .usage)
            }
            mirrors[registry] = place
        }
    }

    var isEmpty: Bool { mirrors.isEmpty }

    /// Where an image is asked for; nil when no mirror stands for its registry.
    func place(of reference: ImageReference) -> ImageReference? {
        let canonical = reference.canonicalRepository
        let registry = reference.registry
        let repository: String
        if let mirror = mirrors[registry] {
            repository = mirror + canonical.dropFirst(registry.utf8.count)
        } else if let mirror = mirrors["*"] {
            repository = mirror + "/" + canonical
        } else {
            return nil
        }
        return ImageReference(repository: repository, tag: reference.tag, digest: reference.digest)
    }
}
