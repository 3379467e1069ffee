import DeploymentFiles
import EnvironmentInventory
import SourceDocuments

/// Who gets paged?
enum OwnershipQuestion {
    static func draft(_ scene: PreflightScene) -> QuestionDraft {
        var draft = QuestionDraft(.ownership)
        draft.undecided = scene.situation.gaps.map(\.description)
        draft.findings = DeploymentRules.findings(of: .ownership, in: scene.situation)
        var said: [String] = []
        for role in [OwnershipClaim.Role.owner, .onCall, .runbook] {
            var isSaid = false
            for claim in scene.situation.claims where claim.role == role && !claim.isPlaceholder {
                for value in claim.values where !PlaceholderText.matches(value) {
                    draft.note(role.rawValue, value, file: claim.file, line: claim.range?.start.line)
                    if !isSaid { said.append(value) }
                    isSaid = true
                }
                if role == .runbook { resolve(claim, scene, &draft) }
            }
        }
        draft.summary = said.joined(separator: ", ")
        return draft
    }

    /// A runbook that is not an address has to be a file of the model or of the deployment.
    private static func resolve(_ claim: OwnershipClaim, _ scene: PreflightScene, _ draft: inout QuestionDraft) {
        for value in claim.values where !value.isWebAddress && !PlaceholderText.matches(value) {
            let path = String(value.prefix { $0 != "#" })
            do throws(ReferenceRoots.Problem) { _ = try scene.references.find(path) } catch {
                draft.findings.append(DeadReference.finding(for: error, path, file: claim.file, range: claim.range))
            }
        }
    }
}
