import SourceDocuments
import Testing

@testable import PinproofCommand

/// A small deployment of the demo's model: what answers the five questions, in files that a test may change.
final class PreflightFixture {
    /// The tree digest of the demo's model.
    let tree: String
    let directory: Directory
    /// Further words of the command line.
    var words: [String] = []
    /// Whether the previous model is named.
    var hasPrevious = true

    static let pinned = "registry.example/churn@sha256:" + String(repeating: "a", count: 64)

    /// What the program says of the demo's model, made once for all tests.
    private struct Origin: Sendable {
        let tree: String
        let predictions: String
        let baseline: String
    }

    private static let origin = Task {
        let directory = try Directory()
        let inspected = try await pinproof("inspect", Demo.model, "--format", "json").document()
        // 200 answers and more, of two classes.
        let rows = (0..<300).map { $0.isMultiple(of: 3) ? "1" : "0" }.joined(separator: "\n")
        let predictions = "prediction\n\(rows)\n"
        try directory.write(predictions, to: "predictions.csv")
        let profile = await pinproof("profile", directory("predictions.csv"), "--of", Demo.model)
        #expect(profile.status == 0, "\(profile.diagnostics)")
        return Origin(
            tree: try #require(inspected.string("subject", "identity")), predictions: predictions,
            baseline: profile.output)
    }

    init() async throws {
        directory = try Directory()
        let origin = try await Self.origin.value
        tree = origin.tree
        for (name, text) in files { try directory.write(text, to: name) }
        try directory.write(origin.predictions, to: "predictions.csv")
        try directory.write(origin.baseline, to: "baseline.json")
    }

    private var files: [String: String] {
        [
            "preflight.toml": """
            schema = "pinproof/preflight-declaration/1"

            [input]
            contract = "schema.json"

            [rollback]
            model = "\(tree)"
            switch = "k8s/deploy.yaml"
            runbook = "docs/rollback.md"

            [monitoring]
            baseline = "baseline.json"
            outputs = ["prediction"]
            alerts = ["rules/churn.yaml#ChurnPredictionShift"]

            [ownership]
            owner = "group:risk-ml"
            on-call = "pagerduty:P7ABCDE"
            runbook = "docs/churn.md"

            """,
            "schema.json": """
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
             "properties": {"tenure": {"type": "integer", "minimum": 0, "maximum": 100}, "plan": {"enum": ["basic", "plus"]}},
             "required": ["tenure", "plan"], "additionalProperties": false}

            """,
            "k8s/deploy.yaml": """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: churn
            spec:
              replicas: 2
              revisionHistoryLimit: 5
              template:
                spec:
                  containers:
                    - name: server
                      image: \(Self.pinned)

            """,
            "rules/churn.yaml": """
            groups:
              - name: churn
                rules:
                  - alert: ChurnPredictionShift
                    expr: abs(avg_over_time(churn_prediction_positive_ratio[1h]) - 0.33) > 0.15
                    labels:
                      severity: page
                    annotations:
                      runbook_url: https://runbooks.example/churn

            """,
            "CODEOWNERS": "* @example/risk-ml\n",
            "docs/churn.md": "# What to do\n",
            "docs/rollback.md": "# How to go back\n",
        ]
    }

    /// Replaces a text of a file, which has to be there.
    func replace(_ old: String, _ new: String, in file: String) throws {
        let text = try directory.read(file)
        let range = try #require(text.firstRange(of: old), "\(file) has no \(old)")
        try directory.write(text[..<range.lowerBound] + new + text[range.upperBound...], to: file)
    }

    /// Runs preflight on it.
    func run(_ format: String = "json") async -> ProgramRun {
        var arguments = ["preflight", Demo.model, Demo.image, "--wheels", Demo.wheels]
        arguments += ["--declaration", directory("preflight.toml"), "--format", format]
        for name in ["k8s", "rules", "CODEOWNERS"] { arguments += ["--deploy", directory(name)] }
        if hasPrevious { arguments += ["--previous", Demo.model] }
        return await Program.run(arguments + words)
    }

    /// The answers by question, and the rules of the findings.
    static func outcome(_ run: ProgramRun) throws -> (verdict: String, answers: [String: String], rules: Set<String>) {
        let document = try run.document()
        var answers: [String: String] = [:]
        for question in document["questions"]?.array ?? [] {
            answers[question.string("question") ?? ""] = question.string("answer")
        }
        let rules = (document["findings"]?.array ?? []).compactMap { $0.string("rule") }
        return (document.string("verdict") ?? "", answers, Set(rules))
    }
}
