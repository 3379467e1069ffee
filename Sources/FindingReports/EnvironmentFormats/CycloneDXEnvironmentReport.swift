import EnvironmentInventory
import SourceDocuments

/// A software bill of materials, CycloneDX 1.6 as JSON (https://cyclonedx.org/docs/1.6/json/).
///
/// There is neither a serial number nor a time in it, so that the same input gives the same bytes.
package enum CycloneDXEnvironmentReport: EnvironmentReportFormat {
    /// `cyclonedx`.
    package static let name = "cyclonedx"

    /// The packages as components; the content digest is the property `pinproof:contentDigest`.
    ///
    /// An environment with gaps is a composition that is `incomplete`, and the subject names each gap in a property
    /// `pinproof:gap`.
    package static func render(_ report: EnvironmentReport, style: TerminalStyle) -> String {
        var references = Set<String>()
        var components = report.environment.packages.map { package in
            var reference = package.packageURL ?? "\(package.ecosystem.rawValue):\(package.name)"
            // A name can be installed in several places; each needs a unique reference.
            if !references.insert(reference).inserted {
                reference += "#" + (package.location ?? package.source.map { "\($0.file):\($0.line ?? 0)" } ?? "")
                while !references.insert(reference).inserted { reference += "'" }
            }
            return component(package, reference: reference)
        }
        if let system = report.system { components += Self.components(of: system) }
        var subject: [JSONValue.Member] = [
            .init("type", .string(report.subject.kind == .image ? "container" : "application")),
            .init("name", .string(report.subject.name)),
        ]
        let gaps = report.environment.gaps
        var closing: [JSONValue.Member] = []
        if !gaps.isEmpty {
            var reference = "pinproof:subject"
            while !references.insert(reference).inserted { reference += "'" }
            subject.insert(.init("bom-ref", .string(reference)), at: 1)
            subject.append(
                .init(
                    "properties",
                    .array(
                        gaps.map {
                            .members(["name": .string("pinproof:gap"), "value": .string($0.description)])
                        })))
            closing.append(
                .init(
                    "compositions",
                    .array([
                        .members(["aggregate": .string("incomplete"), "assemblies": .strings([reference])])
                    ])))
        }
        return JSONValue.object(
            [
                .init("$schema", .string("http://cyclonedx.org/schema/bom-1.6.schema.json")),
                .init("bomFormat", .string("CycloneDX")),
                .init("specVersion", .string("1.6")),
                .init("version", .integer(1)),
                .init("metadata", metadata(subject)),
                .init("components", .array(components)),
            ] + closing
        ).document()
    }

    private static func metadata(_ subject: [JSONValue.Member]) -> JSONValue {
        .members([
            "tools": .members([
                "components": .array([
                    .members([
                        "type": .string("application"), "name": .string("pinproof"),
                        "version": .string(pinproofVersion),
                    ])
                ])
            ]),
            "component": .object(subject),
        ])
    }

    private static func component(_ package: Package, reference: String) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("type", .string("library")),
            .init("bom-ref", .string(reference)),
            .init("name", .string(package.name)),
        ]
        if let version = package.version { members.append(.init("version", .string(version))) }
        // A component's hashes are those of the one file it is; a choice of several artifacts has none.
        if package.artifacts.count == 1 {
            let hashes = package.hashes.compactMap { digest in
                algorithmName(digest.algorithm).map {
                    JSONValue.members(["alg": .string($0), "content": .string(digest.hex)])
                }
            }
            if !hashes.isEmpty { members.append(.init("hashes", .array(hashes))) }
        }
        if let purl = package.packageURL { members.append(.init("purl", .string(purl))) }
        let properties = [
            ("pinproof:contentDigest", package.contentDigest?.description), ("pinproof:location", package.location),
            ("pinproof:installer", package.installer), ("pinproof:marker", package.marker),
        ].compactMap { name, value in
            value.map { JSONValue.members(["name": .string(name), "value": .string($0)]) }
        }
        if !properties.isEmpty { members.append(.init("properties", .array(properties))) }
        return .object(members)
    }

    /// The distribution, CUDA and cuDNN, and the libraries in wheels. What a wheel's own bill lists is a claim of that bill.
    private static func components(of system: SystemInventory) -> [JSONValue] {
        func component(
            _ type: String, _ name: String, _ version: String?, sha256: Digest? = nil, purl: String? = nil,
            properties: [(String, String?)]
        ) -> JSONValue {
            var members: [JSONValue.Member] = [.init("type", .string(type)), .init("name", .string(name))]
            if let version { members.append(.init("version", .string(version))) }
            if let sha256 {
                members.append(
                    .init("hashes", .array([.members(["alg": .string("SHA-256"), "content": .string(sha256.hex)])])))
            }
            if let purl { members.append(.init("purl", .string(purl))) }
            members.append(
                .init(
                    "properties",
                    .array(
                        properties.compactMap { name, value in
                            value.map { .members(["name": .string(name), "value": .string($0)]) }
                        })))
            return .object(members)
        }
        func place(_ place: SystemInventory.Place) -> [(String, String?)] {
            [("pinproof:location", place.path), ("pinproof:owner", place.owner)]
        }
        var components: [JSONValue] = []
        if let distribution = system.distribution {
            components.append(
                component(
                    "operating-system", distribution.id, distribution.version,
                    properties: [("pinproof:location", distribution.path)]))
        }
        for toolkit in system.toolkits {
            components.append(
                component("library", toolkit.name, toolkit.version, properties: place(toolkit.place)))
        }
        for library in system.vendoredLibraries {
            components.append(
                component(
                    "library", library.name, library.version, sha256: library.sha256,
                    properties: place(library.place)))
        }
        for bill in system.billsOfMaterials {
            for item in bill.components {
                components.append(
                    component(
                        "library", item.name, item.version, purl: item.packageURL,
                        properties: [("pinproof:claimedBy", bill.place.path)]))
            }
        }
        return components
    }

    private static func algorithmName(_ algorithm: HashAlgorithm) -> String? {
        switch algorithm {
        case .md5: "MD5"
        case .sha1: "SHA-1"
        case .sha256: "SHA-256"
        case .sha384: "SHA-384"
        case .sha512: "SHA-512"
        case .blake2b: "BLAKE2b-512"
        case .sha224: nil
        }
    }
}
