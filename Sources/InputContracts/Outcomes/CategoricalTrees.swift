/// HistGradientBoosting's own encoding of categories (scikit-learn 1.4 and later): a ColumnTransformer of an OrdinalEncoder, for
/// which an unknown category is a missing value, and of a check that takes every number.
struct CategoricalTrees {
    /// The version of scikit-learn, and what it does with a value.
    let evaluation: RowEvaluation

    /// Its own encoder; nil for another class and for a model without categories.
    static func encoder(_ estimator: Estimator) -> ColumnSplit? {
        guard estimator.className.hasPrefix("HistGradientBoosting"), let inner = estimator.object("_preprocessor")
        else {
            return nil
        }
        return ColumnSplit(inner)
    }

    /// The outcome in a model that encodes columns itself; nil for another model.
    func verdict(_ estimator: Estimator, _ cell: ProbeCell, at index: Int?) -> ProbeVerdict? {
        let name = estimator.className
        guard name.hasPrefix("HistGradientBoosting"), let flags = estimator["is_categorical_"], !flags.isNone else {
            return nil
        }
        guard let index, let split = Self.encoder(estimator),
            let part = split.parts.first(where: { $0.columns.contains(index) }),
            let place = part.columns.firstIndex(of: index), case .transformer(let transformer) = part.use
        else { return .unknown("\(name) does not say which columns are categories") }
        guard transformer.className == "OrdinalEncoder" else { return number(name, cell) }
        var row = ProbeRow(count: part.columns.count)
        row.cells[place] = cell
        switch EncoderRules.transform(transformer, row) {
        case .raises(let why): return .error(why)
        case .unknown(let why): return .unknown(why)
        case .passes(let row):
            if row.isClean { return ProbeVerdict(outcome: .accepted, why: "\(name) knows the value") }
            let isAccepted = evaluation.isMissing && (cell == .nan || cell == .none)
            return ProbeVerdict(
                outcome: isAccepted ? .accepted : .silent, why: "\(name) takes an unknown category as missing")
        }
    }

    /// What becomes of a value in a column of numbers.
    private func number(_ name: String, _ cell: ProbeCell) -> ProbeVerdict {
        switch cell {
        case .nan, .none:
            return ProbeVerdict(
                outcome: evaluation.isMissing ? .accepted : .silent, why: "\(name) takes missing values itself")
        case .text, .unseen: return .error("\(name) refuses text")
        case .imputed: return ProbeVerdict(outcome: .accepted, why: "an imputer takes it")
        default: return ProbeVerdict(outcome: .silent, why: "\(name) answers to \(evaluation.described(cell))")
        }
    }
}
