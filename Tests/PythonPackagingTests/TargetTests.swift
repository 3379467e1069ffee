import Testing

@testable import PythonPackaging

struct TargetTests {
    private static func target(_ platform: String = "linux/amd64", python: String = "3.11") throws -> PythonTarget {
        let platform = try #require(Platform(platform))
        return try #require(PythonTarget(python: python, platform: platform))
    }

    @Test func markerValues() throws {
        let values = try Self.target("darwin/arm64", python: "3.12").markerEnvironment
        #expect(values["python_full_version"] == "3.12.0")
        #expect(values["platform_machine"] == "arm64")
        #expect(values["sys_platform"] == "darwin")
        #expect(try Self.target(python: "3.13.0rc1").markerEnvironment["python_full_version"] == "3.13.0rc1")
        #expect(try Self.target("windows/amd64").markerEnvironment["os_name"] == "nt")
        #expect(try Self.target().satisfies(">=3.9,<3.12") == true)
        #expect(try Self.target().satisfies("<3.11") == false)
        #expect(try Self.target().satisfies("three") == nil)
    }

    @Test(arguments: ["", "3", "three.1", "1!3.11", "33.1", "3.400"])
    func versionsThatAreNoTarget(python: String) {
        #expect(PythonTarget(python: python, platform: Platform(os: "linux", architecture: "amd64")) == nil)
    }

    @Test func platformsThatAreNoTarget() {
        for (os, architecture) in [("plan9", "amd64"), ("linux", "vax"), ("", "")] {
            #expect(PythonTarget(python: "3.11", platform: Platform(os: os, architecture: architecture)) == nil)
        }
    }

    @Test("on a tie the higher build number wins, else the first")
    func buildNumbers() throws {
        let names = [
            "a-1-py3-none-any.whl", "a-1-2-py3-none-any.whl", "a-1-10-py3-none-any.whl", "a-1-10-py2.py3-none-any.whl",
        ]
        #expect(try Self.target().best(of: names.map { try WheelFileName($0) }) == 2)
        #expect(try Self.target().best(of: [WheelFileName("a-1-cp312-cp312-win_amd64.whl")]) == nil)
    }

    @Test func selection() throws {
        let wheels = LockSelection.Source.distributions(
            wheels: ["a-1-cp311-cp311-win_amd64.whl", "a-1-cp311-cp311-manylinux_2_28_x86_64.whl"], hasSdist: false)
        let entries = [
            LockSelection.Entry(name: "a", marker: nil, requiresPython: ">=3.9", source: wheels),
            LockSelection.Entry(
                name: "b", marker: try Marker("'dev' in dependency_groups"), requiresPython: nil, source: .single),
            LockSelection.Entry(
                name: "c", marker: try Marker("'x' in extras"), requiresPython: nil,
                source: .distributions(wheels: [], hasSdist: true)),
        ]
        let target = try Self.target()
        #expect(try LockSelection.select(entries, for: target) == [.init(entry: 0, choice: .wheel(1))])
        let all = try LockSelection.select(entries, for: target, extras: ["X"], groups: ["Dev"])
        #expect(all.map(\.choice) == [.wheel(1), .single, .sdist])
        let other = try Self.target("linux/arm64")
        let error = #expect(throws: LockSelectionError.self) { try LockSelection.select(entries, for: other) }
        #expect(error?.reason.contains("cp311-cp311-win_amd64, cp311-cp311-manylinux_2_28_x86_64") == true)
        #expect(throws: LockSelectionError.self) { try LockSelection.select(entries + entries, for: target) }
        #expect(throws: LockSelectionError.self) {
            try LockSelection.select(entries, for: target, requiresPython: "<3.11")
        }
        #expect(throws: LockSelectionError.self) {
            try LockSelection.select(entries, for: target, environments: [Marker("os_name == 'nt'")])
        }
    }
}
