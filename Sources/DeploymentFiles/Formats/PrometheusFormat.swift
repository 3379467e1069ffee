import EnvironmentInventory
import SourceDocuments

/// Reads files of Prometheus rules, and PrometheusRule objects of its operator.
///
/// Specifications: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/,
/// https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule. Expressions stay text; recording
/// rules are left aside.
enum PrometheusFormat: DeploymentFormat {
    static let name = "prometheus"

    static func read(
        _ document: DocumentNode, in file: DeploymentFile, into reading: inout Reading<Deployment>
    ) -> Bool {
        read(document, file: file.name, depth: 0, into: &reading)
    }

    private static func read(
        _ document: DocumentNode, file: String, depth: Int, into reading: inout Reading<Deployment>
    ) -> Bool {
        guard let table = document.table else { return false }
        if let kind = table.string("kind") {
            if kind.hasSuffix("List"), depth < 8, let items = table["items"]?.array {
                var found = false
                for item in items where read(item, file: file, depth: depth + 1, into: &reading) { found = true }
                return found
            }
            guard kind == "PrometheusRule" else { return false }
            guard let groups = table["spec"]?.table?["groups"] else {
                reading.gaps.append(
                    Gap(kind, reason: "it has no groups", source: FileLocation(file: file, line: document.place.line)))
                return true
            }
            readGroups(groups, file: file, &reading)
            return true
        }
        guard let groups = table["groups"], table["apiVersion"] == nil else { return false }
        // Other formats have groups too; those of Prometheus hold rules.
        let isEmptyText = groups.isNull && table.members.count == 1
        guard isEmptyText || groups.array?.contains(where: { $0.table?["rules"] != nil }) ?? false else { return false }
        readGroups(groups, file: file, &reading)
        return true
    }

    private static func readGroups(_ groups: DocumentNode, file: String, _ reading: inout Reading<Deployment>) {
        var reader = ObjectReader(file)
        if groups.array == nil {
            reader.leaveOut("groups", "it is \(groups.typeName); a list was expected", at: groups.range)
        }
        for group in groups.array ?? [] {
            let name = reader.text(group, ["name"])
            if name == nil { reader.leaveOut("groups", "a group has no name", at: group.range) }
            for rule in reader.list(group, ["rules"]) {
                if let alert = alert(rule, group: name?.value ?? "", &reader) { reading.value.alerts.append(alert) }
            }
        }
        reading.gaps += reader.gaps
    }

    /// The alert that a rule defines; nil for a recording rule, and for one that is not understood, which is recorded.
    private static func alert(_ rule: DocumentNode, group: String, _ reader: inout ObjectReader) -> AlertRule? {
        guard let table = rule.table else {
            reader.leaveOut(group, "a rule is \(rule.typeName); a table was expected", at: rule.range)
            return nil
        }
        if table["record"] != nil, table["alert"] == nil { return nil }
        guard table["record"] == nil, let name = reader.text(rule, ["alert"]), !name.value.isEmpty else {
            reader.leaveOut(group, "a rule has neither an alert nor a record alone", at: rule.range)
            return nil
        }
        guard let expression = reader.text(rule, ["expr"]), !expression.value.isEmpty else {
            reader.leaveOut(name.value, "the alert has no expression", at: rule.range)
            return nil
        }
        var alert = AlertRule(
            name: name.value, group: group, expression: expression.value, file: reader.file,
            range: name.range ?? rule.range)
        alert.labels = entries(rule, "labels", &reader)
        alert.annotations = entries(rule, "annotations", &reader)
        return alert
    }

    private static func entries(
        _ rule: DocumentNode, _ key: String, _ reader: inout ObjectReader
    ) -> [AlertRule.Entry] {
        guard let node = reader.node(rule, [key]) else { return [] }
        guard let table = node.table else {
            reader.leaveOut(key, "it is \(node.typeName); a table was expected", at: node.range)
            return []
        }
        var entries: [AlertRule.Entry] = []
        for member in table.members {
            if let text = member.value.text {
                entries.append(AlertRule.Entry(key: member.key, value: text, range: member.value.range))
            } else if !member.value.isNull {
                reader.leaveOut(
                    member.key, "it is \(member.value.typeName); a text was expected", at: member.value.range)
            }
        }
        return entries
    }
}
