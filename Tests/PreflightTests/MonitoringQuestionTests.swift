import DataProfiles
import EnvironmentInventory
import SourceDocuments
import Testing

@testable import DeploymentFiles
@testable import Preflight

/// The monitoring question: a baseline of the outputs, and an alert that names one (contracts/preflight.md).
@Suite("The monitoring question")
struct MonitoringQuestionTests {
    private typealias Scenes = PreflightScenes

    private static func column(_ name: String, rows: Int = 300, hasHistogram: Bool = true) -> ColumnProfile {
        var column = ColumnProfile(name: name, kind: .float)
        column.present = rows
        column.numbers = NumberSummary(mean: 0.5, standardDeviation: 0.1, minimum: 0, maximum: 1, median: 0.5)
        if hasHistogram {
            column.numbers?.histogram = NumberHistogram(edges: [0, 1], counts: [Double(rows)])
        }
        return column
    }

    private static func baseline(
        _ file: String, of dataSet: String = "", columns: [ColumnProfile] = [column("prediction")]
    ) -> PreflightScene.ReadBaseline {
        var baseline = Baseline(file: "as it was read", format: .statisticsList)
        baseline.dataSet = dataSet
        baseline.columns = columns
        return .init(file: file, document: .baseline(baseline))
    }

    private static func alert(_ name: String, _ expression: String) -> AlertRule {
        var alert = AlertRule(
            name: name, group: "churn", expression: expression, file: "rules.yaml", range: Scenes.line(4))
        alert.labels = [.init(key: "severity", value: "page", range: Scenes.line(6))]
        alert.annotations = [
            .init(key: "runbook_url", value: "https://runbooks.example/churn", range: Scenes.line(8))
        ]
        return alert
    }

    /// A scene with one output, a bound baseline and an alert.
    private static func answered() throws -> PreflightScene {
        var scene = try Scenes.scene()
        scene.declaration = try Scenes.declaration("[monitoring]\noutputs = [\"prediction\"]\n")
        scene.situation.outputs = ["prediction"]
        scene.situation.deployment.alerts = [alert("Shift", "avg(churn_prediction) > 1")]
        scene.baselines = [baseline("b/baseline.json", of: Scenes.hash("2"))]
        return scene
    }

