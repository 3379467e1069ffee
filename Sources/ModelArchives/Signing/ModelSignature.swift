import ArchiveReading
import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// A signature of OpenSSF Model Signing: a Sigstore bundle with a DSSE envelope over an in-toto statement that names every
/// file of a model with its digest.
///
/// Format: https://github.com/sigstore/model-transparency (predicate `https://model_signing/signature/v1.0`) and
/// https://github.com/sigstore/protobuf-specs (`Bundle`). Read: the method `files` with sha256. Not supported, and reported: the method
/// `shards`, other hashes, certificates and transparency logs; a key verifies (``SignedEnvelope/isSigned(by:)``).
package struct ModelSignature: Sendable {
    /// The bundle's file, as it is shown.
    package let file: String
    /// How the files were hashed, `files` or `shards`.
    package let method: String
    /// The hash, `sha256`.
    package let hash: String
    /// The name that the model had when it was signed.
    package let modelName: String
    /// The files that are named, by path; `.` is a model of one file.
    package let resources: [(path: String, digest: String)]
    /// Whether the manifest's own digest is that of the files it names.
    package let isConsistent: Bool
    /// Whether the given key made the signature; nil without a key.
    package internal(set) var isVerified: Bool?
    let ignoredPaths: [String]
    let envelope: SignedEnvelope

    static let predicateType = "https://model_signing/signature/v1.0"

    /// Reads a bundle; nil for any other document.
    ///
    /// - Throws: ``DocumentError`` with the place of what is missing or damaged in a bundle.
    init?(_ text: SourceText) throws(DocumentError) {
        // What is not JSON, as a signature of GnuPG, is none of ours.
        guard let root = try? JSONReader.read(text), let table = root.table,
            table["mediaType"]?.string?.hasPrefix("application/vnd.dev.sigstore.bundle") == true,
            let document = table["dsseEnvelope"]
        else { return nil }
        envelope = try SignedEnvelope(document, file: text.name)
        guard envelope.payloadType == SignedEnvelope.statementType else { return nil }
        let statement = try SignedStatement(envelope.payload, file: text.name)
        guard statement.predicateType == Self.predicateType else { return nil }
        func error(_ reason: String) -> DocumentError {
            DocumentError(file: text.name, place: nil, reason: "the signed statement \(reason)")
        }
        guard statement.subjects.count == 1, let subject = statement.subjects.first,
            let root = subject.digests["sha256"]
        else { throw error("does not name one model with a sha256") }
        guard let predicate = statement.predicate.table, let settings = predicate["serialization"]?.table,
            let method = settings["method"]?.string, let hash = settings["hash_type"]?.string,
            let list = predicate["resources"]?.array
        else { throw error("has no serialization or no resources") }
        var resources: [(path: String, digest: String)] = []
        var digests: [UInt8] = []
        for entry in list {
            guard let name = entry.table?["name"]?.string, let digest = entry.table?["digest"]?.string,
                let bytes = Hexadecimal.decode(digest)
            else { throw error("names a file without a name or a digest") }
            resources.append((name, digest.lowercased()))
            digests += bytes
        }
        guard Set(resources.map { ByteText($0.path) }).count == resources.count else {
            throw error("names a file twice")
        }
        file = text.name
        self.method = method
        self.hash = hash
        modelName = subject.name
        self.resources = resources
        ignoredPaths = (settings["ignore_paths"]?.array ?? []).compactMap(\.string)
        isConsistent = (try? ContentHash.sha256(of: digests))?.hex == root.lowercased()
    }

    /// Whether the signer left a path out.
    func ignores(_ path: String) -> Bool {
        ignoredPaths.contains {
            path.utf8.elementsEqual($0.utf8) || path.hasBytePrefix($0.utf8.last == UInt8(ascii: "/") ? $0 : $0 + "/")
        }
    }

    /// Whether a name may be a bundle's.
    static func isBundle(_ path: String) -> Bool {
        path.hasSuffix(".sig") || path.hasSuffix(".sigstore") || path.hasSuffix(".sigstore.json")
    }

    /// The largest bundle that is read.
    static let maximumSize = 16 << 20
}

