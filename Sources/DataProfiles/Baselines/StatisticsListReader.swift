import SourceDocuments

/// Reads `DatasetFeatureStatisticsList` of TensorFlow Data Validation in the JSON form of protocol buffers.
///
/// Messages and fields: https://github.com/tensorflow/metadata/blob/master/tensorflow_metadata/proto/v0/statistics.proto
enum StatisticsListReader {
    private static let dataSetKeys: Set<String> = [
        "name", "numExamples", "weightedNumExamples", "features", "crossFeatures",
    ]
    private static let featureKeys: Set<String> = [
        "name", "path", "type", "numStats", "stringStats", "bytesStats", "structStats", "customStats",
        "validationDerivedSource",
    ]
    private static let numberKeys: Set<String> = [
        "commonStats", "mean", "stdDev", "numZeros", "min", "median", "max", "histograms", "weightedNumericStats",
    ]
    private static let stringKeys: Set<String> = [
        "commonStats", "unique", "topValues", "avgLength", "rankHistogram", "weightedStringStats", "vocabularyFile",
        "invalidUtf8Count",
    ]
    private static let bytesKeys: Set<String> = [
        "commonStats", "unique", "avgNumBytes", "minNumBytes", "maxNumBytes", "maxNumBytesInt",
    ]
    private static let commonKeys: Set<String> = [
        "numNonMissing", "numMissing", "minNumValues", "maxNumValues", "avgNumValues", "totNumValues",
        "numValuesHistogram", "weightedCommonStats", "featureListLengthHistogram", "presenceAndValencyStats",
        "weightedPresenceAndValencyStats",
    ]
    private static let histogramKeys: Set<String> = ["numNan", "numUndefined", "buckets", "type", "name"]
    private static let customKeys: Set<String> = ["name", "num", "str", "histogram", "rankHistogram", "any"]
    private static let rankKeys: Set<String> = ["lowRank", "highRank", "label", "sampleCount"]
    /// The name of the custom statistic that counts the values of numbers with few different ones.
    static let valueCounts = "pinproof/values"

    static func read(_ document: DocumentNode, file: String) throws(BaselineError) -> Baseline {
        let list = try JSONMessage(document, name: "statistics", file: file, keys: ["datasets"])
        let dataSets = try list.messages("datasets", name: "data set", keys: dataSetKeys)
        guard let first = dataSets.first else { throw list.error("'datasets' is empty: there is no data set") }
        var chosen = first
        if dataSets.count > 1 {
            // Slices of one data set have names of their own beside the whole.
            var whole: [JSONMessage] = []
            for dataSet in dataSets where try dataSet.string("name") == "All Examples" { whole.append(dataSet) }
            guard whole.count == 1 else {
                throw list.error("it has \(dataSets.count) data sets, and a baseline is one of them")
            }
            chosen = whole[0]
        }
        var baseline = Baseline(file: file, format: .statisticsList)
        baseline.dataSet = try chosen.string("name")
        baseline.rows = try chosen.count("numExamples")
        let features = try chosen.list("features")
        guard features.count <= BaselineReader.maximumColumns else {
            throw chosen.error("it has more than \(BaselineReader.maximumColumns) features")
        }
        var names: Set<String> = []
        for (index, node) in features.enumerated() {
            let feature = try JSONMessage(node, name: "feature \(index + 1)", file: file, keys: featureKeys)
            let column = try column(feature, file: file)
            guard names.insert(column.name).inserted else {
                throw feature.error("the feature '\(column.name)' is there twice")
            }
            baseline.columns.append(column)
        }
        guard !baseline.columns.isEmpty else { throw chosen.error("it has no features") }
        try checkRows(&baseline, chosen)
        return baseline
    }

