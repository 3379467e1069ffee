import EnvironmentInventory
import SourceDocuments

/// What the rules about a deployment judge: its files, and what preflight knows beside them.
package struct DeploymentSituation: Sendable {
    /// What switches back to the previous model.
    package enum Switch: Sendable, Hashable {
        /// The workloads of a manifest, by the name of its file.
        case manifest(String)
        /// An alias of MLflow's registry: `mlflow:churn@champion`.
        case alias(model: String, alias: String)

        /// Reads `mlflow:NAME@ALIAS`; any other text is the name of a file.
        package init(_ text: String) {
            if text.hasPrefix("mlflow:"), let at = text.lastIndex(of: "@") {
                let name = text[text.index(text.startIndex, offsetBy: "mlflow:".count)..<at]
                self = .alias(model: String(name), alias: String(text[text.index(after: at)...]))
            } else {
                self = .manifest(text)
            }
        }
    }

    /// A reference to an alert, `rules/churn.yaml#ChurnPredictionShift`, and where it is written.
    package struct AlertReference: Sendable, Hashable {
        /// The reference.
        package var text: String
        /// The name of the file that it leads to, as it is named in the deployment; nil when there is none.
        package var file: String?
        /// The file that holds the reference, and the range in it.
        package var source: String
        package var range: SourceRange?

        /// Creates a reference.
        package init(_ text: String, file: String?, source: String, range: SourceRange?) {
            self.text = text
            self.file = file
            self.source = source
            self.range = range
        }

        /// The name behind `#`; nil where there is none.
        package var alert: String? {
            text.firstIndex(of: "#").map { String(text[text.index(after: $0)...]) }
        }
    }

    /// The files.
    package var deployment: Deployment
    /// The name of what is judged, for findings about something that is in no file: the model.
    package var subject: String
    /// The switch that was declared, and where; nil when none was.
    package var declaredSwitch: (Switch, file: String, range: SourceRange?)?
    /// The image that takes over; nil where it has no name.
    package var image: ImageReference?
    /// Whether the files of the version that the alias points to are the model's; nil while nobody compared them.
    package var aliasHoldsModel: Bool?
    /// The identifier that MLflow gave the model: `m-...`; nil where the model has none.
    package var modelID: String?
    /// The names of the outputs that a baseline covers.
    package var outputs: [String] = []
    /// The alerts that were declared.
    package var declaredAlerts: [AlertReference] = []
    /// What is said about ownership, the declaration's words among them.
    package var claims: [OwnershipClaim] = []
    /// What of the deployment's files could not be read: nothing is said to be missing that may be there.
    package var gaps: [Gap] = []

    /// Creates a situation.
    package init(deployment: Deployment, subject: String) {
        self.deployment = deployment
        self.subject = subject
    }

    /// Whether a file, or a file of a kind where none is named, could not be read.
    func isUncertain(_ isConcerned: (String) -> Bool) -> Bool {
        gaps.contains { gap in gap.source.map { isConcerned($0.file) } ?? true }
    }

    /// The workloads that switch back: those of the declared manifest; without a declaration those that run the image's
    /// repository, else the only one there is. A Deployment, a Rollout and an InferenceService are switches; a Job, or the pod template
    /// of another object, is not.
    package var switchWorkloads: [Workload] {
        switch declaredSwitch?.0 {
        case .manifest(let file)?: return deployment.workloads(in: file).filter(\.kind.isSwitch)
        case .alias?: return []
        case nil: break
        }
        let switches = deployment.workloads.filter(\.kind.isSwitch)
        if let image {
            let repository = image.canonicalRepository
            let running = switches.filter { workload in
                images(of: workload).contains { $0.reference?.canonicalRepository == repository }
            }
            if !running.isEmpty { return running }
        }
        return switches.count == 1 ? switches : []
    }

    /// The images of a workload, those of the Deployment or the serving runtime that it refers to among them.
    package func images(of workload: Workload) -> [Workload.Image] {
        workload.images + referenced(by: workload).flatMap(\.images)
    }

    /// The Deployment whose template a Rollout uses, and the serving runtime of an InferenceService, where they are in the files.
    package func referenced(by workload: Workload) -> [Workload] {
        guard workload.templateOf != nil || workload.runtime != nil else { return [] }
        return deployment.workloads.filter { other in
            guard other.file != workload.file || other.range != workload.range else { return false }
            if let template = workload.templateOf { return other.kind == .deployment && other.name == template.value }
            guard let runtime = workload.runtime else { return false }
            return other.kindName.hasSuffix("ServingRuntime") && other.name == runtime.value
        }
    }

    /// The registered model of the declared alias; nil without one, and where no registry has it.
    package var registeredModel: (model: RegisteredModel, registry: ModelRegistry)? {
        guard case .alias(let name, _)? = declaredSwitch?.0 else { return nil }
        for registry in deployment.registries {
            if let model = registry.models.first(where: { $0.name == name }) { return (model, registry) }
        }
        return nil
    }

    /// The version that the declared alias points to, and the paths at which its files may be.
    package var aliasVersion: (version: ModelVersion, directories: [String])? {
        guard case .alias(_, let alias)? = declaredSwitch?.0, let (model, registry) = registeredModel,
            let version = model.version(alias: alias)
        else { return nil }
        return (version, version.directories(in: registry.base))
    }

    /// The alerts that count: those that the references lead to, and those that mention an output.
    package var relevantAlerts: [AlertRule] {
        deployment.alerts.filter { alert in
            outputs.contains { alert.mentions($0) } || declaredAlerts.contains { Self.leads($0, to: alert) }
        }
    }

    /// Whether a reference leads to an alert.
    package static func leads(_ reference: AlertReference, to alert: AlertRule) -> Bool {
        reference.file == alert.file && reference.alert.map { $0 == alert.name } ?? true
    }
}

