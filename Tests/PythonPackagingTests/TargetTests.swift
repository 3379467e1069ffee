import EnvironmentInventory
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
}
