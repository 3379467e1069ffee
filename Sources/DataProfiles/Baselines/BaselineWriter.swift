import SourceDocuments

/// Writes a baseline as `DatasetFeatureStatisticsList` in the JSON form of protocol buffers
/// (https://protobuf.dev/programming-guides/json/): integers of 64 bits are text.
package enum BaselineWriter {
    /// How many of the most frequent texts have a rank of their own.
    static let maximumRanks = 1000
    /// How many of the most frequent texts are listed first.
    static let maximumTopValues = 20

    /// Returns the document.
    package static func json(_ baseline: Baseline) -> JSONValue {
        .members([
            "datasets": .array([
                .members([
                    "name": .string(baseline.dataSet), "numExamples": count(baseline.rows ?? 0),
                    "features": .array(baseline.columns.map(feature)),
                ])
            ])
        ])
    }

    private static func count(_ count: Int) -> JSONValue { .string(String(count)) }

    private static func feature(_ column: ColumnProfile) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(column.name)), .init("type", .string(column.kind.rawValue)),
        ]
        let common = JSONValue.Member(
            "commonStats",
            .members([
                "numNonMissing": count(column.present), "numMissing": count(column.missing),
                "minNumValues": count(column.present > 0 ? 1 : 0), "maxNumValues": count(column.present > 0 ? 1 : 0),
                "avgNumValues": .number(column.present > 0 ? 1 : 0), "totNumValues": count(column.present),
            ]))
        switch column.kind {
        case .integer, .float:
            members.append(.init("numStats", .object([common] + numbers(column.numbers))))
            if let categories = column.categories {
                members.append(
                    .init(
                        "customStats",
                        .array([
                            .members([
                                "name": .string(StatisticsListReader.valueCounts), "rankHistogram": ranks(categories),
                            ])
                        ])))
            }
        case .text: members.append(.init("stringStats", .object([common] + texts(column.categories))))
        case .bytes: members.append(.init("bytesStats", .object([common])))
        case .structure: members.append(.init("structStats", .object([common])))
        }
        return .object(members)
    }

    private static func numbers(_ numbers: NumberSummary?) -> [JSONValue.Member] {
        guard let numbers else { return [] }
        let histograms = [(numbers.histogram, "STANDARD"), (numbers.quantiles, "QUANTILES")].compactMap { one, type in
            one.map { histogram($0, type) }
        }
        return [
            .init("mean", .number(numbers.mean)), .init("stdDev", .number(numbers.standardDeviation)),
            .init("numZeros", count(numbers.zeros)), .init("min", .number(numbers.minimum)),
            .init("median", .number(numbers.median)), .init("max", .number(numbers.maximum)),
            .init("histograms", .array(histograms)),
        ]
    }

    private static func histogram(_ histogram: NumberHistogram, _ type: String) -> JSONValue {
        .members([
            "buckets": .array(
                histogram.counts.indices.map { index in
                    .members([
                        "lowValue": .number(histogram.edges[index]), "highValue": .number(histogram.edges[index + 1]),
                        "sampleCount": .number(histogram.counts[index]),
                    ])
                }),
            "type": .string(type),
        ])
    }

    private static func texts(_ summary: CategorySummary?) -> [JSONValue.Member] {
        guard let summary else { return [] }
        var members: [JSONValue.Member] = []
        if let unique = summary.unique { members.append(.init("unique", count(unique))) }
        members.append(
            .init(
                "topValues",
                .array(
                    summary.categories.prefix(maximumTopValues).map {
                        .members(["value": .string($0.value), "frequency": .number($0.count)])
                    })))
        members.append(.init("rankHistogram", ranks(summary)))
        return members
    }

    /// One bucket a text, and one for the rest.
    private static func ranks(_ summary: CategorySummary) -> JSONValue {
        func bucket(low: Int, high: Int, label: String, samples: Double) -> JSONValue {
            .members([
                "lowRank": count(low), "highRank": count(high), "label": .string(label),
                "sampleCount": .number(samples),
            ])
        }
        var buckets = summary.categories.prefix(maximumRanks).enumerated().map { index, category in
            bucket(low: index, high: index, label: category.value, samples: category.count)
        }
        let rest = summary.categories.dropFirst(maximumRanks)
        let others = rest.reduce(summary.others) { $0 + $1.count }
        if others > 0 {
            // Where the number of texts is not known, there are two at least.
            let last = max(buckets.count + 1, (summary.unique ?? summary.categories.count) - 1)
            buckets.append(bucket(low: buckets.count, high: last, label: "other values", samples: others))
        }
        return .members(["buckets": .array(buckets)])
    }
}
