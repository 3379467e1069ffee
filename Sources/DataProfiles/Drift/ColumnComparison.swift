import EnvironmentInventory

/// Counts of data in the buckets of one column of a baseline.
///
/// The buckets are the equal-width ones of the baseline or its texts, one for each text that only the data has, and one for
/// missing values. A number outside of the baseline's range is in the first or the last bucket.
struct ColumnComparison {
    private enum Buckets {
        /// Equal width.
        case numbers(NumberHistogram)
        /// The one value of all numbers: below it, the value, above it.
        case constant(Double)
        /// The index of each text.
        case texts([String: Int])
        /// A value or none.
        case presence
    }

    let column: ColumnProfile
    private let buckets: Buckets
    private let baseline: [Double]
    private var data: [Double]
    private var newTexts: [String: Double] = [:]
    private var otherNewTexts = 0.0
    private var missing = 0.0
    private var present = 0.0
    /// Values that are not numbers in a column of numbers.
    private var notNumbers: (count: Int, first: String)?
    private var outside = 0
    private var nestedRow: Int?
    private var isSpread = false
    private var isOutsideByRange = false

    /// So many texts that only the data has are counted by name.
    private static let maximumNewTexts = 100_000

    /// Makes empty counts; nil when the baseline has no distribution of the column.
    init?(_ column: ColumnProfile) {
        guard column.hasDistribution else { return nil }
        self.column = column
        if column.present > 0, column.kind.isNumber, let histogram = column.numbers?.histogram,
            let low = histogram.edges.first, let high = histogram.edges.last
        {
            buckets = low == high ? .constant(low) : .numbers(histogram)
            baseline = low == high ? [0, histogram.total, 0] : histogram.counts
        } else if column.isIdentifier {
            buckets = .presence
            baseline = [Double(column.present)]
        } else {
            let categories = column.kind == .text ? column.categories?.categories ?? [] : []
            buckets = .texts(
                Dictionary(
                    categories.enumerated().map { ($1.value, $0) }, uniquingKeysWith: { first, _ in first }))
            baseline = categories.map(\.count)
        }
        data = Array(repeating: 0, count: baseline.count)
    }

    /// The values of the baseline that have no text of their own.
    private var baselineOthers: Double {
        if case .texts = buckets { column.categories?.others ?? 0 } else { 0 }
    }

    // MARK: Rows

    /// Counts a value of the data.
    mutating func add(_ cell: Cell, row: Int) {
        switch cell.kind {
        case .missing: return
        case .nested: if nestedRow == nil { nestedRow = row }
        case .integer, .float, .text: add(cell)
        }
    }

    private mutating func add(_ cell: Cell) {
        present += 1
        switch buckets {
        case .presence: data[0] += 1
        case .texts: add(text: cell.text, count: 1)
        case .numbers, .constant:
            guard cell.kind != .text else {
                notNumbers = ((notNumbers?.count ?? 0) + 1, notNumbers?.first ?? String(cell.text.prefix(60)))
                return
            }
            add(number: cell.number, count: 1)
        }
    }

    private mutating func add(text: String, count: Double) {
        guard case .texts(let indices) = buckets else { return }
        if let index = indices[text] {
            data[index] += count
        } else if newTexts.count < Self.maximumNewTexts || newTexts[text] != nil {
            newTexts[text, default: 0] += count
        } else {
            otherNewTexts += count
        }
    }

    private mutating func add(number: Double, count: Double) {
        switch buckets {
        case .numbers(let histogram):
            data[histogram.bucket(of: number)] += count
            if histogram.isOutside(number) { outside += Int(exactly: count) ?? 1 }
        case .constant(let value):
            data[number < value ? 0 : number == value ? 1 : 2] += count
            if number != value { outside += Int(exactly: count) ?? 1 }
        case .texts, .presence: break
        }
    }

    /// Counts the rows that have no value.
    mutating func end(rows: Int) { missing = max(Double(rows) - present, 0) }

    // MARK: Another baseline

