import EnvironmentInventory

/// Whether one model takes the requests that were made for another one.
///
/// A request that counts has every required column of the caller's contract, any of the optional ones, and values of the
/// declared types that the caller's model accepts.
struct RequestAcceptance {
    let caller: InputContract
    let model: InputContract

    private var isChecked: Bool { model.enforcedBy.contains(.mlflow) }

    /// How requests of the caller find the inputs of the model.
    enum Pairing {
        case names, positions
        /// In no way: every request is refused.
        case none
    }

    var pairing: Pairing {
        let callerIsTensor = caller.inputs.contains { $0.shape != nil }
        let modelIsTensor = model.inputs.contains { $0.shape != nil }
        let callerHasNames = caller.inputs.contains { $0.name != nil }
        let modelHasNames = model.inputs.contains { $0.name != nil } && model.binding != .position
        if callerIsTensor != modelIsTensor { return .none }
        // What a caller of tensors by position sends has no names, also where the model's own file gives them some.
        if callerIsTensor, caller.binding == .position, model.binding == .position { return .positions }
        switch (callerHasNames, modelHasNames) {
        case (true, true): return .names
        case (false, false): return .positions
        // Names are not looked at where columns are counted.
        case (true, false): return callerIsTensor ? .none : .positions
        case (false, true): return .none
        }
    }

    /// Whether a value of the caller's input is refused by the model's input.
    func isRefused(_ sent: ContractInput, by input: ContractInput) -> Bool {
        !passesType(sent, as: input) || lacksCategory(sent, of: input) || refusesNull(sent, of: input)
            || exceedsRange(sent, of: input)
    }

    /// Whether the type or the shape lets every value through.
    func passesType(_ sent: ContractInput, as input: ContractInput) -> Bool {
        if let left = sent.shape, let right = input.shape {
            guard MLflowAcceptance.passes(left, as: right) else { return false }
            return sent.type == input.type || input.type == .any
        }
        if isChecked { return MLflowAcceptance.passes(sent.fullType, as: input.fullType) }
        // An estimator takes every kind of number.
        guard let left = sent.isNumber, let right = input.isNumber else {
            return sent.type == input.type || input.type == .any || sent.type == .any
                || sent.type == .boolean && input.isNumber == true
        }
        return left == right
    }

    /// Whether a category that the caller's model knows makes the other one raise.
    func lacksCategory(_ sent: ContractInput, of input: ContractInput) -> Bool {
        guard let known = input.categories, [.error, .rejected].contains(input.onUnseen ?? .unknown),
            let values = sent.categories?.values
        else { return false }
        let set = Set(known.values)
        return values.contains { $0 != .null && !set.contains($0) }
    }

    func refusesNull(_ sent: ContractInput, of input: ContractInput) -> Bool {
        sent.onNull == .accepted && [.error, .rejected].contains(input.onNull)
    }

    func exceedsRange(_ sent: ContractInput, of input: ContractInput) -> Bool {
        guard let range = input.range, range.kind == .constraint else { return false }
        let own = sent.range?.kind == .constraint ? sent.range : nil
        if let minimum = range.minimum, own?.minimum.map({ $0 < minimum }) ?? true { return true }
        if let maximum = range.maximum, own?.maximum.map({ $0 > maximum }) ?? true { return true }
        return false
    }

    /// Whether a request without the input, which the caller's contract does not require or does not know, is refused.
    func isNeeded(_ input: ContractInput) -> Bool { input.required != false }

    /// Whether the model refuses a column that it does not know.
    var refusesExtras: Bool { model.extraColumns == .error }
}
