import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// Sets the facts of a model side by side: the strongest of each package makes the environment, two that cannot both be
/// true are a finding.
struct ModelFactResolver {
    let facts: [ModelFact]
    private let locked: Environment
    private(set) var findings: [Finding] = []
    private(set) var environment = Environment()

    /// - Parameter locked: the environment of the strongest lock in the model; a capture's has the interpreter and
    ///   the platform too.
    init(_ facts: [ModelFact], locked: Environment, name: String) {
        var seen: Set<ModelFact> = []
        self.locked = locked
        let hashed = locked.packages.compactMap { package -> ModelFact? in
            guard package.ecosystem == .pypi, !package.hashes.isEmpty || package.contentDigest != nil,
                let version = package.version
            else { return nil }
            return ModelFact(
                about: .package, name: package.name, value: version, strength: .hashed,
                file: package.source?.file ?? name, place: (package.source?.line).map { .line($0) })
        }
        self.facts = (facts + Self.captured(locked, name) + hashed).filter { seen.insert($0).inserted }
        resolveInterpreter(name)
        resolvePackages(name)
        environment.sortPackages()
    }

    /// What a capture says besides packages.
    private static func captured(_ environment: Environment, _ name: String) -> [ModelFact] {
        guard let python = environment.python else { return [] }
        let file = python.source?.file ?? name
        let place = (python.source?.line).map { FactPlace.line($0) }
        var facts = [
            ModelFact(
                about: .interpreter, name: "python", value: python.version, strength: .hashed, file: file, place: place)
        ]
        if let platform = environment.platform {
            let library = platform.cLibrary.map { " \($0)" } ?? ""
            facts.append(
                ModelFact(
                    about: .platform, name: "platform", value: "\(platform)\(library)", strength: .hashed, file: file))
        }
        return facts
    }

    private mutating func resolveInterpreter(_ name: String) {
        let said = facts.filter { $0.about == .interpreter }
        guard let best = Self.bestInterpreter(of: facts) else {
            findings.append(
                Finding(
                    rule: ModelRules.missingInterpreter.name, severity: .warning, file: name, range: nil,
                    message: "the model does not record its Python version",
                    help: "record the environment with `pinproof capture ENV --into MODEL`", ecosystem: .model))
            return
        }
        environment.python = Interpreter(
            implementation: locked.python?.implementation ?? "cpython", version: best.value, source: best.location)
        contradict(said, with: best) { Self.isPrefix($0, $1) }
    }

    private static func bestInterpreter(of facts: [ModelFact]) -> ModelFact? {
        facts.filter { $0.about == .interpreter }
            .max { ($0.strength, $0.value.utf8.count) < ($1.strength, $1.value.utf8.count) }
    }

    /// Returns the interpreter with the strongest fact.
    static func interpreter(of facts: [ModelFact]) -> Interpreter? {
        bestInterpreter(of: facts).map { Interpreter(version: $0.value, source: $0.location) }
    }

    private mutating func resolvePackages(_ name: String) {
        environment.packages = locked.packages
        environment.platform = locked.platform
        environment.directories = locked.directories
        environment.numericVariables = locked.numericVariables
        environment.libraries = locked.libraries
        environment.needs = locked.needs
        let held = Set(locked.packages.map(\.name))
        var order: [String] = []
        var byName: [String: [ModelFact]] = [:]
        for fact in facts where [.package, .requirement, .generation].contains(fact.about) {
            if byName[fact.name] == nil { order.append(fact.name) }
            byName[fact.name, default: []].append(fact)
        }
        for package in order {
            let said = byName[package] ?? []
            let exact = said.filter { $0.about == .package }
            if let best = exact.max(by: { $0.strength < $1.strength }) {
                if !held.contains(package) {
                    var found = Package(ecosystem: .pypi, name: package, version: best.value)
                    found.source = best.location
                    found.versionRequirement =
                        said.first { $0.about == .requirement && $0.value == "===" + best.value }?.value
                    environment.packages.append(found)
                }
                contradict(exact, with: best, agrees: Self.isSameVersion)
                contradict(said.filter { $0.about == .generation }, with: best) { version, generation in
                    version == generation || version.hasPrefix(generation + ".")
                }
            } else if !held.contains(package), let requirement = said.first(where: { $0.about == .requirement }) {
                var found = Package(ecosystem: .pypi, name: package, version: nil)
                found.versionRequirement = requirement.value.isEmpty ? nil : requirement.value
                found.source = requirement.location
                environment.packages.append(found)
            }
        }
        if !environment.packages.isEmpty, locked.packages.isEmpty {
            findings.append(
                Finding(
                    rule: ModelRules.unlockedEnvironment.name, severity: .warning, file: name, range: nil,
                    message: "the model holds no lock with hashes of its training environment",
                    help: "add the lock to the model, or run `pinproof capture ENV --into MODEL`", ecosystem: .model))
        }
        if environment.packages.isEmpty {
            findings.append(
                Finding(
                    rule: ModelRules.missingEnvironment.name, severity: .warning, file: name, range: nil,
                    message: "the model does not name the packages of its training environment",
                    help: "record the environment with `pinproof capture ENV --into MODEL`", ecosystem: .model))
        }
    }

    private mutating func contradict(
        _ facts: [ModelFact], with best: ModelFact, agrees: (String, String) -> Bool
    ) {
        var told: Set<String> = []
        for fact in facts where !agrees(best.value, fact.value) && told.insert(fact.value).inserted {
            let thing = fact.about == .interpreter ? "Python" : fact.name
            let other = fact.about == .generation ? "\(thing) \(fact.value).x" : "\(thing) \(fact.value)"
            findings.append(
                Finding(
                    rule: ModelRules.contradictingFacts.name, severity: .error, file: fact.file, range: fact.range,
                    message: "\(fact.file) says \(other), \(best.file) says \(thing) \(best.value)",
                    help: "save the model again in the environment that serves it", ecosystem: .model,
                    subject: fact.name, strength: nil))
        }
    }

    /// Whether one version is the other with more parts: `3.11` and `3.11.7`.
    static func isPrefix(_ left: String, _ right: String) -> Bool {
        left == right || left.hasPrefix(right + ".") || right.hasPrefix(left + ".")
    }

    /// Whether two versions are the same but for a local part that one of them leaves out: `2.1` and `2.1+cpu`.
    static func isSameVersion(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        guard let left = PythonVersion(left), let right = PythonVersion(right) else { return false }
        if left == right { return true }
        return left.withoutLocal == right.withoutLocal && (left.local == nil || right.local == nil)
    }
}

extension ModelFact {
    /// The place as packages name it.
    var location: FileLocation {
        if case .line(let line) = place { return FileLocation(file: file, line: line) }
        return FileLocation(file: file, line: nil)
    }

    var range: SourceRange? {
        guard case .line(let line) = place else { return nil }
        let start = SourcePosition(line: line, column: 1)
        return SourceRange(start: start, end: start)
    }
}
