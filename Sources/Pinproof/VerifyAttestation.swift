import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// Reads an attestation.
enum VerifyAttestation {
    /// Reads the envelope, checks its signature before anything in it is believed, and compares its subjects.
    static func run(
        _ file: String, key: String, _ options: AttestationVerifier.Options, reading: ReadingOptions
    ) throws(InputError) -> AttestationReport {
        let pem = try readText(key).bytes
        return try run(try readText(file), pem: pem, key: key, options, reading: reading)
    }

    /// Checks an envelope that was read.
    static func run(
        _ text: SourceText, pem: [UInt8], key: String, _ options: AttestationVerifier.Options, reading: ReadingOptions
    ) throws(InputError) -> AttestationReport {
        let file = text.name
        let (envelope, isSigned) = try Self.envelope(text, key: pem, name: key)
        var report = AttestationReport(file: file)
        guard isSigned else {
            report.problems.append("no signature of the envelope is that of \(key)")
            return report
        }
        report.isSigned = true
        guard envelope.payloadType == SignedEnvelope.statementType else {
            report.problems.append("the payload is \(envelope.payloadType), not \(SignedEnvelope.statementType)")
            return report
        }
        let statement = try InputError.wrapping { () throws(DocumentError) in
            try SignedStatement(envelope.payload, file: file + "!payload")
        }
        switch (statement.type, statement.predicateType) {
        case (SignedStatement.type, Verification.predicateType): try report.read(statement)
        case (SignedStatement.type, PreflightResult.predicateType):
            try report.readPreflight(statement)
            report.demand(answersTo: options.questions)
        default:
            report.problems.append(
                "the statement is \(statement.predicateType) in \(statement.type), not a verification of pinproof")
            return report
        }
        report.demand(options)
        if let image = options.image {
            try report.compare(image: image, with: SubjectReader(target: options.target, reading: reading))
        }
        if let model = options.model {
            var models = SubjectReader(target: nil, reading: reading)
            models.modelImages = .all
            try report.compare(model: model, with: models)
        }
        return report
    }

    private static func envelope(
        _ text: SourceText, key: [UInt8], name: String
    ) throws(InputError) -> (SignedEnvelope, Bool) {
        let envelope = try InputError.wrapping { () throws(DocumentError) in
            try SignedEnvelope(try JSONReader.read(text), file: text.name)
        }
        return try InputError.wrapping { () throws(KeyError) in
            let key = try PublicKey(pem: key, name: name)
            return (envelope, envelope.isSigned(by: key))
        }
    }
}

extension AttestationReport {
    /// Takes what the statement says; its subjects have to be those that its predicate names.
    fileprivate mutating func read(_ statement: SignedStatement) throws(InputError) {
        guard let predicate = statement.predicate.table,
            let verdict = predicate["verdict"]?.string.flatMap(Verdict.init(rawValue:)),
            let required = predicate["required"]?.string.flatMap(Evidence.init(rawValue:)),
            let identity = predicate["identity"]?.table, let model = identity["model"]?.string,
            let image = identity["image"]?.table
        else { throw InputError("\(file)!payload: the predicate has no verdict, required level or identity") }
        self.verdict = verdict
        self.required = required
        self.model = model
        version = predicate["verifier"]?.table?["version"]?.string
        manifest = image["manifest"]?.string
        config = image["config"]?.string
        if image["onlyImageOfIndex"]?.text == "true" { index = image["index"]?.string }
        // An attestation of all platforms is about each of them, and about the index, when all match.
        let platforms = (predicate["platforms"]?.array ?? []).compactMap(\.table)
        if !platforms.isEmpty, platforms.allSatisfy({ $0["verdict"]?.string == Verdict.match.rawValue }) {
            manifests = platforms.compactMap { $0["manifest"]?.string }
            index = image["index"]?.string
        }
        isStrict = predicate["strict"]?.text == "true"
        // A statement that does not state its scope may be about the named packages alone.
        scope = predicate["scope"]?.string.flatMap(Verification.Scope.init(rawValue:)) ?? .named
        take(statement.subjects)
    }

    /// Takes the subjects of a statement, which have to be those that its predicate names.
    mutating func take(_ statementSubjects: [SignedStatement.Subject]) {
        subjects = statementSubjects.map { Subject(name: $0.name, digests: $0.digests) }
        let named = Set(subjects.flatMap { $0.digests.values })
        for text in [manifest ?? config, model].compactMap({ $0 }) {
            if let digest = Digest(text), named.contains(digest.hex) { continue }
            problems.append("the subjects are not those of the predicate: \(text) is missing")
        }
    }

    /// Refuses a statement that proves less than is demanded.
    fileprivate mutating func demand(_ options: AttestationVerifier.Options) {
        if let evidence = options.evidence, let required, required < evidence {
            problems.append("it requires the evidence \(required.rawValue), \(evidence.rawValue) is demanded")
        }
        if options.isStrict, !isStrict { problems.append("the verification was not strict") }
        if options.scope == .closed, scope == .named {
            problems.append("it is about the packages that training names, not about all that loading needs")
        }
    }

    fileprivate mutating func compare(image name: String, with reader: SubjectReader) throws(InputError) {
        let said = Set([manifest, config].compactMap { $0 } + manifests)
        let isSame: Bool
        if let digest = Digest(name) {
            isSame = said.contains(digest.description) || digest.description == index
        } else {
            guard let identity = try reader.read(name).description.imageIdentity else {
                throw InputError("\(name): it is not an image")
            }
            let given = [identity.manifest, identity.config].compactMap { $0?.description }
            isSame = given.contains { said.contains($0) }
        }
        comparisons.append(Comparison(role: .image, name: name, isSame: isSame))
        if !isSame { problems.append("the image \(name) is not the one of the attestation") }
    }

    fileprivate mutating func compare(model name: String, with reader: SubjectReader) throws(InputError) {
        let given: [String]
        if let digest = Digest(name) {
            given = [digest.description]
        } else {
            given = [try reader.read(name).description.identity].compactMap { $0 }
        }
        // The sha256 of a model that is one file stands beside the digest of its tree.
        let files = subjects.filter { $0.digests[Verification.treeAlgorithm] != nil }
            .compactMap { $0.digests["sha256"] }.map { "sha256:" + $0 }
        let known = [model, preflight?.payloadDigest].compactMap { $0 }
        let isSame = given.contains { $0 == model || (Digest(name) != nil && (known + files).contains($0)) }
        comparisons.append(Comparison(role: .model, name: name, isSame: isSame))
        if !isSame { problems.append("the model \(name) is not the one of the attestation") }
    }
}
