import EnvironmentInventory
import SourceDocuments
import Testing

@testable import DeploymentFiles

/// Every rule does what its documentation shows.
struct DeploymentRuleTests {
    private struct Case: CustomTestStringConvertible {
        let type: any DeploymentRule.Type
        let example: Rule.Example
        var testDescription: String { "\(type.rule.name) \(example.file)" }
    }

    private static let badCases = DeploymentRules.all.flatMap { type in
        type.rule.bad.map { Case(type: type, example: $0) }
    }
    private static let goodCases = DeploymentRules.all.flatMap { type in
        type.rule.good.map { Case(type: type, example: $0) }
    }

    private func findings(_ one: Case) -> [Finding] {
        var files = one.example.context
        files[one.example.file] = one.example.plainText
        return one.type.findings(in: situation(files))
    }

    @Test("a bad example fires at its mark", arguments: badCases.indices)
    func bad(index: Int) throws {
        let one = Self.badCases[index]
        let findings = findings(one)
        let finding = try #require(findings.first, "\(one.testDescription)")
        #expect(findings.count == 1)
        #expect(finding.rule == one.type.rule.name)
        #expect(finding.severity == one.type.severity)
        let before = try #require(one.example.text.firstIndex(of: "«"))
        let lines = one.example.text[..<before].split(separator: "\n", omittingEmptySubsequences: false)
        guard let range = finding.range else {
            #expect(before == one.example.text.startIndex, "a finding without a position: \(one.testDescription)")
            return
        }
        #expect(finding.file == one.example.file)
        #expect(range.start.line == lines.count, "\(one.testDescription)")
    }

    @Test("a good example is silent", arguments: goodCases.indices)
    func good(index: Int) {
        #expect(findings(Self.goodCases[index]) == [], "\(Self.goodCases[index].testDescription)")
    }

    @Test("an example has no gap", arguments: goodCases.indices)
    func readable(index: Int) {
        var files = Self.goodCases[index].example.context
        files[Self.goodCases[index].example.file] = Self.goodCases[index].example.plainText
        #expect(situation(files).gaps == [])
    }

    @Test func everyRuleIsDocumented() {
        let rules = DeploymentRules.all.map { $0.rule }
        #expect(Set(rules.map(\.name)).count == rules.count)
        for rule in rules {
            #expect(!rule.bad.isEmpty && !rule.good.isEmpty, "\(rule.name)")
            #expect([rule.summary, rule.why, rule.help].allSatisfy { $0.hasSuffix(".") }, "\(rule.name)")
        }
    }

    @Test func aCleanDeploymentHasNoFinding() {
        let files = [
            "k8s/deploy.yaml":
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: churn}\nspec:\n  replicas: 2\n  template:\n    spec:\n      containers:\n      - {name: s, image: \"\(pinned)\"}\n",
            "rules/churn.yaml":
                "groups:\n- name: churn\n  rules:\n  - alert: ChurnPredictionShift\n    expr: abs(avg_over_time(churn_prediction_positive_ratio[1h]) - 0.30) > 0.15\n    labels: {severity: page, team: risk-ml}\n    annotations: {runbook_url: \"https://runbooks.example/churn\"}\n",
            "CODEOWNERS": "* @org/risk-ml\n",
            "catalog-info.yaml":
                "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: churn, annotations: {pagerduty.com/service-id: PXXXXXX}}\nspec: {owner: group:risk-ml}\n",
            "preflight.toml":
                "[rollback]\nswitch = \"k8s/deploy.yaml\"\n[monitoring]\nalerts = [\"rules/churn.yaml#ChurnPredictionShift\"]\n",
        ]
        let situation = situation(files)
        #expect(situation.gaps == [])
        for question in PreflightResult.Question.allCases {
            #expect(DeploymentRules.findings(of: question, in: situation) == [])
        }
        #expect(situation.switchWorkloads.map(\.title) == ["Deployment churn"])
        #expect(
            situation.deployment.files.map(\.format).sorted() == [
                "backstage", "codeowners", "kubernetes", "prometheus",
            ])
    }

    @Test func namesOfOutputsAreWholeWords() {
        #expect(WholeWord.occurs("prediction", in: "avg(churn_prediction_positive_ratio[1h])"))
        #expect(!WholeWord.occurs("prediction", in: "avg(predictions[1h])"))
        #expect(!WholeWord.occurs("p", in: "avg(prediction[1h])"))
        #expect(WholeWord.occurs("p", in: "p > 1") && !WholeWord.occurs("", in: "p") && !WholeWord.occurs("p", in: ""))
    }

    @Test(arguments: [
        "TODO", "tbd", "changeme", "", "  ", "@org/example", "group:TODO", "TODO: ask Ann", "<team>", "pagerduty:TBD",
    ])
    func placeholders(text: String) { #expect(PlaceholderText.matches(text)) }

    @Test(arguments: [
        "group:risk-ml", "pagerduty:PXXXXXX", "@org/team", "https://runbooks.example/churn", "ann@post.example",
    ])
    func names(text: String) { #expect(!PlaceholderText.matches(text)) }

    @Test func nothingIsMissingInWhatWasNotRead() {
        let broken = situation([
            "rules/churn.yaml": "groups:\n- name: churn\n  rules: [{alert: Shift, expr: 'prediction",
            "preflight.toml": "[monitoring]\nalerts = [\"rules/churn.yaml#Shift\"]\n",
        ])
        #expect(broken.gaps.count == 1)
        #expect(DeploymentRules.findings(of: .monitoring, in: broken) == [])
    }

    @Test func aDeclaredAliasThatIsNotThereIsFound() {
        for name in ["mlflow:churn@shadow", "mlflow:other@champion"] {
            let situation = situation([
                "mlruns/models/churn/meta.yaml": "name: churn\n", "mlruns/models/churn/aliases/champion": "1",
                "mlruns/models/churn/version-1/meta.yaml": "version: 1\n",
                "preflight.toml": "[rollback]\nswitch = \"\(name)\"\n",
            ])
            let findings = AliasWithoutVersion.findings(in: situation)
            #expect(findings.map(\.file) == ["preflight.toml"])
        }
    }

    @Test func filesDecideOverIdentifiers() {
        var situation = situation([
            "mlruns/models/churn/meta.yaml": "name: churn\n", "mlruns/models/churn/aliases/champion": "1",
            "mlruns/models/churn/version-1/meta.yaml": "version: 1\nmodel_id: m-1\n",
            "preflight.toml": "[rollback]\nswitch = \"mlflow:churn@champion\"\n",
        ])
        #expect(AliasOfAnotherModel.findings(in: situation) == [])
        situation.aliasHoldsModel = false
        #expect(AliasOfAnotherModel.findings(in: situation).count == 1)
        situation.aliasHoldsModel = true
        situation.modelID = "m-9"
        #expect(AliasOfAnotherModel.findings(in: situation) == [])
    }
}
