import EnvironmentInventory

/// Verifies what is not a package: interpreter, platform, C library, and the generation of a library that pickles give away.
struct PlatformFactVerifier {
    let training: TrainingSide
    let serving: ServingSide
    /// Whether what is only a warning counts too.
    let isStrict: Bool

    /// A fact's verdict with the finding that says the same.
    struct Judgement {
        let fact: Verification.FactVerdict
        let finding: Finding?
    }

    /// All facts that training speaks of.
    func verify() -> [Judgement] {
        [interpreter(), platform(), cLibrary(), payload()].compactMap { $0 }
            + training.generations.compactMap(generation)
    }

    /// A capture that was made for other files says nothing about this model.
    private func payload() -> Judgement? {
        training.foreignPayload.map { payload in
            Judgement(
                fact: .init(
                    name: "capture", training: payload.recorded.description, serving: payload.actual.description,
                    verdict: .mismatch, counts: true,
                    reasons: ["the capture in the model was made for a model with other files"]),
                finding: nil)
        }
    }

    private func place(_ source: FileLocation?) -> String {
        source.map { " (\($0.file)\($0.line.map { ":\($0)" } ?? ""))" } ?? ""
    }

    private func match(_ name: String, trained: String, served: String, reasons: [String] = []) -> Judgement {
        Judgement(
            fact: .init(
                name: name, training: trained, serving: served, verdict: .match, counts: true, reasons: reasons),
            finding: nil)
    }

    private func other(
        _ rule: Rule, _ name: String, trained: String, served: String?, _ verdict: Verdict, isError: Bool,
        message: String, help: String? = nil
    ) -> Judgement {
        let severity: Severity = isError || isStrict ? .error : .warning
        return Judgement(
            fact: .init(
                name: name, training: trained, serving: served, verdict: verdict, counts: isError || isStrict,
                reasons: [message], help: help ?? rule.help),
            finding: Finding(
                rule: rule.name, severity: severity, file: serving.name, range: nil, message: message,
                help: help ?? rule.help))
    }

    private func interpreter() -> Judgement? {
        guard let trained = training.environment.python else { return nil }
        let said = "\(trained.implementation) \(trained.version)"
        guard let served = serving.environment.python else {
            return other(
                EnvironmentVerifier.otherInterpreter, "python", trained: said, served: nil, .notProvable, isError: true,
                message: "training ran on Python \(trained.version)\(place(trained.source)), "
                    + "no interpreter was found on the serving side")
        }
        let found = "\(served.implementation) \(served.version)"
        let isSameImplementation = trained.implementation == served.implementation
        if isSameImplementation, EnvironmentComparison.agree(trained.version, served.version) {
            return match("python", trained: said, served: found)
        }
        let isOtherMinor =
            !isSameImplementation
            || trained.version.split(separator: ".").prefix(2) != served.version.split(separator: ".").prefix(2)
        return other(
            EnvironmentVerifier.otherInterpreter, "python", trained: said, served: found, .mismatch,
            isError: isOtherMinor,
            message: "training ran on \(said)\(place(trained.source)), serving runs on \(found)",
            help: isOtherMinor ? KnownBreakages.interpreter : nil)
    }

    private func platform() -> Judgement? {
        guard let trained = training.environment.platform, let served = serving.environment.platform else { return nil }
        if trained.os == served.os, trained.architecture == served.architecture {
            return match("platform", trained: trained.description, served: served.description)
        }
        return other(
            EnvironmentVerifier.otherPlatform, "platform", trained: trained.description, served: served.description,
            .mismatch,
            isError: false, message: "training ran on \(trained), serving runs on \(served)")
    }

    private func cLibrary() -> Judgement? {
        guard let trained = training.environment.platform?.cLibrary, let served = serving.environment.platform?.cLibrary
        else { return nil }
        if trained == served { return match("libc", trained: trained.description, served: served.description) }
        let isOlder = (served.major, served.minor) < (trained.major, trained.minor)
        if trained.family == served.family, !isOlder {
            return match(
                "libc", trained: trained.description, served: served.description,
                reasons: ["a newer \(served.family.rawValue) runs what was built for an older one"])
        }
        return other(
            EnvironmentVerifier.otherCLibrary, "libc", trained: trained.description, served: served.description,
            .mismatch,
            isError: false,
            message: trained.family == served.family
                ? "training ran on \(trained), serving has the older \(served)"
                : "training ran on \(trained), serving has \(served)")
    }

    private func generation(_ generation: TrainingSide.Generation) -> Judgement? {
        let installed = serving.environment.packages.first {
            $0.name == generation.name && ($0.ecosystem == .pypi || $0.ecosystem == .conda)
        }
        guard let version = installed?.version else { return nil }
        let major = String(version.prefix { $0 != "." })
        let name = "\(generation.name)-generation"
        let said = "\(generation.name) \(generation.value).x"
        let found = "\(generation.name) \(version)"
        if major == generation.value { return match(name, trained: said, served: found) }
        return other(
            EnvironmentVerifier.otherGeneration, name, trained: said, served: found, .mismatch, isError: true,
            message: "the model was pickled with \(said)\(place(generation.source)), the serving side has \(found)",
            help: KnownBreakages.help(
                generation.name, ecosystem: .pypi, training: generation.value + ".0", serving: version))
    }
}
