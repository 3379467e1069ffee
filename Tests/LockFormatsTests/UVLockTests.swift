import EnvironmentInventory
import LockFormats
import Testing

@Suite struct UVLockTests {
    private static func package(
        _ name: String, _ version: String, _ rest: String = "", wheel tags: String = "py3-none-any"
    ) -> String {
        """
        [[package]]
        name = "\(name)"
        version = "\(version)"
        source = { registry = "https://index.example/simple" }
        wheels = [
            { url = "https://index.example/packages/\(name)-\(version)-\(tags).whl", hash = "sha256:\(sha)" },
        ]
        \(rest)

        """
    }

    private static let project = """
        version = 1
        revision = 3
        requires-python = ">=3.10"

        [[package]]
        name = "me"
        version = "1"
        source = { virtual = "." }
        dependencies = [
            { name = "a", extra = ["x"] },
            { name = "w", marker = "sys_platform == 'win32'" },
            { name = "f", version = "1.0", source = { registry = "https://index.example/simple" }, marker = "python_version < '3.11'" },
            { name = "f", version = "2.0", source = { registry = "https://index.example/simple" }, marker = "python_version >= '3.11'" },
        ]

        [package.optional-dependencies]
        cpu = [
            { name = "t", version = "1.0+cpu", source = { registry = "https://index.example/simple" }, marker = "extra == 'extra-2-me-cpu'" },
        ]
        gpu = [
            { name = "t", version = "1.0+gpu", source = { registry = "https://index.example/simple" }, marker = "extra == 'extra-2-me-gpu' and extra != 'extra-2-me-cpu'" },
        ]

        [package.dev-dependencies]
        dev = [{ name = "g" }]

        """
        + package(
            "a", "1.0", "dependencies = [{ name = \"b\" }]\n[package.optional-dependencies]\nx = [{ name = \"c\" }]")
        + package("b", "1.0", "dependencies = [{ name = \"a\" }]") + package("c", "1.0") + package("w", "1.0")
        + package("f", "1.0") + package("f", "2.0") + package("g", "1.0") + package("t", "1.0+cpu")
        + package("t", "1.0+gpu")

    @Test(arguments: [
        (target(), "a==1.0 b==1.0 c==1.0 f==2.0"),
        (target("3.10", "windows/amd64"), "a==1.0 b==1.0 c==1.0 f==1.0 w==1.0"),
        (target(groups: ["dev"]), "a==1.0 b==1.0 c==1.0 f==2.0 g==1.0"),
        (target(extras: ["cpu"]), "a==1.0 b==1.0 c==1.0 f==2.0 t==1.0+cpu"),
        (target(extras: ["gpu"]), "a==1.0 b==1.0 c==1.0 f==2.0 t==1.0+gpu"),
    ]) func walk(_ target: Target, _ expected: String) throws {
        #expect(pins(try lock("uv.lock", Self.project).environment(target: target)).joined(separator: " ") == expected)
    }

    @Test func everythingWithoutATarget() throws {
        let document = try lock("uv.lock", Self.project)
        #expect(document.packages.count == 9)
        #expect(document.projects == ["me"])
        #expect(document.packages.first?.source == FileLocation(file: "uv.lock", line: 26))
        #expect(document.problems.isEmpty)
        #expect(document.requirements.allSatisfy { $0.strength == .hashed })
    }

    @Test(arguments: [
        ("version = 2\n", "uv.lock:1:11: has version 2 of uv.lock; version 1 can be read"),
        ("", "uv.lock:1:1: is empty"),
        ("version = \"1\"", "uv.lock:1:11: \"version\" must be an integer, not a string"),
        ("version = 1\n[[package]]\nname = \"a\"\nname = \"b\"", "uv.lock:4:"),
        (
            "version = 1\n[[package]]\nname = 3\nsource = { registry = \"x\" }",
            "uv.lock:3:8: \"name\" must be a string, not an integer"
        ),
        ("version = 1\npackage = 3", "uv.lock:2:11: \"package\" must be a list, not an integer"),
    ]) func malformed(_ text: String, _ expected: String) {
        #expect(failure("uv.lock", text).hasPrefix(expected), "\(failure("uv.lock", text))")
    }

