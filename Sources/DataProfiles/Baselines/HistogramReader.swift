import SourceDocuments

/// Reads the buckets of numbers and refuses those that contradict each other.
enum HistogramReader {
    /// The most buckets of one histogram.
    private static let maximumBuckets = 100_000

    static func read(
        _ message: JSONMessage, low: String, high: String, count: String, title: String
    ) throws(BaselineError) -> NumberHistogram {
        let buckets = try message.messages("buckets", name: message.name, keys: [low, high, count])
        guard buckets.count <= maximumBuckets else { throw message.error("more than \(maximumBuckets) buckets") }
        var edges: [Double] = []
        var counts: [Double] = []
        for bucket in buckets {
            // A field that is 0 is left out when a protocol buffer is written as JSON.
            let start = try bucket.number(low) ?? 0
            let end = try bucket.number(high) ?? 0
            guard start <= end else {
                throw bucket.error("a bucket of the \(title) histogram ends before it begins: \(start) to \(end)")
            }
            if let last = edges.last {
                guard isNear(last, start, scale: max(abs(last), abs(start))) else {
                    throw bucket.error(
                        start < last
                            ? "buckets of the \(title) histogram overlap: one ends at \(last), the next begins at \(start)"
                            : "buckets of the \(title) histogram leave a gap: one ends at \(last), the next begins at \(start)"
                    )
                }
            } else {
                edges.append(start)
            }
            edges.append(end)
            counts.append(try bucket.amount(count) ?? 0)
        }
        guard let histogram = NumberHistogram(edges: edges, counts: counts) else {
            throw message.error("the buckets of the \(title) histogram do not follow each other")
        }
        return histogram
    }

    static func isNear(_ one: Double, _ other: Double, scale: Double) -> Bool { abs(one - other) <= 1e-9 * scale }

    /// The counts of buckets are those of the values that are not missing.
    static func checkSum(_ sum: Double, _ expected: Double, _ message: JSONMessage) throws(BaselineError) {
        // A sketch gives parts of values to its buckets, which lose a little in rounding.
        guard abs(sum - expected) <= 0.01 + 1e-9 * expected else {
            throw message.error("the counts do not add up: its buckets hold \(sum) values, and \(expected) are known")
        }
    }

    /// The buckets of a STANDARD histogram are of one width.
    static func checkWidths(_ histogram: NumberHistogram, _ message: JSONMessage) throws(BaselineError) {
        guard let low = histogram.edges.first, let high = histogram.edges.last else { return }
        let width = (high - low) / Double(histogram.counts.count)
        guard width.isFinite else { return }
        for (start, end) in zip(histogram.edges, histogram.edges.dropFirst())
        where abs((end - start) - width) > 1e-6 * (high - low) + 1e-12 * max(abs(low), abs(high)) {
            throw message.error("the buckets of the STANDARD histogram are not of one width: \(start) to \(end)")
        }
    }

