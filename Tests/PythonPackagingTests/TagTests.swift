import EnvironmentInventory
import Testing

@testable import PythonPackaging

struct TagTests {
    @Test(
        "the processor as Python names it",
        arguments: [
            ("linux", "amd64", nil, "x86_64"), ("linux", "arm64", nil, "aarch64"), ("linux", "386", nil, "i686"),
            ("linux", "arm", "v6", "armv6l"),
            ("linux", "arm", "v7", "armv7l"), ("linux", "arm", nil, "armv7l"), ("linux", "ppc64le", nil, "ppc64le"),
            ("linux", "s390x", nil, "s390x"), ("linux", "riscv64", nil, "riscv64"),
            ("linux", "loong64", nil, "loongarch64"),
            ("darwin", "amd64", nil, "x86_64"), ("darwin", "arm64", nil, "arm64"), ("windows", "amd64", nil, "AMD64"),
            ("windows", "arm64", nil, "ARM64"), ("windows", "386", nil, "x86"), ("linux", "mips", nil, nil),
            ("darwin", "386", nil, nil),
            ("", "", nil, nil),
        ] as [(String, String, String?, String?)])
    func machines(os: String, architecture: String, variant: String?, machine: String?) {
        let platform = Platform(os: os, architecture: architecture, variant: variant)
        #expect(PlatformTags.machine(of: platform) == machine)
        #expect((PlatformTags.of(platform) == nil) == (machine == nil))
    }

    private static func linux(_ architecture: String, _ family: CLibrary.Family, _ major: Int, _ minor: Int)
        -> [String]?
    {
        PlatformTags.of(
            Platform(
                os: "linux", architecture: architecture, cLibrary: CLibrary(family: family, major: major, minor: minor))
        )
    }

    @Test("the C library of a target bounds its tags, the newest first")
    func libraries() {
        #expect(
            Self.linux("amd64", .glibc, 2, 6)
                == ["linux_x86_64", "manylinux_2_6_x86_64", "manylinux_2_5_x86_64", "manylinux1_x86_64"])
        #expect(
            Self.linux("arm64", .glibc, 2, 17) == ["linux_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"])
        #expect(Self.linux("arm64", .glibc, 2, 16) == ["linux_aarch64"])
        #expect(Self.linux("amd64", .glibc, 3, 1) == ["linux_x86_64"])
        #expect(
            Self.linux("amd64", .musl, 1, 1) == ["linux_x86_64", "musllinux_1_1_x86_64", "musllinux_1_0_x86_64"])
        #expect(PlatformTags.of(Platform(os: "linux", architecture: "arm", variant: "v6")) == ["linux_armv6l"])
        #expect(
            PlatformTags.of(Platform(os: "linux", architecture: "amd64"))
                == Self.linux("amd64", .glibc, PlatformTags.defaultCLibrary.major, PlatformTags.defaultCLibrary.minor))
    }

    @Test("versions that no library has are cut off", arguments: [Int.max, Int.min, -1, 1000, 1_000_000])
    func absurd(number: Int) throws {
        let glibc = try #require(Self.linux("amd64", .glibc, 2, number))
        #expect(glibc.count <= 1 + 995 + 3)
        let musl = try #require(Self.linux("amd64", .musl, 1, number))
        #expect(musl.count <= 1 + 1000)
        let mac = PlatformTags.of(Platform(os: "darwin", architecture: "amd64"), macOS: (number, number))
        #expect(try #require(mac).count <= 6 * 1100)
        #expect(PlatformTags.of(Platform(os: "darwin", architecture: "amd64"), macOS: (10, number)) != nil)
    }

    @Test("macOS: older systems, and Intel's binaries on ARM")
    func macOS() throws {
        let arm = try #require(PlatformTags.of(Platform(os: "darwin", architecture: "arm64"), macOS: (12, 3)))
        #expect(
            arm.prefix(4) == [
                "macosx_12_0_arm64", "macosx_12_0_universal2", "macosx_11_0_arm64", "macosx_11_0_universal2",
            ])
        #expect(arm.contains("macosx_10_9_universal2") && !arm.contains("macosx_10_9_x86_64"))
        let intel = try #require(PlatformTags.of(Platform(os: "darwin", architecture: "amd64"), macOS: (10, 4)))
        #expect(intel.first == "macosx_10_4_x86_64" && !intel.contains { $0.contains("_10_3_") })
    }

    @Test(
        "the tags that begin and end a target's list",
        arguments: [
            ("3.11", "cpython", false, "cp311-cp311-linux_aarch64"),
            ("3.13", "cpython", true, "cp313-cp313t-linux_aarch64"),
            ("3.7", "cpython", false, "cp37-cp37m-linux_aarch64"),
            ("3.10", "pypy", false, "pp310-pypy310_pp73-linux_aarch64"),
        ])
    func targets(python: String, implementation: String, isFreeThreaded: Bool, first: String) throws {
        let target = try #require(
            PythonTarget(
                python: python, platform: Platform(os: "linux", architecture: "arm64"), implementation: implementation,
                isFreeThreaded: isFreeThreaded))
        #expect(target.tags.first?.description == first)
        #expect(target.tags.last?.description == "py30-none-any")
        #expect(target.tags.contains { $0.abi == "abi3" } == (implementation == "cpython" && !isFreeThreaded))
        #expect(target.tags.contains { $0.abi == "abi3t" } == isFreeThreaded)
    }

    @Test("another implementation has no tags")
    func implementations() {
        for name in ["graalpy", "", "CPython"] {
            #expect(
                PythonTarget(
                    python: "3.11", platform: Platform(os: "linux", architecture: "amd64"), implementation: name) == nil
            )
        }
    }

    @Test("a wheel that may run by its name alone is never one that does not, of those that are ranked")
    func mayRun() throws {
        let target = try #require(PythonTarget(python: "3.11", platform: Platform(os: "linux", architecture: "amd64")))
        for python in ["py3", "py2.py3", "cp311", "cp310", "cp312", "CP311", "pp39"] {
            for abi in ["none", "abi3", "cp311", "cp312"] {
                for platform in [
                    "any", "manylinux_2_17_x86_64.manylinux2014_x86_64", "win_amd64", "linux_x86_64", "Linux_x86_64",
                ] {
                    let name = "a-1-\(python)-\(abi)-\(platform).whl"
                    if target.rank(of: try WheelFileName(name)) != nil {
                        #expect(target.mayRun(wheelNamed: name), "\(name)")
                    }
                }
            }
        }
        #expect(!target.mayRun(wheelNamed: "a-1-cp312-cp312-win_amd64.whl"))
        #expect(!target.mayRun(wheelNamed: "a-1-cp311-cp311-macosx_11_0_arm64.whl"))
        // What is not the name of a wheel is looked at elsewhere.
        for name in ["a", "", ".whl", "a-1.tar.gz", "a.whl"] { #expect(target.mayRun(wheelNamed: name)) }
    }
}
