import SourceDocuments

/// A DSSE envelope: a payload, its type, and signatures over both
/// (https://github.com/secure-systems-lab/dsse/blob/master/envelope.md).
package struct SignedEnvelope: Sendable, Hashable {
    /// One signature.
    package struct Signature: Sendable, Hashable {
        /// A hint at the key, which is not trusted; empty when there is none.
        package let keyIdentifier: String
        /// The raw signature.
        package let bytes: [UInt8]
    }

    /// The payload type of in-toto statements.
    package static let statementType = "application/vnd.in-toto+json"

    /// The type of the payload, a media type or URI.
    package let payloadType: String
    /// The payload's bytes.
    package let payload: [UInt8]
    /// The signatures.
    package let signatures: [Signature]

    /// Signs a payload.
    ///
    /// - Throws: ``KeyError`` when OpenSSL does not sign with the key.
    package init(
        signing payload: [UInt8], type: String, with key: PrivateKey, name: String
    ) throws(KeyError) {
        self.payload = payload
        payloadType = type
        let signature = try key.sign(Self.encoded(type, payload), name: name)
        signatures = [Signature(keyIdentifier: key.identifier, bytes: signature)]
    }

    /// Reads an envelope from a document: `payload` and `sig` in base64 of either alphabet, other members are left alone.
    ///
    /// - Throws: ``DocumentError`` with the position of the missing or damaged member.
    package init(_ node: DocumentNode, file: String) throws(DocumentError) {
        func error(_ node: DocumentNode, _ reason: String) -> DocumentError {
            DocumentError(file: file, place: node.place, reason: reason)
        }
        guard let table = node.table, let payload = table["payload"], let type = table["payloadType"]?.string,
            let list = table["signatures"]
        else { throw error(node, "not a DSSE envelope: payload, payloadType and signatures are required") }
        guard let bytes = payload.string.flatMap({ Base64.decode($0, allowsURLAlphabet: true) }) else {
            throw error(payload, "the payload is not base64")
        }
        guard let entries = list.array, !entries.isEmpty else { throw error(list, "the envelope has no signatures") }
        var signatures: [Signature] = []
        for entry in entries {
            guard let signature = entry.table?["sig"]?.string.flatMap({ Base64.decode($0, allowsURLAlphabet: true) })
            else { throw error(entry, "the signature is not base64") }
            signatures.append(Signature(keyIdentifier: entry.table?["keyid"]?.string ?? "", bytes: signature))
        }
        payloadType = type
        self.payload = bytes
        self.signatures = signatures
    }

    /// What is signed: the pre-authentication encoding
    /// (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md).
    package static func encoded(_ type: String, _ payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
    }

    /// Whether one of the signatures is the key's; the key identifiers, which nothing protects, are not looked at.
    package func isSigned(by key: PublicKey) -> Bool {
        let message = Self.encoded(payloadType, payload)
        for signature in signatures where key.verifies(signature.bytes, of: message) { return true }
        return false
    }

    /// The envelope as a document.
    package var json: JSONValue {
        .members([
            "payload": .string(Base64.encode(payload)),
            "payloadType": .string(payloadType),
            "signatures": .array(
                signatures.map {
                    .members(["keyid": .string($0.keyIdentifier), "sig": .string(Base64.encode($0.bytes))])
                }),
        ])
    }
}

/// An in-toto statement: a predicate about subjects
/// (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md).
package struct SignedStatement: Sendable {
    /// One subject.
    package struct Subject: Sendable, Hashable {
        /// Its name; empty when it has none.
        package let name: String
        /// Its digests by the name of their algorithm, in the order of the document.
        package let digests: [String: String]

        /// Creates a subject.
        package init(name: String, digests: [String: String]) {
            self.name = name
            self.digests = digests
        }
    }

    /// The type of a statement of version 1.
    package static let type = "https://in-toto.io/Statement/v1"

    /// The type as it is written.
    package let type: String
    /// The subjects.
    package let subjects: [Subject]
    /// The type of the predicate.
    package let predicateType: String
    /// The predicate.
    package let predicate: DocumentNode

    /// Reads a statement; `file` is what errors call it.
    ///
    /// - Throws: ``DocumentError`` with the position of the missing member.
    package init(_ payload: [UInt8], file: String) throws(DocumentError) {
        let node = try JSONReader.read(SourceText(name: file, bytes: payload))
        func error(_ node: DocumentNode, _ reason: String) -> DocumentError {
            DocumentError(file: file, place: node.place, reason: reason)
        }
        guard let table = node.table, let type = table["_type"]?.string, type.hasPrefix("https://in-toto.io/Statement/")
        else { throw error(node, "not an in-toto statement") }
        guard let predicateType = table["predicateType"]?.string, let list = table["subject"]?.array else {
            throw error(node, "the statement has no subject or no predicateType")
        }
        var subjects: [Subject] = []
        for entry in list {
            guard let members = entry.table?["digest"]?.table?.members else {
                throw error(entry, "a subject has no digest")
            }
            var digests: [String: String] = [:]
            for member in members {
                guard let value = member.value.string else { throw error(member.value, "a digest is not a string") }
                digests[member.key] = value
            }
            subjects.append(Subject(name: entry.table?["name"]?.string ?? "", digests: digests))
        }
        self.type = type
        self.subjects = subjects
        self.predicateType = predicateType
        predicate = table["predicate"] ?? DocumentNode(.null, at: node.place)
    }
}
