import EnvironmentInventory
import SourceDocuments

/// A BuildKit source policy that turns each tag into the digest that was frozen, whatever a file says
/// (https://github.com/moby/buildkit/blob/master/docs/build-repro.md, `EXPERIMENTAL_BUILDKIT_SOURCE_POLICY`).
package enum SourcePolicy {
    /// The file name.
    package static let fileName = "pinproof.source-policy.json"

    static func json(images: [String: Digest]) -> JSONValue {
        let rules = images.sorted { $0.key < $1.key }.compactMap { name, digest -> JSONValue? in
            guard let reference = ImageReference(name) else { return nil }
            let identifier = "docker-image://\(reference.canonicalRepository):\(reference.tag ?? "latest")"
            return .members([
                "action": .string("CONVERT"),
                "selector": .members(["identifier": .string(identifier)]),
                "updates": .members(["identifier": .string("\(identifier)@\(digest)")]),
            ])
        }
        return .members(["rules": .array(rules)])
    }
}
