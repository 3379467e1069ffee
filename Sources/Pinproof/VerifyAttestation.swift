import ContentHashing
import EnvironmentInventory
import FindingReports
import SourceDocuments

/// `pinproof verify-attestation`: whether an attestation is signed by a key, speaks of a model and an image, and says match.
package enum VerifyAttestation {
    /// Reads the envelope, checks its signature before anything in it is believed, and holds its subjects against those that
    /// are given; status 0 when all of it is good and the verdict is match, 2 when the verdict is not-provable, else 1.
    ///
    /// - Throws: ``CommandError`` when the envelope, the key or a subject cannot be read.
    package static func run(_ request: VerifyAttestationRequest) throws(CommandError) -> CommandOutput {
        guard ["text", "json"].contains(request.format) else { throw unknownFormat(request.format, ["text", "json"]) }
        let pem = try readText(request.key).bytes
        let text = try readText(request.file)
        let (envelope, isSigned) = try Self.envelope(text, key: pem, name: request.key)
        var report = AttestationReport(file: request.file)
        guard isSigned else {
            report.problems.append("no signature of the envelope is that of \(request.key)")
            return report.output(request)
        }
        report.isSigned = true
        guard envelope.payloadType == SignedEnvelope.statementType else {
            report.problems.append("the payload is \(envelope.payloadType), not \(SignedEnvelope.statementType)")
            return report.output(request)
        }
        let statement: SignedStatement
        do throws(DocumentError) {
            statement = try SignedStatement(envelope.payload, file: request.file + "!payload")
        } catch { throw CommandError(error.description) }
        guard statement.type == SignedStatement.type, statement.predicateType == VerificationStatement.predicateType
        else {
            report.problems.append(
                "the statement is \(statement.predicateType) in \(statement.type), no verification of pinproof")
            return report.output(request)
        }
        try report.read(statement, file: request.file)
        if let image = request.image { try report.compare(image: image, target: request.target) }
        if let model = request.model { try report.compare(model: model) }
        return report.output(request)
    }

    private static func envelope(
        _ text: SourceText, key: [UInt8], name: String
    ) throws(CommandError) -> (SignedEnvelope, Bool) {
        let envelope: SignedEnvelope
        do throws(DocumentError) {
            envelope = try SignedEnvelope(try JSONReader.read(text), file: text.name)
        } catch { throw CommandError(error.description) }
        do throws(KeyError) {
            let key = try PublicKey(pem: key, name: name)
            return (envelope, envelope.isSigned(by: key))
        } catch { throw CommandError(error.description) }
    }
}

/// What `verify-attestation` found.
private struct AttestationReport {
    let file: String
    var isSigned = false
    var problems: [String] = []
    private var verdict: Verdict?
    private var required: Evidence?
    private var version: String?
    private var subjects: [SignedStatement.Subject] = []
    private var model: String?
    private var manifest: String?
    private var config: String?
    private var compared: [(what: String, name: String, isSame: Bool)] = []

    init(file: String) { self.file = file }

    /// Takes what the statement says; its subjects have to be those that its predicate names.
    mutating func read(_ statement: SignedStatement, file: String) throws(CommandError) {
        guard let predicate = statement.predicate.table,
            let verdict = predicate["verdict"]?.string.flatMap(Verdict.init(rawValue:)),
            let required = predicate["required"]?.string.flatMap(Evidence.init(rawValue:)),
            let identity = predicate["identity"]?.table, let model = identity["model"]?.string,
            let image = identity["image"]?.table
        else { throw CommandError("\(file)!payload: the predicate has no verdict, required level or identity") }
        self.verdict = verdict
        self.required = required
        self.model = model
        version = predicate["verifier"]?.table?["version"]?.string
        manifest = image["manifest"]?.string
        config = image["config"]?.string
        subjects = statement.subjects
        let named = Set(subjects.flatMap { $0.digests.values })
        for digest in [manifest ?? config, model].compactMap({ $0 }).compactMap({ Digest($0) })
        where !named.contains(digest.hex) {
            problems.append("the subjects are not those of the predicate: \(digest) is missing")
        }
    }

    mutating func compare(image name: String, target: TargetSelection?) throws(CommandError) {
        let said = Set([manifest, config].compactMap { $0 })
        let isSame: Bool
        if let digest = Digest(name) {
            isSame = said.contains(digest.description)
        } else {
            let subject = try SubjectReader(target: target).read(name)
            guard let identity = subject.description.imageIdentity else {
                throw CommandError("\(name): it is no image")
            }
            let given = [identity.manifest, identity.config].compactMap { $0?.description }
            isSame = given.contains { said.contains($0) }
        }
        compared.append(("image", name, isSame))
        if !isSame { problems.append("the image \(name) is not the one of the attestation") }
    }

    mutating func compare(model name: String) throws(CommandError) {
        let given: [String]
        if let digest = Digest(name) {
            given = [digest.description]
        } else {
            given = [try SubjectReader(target: nil).read(name).description.identity].compactMap { $0 }
        }
        // The sha256 of a model that is one file stands beside the digest of its tree.
        let files = subjects.filter { $0.digests[AttestationWriter.treeAlgorithm] != nil }
            .compactMap { $0.digests["sha256"] }.map { "sha256:" + $0 }
        let isSame = given.contains { $0 == model || (Digest(name) != nil && files.contains($0)) }
        compared.append(("model", name, isSame))
        if !isSame { problems.append("the model \(name) is not the one of the attestation") }
    }

    func output(_ request: VerifyAttestationRequest) -> CommandOutput {
        let status =
            !problems.isEmpty || verdict == .mismatch
            ? ExitStatus.found : verdict == .match ? ExitStatus.success : ExitStatus.undecided
        return CommandOutput(text: request.format == "json" ? json : text, status: status)
    }

    private var text: String {
        var output = ""
        if let verdict, problems.isEmpty {
            output += "\(verdict.rawValue): \(shown(file)) is signed with the key"
            output +=
                compared.isEmpty
                ? "\n" : " and speaks of the given \(compared.map(\.what).joined(separator: " and "))\n"
        } else {
            output += "refused: \(shown(file))\n"
        }
        for problem in problems { output += "  \(shown(problem))\n" }
        guard let required else { return output }
        for subject in subjects {
            let digests = subject.digests.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
            output += "subject   \(shown(subject.name))  \(shown(digests.joined(separator: " ")))\n"
        }
        output += "required  \(required.rawValue)\n"
        if let version { output += "by        pinproof \(shown(version))\n" }
        for what in ["image", "model"] where !compared.contains(where: { $0.what == what }) {
            output += "note: the \(what) was not compared: --\(what) names the one that is to be used\n"
        }
        return output
    }

    private var json: String {
        JSONValue.members([
            "schema": .string("pinproof/verify-attestation/1"),
            "file": .string(file),
            "accepted": .boolean(problems.isEmpty && isSigned),
            "signed": .boolean(isSigned),
            "verdict": .optional(verdict?.rawValue),
            "required": .optional(required?.rawValue),
            "version": .optional(version),
            "subjects": .array(
                subjects.map { subject in
                    .members([
                        "name": .string(subject.name),
                        "digest": .object(
                            subject.digests.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }),
                    ])
                }),
            "compared": .array(
                compared.map {
                    .members(["what": .string($0.what), "name": .string($0.name), "same": .boolean($0.isSame)])
                }),
            "problems": .strings(problems),
        ]).document()
    }
}
