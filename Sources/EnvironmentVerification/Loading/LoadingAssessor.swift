import ArchiveReading
import BinaryLoading
import ContainerImages
import EnvironmentInventory
import ProgramStart

/// Judges whether the process that starts can load what the needed packages need.
package enum LoadingAssessor {
    /// Assesses a scene; the libraries have no vouchers.
    package static func assess(_ scene: LoadingScene) -> LoadingAssessment {
        var assessment = LoadingAssessment()
        guard scene.options.isJudged else { return assessment }
        let roots = LoadingRoots(scene)
        let survey = LoadingSurvey(scene, roots.roots)
        if survey.isAlone { return alone(scene, survey, roots) }
        let distribution = SystemLibraryPackages.distribution(scene.files)
        let problems = LoadingProblems(scene, survey, roots, distribution: distribution)
        assessment.target = target(scene, survey)
        let owned = ownedFiles(survey)
        assessment.problems = problems.problems
        assessment.problems += wrongMachine(scene, survey) + WheelTagCheck.problems(scene, survey, roots)
        assessment.problems += NumPyCheck.problems(scene, survey, owned) + RequirementCheck.problems(scene)
        assessment.problems += ProcessorCheck.problems(scene, survey)
        let cuda = CUDACheck(scene, survey, injected: problems.injected)
        assessment.problems += cuda.problems
        assessment.needs = LoadingNeeds.needs(survey, scene)
        assessment.counts.roots = roots.roots.count
        assessment.counts.objects = Set(survey.started + survey.opened.flatMap(\.objects)).count
        assessment.counts.injected = problems.injected.count
        assessment.sources = LoadingSources.sources(scene, survey)
        let surveys = [survey] + otherProcessors(scene, survey, roots.roots)
        assessment.libraries = libraries(scene, surveys)
        assessment.linkedPaths = Set(surveys.flatMap(\.linkedPaths)).sorted()
        assessment.unread =
            (survey.reason.map { [$0] } ?? []).map { .init(reason: $0.reason, file: $0.file) }
            + survey.unread.map { .init(reason: $0.reason, file: shownPath($0.file)) } + cuda.unread
            + problems.unread
        assessment.problems.sort { left, right in
            if left.reach != right.reach { return left.reach == .fails }
            return (left.rule, left.root, left.needs, left.file) < (right.rule, right.root, right.needs, right.file)
        }
        let isJudged = survey.settings != nil || !survey.startIssues.isEmpty
        if isJudged || !assessment.problems.isEmpty { assessment.conclude() }
        return assessment
    }

    /// What is known of an environment without its system: what its packages need, and which libraries they bring.
    private static func alone(
        _ scene: LoadingScene, _ survey: LoadingSurvey, _ roots: LoadingRoots
    ) -> LoadingAssessment {
        var assessment = LoadingAssessment()
        assessment.target = target(scene, survey)
        assessment.needs = LoadingNeeds.needs(survey, scene)
        assessment.counts.roots = roots.roots.count
        assessment.sources = LoadingSources.sources(scene, survey)
        assessment.unread = (survey.reason.map { [$0] } ?? []).map { .init(reason: $0.reason, file: $0.file) }
        assessment.problems =
            LoadingProblems(scene, survey, roots, distribution: nil).problems
            + WheelTagCheck.problems(scene, survey, roots) + RequirementCheck.problems(scene)
        if !assessment.problems.isEmpty { assessment.conclude() }
        return assessment
    }

    /// The files that each distribution's roots map, by path.
    private static func ownedFiles(_ survey: LoadingSurvey) -> [String: LoadingRoot] {
        var owned: [String: LoadingRoot] = [:]
        for item in survey.opened { for path in item.objects where owned[path] == nil { owned[path] = item.root } }
        return owned
    }

    private static func target(_ scene: LoadingScene, _ survey: LoadingSurvey) -> LoadingAssessment.Target {
        var target = LoadingAssessment.Target()
        target.machine = survey.machine?.machineName
        if let settings = survey.settings {
            let known = scene.environment.platform?.cLibrary
            let version =
                settings.release.map { "\($0.major).\($0.minor)" }
                ?? known.flatMap { $0.family.rawValue == settings.family.rawValue ? "\($0.major).\($0.minor)" : nil }
            target.cLibrary = settings.family.rawValue + (version.map { " \($0)" } ?? "")
        }
        if let tag = scene.pythonTag { target.python = (scene.isCPython ? "cp" : "pp") + tag }
        target.cpu = scene.options.cpu
        target.driver = scene.options.driver
        target.gpus = scene.options.gpus
        return target
    }

    /// Surveys for better processors, where the loader would take other files for them: which processor an image will run on
    /// is not known.
    private static func otherProcessors(
        _ scene: LoadingScene, _ survey: LoadingSurvey, _ roots: [LoadingRoot]
    ) -> [LoadingSurvey] {
        guard scene.options.cpu == nil, let settings = survey.settings, settings.machine.machine == 62,
            settings.cache?.hasLevels ?? false || hasLevels(scene.files)
        else { return [] }
        return (2...4).map { level in
            var other = scene
            other.options.cpu = ProcessorLevel.name(level)
            return LoadingSurvey(other, roots)
        }
    }

    private static func hasLevels(_ files: FileSystemIndex) -> Bool {
        var isThere = false
        files.forEachEntry(
            where: { place in
                if !isThere, place.isDirectory { isThere = PathBytes.ends(place.path, "/glibc-hwcaps") }
                return false
            }, { _ in })
        return isThere
    }

    private static func libraries(
        _ scene: LoadingScene, _ surveys: [LoadingSurvey]
    ) -> [LoadingAssessment.Library] {
        var counts: [String: Int] = [:]
        for (number, survey) in surveys.enumerated() {
            let program = survey.started.first
            let roots = Set(survey.opened.map(\.root.path))
            var own: [String: Int] = [:]
            for path in survey.started where path != program { own[path] = 1 }
            for item in survey.opened {
                for path in item.objects where !roots.contains(path) { own[path, default: 0] += 1 }
            }
            for path in survey.standard where own[path] == nil && !roots.contains(path) { own[path] = 0 }
            for (path, count) in own where number == 0 || counts[path] == nil { counts[path] = count }
        }
        return counts.keys.sorted().compactMap { path in
            guard let entry = scene.files.lookup(path) else { return nil }
            return LoadingAssessment.Library(
                path: entry.path, sha256: entry.sha256?.digest, layer: scene.layer(entry.path), voucher: nil,
                neededBy: counts[path] ?? 0)
        }
    }

    /// The machines of images' configurations and of programs.
    private static let machines: [String: [String]] = [
        "amd64": ["x86_64", "x32", "i386"], "386": ["i386"], "arm64": ["aarch64", "arm"], "arm": ["arm"],
        "riscv64": ["riscv64"], "ppc64le": ["ppc64le"], "s390x": ["s390x"], "loong64": ["loongarch64"],
    ]

    /// An image whose configuration names another machine than its interpreter is for.
    private static func wrongMachine(
        _ scene: LoadingScene, _ survey: LoadingSurvey
    ) -> [LoadingAssessment.Problem] {
        guard let architecture = scene.configuration.platform?.architecture, let known = machines[architecture],
            let machine = scene.files.loaderFile(survey.program)?.binary?.identity?.machineName,
            !known.contains(machine)
        else { return [] }
        let path = shownPath(survey.program)
        return [
            LoadingAssessment.Problem(
                rule: LoadingRules.wrongArchitecture.name, reach: .fails, root: path, chain: [path],
                needs: architecture,
                found: machine, file: path, layer: scene.layer(path))
        ]
    }
}
