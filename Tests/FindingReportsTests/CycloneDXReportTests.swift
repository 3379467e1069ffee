import EnvironmentInventory
import SourceDocuments
import Testing

@testable import FindingReports

/// The bill of materials: its graph, its hashes, its subject, and what it says is incomplete.
struct CycloneDXReportTests {
    private static func digest(_ character: Character) -> Digest? {
        Digest("sha256:" + String(repeating: character, count: 64))
    }

    private static func installed(_ name: String, _ requirements: [String] = []) -> Package {
        var package = Package(ecosystem: .pypi, name: name, version: "1")
        package.recordCheck = .intact
        package.requirements = requirements
        package.location = "site-packages"
        return package
    }

    private static func render(
        _ packages: [Package], kind: SubjectKind = .environment, name: String = "x", gaps: [Gap] = [],
        change: (inout EnvironmentReport) -> Void = { _ in }, about: (inout SubjectDescription) -> Void = { _ in }
    ) throws -> DocumentNode {
        var subject = SubjectDescription(kind: kind, format: "f", name: name)
        about(&subject)
        var report = EnvironmentReport(
            subject: subject, environment: Environment(packages: packages, gaps: gaps))
        change(&report)
        let text = CycloneDXEnvironmentReport.render(report, style: .plain)
        return try JSONReader.read(SourceText(name: "bom", text: text))
    }

    private static func graph(_ bom: DocumentNode) -> [String: [String]] {
        var graph: [String: [String]] = [:]
        for entry in bom.table?["dependencies"]?.array ?? [] {
            graph[entry.table?["ref"]?.string ?? ""] = entry.table?["dependsOn"]?.array?.compactMap(\.string)
        }
        return graph
    }

