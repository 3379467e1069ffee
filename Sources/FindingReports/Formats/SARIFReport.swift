import EnvironmentInventory
import SourceDocuments

/// SARIF 2.1.0, which code scanning services take
/// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
package enum SARIFReport: CheckReportFormat {
    /// `sarif`.
    package static let name = "sarif"

    /// One run with the rules that could have fired and one result a finding.
    package static func render(_ result: CheckResult, style: TerminalStyle) -> String {
        let rules = result.rules.sorted { $0.name < $1.name }
        let indices = Dictionary(
            rules.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        var fingerprints = FingerprintCounter()
        let results = result.findings.map { finding in
            JSONValue.object(
                [.init("ruleId", .string(finding.rule))]
                    + (indices[finding.rule].map { [.init("ruleIndex", .integer($0))] } ?? [])
                    + [
                        .init("level", .string(finding.severity.rawValue)),
                        .init("message", .members(["text": .string(message(finding))])),
                        .init("locations", .array([location(finding, in: result.texts[finding.file])])),
                        .init(
                            "partialFingerprints",
                            .members([
                                "pinproof/v1": .string(fingerprints.next(for: finding, in: result.texts[finding.file]))
                            ])),
                        .init("rank", .integer(rank(finding.strength, finding.severity))),
                    ] + fix(finding, in: result.texts[finding.file]))
        }
        return JSONValue.members([
            "$schema": .string("https://json.schemastore.org/sarif-2.1.0.json"),
            "version": .string("2.1.0"),
            "runs": .array([
                .members([
                    "tool": .members([
                        "driver": .members([
                            "name": .string("Pinproof"),
                            "semanticVersion": .string(pinproofVersion),
                            "rules": .array(rules.map(descriptor)),
                        ])
                    ]),
                    "originalUriBaseIds": .members([rootName: .members(["uri": .string("file:///")])]),
                    "columnKind": .string("unicodeCodePoints"),
                    "results": .array(results),
                ])
            ]),
        ]).document()
    }

    /// What absolute paths are relative to, so that every URI is relative.
    private static let rootName = "FILESYSTEM"

    private static func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

    private static func message(_ finding: Finding) -> String {
        finding.messageWithUsers + (finding.help.map { ". " + $0 } ?? "")
    }

    private static func descriptor(_ rule: Rule) -> JSONValue {
        .members([
            "id": .string(rule.name),
            "name": .string(rule.name),
            "shortDescription": .members(["text": .string(rule.summary)]),
            "fullDescription": .members(["text": .string(rule.why)]),
            "helpUri": .string("https://pinproof.dev/rules#\(rule.name)"),
            "properties": .members([
                "security-severity": .string(securitySeverity(rule)),
                "tags": .array([.string("security"), .string("supply-chain")]),
            ]),
            "help": .members([
                "text": .string(rule.help),
                "markdown": .string("**\(rule.summary)**\n\n\(rule.why)\n\n\(rule.help)\n"),
            ]),
        ])
    }

    /// From 0 to 100: what floats first, then what is not known, then what has a version and no hash.
    private static func rank(_ strength: PinStrength?, _ severity: Severity) -> Int {
        if severity == .note { return 10 }
        return switch strength {
        case .floating?: 90
        case .unknown?: 50
        case .exact?: 40
        case .hashed?: 20
        case nil: severity == .error ? 70 : 30
        }
    }

    /// From 0.0 to 10.0, which code scanning services sort by: what runs bytes that nobody checked first.
    private static func securitySeverity(_ rule: Rule) -> String {
        switch rule.name {
        case "unverified-download", "floating-action", "extra-index": return "8.0"
        case "unread-command", "unresolved-variable", "conflicting-pins", "stale-lock": return "3.0"
        default: break
        }
        if rule.name.hasPrefix("floating") || rule.name.hasPrefix("unlocked") { return "6.5" }
        return rule.name.contains("without") || rule.name.contains("weak") ? "4.5" : "5.0"
    }

    private static func fix(_ finding: Finding, in text: SourceText?) -> [JSONValue.Member] {
        guard let replacement = finding.replacement, finding.range != nil else { return [] }
        return [
            .init(
                "fixes",
                .array([
                    .members([
                        "description": .members(["text": .string(finding.help ?? "Pin it")]),
                        "artifactChanges": .array([
                            .members([
                                "artifactLocation": artifact(finding.file),
                                "replacements": .array([
                                    .members([
                                        "deletedRegion": region(finding, in: text),
                                        "insertedContent": .members(["text": .string(replacement)]),
                                    ])
                                ]),
                            ])
                        ]),
                    ])
                ]))
        ]
    }

    private static func artifact(_ file: String) -> JSONValue {
        .object(
            [.init("uri", .string(percentEncodedPath(file)))]
                + (isAbsolute(file) ? [.init("uriBaseId", .string(rootName))] : []))
    }

    private static func location(_ finding: Finding, in text: SourceText?) -> JSONValue {
        .members([
            "physicalLocation": .members([
                "artifactLocation": artifact(finding.file), "region": region(finding, in: text),
            ])
        ])
    }

    private static func region(_ finding: Finding, in text: SourceText?) -> JSONValue {
        let range = finding.shownRange
        return .members([
            "startLine": .integer(range.start.line),
            "startColumn": .integer(codePointColumn(range.start, in: text)),
            "endLine": .integer(range.end.line),
            "endColumn": .integer(codePointColumn(range.end, in: text)),
        ])
    }

    /// A column in Unicode code points, which is what SARIF counts, from one in UTF-8 bytes.
    private static func codePointColumn(_ place: SourcePosition, in text: SourceText?) -> Int {
        guard let text, let line = text.offsets(ofLine: place.line) else { return place.column }
        let end = min(line.upperBound, line.lowerBound + place.column - 1)
        let before = text.bytes[line.lowerBound..<max(line.lowerBound, end)]
        return before.count { $0 & 0xC0 != 0x80 } + 1
    }

    /// A path as a relative URI reference (RFC 3986): everything but unreserved characters and `/` is percent-encoded.
    static func percentEncodedPath(_ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        // Relative to the root of the file system.
        path = path.drop { $0 == "/" }
        return PercentEncoding.encode(String(path), keeping: "/")
    }
}