    /// The number of rows is that of each feature; a nested feature is counted in its parent.
    private static func checkRows(_ baseline: inout Baseline, _ dataSet: JSONMessage) throws(BaselineError) {
        let sums = baseline.columns.map { ($0.name, $0.present.addingReportingOverflow($0.missing)) }
        if let (name, _) = sums.first(where: { $0.1.overflow }) {
            throw dataSet.error("feature '\(name)': its counts are beyond 64 bits")
        }
        if baseline.rows == nil { baseline.rows = sums.first?.1.partialValue }
        for (name, sum) in sums where sum.partialValue != baseline.rows && !name.contains(".") {
            throw dataSet.error(
                "the counts do not add up: feature '\(name)' has \(sum.partialValue) values and gaps, and the data set "
                    + "\(baseline.rows ?? 0) rows")
        }
    }

    private static func column(_ message: JSONMessage, file: String) throws(BaselineError) -> ColumnProfile {
        var name = try message.string("name")
        if let path = try message.message("path", keys: ["step"]) {
            var steps: [String] = []
            for step in try path.list("step") {
                guard let step = step.string else { throw path.error("a step of the path is not text") }
                steps.append(step)
            }
            name = steps.joined(separator: ".")
        }
        guard !name.isEmpty else { throw message.error("it has no name") }
        let title = "feature '\(name)'"
        var column = ColumnProfile(name: name, kind: try kind(message))
        let kinds = ["numStats", "stringStats", "bytesStats", "structStats"].filter { message.node($0) != nil }
        guard kinds.count == 1 else {
            throw message.error(
                kinds.isEmpty ? "\(title) has no statistics" : "\(title) has statistics of several kinds")
        }
        if let stats = try message.message("numStats", name: title, keys: numberKeys) {
            guard column.kind.isNumber else {
                throw stats.error("statistics of numbers, and the type is \(column.kind.rawValue)")
            }
            if try common(stats, &column) { try numbers(stats, &column) }
        } else if let stats = try message.message("stringStats", name: title, keys: stringKeys) {
            // An integer that stands for a category has the statistics of text.
            guard column.kind == .text || column.kind == .integer else {
                throw stats.error("statistics of text, and the type is \(column.kind.rawValue)")
            }
            column.kind = .text
            if try common(stats, &column) {
                column.categories = try categories(stats, present: column.present)
            }
        } else if let stats = try message.message("bytesStats", name: title, keys: bytesKeys) {
            column.kind = .bytes
            _ = try common(stats, &column)
        } else if let stats = try message.message("structStats", name: title, keys: ["commonStats"]) {
            column.kind = .structure
            _ = try common(stats, &column)
        }
        try values(message, title, &column)
        return column
    }

    private static func kind(_ message: JSONMessage) throws(BaselineError) -> ColumnProfile.Kind {
        guard let node = message.node("type") else { return .integer }
        if let text = node.string, let kind = ColumnProfile.Kind(rawValue: text) { return kind }
        let numbered: [ColumnProfile.Kind] = [.integer, .float, .text, .bytes, .structure]
        if let number = node.integer.flatMap({ Int(exactly: $0) }), numbered.indices.contains(number) {
            return numbered[number]
        }
        throw message.error("'type' is none of INT, FLOAT, STRING, BYTES and STRUCT", at: "type")
    }

    /// Reads the counts of rows, and returns whether no row has several values: of others the distribution is not read.
    private static func common(_ message: JSONMessage, _ column: inout ColumnProfile) throws(BaselineError) -> Bool {
        guard let common = try message.message("commonStats", keys: commonKeys) else {
            throw message.error("it has no 'commonStats'")
        }
        column.present = try common.count("numNonMissing") ?? 0
        column.missing = try common.count("numMissing") ?? 0
        // A row with several values counts as one row, and each of its values is in the histogram.
        let total = try common.count("totNumValues") ?? column.present
        let most = try common.count("maxNumValues") ?? 1
        guard most > 1 || total == column.present else {
            throw common.error(
                "the counts do not add up: \(column.present) rows have \(total) values, \(most) at most each")
        }
        return most <= 1
    }