    @Test("installed packages depend on what their metadata requires, and the subject on the rest")
    func graph() throws {
        let bom = try Self.render([
            Self.installed(
                "a", ["B_x (>=1)", "c>2 ; python_version > '3'", "d; extra == 'test'", "missing", "a[extra]"]),
            Self.installed("b-x"), Self.installed("c", ["b.x"]), Self.installed("d"),
        ])
        #expect(
            Self.graph(bom) == [
                "pinproof:subject": ["pkg:pypi/a@1", "pkg:pypi/d@1"],
                "pkg:pypi/a@1": ["pkg:pypi/b-x@1", "pkg:pypi/c@1"],
                "pkg:pypi/b-x@1": [], "pkg:pypi/c@1": ["pkg:pypi/b-x@1"], "pkg:pypi/d@1": [],
            ])
        #expect(bom.table?["compositions"] == nil)
    }

    @Test("a lock's own graph counts; without one the dependencies are unknown")
    func locks() throws {
        var parent = Package(ecosystem: .pypi, name: "p", version: "1")
        parent.dependencies = ["leaf"]
        let leaf = Package(ecosystem: .pypi, name: "leaf", version: "2")
        let system = Package(ecosystem: .apt, name: "libc6", version: "2.36")
        let bom = try Self.render([parent, leaf, system], kind: .lock)
        #expect(Self.graph(bom)["pkg:pypi/p@1"] == ["pkg:pypi/leaf@2"])
        #expect(Self.graph(bom)["pkg:pypi/leaf@2"] == [])
        let composition = try #require(bom.table?["compositions"]?.array?.first)
        #expect(composition.table?["aggregate"]?.string == "unknown")
        #expect(composition.table?["dependencies"]?.array?.map(\.string) == ["pkg:deb/debian/libc6@2.36"])
        let unknown = try Self.render([leaf], kind: .lock)
        #expect(unknown.table?["compositions"]?.array?.count == 1)
    }

    @Test("hashes: one artifact's are the component's, of several each has its reference")
    func hashes() throws {
        var one = Package(ecosystem: .pypi, name: "one", version: "1")
        one.artifacts = [Artifact(name: "one.whl", url: nil, hashes: [Self.digest("a")].compactMap { $0 })]
        var many = Package(ecosystem: .pypi, name: "many", version: "1")
        many.artifacts = [
            Artifact(name: "m.whl", url: "https://index.example/m.whl", hashes: [Self.digest("b")].compactMap { $0 }),
            Artifact(name: "m.tar.gz", url: nil, hashes: [Self.digest("c")].compactMap { $0 }),
        ]
        let bom = try Self.render([one, many], kind: .lock)
        let components = try #require(bom.table?["components"]?.array)
        #expect(
            components[0].table?["hashes"]?.array?.first?.table?["content"]?.string == String(repeating: "a", count: 64)
        )
        #expect(components[1].table?["hashes"] == nil)
        let reference = try #require(components[1].table?["externalReferences"]?.array?.first)
        #expect(reference.table?["url"]?.string == "https://index.example/m.whl")
        #expect(reference.table?["hashes"]?.array?.first?.table?["alg"]?.string == "SHA-256")
        let properties = components[1].table?["properties"]?.array?.compactMap { $0.table?["value"]?.string } ?? []
        #expect(properties.contains("sha256:" + String(repeating: "c", count: 64)))
    }

    @Test(
        "an image is named by its package URL and digest",
        arguments: [
            (
                "docker://registry.example/team/App:1.4".lowercased(), nil, "pkg:oci/app@sha256%3A",
                "repository_url=registry.example/team/app&tag=1.4"
            ),
            (
                "docker://python:3.11", nil, "pkg:oci/python@sha256%3A",
                "repository_url=docker.io/library/python&tag=3.11"
            ),
            (
                "image.tar", "registry.example/churn:1", "pkg:oci/churn@sha256%3A",
                "repository_url=registry.example/churn&tag=1"
            ),
            ("image.tar", nil, nil, ""), ("image.tar", "not a reference", nil, ""),
        ] as [(String, String?, String?, String)])
    func image(_ name: String, _ reference: String?, _ start: String?, _ end: String) throws {
        let manifest = Self.digest("e")
        let bom = try Self.render(
            [], kind: .image, name: name,
            about: {
                $0.reference = reference
                $0.imageIdentity = ImageIdentity(manifest: manifest, config: nil, diffIDs: [])
            })
        let subject = try #require(bom.table?["metadata"]?.table?["component"]?.table)
        #expect(subject["type"]?.string == "container")
        #expect(subject["version"]?.string == manifest?.description)
        #expect(subject["hashes"]?.array?.first?.table?["content"]?.string == manifest?.hex)
        let purl = subject["purl"]?.string
        #expect((purl == nil) == (start == nil))
        if let start { #expect(purl?.hasPrefix(start) == true && purl?.hasSuffix(end) == true, "\(purl ?? "")") }
    }

    @Test("a model is a component with the hash of each of its files")
    func model() throws {
        let bom = try Self.render(
            [], kind: .model, name: "model.tar.gz",
            change: { $0.modelFiles = Self.digest("f").flatMap { SHA256Value($0) }.map { [("model.pkl", $0)] } ?? [] },
            about: { $0.identity = "sha256:1" })
        #expect(bom.table?["metadata"]?.table?["component"]?.table?["type"]?.string == "machine-learning-model")
        let model = try #require(bom.table?["components"]?.array?.first)
        #expect(model.table?["type"]?.string == "machine-learning-model")
        #expect(model.table?["components"]?.array?.first?.table?["name"]?.string == "model.pkl")
        #expect(Self.graph(bom)["pinproof:subject"] == ["pinproof:model"])
    }

    @Test("a gap makes the subject incomplete; copies of a package have references of their own")
    func incomplete() throws {
        var copy = Self.installed("a")
        copy.location = "other"
        let bom = try Self.render(
            [Self.installed("a"), copy, copy], gaps: [Gap("-e .", reason: "a path has no name")])
        let composition = try #require(bom.table?["compositions"]?.array?.first)
        #expect(composition.table?["aggregate"]?.string == "incomplete")
        #expect(composition.table?["assemblies"]?.array?.map(\.string) == ["pinproof:subject"])
        let references = bom.table?["components"]?.array?.compactMap { $0.table?["bom-ref"]?.string } ?? []
        #expect(Set(references).count == 3)
        #expect(references.prefix(2) == ["pkg:pypi/a@1", "pkg:pypi/a@1#other"])
        #expect(Set(Self.graph(bom).keys) == Set(references + ["pinproof:subject"]))
    }

    @Test(
        "names of requirements",
        arguments: [
            ("Foo.Bar_baz>=1", "foo-bar-baz"), ("x[y] @ https://h.example/x.whl", "x"),
            ("  a ; sys_platform == 'linux'", "a"),
            ("a; extra == 'b'", nil), ("", nil), (";", nil), ("@", nil), ("a--b", "a-b"),
        ] as [(String, String?)])
    func names(_ requirement: String, _ name: String?) {
        #expect(DependencyGraph.name(requirement) == name)
    }
}
