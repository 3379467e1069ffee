import FoundationEssentials
import Testing

@testable import PinproofCommand

/// A deployment is ready, or one thing of it is wrong and exactly that is said.
struct PreflightGateTests {
    @Test("the clean deployment is ready: status 0, five answers, no error and no warning")
    func clean() async throws {
        let fixture = try await PreflightFixture()
        let run = await fixture.run()
        #expect(run.status == 0, "\(run.output.prefix(3000)) \(run.diagnostics)")
        let (verdict, answers, rules) = try PreflightFixture.outcome(run)
        #expect(verdict == "ready")
        #expect(Set(answers.values) == ["answered"] && answers.count == 5)
        #expect(rules.isEmpty, "\(rules)")
        let text = await fixture.run("text")
        #expect(text.status == 0 && text.output.contains("  ready\n"), "\(text.output)")
        for format in ["markdown", "html", "sarif", "github", "junit"] {
            #expect(await fixture.run(format).status == 0, "\(format)")
        }
    }

    /// One thing that is wrong, the rule that says it, and the question that it makes wrong or leaves open.
    struct Case: Sendable, CustomTestStringConvertible {
        let rule: String
        let question: String
        let change: @Sendable (PreflightFixture) throws -> Void
        var testDescription: String { rule }
    }

    static let cases: [Case] = [
        Case(rule: "no-input-contract", question: "input") {
            try $0.replace("[input]\ncontract = \"schema.json\"\n", "", in: "preflight.toml")
        },
        Case(rule: "invalid-request", question: "input") {
            try $0.directory.write("{\"tenure\": 3, \"plan\": \"gold\"}\n", to: "requests.jsonl")
            $0.words = ["--requests", $0.directory("requests.jsonl")]
        },
        Case(rule: "no-previous-model", question: "rollback") { $0.hasPrevious = false },
        Case(rule: "previous-not-servable", question: "rollback") {
            $0.words = ["--previous-image", Demo.changedImage]
        },
        Case(rule: "previous-not-servable", question: "rollback") {
            try $0.replace($0.tree, "sha256:" + String(repeating: "0", count: 64), in: "preflight.toml")
        },
        Case(rule: "no-revision-history", question: "rollback") {
            try $0.replace("revisionHistoryLimit: 5", "revisionHistoryLimit: 0", in: "k8s/deploy.yaml")
        },
        Case(rule: "floating-rollback-image", question: "rollback") {
            try $0.replace(PreflightFixture.pinned, "registry.example/churn:6", in: "k8s/deploy.yaml")
        },
        Case(rule: "floating-rollback-image", question: "rollback") {
            try $0.replace("[rollback]\n", "[rollback]\nimage = \"registry.example/churn:6\"\n", in: "preflight.toml")
        },
        Case(rule: "dead-reference", question: "rollback") {
            try $0.replace("k8s/deploy.yaml", "k8s/gone.yaml", in: "preflight.toml")
        },
        Case(rule: "dead-reference", question: "rollback") {
            try $0.replace("docs/rollback.md", "docs/gone.md", in: "preflight.toml")
        },
        Case(rule: "dead-reference", question: "ownership") {
            try $0.replace("docs/churn.md", "../churn.md", in: "preflight.toml")
        },
        Case(rule: "dead-reference", question: "input") {
            try $0.replace("schema.json", "/etc/passwd", in: "preflight.toml")
            // The model itself says nothing about its columns.
            $0.words = []
        },
        Case(rule: "no-output-baseline", question: "monitoring") {
            try $0.replace("baseline = \"baseline.json\"\n", "", in: "preflight.toml")
        },
        Case(rule: "baseline-of-another-model", question: "monitoring") {
            try $0.replace($0.tree, "sha256:" + String(repeating: "0", count: 64), in: "baseline.json")
        },
        Case(rule: "unbound-baseline", question: "monitoring") {
            try $0.replace($0.tree, "churn", in: "baseline.json")
        },
        Case(rule: "incomplete-baseline", question: "monitoring") {
            try $0.replace(
                "outputs = [\"prediction\"]", "outputs = [\"prediction\", \"probability\"]", in: "preflight.toml")
        },
        Case(rule: "dead-reference", question: "monitoring") {
            try $0.replace("#ChurnPredictionShift", "#Gone", in: "preflight.toml")
        },
        Case(rule: "no-output-alert", question: "monitoring") {
            try $0.replace("alerts = [\"rules/churn.yaml#ChurnPredictionShift\"]\n", "", in: "preflight.toml")
            try $0.replace("churn_prediction_positive_ratio", "http_errors", in: "rules/churn.yaml")
            try $0.replace("ChurnPredictionShift", "Errors", in: "rules/churn.yaml")
        },
        Case(rule: "alert-without-runbook", question: "monitoring") {
            try $0.replace("runbook_url", "summary", in: "rules/churn.yaml")
        },
        Case(rule: "alert-without-severity", question: "monitoring") {
            try $0.replace("severity: page", "tier: page", in: "rules/churn.yaml")
        },
        Case(rule: "no-owner", question: "ownership") {
            try $0.replace("owner = \"group:risk-ml\"\n", "", in: "preflight.toml")
            try $0.directory.write("docs/ @example/writers\n", to: "CODEOWNERS")
        },
        Case(rule: "no-on-call", question: "ownership") {
            try $0.replace("on-call = \"pagerduty:P7ABCDE\"\n", "", in: "preflight.toml")
        },
        Case(rule: "placeholder-owner", question: "ownership") {
            try $0.replace("pagerduty:P7ABCDE", "TODO", in: "preflight.toml")
        },
        Case(rule: "no-runbook", question: "ownership") {
            try $0.replace(
                "[ownership]\nowner = \"group:risk-ml\"\non-call = \"pagerduty:P7ABCDE\"\nrunbook = \"docs/churn.md\"\n",
                "[ownership]\nowner = \"group:risk-ml\"\non-call = \"pagerduty:P7ABCDE\"\n", in: "preflight.toml")
            try $0.replace("runbook_url: https://runbooks.example/churn", "summary: shifted", in: "rules/churn.yaml")
        },
        Case(rule: "contradicting-owners", question: "ownership") {
            try $0.directory.write("* @example/ads\n", to: "CODEOWNERS")
        },
        Case(rule: "expired-waiver", question: "input") {
            try $0.replace(
                "[input]", "[waive]\nuntested-range = \"2020-01-31 until the new data are there\"\n\n[input]",
                in: "preflight.toml")
        },
    ]

