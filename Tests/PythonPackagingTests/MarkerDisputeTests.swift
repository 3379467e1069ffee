import PythonPackaging
import Testing

/// Comparisons to which `packaging` 26.4 has no answer, or of which tools think differently.
@Suite struct MarkerDisputeTests {
    private static let environment = [
        "python_version": "3.11", "python_full_version": "3.11.4", "os_name": "posix", "sys_platform": "linux",
        "platform_system": "Linux", "implementation_name": "cpython",
    ]

    @Test(
        "a variable on the right of another stands for its own name",
        arguments: [
            ("python_version < python_full_version", false), ("python_version == python_version", false),
            ("python_version != os_name", true), ("os_name not in sys_platform", true),
            ("os_name in sys.platform", false),
            ("python_version >= python_version", false),
        ])
    func twoVariables(_ text: String, _ holds: Bool) throws {
        #expect(try Marker(text).holds(in: Self.environment) == holds)
    }

    @Test(
        "comparisons without an answer are nil where they decide",
        arguments: [
            ("python_version < python_full_version", nil), ("python_version != os_name", true),
            ("python_version < python_full_version and os_name == 'nt'", false),
            ("python_version < python_full_version or os_name == 'posix'", true),
            ("os_name === 'nt'", nil), ("os_name === 'posix'", nil), ("sys_platform ~= 'linux'", nil),
            ("'linux' ~= sys_platform", nil), ("python_version ~= '3'", nil), ("python_version ~= '3.11.*'", nil),
            ("python_version ~= '3.8'", true), ("'3.9' ~= python_version", false),
            ("python_full_version === '3.11.4'", true), ("python_version ~= '3' or os_name == 'posix'", true),
            ("'x' in extras", true), ("extras == 'x'", nil), ("dependency_groups in 'x'", nil), ("extra == 'x'", true),
            ("os_name == 'posix'", true), ("os_name < 'a'", false), ("os_name < 'z'", nil),
        ] as [(String, Bool?)])
    func undefined(_ text: String, _ expected: Bool?) throws {
        let holds = try Marker(text).holds(in: Self.environment, extras: ["x"], groups: [], unknown: [])
        #expect(holds == expected, "\(text)")
    }
}
