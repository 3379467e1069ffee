import EnvironmentInventory
import SourceDocuments

extension Verification.Account {
    /// The counts by voucher, without the files.
    var counted: [JSONValue.Member] {
        Voucher.allCases.map { .init($0.rawValue, .integer(count($0))) }
    }

    /// The account as `verify` writes it.
    var json: JSONValue {
        .object(
            counted + [
                .init(
                    "files",
                    .array(
                        files.map {
                            .members([
                                "path": .string($0.path),
                                "sha256": .optional($0.sha256?.hex),
                                "layer": .optional($0.layer),
                                "voucher": .string($0.voucher.rawValue),
                                "why": .string($0.reason),
                            ])
                        }))
            ])
    }
}

extension Verification.Start {
    /// The start as `verify` writes it; a variable that is not known is null.
    var json: JSONValue {
        .members([
            "argv": .strings(argv),
            "interpreter": .optional(interpreter),
            "importPath": .strings(importPath),
            "workingDirectory": .optional(workingDirectory),
            "variables": .object(
                variables.sorted { $0.key < $1.key }.map { .init($0.key, .optional($0.value)) }),
            "gaps": .array(
                gaps.map { gap in
                    .members([
                        "subject": .string(gap.subject),
                        "reason": .string(gap.reason),
                        "file": .optional(gap.source?.file),
                        "line": gap.source?.line.map { .integer($0) } ?? .null,
                    ])
                }),
        ])
    }
}

extension Verification.Inputs {
    /// The digests of what was given besides the two sides.
    var json: JSONValue {
        .members([
            "lock": .optional(lock?.description), "wheels": .optional(wheels?.description),
            "base": .optional(base?.description),
        ])
    }
}

extension Verification.PlatformVerdict {
    /// The verdict on one image of an index.
    var json: JSONValue {
        .members([
            "platform": .string(platform), "manifest": .optional(manifest?.description),
            "verdict": .string(verdict.rawValue),
        ])
    }
}
