import EnvironmentInventory

/// Compares the contracts of two models: what changed, and which requests of the one the other refuses.
package struct ContractComparison {
    private let previous: InputContract
    private let now: InputContract
    /// Requests made for the previous model, sent to the model now.
    private let callers: RequestAcceptance
    /// Requests made for the model now, sent to the previous one.
    private let rollback: RequestAcceptance
    private var changes: [ContractChange] = []

    /// Returns the changes from one contract to another, inputs in their order, then outputs.
    package static func compare(_ previous: InputContract, _ now: InputContract) -> [ContractChange] {
        var comparison = ContractComparison(previous, now)
        comparison.compareInputs()
        comparison.compareParameters()
        comparison.compareOutputs()
        return comparison.changes
    }

    private init(_ previous: InputContract, _ now: InputContract) {
        self.previous = previous
        self.now = now
        callers = RequestAcceptance(caller: previous, model: now)
        rollback = RequestAcceptance(caller: now, model: previous)
    }

    // MARK: Inputs

    private mutating func compareInputs() {
        let pairings = (callers.pairing, rollback.pairing)
        if case (.names, .names) = pairings {
            compareByName()
        } else if case (.positions, .positions) = pairings {
            compareByPosition()
        } else {
            changes.append(
                ContractChange(
                    column: nil, kind: "binding", previous: Self.form(previous), now: Self.form(now),
                    breaksCallers: refusesAll(callers), breaksRollback: refusesAll(rollback)))
        }
    }

    /// Whether requests of another form are refused: by the form, by the number of columns, or by a type.
    private func refusesAll(_ acceptance: RequestAcceptance) -> Bool {
        guard case .positions = acceptance.pairing else {
            guard case .names = acceptance.pairing else { return !passesAsTensor(acceptance) }
            return false
        }
        let (sent, inputs) = (acceptance.caller.inputs, acceptance.model.inputs)
        if sent.count < inputs.count || sent.count > inputs.count && acceptance.refusesExtras { return true }
        return zip(sent, inputs).contains { acceptance.isRefused($0, by: $1) || $0.required == false }
    }

    /// Whether MLflow makes the one tensor of the model out of the caller's columns.
    private func passesAsTensor(_ acceptance: RequestAcceptance) -> Bool {
        guard acceptance.model.inputs.count == 1, let tensor = acceptance.model.inputs.first, tensor.name == nil,
            let shape = tensor.shape, acceptance.caller.inputs.allSatisfy({ $0.shape == nil && $0.required != false })
        else { return false }
        let sent = acceptance.caller.inputs
        guard sent.count > 1, shape == [nil, sent.count] else { return false }
        guard sent.allSatisfy({ $0.type == sent[0].type }) else {
            // NumPy's common type of integers and doubles.
            return tensor.type == .float64 && sent.contains { $0.type == .float64 }
                && sent.allSatisfy { [.int32, .int64, .float32, .float64].contains($0.type) }
        }
        return sent[0].type == tensor.type
    }

    private static func form(_ contract: InputContract) -> String {
        let isTensor = contract.inputs.contains { $0.shape != nil }
        let isNamed = contract.inputs.contains { $0.name != nil } && contract.binding != .position
        return (isNamed ? "named " : "unnamed ") + (isTensor ? "tensors" : "columns")
    }

    private mutating func compareByName() {
        let before = Self.named(previous.inputs)
        let after = Self.named(now.inputs)
        for input in previous.inputs {
            guard let name = input.name else { continue }
            guard let other = after[name] else {
                changes.append(
                    ContractChange(
                        column: name, kind: "removed", previous: Self.shown(input), now: nil,
                        breaksCallers: callers.refusesExtras, breaksRollback: rollback.isNeeded(input)))
                continue
            }
            compare(input, other, name)
        }
        for input in now.inputs {
            guard let name = input.name, before[name] == nil else { continue }
            changes.append(
                ContractChange(
                    column: name, kind: "added", previous: nil, now: Self.shown(input),
                    breaksCallers: callers.isNeeded(input), breaksRollback: rollback.refusesExtras))
        }
        compareOrder(before, after)
    }

    private static func named(_ inputs: [ContractInput]) -> [String: ContractInput] {
        Dictionary(inputs.compactMap { input in input.name.map { ($0, input) } }) { first, _ in first }
    }

    /// Another order matters to an estimator that was fitted on names and stands for itself.
    private mutating func compareOrder(_ before: [String: ContractInput], _ after: [String: ContractInput]) {
        let left = previous.inputs.compactMap(\.name).filter { after[$0] != nil }
        let right = now.inputs.compactMap(\.name).filter { before[$0] != nil }
        guard left != right else { return }
        changes.append(
            ContractChange(
                column: nil, kind: "order", previous: Self.list(left), now: Self.list(right),
                breaksCallers: now.binding == .exactNames, breaksRollback: previous.binding == .exactNames))
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(20).joined(separator: ", ") + (names.count > 20 ? " and \(names.count - 20) more" : "")
    }

    private mutating func compareByPosition() {
        for (before, after) in zip(previous.inputs, now.inputs) {
            compare(before, after, before.name ?? String(before.position))
            guard let left = before.name, let right = after.name, left != right else { continue }
            changes.append(
                ContractChange(
                    column: left, kind: "renamed", previous: left, now: right, breaksCallers: false,
                    breaksRollback: false))
        }
        for input in previous.inputs.dropFirst(now.inputs.count) {
            changes.append(
                ContractChange(
                    column: input.name ?? String(input.position), kind: "removed", previous: Self.shown(input),
                    now: nil, breaksCallers: callers.refusesExtras, breaksRollback: true))
        }
        for input in now.inputs.dropFirst(previous.inputs.count) {
            changes.append(
                ContractChange(
                    column: input.name ?? String(input.position), kind: "added", previous: nil,
                    now: Self.shown(input), breaksCallers: true, breaksRollback: rollback.refusesExtras))
        }
    }

    private mutating func compare(_ before: ContractInput, _ after: ContractInput, _ name: String) {
        func add(
            _ kind: String, left: String?, right: String?,
            _ test: (RequestAcceptance, ContractInput, ContractInput) -> Bool
        ) {
            changes.append(
                ContractChange(
                    column: name, kind: kind, previous: left, now: right,
                    breaksCallers: test(callers, before, after), breaksRollback: test(rollback, after, before)))
        }
        if before.fullType != after.fullType || before.shape != after.shape {
            add("type", left: Self.shown(before), right: Self.shown(after)) { !$0.passesType($1, as: $2) }
        }
        if before.required != after.required {
            add("required", left: Self.need(before), right: Self.need(after)) {
                $1.required == false && $2.required != false
            }
        }
        if before.categories != after.categories {
            add("categories", left: Self.values(before), right: Self.values(after)) { $0.lacksCategory($1, of: $2) }
        }
        if before.onNull != after.onNull, before.onNull != .unknown, after.onNull != .unknown {
            add("null", left: before.onNull.rawValue, right: after.onNull.rawValue) { $0.refusesNull($1, of: $2) }
        }
        if before.range != after.range {
            add("range", left: Self.range(before), right: Self.range(after)) { $0.exceedsRange($1, of: $2) }
        }
    }

    // MARK: Parameters

    /// MLflow ignores a parameter that it does not know, takes the default for one that is not sent, and refuses one of another
    /// type.
    private mutating func compareParameters() {
        for before in previous.parameters {
            let after = now.parameters.first { $0.name == before.name }
            guard after?.type != before.type || (after?.shape == nil) != (before.shape == nil) else { continue }
            changes.append(
                ContractChange(
                    column: before.name, kind: after == nil ? "parameter-removed" : "parameter-type",
                    previous: before.type.rawValue, now: after?.type.rawValue,
                    breaksCallers: after.map { !Self.passes(before, as: $0) } ?? false,
                    breaksRollback: after.map { !Self.passes($0, as: before) } ?? false))
        }
        for after in now.parameters where !previous.parameters.contains(where: { $0.name == after.name }) {
            changes.append(
                ContractChange(
                    column: after.name, kind: "parameter-added", previous: nil, now: after.type.rawValue,
                    breaksCallers: false, breaksRollback: false))
        }
    }

    private static func passes(_ sent: ContractParameter, as declared: ContractParameter) -> Bool {
        guard (sent.shape == nil) == (declared.shape == nil) else { return false }
        switch (sent.type, declared.type) {
        case (.int32, .int64), (.int32, .float32), (.int32, .float64), (.int64, .float32), (.int64, .float64),
            (.float32, .float64):
            return true
        default: return sent.type == declared.type
        }
    }

    // MARK: Outputs

    private mutating func compareOutputs() {
        for (index, before) in previous.outputs.enumerated() {
            let after =
                before.name.map { name in now.outputs.first { $0.name == name } }
                ?? (index < now.outputs.count ? now.outputs[index] : nil)
            guard let after else {
                addOutput("output-removed", name: before.name, left: before.type.rawValue, right: nil, isBreaking: true)
                continue
            }
            if before.type != after.type || before.shape != after.shape {
                let isKnown = before.type != .any && after.type != .any
                addOutput(
                    before.type != after.type ? "output-type" : "output-shape", name: before.name,
                    left: Self.shown(before),
                    right: Self.shown(after), isBreaking: isKnown)
            }
            guard let left = before.classes, let right = after.classes else { continue }
            for value in left where !right.contains(value) {
                addOutput("class-removed", name: before.name, left: Self.shown(value), right: nil, isBreaking: true)
            }
            for value in right where !left.contains(value) {
                addOutput("class-added", name: before.name, left: nil, right: Self.shown(value), isBreaking: false)
            }
        }
        for (index, after) in now.outputs.enumerated() {
            let isOld = after.name.map { name in previous.outputs.contains { $0.name == name } }
            guard !(isOld ?? (index < previous.outputs.count)) else { continue }
            addOutput("output-added", name: after.name, left: nil, right: Self.shown(after), isBreaking: false)
        }
    }

    private mutating func addOutput(
        _ kind: String, name: String?, left: String?, right: String?, isBreaking: Bool
    ) {
        changes.append(
            ContractChange(
                column: name, kind: kind, previous: left, now: right, breaksCallers: isBreaking,
                breaksRollback: isBreaking && right != nil, isOutput: true))
    }
}

extension ContractComparison {
    fileprivate static func shown(_ input: ContractInput) -> String {
        input.fullType.description + shape(input.shape) + (input.required == false ? "?" : "")
    }

    fileprivate static func shown(_ output: ContractOutput) -> String { output.type.rawValue + shape(output.shape) }

    private static func shape(_ shape: [Int?]?) -> String {
        shape.map { "[" + $0.map { $0.map(String.init) ?? "-1" }.joined(separator: ", ") + "]" } ?? ""
    }

    fileprivate static func shown(_ scalar: ContractScalar) -> String {
        switch scalar {
        case .null: "null"
        case .boolean(let value): String(value)
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .text(let text): String(text.prefix(200))
        }
    }

    fileprivate static func need(_ input: ContractInput) -> String {
        input.required.map { $0 ? "required" : "optional" } ?? "unknown"
    }

    fileprivate static func values(_ input: ContractInput) -> String? {
        input.categories.map { list($0.values.map(shown)) }
    }

    fileprivate static func range(_ input: ContractInput) -> String? {
        input.range.map { "\($0.minimum.map { String($0) } ?? "") to \($0.maximum.map { String($0) } ?? "")" }
    }
}
