import DeploymentFiles
import EnvironmentInventory
import SourceDocuments

/// What is the rollback plan?
enum RollbackQuestion {
    static func draft(_ scene: PreflightScene) -> QuestionDraft {
        var draft = QuestionDraft(.rollback)
        draft.findings = DeploymentRules.findings(of: .rollback, in: scene.situation)
        draft.undecided = scene.situation.gaps.map(\.description)
        previous(scene, &draft)
        for change in scene.changes ?? [] where change.breaksRollback {
            draft.findings.append(
                RollbackBreaksCallers.finding(
                    "the previous model refuses what this one accepts: \(change.words)", file: scene.identity.name,
                    subject: change.column))
        }
        switches(scene, &draft)
        if let declaration = scene.declaration, let entry = declaration.rollbackRunbook {
            draft.runbook(entry, declaration, scene)
        }
        return draft
    }

    // MARK: What to go back to

    private static func previous(_ scene: PreflightScene, _ draft: inout QuestionDraft) {
        let declaration = scene.declaration
        let file = declaration?.file ?? scene.identity.name
        guard let previous = scene.previous, let model = previous.model, let image = previous.image,
            let verification = previous.verification
        else {
            draft.findings.append(
                NoPreviousModel.finding(absence(scene), file: file, range: declaration?.previousModel?.range))
            return
        }
        draft.note("previous-model", "\(model.name) \(model.treeDigest)", "hashed")
        draft.note("previous-image", image, scene.takeoverDigests.isEmpty ? "claimed" : "hashed")
        draft.note("verification", verification.verdict.rawValue, verification.required.rawValue)
        if let entry = declaration?.previousModel, let digest = Digest(entry.text), digest != model.treeDigest,
            digest != model.payloadDigest
        {
            draft.findings.append(
                PreviousNotServable.finding(
                    "rollback.model is \(digest), \(model.name) has \(model.treeDigest)", file: file,
                    range: entry.range,
                    help: "Give the model that the declaration names, or name the one that was given."
                ))
        }
        if let entry = declaration?.previousImage, let digest = ImageReference(entry.text)?.digest,
            !scene.takeoverDigests.contains(digest)
        {
            draft.findings.append(
                PreviousNotServable.finding(
                    "rollback.image is \(digest), the image that takes over is \(image)", file: file,
                    range: entry.range, help: "Give the image that the declaration names: --previous-image IMAGE."))
        }
        let sentence = EnvironmentQuestion.sentence(verification)
        switch verification.verdict {
        case .match: draft.summary = "\(model.name) -> \(image) verified, \(sentence)"
        case .mismatch:
            draft.findings.append(
                PreviousNotServable.finding("\(model.name) -> \(image): \(sentence)", file: model.name))
        case .notProvable: draft.undecided.append("\(model.name) -> \(image): \(sentence)")
        }
        if scene.changes == nil {
            draft.missing.append("whether the previous model accepts the same requests is not known")
        }
    }

    private static func absence(_ scene: PreflightScene) -> String {
        let declaration = scene.declaration
        guard scene.previous?.model != nil else {
            return declaration?.previousModel.map { "the previous model \($0.text) was not given" }
                ?? "no previous model is named"
        }
        return declaration?.previousImage.map { "the image \($0.text) that takes over was not given" }
            ?? "no image that takes over is named"
    }

    // MARK: How to go back

    /// Why a manifest that is named is not a switch.
    private static func absentSwitch(in file: String, _ situation: DeploymentSituation) -> String {
        guard let workload = situation.deployment.workloads(in: file).first else {
            return "\(file): nothing in it switches between versions"
        }
        return "\(file): \(workload.title) is not a Deployment, Rollout or InferenceService"
    }

    private static func switches(_ scene: PreflightScene, _ draft: inout QuestionDraft) {
        let situation = scene.situation
        let declaration = scene.declaration
        if let declaration, let entry = declaration.rollbackSwitch {
            if case .alias = DeploymentSituation.Switch(entry.text) {
                draft.note("switch", entry.text, file: declaration.file, line: entry.line)
                if let (version, _) = situation.aliasVersion {
                    draft.note("alias", "version \(version.number)", file: version.file)
                } else if !draft.findings.contains(where: { $0.rule == AliasWithoutVersion.rule.name }) {
                    draft.withoutSwitch("\(entry.text): no registry of the deployment has it")
                }
            } else if let target = draft.follow(entry, in: scene, file: declaration.file) {
                draft.note("switch", entry.text, file: target.name)
                if situation.switchWorkloads.isEmpty, draft.undecided.isEmpty {
                    draft.withoutSwitch(absentSwitch(in: target.name, situation))
                }
            }
        } else if situation.switchWorkloads.isEmpty {
            draft.withoutSwitch("nothing says how it is switched back")
        }
        if let declaration, let entry = declaration.previousImage, ImageReference(entry.text)?.digest == nil {
            draft.findings.append(
                Finding(
                    rule: FloatingRollbackImage.rule.name, severity: .error, file: declaration.file,
                    range: entry.range, message: "rollback.image \(entry.text) has no digest",
                    help: FloatingRollbackImage.rule.help, ecosystem: .image, subject: entry.text))
        }
        for workload in situation.switchWorkloads {
            draft.note("switch", workload.title, file: workload.file, line: workload.range.start.line)
            for image in situation.images(of: workload) {
                draft.note("image", image.text, file: workload.file, line: image.range.start.line)
            }
        }
    }
}

extension QuestionDraft {
    /// Leaves the question open for a deployment that nothing switches, for which there is no rule.
    fileprivate mutating func withoutSwitch(_ message: String) {
        missing.append(message)
        guard findings.isEmpty else { return }
        remedy =
            "Name a Deployment, Rollout or InferenceService, or an alias of MLflow: rollback.switch in preflight.toml, or --deploy."
    }

    /// Notes a runbook: an address, or a file that has to be there.
    mutating func runbook(
        _ entry: PreflightDeclaration.Entry, _ declaration: PreflightDeclaration, _ scene: PreflightScene
    ) {
        if entry.text.isWebAddress {
            note("runbook", entry.text, file: declaration.file, line: entry.line)
        } else if let target = follow(entry, in: scene, file: declaration.file) {
            note("runbook", entry.text, file: target.name)
        }
    }
}

extension String {
    /// Whether it is an address that a browser opens.
    var isWebAddress: Bool {
        let lower = prefix(8).lowercased()
        return lower == "https://" && utf8.count > 8 || lower.hasPrefix("http://") && utf8.count > 7
    }
}

extension ContractChange {
    /// The change without a full stop: `plan: type: boolean became string`.
    fileprivate var words: String {
        let subject = (column.map { "\($0): " } ?? "") + kind
        switch (previous, now) {
        case (let previous?, let now?): return "\(subject): \(previous) became \(now)"
        case (let previous?, nil): return "\(subject): it was \(previous)"
        case (nil, let now?): return "\(subject): it is \(now)"
        case (nil, nil): return subject
        }
    }
}
