import EnvironmentInventory

/// Predicts what bad inputs do to an estimator, from its file alone.
package struct EstimatorProbes {
    private let estimator: Estimator
    private let contract: InputContract
    /// The version of scikit-learn that serves; nil where nothing says it.
    private let version: String?
    /// What holds for every request: the file fails in this version, or nothing is known of it.
    private let overall: ProbeVerdict?
    /// The rules of a model of LightGBM or XGBoost that the rows meet first.
    private let rules: BoosterRules?

    /// The most columns whose probes are made.
    package static let maximumColumns = 10_000

    /// Predicts for a version of scikit-learn; without one for the version of training.
    ///
    /// `libraries` holds the versions of LightGBM and XGBoost that serve, by name; without it what holds for every version that
    /// was measured is said.
    package init?(_ part: ContractPart, serving: String?, libraries: [String: String]? = nil) {
        guard part.kind == .estimator, let estimator = part.estimator, part.contract.gaps.isEmpty else { return nil }
        self.estimator = estimator
        contract = part.contract
        rules = BoosterRules(estimator.entrance)
        let library = part.contract.library
        if let own = estimator.boosterLibrary {
            version = libraries?[own.rawValue] ?? library?.training
            overall = own.doubt(
                estimator, serving: libraries?[own.rawValue], scikitLearn: estimator.isBooster ? nil : serving)
        } else {
            version = serving ?? library?.training
            overall = Self.overall(estimator, version: version, libraries: libraries)
        }
    }

    private static func overall(
        _ estimator: Estimator, version: String?, libraries: [String: String]?
    ) -> ProbeVerdict? {
        guard let version else { return .unknown("nothing says the version of scikit-learn") }
        guard EstimatorBehaviour.minor(version) != nil else {
            return .unknown("scikit-learn \(version) was not measured")
        }
        guard estimator.isOfScikitLearn else { return .unknown("\(estimator.path) is not of scikit-learn") }
        var pending = [estimator]
        var seen = 0
        var doubt: ProbeVerdict?
        while let next = pending.popLast() {
            seen += 1
            guard seen <= EstimatorAttributes.maximumObjects else {
                return .unknown("the model has too many estimators")
            }
            pending += next.children
            if let library = next.boosterLibrary {
                doubt = doubt ?? library.doubt(next, serving: libraries?[library.rawValue], scikitLearn: version)
            }
            guard let written = next.text("_sklearn_version"), next.isOfScikitLearn, next.isFitted else { continue }
            switch VersionCrossing(from: written, to: version)?.result(next) ?? .unknown {
            case .same: break
            case .fails:
                return .error(
                    "scikit-learn \(version) cannot use the \(next.className) that scikit-learn \(written) wrote")
            case .unknown:
                doubt = .unknown("\(next.className) of scikit-learn \(written) was not measured in \(version)")
            }
        }
        return doubt
    }

    /// The probes: of each column in the order of the contract, then those of the row.
    package var all: [ContractProbe] {
        var probes: [ContractProbe] = []
        for input in contract.inputs.prefix(Self.maximumColumns) { probes += column(input) }
        probes.append(row(.extra, .extra, value: .null))
        probes.append(row(.reordered, .reordered, value: .null))
        probes.append(row(.array, .array, value: .null))
        return probes
    }

    /// The contract with the outcomes of its columns.
    package var completed: InputContract {
        var contract = contract
        let hasFunctions = hasFunctions
        for index in contract.inputs.indices.prefix(Self.maximumColumns) {
            let input = contract.inputs[index]
            if input.type == .any, input.isRead != false, input.categories == nil,
                verdict(input, .text).outcome == .error
            {
                // What is handed on has no type of its own, and what reads it takes numbers.
                contract.inputs[index].type = .float64
            }
            if hasFunctions, contract.inputs[index].type == .float64 {
                contract.inputs[index].domain = domain(of: input)
            }
            contract.inputs[index].onNull = null(input).outcome
            if contract.inputs[index].onNull == .accepted { contract.inputs[index].nullable = true }
            if contract.inputs[index].onNull == .error { contract.inputs[index].nullable = false }
            if contract.inputs[index].onUnseen == nil, let unseen = unseen(input) {
                contract.inputs[index].onUnseen = unseen.1.outcome
            }
            if let outside = outside(input) { contract.inputs[index].onOutside = outside.1.outcome }
        }
        return contract
    }

    // MARK: One column

    private func column(_ input: ContractInput) -> [ContractProbe] {
        // LightGBM's own names of the columns of an array are none.
        let isNumbered = rules?.isNamed == false && input.name == "Column_\(input.position)"
        let place: ContractProbe.Column =
            input.name.flatMap { isNumbered ? nil : .name($0) } ?? .position(input.position)
        func probe(_ kind: ContractProbe.Kind, _ value: ContractScalar, _ verdict: ProbeVerdict) -> ContractProbe {
            ContractProbe(
                column: place, kind: kind, value: value, outcome: verdict.outcome, why: verdict.why, version: version)
        }
        var probes = [probe(.null, .null, null(input))]
        if let (value, verdict) = unseen(input) { probes.append(probe(.unseen, value, verdict)) }
        if let (value, verdict) = outside(input) { probes.append(probe(.outside, value, verdict)) }
        if let rules, rules.isCategory(input) {
            // What else a column of categories holds, pandas decides.
            return probes + [probe(.missing, .null, form(.missing(input.position)))]
        }
        if !isText(input) {
            let text = verdict(input, .text)
            // A column that is handed on has no type of its own; where text is refused training had none.
            if input.type != .any || isDropped(input) || text.outcome == .error {
                probes.append(probe(.text, .text("abc"), text))
            }
            for isNegative in [false, true] {
                probes.append(
                    probe(
                        .infinity, .number(isNegative ? -.infinity : .infinity),
                        verdict(input, .infinity(isNegative: isNegative))))
            }
            probes.append(probe(.huge, .number(1e39), verdict(input, .number(1e39))))
        } else {
            probes.append(probe(.infinity, .number(.infinity), verdict(input, .infinity(isNegative: false))))
            probes.append(probe(.huge, .number(1e39), verdict(input, .number(1e39))))
        }
        probes.append(probe(.boolean, .boolean(true), verdict(input, .boolean(true))))
        probes.append(probe(.missing, .null, form(.missing(input.position))))
        return probes.filter {
            $0.outcome != .unknown || !isText(input) || [.null, .unseen, .missing].contains($0.kind)
        }
    }

    private func isDropped(_ input: ContractInput) -> Bool { input.isRead == false }

    private func isText(_ input: ContractInput) -> Bool { input.type == .string }

    /// A missing value arrives as NaN or as None: both have to come to the same.
    private func null(_ input: ContractInput) -> ProbeVerdict {
        .either([verdict(input, .nan), verdict(input, .none)])
    }

    private func unseen(_ input: ContractInput) -> (ContractScalar, ProbeVerdict)? {
        guard let categories = input.categories else {
            // A column that nobody reads takes every text.
            guard isDropped(input), input.name != nil, input.type == .any else { return nil }
            return (.text("never seen"), verdict(input, .unseen))
        }
        let texts = Set(
            categories.values.compactMap { value -> String? in if case .text(let text) = value { text } else { nil } })
        if input.type == .string || !texts.isEmpty {
            return (.text(Self.unseenText(texts)), verdict(input, .unseen))
        }
        guard input.type == .int64 || input.type == .float64 else { return nil }
        let numbers = categories.values.compactMap { value -> Double? in
            switch value {
            case .integer(let value): Double(value)
            case .number(let value) where value.isFinite: value
            default: nil
            }
        }
        guard let largest = numbers.max(), largest < 1e15 else { return nil }
        let value = largest.rounded(.down) + 1000
        let scalar: ContractScalar = input.type == .int64 ? .integer(Int64(value)) : .number(value)
        return (scalar, verdict(input, .number(value)))
    }

    /// Whether it holds a function that may take only some numbers.
    private var hasFunctions: Bool {
        var pending = [estimator]
        var seen = 0
        while let next = pending.popLast(), seen < EstimatorAttributes.maximumObjects {
            seen += 1
            if ["FunctionTransformer", "PowerTransformer"].contains(next.className) { return true }
            pending += next.children
        }
        return false
    }

    /// The largest of some ranges whose ends do not make the model raise; nil where no number does.
    private func domain(of input: ContractInput) -> ClosedRange<Double>? {
        func isTaken(_ value: Double) -> Bool { verdict(input, .number(value)).outcome != .error }
        guard let lowest = [-1e18, -1000, 0, 0.001, 1].first(where: isTaken),
            let highest = [1e18, 1000, 100, 1].first(where: isTaken), lowest <= highest
        else { return nil }
        return lowest == -1e18 && highest == 1e18 ? nil : lowest...highest
    }

    /// A text that is none of some texts.
    static func unseenText(_ texts: Set<String>) -> String {
        var value = "never seen"
        while texts.contains(value) { value += "." }
        return value
    }

    private func outside(_ input: ContractInput) -> (ContractScalar, ProbeVerdict)? {
        guard let range = input.range, let minimum = range.minimum, let maximum = range.maximum else { return nil }
        let value = maximum + max(maximum - minimum, 1)
        guard value.isFinite, abs(value) < 1e15 else { return nil }
        return (.number(value), verdict(input, .number(value)))
    }

    private func verdict(_ input: ContractInput, _ cell: ProbeCell) -> ProbeVerdict {
        if let overall { return overall }
        var row = ProbeRow(count: contract.inputs.count)
        row.cells[input.position] = cell
        return RowEvaluation(version: version ?? "", isMissing: cell == .nan || cell == .none).verdict(estimator, row)
    }

    // MARK: The whole row

    private func form(_ form: RowForms.Form) -> ProbeVerdict {
        if let overall { return overall }
        return RowForms(version: version ?? "").verdict(estimator, form)
    }

    private func row(_ kind: ContractProbe.Kind, _ form: RowForms.Form, value: ContractScalar) -> ContractProbe {
        let verdict = self.form(form)
        return ContractProbe(
            column: .row, kind: kind, value: value, outcome: verdict.outcome, why: verdict.why, version: version)
    }
}
