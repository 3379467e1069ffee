import EnvironmentInventory

/// What stands in a column of a row while it goes through a model, in place of what a valid row has there.
enum ProbeCell: Hashable {
    /// NaN, in a column of numbers or of objects.
    case nan
    /// None, in a column of objects.
    case none
    case infinity(isNegative: Bool)
    /// Another finite number, which is known.
    case number(Double)
    /// Another finite number of an ordinary size.
    case moderate
    /// Another finite number that may be as large as the probe.
    case large
    /// Text where training had numbers.
    case text
    /// Text that training did not have, where it had other text.
    case unseen
    /// A truth value, where training had something else.
    case boolean(Bool)
    /// What an imputer put there; nil for a number that is not of interest.
    case imputed(ContractScalar?)

    /// Whether a model that multiplies it may answer with a number that does not fit in 32 bits.
    var isHuge: Bool {
        switch self {
        case .number(let value): abs(value) >= 1e15
        case .large: true
        default: false
        }
    }
}

/// A row on its way: which of its columns are not as in a valid row.
struct ProbeRow {
    /// How many columns it has; nil where that is not known.
    var count: Int?
    /// The columns that differ; without ``isTracked`` their positions are not known.
    var cells: [Int: ProbeCell] = [:]
    /// Whether the positions in ``cells`` are those of the columns.
    var isTracked = true
    /// Whether a step may have left out what differs.
    var mayBeGone = false
    /// Why nothing differs any more, where something did.
    var reason: String?

    /// The values that differ.
    var values: Set<ProbeCell> { Set(cells.values) }

    /// Whether nothing differs but what an imputer put there.
    var isClean: Bool {
        cells.values.allSatisfy { cell in
            if case .imputed = cell { true } else { false }
        }
    }

    /// A row of another width in which the same values are anywhere.
    func spread(_ cells: Set<ProbeCell>, count: Int?) -> ProbeRow {
        var row = self
        row.count = count
        row.isTracked = false
        row.cells = [:]
        for (index, cell) in cells.enumerated() { row.cells[index] = cell }
        return row
    }
}

/// What a step makes of a row.
enum ProbeStep {
    /// It raises.
    case raises(String)
    /// It hands a row on.
    case passes(ProbeRow)
    /// Nothing says it.
    case unknown(String)
}

/// What a model makes of a row.
struct ProbeVerdict: Hashable {
    /// The outcome.
    var outcome: ValueOutcome
    /// Why, one sentence.
    var why: String

    static func unknown(_ why: String) -> ProbeVerdict { ProbeVerdict(outcome: .unknown, why: why) }
    static func error(_ why: String) -> ProbeVerdict { ProbeVerdict(outcome: .error, why: why) }

    /// The outcome of the same row in several estimators, which all have to answer.
    static func joined(_ verdicts: [ProbeVerdict]) -> ProbeVerdict {
        if let error = verdicts.first(where: { $0.outcome == .error }) { return error }
        if let unknown = verdicts.first(where: { $0.outcome == .unknown }) { return unknown }
        if let silent = verdicts.first(where: { $0.outcome == .silent }) { return silent }
        return verdicts.first ?? .unknown("it has no estimators")
    }

    /// The outcome where two forms of a value may be sent.
    static func either(_ verdicts: [ProbeVerdict]) -> ProbeVerdict {
        guard let first = verdicts.first else { return .unknown("nothing is known of the column") }
        if let unknown = verdicts.first(where: { $0.outcome == .unknown }) { return unknown }
        guard verdicts.allSatisfy({ $0.outcome == first.outcome }) else {
            return .unknown("None and NaN have different outcomes here")
        }
        return first
    }
}
