import EnvironmentInventory
import SourceDocuments

/// The difference for programs, `pinproof/diff/1`; its keys are documented in docs/json.md.
package enum JSONDifferenceReport: DifferenceReportFormat {
    /// `json`.
    package static let name = "json"

    /// The whole report as one JSON object; `changes` holds only what differs.
    package static func render(_ report: DifferenceReport, style: TerminalStyle) -> String { value(report).document() }

    /// The same, piece by piece.
    package static func write(
        _ report: DifferenceReport, style: TerminalStyle, to sink: (UnsafeRawBufferPointer) -> Void
    ) {
        value(report).document(to: sink)
    }

    private static func value(_ report: DifferenceReport) -> JSONValue {
        let difference = report.difference
        return JSONValue.members([
            "schema": .string("pinproof/diff/1"),
            "left": .string(report.left),
            "right": .string(report.right),
            "changes": .array(
                difference.changes.map {
                    .members([
                        "ecosystem": .string($0.ecosystem.rawValue),
                        "name": $0.name.isEmpty ? .null : .string($0.name),
                        "kind": .string($0.kind.rawValue),
                        "left": side($0.left),
                        "right": side($0.right),
                        "basis": .optional($0.basis?.rawValue),
                    ])
                }),
            "facts": .array(
                difference.facts.map {
                    .members(["name": .string($0.name), "left": .string($0.left), "right": .string($0.right)])
                }),
            "files": report.image.map { image in
                .made(JSONValue.MadeList(count: image.files.count) { change(image.files[$0]) })
            } ?? .array([]),
            "configuration": .array(
                (report.image?.configuration ?? []).map {
                    .members([
                        "field": .string($0.field), "name": .optional($0.name), "kind": .string($0.kind.rawValue),
                        "left": .optional($0.left), "right": .optional($0.right),
                    ])
                }),
            "libraries": report.libraries.map { .array($0.map(library)) } ?? .null,
            "contract": report.contractChanges.map { .members(["changes": .array($0.map(\.json))]) } ?? .null,
            "notCompared": .object(
                report.notCompared.sorted { $0.key < $1.key }.map { .init($0.key.rawValue, .integer($0.value)) }),
            "gaps": report.gaps.json("left", "right"),
            "summary": .members([
                "same": .integer(difference.same),
                "added": .integer(difference.count(.added)),
                "removed": .integer(difference.count(.removed)),
                "changed": .integer(difference.count(.changed)),
                "rebuilt": .integer(difference.count(.rebuilt)),
                "model": .integer(difference.count(.model)),
                "sameBy": .object(
                    EnvironmentDifference.Basis.allCases.reversed().map {
                        .init($0.rawValue, .integer(difference.count($0)))
                    }),
                "files": .integer(report.image?.files.count ?? 0),
                "configuration": .integer(report.image?.configuration.count ?? 0),
                "bytecode": .integer(report.image?.bytecode ?? 0),
                "libraries": .integer(report.libraries?.count ?? 0),
                "gaps": .integer(report.gaps.count),
            ]),
        ])
    }

    private static func change(_ change: ImageDifference.FileChange) -> JSONValue {
        .members([
            "path": .string(change.path), "kind": .string(change.kind.rawValue), "owner": .optional(change.owner),
            "left": change.left?.json ?? .null, "right": change.right?.json ?? .null,
        ])
    }

    private static func library(_ difference: LibraryDifference) -> JSONValue {
        func side(_ sources: [LibrarySource]) -> JSONValue {
            .array(
                sources.compactMap { source in
                    source.path.map {
                        .members([
                            "path": .string($0), "sha256": .optional(source.sha256?.hex),
                            "source": .optional(source.owner),
                        ])
                    }
                })
        }
        return .members([
            "name": .string(difference.name), "left": side(difference.left), "right": side(difference.right),
        ])
    }

    private static func side(_ package: Package?) -> JSONValue {
        guard let package else { return .null }
        return .members([
            "version": .optional(package.version),
            "reference": .optional(package.directReference),
            "hashes": .strings(package.hashes.map(\.description)),
            "contentDigest": .optional(package.contentDigest?.description),
        ])
    }
}

extension ImageDifference.File {
    /// The file for programs; `mode` is octal text.
    package var json: JSONValue { .object(members) }

    /// The keys of ``json``.
    package var members: [JSONValue.Member] {
        [
            .init("type", .string(type)), .init("size", .integer(size)), .init("mode", .string(String(mode, radix: 8))),
            .init("uid", .integer(uid)), .init("gid", .integer(gid)), .init("sha256", .optional(sha256?.hex)),
            .init("target", .optional(target)),
        ]
            + (isRun.map { [.init("isRun", .boolean($0))] } ?? [])
            + (attributes.isEmpty
                ? []
                : [
                    .init(
                        "attributes",
                        .object(
                            attributes.sorted { $0.key < $1.key }.map {
                                .init($0.key, .string(Hexadecimal.encode($0.value)))
                            }))
                ])
    }
}
