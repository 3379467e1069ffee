import EnvironmentInventory
import InputContracts
import SourceDocuments
import TestSupport
import Testing

@testable import ModelArchives

/// Models and what scikit-learn itself has done with bad values in them: `Fixtures/pipelines`, written by
/// `InputContractsTests/Oracle/record_outcomes.py`, one folder for each version that trained and answered.
private enum Recorded {
    /// One line of `outcomes.tsv`.
    struct Line {
        let model: String
        let version: String
        /// The column as `name` or `position` and the probe with its value.
        let key: String
        let probe: String
        let outcomes: Set<String>
    }

    static let lines: [Line] = {
        let bytes = contents(ofFile: fixtures + "pipelines/outcomes.tsv") ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let words = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard words.count == 6 else { return nil }
            return Line(
                model: words[0], version: words[1], key: words[2...4].joined(separator: " "), probe: words[3],
                outcomes: Set(words[5].split(separator: ",").map(String.init)))
        }
    }()

    /// The lines of each model, by version and name.
    static let byModel = Dictionary(grouping: lines) { "\($0.version)/\($0.model)" }
    static let models = byModel.keys.sorted()

    /// The key of a predicted probe, as the table writes it.
    static func key(_ probe: ContractProbe) -> String {
        let column =
            switch probe.column {
            case .name(let name): name
            case .position(let position): String(position)
            case .row: ""
            }
        let value =
            switch probe.value {
            case .null: "null"
            case .boolean(let value): value ? "true" : "false"
            case .integer(let value): String(value)
            case .number(let value):
                value.isInfinite ? (value < 0 ? "\"-inf\"" : "\"inf\"") : value == 1e39 ? "1e+39" : String(value)
            case .text(let text): "\"\(text)\""
            }
        return "\(column) \(probe.kind.rawValue) \(value)"
    }

    /// Whether what was done is what was predicted.
    ///
    /// An answer that happens to be the same as without the change was given to what training never saw all the same.
    static func agrees(_ outcome: ValueOutcome, with line: Line) -> Bool {
        switch outcome {
        case .error: line.outcomes == ["error"]
        case .accepted: line.outcomes == [line.probe == "null" ? "answered" : "same"]
        case .silent: !line.outcomes.contains("error")
        case .rejected: false
        case .unknown: true
        }
    }
}

@Suite("Outcomes that scikit-learn itself has shown")
struct PipelineOutcomeTests {
    private static func probes(_ model: String) throws -> [ContractProbe] {
        let model = try ModelReader.read(path: fixtures + "pipelines/\(model).joblib")
        #expect(model.contractReading.gaps.isEmpty)
        return ModelProbes.all(model.contracts, training: model.environment, serving: nil)
    }

    @Test("no prediction is wrong", arguments: Recorded.models)
    func none(_ name: String) throws {
        var predicted: [String: ContractProbe] = [:]
        for probe in try Self.probes(name) { predicted[Recorded.key(probe)] = probe }
        let lines = try #require(Recorded.byModel[name])
        for line in lines {
            guard let probe = predicted[line.key] else { continue }
            #expect(
                Recorded.agrees(probe.outcome, with: line),
                "\(line.key): \(probe.outcome.rawValue), and it was \(line.outcomes.sorted()): \(probe.why)")
        }
    }

    @Test("at most 15 of 100 outcomes are unknown, and 30 of any one kind")
    func unknown() throws {
        var all: [String: Int] = [:]
        var unknown: [String: Int] = [:]
        for name in Recorded.models {
            var predicted: [String: ValueOutcome] = [:]
            for probe in try Self.probes(name) { predicted[Recorded.key(probe)] = probe.outcome }
            for line in Recorded.byModel[name] ?? [] {
                all[line.probe, default: 0] += 1
                if predicted[line.key] ?? .unknown == .unknown { unknown[line.probe, default: 0] += 1 }
            }
        }
        let count = all.values.reduce(0, +)
        #expect(count > 1500)
        #expect(unknown.values.reduce(0, +) * 100 <= count * 15, "\(unknown) of \(all)")
        for (kind, number) in unknown { #expect(number * 100 <= (all[kind] ?? 0) * 30, "\(kind): \(number)") }
    }
}
