import BinaryLoading
import ContainerImages
import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// Turns what a survey met into problems: by rule, with their reach and their fix, each once for a root.
struct LoadingProblems {
    private let scene: LoadingScene
    private let survey: LoadingSurvey
    /// The distribution of the image, `debian 12`.
    private let system: String?
    private let requirements: [String: Set<String>]
    private(set) var problems: [LoadingAssessment.Problem] = []
    /// Files of which it is not known whether they are reached, though the model names their package.
    private(set) var unread: [LoadingAssessment.Unread] = []
    /// How many libraries the NVIDIA toolkit brings.
    private(set) var injected: Set<String> = []
    /// What every file defines, if it was asked for.
    private var exported: Set<UInt64>?

    init(_ scene: LoadingScene, _ survey: LoadingSurvey, _ roots: LoadingRoots, distribution: String?) {
        self.scene = scene
        self.survey = survey
        system = distribution
        requirements = Self.requirements(scene.environment)
        addStart()
        addRoots(roots)
    }

    private mutating func addStart() {
        let interpreter = shownPath(survey.program)
        for issue in survey.startIssues {
            add(issue, root: interpreter, reach: .fails)
        }
    }

    private mutating func addRoots(_ roots: LoadingRoots) {
        let judged = survey.opened.map { item in
            (root: item.root, issues: item.issues.filter { !isExplained($0, item.root) })
        }
        var failing: [String: Set<String>] = [:]
        for item in judged where !item.issues.isEmpty {
            failing[item.root.distribution, default: []].insert(item.root.module)
        }
        for misfit in roots.misfits { failing[misfit.distribution, default: []].insert(misfit.problem.root) }
        var reaches = LoadingReach(scene, roots, failing: failing)
        for item in judged where !item.issues.isEmpty {
            let root = item.root
            let reach = reaches.reach(of: root.module, in: root.distribution, isLibrary: root.isLibrary)
            for issue in item.issues {
                add(issue, root: root.name, reach: reach == .fails && isHeld(issue, root, roots) ? .mayFail : reach)
            }
            if reach == .mayFail { addUnread(root.path, of: root.distribution) }
        }
        for (problem, distribution) in roots.misfits {
            var problem = problem
            problem.reach = reaches.reach(of: problem.root, in: distribution, isLibrary: false)
            problems.append(problem)
            if problem.reach == .mayFail { addUnread(problem.file, of: distribution) }
        }
        addAbsent(roots, &reaches)
        let named = roots.unnamed.filter { scene.isNamed($0.distribution) }
        addUnmapped(roots.unopened) { "which libraries of \($0) are opened: it has no Python code of its own" }
        addUnmapped(named) { "whether \($0) opens it: its place has no name that Python imports" }
        // Whether a package imports them is not known: only statements that lead into packages are read.
        for (module, issues) in survey.standardIssues.sorted(by: { $0.key < $1.key }) where !roots.roots.isEmpty {
            for issue in issues { add(issue, root: module, reach: .mayFail) }
        }
    }

    /// Adds the libraries that records name and that are not there, if no file that needs them says it already.
    private mutating func addAbsent(_ roots: LoadingRoots, _ reaches: inout LoadingReach) {
        for (problem, distribution) in roots.absent where !survey.missing.contains(problem.needs) {
            var problem = problem
            // Without a call that opens it, only the name of a library tells that it is one.
            let isOpened = reaches.holdsCall(distribution) || problem.needs.contains("lib")
            if problem.reach == .fails, !isOpened || !reaches.opensLibraries(distribution) { problem.reach = .mayFail }
            if scene.isNamed(distribution), case .packages = scene.naming, let module = roots.module(of: problem.file),
                reaches.isImported(module, of: distribution)
            {
                problem.reach = .fails
            }
            append(problem)
            if problem.reach == .mayFail { addUnread(problem.file, of: distribution) }
        }
    }

    /// Says of each package, by its first file, that some of its files were not looked at: those that no other file needs.
    private mutating func addUnmapped(
        _ files: [(path: String, distribution: String)], reason: (_ distribution: String) -> String
    ) {
        var said: Set<String> = []
        for (path, distribution) in files {
            // What is mapped has the path that links lead to.
            let isMapped = scene.files.lookup(path).map { survey.mapped["/" + $0.path] != nil } ?? false
            guard !isMapped, said.insert(distribution).inserted else { continue }
            unread.append(.init(reason: reason(distribution), file: shownPath(path)))
        }
    }

    /// Says that conditions and calls could still lead to a file.
    private mutating func addUnread(_ path: String, of distribution: String) {
        guard scene.isNamed(distribution) else { return }
        unread.append(
            .init(
                reason: "whether it is reached: conditions of if, calls and computed names are not followed",
                file: shownPath(path)))
    }

    /// Whether what is missing is brought by something that is loaded before: the NVIDIA toolkit, or another file of a package
    /// that this one requires.
    private mutating func isExplained(_ issue: LoadingIssue, _ root: LoadingRoot) -> Bool {
        guard case .missingLibrary(let name, _) = issue.cause else { return false }
        if LibraryNames.isInjected(name) {
            injected.insert(name)
            return true
        }
        let providers = survey.names[name] ?? []
        return providers.contains(root.distribution)
            || !providers.isDisjoint(with: Self.closure(of: root.distribution, requirements))
    }

