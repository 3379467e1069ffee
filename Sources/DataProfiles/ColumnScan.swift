/// What the first reading learns of a column: its type, and the range of its numbers.
struct ColumnScan {
    private(set) var present = 0
    /// How many values are numbers.
    private(set) var numbers = 0
    private var floats = 0
    private(set) var firstText: (row: Int, text: String)?
    private(set) var firstNestedRow: Int?
    private(set) var firstInfiniteRow: Int?
    private(set) var minimum = Double.infinity
    private(set) var maximum = -Double.infinity
    private(set) var zeros = 0
    private var sum = 0.0
    private var compensation = 0.0
    private var runningMean = 0.0

    /// Text that a message shows is cut here.
    private static let shownTextLength = 60

    mutating func add(_ cell: Cell, row: Int) {
        switch cell.kind {
        case .missing: return
        case .nested: if firstNestedRow == nil { firstNestedRow = row }
        case .text: if firstText == nil { firstText = (row, String(cell.text.prefix(Self.shownTextLength))) }
        case .integer: add(cell.number, row: row)
        case .float:
            floats += 1
            add(cell.number, row: row)
        }
        present += 1
    }

    private mutating func add(_ number: Double, row: Int) {
        numbers += 1
        guard number.isFinite else {
            if firstInfiniteRow == nil { firstInfiniteRow = row }
            return
        }
        if number == 0 { zeros += 1 }
        minimum = min(minimum, number)
        maximum = max(maximum, number)
        runningMean += (number - runningMean) / Double(numbers)
        // Neumaier's sum keeps what rounding loses.
        let next = sum + number
        compensation += abs(sum) >= abs(number) ? (sum - next) + number : (number - next) + sum
        sum = next
    }

    /// What the values are; a column without values counts as text.
    var kind: ColumnProfile.Kind {
        firstText != nil || numbers == 0 ? .text : floats > 0 ? .float : .integer
    }

    /// The arithmetic mean of the numbers.
    var mean: Double {
        guard numbers > 0 else { return 0 }
        let exact = (sum + compensation) / Double(numbers)
        return min(max(exact.isFinite ? exact : runningMean, minimum), maximum)
    }
}

/// How many different texts may be counted.
struct CategoryBudget {
    /// How many of one column.
    let count: Int
    /// How many bytes of all columns are left.
    var bytes: Int
}

/// What the second reading learns of a column: its distribution.
struct ColumnCounter {
    private let scan: ColumnScan
    private let kind: ColumnProfile.Kind
    private let mean: Double
    private var squares = 0.0
    private var compensation = 0.0
    private var histogram: NumberHistogram?
    private var sketch: QuantileSketch
    private var texts: [String: Int] = [:]
    private var others = 0
    /// The texts of numbers that have few different ones; nil when there are more.
    private var values: [Double: Int]? = [:]
    /// Numbers with so many different values are counted by value too.
    static let maximumValues = 256
    /// Whether some texts were not counted by name.
    private(set) var isCut = false

    init(scan: ColumnScan, capacity: Int) {
        self.scan = scan
        kind = scan.kind
        mean = scan.mean
        histogram = kind.isNumber ? .equalWidth(from: scan.minimum, to: scan.maximum) : nil
        sketch = QuantileSketch(capacity: capacity)
    }

    var rankError: Double { sketch.rankError }

    mutating func add(_ cell: Cell, budget: inout CategoryBudget) {
        switch cell.kind {
        case .missing, .nested: return
        case .integer, .float, .text: break
        }
        if kind.isNumber { addNumber(cell.number) } else { addText(cell.text, budget: &budget) }
    }

    private mutating func addNumber(_ number: Double) {
        histogram?.add(number)
        sketch.add(number)
        let distance = number - mean
        let square = distance * distance
        let next = squares + square
        compensation += squares >= square ? (squares - next) + square : (square - next) + squares
        squares = next
        guard values != nil else { return }
        // -0.0 and 0.0 are one value.
        values?[number == 0 ? 0 : number, default: 0] += 1
        if (values?.count ?? 0) > Self.maximumValues { values = nil }
    }

    private mutating func addText(_ text: String, budget: inout CategoryBudget) {
        if let index = texts.index(forKey: text) {
            texts.values[index] += 1
        } else if texts.count < budget.count, text.utf8.count <= budget.bytes {
            budget.bytes -= text.utf8.count
            texts[text] = 1
        } else {
            isCut = true
            others += 1
        }
    }

    func profile(name: String, rows: Int) -> ColumnProfile {
        var column = ColumnProfile(name: name, kind: kind)
        column.present = scan.present
        column.missing = rows - scan.present
        guard kind.isNumber else {
            let sorted = texts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
            column.categories = CategorySummary(
                unique: isCut ? nil : texts.count,
                categories: sorted.map { .init(value: $0.key, count: Double($0.value)) }, others: Double(others))
            return column
        }
        let parts = (0...NumberHistogram.bucketCount).map { Double($0) / Double(NumberHistogram.bucketCount) }
        var edges = sketch.quantiles(parts)
        if !edges.isEmpty {
            edges[0] = scan.minimum
            edges[edges.count - 1] = scan.maximum
        }
        let median = sketch.quantiles([0.5]).first ?? 0
        let count = Double(scan.present)
        var numbers = NumberSummary(
            mean: mean, standardDeviation: ((squares + compensation) / count).squareRoot(), minimum: scan.minimum,
            maximum: scan.maximum, median: min(max(median, scan.minimum), scan.maximum))
        numbers.zeros = scan.zeros
        numbers.histogram = histogram
        numbers.quantiles = NumberHistogram(
            edges: edges, counts: Array(repeating: count / Double(parts.count - 1), count: parts.count - 1))
        column.numbers = numbers
        if let values {
            let sorted = values.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
            column.categories = CategorySummary(
                unique: values.count,
                categories: sorted.map { .init(value: Self.text($0.key), count: Double($0.value)) })
        }
        return column
    }

    /// A number as a category writes it: a whole one without a fraction.
    static func text(_ number: Double) -> String {
        Int64(exactly: number).map { String($0) } ?? number.description
    }
}
