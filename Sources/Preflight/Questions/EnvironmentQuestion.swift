import EnvironmentInventory

/// What versions are pinned?
enum EnvironmentQuestion {
    static func draft(_ scene: PreflightScene) -> QuestionDraft {
        var draft = QuestionDraft(.environment)
        let verification = scene.verification
        let sentence = sentence(verification)
        draft.note("verification", verification.verdict.rawValue, verification.required.rawValue)
        switch verification.verdict {
        case .match: draft.summary = sentence
        case .mismatch: draft.wrong.append(sentence)
        case .notProvable: draft.undecided.append(sentence)
        }
        let words = verification.context.command
        if verification.verdict != .match {
            draft.remedy = words.isEmpty ? "pinproof verify MODEL IMAGE" : words.joined(separator: " ")
        }
        // The others stay in the verification, which is part of the result.
        draft.findings = verification.findings.filter { $0.severity == .error }
        return draft
    }

    /// The verdict in words: `match: 41 packages locked`.
    static func sentence(_ verification: Verification) -> String {
        let levels = Evidence.allCases.reversed().map { ($0, verification.count($0)) }.filter { $0.1 > 0 }
        let matching = levels.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
        let all = verification.packages.count
        switch verification.verdict {
        case .match: return "match: \(counted(all, "package")): \(matching.isEmpty ? "none to compare" : matching)"
        case .mismatch, .notProvable:
            let names = verification.packages.filter { $0.counts && $0.verdict == verification.verdict }
                .prefix(3).map { item in
                    let versions = [item.training.version, item.serving?.version ?? "missing"].compactMap { $0 }
                    return "\(item.training.name) \(versions.joined(separator: " -> "))"
                }
            let facts = verification.facts.filter { $0.counts && $0.verdict == verification.verdict }
                .prefix(2).map { "\($0.name) \($0.training) -> \($0.serving ?? "unknown")" }
            let first = names + facts
            let gap = (verification.trainingGaps + verification.servingGaps).first?.description
            let reason =
                first.isEmpty
                ? gap ?? "\(verification.count(.match)) of \(all) packages match" : first.joined(separator: ", ")
            return "\(verification.verdict.rawValue): \(reason)"
        }
    }
}
