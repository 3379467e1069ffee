import EnvironmentInventory
import SourceDocuments

/// The verification for programs, `pinproof/verify/1`; its keys are documented in docs/json.md.
package enum JSONVerificationReport: VerificationReportFormat {
    /// `json`.
    package static let name = "json"

    /// The whole report as one JSON object.
    package static func render(_ verification: Verification, style: TerminalStyle) -> String {
        value(verification).document()
    }

    /// The report as a value, which other reports hold.
    static func value(_ verification: Verification) -> JSONValue {
        let identity: JSONValue = .members([
            "compared": .string(verification.identity.compared),
            "model": .optional(verification.identity.model),
            "image": verification.identity.image?.json ?? .null,
        ])
        let files: JSONValue = verification.bakedModel.flatMap { $0.state == .absent ? nil : bakedModel($0) } ?? .null
        let gaps = GapPair(left: verification.trainingGaps, right: verification.servingGaps)
        return .members([
            "schema": .string("pinproof/verify/1"),
            "verdict": .string(verification.verdict.rawValue),
            "required": .string(verification.required.rawValue),
            "identity": identity,
            "packages": .array(verification.packages.map { package($0, in: verification.context) }),
            "environment": .array(verification.facts.map(fact)),
            "modelFiles": files,
            "findings": .array(verification.findings.map { finding($0, in: verification.context) }),
            "gaps": gaps.json("training", "serving"),
            "scope": .string(verification.scope.rawValue),
            "inputs": verification.inputs.json,
            "platforms": .array(verification.platforms.map(\.json)),
            "bakedModel": .optional(verification.bakedModel?.state.rawValue),
            "start": verification.start.map(\.json) ?? .null,
            "account": verification.account.map(\.json) ?? .null,
            "loading": verification.loading.map(\.json) ?? .null,
            "summary": VerificationStatement.summary(verification),
        ])
    }

    private static func package(
        _ item: Verification.PackageVerdict, in context: Verification.Context
    ) -> JSONValue {
        let layer = item.layer(in: context)
        return .members([
            "ecosystem": .string(item.training.ecosystem.rawValue),
            "name": .string(item.training.name),
            "training": .members([
                "version": .optional(item.training.version),
                "hashes": .strings(item.training.hashes.map(\.description)),
                "contentDigest": .optional(item.training.contentDigest?.description),
            ]),
            "serving": item.serving.map {
                .members([
                    "version": .optional($0.version),
                    "contentDigest": .optional($0.contentDigest?.description),
                    "location": .optional($0.location),
                ])
            } ?? .null,
            "evidence": .optional(item.evidence?.rawValue),
            "verdict": .string(item.verdict.rawValue),
            "reasons": .strings(item.reasons),
            "needed": .boolean(item.isNeeded),
            "counts": .boolean(item.counts),
            "help": .optional(item.help),
            "layer": .optional(layer?.diffID ?? item.serving?.layer),
            "instruction": .optional(layer?.instruction),
        ])
    }

    /// A finding as `check` writes it, with the layer that brought it.
    private static func finding(_ finding: Finding, in context: Verification.Context) -> JSONValue {
        guard case .object(let members) = finding.json else { return finding.json }
        return .object(
            members + [
                .init("layer", .optional(finding.layer)),
                .init("instruction", .optional(context.layer(finding.layer)?.instruction)),
            ])
    }

    private static func fact(_ item: Verification.FactVerdict) -> JSONValue {
        .members([
            "name": .string(item.name),
            "training": .string(item.training),
            "serving": .optional(item.serving),
            "verdict": .string(item.verdict.rawValue),
            "reasons": .strings(item.reasons),
            "counts": .boolean(item.counts),
            "help": .optional(item.help),
        ])
    }

    private static func bakedModel(_ item: Verification.BakedModel) -> JSONValue {
        .members([
            "path": .string(item.path),
            "given": .boolean(item.isGiven),
            "verdict": .string(item.verdict.rawValue),
            "same": .integer(item.same),
            "files": .array(
                item.files.map {
                    .members([
                        "path": .string($0.path),
                        "kind": .string($0.kind.rawValue),
                        "training": .optional($0.training?.description),
                        "serving": .optional($0.serving?.description),
                        "layer": .optional($0.layer),
                    ])
                }),
        ])
    }
}
