import EnvironmentInventory

/// What every report of `verify` says, in the order in which it is said: the verdict as a sentence, what decides it, what
/// does not, the counts, and what to do.
struct VerificationSummary {
    /// A piece of a sentence.
    struct Piece: Equatable {
        /// The text, as it was read.
        let text: String
        /// Whether it is what the sentence is about: a package with its version.
        let isStrong: Bool

        init(_ text: String, isStrong: Bool = false) {
            self.text = text
            self.isStrong = isStrong
        }
    }

    /// The verification.
    let verification: Verification
    /// One sentence that is true by itself.
    let sentence: [Piece]
    /// What decides the verdict; empty for a match.
    let deciding: [VerificationCause]
    /// Packages, facts and findings that differ and do not decide.
    let aside: [VerificationCause]
    /// Findings that are worth no row: remarks, and what the base image has.
    let notes: [VerificationCause]

    init(_ verification: Verification) {
        self.verification = verification
        sentence = VerificationSentence(verification).pieces
        let context = verification.context
        var deciding: [VerificationCause] = []
        var aside: [VerificationCause] = []
        for verdict in [Verdict.mismatch, .notProvable] {
            for item in verification.packages where item.verdict == verdict {
                let cause = VerificationCause(item, in: context)
                if item.counts { deciding.append(cause) } else { aside.append(cause) }
            }
        }
        // What most likely breaks first: other versions with known consequences, then other versions, then the rest.
        deciding = deciding.enumerated().sorted { left, right in
            let (one, other) = (Self.rank(left.element), Self.rank(right.element))
            return one == other ? left.offset < right.offset : one < other
        }.map(\.element)
        for fact in verification.facts where fact.verdict != .match {
            let cause = VerificationCause(fact, in: context)
            if fact.counts { deciding.append(cause) } else { aside.insert(cause, at: 0) }
        }
        var notes: [VerificationCause] = []
        for severity in Severity.allCases.reversed() {
            for finding in verification.findings where finding.severity == severity {
                if Self.isSaid(finding, verification) { continue }
                let cause = VerificationCause(finding, in: context)
                switch severity {
                case .error where verification.verdict != .match: deciding.append(cause)
                case .error, .warning: aside.append(cause)
                case .note: notes.append(cause)
                }
            }
        }
        self.deciding = deciding
        self.aside = aside
        self.notes = notes
    }

    private static func rank(_ cause: VerificationCause) -> Int {
        if cause.verdict == .notProvable { return 3 }
        guard let versions = cause.versions, versions.training != versions.serving, cause.mark != "missing" else {
            return 2
        }
        return cause.help == nil ? 1 : 0
    }

    /// Whether the message of a finding is said by a row already.
    private static func isSaid(_ finding: Finding, _ verification: Verification) -> Bool {
        if finding.rule == "unneeded-package-differs" { return true }
        // A package's row names the changed file already.
        let decides = verification.packages.contains { item in
            item.counts && item.verdict != .match && item.reasons.contains { $0.hasPrefix(finding.file + " ") }
        }
        if finding.rule == "unvouched-file", decides { return true }
        return verification.facts.contains { $0.reasons.contains(finding.message) }
    }

    /// The first word of the text: `match`, `refused` or `not-provable`.
    var word: String { verification.verdict == .mismatch ? "refused" : verification.verdict.rawValue }

    /// Says that the model itself was not compared; nil where it was, or where no image was asked about.
    var absence: String? {
        guard verification.bakedModel?.state == .absent, verification.identity.image != nil else { return nil }
        return "the image holds no model: it is mounted at run time"
    }

    /// The verdicts on the images of an index: `linux/amd64 match, linux/arm64 mismatch`; nil where one image was asked about.
    var platforms: String? {
        guard !verification.platforms.isEmpty else { return nil }
        return verification.platforms.map { "\($0.platform) \($0.verdict.rawValue)" }.joined(separator: ", ")
    }

    /// The sentence without marks.
    var text: String { sentence.map(\.text).joined() }

    /// How many packages match: `47 of 51 packages match at trained`.
    var counts: String {
        let matching = verification.count(.match)
        let all = verification.packages.count
        let levels = Evidence.allCases.reversed().map { ($0, verification.count($0)) }.filter { $0.1 > 0 }
        let noun = all == 1 ? "package matches" : "packages match"
        let evidence =
            levels.count == 1
            ? " at \(levels[0].0.rawValue)"
            : levels.isEmpty ? "" : ": " + levels.map { "\($0.1) at \($0.0.rawValue)" }.joined(separator: ", ")
        let weakest = levels.last.map(\.0)
        let isRequired = weakest.map { $0 == verification.required } ?? false
        return "\(matching) of \(all) \(noun)\(evidence)"
            + (isRequired ? "" : " (required: \(verification.required.rawValue))")
    }

    /// How many remarks are not written out: `3 notes about the base image`.
    var noteCount: String? {
        let notes = notes.filter { $0.rule != "forgeable-record" }
        guard !notes.isEmpty else { return nil }
        let base = verification.context.baseLayerCount
        let isAboutBase = notes.allSatisfy { $0.layer.map { $0.number <= base } ?? false }
        return plural(notes.count, "note") + (isAboutBase ? " about the base image" : "")
    }

    /// How many files each voucher has: `90 package, 1 none`; nil where the account is not known.
    var account: String? {
        verification.account.map { account in
            let counts = Verification.Account.Voucher.allCases.filter { account.count($0) > 0 }
                .map { "\(account.count($0)) \($0.rawValue)" }
            return counts.isEmpty ? "none in reach" : counts.joined(separator: ", ")
        }
    }

    /// What was left out on either side.
    var gaps: [(side: String, gap: Gap)] {
        GapPair(left: verification.trainingGaps, right: verification.servingGaps).named("training", "serving")
    }

    /// The command that gives the same verdict again; nil where it is not known.
    var reproduction: String? {
        let words = verification.context.command
        return words.isEmpty ? nil : words.map(ShellQuoting.quoted).joined(separator: " ")
    }
}

/// Words of a command line for a shell.
enum ShellQuoting {
    /// Returns the word as a POSIX shell reads it
    /// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_02_02).
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                true
            default: "%+,-./:=@_".utf8.contains(byte)
            }
        }
        if isPlain, !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