    @Test func artifactsAreChosenByTags() throws {
        let wheels = [
            "cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-musllinux_1_2_x86_64", "cp310-abi3-macosx_11_0_arm64",
        ]
        let list = wheels.map { "{ url = \"https://h/n-1.0%2Bx-\($0).whl\", hash = \"sha256:\(sha)\" }" }.joined(
            separator: ",")
        let text = """
            version = 1
            [[package]]
            name = "me"
            source = { virtual = "." }
            dependencies = [{ name = "n" }]
            [[package]]
            name = "n"
            version = "1.0+x"
            source = { registry = "r" }
            wheels = [\(list)]
            """
        func chosen(_ platform: String, _ library: String?) throws -> String? {
            var target = target("3.11", platform)
            target.cLibrary = library.flatMap { CLibrary($0) }
            return try lock("uv.lock", text).environment(target: target).packages.first?.artifacts.first?.name
        }
        #expect(try chosen("linux/amd64", nil) == "n-1.0+x-\(wheels[0]).whl")
        #expect(try chosen("linux/amd64", "musl-1.2") == "n-1.0+x-\(wheels[1]).whl")
        #expect(try chosen("darwin/arm64", nil) == "n-1.0+x-\(wheels[2]).whl")
        let reason = failure("uv.lock", text, target: target("3.11", "windows/amd64"))
        #expect(reason.contains("n 1.0+x has no artifact for windows/amd64") && reason.contains(wheels[1]), "\(reason)")
    }

    @Test func whatTheLockExcludesIsRefused() {
        #expect(failure("uv.lock", Self.project, target: target("3.9")).contains("excludes 3.9"))
        #expect(failure("uv.lock", Self.project, target: target(extras: ["no"])).contains("no extra \"no\""))
        #expect(failure("uv.lock", Self.project, target: target(groups: ["no"])).contains("no group \"no\""))
    }

    @Test func missingDependenciesAreNamed() throws {
        let text = Self.project.replacing("{ name = \"b\" }", with: "{ name = \"missing\" }")
        #expect(try lock("uv.lock", text).problems.map(\.message) == ["a needs missing, which the lock does not hold"])
        // A lock that was cut is not an environment, also where no target asks for the package.
        #expect(failure("uv.lock", text).contains("a needs missing"))
    }
}

/// The members of a workspace are the project's own code: what they need is in, they are not.
@Suite struct UVWorkspaceTests {
    private static let text = """
        version = 1
        requires-python = ">=3.11"
        [manifest]
        members = ["part", "whole"]
        [[package]]
        name = "part"
        version = "1"
        source = { editable = "part" }
        dependencies = [{ name = "twig" }]
        [[package]]
        name = "twig"
        version = "2.0"
        source = { registry = "https://index.example/simple" }
        wheels = [{ url = "https://index.example/twig-2.0-py3-none-any.whl", hash = "sha256:\(sha)" }]
        [[package]]
        name = "whole"
        version = "1"
        source = { virtual = "." }
        dependencies = [{ name = "part" }]
        """

    @Test(arguments: [nil, linux]) func membersAreNoPackages(_ target: Target?) throws {
        let document = try lock("uv.lock", Self.text)
        #expect(pins(try document.environment(target: target)) == ["twig==2.0"])
        #expect(document.projects == ["part", "whole"])
    }

    /// A package at a path that is not a member is one: its bytes are pinned by nothing.
    @Test func otherDirectoriesArePackages() throws {
        let text = Self.text.replacing("members = [\"part\", \"whole\"]", with: "members = [\"whole\"]")
        let environment = try lock("uv.lock", text).environment(target: linux)
        #expect(pins(environment) == ["part==1", "twig==2.0"])
        #expect(environment.packages.first?.reference == "-e part")
    }

    /// One of many versions is found by its number, also where two indexes have it.
    @Test func oneOfManyVersions() throws {
        var text = "version = 1\n[[package]]\nname = \"me\"\nsource = { virtual = \".\" }\ndependencies = [\n"
        let index = "source = { registry = \"https://index.example/simple\" }"
        for number in 0..<20 {
            text +=
                "{ name = \"p\", version = \"1.\(number)\", \(index), marker = \"python_version == '3.\(number)'\" },\n"
        }
        text += "]\n"
        for number in 0..<20 {
            text += "[[package]]\nname = \"p\"\nversion = \"1.\(number)\"\n\(index)\n"
            text +=
                "wheels = [{ url = \"https://index.example/p-1.\(number)-py3-none-any.whl\", hash = \"sha256:\(sha)\" }]\n"
        }
        #expect(pins(try lock("uv.lock", text).environment(target: linux)) == ["p==1.11"])
        let missing = text.replacing(
            "version = \"1.7\", \(index), marker", with: "version = \"1.70\", \(index), marker")
        #expect(failure("uv.lock", missing).contains("me needs p, which the lock does not hold"))
    }
}