    private static func numbers(_ message: JSONMessage, _ column: inout ColumnProfile) throws(BaselineError) {
        guard column.present > 0 else { return }
        var numbers = NumberSummary(
            mean: try message.number("mean") ?? 0, standardDeviation: try message.amount("stdDev") ?? 0,
            minimum: try message.number("min") ?? 0, maximum: try message.number("max") ?? 0,
            median: try message.number("median") ?? 0)
        numbers.zeros = try message.count("numZeros") ?? 0
        for histogram in try message.messages("histograms", name: message.name, keys: histogramKeys) {
            guard try histogram.count("numUndefined") ?? 0 == 0 else {
                throw histogram.error("undefined values are not read")
            }
            let type = histogram.node("type")
            let isQuantiles = type?.string == "QUANTILES" || type?.integer == 1
            guard isQuantiles || type == nil || type?.string == "STANDARD" || type?.integer == 0 else {
                throw histogram.error("the type of a histogram is neither STANDARD nor QUANTILES", at: "type")
            }
            guard try !histogram.list("buckets").isEmpty else { continue }
            let buckets = try HistogramReader.read(
                histogram, low: "lowValue", high: "highValue", count: "sampleCount",
                title: isQuantiles ? "QUANTILES" : "STANDARD")
            let known = Double(column.present) - Double(try histogram.count("numNan") ?? 0)
            try HistogramReader.checkSum(buckets.total, known, histogram)
            if isQuantiles {
                if numbers.quantiles == nil { numbers.quantiles = buckets }
            } else {
                try HistogramReader.checkWidths(buckets, histogram)
                guard numbers.histogram == nil else { throw histogram.error("it has two STANDARD histograms") }
                numbers.histogram = buckets
            }
        }
        try HistogramReader.checkSummary(numbers, present: column.present, message)
        column.numbers = numbers
    }

    private static func categories(
        _ message: JSONMessage, present: Int
    ) throws(BaselineError) -> CategorySummary? {
        let unique = try message.count("unique")
        var top: [CategorySummary.Category] = []
        for value in try message.messages("topValues", name: message.name, keys: ["value", "frequency"]) {
            top.append(.init(value: try value.string("value"), count: try value.amount("frequency") ?? 0))
        }
        try CategoryReader.check(top, present: present, what: "topValues", message)
        guard let ranks = try message.message("rankHistogram", keys: ["buckets", "name"]) else {
            guard !top.isEmpty || present == 0 else { return nil }
            return try CategoryReader.summary(top, unique: unique, present: present, message)
        }
        let ranked = try CategoryReader.ranked(
            try ranks.messages("buckets", name: message.name, keys: rankKeys), present: present, message)
        // Both lists are of the same values, the most frequent first.
        let counts = Dictionary(ranked.map { ($0.value, $0.count) }, uniquingKeysWith: { first, _ in first })
        for category in top where !ranked.isEmpty {
            guard counts[category.value] == category.count else {
                throw message.error(
                    "'topValues' and 'rankHistogram' differ in '\(category.value.prefix(60))'", at: "topValues")
            }
        }
        return try CategoryReader.summary(
            ranked.isEmpty ? top : ranked, unique: unique, present: present, message)
    }

    /// The counts of a number's values that a profile adds.
    private static func values(
        _ message: JSONMessage, _ title: String, _ column: inout ColumnProfile
    ) throws(BaselineError) {
        for custom in try message.messages("customStats", name: title, keys: customKeys)
        where try custom.string("name") == valueCounts {
            guard let ranks = try custom.message("rankHistogram", keys: ["buckets", "name"]) else { continue }
            let ranked = try CategoryReader.ranked(
                try ranks.messages("buckets", name: title, keys: rankKeys), present: column.present, custom)
            let summary = try CategoryReader.summary(
                ranked, unique: ranked.count, present: column.present, custom)
            guard summary.others == 0, ranked.allSatisfy({ Double($0.value)?.isFinite == true }) else {
                throw custom.error("the counts of its values do not add up")
            }
            if column.kind.isNumber { column.categories = summary }
        }
    }
}
