import EnvironmentInventory
import SourceDocuments

/// A rule about what a package's record cannot see: one file in `ImportHazards/`, one line in ``ImportHazards``.
protocol ImportHazard: Sendable {
    /// The name, the reasons and the examples.
    static var rule: Rule { get }
    /// What the rule finds.
    static func findings(_ scene: ImportScene) -> [Finding]
    /// Whether the rule itself makes a note of what is vouched for.
    static var judgesVouched: Bool { get }
}

/// The list of all rules about what decides which code Python runs beyond the packages' own files.
package enum ImportHazards {
    static let all: [any ImportHazard.Type] = [
        ForeignBytecode.self,
        UnprovedBytecode.self,
        PathConfigurationFile.self,
        SiteCustomization.self,
        ShadowingModule.self,
        RedirectingVariable.self,
        ForeignInterpreter.self,
        UnreachedPackage.self,
        UnreadableModule.self,
    ]

    /// The rules, in the order of the documentation.
    package static var rules: [Rule] { all.map { $0.rule } }

    /// The names of the types, which are those of their files.
    package static var typeNames: [String] { all.map { "\($0)" }.sorted() }

    /// All findings on a serving side. What the base image or training has is a note: it is vouched for.
    static func findings(_ scene: ImportScene) -> [Finding] {
        all.flatMap { hazard in
            hazard.findings(scene).map { finding in
                guard !hazard.judgesVouched, finding.severity > .note, scene.isVouched(finding.file) else {
                    return finding
                }
                var finding = finding
                finding.severity = .note
                return finding
            }
        }
    }
}

extension ImportHazard {
    /// What is vouched for is a note.
    static var judgesVouched: Bool { false }

    /// A finding of this rule.
    static func finding(
        _ severity: Severity, _ file: String, _ message: String, line: Int? = nil, subject: String? = nil,
        ecosystem: Ecosystem? = .pypi, help: String? = nil
    ) -> Finding {
        let range = line.map {
            SourceRange(start: SourcePosition(line: $0, column: 1), end: SourcePosition(line: $0 + 1, column: 1))
        }
        return Finding(
            rule: rule.name, severity: severity, file: file, range: range, message: message,
            help: help ?? rule.help, ecosystem: ecosystem, subject: subject)
    }
}