    @Test("one thing is wrong: that rule, that question, status 1", arguments: cases.indices)
    func one(_ index: Int) async throws {
        let item = Self.cases[index]
        let fixture = try await PreflightFixture()
        try item.change(fixture)
        let run = await fixture.run()
        #expect(run.status == 1, "\(item.rule): \(run.output.prefix(200)) \(run.diagnostics)")
        let (verdict, answers, rules) = try PreflightFixture.outcome(run)
        #expect(verdict == "not-ready", "\(item.rule)")
        // A schema or a runbook that is nowhere is missed as well.
        let also: Set<String> = ["no-input-contract", "alert-without-runbook"]
        #expect(rules.contains(item.rule) && rules.subtracting(also).subtracting([item.rule]).isEmpty, "\(rules)")
        for (question, answer) in answers {
            let isOwn = question == item.question || item.rule == "no-runbook" && question == "monitoring"
            #expect((answer != "answered") == isOwn, "\(item.rule): \(question) is \(answer)")
        }
    }

    @Test(
        "what switches no traffic is not a switch: rollback stays open without a rule, status 1",
        arguments: ["Service", "StatefulSet", "Job", "ReplicaSet", "Pod"].map { ($0, true) } + [("DaemonSet", false)])
    func noSwitch(_ kind: String, isDeclared: Bool) async throws {
        let fixture = try await PreflightFixture()
        if !isDeclared { try fixture.replace("switch = \"k8s/deploy.yaml\"\n", "", in: "preflight.toml") }
        let version = ["Service": "v1", "Pod": "v1", "Job": "batch/v1", "CronJob": "batch/v1"][kind] ?? "apps/v1"
        // A Job keeps no revision, and a tag in it is none of a switch.
        try fixture.replace("kind: Deployment", "kind: \(kind)", in: "k8s/deploy.yaml")
        try fixture.replace("apps/v1", version, in: "k8s/deploy.yaml")
        try fixture.replace("revisionHistoryLimit: 5", "revisionHistoryLimit: 0", in: "k8s/deploy.yaml")
        let run = await fixture.run()
        #expect(run.status == 1, "\(run.output.prefix(300)) \(run.diagnostics)")
        let (verdict, answers, rules) = try PreflightFixture.outcome(run)
        #expect(verdict == "not-ready" && rules.isEmpty, "\(rules)")
        #expect(answers.filter { $0.value != "answered" } == ["rollback": "not-answered"])
        #expect(run.output.contains(isDeclared ? "k8s/deploy.yaml: " : "nothing says how it is switched back"))
    }

