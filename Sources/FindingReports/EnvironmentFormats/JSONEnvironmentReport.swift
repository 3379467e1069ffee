import EnvironmentInventory
import SourceDocuments

/// The environment for programs, `pinproof/inspect/1`; its keys are documented in docs/json.md.
package enum JSONEnvironmentReport: EnvironmentReportFormat {
    /// `json`.
    package static let name = "json"

    /// The whole report as one JSON object.
    package static func render(_ report: EnvironmentReport, style: TerminalStyle) -> String {
        JSONValue.object(
            [
                .init("schema", .string("pinproof/inspect/1")),
                .init("subject", report.subject.json),
                .init("environment", report.environment.json),
            ] + (report.system.map { [.init("system", $0.json)] } ?? []) + report.additions
        ).document()
    }
}

extension SubjectDescription {
    /// The subject as the JSON of `inspect` holds it.
    package var json: JSONValue {
        .members([
            "kind": .string(kind.rawValue),
            "format": .string(format),
            "name": .string(name),
            "identity": imageIdentity?.json ?? .optional(identity),
        ])
    }
}

extension ImageIdentity {
    /// The three identities by name.
    package var json: JSONValue {
        .members([
            "manifest": .optional(manifest?.description),
            "index": .optional(index?.description),
            "onlyImageOfIndex": .boolean(isOnlyImageOfIndex),
            "platform": .optional(platform?.description),
            "config": .optional(config?.description),
            "diffIds": .strings(diffIDs.map(\.description)),
        ])
    }
}

extension Environment {
    /// The environment as the JSON of `inspect` holds it.
    package var json: JSONValue {
        .members([
            "python": python.map {
                .members(["implementation": .string($0.implementation), "version": .string($0.version)])
            } ?? .null,
            "platform": platform.map {
                .members([
                    "os": .string($0.os),
                    "arch": .string($0.architecture + ($0.variant.map { "/\($0)" } ?? "")),
                    "libc": .optional($0.cLibrary?.description),
                ])
            } ?? .null,
            "packages": .made(packages + gaps.compactMap(\.package)) { $0.json },
            "gaps": .array(gaps.map(\.json)),
        ])
    }
}

extension Package {
    /// The package as the JSON of `inspect` holds it.
    package var json: JSONValue {
        .members([
            "ecosystem": .string(ecosystem.rawValue),
            "name": name.isEmpty ? .null : .string(name),
            "version": .optional(version),
            "reference": .optional(directReference),
            "requirement": .optional(versionRequirement),
            "strength": .string(strength.rawValue),
            "purl": name.isEmpty ? .null : .optional(packageURL),
            "hashes": .strings(hashes.map(\.description)),
            "artifacts": .array(
                artifacts.map {
                    .members([
                        "name": .optional($0.name),
                        "url": .optional($0.url.map(URLCredentials.redacted)),
                        "hashes": .strings($0.hashes.map(\.description)),
                    ])
                }),
            "contentDigest": .optional(contentDigest?.description),
            "location": .optional(location),
            "installer": .optional(installer),
            "architecture": .optional(architecture),
            "layer": .optional(layer),
            "record": recordCheck?.json ?? .null,
            "marker": .optional(marker),
            "source": source.map {
                .members(["file": .string($0.file), "line": .optional($0.line)])
            } ?? .null,
        ])
    }
}

extension SystemInventory {
    /// The inventory as the JSON of `inspect` holds it.
    package var json: JSONValue {
        .members([
            "distribution": distribution.map {
                .members([
                    "id": .string($0.id), "version": .optional($0.version), "name": .optional($0.name),
                    "path": .string($0.path),
                ])
            } ?? .null,
            "interpreters": .array(
                interpreters.map { found in
                    .object(
                        [
                            .init("implementation", .string(found.interpreter.implementation)),
                            .init("version", .string(found.interpreter.version)),
                            .init("build", .optional(found.build)),
                            .init("virtualEnvironment", .optional(found.virtualEnvironment)),
                        ] + found.place.members)
                }),
            "toolkits": .array(
                toolkits.map {
                    .object(
                        [.init("name", .string($0.name)), .init("version", .string($0.version))] + $0.place.members)
                }),
            "vendoredLibraries": .array(
                vendoredLibraries.map {
                    .object(
                        [
                            .init("name", .string($0.name)), .init("version", .optional($0.version)),
                            .init("size", .integer($0.size)), .init("sha256", .optional($0.sha256?.hex)),
                        ] + $0.place.members)
                }),
            "billsOfMaterials": .array(billsOfMaterials.map(\.json)),
        ])
    }
}

extension SystemInventory.BillOfMaterials {
    fileprivate var json: JSONValue {
        .object(
            [
                .init("format", .optional(format)),
                .init(
                    "components",
                    .array(
                        components.map {
                            .members([
                                "name": .string($0.name), "version": .optional($0.version),
                                "purl": .optional($0.packageURL),
                            ])
                        })),
                .init("problem", .optional(problem)),
            ] + place.members)
    }
}

extension SystemInventory.Place {
    fileprivate var members: [JSONValue.Member] {
        [.init("path", .string(path)), .init("layer", .optional(layer)), .init("owner", .optional(owner))]
    }
}

extension RecordCheck {
    fileprivate var json: JSONValue {
        switch self {
        case .intact: .members(["state": .string("intact"), "reasons": .array([])])
        case .altered(let disagreements):
            .members(["state": .string("altered"), "reasons": .strings(disagreements.map(\.message))])
        case .uncheckable(let reason): .members(["state": .string("uncheckable"), "reasons": .strings([reason])])
        }
    }
}
