import EnvironmentInventory
import SourceDocuments

/// Findings that a project has accepted for now, by fingerprints that survive moved lines.
struct CheckBaseline: Sendable {
    static let schema = "pinproof/baseline/1"

    private let fingerprints: Set<String>

    /// Reads a baseline.
    init(_ text: SourceText) throws(DocumentError) {
        let root = try JSONReader.read(text)
        guard root.table?["schema"]?.string == Self.schema, let findings = root.table?["findings"]?.array else {
            throw DocumentError(
                file: text.name, place: root.place, reason: "not a baseline: its schema is not \(Self.schema)")
        }
        var fingerprints = Set<String>()
        for finding in findings {
            guard let fingerprint = finding.table?["fingerprint"]?.string else {
                throw DocumentError(file: text.name, place: finding.place, reason: "a finding without a fingerprint")
            }
            fingerprints.insert(fingerprint)
        }
        self.fingerprints = fingerprints
    }

    /// The findings that the baseline does not hold; they have to come in their order.
    func remaining(_ findings: [Finding], _ texts: [String: SourceText]) -> [Finding] {
        var counter = FingerprintCounter()
        return findings.filter { !fingerprints.contains(counter.next(for: $0, in: texts[$0.file])) }
    }

    /// The text of a baseline that holds findings.
    static func text(_ findings: [Finding], _ texts: [String: SourceText]) -> String {
        var counter = FingerprintCounter()
        let entries = findings.map { finding in
            JSONValue.members([
                "file": .string(finding.file),
                "rule": .string(finding.rule),
                "subject": .optional(finding.subject),
                "fingerprint": .string(counter.next(for: finding, in: texts[finding.file])),
            ])
        }
        return JSONValue.members(["schema": .string(schema), "findings": .array(entries)]).document()
    }
}

extension CheckResult {
    /// The text of a baseline that accepts all findings, those that another baseline accepts among them.
    public var baseline: String { CheckBaseline.text(beforeBaseline, texts) }
}