extension DeploymentSituation {
    /// What the deployment's files say about ownership.
    ///
    /// - Parameters:
    ///   - names: the names that the model has: that of its directory, of its registered model, of its service.
    ///   - paths: the paths of its files, named from the same working directory as the deployment's files.
    package static func claims(
        in deployment: Deployment, names: Set<String>, paths: [String]
    ) -> [OwnershipClaim] {
        var claims: [OwnershipClaim] = []
        for owners in deployment.codeOwners {
            var below = paths.compactMap { owners.relative($0) }
            // A model that lies elsewhere is deployed by the files of the repository.
            if below.isEmpty { below = deployment.workloads.compactMap { owners.relative($0.file) } }
            if below.isEmpty { below = ["MLmodel"] }
            for claim in below.flatMap({ owners.claims(for: $0) }) {
                if !claims.contains(where: { $0.values == claim.values && $0.file == claim.file }) {
                    claims.append(claim)
                }
            }
        }
        for source in [OwnershipClaim.Source.backstage, .dataContract] {
            let all = deployment.claims.filter { $0.source == source }
            let named = all.filter { $0.subject.map(names.contains) ?? false }
            claims += named.isEmpty ? all : named
        }
        return claims
    }

    /// What the alerts that count say: `team` or `owner` as labels, a runbook as annotation.
    package var alertClaims: [OwnershipClaim] {
        relevantAlerts.flatMap { alert in
            var claims: [OwnershipClaim] = []
            for key in ["team", "owner"] {
                guard let label = alert.label(key) else { continue }
                claims.append(
                    OwnershipClaim(
                        .owner, [label.value], source: .alert, subject: alert.name, file: alert.file, range: label.range
                    ))
            }
            if let runbook = alert.runbook {
                claims.append(
                    OwnershipClaim(
                        .runbook, [runbook.value], source: .alert, subject: alert.name, file: alert.file,
                        range: runbook.range))
            }
            return claims
        }
    }
}
