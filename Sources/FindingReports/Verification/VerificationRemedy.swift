import EnvironmentInventory

/// What to do about a verdict that is not a match.
struct VerificationRemedy {
    /// A command for a shell; nil where there is none.
    var command: String?
    /// What to do in words; with a command, what that does.
    var words: String

    /// Returns nil for a match.
    init?(_ verification: Verification) {
        switch verification.verdict {
        case .match: return nil
        case .mismatch: self = Self.mismatch(verification)
        case .notProvable: self = Self.notProvable(verification)
        }
    }

    private init(command: String? = nil, words: String) {
        self.command = command
        self.words = words
    }

    private static func mismatch(_ verification: Verification) -> VerificationRemedy {
        let packages = verification.packages.filter { $0.counts && $0.verdict == .mismatch }
        let isOtherPython = verification.facts.contains { $0.counts && $0.verdict == .mismatch && $0.name == "python" }
        if packages.isEmpty, !isOtherPython {
            if verification.bakedModel?.verdict == .mismatch {
                return .init(words: "build the image again with this model, or verify the model that is in it")
            }
            let help =
                verification.facts.first { $0.counts && $0.verdict == .mismatch }?.help
                ?? verification.findings.first { $0.severity == .error }?.help
            return .init(words: help ?? "build the image from the lock of training")
        }
        if let command = freeze(verification) {
            return .init(
                command: command,
                words: "builds the image from what trained the model; or train again on what the image has")
        }
        let pins = packages.filter { $0.training.ecosystem == .pypi }.prefix(8).compactMap { item in
            item.training.version.map { "\(item.training.name)==\($0)" }
        }
        let versions = pins.isEmpty ? "what training had" : pins.joined(separator: " ")
        return .init(words: "install \(versions) into the image, or train again on what the image has")
    }

    /// The freeze of the training side, where it holds the hashes that this needs.
    private static func freeze(_ verification: Verification) -> String? {
        let context = verification.context
        guard context.command.count > 2, let training = context.training, context.serving?.about.kind == .image else {
            return nil
        }
        let needed = verification.packages.filter { $0.isNeeded && $0.training.ecosystem == .pypi }
        guard !needed.isEmpty, needed.allSatisfy({ !$0.training.hashes.isEmpty }) else { return nil }
        var words = ["pinproof", "freeze"]
        switch training.about.kind {
        case .model: words += context.lock.map { [$0, "--model", context.command[2]] } ?? [context.command[2]]
        case .lock, .capture: words.append(context.lock ?? context.command[2])
        case .dockerfile, .image, .environment: return nil
        }
        guard let python = training.python ?? context.serving?.python, python.implementation == "cpython",
            python.version.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 })
        else { return nil }
        words += ["--base", "python:\(python.version)-slim", "-o", "serving"]
        return words.map(ShellQuoting.quoted).joined(separator: " ")
    }

    private static func notProvable(_ verification: Verification) -> VerificationRemedy {
        let context = verification.context
        let packages = verification.packages.filter { $0.counts && $0.verdict == .notProvable }
        let isWeak = packages.contains { ($0.evidence ?? .named) < verification.required }
        if verification.unnamedCount > 0 || !verification.trainingGaps.isEmpty {
            return capture(context, "records the whole environment at training")
        }
        if isWeak, verification.required == .locked, !context.hasArtifacts,
            packages.contains(where: { !$0.training.hashes.isEmpty })
        {
            return .init(words: "give the locked artifacts: --wheels DIR, or a map of pinproof wheels")
        }
        if isWeak, verification.required > .intact {
            return capture(context, "records at training the content that serving is compared with")
        }
        let help =
            verification.findings.first { $0.severity == .error }?.help
            ?? packages.first { $0.help != nil }?.help
            ?? verification.findings.first { $0.severity == .warning }?.help
        return .init(words: help ?? "record the whole environment at training: pinproof capture ENV --into MODEL")
    }

    private static func capture(_ context: Verification.Context, _ words: String) -> VerificationRemedy {
        let isModel = context.training?.about.kind == .model && context.command.count > 2
        let model = isModel ? ShellQuoting.quoted(context.command[2]) : "MODEL"
        return .init(command: "pinproof capture .venv --into \(model)", words: words)
    }
}