    /// Mean, deviation, median and range are possible for the buckets.
    static func checkSummary(_ numbers: NumberSummary, present: Int, _ message: JSONMessage) throws(BaselineError) {
        let (low, high) = (numbers.minimum, numbers.maximum)
        guard low <= high else { throw message.error("'min' \(low) is greater than 'max' \(high)", at: "min") }
        let slack = 1e-9 * max(abs(low), abs(high))
        func isInside(_ value: Double) -> Bool { value >= low - slack && value <= high + slack }
        guard isInside(numbers.mean) else {
            throw message.error("'mean' \(numbers.mean) is not between 'min' and 'max'", at: "mean")
        }
        guard isInside(numbers.median) else {
            throw message.error("'median' \(numbers.median) is not between 'min' and 'max'", at: "median")
        }
        // https://en.wikipedia.org/wiki/Popoviciu%27s_inequality_on_variances; a sample's deviation is a little greater.
        guard numbers.standardDeviation <= (high / 2 - low / 2) * 1.42 + slack else {
            throw message.error(
                "'stdDev' \(numbers.standardDeviation) is impossible between \(low) and \(high)", at: "stdDev")
        }
        guard numbers.zeros <= present, numbers.zeros == 0 || (low <= 0 && high >= 0) else {
            throw message.error("'numZeros' \(numbers.zeros) is impossible", at: "numZeros")
        }
        for histogram in [numbers.histogram, numbers.quantiles] {
            guard let histogram, let first = histogram.edges.first, let last = histogram.edges.last else { continue }
            guard isNear(first, low, scale: max(abs(low), abs(high))),
                isNear(last, high, scale: max(abs(low), abs(high)))
            else {
                throw message.error(
                    "its buckets go from \(first) to \(last), and 'min' and 'max' are \(low) and \(high)")
            }
        }
        guard let histogram = numbers.histogram, histogram.total > 0 else { return }
        var (least, most) = (0.0, 0.0)
        for (index, count) in histogram.counts.enumerated() {
            least += histogram.edges[index] * (count / histogram.total)
            most += histogram.edges[index + 1] * (count / histogram.total)
        }
        // Buckets that were made of a sketch are a little off.
        let width = (high - low) / Double(histogram.counts.count) * 0.1 + slack
        guard numbers.mean >= least - width, numbers.mean <= most + width else {
            throw message.error("'mean' \(numbers.mean) is impossible with its buckets", at: "mean")
        }
    }
}

/// Reads the counts of texts and refuses those that contradict each other.
enum CategoryReader {
    /// Reads buckets of ranks, each of one text; those of several texts at the end are others.
    static func ranked(
        _ buckets: [JSONMessage], present: Int, _ message: JSONMessage
    ) throws(BaselineError) -> [CategorySummary.Category] {
        var result: [CategorySummary.Category] = []
        var next = 0
        for bucket in buckets {
            let low = try bucket.count("lowRank") ?? 0
            let high = try bucket.count("highRank") ?? 0
            guard low == next, high >= low, high < Int.max else {
                throw bucket.error("buckets of ranks overlap or leave a gap: \(low) to \(high) after \(next)")
            }
            next = high + 1
            let count = try bucket.amount("sampleCount") ?? 0
            let label = try bucket.string("label")
            if low == high { result.append(.init(value: label, count: count)) }
        }
        try check(result, present: present, what: "rankHistogram", message)
        return result
    }

    /// The counts descend, no text is there twice, and they are of no more values than there are.
    static func check(
        _ categories: [CategorySummary.Category], present: Int, what: String, _ message: JSONMessage
    ) throws(BaselineError) {
        var seen: Set<String> = []
        var last = Double.infinity
        var sum = 0.0
        for category in categories {
            guard seen.insert(category.value).inserted else {
                throw message.error("'\(what)' has '\(category.value.prefix(60))' twice", at: what)
            }
            guard category.count <= last else {
                throw message.error(
                    "the counts of '\(what)' do not descend at '\(category.value.prefix(60))'", at: what)
            }
            last = category.count
            sum += category.count
        }
        guard sum <= Double(present) * (1 + 1e-9) + 0.01 else {
            throw message.error(
                "the counts do not add up: '\(what)' holds \(sum) values, and \(present) are known", at: what)
        }
    }

    /// The summary of texts, with the values that have no name of their own.
    static func summary(
        _ categories: [CategorySummary.Category], unique: Int?, present: Int, _ message: JSONMessage
    ) throws(BaselineError) -> CategorySummary {
        let sum = categories.reduce(0) { $0 + $1.count }
        let rest = Double(present) - sum
        let others = rest > 0.01 + 1e-9 * Double(present) ? rest : 0
        if let unique, unique > 0 {
            guard unique >= categories.count else {
                throw message.error("'unique' is \(unique), and \(categories.count) values are counted", at: "unique")
            }
            // Each value that has no name of its own is there once at least.
            guard others >= Double(unique - categories.count) - 0.01, others == 0 || unique > categories.count else {
                throw message.error(
                    "the counts do not add up: \(sum) of \(present) values are those of \(categories.count) of \(unique) texts",
                    at: "unique")
            }
        }
        return CategorySummary(
            unique: unique == 0 && present > 0 ? nil : unique, categories: categories, others: others)
    }
}
