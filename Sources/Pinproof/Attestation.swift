import ArchiveReading
import ContentHashing
import EnvironmentInventory
import FindingReports

/// The attestation of `verify`: the statement, in a signed envelope when there is a key.
final class AttestationWriter {
    private let request: AttestationRequest
    private let key: PrivateKey?

    /// Reads the key, so that a wrong one does not wait for the image.
    ///
    /// - Throws: ``CommandError`` when the key cannot be used.
    init(_ request: AttestationRequest) throws(CommandError) {
        self.request = request
        guard let path = request.key else {
            key = nil
            return
        }
        let pem = try readText(path).bytes
        key = try CommandError.wrapping { () throws(KeyError) in
            try PrivateKey(pem: pem, name: path, password: request.password)
        }
    }

    /// Writes the attestation, whole or not at all.
    ///
    /// - Throws: ``CommandError`` when a side has no digest to attest, or the file cannot be written.
    func write(_ verification: Verification, model: String, image: String, isStrict: Bool) throws(CommandError) {
        var subjects: [VerificationStatement.Subject] = []
        guard let identity = verification.identity.image, let digest = identity.manifest ?? identity.config else {
            throw CommandError("\(image): it has no digest that an attestation could name: --attest takes an image")
        }
        subjects.append(.init(name: Self.name(image), digests: [(digest.algorithm.rawValue, digest.hex)]))
        guard let known = verification.identity.model, let digest = Digest(known) else {
            throw CommandError(
                "\(model): it has no digest that an attestation could name: --attest takes a model or lock")
        }
        let path = SubjectReader.withoutPrefix(model)
        var digests: [(algorithm: String, hex: String)] = []
        if try SubjectReader(target: nil).kind(of: model) == .lock {
            digests = [(digest.algorithm.rawValue, digest.hex)]
        } else {
            if isRegularFile(path) {
                let file = try CommandError.wrapping { () throws(ArchiveReadingError) in
                    try RegularFile(path: path).sha256()
                }
                digests.append((file.algorithm.rawValue, file.hex))
            }
            digests.append((Self.treeAlgorithm, digest.hex))
        }
        subjects.append(.init(name: Self.name(path), digests: digests))
        let payload = VerificationStatement.text(verification, subjects: subjects, isStrict: isStrict)
        try AtomicFile.write(try signed(payload), to: request.file, replacing: true)
    }

    /// The name in a statement's digests of what `inspect` calls treeDigest.
    static let treeAlgorithm = "pinproofTree"

    private func signed(_ payload: String) throws(CommandError) -> String {
        guard let key, let name = request.key else { return payload }
        do throws(KeyError) {
            let envelope = try SignedEnvelope(
                signing: Array(payload.utf8), type: SignedEnvelope.statementType, with: key, name: name)
            return envelope.json.document()
        } catch { throw CommandError(error.description) }
    }

    /// The last part of a name: where a file lies is no part of what is said of it.
    private static func name(_ name: String) -> String {
        let name = name.hasSuffix("/") ? String(name.dropLast()) : name
        guard let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) else { return name }
        return String(name[name.utf8.index(after: slash)...])
    }
}
