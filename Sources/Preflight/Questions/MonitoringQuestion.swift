import DataProfiles
import DeploymentFiles
import EnvironmentInventory
import SourceDocuments

/// How do we know it's broken?
enum MonitoringQuestion {
    static func draft(_ scene: PreflightScene) -> QuestionDraft {
        var draft = QuestionDraft(.monitoring)
        draft.undecided = (scene.situation.gaps + scene.baselineGaps).map(\.description)
        let outputs = scene.outputs
        for name in outputs.prefix(maximumOutputs) { draft.note("output", name) }
        let baseline = baseline(scene, outputs, &draft)
        draft.findings += DeploymentRules.findings(of: .monitoring, in: scene.situation)
        let alerts = scene.situation.relevantAlerts
        for alert in alerts.prefix(maximumOutputs) {
            draft.note("alert", alert.name, file: alert.file, line: alert.range.start.line)
        }
        if alerts.isEmpty, !draft.findings.contains(where: { ofAlerts.contains($0.rule) }), draft.undecided.isEmpty {
            // Alerts are there, and nothing ties one of them to this model.
            draft.missing.append(
                "no alert is tied to the model: name its outputs, or [monitoring] alerts in preflight.toml")
        }
        let shown = outputs.isEmpty ? "the answers" : outputs.prefix(3).joined(separator: ", ")
        draft.summary = "\(baseline ?? "a baseline") covers \(shown); \(alerts.first?.name ?? "an alert") names it"
        return draft
    }

    /// How many outputs and alerts are evidence.
    private static let maximumOutputs = 50

    private static let ofAlerts: Set<String> = [NoOutputAlert.rule.name, DeadReference.rule.name]

    private static func baseline(
        _ scene: PreflightScene, _ outputs: [String], _ draft: inout QuestionDraft
    ) -> String? {
        var candidates = scene.baselines
        if let declaration = scene.declaration, let entry = declaration.baseline {
            guard let target = draft.follow(entry, in: scene, file: declaration.file) else { return nil }
            candidates = candidates.filter { $0.file == target.name }
            if case .other? = candidates.first?.document {
                draft.undecided.append("\(target.name): it is not a baseline of a format that is known")
                return nil
            }
        }
        for item in candidates {
            guard case .unread(let tool) = item.document else { continue }
            draft.findings.append(
                UnreadBaseline.finding("it is a profile of \(tool), which is not read", file: item.file, subject: tool))
        }
        let known = candidates.compactMap { item -> Baseline? in
            guard case .baseline(var baseline) = item.document else { return nil }
            baseline.file = item.file
            return baseline
        }
        guard let baseline = best(known, scene, outputs) else {
            if draft.undecided.isEmpty {
                let missing = outputs.isEmpty ? "the answers" : outputs.prefix(3).joined(separator: ", ")
                draft.findings.append(
                    NoOutputBaseline.finding(
                        "no baseline of \(missing)", file: scene.declaration?.file ?? scene.identity.name,
                        subject: outputs.first))
                draft.remedy = "pinproof profile predictions.csv --of MODEL -o baseline.json"
            }
            return nil
        }
        bind(baseline, scene, &draft)
        for problem in incompleteness(of: baseline, outputs) {
            draft.findings.append(IncompleteBaseline.finding(problem, file: baseline.file))
        }
        return PosixPath.lastComponent(baseline.file)
    }

    private static func bind(_ baseline: Baseline, _ scene: PreflightScene, _ draft: inout QuestionDraft) {
        let identity = scene.identity
        let format = baseline.format.rawValue
        switch baseline.isBound(to: [identity.payloadDigest, identity.treeDigest]) {
        case true?:
            draft.note("baseline", "\(format), bound to the model", "hashed", file: baseline.file)
        case false?:
            draft.note("baseline", format, file: baseline.file)
            let other = baseline.digests.first.map(\.description) ?? baseline.dataSet
            draft.findings.append(
                BaselineOfAnotherModel.finding(
                    "it is bound to \(other); the payloadDigest of this model is \(identity.payloadDigest)",
                    file: baseline.file, subject: other))
        case nil:
            draft.note("baseline", format, file: baseline.file)
            draft.findings.append(
                UnboundBaseline.finding(
                    "its data set names no model; the payloadDigest of this one is \(identity.payloadDigest)",
                    file: baseline.file))
        }
    }

    /// The baseline that says the most: the one bound to this model, then the one that covers its outputs.
    private static func best(_ baselines: [Baseline], _ scene: PreflightScene, _ outputs: [String]) -> Baseline? {
        let digests = [scene.identity.payloadDigest, scene.identity.treeDigest]
        func rank(_ baseline: Baseline) -> Int {
            (baseline.isBound(to: digests) == true ? 0 : 2) + (incompleteness(of: baseline, outputs).isEmpty ? 0 : 1)
        }
        return baselines.enumerated().min { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }?.element
    }

    private static func incompleteness(of baseline: Baseline, _ outputs: [String]) -> [String] {
        guard let first = baseline.columns.first else { return ["it has no column"] }
        // A model whose outputs have no names is covered by any column.
        var problems: [String] = []
        for name in outputs.isEmpty ? [first.name] : outputs {
            guard let column = baseline.column(name) else {
                problems.append("it has no column \(name)")
                continue
            }
            if !column.hasDistribution { problems.append("the column \(name) has no histogram") }
            let (sum, overflow) = column.present.addingReportingOverflow(column.missing)
            let rows = overflow ? Int.max : sum
            if rows < Baseline.minimumRows {
                problems.append(
                    "the column \(name) was made of \(counted(rows, "row")), fewer than \(Baseline.minimumRows)")
            }
        }
        return problems
    }
}
