import EnvironmentInventory

/// Which package owns a file, as the package databases record it.
package struct FileOwners: Sendable {
    /// How a file agrees with the record of its owner.
    package enum Agreement: Sendable, Hashable {
        /// The record has a sha256 of the file, and it is the file's.
        case agrees
        /// The record has a sha256 of the file, and it is another one.
        case disagrees
        /// The record has no digest that proves anything.
        case unknown
        /// The sum of the file is not known, and a later layer than that of the record wrote the file.
        case later
    }

    /// The owner of a file.
    package struct Owner: Sendable, Hashable {
        /// The ecosystem of the package.
        package let ecosystem: Ecosystem
        /// The package's normalised name.
        package let name: String
        /// The file that says so, without a leading slash, which tells two installations of one package apart; empty where
        /// a database has one record for each package.
        package let record: String

        init(ecosystem: Ecosystem, name: String, record: String = "") {
            self.ecosystem = ecosystem
            self.name = name
            self.record = record
        }
    }

    /// The owners, by number.
    package private(set) var owners: [Owner] = []
    /// The owner by node; -1 for none.
    private var byNode: [Int32]
    /// How each node agrees with the record of its owner, by node.
    private var agreements: [Agreement]
    /// All claims of the nodes that more than one package claims.
    private var shared: [Int32: [(owner: Int32, agreement: Agreement)]] = [:]

    /// Reads the records of all databases.
    package init(_ files: FileSystemIndex) { self.init(files, packageDatabases) }

    init(_ files: FileSystemIndex, _ databases: [any PackageDatabase.Type]) {
        byNode = Array(repeating: -1, count: files.nodeCount)
        agreements = Array(repeating: .unknown, count: files.nodeCount)
        for database in databases {
            for package in database.ownership(in: files) where !package.claims.isEmpty {
                let number = Int32(clamping: owners.count)
                owners.append(package.owner)
                for claim in package.claims {
                    let node = Int(claim.node)
                    let before = byNode[node]
                    if before >= 0, before != number {
                        shared[claim.node, default: [(before, agreements[node])]].append((number, claim.agreement))
                    }
                    byNode[node] = number
                    // If two packages claim a file, keep the disagreeing record: it is the stronger signal.
                    if agreements[node] != .disagrees { agreements[node] = claim.agreement }
                }
            }
        }
    }

    /// Whether a package owns what stands at a place.
    package func owns(_ place: FileSystemIndex.Place) -> Bool {
        place.node >= 0 && place.node < byNode.count && byNode[Int(place.node)] >= 0
    }

    /// The owner of a file and how the file agrees with its record; nil when no package owns it.
    package func owner(of entry: FileSystemIndex.Entry) -> (owner: Owner, agreement: Agreement)? {
        guard entry.node >= 0, entry.node < byNode.count else { return nil }
        let number = byNode[Int(entry.node)]
        guard number >= 0, number < owners.count else { return nil }
        return (owners[Int(number)], agreements[Int(entry.node)])
    }

    /// Returns all packages that claim a file, each with how the file agrees with its record.
    package func allOwners(of entry: FileSystemIndex.Entry) -> [(owner: Owner, agreement: Agreement)] {
        guard let claims = shared[entry.node] else { return owner(of: entry).map { [$0] } ?? [] }
        return claims.map { (owners[Int($0.owner)], $0.agreement) }
    }
}
