import EnvironmentInventory

/// Registries that are asked in place of others: `--mirror [REGISTRY=]HOST[:PORT][/PREFIX]`.
///
/// Without `REGISTRY=` it is Docker Hub's, as `registry-mirrors` of the Docker daemon is. `*=HOST` stands for every registry
/// that has no mirror of its own, with the registry's name in front of the repository: `HOST/ghcr.io/a/b`.
struct ImageMirrors: Sendable {
    private var mirrors: [String: String] = [:]

    init(_ mirrors: [RegistryMirror]) {
        for mirror in mirrors { self.mirrors[mirror.registry] = mirror.location }
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
