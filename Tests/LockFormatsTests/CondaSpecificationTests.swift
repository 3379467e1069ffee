import EnvironmentInventory
import SourceDocuments
import Testing

@testable import LockFormats

/// Specifications of conda as rattler 0.28 reads them.
@Suite struct CondaSpecificationTests {
    /// A specification with its name, and its one version where it pins one.
    static let specifications: [(text: String, name: String, version: String?)] = [
        ("numpy", "numpy", nil),
        ("numpy=1.26", "numpy", nil),
        ("numpy==1.26.4", "numpy", "1.26.4"),
        ("numpy=1.26.4=py311_0", "numpy", "1.26.4"),
        ("numpy==1.26.4=py311_0", "numpy", "1.26.4"),
        ("numpy 1.26.4", "numpy", "1.26.4"),
        ("numpy 1.26.4 py311_0", "numpy", "1.26.4"),
        ("numpy>=1.26,<2", "numpy", nil),
        ("numpy >=1.26", "numpy", nil),
        ("numpy>=1.26|<1", "numpy", nil),
        ("numpy=1.26.*", "numpy", nil),
        ("numpy==1.26.*", "numpy", nil),
        ("numpy!=1.25", "numpy", nil),
        ("numpy~=1.26", "numpy", nil),
        ("conda-forge::numpy", "numpy", nil),
        ("conda-forge::numpy=1.26.4=py311_0", "numpy", "1.26.4"),
        ("conda-forge/linux-64::numpy==1.26.4", "numpy", "1.26.4"),
        ("https://host:443::flask=1.0.2", "flask", nil),
        ("https://host:443/chan::flask==1.0.2", "flask", "1.0.2"),
        ("numpy[version=\"==1.26.4\"]", "numpy", "1.26.4"),
        ("numpy[version=1.26.4,build=py311_0]", "numpy", "1.26.4"),
        ("numpy[version=\">=1.26\"]", "numpy", nil),
        ("numpy=1!2.0=0", "numpy", "1!2.0"),
        ("numpy==1!2.0", "numpy", "1!2.0"),
        ("numpy=1.26.4=*_0", "numpy", "1.26.4"),
        ("NumPy==1.26.4", "numpy", "1.26.4"),
        ("python=3.11", "python", nil),
        ("python 3.11.*", "python", nil),
        ("numpy=1.26.4=", "numpy", nil),
        ("_libgcc_mutex=0.1=main", "_libgcc_mutex", "0.1"),
        ("pkg-with-dash=1.0", "pkg-with-dash", nil),
        ("pkg.with.dot==2", "pkg.with.dot", "2"),
        ("numpy <2", "numpy", nil),
        ("numpy <2|>3", "numpy", nil),
        ("numpy = 1.26", "numpy", nil),
        ("numpy == 1.26.4", "numpy", "1.26.4"),
    ]

    private static let range = SourceRange(
        start: SourcePosition(line: 1, column: 1), end: SourcePosition(line: 1, column: 2))

    @Test(arguments: specifications) func theSpecificationIsRead(text: String, name: String, version: String?) {
        let requirement = CondaSpecification.requirement(text, file: "environment.yml", range: Self.range)
        #expect(requirement.ecosystem == .conda)
        #expect(requirement.name == name)
        #expect(requirement.version == version)
        #expect(requirement.strength == (version == nil ? .floating : .exact))
    }

    /// The same in a file: nothing vanishes, and a name without a version is not a pin.
    @Test(arguments: specifications) func theFileHoldsIt(text: String, name: String, version: String?) throws {
        let quoted = text.replacing("'", with: "''")
        let document = try lock("environment.yml", "dependencies:\n- '\(quoted)'\n")
        let environment = try document.environment(target: nil)
        #expect(environment.packages.map(\.name) == [name])
        #expect(environment.packages.first?.version == version)
        #expect(environment.gaps.isEmpty)
    }
}
