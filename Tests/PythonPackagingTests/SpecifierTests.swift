import TestSupport
import Testing

@testable import PythonPackaging

struct SpecifierTests {
    @Test(
        "what is not a comparison is refused",
        arguments: [
            "", "1", "=1", "<>1", "==", "== ", "==1.*.2", "==*", ">=1.*", "~=1", "~=1.*", "<1.*", "==1.0+a.*",
            "==1a1.*", ">=1+a",
            "===", "=== a b", "===a;b", "===a)b", "==1 2", "==1;", "!1", "~1", "==é",
        ])
    func refused(text: String) {
        // The empty `===` is of the grammar of the specification's expression.
        #expect((VersionSpecifier(text) == nil) == (text != "==="))
    }

    @Test(
        "versions that a set pins",
        arguments: [
            ("==1.0", "1.0"), ("===x", "x"), ("==1.*", nil), (">=1,==1.2", "1.2"), (">=1", nil), ("", nil),
            ("==1,==2", "1"),
        ] as [(String, String?)])
    func exactVersion(text: String, version: String?) throws {
        #expect(try #require(VersionSpecifierSet(text)).exactVersion == version)
    }

    @Test("numbers of any length are compared as numbers")
    func longNumbers() throws {
        let zeros = String(repeating: "0", count: 10_000)
        let large = try #require(PythonVersion("1\(zeros)"))
        let larger = try #require(PythonVersion("1\(zeros)0.1"))
        let nines = try #require(PythonVersion("9\(zeros.dropLast())"))
        #expect(large < larger && large > nines)
        #expect(PythonVersion(zeros + "1.0") == PythonVersion("1"))
        #expect(try #require(VersionSpecifierSet("<1\(zeros)0")).contains(large))
        #expect(PythonVersion("1.0.dev1\(zeros)")?.description == "1.0.dev1\(zeros)")
    }

    @Test("order is total, and equality is what neither side precedes")
    func totalOrder() {
        var random = SeededGenerator(seed: 440)
        func part(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
        let versions = (0..<60).compactMap { _ in
            PythonVersion(
                part(["", "", "1!"]) + part(["0", "1", "1.0", "1.0.0", "1.1", "2"]) + part(["", "a1", "b2", "rc1"])
                    + part(["", ".post1", ".post2"]) + part(["", ".dev1", ".dev2"]) + part(["", "+a", "+1", "+a.1"]))
        }
        #expect(versions.count == 60)
        for one in versions {
            for two in versions {
                #expect([one < two, two < one, one == two].count { $0 } == 1, "\(one) \(two)")
                if one == two { #expect(one.hashValue == two.hashValue) }
                for three in versions where one < two && two < three { #expect(one < three, "\(one) \(two) \(three)") }
            }
        }
    }

    @Test(
        "requirements that are not of the grammar, with the byte where it ends",
        arguments: [
            ("", 0), ("-a", 0), ("a b", 2), ("a[", 2), ("a[b", 3), ("a[b c]", 4), ("a[,]", 2), ("a>=", 1),
            ("a>=1,<", 5), ("a(>=1", 5),
            ("a @", 3), ("a @ ", 4), ("a;", 2), ("a; x == 'y'", 3), ("a; os_name", 10), ("a; os_name ==", 13),
            ("a; os_name == 'x", 14),
            ("a; os_name == 'x' and", 21), ("a; (os_name == 'x'", 18), ("a; os_name is 'x'", 11),
            ("a; os_name not 'x'", 15),
            ("a; 'x' == 'y'", 13), ("a>=1 b", 5), ("é", 0), ("a===1,2", 1),
        ])
    func requirementErrors(text: String, offset: Int) {
        let error = #expect(throws: RequirementError.self) { try Requirement(text) }
        #expect(error?.offset == offset, "\(text): \(error.map { "\($0)" } ?? "")")
    }

    @Test(
        "requirements as they are read",
        arguments: [
            ("a", "a", [], "", nil), (" a ", "a", [], "", nil), ("a[]", "a", [], "", nil),
            ("a[b,c]>=1", "a", ["b", "c"], ">=1", nil),
            ("a (>=1, <2)", "a", [], ">=1,<2", nil), ("a>=1,", "a", [], ">=1", nil), ("a@u", "a", [], "", "u"),
            (
                "a @ git+https://index.example/x@v1#egg=a ; os_name == 'x'", "a", [], "",
                "git+https://index.example/x@v1#egg=a"
            ),
            ("A.b_c", "A.b_c", [], "", nil), ("a_", "a_", [], "", nil),
        ] as [(String, String, [String], String, String?)])
    func requirements(text: String, name: String, extras: [String], specifiers: String, url: String?) throws {
        let requirement = try Requirement(text)
        #expect(requirement.name == name && requirement.extras == extras && requirement.url == url)
        #expect(requirement.specifiers.description == specifiers)
    }

    private static let environment = [
        "python_version": "3.11", "python_full_version": "3.11.4", "os_name": "posix", "sys_platform": "linux",
        "platform_machine": "x86_64", "platform_release": "6.1.0-13-amd64", "platform_python_implementation": "CPython",
        "implementation_name": "cpython", "platform_system": "Linux",
    ]

    @Test(
        "markers",
        arguments: [
            ("python_version < '3.9'", false), ("python_version < '3.12'", true), ("'3.9' < python_version", true),
            ("python_version >= '3.10'", true), ("python_version == '3.*'", true), ("python_version ~= '3.10'", true),
            ("python_version in '3.10 3.11'", true), ("python_version not in '3.10, 3.11'", false),
            ("'x86' in platform_machine", true),
            ("'' in platform_machine", true), ("platform_machine in ''", false), ("os.name == 'posix'", true),
            ("sys.platform != 'linux'", false), ("python_implementation == 'CPython'", true), ("os_name < 'z'", false),
            ("os_name <= 'posix'", true), ("os_name ~= 'posix'", false), ("platform_release >= '6'", false),
            ("extra == 'x'", true), ("extra == 'X'", true), ("extra != 'x'", false), ("extra == 'y'", false),
            ("extra == ''", false),
            ("'x' in extras", true), ("'y' not in extras", true), ("'g' in dependency_groups", true),
            ("'h' in dependency_groups", false),
            ("os_name == 'nt' or os_name == 'posix' and extra == 'x'", true),
            ("(os_name == 'nt' or os_name == 'posix') and extra == 'y'", false),
            ("os_name == 'nt' and os_name == 'nt' or os_name == 'posix'", true),
            ("os_name=='posix'and(extra=='x')", true),
            ("platform_version == ''", true), ("python_full_version === '3.11.4'", true),
        ])
    func markers(text: String, holds: Bool) throws {
        #expect(try Marker(text).holds(in: Self.environment, extras: ["X"], groups: ["G"]) == holds)
    }

    @Test("the variables that a marker names")
    func variables() throws {
        let marker = try Marker("os.name == 'a' and ('x' in extras or (python_version < '3' and extra == 'b'))")
        #expect(marker.variables == ["os_name", "extras", "python_version", "extra"])
    }

    @Test("64 levels of parentheses are read and 65 are not")
    func depth() {
        func nested(_ count: Int) -> String {
            String(repeating: "(", count: count) + "os_name == 'x'" + String(repeating: ")", count: count)
        }
        #expect((try? Marker(nested(64))) != nil)
        #expect((try? Marker(nested(65))) == nil)
    }
}
