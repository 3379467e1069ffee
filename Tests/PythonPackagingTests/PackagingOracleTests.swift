import EnvironmentInventory
import FoundationEssentials
import TestSupport
import Testing

@testable import PythonPackaging

/// Holds the rules against what the PyPI package `packaging` answers: a small table that is committed, and one that
/// Oracle/packaging_oracle.py writes.
struct PackagingOracleTests {
    @Test func committedTable() throws {
        let tallies = try Self.check(Self.directory + "Oracle/packaging_table.txt")
        #expect(tallies.values.reduce(0, +) > 500)
    }

    @Test(
        "random texts are read as `packaging` reads them",
        .enabled(if: PythonOracle.has("packaging"), "python3 has no packaging"))
    func writtenTable() throws {
        let output = TemporaryDirectory()
        let rows = fuzzRounds(300)
        try #require(shell("python3 '\(Self.directory)Oracle/packaging_oracle.py' '\(output.path)/table' \(rows)") == 0)
        // Releases before 26.3 read fewer wheel names strictly, and compare markers and macOS otherwise.
        let isOld = shell("python3 -c 'import packaging; assert packaging.__version__ >= \"26.3\"' 2>/dev/null") != 0
        let tallies = try Self.check(
            output.path + "/table", leavingOut: isOld ? ["wheel", "sdist", "marker", "tags", "requirement"] : [])
        for kind in ["version", "order", "specifier", "contains", "filter", "name", "best"] {
            #expect(tallies[kind, default: 0] > 10, "\(kind)")
        }
    }

