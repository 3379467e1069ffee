import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

/// A target that a lock does not cover is refused, and the error names what the lock is for.
@Suite struct CoverageTests {
    // MARK: uv.lock

    private static func uv(_ head: String = "", project: String = "", packages: String = "") -> String {
        """
        version = 1
        revision = 5
        requires-python = ">=3.10"
        \(head)
        [[package]]
        name = "site"
        version = "1"
        source = { virtual = "." }
        dependencies = [{ name = "base" }]
        \(project)
        [[package]]
        name = "base"
        version = "2.0"
        source = { registry = "https://index.example/simple" }
        wheels = [{ url = "https://index.example/base-2.0-py3-none-any.whl", hash = "sha256:\(sha)" }]
        \(packages)
        """
    }

    private static let armOnly = uv(
        "supported-markers = [\"sys_platform == 'linux' and platform_machine == 'aarch64'\", \"sys_platform == 'win32'\"]"
    )

    @Test func uvIsHeldToItsSupportedEnvironments() throws {
        let document = try lock("uv.lock", Self.armOnly)
        for platform in ["linux/arm64", "windows/amd64"] {
            #expect(pins(try document.environment(target: target("3.11", platform))) == ["base==2.0"])
        }
        let reason = failure("uv.lock", Self.armOnly, target: linux)
        #expect(reason.contains("is not locked for Python 3.11 on linux/amd64"), "\(reason)")
        #expect(reason.contains("platform_machine == 'aarch64'") && reason.contains("sys_platform == 'win32'"))
        // Environments that a lock must have wheels for limit nothing.
        let required = Self.uv("required-markers = [\"sys_platform == 'win32'\"]")
        #expect(failure("uv.lock", required, target: linux).isEmpty)
    }

    private static let groups = uv(
        project: """
            [package.dev-dependencies]
            late = [{ name = "base" }]
            lint = [{ name = "base" }]
            [package.group-requires-python]
            late = ">=3.12"
            """)

    @Test(arguments: [
        ("3.11", ["late"], "the group late is for Python >=3.12, which excludes 3.11"), ("3.12", ["late"], ""),
        ("3.11", ["lint"], ""), ("3.11", [], ""),
    ]) func uvGroupsHaveTheirOwnPython(_ python: String, _ groups: [String], _ expected: String) {
        let reason = failure("uv.lock", Self.groups, target: target(python, groups: Set(groups)))
        #expect(expected.isEmpty ? reason.isEmpty : reason.contains(expected), "\(reason)")
    }

    @Test func allGroupsAreHeldToTheirPython() {
        var all = target("3.11")
        all.allGroups = true
        #expect(failure("uv.lock", Self.groups, target: all).contains("the group late"))
    }

    private static let conflicts = uv(
        """
        conflicts = [
            [{ package = "site", group = "new" }, { package = "site", group = "old" }],
            [{ package = "site", extra = "cpu" }, { package = "site", extra = "gpu" }, { package = "site", group = "old" }],
        ]
        """,
        project: """
            [package.optional-dependencies]
            cpu = [{ name = "base" }]
            gpu = [{ name = "base" }]
            [package.dev-dependencies]
            new = [{ name = "base" }]
            old = [{ name = "base" }]
            """)

    @Test(arguments: [
        (["cpu"], ["new"], ""), (["gpu"], [], ""), ([], ["old"], ""),
        (["cpu", "gpu"], [], "the extra cpu and the extra gpu conflict"),
        ([], ["new", "old"], "the group new and the group old conflict"),
        (["gpu"], ["old"], "the extra gpu and the group old conflict"),
    ]) func uvConflictsExclude(_ extras: [String], _ groups: [String], _ expected: String) {
        let reason = failure(
            "uv.lock", Self.conflicts, target: target(extras: Set(extras), groups: Set(groups)))
        #expect(expected.isEmpty ? reason.isEmpty : reason.contains(expected), "\(reason)")
    }

    @Test func allGroupsConflict() {
        var all = target()
        all.allGroups = true
        #expect(failure("uv.lock", Self.conflicts, target: all).contains("conflict"))
    }

    // MARK: pdm.lock

    private static func pdm(_ targets: String) -> String {
        """
        [metadata]
        groups = ["default"]
        strategy = ["inherit_metadata"]
        lock_version = "4.5.1"
        \(targets)
        [[package]]
        name = "base"
        version = "2.0"
        groups = ["default"]
        files = [{file = "base-2.0-py3-none-any.whl", hash = "sha256:\(sha)"}]
        """
    }

