/// The environment for programs, `lockstep/inspect/1`; its keys are documented in docs/json.md.
public enum JSONEnvironmentReport: EnvironmentReportFormat {
    /// `json`.
    public static let name = "json"

    /// The whole report as one JSON object.
    public static func render(_ report: EnvironmentReport, style: TerminalStyle) -> String {
        JSONValue.object(
            [
                .init("schema", .string("lockstep/inspect/1")),
                .init("subject", report.subject.json),
                .init("environment", report.environment.json),
            ] + report.additions
        ).text() + "\n"
    }
}

extension SubjectDescription {
    /// The subject as the JSON of `inspect` holds it.
    public var json: JSONValue {
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
    public var json: JSONValue {
        .members([
            "manifest": .optional(manifest?.description),
            "config": .optional(config?.description),
            "diffIds": .strings(diffIDs.map(\.description)),
        ])
    }
}

extension Environment {
    /// The environment as the JSON of `inspect` holds it.
    public var json: JSONValue {
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
            "packages": .array(packages.map(\.json)),
        ])
    }
}

extension Package {
    /// The package as the JSON of `inspect` holds it.
    public var json: JSONValue {
        .members([
            "ecosystem": .string(ecosystem.rawValue),
            "name": .string(name),
            "version": .optional(version),
            "requirement": .optional(versionRequirement),
            "strength": .string(strength.rawValue),
            "purl": .optional(packageURL),
            "hashes": .strings(hashes.map(\.description)),
            "artifacts": .array(
                artifacts.map {
                    .members([
                        "name": .optional($0.name),
                        "url": .optional($0.url),
                        "hashes": .strings($0.hashes.map(\.description)),
                    ])
                }),
            "contentDigest": .optional(contentDigest?.description),
            "location": .optional(location),
            "installer": .optional(installer),
            "architecture": .optional(architecture),
            "record": recordCheck?.json ?? .null,
            "marker": .optional(marker),
            "source": source.map {
                .members(["file": .string($0.file), "line": .optional($0.line)])
            } ?? .null,
        ])
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
