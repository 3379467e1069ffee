import EnvironmentInventory

/// One thing that differs or cannot be proved, as every report of `verify` shows it.
struct VerificationCause {
    /// What it is about.
    enum Kind: Equatable {
        case package
        case fact
        case model
        case finding(Severity)
    }

    /// What it is about.
    let kind: Kind
    /// The name: a package, a fact, or the rule of a finding.
    let name: String
    /// What training has, and what the serving side has; nil where there is nothing to set side by side.
    var versions: (training: String, serving: String)?
    /// One or two words for the kind of difference: `downgrade`, `missing`, `other files`.
    var mark: String?
    /// What it means, in a few words.
    var meaning: String?
    /// Why: whole sentences without the digests of layers.
    var reasons: [String] = []
    /// What the difference means and how to fix it, whole.
    var help: String?
    /// The layer that brought it.
    var layer: ImageLayer?
    /// The verdict of its row; nil for a finding.
    var verdict: Verdict?
    /// The rule of a finding; nil for everything else.
    var rule: String?
    /// The file of a finding.
    var file: String?

    /// A package that differs or cannot be proved.
    init(_ item: Verification.PackageVerdict, in context: Verification.Context) {
        kind = .package
        name = item.training.name
        verdict = item.verdict
        layer = item.layer(in: context)
        reasons = item.reasons.map(context.withoutLayers)
        help = item.help
        let wanted = item.training.version ?? item.training.versionRequirement ?? "any version"
        let found = item.serving.map { $0.version ?? "no version" }
        versions = (wanted, found ?? "missing")
        guard let found else {
            mark = "missing"
            meaning = item.isNeeded ? "is not installed, and loading the model needs it" : "is not installed"
            return
        }
        if item.verdict == .notProvable {
            mark = "not proved"
            meaning = reasons.first.map { Self.brief($0) }
        } else if wanted == found {
            mark = "other files"
            meaning = "has other files than training had"
        } else {
            let step = VersionStep(from: wanted, to: found)
            mark = step?.words ?? "other version"
            meaning =
                help.map { Self.brief($0, of: name) } ?? "is \(step?.comparison ?? "another version") than training had"
        }
    }

    /// The interpreter, the platform or the like.
    init(_ fact: Verification.FactVerdict, in context: Verification.Context) {
        kind = .fact
        name = fact.name
        verdict = fact.verdict
        reasons = fact.reasons.map(context.withoutLayers)
        help = fact.help
        let serving = fact.serving ?? "unknown"
        let (left, right) = Self.withoutCommonWord(fact.training, serving)
        versions = (left, right)
        mark = VersionStep(from: left, to: right)?.words ?? (fact.verdict == .notProvable ? "unknown" : "other")
        meaning = help.map { Self.brief($0) }
    }

    /// A finding that no row says already.
    init(_ finding: Finding, in context: Verification.Context) {
        kind = .finding(finding.severity)
        name = finding.rule
        rule = finding.rule
        file = finding.file
        reasons = [context.withoutLayers(finding.message)]
        meaning = reasons.first
        help = finding.help
        layer = context.layer(finding.layer)
    }

    /// `cpython 3.11.7` and `cpython 3.11.2` are shown without the word that both have.
    private static func withoutCommonWord(_ left: String, _ right: String) -> (String, String) {
        let leftWords = left.split(separator: " ")
        let rightWords = right.split(separator: " ")
        guard leftWords.count == 2, rightWords.count == 2, leftWords[0] == rightWords[0] else { return (left, right) }
        return (String(leftWords[1]), String(rightWords[1]))
    }

    /// The first clause of an explanation, without the name that it begins with and without its source.
    static func brief(_ help: String, of name: String = "") -> String {
        var text = help[...]
        let opening = name + " "
        if !name.isEmpty, text.hasPrefix(opening) { text = text.dropFirst(opening.count) }
        for end in [" (https:", ": ", ". ", "; "] {
            if let range = text.firstRange(of: end) { text = text[..<range.lowerBound] }
        }
        return String(text)
    }

    /// Whether two causes were brought by one layer.
    func isOfSameLayer(as other: VerificationCause?) -> Bool { layer != nil && layer == other?.layer }
}
