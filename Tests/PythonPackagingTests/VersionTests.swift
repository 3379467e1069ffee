import Testing

@testable import PythonPackaging

struct VersionTests {
    @Test(arguments: [
        ("1.0", "1.0"), ("v1.0-alpha", "1.0a0"), ("1.0.post", "1.0.post0"), ("1.0-1", "1.0.post1"),
        ("2!1.0rc1.dev2", "2!1.0rc1.dev2"),
        ("1.0+Ubuntu_1", "1.0+ubuntu.1"), (" 01.002 ", "1.2"), ("1.0c2", "1.0rc2"), ("1.0r4", "1.0.post4"),
        ("1.0.dev", "1.0.dev0"),
    ])
    func normalizes(text: String, normal: String) {
        #expect(PythonVersion(text)?.description == normal)
    }

    @Test(arguments: ["", "1.", "1..0", "a", "1.0+", "1.0+a..b", "1.0.x", "1!", "1.0 .1", "é"])
    func refuses(text: String) {
        #expect(PythonVersion(text) == nil)
    }

    @Test func orders() {
        let ordered = [
            "1.dev0", "1.0a1.dev1", "1.0a1", "1.0a1.post1", "1.0b2", "1.0rc1", "1.0", "1.0+abc", "1.0+5",
            "1.0.post1.dev1", "1.0.post1", "1.1",
            "1!0.1",
        ].compactMap { PythonVersion($0) }
        #expect(ordered.count == 13)
        for (index, version) in ordered.enumerated() {
            for (other, otherVersion) in ordered.enumerated() {
                #expect((version < otherVersion) == (index < other), "\(version) \(otherVersion)")
            }
        }
        #expect(PythonVersion("1.0") == PythonVersion("1"))
    }

    @Test(arguments: [
        (">=1,<2", "1.5", true), ("==1.*", "1.9.post1", true), ("==1.0", "1.0+cpu", true), ("==1.0+cpu", "1.0", false),
        ("~=1.4.2", "1.4.9", true), ("~=1.4.2", "1.5", false), ("<3", "3.0a1", false), (">1", "1.post1", false),
        (">1", "1+local", false),
        ("!=1.*", "2", true), ("===1.0", "1.0", true), ("", "1.0a1", false), (">=1.0a1", "1.0a2", true),
    ])
    func specifiers(text: String, version: String, isIn: Bool) throws {
        let set = try #require(VersionSpecifierSet(text))
        #expect(try set.contains(#require(PythonVersion(version))) == isIn)
    }

    @Test func requirements() throws {
        let requirement = try Requirement("Foo.Bar[a, B] >=1,<2 ; python_version < '3.12' and extra == \"x\"")
        #expect(requirement.normalizedName == "foo-bar")
        #expect(requirement.extras == ["a", "B"])
        let marker = try #require(requirement.marker)
        #expect(marker.holds(in: ["python_version": "3.11"], extras: ["X"]))
        #expect(!marker.holds(in: ["python_version": "3.12"], extras: ["x"]))
        #expect(!marker.holds(in: ["python_version": "3.9"], extras: []))
        #expect(try Requirement("a @ https://example.org/a.whl ; os_name == 'nt'").url == "https://example.org/a.whl")
        for text in [
            "", "a b", "a>=", "a[", "a;", "a; x == 'y'", "-a", "a; 'b' == 'c'",
            "a;" + String(repeating: "(", count: 500),
        ] {
            #expect(throws: RequirementError.self) { try Requirement(text) }
        }
    }
}
