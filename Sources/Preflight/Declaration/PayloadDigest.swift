import ContentHashing
import EnvironmentInventory
import ModelArchives
import SourceDocuments

/// The digest of a model without what may be added to it later: `preflight.toml`, what its `[monitoring]` names, a signature.
///
/// A baseline inside of the model can so name the model without a circle.
package enum PayloadDigest {
    /// Computes the digest; without a declaration only the file of that name and the signature are left out.
    ///
    /// Paths of files outside of the model leave nothing out.
    package static func compute(
        of model: Model, declaration: PreflightDeclaration?
    ) throws(HashingError) -> Digest {
        var left: Set<String> = [PreflightDeclaration.fileName]
        for name in declaration?.monitoringFiles ?? [] {
            if let path = PosixPath.contained(name) { left.insert(path) }
        }
        if let signature = model.signature?.file { left.insert(signature) }
        // Of a model that is one file nothing can be left out.
        return model.container == .file ? model.treeDigest : try model.treeDigest(without: left)
    }
}