    /// Whether a file of a package, or of one that it requires, has the name of what is missing: the package's own code may open
    /// it before (pyexiv2).
    private func isHeld(_ issue: LoadingIssue, _ root: LoadingRoot, _ roots: LoadingRoots) -> Bool {
        guard case .missingLibrary(let name, _) = issue.cause else { return false }
        return Self.closure(of: root.distribution, requirements).contains { roots.holds(name, in: $0) }
    }

    // MARK: Problems

    private mutating func add(
        _ issue: LoadingIssue, root: String, reach: LoadingAssessment.Reach
    ) {
        let object = shownPath(issue.object)
        var problem = LoadingAssessment.Problem(
            rule: "", reach: reach, root: root, chain: issue.chain.map(shownPath), needs: "", file: object,
            layer: scene.layer(object))
        switch issue.cause {
        case .missingLibrary(let name, _):
            if LibraryNames.isInjected(name) {
                injected.insert(name)
                return
            }
            problem.needs = name
            if LibraryNames.isMusl(name), survey.settings?.family == .glibc {
                problem.rule = LoadingRules.wrongCLibrary.name
                problem.found = "glibc"
            } else if LibraryNames.isCUDA(name) {
                problem.rule = LoadingRules.missingRuntime.name
            } else {
                problem.rule = LoadingRules.missingLibrary.name
                problem.apt = SystemLibraryPackages.packages(for: name, distribution: system)
            }
            if let provider = survey.names[name]?.sorted().first { problem.found = "only in \(provider)" }
        case .damaged(let path, let damage):
            problem.rule = LoadingRules.damagedLibrary.name
            problem.needs = PosixPath.lastComponent(path)
            problem.found = damage.description
            problem.file = shownPath(path)
            problem.layer = scene.layer(shownPath(path))
        case .wrongArchitecture(let name, let paths, let found):
            problem.rule = LoadingRules.wrongArchitecture.name
            problem.needs = name
            problem.found = found
            if let path = paths.first {
                problem.file = shownPath(path)
                problem.layer = scene.layer(shownPath(path))
            }
        case .missingVersions(let versions, let name, let path):
            problem.rule = LoadingRules.missingVersion.name
            problem.needs = versions.sorted().joined(separator: ", ")
            problem.found = "\(name) (\(shownPath(path)))"
        case .missingSymbols(let symbols, let versions):
            problem.rule = LoadingRules.missingSymbol.name
            let missing = symbols.count { !isExported($0) }
            let version = versions.first { !$0.isEmpty }.map { " of \($0)" } ?? ""
            problem.needs = "\(symbols.count) symbol\(symbols.count == 1 ? "" : "s")\(version)"
            if missing == 0 {
                if reach == .fails { problem.reach = .mayFail }
                problem.found = "only in files that are not loaded with it"
            }
        case .otherLibrary(let needs, let has):
            problem.rule = LoadingRules.wrongCLibrary.name
            problem.needs = needs
            problem.found = has
        case .executableStack:
            problem.rule = LoadingRules.executableStack.name
            problem.needs = "an executable stack"
            problem.found = survey.settings?.release.map { "glibc \($0.major).\($0.minor)" }
        case .missingLoader(let loader):
            problem.rule = LoadingRules.missingLoader.name
            problem.needs = loader
        case .missingFile:
            problem.rule = LoadingRules.damagedLibrary.name
            problem.needs = object
            problem.found = "nothing"
        case .program:
            problem.rule = LoadingRules.damagedLibrary.name
            problem.needs = "a shared object"
            problem.found = "a program"
        }
        append(problem)
    }

    private mutating func append(_ problem: LoadingAssessment.Problem) {
        let isThere = problems.contains {
            $0.rule == problem.rule && $0.root == problem.root && $0.needs == problem.needs && $0.file == problem.file
        }
        if !isThere { problems.append(problem) }
    }

    private mutating func isExported(_ symbol: UInt64) -> Bool {
        if let exported { return exported.contains(symbol & ~0xFFFF) }
        var all: Set<UInt64> = []
        scene.files.forEachEntry { entry in
            guard entry.kind == .file, case .elf(let file)? = scene.files.binary(of: entry) else { return }
            for symbol in file.symbols.defined { all.insert(symbol & ~0xFFFF) }
        }
        exported = all
        return all.contains(symbol & ~0xFFFF)
    }

    // MARK: Requirements

    /// What each installed package requires, whatever the markers say.
    private static func requirements(_ environment: Environment) -> [String: Set<String>] {
        var result: [String: Set<String>] = [:]
        for package in environment.packages where package.ecosystem == .pypi {
            for text in package.requirements {
                if let requirement = try? Requirement(text) {
                    result[package.name, default: []].insert(requirement.normalizedName)
                }
            }
        }
        return result
    }

    private static func closure(of name: String, _ requirements: [String: Set<String>]) -> Set<String> {
        var seen: Set<String> = [name]
        var pending = [name]
        while let next = pending.popLast() {
            for other in requirements[next] ?? [] where seen.insert(other).inserted { pending.append(other) }
        }
        return seen
    }
}
