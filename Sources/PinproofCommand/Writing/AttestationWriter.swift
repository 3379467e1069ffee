import ArchiveReading
import ContentHashing
import EnvironmentInventory
import FindingReports
import Pinproof

/// The attestation of `verify`: the statement, in a signed envelope when there is a key.
struct AttestationWriter {
    private let file: String?
    private let keyPath: String?
    private let key: PrivateKey?

    /// Reads the key, so that a wrong one is reported before the image is read.
    ///
    /// - Throws: an input error when the key cannot be used.
    init(file: String?, key path: String?, password: [UInt8]?) throws(InputError) {
        self.file = file
        keyPath = path
        guard let path else {
            key = nil
            return
        }
        let pem = try readText(path).bytes
        do throws(KeyError) { key = try PrivateKey(pem: pem, name: path, password: password) } catch {
            throw InputError(error)
        }
    }

    /// Makes the attestation and writes it, whole or not at all, where a file was named.
    ///
    /// - Returns: the attestation.
    /// - Throws: ``InputError`` when a side has no digest to attest, or the file cannot be written.
    @discardableResult
    func write(_ verification: Verification, model: String, image: String, isStrict: Bool) throws -> String {
        let subjects = try Self.subjects(verification, model: model, image: image)
        return try write(VerificationStatement.text(verification, subjects: subjects, isStrict: isStrict))
    }

    /// Makes the attestation of the five answers and writes it, as that of a verification.
    ///
    /// - Returns: the attestation.
    /// - Throws: ``InputError`` when a side has no digest to attest, or the file cannot be written.
    func write(_ result: PreflightResult, model: String, image: String, isStrict: Bool) throws -> String {
        let subjects = try Self.subjects(result.verification, model: model, image: image)
        return try write(PreflightStatement.text(result, subjects: subjects, isStrict: isStrict))
    }

    private func write(_ payload: String) throws -> String {
        let text = try signed(payload)
        if let file { try AtomicFile.write(text, to: file, replacing: true) }
        return text
    }

    /// The image and the model with their digests.
    private static func subjects(
        _ verification: Verification, model: String, image: String
    ) throws -> [VerificationStatement.Subject] {
        var subjects: [VerificationStatement.Subject] = []
        guard let identity = verification.identity.image, let digest = identity.manifest ?? identity.config else {
            throw InputError("\(image): it has no digest that an attestation could name: --attest takes an image")
        }
        subjects.append(.init(name: Self.name(image), digests: [(digest.algorithm.rawValue, digest.hex)]))
        // The digest of an index means all of its images.
        if !verification.platforms.isEmpty, verification.platforms.allSatisfy({ $0.verdict == .match }) {
            let others = verification.platforms.compactMap(\.manifest) + [identity.index].compactMap { $0 }
            for other in others where other != digest {
                subjects.append(.init(name: Self.name(image), digests: [(other.algorithm.rawValue, other.hex)]))
            }
        } else if identity.isOnlyImageOfIndex, let index = identity.index, index != digest {
            // An index that holds nothing else means its one image.
            subjects.append(.init(name: Self.name(image), digests: [(index.algorithm.rawValue, index.hex)]))
        }
        guard let known = verification.identity.model, let digest = Digest(known) else {
            throw InputError(
                "\(model): it has no digest that an attestation could name: --attest takes a model or lock")
        }
        let path = SubjectReader.withoutPrefix(model)
        var digests: [(algorithm: String, hex: String)] = []
        if try SubjectReader(target: nil).kind(of: model) == .lock {
            digests = [(digest.algorithm.rawValue, digest.hex)]
        } else {
            if isRegularFile(path) {
                let file: Digest
                do throws(ArchiveReadingError) { file = try RegularFile(path: path).sha256() } catch {
                    throw InputError(error)
                }
                digests.append((file.algorithm.rawValue, file.hex))
            }
            digests.append((Verification.treeAlgorithm, digest.hex))
        }
        subjects.append(.init(name: Self.name(path), digests: digests))
        return subjects
    }

    private func signed(_ payload: String) throws(InputError) -> String {
        guard let key, let name = keyPath else { return payload }
        do throws(KeyError) {
            let envelope = try SignedEnvelope(
                signing: Array(payload.utf8), type: SignedEnvelope.statementType, with: key, name: name)
            return envelope.json.document()
        } catch { throw InputError(error) }
    }

    /// The last part of a name: where a file lies is not a part of what is said of it.
    private static func name(_ name: String) -> String {
        let name = name.hasSuffix("/") ? String(name.dropLast()) : name
        guard let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) else { return name }
        return String(name[name.utf8.index(after: slash)...])
    }
}
