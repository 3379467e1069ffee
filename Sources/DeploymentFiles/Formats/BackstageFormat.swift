import EnvironmentInventory
import SourceDocuments

/// Reads entities of Backstage's catalog (https://backstage.io/docs/features/software-catalog/descriptor-format).
///
/// Read are `spec.owner`, the annotations of on-call services, and links to runbooks. Users and groups own nothing and are left aside.
enum BackstageFormat: DeploymentFormat {
    static let name = "backstage"

    /// The annotations that name who is called, and the name of the service in front of their value.
    private static let onCall: [(annotation: String, service: String)] = [
        ("pagerduty.com/service-id", "pagerduty"), ("pagerduty.com/integration-key", "pagerduty"),
        ("opsgenie.com/component-selector", "opsgenie"), ("opsgenie.com/team", "opsgenie"),
        ("splunk.com/on-call-team", "splunk"), ("grafana.com/oncall-team", "grafana"),
    ]
    private static let owned: Set<String> = ["Component", "API", "Resource", "System", "Domain", "Template"]

    static func read(
        _ document: DocumentNode, in file: DeploymentFile, into reading: inout Reading<Deployment>
    ) -> Bool {
        guard let table = document.table, let version = table["apiVersion"]?.text, version.hasPrefix("backstage.io/"),
            let kind = table["kind"]?.text
        else {
            // A catalog file that is cut before its first words is not another format.
            guard PosixPath.lastComponent(file.name).hasPrefix("catalog-info.") else { return false }
            reading.gaps.append(
                Gap(
                    "", reason: "it has no apiVersion of backstage.io and no kind",
                    source: FileLocation(file: file.name, line: document.place.line)))
            return true
        }
        guard owned.contains(kind) else { return true }
        var reader = ObjectReader(file.name)
        let subject = reader.text(document, ["metadata", "name"])?.value
        func claim(_ role: OwnershipClaim.Role, _ values: [String], _ range: SourceRange?) -> OwnershipClaim {
            OwnershipClaim(role, values, source: .backstage, subject: subject, file: file.name, range: range)
        }
        if let spec = reader.node(document, ["spec"]) {
            if let owner = spec.table?.member("owner") {
                if owner.value.isNull || owner.value.text != nil {
                    reading.value.claims.append(claim(.owner, [owner.value.text ?? ""], owner.value.range))
                } else {
                    reader.leaveOut(
                        "spec.owner", "it is \(owner.value.typeName); a text was expected", at: owner.value.range)
                }
            }
        } else {
            reader.leaveOut("spec", "the entity has none", at: document.range)
        }
        for (annotation, service) in onCall {
            guard let annotations = document.table?["metadata"]?.table?["annotations"]?.table,
                let member = annotations.member(annotation)
            else { continue }
            let text = member.value.text ?? ""
            reading.value.claims.append(claim(.onCall, [text.isEmpty ? "" : "\(service):\(text)"], member.value.range))
        }
        for link in reader.list(document, ["metadata", "links"]) {
            guard let url = reader.text(link, ["url"]) else { continue }
            let words = [link.table?.string("type"), link.table?.string("title")].compactMap { $0?.lowercased() }
            if words.contains(where: { $0.containsText("runbook") }) {
                reading.value.claims.append(claim(.runbook, [url.value], url.range))
            }
        }
        reading.gaps += reader.gaps
        return true
    }
}
