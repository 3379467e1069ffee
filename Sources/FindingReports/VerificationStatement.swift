import EnvironmentInventory
import SourceDocuments

/// The payload of `verify --attest`: an in-toto statement of version 1
/// (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) whose subjects are the image and the model.
///
/// It holds no time and no path of this machine, so that the same verification gives the same bytes.
package enum VerificationStatement {
    /// One subject: its name and its digests by algorithm, in the order in which they are written.
    package struct Subject: Sendable {
        /// The name, without its directory.
        package let name: String
        /// Algorithm and lower-case hex.
        package let digests: [(algorithm: String, hex: String)]

        /// Creates a subject.
        package init(name: String, digests: [(algorithm: String, hex: String)]) {
            self.name = name
            self.digests = digests
        }
    }

    /// The statement's bytes, which are the payload of an envelope.
    package static func text(_ verification: Verification, subjects: [Subject], isStrict: Bool) -> String {
        text(
            type: Verification.predicateType, subjects: subjects,
            predicate: predicate(verification, isStrict: isStrict))
    }

    /// A statement of any predicate about such subjects.
    static func text(type: String, subjects: [Subject], predicate: JSONValue) -> String {
        JSONValue.members([
            "_type": .string("https://in-toto.io/Statement/v1"),
            "subject": .array(
                subjects.map { subject in
                    .members([
                        "name": .string(subject.name),
                        "digest": .object(subject.digests.map { .init($0.algorithm, .string($0.hex)) }),
                    ])
                }),
            "predicateType": .string(type),
            "predicate": predicate,
        ]).document()
    }

    private static func predicate(_ verification: Verification, isStrict: Bool) -> JSONValue {
        .members([
            "verifier": .members(["name": .string("pinproof"), "version": .string(pinproofVersion)]),
            "verdict": .string(verification.verdict.rawValue),
            "required": .string(verification.required.rawValue),
            "strict": .boolean(isStrict),
            "scope": .string(verification.scope.rawValue),
            "account": verification.account.map { .object($0.counted) } ?? .null,
            "inputs": verification.inputs.json,
            "platforms": .array(verification.platforms.map(\.json)),
            "identity": .members([
                "compared": .string(verification.identity.compared),
                "model": .optional(verification.identity.model),
                "image": verification.identity.image?.json ?? .null,
            ]),
            "packages": .array(verification.packages.map(package)),
            "environment": .array(verification.facts.map(fact)),
            "bakedModel": .optional(verification.bakedModel?.state.rawValue),
            "modelFiles": verification.bakedModel.flatMap { $0.state == .absent ? nil : $0 }.map {
                .members([
                    "path": .string($0.path), "verdict": .string($0.verdict.rawValue), "same": .integer($0.same),
                    "different": .integer($0.files.count),
                ])
            } ?? .null,
            "findings": .array(
                verification.findings.map {
                    .members(["rule": .string($0.rule), "severity": .string($0.severity.rawValue)])
                }),
            "summary": summary(verification),
        ])
    }

    private static func package(_ item: Verification.PackageVerdict) -> JSONValue {
        .members([
            "ecosystem": .string(item.training.ecosystem.rawValue),
            "name": .string(item.training.name),
            "training": .optional(item.training.version),
            "serving": .optional(item.serving?.version),
            "contentDigest": .optional(item.serving?.contentDigest?.description),
            "evidence": .optional(item.evidence?.rawValue),
            "verdict": .string(item.verdict.rawValue),
            "needed": .boolean(item.isNeeded),
            "counts": .boolean(item.counts),
        ])
    }

    private static func fact(_ item: Verification.FactVerdict) -> JSONValue {
        .members([
            "name": .string(item.name), "training": .string(item.training), "serving": .optional(item.serving),
            "verdict": .string(item.verdict.rawValue), "counts": .boolean(item.counts),
        ])
    }

    /// The counts by verdict and by evidence.
    static func summary(_ verification: Verification) -> JSONValue {
        .members([
            "match": .integer(verification.count(.match)),
            "mismatch": .integer(verification.count(.mismatch)),
            "notProvable": .integer(verification.count(.notProvable)),
            "unnamed": .integer(verification.unnamedCount),
            "byEvidence": .object(
                Evidence.allCases.reversed().map { .init($0.rawValue, .integer(verification.count($0))) }),
        ])
    }
}
