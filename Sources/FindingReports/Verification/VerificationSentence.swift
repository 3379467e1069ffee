import EnvironmentInventory

/// The first line of every report of `verify`: who serves what, and what decides.
struct VerificationSentence {
    private let verification: Verification
    /// How many names a clause holds.
    private static let maximumNames = 4

    init(_ verification: Verification) { self.verification = verification }

    /// The sentence without a full stop.
    var pieces: [VerificationSummary.Piece] {
        switch verification.verdict {
        case .match: match
        case .mismatch: mismatch
        case .notProvable: notProvable
        }
    }

    private typealias Piece = VerificationSummary.Piece

    /// What serves: an image, or an environment on disk.
    private var thing: String {
        switch verification.context.serving?.about.kind {
        case .image: "this image"
        case .environment: "this environment"
        default: "the serving side"
        }
    }

    /// Begins a clause about a version of training.
    private var trained: String {
        switch verification.context.training?.about.kind {
        case .model: "the model was trained with"
        case .lock: "the lock has"
        default: "training had"
        }
    }

    // MARK: - Match

    private var match: [Piece] {
        let counting = verification.packages.filter(\.counts)
        let level = counting.compactMap(\.evidence).min()
        let evidence = level.map { " at \($0.rawValue) or above" } ?? ""
        guard verification.scope == .named else {
            let packages = counting.isEmpty ? "" : ": " + plural(counting.count, "package") + evidence
            return [Piece("\(thing) serves what loading the model needs\(packages)")]
        }
        let unnamed =
            verification.unnamedCount == 0
            ? "" : "; \(verification.unnamedCount) more that loading needs were not compared"
        return [
            Piece(
                "\(thing) serves the same, of the \(plural(counting.count, "package")) that the model names\(evidence)\(unnamed)"
            )
        ]
    }

    // MARK: - Mismatch

    private var mismatch: [Piece] {
        let packages = verification.packages.filter { $0.counts && $0.verdict == .mismatch }
        var clauses: [[Piece]] = []
        let present = packages.filter { $0.serving != nil }
        let other = present.filter { version($0.training) != $0.serving?.version }
        let known = other.filter { $0.help != nil } + other.filter { $0.help == nil }
        if !known.isEmpty {
            let served = known.map { "\($0.training.name) \($0.serving?.version ?? "without a version")" }
            let versions = known.prefix(Self.shownCount(known.count)).map { version($0.training) ?? "any version" }
            let rest = known.count > versions.count ? ", ..." : ""
            clauses.append(
                [Piece("\(thing) would serve ")] + listed(served, "in other versions")
                    + [
                        Piece(
                            "; \(trained) \(rest.isEmpty ? joined(versions) : versions.joined(separator: ", ") + rest)")
                    ])
        }
        let changed = present.filter { version($0.training) == $0.serving?.version }
        if !changed.isEmpty {
            let names = changed.map { "\($0.training.name) \($0.serving?.version ?? "")" }
            clauses.append(
                [Piece("\(thing) would serve ")] + listed(names, "") + [Piece(" with other files than training had")])
        }
        let missing = packages.filter { $0.serving == nil }
        if !missing.isEmpty {
            let names = missing.map { "\($0.training.name)\(version($0.training).map { " " + $0 } ?? "")" }
            let why = missing.allSatisfy(\.isNeeded) ? "which loading the model needs" : "which training had"
            clauses.append([Piece("\(thing) lacks ")] + listed(names, "") + [Piece(", \(why)")])
        }
        for fact in verification.facts where fact.counts && fact.verdict == .mismatch { clauses.append(clause(fact)) }
        if verification.bakedModel?.verdict == .mismatch {
            clauses.append([Piece("the model in \(thing) is not the one that was given")])
        }
        if clauses.isEmpty, let finding = verification.findings.first(where: { $0.severity == .error }) {
            clauses.append([Piece(verification.context.withoutLayers(finding.message))])
        }
        return clauses.isEmpty
            ? [Piece("\(thing) is not what training had")]
            : Array(clauses.joined(separator: [Piece("; ")]))
    }

