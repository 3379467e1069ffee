import EnvironmentInventory
import LockFormats
import PythonPackaging

import LockFormats
import PythonPackaging
import EnvironmentInventory

/// What files pin that are looked at together, by the names of the packages.
struct PinTable {
    /// The entries of one file for one package.
    private struct Pinned {
        let entries: [LockedPackage]
        let versions: Set<Version>
    }

    /// A version as it is compared.
    private enum Version: Hashable {
        case python(PythonVersion)
        case text(String)

        init(_ text: String) { self = PythonVersion(text).map { .python($0) } ?? .text(text) }
    }

    /// For each package the first file of those that pin the same versions.
    private var pinned: [String: [Pinned]] = [:]
    private var known: [String: Set<Set<Version>>] = [:]

    /// Adds what a file pins.
    ///
    /// - Returns: one finding for each package that a file before it pins otherwise, and the names that ``remove(_:)`` takes.
    mutating func add(_ requirements: [LockedPackage]) -> (findings: [Finding], added: [String]) {
        var findings: [Finding] = []
        var added: [String] = []
        for (name, entries) in Self.pins(requirements) {
            // What a person declares with a marker may never apply beside the other.
            if entries.contains(where: { $0.marker != nil && $0.kind == .declared }) { continue }
            if let conflict = (pinned[name] ?? []).lazy.compactMap({ PinConflicts.conflict(entries, $0.entries) }).first
            {
                findings.append(conflict)
            }
            let versions = Set(entries.compactMap { $0.version.map { Version($0) } })
            guard known[name, default: []].insert(versions).inserted else { continue }
            pinned[name, default: []].append(Pinned(entries: entries, versions: versions))
            added.append(name)
        }
        return (findings, added)
    }

    /// Takes back what the last file has added that was not taken back before.
    mutating func remove(_ added: [String]) {
        for name in added {
            guard let last = pinned[name]?.popLast() else { continue }
            known[name]?.remove(last.versions)
        }
    }

    /// The entries with a version, by their names in the order of the file.
    private static func pins(_ requirements: [LockedPackage]) -> [(name: String, entries: [LockedPackage])] {
        var pins: [(name: String, entries: [LockedPackage])] = []
        var indices: [String: Int] = [:]
        for requirement in requirements where [.pypi, .conda].contains(requirement.ecosystem) {
            guard let name = requirement.name, requirement.version != nil, requirement.kind != .constraint else {
                continue
            }
            if let index = indices[name] {
                pins[index].entries.append(requirement)
            } else {
                indices[name] = pins.count
                pins.append((name, [requirement]))
            }
        }
        return pins
    }
}

/// Files that one Dockerfile or workflow installs from, in its environments.
///
/// Stages form trees, and what a stage installs is in all that build on it: a walk through the trees compares each file with
/// those of the stages above it.
enum InstalledTogether {
    struct File {
        /// Its number among the files that are checked.
        let number: Int
        /// The stages that hold what it installs; nil for the one environment of a file without stages.
        let stages: Range<Int>?
        let requirements: [LockedPackage]
    }

    private struct Open {
        let end: Int
        let file: File
        /// What the table has of it; nil as long as it is alone.
        var added: [String]?
        /// Whether a stage above installs the same file.
        var isAgain = false
    }

    /// The conflicts between files that are installed into one environment.
    static func findings(_ files: [File]) -> [Finding] {
        var findings = PinConflicts.findings(between: files.filter { $0.stages == nil }.map(\.requirements))
        var table = PinTable()
        var open: [Open] = []
        var numbers = Set<Int>()
        func isBefore(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
            (left.lowerBound, right.upperBound) < (right.lowerBound, left.upperBound)
        }
        let ordered = files.enumerated().compactMap { index, file in file.stages.map { (index, $0, file) } }
            .sorted { isBefore($0.1, $1.1) || !isBefore($1.1, $0.1) && $0.0 < $1.0 }
        for (_, stages, file) in ordered {
            while let last = open.last, last.end <= stages.lowerBound {
                table.remove(last.added ?? [])
                if !last.isAgain { numbers.remove(last.file.number) }
                open.removeLast()
            }
            // The pins of a file that is alone are compared with none.
            if open.count == 1, open[0].added == nil {
                open[0].added = table.add(open[0].file.requirements).added
            }
            var next = Open(end: stages.upperBound, file: file, added: nil)
            defer { open.append(next) }
            // The stage of a file that is installed again holds nothing new.
            if !numbers.insert(file.number).inserted {
                next.isAgain = true
            } else if !open.isEmpty {
                let result = table.add(file.requirements)
                findings += result.findings
                next.added = result.added
            }
        }
        return findings
    }
}
