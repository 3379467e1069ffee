import EnvironmentInventory
import SourceDocuments

/// Reads who stands behind an Open Data Contract: `team` and `support` (https://bitol-io.github.io/open-data-contract-standard/).
///
/// In version 3.0 `team` is a list of people, from 3.1 on a table with a name and members.
enum DataContractFormat: DeploymentFormat {
    static let name = "data-contract"

    static func read(
        _ document: DocumentNode, in file: DeploymentFile, into reading: inout Reading<Deployment>
    ) -> Bool {
        guard let table = document.table, table.string("kind") == "DataContract" else { return false }
        var reader = ObjectReader(file.name)
        let subject = table["name"]?.text ?? table["dataProduct"]?.text
        func claim(_ role: OwnershipClaim.Role, _ value: String, _ range: SourceRange?) -> OwnershipClaim {
            OwnershipClaim(role, [value], source: .dataContract, subject: subject, file: file.name, range: range)
        }
        if let team = table["team"], team.table != nil {
            if let name = reader.text(team, ["name"]) {
                reading.value.claims.append(claim(.owner, name.value, name.range))
            }
        } else {
            var owners: [Located<String>] = []
            for member in reader.list(document, ["team"]) {
                guard let user = reader.text(member, ["username"]) ?? reader.text(member, ["name"]) else {
                    reader.leaveOut("team", "a member has no username", at: member.range)
                    continue
                }
                let hasLeft = member.table?["dateOut"].map { !$0.isNull } ?? false
                if !hasLeft, member.table?.string("role")?.lowercased().containsText("owner") ?? false {
                    owners.append(user)
                }
            }
            if let first = owners.first {
                var all = claim(.owner, first.value, first.range)
                all.values = owners.map(\.value)
                reading.value.claims.append(all)
            }
        }
        for channel in reader.list(document, ["support"]) {
            guard let url = reader.text(channel, ["url"]) ?? reader.text(channel, ["channel"]) else {
                reader.leaveOut("support", "a channel has neither a url nor a name", at: channel.range)
                continue
            }
            reading.value.claims.append(claim(.onCall, url.value, url.range))
        }
        reading.gaps += reader.gaps
        return true
    }
}
