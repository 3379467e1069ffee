import EnvironmentInventory
import TestSupport
import Testing

@testable import EnvironmentVerification

/// What `--gpu` says of a library by the fat binaries that it holds.
struct GPUCodeTests {
    /// The problems of one extension module with so many fat binaries of each list of architectures.
    private static func problems(_ parts: [(count: Int, cubins: [UInt32])], gpus: [String]) throws -> [String] {
        var fixture = LoadingFixture()
        fixture.options.gpus = gpus
        fixture.module("demo/core.abi3.so") { file in
            file.constants = parts.flatMap { part in
                (0..<part.count).flatMap { _ in fatBinary(part.cubins.map { (kind: 2, architecture: $0) }) }
            }
        }
        return try fixture.assess().problems.map { "\($0.rule) \($0.reach.rawValue) \($0.needs)" }
    }

    @Test(
        "a library that was built for one list of architectures: the list counts, and kernels that leave the GPU out",
        arguments: [
            ("sm_80", []), ("sm_86", []), ("sm_90", []), ("sm_75", ["cuda-architecture fails sm_75"]),
            ("sm_103", ["cuda-architecture fails sm_103"]), ("sm_121", ["cuda-architecture fails sm_121"]),
        ] as [(String, [String])])
    func oneList(gpu: String, expected: [String]) throws {
        let parts: [(count: Int, cubins: [UInt32])] = [(20, [80, 90]), (3, [80, 90, 103])]
        #expect(try Self.problems(parts, gpus: [gpu]) == expected)
    }

    @Test("a fifth of the kernels without the GPU's architecture is a warning")
    func someKernels() throws {
        let parts: [(count: Int, cubins: [UInt32])] = [(16, [80, 90]), (4, [90, 100])]
        #expect(try Self.problems(parts, gpus: ["sm_86"]) == ["cuda-architecture may-fail sm_86"])
    }

    /// As in cuBLAS: most kernels are for one architecture each, of which every GPU takes its own.
    @Test(
        "a library of kernels for one architecture each runs where its list does",
        arguments: [
            ("sm_75", []), ("sm_80", []), ("sm_89", []), ("sm_121", []),
            ("sm_70", ["cuda-architecture may-fail sm_70"]),
        ] as [(String, [String])])
    func splitLibrary(gpu: String, expected: [String]) throws {
        let parts: [(count: Int, cubins: [UInt32])] = [(5, [75]), (6, [80]), (20, [90]), (30, [120]), (2, [80, 90])]
        #expect(try Self.problems(parts, gpus: [gpu]) == expected)
    }

    @Test("each GPU is judged")
    func several() throws {
        let found = try Self.problems([(12, [80, 90])], gpus: ["sm_80", "sm_75", "sm_120"])
        #expect(Set(found) == ["cuda-architecture fails sm_75", "cuda-architecture fails sm_120"] && found.count == 2)
    }
}
