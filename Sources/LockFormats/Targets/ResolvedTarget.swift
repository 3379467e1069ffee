import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// A target with everything filled in: the marker environment and the tags in order of preference.
final class ResolvedTarget {
    /// What was asked for.
    let target: Target
    /// The Python version, as precise as it was given.
    let pythonVersion: String
    /// The platform with its C library.
    let platform: Platform
    /// What chooses among the files of a package.
    let artifactChoice: ArtifactChoice
    private var rules: PythonTarget { artifactChoice.rules }
    private var markerResults: [String: Bool] = [:]

    /// Fills in what the target leaves open: the Python of the lock, else the lowest that it allows; linux/amd64; the C
    /// library that uv assumes (``PlatformTags/defaultCLibrary``).
    ///
    /// - Throws: when the target's Python version is malformed or the lock excludes it.
    init(_ target: Target, document: LockDocument) throws(LockReadingError) {
        self.target = target
        var platform = target.platform ?? Platform(os: "linux", architecture: "amd64")
        if let library = target.cLibrary { platform.cLibrary = library }
        if platform.os == "linux", platform.cLibrary == nil { platform.cLibrary = PlatformTags.defaultCLibrary }
        self.platform = platform
        let requirement = document.pythonRequirement
        // A lock that holds the interpreter itself knows its third number.
        let locked = document.selection.pythonVersion(for: target)
        let asked = target.pythonVersion
        let refined = asked.flatMap { asked in locked.flatMap { $0.hasPrefix(asked + ".") ? $0 : nil } }
        pythonVersion =
            refined ?? asked ?? locked ?? requirement.flatMap(PythonRules.lowestPython) ?? "3.12"
        guard
            let rules = PythonTarget(
                python: pythonVersion, platform: platform, isFreeThreaded: target.isFreeThreaded)
        else {
            throw LockReadingError(
                file: document.name, place: nil,
                reason: "\(pythonVersion) on \(platform) is not a target that Pinproof knows")
        }
        artifactChoice = ArtifactChoice(rules: rules, platform: platform, pythonVersion: pythonVersion)
        if let requirement, PythonRules.python(pythonVersion, satisfies: requirement) == false {
            throw LockReadingError(
                file: document.name, place: nil,
                reason: "is for Python \(requirement), which excludes \(pythonVersion)")
        }
    }

    /// Refuses a target for which none of the markers holds that a lock was resolved for.
    ///
    /// - Throws: an error that names what the lock is for.
    func check(environments markers: [String], file: String) throws(LockReadingError) {
        let start = SourcePosition(line: 1, column: 1)
        for marker in markers where try holds(marker, extras: [], file: file, place: start) { return }
        throw LockReadingError(
            file: file, place: nil,
            reason: "is not locked for Python \(pythonVersion) on \(platform); it is for "
                + (markers.isEmpty ? "no environment" : markers.joined(separator: "; ")))
    }

    /// Whether an extra of the project is in.
    func includes(extra: String) -> Bool {
        target.allExtras || target.extras.contains { PythonRules.normalizedName($0) == extra }
    }

    /// Of the project's extras those that are in.
    func projectExtras(_ known: Set<String>) -> Set<String> {
        target.allExtras ? known : Set(target.extras.map(PythonRules.normalizedName))
    }

    /// Whether the target's Python satisfies a constraint of Poetry; a malformed one excludes nothing.
    func satisfiesPoetry(_ constraint: String) -> Bool {
        PythonRules.python(pythonVersion, satisfies: constraint) ?? true
    }

    /// Whether a group is in.
    func includes(group: String) -> Bool {
        target.allGroups || target.groups.contains { PythonRules.normalizedName($0) == group }
    }

    /// Whether a marker holds, with the given extras.
    func holds(
        _ marker: String, extras: Set<String>, groups: Set<String> = [], file: String, place: SourcePosition
    ) throws(LockReadingError) -> Bool {
        let dependsOnExtras = marker.contains("extra") || marker.contains("dependency_groups")
        if !dependsOnExtras, let known = markerResults[marker] { return known }
        let parsed: Marker
        do { parsed = try Marker(marker) } catch {
            throw LockReadingError(
                file: file, place: place, reason: "the marker \(marker) is malformed: \(error.reason)")
        }
        guard let holds = rules.outcome(of: parsed, extras: extras, groups: groups) else {
            let names = parsed.variables.intersection(PythonTarget.unknownVariables).sorted()
            let why =
                names.isEmpty
                ? "tools disagree whether \(marker) holds"
                : "whether \(marker) holds depends on \(names.joined(separator: " and ")), which no target states"
            throw LockReadingError(file: file, place: place, reason: why)
        }
        if !dependsOnExtras { markerResults[marker] = holds }
        return holds
    }

    /// Refuses a package whose own `requires-python` excludes the target.
    func check(
        requiresPython: String?, of name: String, file: String, place: SourcePosition
    ) throws(LockReadingError) {
        guard let requiresPython, PythonRules.python(pythonVersion, satisfies: requiresPython) == false else { return }
        throw LockReadingError(
            file: file, place: place,
            reason: "\(name) is for Python \(requiresPython), which excludes \(pythonVersion)")
    }
}
