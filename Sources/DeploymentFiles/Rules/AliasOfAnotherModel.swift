import EnvironmentInventory
import SourceDocuments

/// An alias of MLflow that points to other files than the model's.
package enum AliasOfAnotherModel: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "alias-of-another-model",
        summary: "The alias points to a version whose files are not those of the model.",
        why: "What is served by the alias is not what was checked.",
        help: "Point the alias to the version that holds this model, or check the model that it points to.",
        bad: [
            .init(
                file: "mlruns/models/churn/aliases/champion",
                context: [
                    "mlruns/models/churn/meta.yaml": "name: churn\naliases: {}\n",
                    "mlruns/models/churn/version-1/meta.yaml":
                        "name: churn\nversion: 1\nmodel_id: m-2\nsource: models:/m-2\n",
                    "preflight.toml": "[rollback]\nswitch = \"mlflow:churn@champion\"\n",
                ],
                """
                «»1

                """)
        ],
        good: [
            .init(
                file: "mlruns/models/churn/aliases/champion",
                context: [
                    "mlruns/models/churn/meta.yaml": "name: churn\naliases: {}\n",
                    "mlruns/models/churn/version-1/meta.yaml":
                        "name: churn\nversion: 1\nmodel_id: m-1\nsource: models:/m-1\n",
                    "preflight.toml": "[rollback]\nswitch = \"mlflow:churn@champion\"\n",
                ],
                """
                1

                """)
        ])

    /// An error.
    package static let severity = Severity.error
    /// The question rollback.
    package static let question = PreflightResult.Question.rollback

    /// A finding where the files, or the identifiers that MLflow gives to each model, are known to differ.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        guard case (.alias(let name, let aliasName), _, _)? = situation.declaredSwitch,
            let (version, _) = situation.aliasVersion,
            let alias = situation.registeredModel?.model.aliases.first(where: { $0.name == aliasName })
        else { return [] }
        let reason: String
        if situation.aliasHoldsModel == false {
            reason = "its files are not those of the model"
        } else if situation.aliasHoldsModel == nil, let model = situation.modelID, let other = version.loggedModel,
            model != other
        {
            reason = "it is \(other), and the model is \(model)"
        } else {
            return []
        }
        return [
            finding(
                "the alias \(aliasName) of \(name) points to version \(version.number): \(reason)", file: alias.file,
                range: nil, subject: "\(name)@\(aliasName)")
        ]
    }
}
