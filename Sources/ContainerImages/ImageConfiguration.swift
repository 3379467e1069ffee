import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// What an image's configuration says
/// (https://github.com/opencontainers/image-spec/blob/main/config.md).
package struct ImageConfiguration: Sendable, Hashable {
    /// One step of the build.
    package struct HistoryEntry: Sendable, Hashable {
        /// The command, as the builder wrote it.
        package let createdBy: String
        /// Whether the step made no layer.
        package let isEmptyLayer: Bool
    }

    /// The operating system and processor; nil when the configuration does not say.
    package var platform: Platform?
    /// The operating system as it is written, where nothing else of the platform may be; empty when there is none.
    package var operatingSystem = ""
    /// The environment variables as `NAME=VALUE`, in their order.
    package var environment: [String] = []
    /// The entry point.
    package var entrypoint: [String] = []
    /// The command, or the entry point's arguments.
    package var command: [String] = []
    /// The user, a name or a number; empty for root.
    package var user = ""
    /// The working directory.
    package var workingDirectory = ""
    /// The labels.
    package var labels: [String: String] = [:]
    /// The digests of the decompressed layers, lowest first.
    package var diffIDs: [Digest] = []
    /// The build's steps.
    package var history: [HistoryEntry] = []
    /// All other settings that a runtime may heed, as JSON with sorted keys: `Healthcheck`, `ExposedPorts`, `Volumes`,
    /// `StopSignal`, `Shell`, `OnBuild` and whatever else the configuration has. Empty values count as absent, but for a
    /// `StopTimeout` of 0.
    package var otherSettings: [String: String] = [:]

    /// An empty configuration: that of a file system without one.
    package init() {}

    /// The value of an environment variable; of several the last one counts.
    package func variable(_ name: String) -> String? {
        environment.last { $0.utf8.starts(with: (name + "=").utf8) }.map {
            String(Substring($0.utf8.dropFirst(name.utf8.count + 1)))
        }
    }

    init(_ bytes: [UInt8], name: String, limits: ReadingLimits = ReadingLimits()) throws(DocumentError) {
        let document = try JSONTable(bytes, name: name, limits: limits)
        guard let rootfs = try document.table("rootfs") else {
            throw document.error("it is not an image configuration: it has no rootfs")
        }
        for text in try rootfs.stringList("diff_ids") {
            guard let digest = Digest(written: text) else {
                throw rootfs.error("'\(text.prefix(100))' is not a diff_id")
            }
            diffIDs.append(digest)
        }
        operatingSystem = try document.string("os") ?? ""
        if let os = try document.string("os"), let architecture = try document.string("architecture"), !os.isEmpty,
            !architecture.isEmpty
        {
            let variant = try document.string("variant")
            platform = Platform(os: os, architecture: architecture, variant: variant == "" ? nil : variant)
        }
        if let config = try document.table("config") {
            environment = try config.stringList("Env")
            entrypoint = try config.stringList("Entrypoint")
            command = try config.stringList("Cmd")
            user = try config.string("User") ?? ""
            workingDirectory = try config.string("WorkingDir") ?? ""
            labels = try config.strings("Labels")
            // Go takes these in any case, and of two the last one.
            for key in Self.settings { _ = try config.has(key) }
            if let check = try config.table("Healthcheck") {
                for key in Self.healthcheck { _ = try check.has(key) }
            }
            for member in config.members where !Self.comparedApart.contains(member.key) {
                let hasEmptyMembers = member.key != "Healthcheck"
                if member.key == "StopTimeout", case .integer(0) = member.value.value {
                    // A pointer in Docker: without it a process has ten seconds, with 0 none.
                    otherSettings[member.key] = "0"
                } else if let text = Self.canonical(member.value, hasEmptyMembers: hasEmptyMembers) {
                    otherSettings[member.key] = text
                }
            }
        }
        for key in ["os.version", "os.features"] where try document.has(key) {
            guard let member = document.members.first(where: { $0.key == key }) else { continue }
            if let text = Self.canonical(member.value, hasEmptyMembers: false) { otherSettings[key] = text }
        }
        for entry in try document.tables("history") {
            history.append(
                HistoryEntry(
                    createdBy: try entry.string("created_by") ?? "",
                    isEmptyLayer: try entry.boolean("empty_layer") ?? false))
        }
    }

    /// Settings with a property of their own, and those of the container that built the image, which no runtime heeds.
    private static let comparedApart: Set<String> = [
        "Env", "Entrypoint", "Cmd", "User", "WorkingDir", "Labels", "Hostname", "Domainname", "Image", "AttachStdin",
        "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce",
    ]

    /// The other settings of a configuration and of its health check, as Docker and the specification have them
    /// (https://github.com/moby/docker-image-spec/blob/main/specs-go/v1/image.go).
    private static let settings = comparedApart.union([
        "Healthcheck", "ExposedPorts", "Volumes", "StopSignal", "StopTimeout", "Shell", "OnBuild", "ArgsEscaped",
        "NetworkDisabled", "MacAddress", "Memory", "MemorySwap", "CpuShares",
    ])
    private static let healthcheck = ["Test", "Interval", "Timeout", "StartPeriod", "StartInterval", "Retries"]

    /// A value as JSON with sorted keys, without members that are empty; nil when nothing is left. The reader has limited the
    /// depth.
    ///
    /// - Parameter hasEmptyMembers: whether a member says something by its key alone, as the ports and volumes do.
    private static func canonical(_ node: DocumentNode, hasEmptyMembers: Bool) -> String? {
        if let list = node.array {
            let values = list.map { canonical($0, hasEmptyMembers: hasEmptyMembers) ?? "null" }
            return list.isEmpty ? nil : "[" + values.joined(separator: ",") + "]"
        }
        if let table = node.table {
            let members = table.members.compactMap { member -> String? in
                guard
                    let value = canonical(member.value, hasEmptyMembers: hasEmptyMembers)
                        ?? (hasEmptyMembers ? "{}" : nil)
                else { return nil }
                return JSONValue.string(member.key).text() + ":" + value
            }
            return members.isEmpty ? nil : "{" + members.sorted().joined(separator: ",") + "}"
        }
        switch node.value {
        case .boolean(let value): return value ? "true" : nil
        case .integer(let value): return value == 0 ? nil : "\(value)"
        case .float(let value): return value == 0 ? nil : "\(value)"
        case .string(let value), .date(let value): return value.isEmpty ? nil : JSONValue.string(value).text()
        case .null, .array, .deferred, .table: return nil
        }
    }
}
