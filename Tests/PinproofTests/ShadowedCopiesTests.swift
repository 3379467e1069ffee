import EnvironmentInventory
import Testing

@testable import Pinproof

/// Copies of a package that an interpreter does not import.
struct ShadowedCopiesTests {
    private static func environment(_ copies: [(name: String, place: String?)]) -> Environment {
        var environment = Environment()
        environment.packages = copies.enumerated().map { index, copy in
            var package = Package(ecosystem: .pypi, name: copy.name, version: "1.\(index)")
            package.location = copy.place
            return package
        }
        return environment
    }

    @Test("the first directory of the import path decides, and what is in none of them comes last")
    func order() {
        var environment = Self.environment([
            ("pip", "usr/lib/python3/dist-packages"), ("pip", "opt/venv/site-packages"), ("six", "opt/a/site-packages"),
            ("six", "opt/venv/site-packages"), ("attrs", "opt/a/site-packages"), ("wheel", nil),
        ])
        let hidden = environment.removeShadowed(["opt/venv/site-packages", "usr/lib/python3/dist-packages"])
        #expect(hidden.map(\.version) == ["1.0", "1.2"])
        #expect(environment.packages.map(\.version) == ["1.1", "1.3", "1.4", "1.5"])
    }

    @Test("copies of the same rank stay, and all where the import path is not known")
    func undecided() {
        let copies = [("six", "a"), ("six", "a"), ("six", "b")].map { (name: $0.0, place: String?.some($0.1)) }
        var environment = Self.environment(copies)
        #expect(environment.removeShadowed(nil).isEmpty && environment.packages.count == 3)
        #expect(environment.removeShadowed([]).isEmpty)
        #expect(environment.removeShadowed(["b"]).count == 2)
        environment = Self.environment(copies)
        #expect(environment.removeShadowed(["a", "b"]).map(\.version) == ["1.2"])
    }
}