    /// Counts the values of a column of another baseline; returns false when it has no distribution that can be compared.
    mutating func add(_ other: ColumnProfile) -> Bool {
        missing = Double(other.missing)
        present = Double(other.present)
        guard other.present > 0 else { return true }
        switch buckets {
        case .presence: data[0] = present
        case .texts:
            guard let categories = other.categories else { return false }
            for category in categories.categories { add(text: category.value, count: category.count) }
            otherNewTexts += categories.others
        case .numbers, .constant:
            if let values = other.categories?.categories, other.kind.isNumber {
                for value in values { if let number = Double(value.value) { add(number: number, count: value.count) } }
            } else if let histogram = other.numbers?.histogram {
                spread(histogram)
            } else {
                return false
            }
        }
        return true
    }

    private mutating func spread(_ histogram: NumberHistogram) {
        guard let low = histogram.edges.first, let high = histogram.edges.last else { return }
        switch buckets {
        case .numbers(let own):
            isSpread = !histogram.hasEdges(of: own)
            data = histogram.spread(over: own)
            isOutsideByRange = isSpread && (own.isOutside(low) || own.isOutside(high))
        case .constant(let value):
            if low == high { return add(number: low, count: histogram.total) }
            // Between the ends nothing says how many values are the one.
            isSpread = true
            isOutsideByRange = true
            let above = value > high ? 0 : histogram.counts[histogram.bucket(of: value)...].reduce(0, +)
            data = [histogram.total - above, 0, above]
        case .texts, .presence: break
        }
    }

    // MARK: The result

    /// The distances; nil when there is nothing to compare.
    func distances() -> DataDrift.Column? {
        guard nestedRow == nil, !isOfOtherType else { return nil }
        var (left, right) = (baseline, data)
        func add(_ one: Double, _ other: Double) {
            left.append(one)
            right.append(other)
        }
        if case .texts = buckets {
            let new = newTexts.sorted { $0.key < $1.key }.map(\.value)
            if baselineOthers > 0 {
                add(baselineOthers, new.reduce(otherNewTexts, +))
            } else {
                // Texts so rare that the floor hides each of them count together.
                let least = Distance.floor * (present + missing)
                for count in new where count >= least { add(0, count) }
                add(0, new.filter { $0 < least }.reduce(otherNewTexts, +))
            }
        }
        add(0, Double(notNumbers?.count ?? 0))
        add(Double(column.missing), missing)
        return Distance.measure(column: column.name, baseline: left, data: right)
    }

    /// Whether every value is text in a column of numbers.
    private var isOfOtherType: Bool { notNumbers.map { Double($0.count) == present } ?? false }

    /// What the distances do not say.
    func problems() -> [DataDrift.Problem] {
        var problems: [DataDrift.Problem] = []
        func add(_ kind: DataDrift.Problem.Kind, _ message: String) {
            problems.append(DataDrift.Problem(kind, column: column.name, message: message))
        }
        if let nestedRow { add(.nestedValue, "row \(nestedRow) has an object or a list: it was not compared") }
        if let notNumbers {
            if isOfOtherType {
                add(.otherType, "numbers in the baseline, and text in the data: '\(notNumbers.first)'")
            } else {
                add(.notNumbers, "\(notNumbers.count) of \(Int(present)) values are not numbers: '\(notNumbers.first)'")
            }
        }
        if baselineOthers == 0, !newTexts.isEmpty {
            let names = newTexts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
            let shown = names.prefix(5).map { "'\($0.key.prefix(60))' \(Self.count($0.value))" }
            let more = names.count > shown.count ? " and \(names.count - shown.count) more" : ""
            add(.newCategory, "the baseline does not have " + shown.joined(separator: ", ") + more)
        }
        if outside > 0 {
            add(.outsideRange, "\(outside) of \(Int(present)) values are outside of the baseline's \(range)")
        } else if isOutsideByRange {
            add(.outsideRange, "some values are outside of the baseline's \(range)")
        }
        if isSpread {
            add(.spreadCounts, "the buckets of the two differ: its counts were spread evenly over the baseline's")
        }
        return problems
    }

    private var range: String {
        switch buckets {
        case .numbers(let histogram):
            "range, \(ColumnCounter.text(histogram.edges.first ?? 0)) to \(ColumnCounter.text(histogram.edges.last ?? 0))"
        case .constant(let value): "only value, \(ColumnCounter.text(value))"
        case .texts, .presence: "range"
        }
    }

    private static func count(_ count: Double) -> String {
        Int(exactly: count).map { "(\($0))" } ?? "(\(count))"
    }
}
