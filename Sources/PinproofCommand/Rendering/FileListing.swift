import ContainerImages
import EnvironmentInventory
import EnvironmentVerification
import SourceDocuments

/// Every file and link with what is known of it, in byte order of the paths' components.
struct FileListing {
    private let entries: [(entry: FileSystemIndex.Entry, owner: String?)]

    init(_ files: FileSystemIndex) {
        let owners = FileOwners(files)
        var entries: [(FileSystemIndex.Entry, String?)] = []
        files.forEachEntry { entry in
            guard entry.kind != .directory else { return }
            entries.append((entry, owners.owner(of: entry).map { "\($0.owner.ecosystem.rawValue) \($0.owner.name)" }))
        }
        self.entries = entries
    }

    var json: JSONValue {
        .array(
            entries.map { entry, owner in
                .object(
                    [.init("path", .string(entry.path))] + ImageComparison.file(entry).members + [
                        .init("layer", .optional(entry.layer)), .init("owner", .optional(owner)),
                    ])
            })
    }

    /// `MODE SIZE SHA256 PATH`, a line each.
    var lines: [String] {
        let width = entries.map { String($0.entry.size).count }.max() ?? 0
        return entries.map { entry, _ in
            let size = String(entry.size)
            let mode = String(entry.mode, radix: 8)
            var line = String(repeating: "0", count: max(0, 4 - mode.count)) + mode
            line += " " + String(repeating: " ", count: width - size.count) + size + " "
            line += entry.sha256?.hex ?? String(repeating: "-", count: 64)
            line += " " + entry.path
            if case .symbolicLink(let target) = entry.kind { line += " -> " + target }
            return line
        }
    }
}
