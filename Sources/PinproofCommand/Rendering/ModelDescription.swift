import FindingReports
import ModelArchives
import SourceDocuments

extension Model {
    /// What `inspect` adds for a model.
    var json: JSONValue {
        let files = files
        return .members([
            "format": .string(format),
            "files": .made(
                .init(count: files.count) { index in
                    .members([
                        "path": .string(files[index].path), "sha256": .string(files[index].sha256.digest.description),
                        "size": .integer(files[index].size),
                    ])
                }),
            "treeDigest": .string(treeDigest.description),
            "facts": .array(
                facts.map {
                    .members([
                        "about": .string($0.about.rawValue),
                        "name": .string($0.name),
                        "value": .string($0.value),
                        "strength": .string($0.strength.rawValue),
                        "file": .string($0.file),
                        "place": .optional($0.place?.description),
                    ])
                }),
            "needs": .strings(needs),
            "complete": .boolean(isComplete),
            "signature": signature.map(\.json) ?? .null,
            "findings": .array(findings.map(\.json)),
        ])
    }

    /// The same for a person.
    var remarks: [String] {
        var lines: [String] = []
        for fact in facts where fact.about != .package && fact.about != .requirement {
            let place = fact.place.map { ", \($0)" } ?? ""
            lines.append(
                "\(fact.strength.rawValue)  \(fact.about.rawValue) \(fact.name) \(fact.value)  (\(fact.file)\(place))")
        }
        if !needs.isEmpty { lines.append("needs to load: \(needs.joined(separator: ", "))") }
        lines.append(
            "\(files.count) file\(files.count == 1 ? "" : "s"), \(isComplete ? "all understood" : "not all understood")"
        )
        if let signature { lines.append(signature.remark) }
        for finding in findings {
            // Which file it is of goes without saying where there is one only.
            let place = finding.file == name || files.count < 2 ? "" : "\(finding.file): "
            lines.append("\(finding.severity.rawValue): \(place)\(finding.message) [\(finding.rule)]")
        }
        return lines
    }
}

extension ModelSignature {
    fileprivate var json: JSONValue {
        .members([
            "file": .string(file), "method": .string(method), "hash": .string(hash),
            "files": .integer(resources.count), "verified": isVerified.map { .boolean($0) } ?? .null,
        ])
    }

    fileprivate var remark: String {
        let state =
            switch isVerified {
            case true?: "verified with the key"
            case false?: "not made by the key"
            case nil: "not verified, no key was given"
            }
        return "signature  \(file), \(resources.count) file\(resources.count == 1 ? "" : "s"), \(state)"
    }
}