    @Test("a Deployment, a Rollout and an InferenceService are switches, also beside another workload")
    func switches() async throws {
        let container = "containers: [{name: s, image: \"\(PreflightFixture.pinned)\"}]"
        let job = """
            ---
            apiVersion: batch/v1
            kind: Job
            metadata: {name: warm}
            spec: {template: {spec: {containers: [{name: w, image: "registry.example/churn:6"}]}}}

            """
        for (number, text) in [
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: churn}\nspec: {template: {spec: {\(container)}}}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: churn}\nspec: {strategy: {canary: {}}, template: {spec: {\(container)}}}\n",
            "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: churn}\nspec: {predictor: {minReplicas: 1, \(container)}}\n",
        ].enumerated() {
            for isDeclared in number == 0 ? [true, false] : [number == 1] {
                let fixture = try await PreflightFixture()
                if !isDeclared { try fixture.replace("switch = \"k8s/deploy.yaml\"\n", "", in: "preflight.toml") }
                try fixture.directory.write(text + job, to: "k8s/deploy.yaml")
                let run = await fixture.run()
                let (_, answers, rules) = try PreflightFixture.outcome(run)
                #expect(answers["rollback"] == "answered" && rules.isEmpty, "\(text) \(answers) \(rules)")
            }
        }
    }

    @Test("a question that is not required is printed and does not decide")
    func notRequired() async throws {
        let fixture = try await PreflightFixture()
        fixture.hasPrevious = false
        fixture.words = ["--require", "input,monitoring,environment,ownership"]
        let run = await fixture.run()
        #expect(run.status == 0)
        let (verdict, answers, rules) = try PreflightFixture.outcome(run)
        #expect(verdict == "ready" && answers["rollback"] == "not-answered" && rules == ["no-previous-model"])
    }

    @Test("a waiver takes a finding away until its day")
    func waiver() async throws {
        let fixture = try await PreflightFixture()
        fixture.hasPrevious = false
        try fixture.replace(
            "[input]", "[waive]\nno-previous-model = \"2999-01-31 the first deployment\"\n\n[input]",
            in: "preflight.toml")
        let run = await fixture.run()
        #expect(run.status == 0, "\(run.output.prefix(200))")
        #expect(run.output.contains("no-previous-model until 2999-01-31: the first deployment"))
    }

    @Test("a mismatch of the environment is wrong, what is not provable is status 2")
    func environment() async throws {
        let fixture = try await PreflightFixture()
        let words = [
            "preflight", Demo.model, Demo.changedImage, "--require", "environment", "--format", "json", "--declaration",
            fixture.directory("preflight.toml"),
        ]
        let changed = await Program.run(words)
        #expect(changed.status == 1)
        #expect(try PreflightFixture.outcome(changed).answers["environment"] == "wrong")
        let open = await Program.run(
            [
                "preflight", Demo.model, Demo.image, "--require", "environment", "--format", "json", "--strict",
                "--evidence",
                "locked",
            ])
        #expect(open.status == 2)
        #expect(try PreflightFixture.outcome(open).verdict == "not-provable")
    }

    @Test(
        "what is cut or broken is never ready: status 2",
        arguments: ["preflight.toml", "schema.json", "baseline.json", "k8s/deploy.yaml", "rules/churn.yaml"])
    func cut(_ name: String) async throws {
        let fixture = try await PreflightFixture()
        let text = try fixture.directory.read(name)
        // Inside of a string, a list or a table, so that no whole document is left.
        let cuts: [String: String] = [
            "preflight.toml": "group:ris", "schema.json": "\"requ", "baseline.json": "", "k8s/deploy.yaml": "",
            "rules/churn.yaml": "",
        ]
        let mark = cuts[name] ?? ""
        var changed = text
        if mark.isEmpty {
            changed = name.hasSuffix(".json") ? String(text.prefix(text.count / 2)) : text + "  - \"not closed\n"
        } else {
            changed = String(text[..<(try #require(text.firstRange(of: mark)).upperBound)])
        }
        try fixture.directory.write(changed, to: name)
        let run = await fixture.run()
        #expect(run.status == 2, "\(name): \(run.output.prefix(300)) \(run.diagnostics)")
        #expect(!run.output.contains("\"verdict\": \"ready\""))
    }

    @Test("a model that is cut is status 2 and no answer")
    func cutModel() async throws {
        let fixture = try await PreflightFixture()
        let bytes = try Data(contentsOf: URL(filePath: Demo.model))
        let path = fixture.directory("model.tar.gz")
        try bytes.prefix(bytes.count - 40).write(to: URL(filePath: path))
        let run = await pinproof("preflight", path, Demo.image)
        #expect(run.status == 2 && run.output.isEmpty)
    }

    @Test(
        "wrong usage",
        arguments: [
            ([Demo.model, Demo.image, "--require", "input,speed"], "--require"),
            ([Demo.model, Demo.image, "--require", ""], "--require"),
            ([Demo.model, Demo.image, "--key", "k.pem"], "--key signs what --attest writes"),
            ([Demo.model, Demo.image, "--format", "cyclonedx"], "The value 'cyclonedx' is invalid"),
            ([Demo.model], "Missing expected argument '<image>'"),
        ])
    func usage(_ words: [String], _ message: String) async {
        let run = await Program.run(["preflight"] + words)
        #expect(run.status == 64 && run.output.isEmpty)
        #expect(run.diagnostics.contains(message), "\(run.diagnostics)")
    }

    @Test("a lock is not a model, and what is named has to be there: status 2")
    func inputs() async {
        for words in [
            [Demo.lock, Demo.image], [Demo.model, Demo.image, "--deploy", "/nonexistent"],
            [Demo.model, Demo.image, "--declaration", "/nonexistent"],
            [Demo.model, Demo.image, "--previous", "/nonexistent"],
            [Demo.model, Demo.image, "--requests", "/nonexistent"],
        ] {
            let run = await Program.run(["preflight"] + words)
            #expect(run.status == 2 && run.output.isEmpty && run.diagnostics.hasPrefix("pinproof: "), "\(words)")
        }
    }

    @Test("an attestation says what the verdict is, also when it is not ready")
    func attestation() async throws {
        let fixture = try await PreflightFixture()
        fixture.hasPrevious = false
        fixture.words = ["--attest", fixture.directory("a.json")]
        #expect(await fixture.run().status == 1)
        let text = try fixture.directory.read("a.json")
        #expect(text.contains("\"predicateType\": \"https://pinproof.dev/preflight/v1\""))
        #expect(text.contains("\"verdict\": \"not-ready\"") && text.contains("\"pinproofTree\""))
        #expect(!text.contains(fixture.directory.path))
    }
}
