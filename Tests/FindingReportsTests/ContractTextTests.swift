import EnvironmentInventory
import Testing

@testable import FindingReports

/// A contract for a person, and the packages that a requirement names.
@Suite("Contracts as text, and dependencies")
struct ContractTextTests {
    @Test("each fact of an input has its words")
    func inputs() {
        var contract = InputContract()
        var age = ContractInput(name: "age", position: 0)
        age.type = .int64
        age.required = true
        age.range = ContractRange(minimum: 0, maximum: 120.5, kind: .constraint)
        age.onNull = .rejected
        age.onOutside = .error
        var region = ContractInput(name: "region", position: 1)
        region.type = .string
        region.required = false
        region.categories = .init(
            values: [.text("n"), .integer(1), .number(1.5), .boolean(true), .null], isOpen: false)
        region.onUnseen = .silent
        var tensor = ContractInput(name: nil, position: 2)
        tensor.type = .float32
        tensor.shape = [nil, 3]
        tensor.range = ContractRange(minimum: nil, maximum: 9, kind: .training)
        tensor.isRead = false
        contract.inputs = [age, region, tensor]
        contract.binding = .exactNames
        contract.extraColumns = .error
        contract.outputs = [
            ContractOutput(name: nil, type: .int64, shape: [nil], classes: [.integer(0), .integer(1)]),
            ContractOutput(name: "p", type: .float64),
        ]
        contract.parameters = [ContractParameter(name: "top", type: .int64, defaultValue: .null, shape: [2])]
        contract.enforcedBy = [.mlflow, .schema]
        contract.library = .init(name: "scikit-learn", training: "1.5.0")
        #expect(
            contract.text(name: "churn", style: .plain) == """
                churn  3 inputs
                  age     int64          required  0 to 120.5, null: rejected, outside: error
                  region  string         optional  one of n, 1, 1.5, true, null, unseen: silent
                  2       float32[-, 3]  required   to 9 in training, nothing reads it
                found by exact-names; extra columns: error
                output  (no name)  int64[-]  classes 0, 1
                output  p  float64
                parameter  top  int64[2]
                checked by  mlflow, schema
                library  scikit-learn 1.5.0

                """)
    }

    @Test("fifty inputs and twenty values are written out, the rest is counted")
    func many() {
        var contract = InputContract()
        contract.inputs = (0..<53).map { ContractInput(name: "c\($0)", position: $0) }
        contract.inputs[0].categories = .init(values: (0..<25).map { .integer($0) }, isOpen: true)
        let text = contract.text(name: "m", style: .plain)
        #expect(text.hasPrefix("m  53 inputs\n") && text.contains("\n  and 3 more\n") && !text.contains("c50"))
        #expect(text.contains("one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 and 5 more"))
    }

    @Test("no name of a model ends a line or starts an escape sequence")
    func hostile() {
        var contract = InputContract()
        contract.inputs = [ContractInput(name: "a\n\u{1B}[31mb", position: 0)]
        let text = contract.text(name: "x\ny", style: .plain)
        #expect(!text.unicodeScalars.contains("\u{1B}") && text.split(separator: "\n").count == 3)
    }

    /// https://peps.python.org/pep-0508/, https://peps.python.org/pep-0503/#normalized-names
    @Test(
        "the name of a requirement",
        arguments: [
            ("numpy", "numpy"), ("NumPy>=1", "numpy"), ("a_b.c--d", "a-b-c-d"), ("a[x]==1; python_version < '3'", "a"),
            ("a ; extra == 'test'", nil), ("a;extra=='x'", nil), ("a @ https://index.example/a.whl", "a"), (" a", "a"),
            ("", nil), (">=1", nil), (";", nil), ("é", nil),
        ] as [(String, String?)])
    func requirements(_ text: String, _ name: String?) { #expect(DependencyGraph.name(text) == name) }

    private static func installed(_ name: String, _ requirements: [String]) -> Package {
        var package = Package(ecosystem: .pypi, name: name, version: "1")
        package.recordCheck = .intact
        package.requirements = requirements
        return package
    }

    private static func edges(_ graph: DependencyGraph) -> [String] {
        guard case .array(let entries) = graph.json else { return [] }
        return entries.compactMap { entry in
            guard case .object(let members) = entry, case .string(let from)? = members.first?.value,
                case .array(let to)? = members.last?.value
            else { return nil }
            let names = to.map { name in if case .string(let text) = name { text } else { "?" } }
            return "\(from): \(names.joined(separator: " "))"
        }
    }

    @Test("the subject depends on what nothing else depends on")
    func graph() {
        var graph = DependencyGraph(root: "root")
        graph.add(Self.installed("a", ["B>=1", "c; extra == 'x'", "a", "none"]), "ref-a")
        graph.add(Self.installed("b", []), "ref-b")
        graph.add(Package(ecosystem: .apt, name: "b", version: "1"), "ref-apt")
        graph.addLeaf("python")
        #expect(Self.edges(graph) == ["root: ref-a ref-apt python", "python: ", "ref-a: ref-b", "ref-b: "])
        #expect(graph.unknown == ["ref-apt"])
    }

    @Test("a lock that has dependencies at all makes a package without any a leaf")
    func locks() {
        func locked(_ name: String, _ dependencies: [String]?) -> Package {
            var package = Package(ecosystem: .pypi, name: name, version: "1")
            package.dependencies = dependencies
            return package
        }
        var graph = DependencyGraph(root: "root")
        graph.add(locked("a", ["b", "b"]), "a")
        graph.add(locked("b", nil), "b")
        #expect(Self.edges(graph) == ["root: a", "a: b", "b: "] && graph.unknown == [])
        var bare = DependencyGraph(root: "root")
        bare.add(locked("a", nil), "a")
        #expect(Self.edges(bare) == ["root: a"] && bare.unknown == ["a"])
    }

    @Test("two packages of one name are both depended on")
    func twice() {
        var graph = DependencyGraph(root: "root")
        graph.add(Self.installed("a", ["b"]), "a")
        graph.add(Self.installed("b", []), "b2")
        graph.add(Self.installed("b", ["b"]), "b1")
        #expect(Self.edges(graph) == ["root: a", "a: b1 b2", "b2: ", "b1: b2"])
    }
}