    @Test("a bound baseline of every output and an alert that names one answer it")
    func answered() throws {
        let answer = try Scenes.answer(.monitoring, Self.answered())
        #expect(answer.answer == .answered && answer.findings.isEmpty)
        #expect(answer.summary == "baseline.json covers prediction; Shift names it")
        #expect(
            Scenes.lines(answer.evidence) == [
                "output claimed -: prediction",
                "baseline hashed b/baseline.json: DatasetFeatureStatisticsList, bound to the model",
                "alert claimed rules.yaml:4: Shift",
            ])
    }

    @Test("the tree digest binds as the payload digest does; another one is another model, none is unbound")
    func bound() throws {
        func findings(_ dataSet: String) throws -> [String] {
            var scene = try Self.answered()
            scene.baselines = [Self.baseline("b.json", of: dataSet)]
            return Scenes.lines(try Scenes.answer(.monitoring, scene).findings)
        }
        #expect(try findings("rows.csv of \(Scenes.hash("1"))") == [])
        #expect(
            try findings(Scenes.hash("9")) == [
                "baseline-of-another-model error b.json: it is bound to \(Scenes.hash("9")); the payloadDigest of this model is \(Scenes.hash("2"))"
            ])
        // A digest that is cut binds to nothing, and is not a missing one.
        #expect(
            try findings("sha256:12") == [
                "baseline-of-another-model error b.json: it is bound to sha256:12; the payloadDigest of this model is \(Scenes.hash("2"))"
            ])
        #expect(
            try findings("rows.csv") == [
                "unbound-baseline warning b.json: its data set names no model; the payloadDigest of this one is \(Scenes.hash("2"))"
            ])
    }

    @Test("what a baseline lacks is named")
    func incomplete() throws {
        func problems(_ columns: [ColumnProfile]) throws -> [String] {
            var scene = try Self.answered()
            scene.baselines = [Self.baseline("b.json", of: Scenes.hash("2"), columns: columns)]
            let answer = try Scenes.answer(.monitoring, scene)
            #expect(answer.answer == .notAnswered)
            #expect(answer.findings.allSatisfy { $0.rule == "incomplete-baseline" && $0.severity == .warning })
            return answer.findings.map(\.message)
        }
        #expect(try problems([]) == ["it has no column"])
        #expect(try problems([Self.column("other")]) == ["it has no column prediction"])
        #expect(
            try problems([Self.column("prediction", hasHistogram: false)])
                == ["the column prediction has no histogram"])
        #expect(
            try problems([Self.column("prediction", rows: 199)])
                == ["the column prediction was made of 199 rows, fewer than 200"])
        #expect(
            try problems([Self.column("prediction", rows: 1)])
                == ["the column prediction was made of 1 row, fewer than 200"])
    }

    @Test("200 rows are enough, missing ones among them, and a sum beyond 64 bits is not a trap")
    func rows() throws {
        var scene = try Self.answered()
        var column = Self.column("prediction", rows: 150)
        column.missing = 50
        scene.baselines = [Self.baseline("b.json", of: Scenes.hash("2"), columns: [column])]
        #expect(try Scenes.answer(.monitoring, scene).answer == .answered)
        column.missing = .max
        scene.baselines = [Self.baseline("b.json", of: Scenes.hash("2"), columns: [column])]
        #expect(try Scenes.answer(.monitoring, scene).answer == .answered)
    }

    @Test("of several baselines the bound one counts, then the complete one, then the first")
    func best() throws {
        func file(_ baselines: [PreflightScene.ReadBaseline]) throws -> String? {
            var scene = try Self.answered()
            scene.baselines = baselines
            return try Scenes.answer(.monitoring, scene).evidence.first { $0.kind == "baseline" }?.file
        }
        let complete = Self.baseline("complete.json")
        let incomplete = Self.baseline("incomplete.json", columns: [Self.column("other")])
        let bound = Self.baseline("bound.json", of: Scenes.hash("2"), columns: [])
        #expect(try file([incomplete, complete]) == "complete.json")
        #expect(try file([complete, Self.baseline("second.json")]) == "complete.json")
        #expect(try file([complete, incomplete, bound]) == "bound.json")
    }

    @Test("no baseline, one of a tool that is not read, and a declared one that is none")
    func absent() throws {
        var scene = try Self.answered()
        scene.baselines = []
        let none = try Scenes.answer(.monitoring, scene)
        #expect(
            Scenes.lines(none.findings) == ["no-output-baseline error preflight.toml: no baseline of prediction"])
        #expect(none.remedy == "pinproof profile predictions.csv --of MODEL -o baseline.json")
        scene.declaration = nil
        scene.situation.outputs = []
        #expect(
            Scenes.lines(try Scenes.answer(.monitoring, scene).findings)
                == ["no-output-baseline error churn: no baseline of the answers"])
        scene.baselines = [.init(file: "p.bin", document: .unread(tool: "whylogs"))]
        #expect(
            Scenes.lines(try Scenes.answer(.monitoring, scene).findings) == [
                "no-output-baseline error churn: no baseline of the answers",
                "unread-baseline note p.bin: it is a profile of whylogs, which is not read",
            ])
        scene.references = ReferenceRoots([.archive(name: "m", documents: [:], paths: ["b.json"])])
        scene.declaration = try Scenes.declaration("[monitoring]\nbaseline = \"b.json\"\n")
        scene.baselines = [.init(file: "m!b.json", document: .other), Self.baseline("other.json")]
        let other = try Scenes.answer(.monitoring, scene)
        #expect(other.isUndecided && other.summary == "m!b.json: it is not a baseline of a format that is known")
        scene.declaration = try Scenes.declaration("[monitoring]\nbaseline = \"none.json\"\n")
        #expect(
            Scenes.lines(try Scenes.answer(.monitoring, scene).findings) == [
                "dead-reference error preflight.toml:3: none.json is neither in the model nor in the deployment"
            ])
    }

    @Test("what could not be read of a baseline or of the deployment leaves the question open")
    func gaps() throws {
        var scene = try Self.answered()
        scene.baselines = []
        scene.baselineGaps = [Gap("b.json", reason: "it is cut")]
        let answer = try Scenes.answer(.monitoring, scene)
        #expect(answer.isUndecided && answer.answer == .notAnswered && answer.findings.isEmpty)
        #expect(answer.summary == "b.json: it is cut" && answer.remedy == nil)
        #expect(PreflightJudge.judge(scene).gaps == scene.baselineGaps)
    }

    @Test("an alert that nothing ties to the model answers nothing; none at all is a finding")
    func alerts() throws {
        var scene = try Self.answered()
        scene.situation.deployment.alerts = [Self.alert("Latency", "rate(latency[1h]) > 1")]
        #expect(
            Scenes.lines(try Scenes.answer(.monitoring, scene).findings)
                == ["no-output-alert error rules.yaml: no alert names prediction"])
        scene.situation.deployment.alerts = []
        #expect(
            Scenes.lines(try Scenes.answer(.monitoring, scene).findings)
                == ["no-output-alert error churn: no alert names prediction"])
        scene.declaration = nil
        scene.situation.outputs = []
        scene.situation.deployment.alerts = [Self.alert("Latency", "rate(latency[1h]) > 1")]
        let untied = try Scenes.answer(.monitoring, scene)
        #expect(untied.answer == .notAnswered && untied.findings.isEmpty)
        #expect(
            untied.summary
                == "no alert is tied to the model: name its outputs, or [monitoring] alerts in preflight.toml")
        scene.situation.declaredAlerts = [
            .init("rules.yaml#Latency", file: "rules.yaml", source: "preflight.toml", range: nil)
        ]
        #expect(
            try Scenes.answer(.monitoring, scene).summary == "baseline.json covers the answers; Latency names it")
    }
}