    private static let pdmTargets = pdm(
        """
        [[metadata.targets]]
        requires_python = "==3.11.*"
        platform = "manylinux_2_40_x86_64"
        [[metadata.targets]]
        requires_python = "==3.12.*"
        platform = "windows_amd64"
        [[metadata.targets]]
        requires_python = "==3.12.*"
        platform = "macos_14_0_arm64"
        [[metadata.targets]]
        requires_python = ">=3.9"
        platform = "musllinux_1_2_aarch64"
        """)

    @Test(arguments: [
        ("3.11", "linux/amd64", nil, true), ("3.12", "linux/amd64", nil, false), ("3.13", "linux/amd64", nil, false),
        ("3.12", "windows/amd64", nil, true), ("3.11", "windows/amd64", nil, false),
        ("3.12", "darwin/arm64", nil, true), ("3.12", "darwin/amd64", nil, false),
        ("3.12", "windows/arm64", nil, false),
        ("3.11", "linux/arm64", nil, false), ("3.11", "linux/arm64", "musl-1.2", true),
        ("3.11", "linux/amd64", "musl-1.2", false),
    ]) func pdmIsHeldToItsTargets(_ python: String, _ platform: String, _ library: String?, _ fits: Bool) {
        var asked = target(python, platform)
        asked.cLibrary = library.flatMap { CLibrary($0) }
        let reason = failure("pdm.lock", Self.pdmTargets, target: asked)
        #expect(reason.isEmpty == fits, "\(reason)")
        if !fits { #expect(reason.contains("Python ==3.12.* on windows_amd64"), "\(reason)") }
    }

    @Test(arguments: [
        ("platform = \"linux\"", "linux/amd64", true), ("platform = \"linux\"", "linux/arm64", false),
        ("platform = \"macos\"", "darwin/arm64", true), ("platform = \"macos_x86_64\"", "darwin/amd64", true),
        ("platform = \"windows\"", "windows/amd64", true), ("platform = \"windows_x86\"", "windows/386", true),
        ("platform = \"windows_arm64\"", "windows/arm64", true), ("platform = \"alpine\"", "linux/amd64", false),
        ("implementation = \"pypy\"", "linux/amd64", false), ("implementation = \"cpython\"", "linux/amd64", true),
        ("platform = \"plan9\"", "linux/amd64", false),
        ("other = \"x\"", "linux/amd64", false),
    ]) func pdmPlatforms(_ member: String, _ platform: String, _ fits: Bool) {
        let text = Self.pdm("[[metadata.targets]]\nrequires_python = \">=3.9\"\n\(member)")
        #expect(failure("pdm.lock", text, target: target("3.11", platform)).isEmpty == fits)
    }

    @Test("what an installed package needs at the target, and the lock does not hold")
    func whatIsNeededByAMarker() throws {
        let needs = """
            groups = ["default"]
            dependencies = ["one; sys_platform == 'linux'", "two; sys_platform == 'win32'", "three; extra == 'x'"]
            """
        let text = Self.pdm("").replacing("groups = [\"default\"]\nfiles", with: needs + "\nfiles")
        #expect(text.contains("two"))
        func gaps(_ target: Target?) throws -> [String] {
            try lock("pdm.lock", text).environment(target: target).gaps.map(\.reason)
        }
        #expect(try gaps(target("3.11", "linux/amd64")) == ["base needs one, which the lock does not hold"])
        #expect(try gaps(target("3.11", "darwin/arm64")) == [])
        #expect(try gaps(nil) == [])
    }

    @Test func aLockOfPDMWithoutTargetsIsForAll() {
        #expect(failure("pdm.lock", Self.pdm(""), target: target("3.13", "linux/arm64")).isEmpty)
    }

    /// The version of a machine's kernel is no part of a target: what depends on it neither vanishes nor is installed.
    @Test(
        arguments: [
            ("platform_release >= '5'", "linux/amd64", nil),
            ("platform_release >= '20' and sys_platform == 'darwin'", "linux/amd64", []),
            ("platform_version == 'x' or sys_platform == 'linux'", "linux/amd64", ["a==1"]),
            ("platform_release >= '20' and sys_platform == 'darwin'", "darwin/arm64", nil),
        ] as [(String, String, [String]?)])
    func valuesOfAMachine(_ marker: String, _ platform: String, _ expected: [String]?) throws {
        let text = "a==1 ; \(marker)\n"
        let asked = target("3.11", platform)
        if let expected {
            #expect(pins(try lock("requirements.txt", text).environment(target: asked)) == expected)
        } else {
            #expect(failure("requirements.txt", text, target: asked).contains("which no target states"))
        }
    }

    /// pip orders texts by their characters, uv has no order: where they disagree nothing vanishes and nothing is installed.
    @Test(
        arguments: [
            ("sys_platform < 'm'", nil), ("sys_platform > 'm'", []), ("'m' > sys_platform", nil),
            ("sys_platform >= 'linux'", ["a==1"]), ("sys_platform >= 'l'", nil), ("os_name <= 'nt'", []),
            ("sys_platform < 'm' and sys_platform == 'win32'", []),
            ("sys_platform < 'm' or os_name == 'posix'", ["a==1"]),
            ("python_version < '3.12'", ["a==1"]), ("python_full_version >= '3.11.0'", ["a==1"]),
        ] as [(String, [String]?)])
    func orderOfTexts(_ marker: String, _ expected: [String]?) throws {
        let text = "a==1 ; \(marker)\n"
        let asked = target("3.11", "linux/amd64")
        if let expected {
            #expect(pins(try lock("requirements.txt", text).environment(target: asked)) == expected)
        } else {
            #expect(failure("requirements.txt", text, target: asked).contains("tools disagree"))
        }
    }

    // MARK: pylock.toml

    private static func pylock(_ head: String, marker: String = "") -> String {
        """
        lock-version = "1.0"
        created-by = "x"
        \(head)
        [[packages]]
        name = "base"
        \(marker)
        wheels = [{ url = "https://index.example/base-2.0-py3-none-any.whl", hashes = { sha256 = "\(sha)" } }]
        """
    }

    @Test func pylockEnvironments() {
        #expect(failure("pylock.toml", Self.pylock(""), target: linux).isEmpty)
        let none = failure("pylock.toml", Self.pylock("environments = []"), target: linux)
        #expect(none.contains("it is for no environment"), "\(none)")
        let windows = failure("pylock.toml", Self.pylock("environments = [\"os_name == 'nt'\"]"), target: linux)
        #expect(windows.contains("it is for os_name == 'nt'"), "\(windows)")
        let both = Self.pylock("environments = [\"os_name == 'nt'\", \"os_name == 'posix'\"]")
        #expect(failure("pylock.toml", both, target: linux).isEmpty)
    }

    @Test(arguments: [
        ("", "marker = \"extra == 'gpu'\"", "uses extra, which is undefined in a lock"),
        ("environments = [\"'x' in extras\"]", "", "uses extras, which is undefined in a lock"),
        ("extras = [\"gpu\"]", "marker = \"'gpu' in extras\"", ""),
        ("dependency-groups = [\"dev\"]", "marker = \"'dev' in dependency_groups\"", ""),
    ]) func pylockMarkersUseDefinedVariables(_ head: String, _ marker: String, _ expected: String) {
        let reason = failure("pylock.toml", Self.pylock(head, marker: marker), target: linux)
        #expect(expected.isEmpty ? reason.isEmpty : reason.contains(expected), "\(reason)")
    }

    // MARK: Interpreters and platforms

    private static func wheels(_ tags: [String]) -> String {
        let list = tags.map { "{ url = \"https://index.example/n-1.0-\($0).whl\", hash = \"sha256:\(sha)\" }" }
        return uv(
            packages: "[[package]]\nname = \"n\"\nversion = \"1.0\"\nsource = { registry = \"r\" }\nwheels = ["
                + list.joined(separator: ", ") + "]"
        ).replacing("{ name = \"base\" }", with: "{ name = \"n\" }")
    }

    @Test(arguments: [
        ("3.14t", "linux/amd64", "cp314-cp314t-manylinux_2_17_x86_64"),
        ("3.14", "linux/amd64", "cp314-cp314-manylinux_2_17_x86_64"),
        ("3.14", "linux/ppc64le", "cp314-cp314-manylinux_2_17_ppc64le"),
        ("3.14", "linux/s390x", "cp314-cp314-manylinux_2_17_s390x"),
        ("3.14", "linux/riscv64", "cp314-cp314-manylinux_2_17_riscv64"),
        ("3.14", "linux/arm/v7", "cp314-cp314-manylinux_2_17_armv7l"),
        ("3.14", "darwin/amd64", "cp314-cp314-macosx_11_0_x86_64"),
        ("3.14", "windows/arm64", "cp314-cp314-win_arm64"),
    ]) func everyTargetHasItsWheel(_ python: String, _ platform: String, _ tags: String) throws {
        let all = [
            "cp314-cp314t-manylinux_2_17_x86_64", "cp314-cp314-manylinux_2_17_x86_64",
            "cp314-cp314-manylinux_2_17_ppc64le", "cp314-cp314-manylinux_2_17_s390x",
            "cp314-cp314-manylinux_2_17_riscv64", "cp314-cp314-manylinux_2_17_armv7l",
            "cp314-cp314-macosx_11_0_x86_64", "cp314-cp314-win_arm64",
        ]
        let environment = try lock("uv.lock", Self.wheels(all)).environment(target: target(python, platform))
        #expect(environment.packages.flatMap(\.artifacts).map(\.name) == ["n-1.0-\(tags).whl"])
        #expect(environment.python?.version == "3.14")
    }
}
