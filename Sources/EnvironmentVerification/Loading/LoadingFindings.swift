import ContainerImages
import EnvironmentInventory
import ProgramStart

/// What an assessment of loading means for a verification.
struct LoadingFindings {
    let assessment: LoadingAssessment?
    let findings: [Finding]
    let verdict: Verdict

    private static let maximumShown = 20

    /// Judges the serving side of a verification; nothing where it was not asked for.
    init(
        training: TrainingSide, serving: ServingSide, scene: ImportScene?, needed: NeededPackages,
        isStrict: Bool
    ) {
        guard let options = serving.loading, options.isJudged, let scene else {
            assessment = nil
            findings = []
            verdict = .match
            return
        }
        let loading = LoadingScene(
            files: scene.files, configuration: scene.configuration, start: scene.start,
            environment: serving.environment, owners: scene.owners, layers: serving.layers,
            isNeeded: { needed.needs($0) }, naming: Self.naming(training, needed),
            modules: training.modules, options: options)
        let assessment = LoadingAssessor.assess(loading)
        self.assessment = assessment
        findings = Self.findings(assessment, name: serving.name)
        switch assessment.verdict {
        case .fails: verdict = .mismatch
        case .mayFail: verdict = isStrict ? .notProvable : .match
        case .loads, .notJudged: verdict = .match
        }
    }

    private static func naming(_ training: TrainingSide, _ needed: NeededPackages) -> LoadingScene.Naming {
        if training.needs != nil { return .packages(needed.direct) }
        guard training.isLock else { return .unknown }
        return .whole(Set(training.environment.packages.map(\.name)))
    }

    /// One finding for each thing that is missing or wrong, however many files need it.
    static func findings(_ assessment: LoadingAssessment, name: String) -> [Finding] {
        struct Key: Hashable {
            let rule: String
            let reach: LoadingAssessment.Reach
            let needs: String
            let isForFile: String
        }
        var order: [Key] = []
        var groups: [Key: [LoadingAssessment.Problem]] = [:]
        for problem in assessment.problems {
            let isFile =
                problem.rule != LoadingRules.missingLibrary.name && problem.rule != LoadingRules.missingRuntime.name
            let key = Key(
                rule: problem.rule, reach: problem.reach, needs: problem.needs, isForFile: isFile ? problem.file : "")
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(problem)
        }
        let rules = Dictionary(LoadingRules.all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var findings = order.prefix(maximumShown).compactMap { key -> Finding? in
            guard let problems = groups[key], let first = problems.first, let rule = rules[key.rule] else { return nil }
            return Finding(
                rule: key.rule, severity: severity(first), file: name, range: nil,
                message: LoadingSentence.message(first, others: Set(problems.map(\.root)).count - 1),
                help: first.apt.isEmpty ? rule.help : "--apt " + first.apt.joined(separator: " --apt "),
                subject: first.needs)
        }
        if order.count > maximumShown, let rule = order.dropFirst(maximumShown).first?.rule {
            let rest = order.dropFirst(maximumShown)
            let isError = rest.contains { $0.reach == .fails }
            findings.append(
                Finding(
                    rule: rule, severity: isError ? .error : .warning, file: name, range: nil,
                    message: "\(rest.count) more problems of loading (JSON has all of them in loading.problems)"))
        }
        return findings
    }

    private static func severity(_ problem: LoadingAssessment.Problem) -> Severity {
        switch problem.reach {
        case .fails: .error
        case .mayFail: .warning
        case .unread: .note
        }
    }
}

/// The sentences of problems.
package enum LoadingSentence {
    /// `cv2 cannot be loaded: libGL.so.1 is not in the image (needed by opencv_python.libs/libQt5Widgets.so.5)`.
    package static func message(_ problem: LoadingAssessment.Problem, others: Int = 0) -> String {
        let more = others > 0 ? " and \(others) more" : ""
        let verb = problem.reach == .fails ? "cannot be loaded" : "may fail to load"
        let start = "\(problem.root)\(more) \(verb): "
        let last = problem.chain.last ?? problem.file
        let needer = "needed by \(shortened(last))"
        switch problem.rule {
        case "missing-library", "cuda-runtime-missing":
            return start + "\(problem.needs) is not in the image (\(needer))" + found(problem)
        case "missing-symbol-version":
            return start + "\(problem.found ?? "the library") lacks \(problem.needs) (\(needer))"
        case "missing-symbol":
            return start + "nothing that is loaded defines \(problem.needs) (\(needer))" + found(problem)
        case "missing-loader":
            return "nothing starts: the loader \(problem.needs) of \(problem.root) is not in the image"
        case "damaged-library": return start + "\(problem.file): \(problem.found ?? "it is damaged")"
        case "wrong-architecture":
            return start + "\(problem.file) is for \(problem.found ?? "another machine")"
        case "wrong-wheel":
            return "\(problem.root) is a wheel for \(problem.found ?? "another place"), not for \(problem.needs)"
        case "wrong-python-abi":
            return start + "\(problem.file) is for another Python (\(problem.found ?? ""), needed is \(problem.needs))"
        case "wrong-libc":
            return start
                + "\(problem.file) was built for \(problem.needs), the image has \(problem.found ?? "another C library")"
        case "numpy-abi": return start + "\(problem.file) needs \(problem.needs), installed is \(problem.found ?? "")"
        case "executable-stack":
            return start
                + "\(problem.file) asks for an executable stack, which \(problem.found ?? "the C library") refuses"
        case "cpu-level": return start + "\(problem.file) needs \(problem.needs), --cpu is \(problem.found ?? "")"
        case "requires-unsatisfied":
            return "\(problem.root) requires \(problem.needs), installed is \(problem.found ?? "")"
        case "cuda-driver-too-old": return "\(problem.root) needs \(problem.needs), --driver is \(problem.found ?? "")"
        case "cuda-architecture": return "\(problem.root) on \(problem.needs): \(problem.found ?? "")"
        case "gpu-not-asked":
            return "CUDA \(problem.root) is needed, and \(problem.needs) is \(problem.found ?? "not set")"
        default: return start + problem.needs + found(problem)
        }
    }

    private static func found(_ problem: LoadingAssessment.Problem) -> String {
        problem.found.map { "; it is \($0)" } ?? ""
    }

    /// The last two components of a path.
    private static func shortened(_ path: String) -> String {
        path.split(separator: "/").suffix(2).joined(separator: "/")
    }
}
