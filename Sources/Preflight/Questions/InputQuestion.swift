import EnvironmentInventory
import InputContracts

/// What input will break it?
enum InputQuestion {
    static func draft(_ scene: PreflightScene) -> QuestionDraft {
        var draft = QuestionDraft(.input)
        draft.findings = scene.contractFindings
        if let declaration = scene.declaration, let entry = declaration.contract,
            let target = draft.follow(entry, in: scene, file: declaration.file)
        {
            draft.note("schema", entry.text, file: target.name)
        }
        guard let contract = scene.contract, !contract.inputs.isEmpty, contract.gaps.isEmpty else {
            if let gap = scene.contract?.gaps.first ?? scene.modelGaps.first {
                draft.undecided.append(gap.description)
            } else if !draft.findings.contains(where: { $0.rule == NoInputContract.rule.name }) {
                draft.findings.append(
                    NoInputContract.finding("nothing says which columns it takes", file: scene.identity.name))
            }
            return draft
        }
        judge(contract, scene, &draft)
        let changes = scene.changes ?? []
        draft.findings += BreakingInputChange.findings(changes, file: scene.identity.name)
        draft.findings += BreakingOutputChange.findings(changes, file: scene.identity.name)
        if let requests = scene.requests { judge(requests, scene, &draft) }
        return draft
    }

    private static func judge(_ contract: InputContract, _ scene: PreflightScene, _ draft: inout QuestionDraft) {
        let sources = contract.inputs.flatMap(\.sources)
        let strength = sources.contains { $0.strength == "recorded" } ? "recorded" : "claimed"
        draft.note(
            "columns", "\(contract.inputs.count)", strength, file: sources.first?.file, line: sources.first?.line)
        let guards = contract.enforcedBy.filter { $0 != .none }
        for guarding in guards { draft.note("enforcement", guarding.rawValue) }
        if let library = contract.library {
            let versions = [library.training, library.serving].compactMap { $0 }
            draft.note("library", ([library.name] + versions).joined(separator: " "), "recorded")
        }
        let open = contract.inputs.filter { $0.type == .any && $0.shape == nil }
        if !open.isEmpty { draft.missing.append("\(counted(open.count, "input")) without a type: \(titles(open))") }
        let unclear = contract.inputs.filter { $0.onNull == .unknown && $0.nullable == nil }
        if !unclear.isEmpty {
            draft.missing.append(
                "what a missing value does is not known for \(counted(unclear.count, "input")): \(titles(unclear))")
        }
        if guards.isEmpty {
            let rule = UnenforcedContract.rule
            if !draft.findings.contains(where: { $0.rule == rule.name }) {
                draft.findings.append(
                    UnenforcedContract.finding(
                        "nothing in front of the model checks its columns", file: scene.identity.name))
            }
        }
        let kinds = scene.probes.count { [.error, .rejected, .silent].contains($0.outcome) }
        draft.summary =
            "\(counted(contract.inputs.count, "column"))"
            + (guards.isEmpty ? "" : ", checked by \(guards.map(\.rawValue).joined(separator: " and "))")
            + (kinds == 0 ? "" : "; \(counted(kinds, "probe")) would break it or be answered silently")
        draft.remedy =
            draft.findings.isEmpty && !draft.missing.isEmpty
            ? "put a schema beside it and name it: [input] contract in preflight.toml" : nil
    }

    private static func judge(
        _ requests: PreflightResult.Requests, _ scene: PreflightScene, _ draft: inout QuestionDraft
    ) {
        draft.note("requests", "\(requests.valid) of \(requests.rows) rows fit", file: scene.requestsFile)
        draft.findings += RequestValidation.findings(requests, file: scene.requestsFile)
    }
}

extension ContractInput {
    /// The name, or the position in words.
    var title: String { name ?? "position \(position)" }
}

/// The first titles of inputs, and how many there are besides.
private func titles(_ inputs: [ContractInput]) -> String {
    let shown = inputs.prefix(3).map(\.title).joined(separator: ", ")
    return inputs.count > 3 ? "\(shown) and \(inputs.count - 3) more" : shown
}

/// `1 column`, `5 columns`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