    private func clause(_ fact: Verification.FactVerdict) -> [Piece] {
        let serving = fact.serving ?? "unknown"
        return switch fact.name {
        case "python":
            [Piece("\(thing) would run "), Piece(serving, isStrong: true), Piece("; training ran on \(fact.training)")]
        case "platform":
            [Piece("\(thing) is for "), Piece(serving, isStrong: true), Piece("; training ran on \(fact.training)")]
        default: [Piece("\(thing) has "), Piece(serving, isStrong: true), Piece("; training had \(fact.training)")]
        }
    }

    // MARK: - Not provable

    private var notProvable: [Piece] {
        var causes: [[Piece]] = []
        let packages = verification.packages.filter { $0.counts && $0.verdict == .notProvable }
        if !packages.isEmpty {
            causes.append(
                [Piece("nothing proves ")] + listed(packages.map(\.training.name), "")
                    + [Piece(" at \(verification.required.rawValue)")])
        }
        let facts = verification.facts.filter { $0.counts && $0.verdict == .notProvable }.map(\.name)
        if !facts.isEmpty {
            causes.append([Piece("its \(joined(facts)) \(facts.count == 1 ? "is" : "are") not known")])
        }
        if verification.bakedModel?.verdict == .notProvable {
            causes.append([Piece("the model in it cannot be determined")])
        }
        for (gaps, side) in [(verification.trainingGaps, "training"), (verification.servingGaps, thing)]
        where !gaps.isEmpty {
            causes.append([Piece("\(plural(gaps.count, "entry", "entries")) of \(side) could not be read")])
        }
        if verification.unnamedCount > 0, verification.scope == .closed {
            causes.append([
                Piece("loading needs \(plural(verification.unnamedCount, "package")) that training does not name")
            ])
        }
        causes += rules(.error)
        if causes.isEmpty { causes += rules(.warning) }
        if causes.isEmpty { causes.append([Piece("the training environment is not fully known")]) }
        return [Piece("whether \(thing) serves what training had cannot be determined: ")]
            + Array(causes.joined(separator: [Piece("; ")]))
    }

    /// The rules about files and the start whose findings stand against a match.
    private func rules(_ severity: Severity) -> [[Piece]] {
        let said: Set<String> = [
            "incomplete-training-environment", "incomplete-serving-environment", "unnamed-package",
            "unneeded-package-differs", "other-interpreter", "other-platform", "other-c-library", "other-generation",
        ]
        var counts: [(rule: String, count: Int)] = []
        for finding in verification.findings where finding.severity == severity && !said.contains(finding.rule) {
            if let index = counts.firstIndex(where: { $0.rule == finding.rule }) {
                counts[index].count += 1
            } else {
                counts.append((finding.rule, 1))
            }
        }
        return counts.map { [Piece(plural($0.count, severity.rawValue) + " of \($0.rule)")] }
    }

    // MARK: - Words

    private func version(_ package: Package) -> String? { package.version ?? package.versionRequirement }

    /// How many of so many names a clause holds: all of a few, else fewer, so that the rest is never one.
    private static func shownCount(_ count: Int) -> Int { count <= maximumNames ? count : maximumNames - 1 }

    /// The first names, and how many more there are.
    private func listed(_ names: [String], _ what: String) -> [Piece] {
        let shown = names.prefix(Self.shownCount(names.count)).map { Piece($0, isStrong: true) }
        let rest = names.count - shown.count
        var pieces: [Piece] = []
        for (index, name) in shown.enumerated() {
            if index > 0 { pieces.append(Piece(index == shown.count - 1 && rest == 0 ? " and " : ", ")) }
            pieces.append(name)
        }
        if rest > 0 { pieces.append(Piece(" and \(rest) more" + (what.isEmpty ? "" : " \(what)"))) }
        return pieces
    }

    private func joined(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}