// MARK: Finding it

extension ModelSignature {
    /// Finds the bundle of a model: in its top directory, else next to it.
    static func find(in tree: ModelTree, path: String) throws(DocumentError) -> ModelSignature? {
        for file in tree.files where isBundle(file.path) && !file.path.utf8.contains(UInt8(ascii: "/")) {
            if let text = tree.text(file.path), let signature = try ModelSignature(text) { return signature }
        }
        var name = path
        while name.count > 1, name.hasSuffix("/") { name.removeLast() }
        let folder = name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
        // `model.sig` is what the tool writes without a name: it may belong to another model in the directory.
        let candidates = [
            (name + ".sig", false), (name + ".sigstore.json", false), (folder + "model.sig", true),
        ]
        for (candidate, needsName) in candidates {
            guard candidate != name, let file = try? RegularFile(path: candidate), file.size <= maximumSize,
                let bytes = try? file.bytes(at: 0, count: file.size),
                let signature = try ModelSignature(SourceText(name: candidate, bytes: bytes)),
                !needsName || signature.modelName == baseName(name)
            else { continue }
            return signature
        }
        return nil
    }
}

// MARK: Holding it against the files

extension ModelSignature {
    /// What differs between the files and what was signed, and what of the signature could not be checked.
    ///
    /// - Parameters:
    ///   - whole: the sha256 of a model that is one file or archive, which may have been signed as one.
    func findings(files: [ModelFile], whole: () -> Digest?, name: String) -> [Finding] {
        func finding(_ rule: Rule, _ severity: Severity, in file: String, _ message: String) -> Finding {
            Finding(
                rule: rule.name, severity: severity, file: file, range: nil, message: message, help: rule.help,
                ecosystem: .model)
        }
        var findings: [Finding] = []
        switch isVerified {
        case true?: break
        case false?:
            findings.append(
                finding(
                    ModelRules.invalidSignature, .error, in: file, "the signature in \(file) was not made by the key"))
        case nil:
            findings.append(
                finding(
                    ModelRules.unverifiedSignature, .note, in: file,
                    "the hashes in \(file) are compared, its signature is not verified: no key was given"))
        }
        guard isConsistent else {
            return findings + [
                finding(
                    ModelRules.invalidSignature, .error, in: file,
                    "the digest of the model in \(file) is not that of the files it names")
            ]
        }
        guard method == "files", hash == "sha256" else {
            return findings + [
                finding(
                    ModelRules.unverifiedSignature, .warning, in: file,
                    "\(file) hashes with \(hash) by \(method); only sha256 by files can be compared")
            ]
        }
        if resources.count == 1, let only = resources.first, only.path == "." {
            let digest = whole()?.hex
            if digest != only.digest {
                findings.append(
                    finding(
                        ModelRules.changedAfterSigning, .error, in: "",
                        "the model has sha256:\(digest ?? "?"), \(file) was signed for sha256:\(only.digest)"))
            }
            return findings
        }
        let signed = Dictionary(
            resources.map { (ByteText($0.path), $0.digest) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<ByteText> = []
        for item in files {
            seen.insert(ByteText(item.path))
            if let digest = signed[ByteText(item.path)] {
                guard digest != item.sha256.hex else { continue }
                findings.append(
                    finding(
                        ModelRules.changedAfterSigning, .error, in: item.path,
                        "\(item.path) has \(item.sha256.digest), \(file) was signed for sha256:\(digest)"))
            } else if !Self.isBundle(item.path), !ignores(item.path) {
                findings.append(
                    finding(ModelRules.unsignedFile, .error, in: item.path, "\(file) does not cover \(item.path)"))
            }
        }
        for resource in resources where !seen.contains(ByteText(resource.path)) {
            findings.append(
                finding(
                    ModelRules.changedAfterSigning, .error, in: "",
                    "\(resource.path), which \(file) names, is not there"))
        }
        return findings
    }
}
