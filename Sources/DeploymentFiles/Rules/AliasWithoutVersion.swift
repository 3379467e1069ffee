import EnvironmentInventory
import SourceDocuments

/// An alias of MLflow that points to nothing.
package enum AliasWithoutVersion: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "alias-without-version",
        summary: "An alias of MLflow's registry points to a version that is not there, or is not there itself.",
        why: "A server that loads models:/NAME@ALIAS fails at its next start.",
        help: "Point the alias to a version: MlflowClient().set_registered_model_alias(NAME, ALIAS, VERSION).",
        bad: [
            .init(
                file: "mlruns/models/churn/aliases/champion",
                context: [
                    "mlruns/models/churn/meta.yaml": "name: churn\naliases: {}\n",
                    "mlruns/models/churn/version-1/meta.yaml":
                        "name: churn\nversion: 1\nmodel_id: m-1\nsource: models:/m-1\n",
                ],
                """
                «»7

                """)
        ],
        good: [
            .init(
                file: "mlruns/models/churn/aliases/champion",
                context: [
                    "mlruns/models/churn/meta.yaml": "name: churn\naliases: {}\n",
                    "mlruns/models/churn/version-1/meta.yaml":
                        "name: churn\nversion: 1\nmodel_id: m-1\nsource: models:/m-1\n",
                ],
                """
                1

                """)
        ])

    /// An error.
    package static let severity = Severity.error
    /// The question rollback.
    package static let question = PreflightResult.Question.rollback

    /// A finding for each alias of the registered model that points to nothing, and for the declared one that is not there.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        // What could not be read may be the version.
        if situation.isUncertain({ $0.hasSuffix("meta.yaml") || DeploymentFileKind($0) == .database }) { return [] }
        var findings: [Finding] = []
        var models = situation.deployment.registries.flatMap(\.models)
        if case (.alias(let name, let alias), let file, let range)? = situation.declaredSwitch {
            models = models.filter { $0.name == name }
            if models.isEmpty {
                findings.append(
                    finding("no registry has a model \(name)", file: file, range: range, subject: "\(name)@\(alias)"))
            } else if !models.contains(where: { $0.aliases.contains { $0.name == alias } }) {
                findings.append(
                    finding(
                        "the registered model \(name) has no alias \(alias)", file: file, range: range,
                        subject: "\(name)@\(alias)"))
            }
        }
        for model in models {
            for alias in model.aliases where model.version(alias: alias.name) == nil {
                findings.append(
                    finding(
                        "the alias \(alias.name) of \(model.name) points to version \(alias.version), which is not there",
                        file: alias.file, range: nil, subject: "\(model.name)@\(alias.name)"))
            }
        }
        return findings
    }
}
