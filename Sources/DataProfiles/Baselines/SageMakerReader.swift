import SourceDocuments

/// Reads `statistics.json` and `constraints.json` of SageMaker Model Monitor.
///
/// Keys: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-statistics.html and
/// https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html. New ones may come, so that others are
/// passed over.
enum SageMakerReader {
    static func read(
        _ document: DocumentNode, as format: Baseline.Format, file: String
    ) throws(BaselineError) -> Baseline {
        let list = try JSONMessage(
            document, name: "statistics", file: file, keys: ["features", "dataset", "version"], isOpen: true)
        var baseline = Baseline(file: file, format: format)
        if let dataSet = try list.message(
            "dataset", name: "data set", keys: ["itemCount"], isOpen: true)
        {
            baseline.rows = try dataSet.count("itemCount")
        }
        let features = try list.list("features")
        guard !features.isEmpty, features.count <= BaselineReader.maximumColumns else {
            throw list.error("it has no features, or more than \(BaselineReader.maximumColumns)")
        }
        var names: Set<String> = []
        for (index, node) in features.enumerated() {
            let feature = try JSONMessage(
                node, name: "feature \(index + 1)", file: file,
                keys: ["name", "inferredType", "numericalStatistics", "stringStatistics", "completeness"], isOpen: true)
            let column = try column(feature)
            guard names.insert(column.name).inserted else {
                throw feature.error("the feature '\(column.name)' is there twice")
            }
            let (sum, overflow) = column.present.addingReportingOverflow(column.missing)
            if let rows = baseline.rows, overflow || (sum != rows && format == .sageMakerStatistics && sum > 0) {
                throw feature.error(
                    "the counts do not add up: \(sum) values and gaps, and the data set has \(rows) rows")
            }
            baseline.columns.append(column)
        }
        return baseline
    }

    private static func column(_ message: JSONMessage) throws(BaselineError) -> ColumnProfile {
        let name = try message.string("name")
        guard !name.isEmpty else { throw message.error("it has no name") }
        let kinds: [String: ColumnProfile.Kind] = [
            "Integral": .integer, "Fractional": .float, "String": .text, "Unknown": .bytes, "Boolean": .text,
        ]
        guard let kind = kinds[try message.string("inferredType")] else {
            throw message.error(
                "'inferred_type' is none of \(kinds.keys.sorted().joined(separator: ", "))", at: "inferredType")
        }
        var column = ColumnProfile(name: name, kind: kind)
        let title = "feature '\(name)'"
        if let stats = try message.message(
            "numericalStatistics", name: title,
            keys: ["common", "mean", "sum", "stdDev", "min", "max", "distribution"], isOpen: true)
        {
            try common(stats, &column)
            try numbers(stats, &column)
        } else if let stats = try message.message(
            "stringStatistics", name: title, keys: ["common", "distinctCount", "distribution"], isOpen: true)
        {
            try common(stats, &column)
            column.categories = try categories(stats, present: column.present)
        }
        return column
    }

    private static func common(_ message: JSONMessage, _ column: inout ColumnProfile) throws(BaselineError) {
        guard let common = try message.message("common", keys: ["numPresent", "numMissing"], isOpen: true) else {
            return
        }
        column.present = try common.count("numPresent") ?? 0
        column.missing = try common.count("numMissing") ?? 0
    }

    private static func numbers(_ message: JSONMessage, _ column: inout ColumnProfile) throws(BaselineError) {
        guard column.present > 0, column.kind.isNumber else { return }
        let low = try message.number("min") ?? 0
        let high = try message.number("max") ?? 0
        let mean = try message.number("mean") ?? 0
        // There is no median: the middle of the range is possible.
        var numbers = NumberSummary(
            mean: mean, standardDeviation: try message.amount("stdDev") ?? 0, minimum: low, maximum: high,
            median: low / 2 + high / 2)
        if let distribution = try message.message("distribution", keys: ["kll"], isOpen: true),
            let sketch = try distribution.message("kll", keys: ["buckets"], isOpen: true),
            try !sketch.list("buckets").isEmpty
        {
            let buckets = try HistogramReader.read(
                sketch, low: "lowerBound", high: "upperBound", count: "count", title: "kll")
            // The sketch estimates ranks, so that its counts are near.
            guard abs(buckets.total - Double(column.present)) <= 0.02 * Double(column.present) + 1 else {
                throw sketch.error(
                    "the counts do not add up: its buckets hold \(buckets.total) values of \(column.present)")
            }
            try HistogramReader.checkWidths(buckets, sketch)
            numbers.histogram = buckets
        }
        let histogram = numbers.histogram
        numbers.histogram = nil
        try HistogramReader.checkSummary(numbers, present: column.present, message)
        numbers.histogram = histogram
        column.numbers = numbers
    }

    private static func categories(
        _ message: JSONMessage, present: Int
    ) throws(BaselineError) -> CategorySummary? {
        guard let distribution = try message.message("distribution", keys: ["categorical"], isOpen: true),
            let categorical = try distribution.message("categorical", keys: ["buckets"], isOpen: true)
        else { return nil }
        var categories: [CategorySummary.Category] = []
        for bucket in try categorical.messages("buckets", name: message.name, keys: ["value", "count"], isOpen: true) {
            categories.append(.init(value: try bucket.string("value"), count: try bucket.amount("count") ?? 0))
        }
        guard !categories.isEmpty || present == 0 else { return nil }
        categories.sort { $0.count != $1.count ? $0.count > $1.count : $0.value < $1.value }
        try CategoryReader.check(categories, present: present, what: "distribution", message)
        // The number of different texts is an estimate.
        return try CategoryReader.summary(categories, unique: nil, present: present, message)
    }
}
