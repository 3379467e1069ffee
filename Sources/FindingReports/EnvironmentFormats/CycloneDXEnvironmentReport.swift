import EnvironmentInventory
import SourceDocuments

/// A software bill of materials, CycloneDX 1.6 as JSON (https://cyclonedx.org/docs/1.6/json/).
///
/// There is neither a serial number nor a time in it, so that the same input gives the same bytes.
package enum CycloneDXEnvironmentReport: EnvironmentReportFormat {
    /// `cyclonedx`.
    package static let name = "cyclonedx"

    /// The packages as components with their dependencies; the content digest is the property `pinproof:contentDigest`.
    ///
    /// What is not known is a composition: an environment with gaps is `incomplete`, and the subject names each gap in a property
    /// `pinproof:gap`; packages of which nothing says what they depend on are `unknown`.
    package static func render(_ report: EnvironmentReport, style: TerminalStyle) -> String {
        var references = Set<String>()
        func unique(_ wanted: String) -> String {
            var reference = wanted
            while !references.insert(reference).inserted { reference += "'" }
            return reference
        }
        let root = unique("pinproof:subject")
        var graph = DependencyGraph(root: root)
        var components: [JSONValue] = []
        for package in report.environment.packages {
            var reference = package.packageURL ?? "\(package.ecosystem.rawValue):\(package.name)"
            // A name can be installed in several places; each needs a unique reference.
            if references.contains(reference) {
                reference += "#" + (package.location ?? package.source.map { "\($0.file):\($0.line ?? 0)" } ?? "")
            }
            reference = unique(reference)
            components.append(component(package, reference: reference))
            graph.add(package, reference)
        }
        if report.subject.kind == .model, !report.modelFiles.isEmpty {
            let reference = unique("pinproof:model")
            components.insert(model(report, reference), at: 0)
            graph.addLeaf(reference)
        }
        if let system = report.system { components += Self.components(of: system) }
        let gaps = report.environment.gaps
        var compositions: [JSONValue] = []
        if !gaps.isEmpty {
            compositions.append(.members(["aggregate": .string("incomplete"), "assemblies": .strings([root])]))
        }
        if !graph.unknown.isEmpty {
            compositions.append(
                .members(["aggregate": .string("unknown"), "dependencies": .strings(graph.unknown)]))
        }
        var members: [JSONValue.Member] = [
            .init("$schema", .string("http://cyclonedx.org/schema/bom-1.6.schema.json")),
            .init("bomFormat", .string("CycloneDX")),
            .init("specVersion", .string("1.6")),
            .init("version", .integer(1)),
            .init("metadata", metadata(subject(report, root))),
            .init("components", .array(components)),
            .init("dependencies", graph.json),
        ]
        if !compositions.isEmpty { members.append(.init("compositions", .array(compositions))) }
        return JSONValue.object(members).document()
    }

    /// The subject: a container with its digest and package URL, a model, or another environment.
    private static func subject(_ report: EnvironmentReport, _ reference: String) -> [JSONValue.Member] {
        let about = report.subject
        let type =
            switch about.kind {
            case .image: "container"
            case .model: "machine-learning-model"
            case .dockerfile, .lock, .environment, .capture: "application"
            }
        var subject: [JSONValue.Member] = [
            .init("type", .string(type)), .init("bom-ref", .string(reference)), .init("name", .string(about.name)),
        ]
        if let manifest = about.imageIdentity?.manifest {
            subject.append(.init("version", .string(manifest.description)))
            if manifest.algorithm == .sha256 { subject.append(.init("hashes", hashes([manifest]))) }
        }
        if let purl = imagePackageURL(about) { subject.append(.init("purl", .string(purl))) }
        var properties: [(String, String?)] = []
        if let identity = about.imageIdentity {
            properties.append(("pinproof:config", identity.config?.description))
            properties += identity.diffIDs.map { ("pinproof:diffId", $0.description) }
        } else {
            properties.append((about.kind == .model ? "pinproof:treeDigest" : "pinproof:identity", about.identity))
        }
        properties += report.environment.gaps.map { ("pinproof:gap", $0.description) }
        let written = self.properties(properties)
        if !written.isEmpty { subject.append(.init("properties", .array(written))) }
        return subject
    }

    /// `pkg:oci/app@sha256%3A...?repository_url=registry.example/team/app&tag=1`
    /// (https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md); nil without a name or a digest.
    static func imagePackageURL(_ about: SubjectDescription) -> String? {
        let scheme = "docker://"
        let named = about.name.hasPrefix(scheme) ? String(about.name.dropFirst(scheme.count)) : about.reference
        guard about.kind == .image, let manifest = about.imageIdentity?.manifest,
            let reference = named.flatMap({ ImageReference($0) }),
            let name = reference.canonicalRepository.split(separator: "/").last
        else { return nil }
        let encode = { (text: String) in PercentEncoding.encode(text, keeping: "/") }
        var purl = "pkg:oci/\(encode(name.lowercased()))@\(encode(manifest.description))"
        purl += "?repository_url=\(encode(reference.canonicalRepository))"
        if let tag = reference.tag { purl += "&tag=\(encode(tag))" }
        return purl
    }

    /// The model with its files, each with its hash.
    private static func model(_ report: EnvironmentReport, _ reference: String) -> JSONValue {
        .members([
            "type": .string("machine-learning-model"),
            "bom-ref": .string(reference),
            "name": .string(report.subject.format),
            "components": .array(
                report.modelFiles.map { file in
                    .members([
                        "type": .string("file"), "name": .string(file.path), "hashes": hashes([file.sha256.digest]),
                    ])
                }),
        ])
    }

    private static func hashes(_ digests: [Digest]) -> JSONValue {
        .array(
            digests.compactMap { digest in
                algorithmName(digest.algorithm).map {
                    .members(["alg": .string($0), "content": .string(digest.hex)])
                }
            })
    }

    private static func properties(_ properties: [(String, String?)]) -> [JSONValue] {
        properties.compactMap { name, value in
            value.map { .members(["name": .string(name), "value": .string($0)]) }
        }
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
        // A component's hashes are those of the one file it is; a choice of several artifacts is a list of references.
        if package.artifacts.count == 1, !package.hashes.isEmpty {
            members.append(.init("hashes", hashes(package.hashes)))
        }
        if let purl = package.packageURL { members.append(.init("purl", .string(purl))) }
        let located = package.artifacts.filter { $0.url != nil && !$0.hashes.isEmpty }
        if package.artifacts.count > 1, !located.isEmpty {
            members.append(
                .init(
                    "externalReferences",
                    .array(
                        located.map {
                            .members([
                                "type": .string("distribution"),
                                "url": .string($0.url.map(URLCredentials.redacted) ?? ""),
                                "hashes": hashes($0.hashes),
                            ])
                        })))
        }
        var properties: [(String, String?)] = [
            ("pinproof:contentDigest", package.contentDigest?.description), ("pinproof:location", package.location),
            ("pinproof:installer", package.installer), ("pinproof:marker", package.marker),
        ]
        // Hashes of artifacts that have no URL would else be lost.
        if package.artifacts.count > 1, located.count < package.artifacts.count {
            properties += package.hashes.map { ("pinproof:artifact", $0.description) }
        }
        let written = self.properties(properties)
        if !written.isEmpty { members.append(.init("properties", .array(written))) }
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
