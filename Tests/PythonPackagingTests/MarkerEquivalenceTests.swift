import PythonPackaging
import Testing

/// Markers that say the same in other words, as uv 0.13.9 writes them into its lock.
@Suite struct MarkerEquivalenceTests {
    private func compare(_ left: [String], _ right: [String], pythons: String = "") -> MarkerEquivalence.Answer {
        var effort = MarkerEquivalence.maximumComparisons
        return MarkerEquivalence.compare(
            left.map { .init(all: $0.isEmpty ? [] : [$0]) }, right.map { .init(all: $0.isEmpty ? [] : [$0]) },
            pythons: VersionSpecifierSet(pythons), effort: &effort)
    }

    private let tooMany = MarkerEquivalence.Answer.unknown("the markers name too many environments to compare them")

    @Test(
        arguments: [
            ("sys_platform == 'linux'", "'linux' == sys_platform", "", true),
            ("sys_platform == 'win32'", "platform_system == 'Windows'", "", true),
            ("python_version >= '3.12'", "python_full_version >= '3.12'", "", true),
            ("python_version > '3.11'", "python_full_version >= '3.12'", "", true),
            ("python_version == '3.11'", "python_full_version >= '3.11' and python_full_version < '3.12'", "", true),
            ("python_version >= '3.8'", "", ">=3.10", true), ("python_version >= '3.8'", "", "", false),
            ("python_version < '3.11'", "python_version < '3.12'", ">=3.12", true),
            ("python_version < '3.11'", "python_version < '3.12'", ">=3.10", false),
            ("python_full_version < '3.11.4'", "python_full_version < '3.11.5'", "", false),
            ("sys_platform != 'linux'", "sys_platform == 'darwin' or sys_platform == 'win32'", "", false),
            ("sys_platform in 'linux darwin'", "sys_platform == 'linux'", "", false),
            ("os_name == 'nt'", "sys_platform == 'win32'", "", false),
            ("platform_machine == 'arm64'", "platform_machine == 'aarch64'", "", false),
            (
                "platform_machine != 'arm64' and os_name == 'posix'",
                "os_name == 'posix' and platform_machine != 'arm64'", "", true
            ),
            ("implementation_name == 'cpython'", "platform_python_implementation == 'CPython'", "", true),
            ("extra == 'a'", "extra == 'b'", "", false), ("extra == 'A'", "extra == 'a'", "", true),
            ("extra == 'a' and sys_platform == 'linux'", "sys_platform == 'linux'", "", false),
            ("platform_release >= '6'", "platform_release >= '7'", "", false),
        ] as [(String, String, String, Bool)])
    func pairs(_ left: String, _ right: String, _ pythons: String, _ expected: Bool) {
        #expect(compare([left], [right], pythons: pythons) == (expected ? .same : .different))
        #expect(compare([right], [left], pythons: pythons) == (expected ? .same : .different))
    }

    @Test func severalConditions() {
        let halves = ["sys_platform == 'linux'", "sys_platform != 'linux'"]
        #expect(compare(halves, [""]) == .same)
        #expect(compare([halves[0]], [""]) == .different)
        #expect(compare([], ["python_version < '3'"], pythons: ">=3.10") == .same)
        #expect(compare([], ["python_version < '3.12'"], pythons: ">=3.10") == .different)
        let rest = MarkerEquivalence.Condition(none: [halves[0]])
        var effort = 10_000
        #expect(MarkerEquivalence.compare([rest], [.init(all: [halves[1]])], effort: &effort) == .same)
        #expect(MarkerEquivalence.compare([rest], [.init(all: [halves[0]])], effort: &effort) == .different)
    }

    @Test func whatCannotBeTold() {
        #expect(compare(["frobnicate == '1'"], [""]) == .unknown("the marker frobnicate == '1' cannot be read"))
        let machines = (0..<80).map { "platform_machine == 'm\($0)' and platform_release == 'r\($0)'" }
        #expect(compare(machines, ["platform_version == 'x'"]) == tooMany)
        // Each extra is an environment of its own, and each alternative is asked in all of them.
        let extras = (0..<2000).map { "extra == 'e\($0)'" }.joined(separator: " or ")
        var effort = 50_000
        let wider = MarkerEquivalence.Condition(all: [extras + " or os_name == 'nt'"])
        #expect(MarkerEquivalence.compare([.init(all: [extras])], [wider], effort: &effort) == tooMany)
        effort = 2000
        let halves = [MarkerEquivalence.Condition(all: ["os_name == 'nt'"]), .init(all: ["os_name == 'posix'"])]
        #expect(MarkerEquivalence.compare([halves[0]], [halves[1]], effort: &effort) == .different)
        let first = effort
        while MarkerEquivalence.compare([halves[0]], [halves[1]], effort: &effort) != tooMany {}
        #expect(first < 2000 && effort > -2000)
    }
}
