import ContentHashing
import ModelArchives

/// The public key of a model's signature, as a command is given it.
enum ModelKey {
    /// Reads a key; nil for none.
    static func read(_ path: String?) throws(InputError) -> PublicKey? {
        guard let path else { return nil }
        let text = try readText(path)
        return try InputError.wrapping { () throws(KeyError) in try PublicKey(pem: text.bytes, name: path) }
    }

    /// Refuses a model that has no signature, which a key was given for.
    static func requireSignature(of model: Model) throws(InputError) {
        if model.signature != nil { return }
        throw InputError("\(model.name): no signature of OpenSSF Model Signing lies in the model or beside it")
    }

    /// Whether something is wrong with the signature or with what it covers.
    static func isRefuted(_ model: Model) -> Bool {
        model.findings.contains { $0.severity == .error && ModelRules.ofSignatures.contains($0.rule) }
    }
}
