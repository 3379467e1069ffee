import EnvironmentInventory
import SourceDocuments

/// Reads who answers for a model from the `metadata` of its own MLmodel file.
package enum MLmodelOwnership {
    /// Returns the claims of a file; one that cannot be read is a gap.
    package static func claims(_ text: SourceText) -> Reading<[OwnershipClaim]> {
        let document: DocumentNode
        do throws(DocumentError) { document = try YAMLReader.read(text) } catch {
            let place = FileLocation(file: text.name, line: error.place?.line)
            return Reading([], gaps: [Gap("", reason: error.reason, source: place)])
        }
        var claims: [OwnershipClaim] = []
        var reader = ObjectReader(text.name)
        for path in [["metadata"], ["metadata", "tags"], ["tags"]] {
            guard let node = document.table,
                let table = path.reduce(
                    DocumentNode(.table(node), at: document.place),
                    {
                        $0?.table?[$1]
                    })?.table
            else { continue }
            for member in table.members {
                guard let role = MLflowTags.roles[member.key] else { continue }
                guard let value = member.value.text ?? (member.value.isNull ? "" : nil) else {
                    reader.leaveOut(
                        member.key, "it is \(member.value.typeName); a text was expected", at: member.value.range)
                    continue
                }
                claims.append(
                    OwnershipClaim(role, [value], source: .mlflow, file: text.name, range: member.value.range))
            }
        }
        return Reading(claims, gaps: reader.gaps)
    }
}

extension RegisteredModel {
    /// What its tags, those of a version and those of the version's run say about ownership.
    package func claims(version: ModelVersion?) -> [OwnershipClaim] {
        (tags + (version?.tags ?? [])).compactMap { tag in
            MLflowTags.roles[tag.key].map { role in
                OwnershipClaim(role, [tag.value], source: .mlflow, subject: name, file: tag.file, range: nil)
            }
        }
    }
}