    private static let directory = String(#filePath.dropLast("PackagingOracleTests.swift".count))

    private static func check(_ path: String, leavingOut: Set<String> = []) throws -> [String: Int] {
        let bytes = try #require(FileManager.default.contents(atPath: path))
        var tallies: [String: Int] = [:]
        var wrong = 0
        var table = OracleTable()
        for line in bytes.split(separator: 0x0A) {
            let fields = line.split(separator: 0x09, omittingEmptySubsequences: false).map(field)
            if leavingOut.contains(fields[0]) { continue }
            tallies[fields[0], default: 0] += 1
            let answer = table.answer(fields[0], Array(fields.dropFirst()))
            guard let answer, answer.ours != answer.theirs else {
                if answer == nil { Issue.record("no such row: \(fields)") }
                continue
            }
            wrong += 1
            if wrong <= 40 { Issue.record("\(fields.prefix(6)): ours \(answer.ours), theirs \(answer.theirs)") }
        }
        #expect(wrong == 0)
        return tallies
    }

    private static func field(_ bytes: some Collection<UInt8>) -> String {
        var output: [UInt8] = []
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                output.append(byte == 0x74 ? 0x09 : byte == 0x6E ? 0x0A : byte)
                isEscaped = false
            } else if byte == 0x5C {
                isEscaped = true
            } else {
                output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

/// Our answer to a row, and theirs.
struct OracleTable {
    private var environments: [Int: [String: String]] = [:]
    private var targets: [[String]: PythonTarget] = [:]

    mutating func answer(_ kind: String, _ row: [String]) -> (ours: String, theirs: String)? {
        let theirs = row.dropFirst().joined(separator: " | ")
        switch (kind, row.count) {
        case ("version", 2): return (PythonVersion(row[0])?.description ?? "-", theirs)
        case ("order", 3):
            guard let left = PythonVersion(row[0]), let right = PythonVersion(row[1]) else { return ("-", row[2]) }
            if (left == right) != (left.hashValue == right.hashValue) { return ("hash", row[2]) }
            return (left < right ? "<" : right < left ? ">" : left == right ? "=" : "?", row[2])
        case ("specifier", 2): return (VersionSpecifier(row[0]) == nil ? "0" : "1", theirs)
        case ("contains", 4):
            guard let set = VersionSpecifierSet(row[0]), let version = PythonVersion(row[1]) else {
                return ("-", theirs)
            }
            let answers = [set.contains(version), set.contains(version, allowsPrereleases: true)]
            return (answers.map { $0 ? "1" : "0" }.joined(separator: " | "), row[2] + " | " + row[3])
        case ("filter", 3):
            let versions = row[1].split(separator: " ").compactMap { PythonVersion($0) }
            let left = VersionSpecifierSet(row[0])?.filter(versions).map(\.description) ?? ["-"]
            return (left.joined(separator: " "), row[2])
        case ("name", 2): return (NormalizedName.of(row[0]), theirs)
        case ("environment", 3):
            environments[Int(row[0]) ?? -1, default: [:]][row[1]] = row[2]
            return ("", "")
        case ("marker", 2): return ((try? Marker(row[0])) == nil ? "-" : "accepted", theirs)
        case ("marker", 3):
            guard let marker = try? Marker(row[0]) else { return ("-", theirs) }
            return (answers(marker, extra: row[1], theirs: row[2]), row[2])
        case ("requirement", 2): return ((try? Requirement(row[0])) == nil ? "-" : "accepted", theirs)
        case ("requirement", 6):
            guard let requirement = try? Requirement(row[0]) else { return ("-", theirs) }
            let specifiers = Set(requirement.specifiers.specifiers.map(\.description)).sorted()
            let marker = requirement.marker.map { answers($0, extra: "test", theirs: row[5]) } ?? ""
            let ours = [
                requirement.name, Set(requirement.extras).sorted().joined(separator: " "), requirement.url ?? "",
                specifiers.joined(separator: ","), marker,
            ]
            return (ours.joined(separator: " | "), theirs)
        case ("tags", 7):
            let target = target(row[0], row[1], row[2] == "1", row[3], row[4], row[5])
            return (target?.tags.map(\.description).joined(separator: " ") ?? "-", row[6])
        case ("best", 6):
            let names = row[4].split(separator: " ").map(String.init)
            let wheels = names.compactMap { try? WheelFileName($0) }
            let best = target(row[0], "cpython", false, row[1], row[2], row[3])?.best(of: wheels)
            return (best.map { names[$0] } ?? "-", row[5])
        case ("wheel", 2): return ((try? WheelFileName(row[0])) == nil ? "-" : "accepted", theirs)
        case ("wheel", 5):
            guard let wheel = try? WheelFileName(row[0]) else { return ("-", theirs) }
            let tags = Set(wheel.tags.map(\.description)).sorted().joined(separator: " ")
            return (
                [wheel.name, wheel.version.description, wheel.build?.text ?? "", tags].joined(separator: " | "), theirs
            )
        case ("sdist", 2): return ((try? SdistFileName(row[0])) == nil ? "-" : "accepted", theirs)
        case ("sdist", 3):
            guard let sdist = try? SdistFileName(row[0]) else { return ("-", theirs) }
            return (sdist.name + " | " + sdist.version.description, theirs)
        default: return nil
        }
    }

    /// The answers in all environments; where `packaging` calls a comparison undefined, ours counts as the same.
    private func answers(_ marker: Marker, extra: String, theirs: String) -> String {
        var output = ""
        for (index, their) in theirs.enumerated() {
            let holds = marker.holds(
                in: environments[index] ?? [:], extras: extra.isEmpty ? [] : [extra], groups: ["a"])
            output += their == "U" ? "U" : holds ? "1" : "0"
        }
        return output
    }

    private mutating func target(
        _ python: String, _ implementation: String, _ isFreeThreaded: Bool, _ os: String, _ architecture: String,
        _ library: String
    ) -> PythonTarget? {
        let key = [python, implementation, isFreeThreaded ? "t" : "", os, architecture, library]
        if let known = targets[key] { return known }
        let macOS = library.split(separator: ".").compactMap { Int($0) }
        let target = PythonTarget(
            python: python,
            platform: Platform(os: os, architecture: architecture, cLibrary: CLibrary(library)),
            implementation: implementation, isFreeThreaded: isFreeThreaded,
            macOS: os == "darwin" && macOS.count == 2 ? (macOS[0], macOS[1]) : nil)
        targets[key] = target
        return target
    }
}
