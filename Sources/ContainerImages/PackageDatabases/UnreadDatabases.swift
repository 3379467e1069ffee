import EnvironmentInventory

/// Databases of package managers that are known and not read: where one is found, its packages are a gap.
enum UnreadDatabases: PackageDatabase {
    static let name = "unread"
    static let wanted: [PathPattern] = []

    /// The package managers and a path that each installation of theirs has.
    static let known: [(manager: String, path: String)] = [
        ("pacman", "var/lib/pacman/local"), ("portage", "var/db/pkg"), ("xbps", "var/db/xbps"),
        ("opkg", "usr/lib/opkg/status"), ("opkg", "var/lib/opkg/status"), ("Nix", "nix/var/nix/db/db.sqlite"),
        ("Guix", "var/guix/db/db.sqlite"), ("Homebrew", "home/linuxbrew/.linuxbrew/Cellar"),
        ("swupd", "usr/share/clear/bundles"),
    ]

    static func packages(in system: InstalledSystem) -> Reading<[Package]> {
        Reading(
            [],
            gaps: otherSystem(system.configuration)
                + known.compactMap { manager, path in
                    guard let entry = system.files.lookup(path) else { return nil }
                    // An empty directory is what is left of a package manager that installed nothing.
                    if entry.kind == .directory, system.files.names(in: path)?.isEmpty ?? true { return nil }
                    return Gap(
                        "\(manager) database", reason: "it is not read, so its packages are not listed",
                        source: FileLocation(file: path, line: nil), scope: .systemPackages)
                })
    }

    /// An image of another system: its folders are `Files` and `Hives`, or its paths have other meanings
    /// (https://github.com/opencontainers/image-spec/blob/main/layer.md).
    private static func otherSystem(_ configuration: ImageConfiguration) -> [Gap] {
        let os = configuration.operatingSystem
        // Runtimes ignore the case.
        if os.isEmpty || os.lowercased() == "linux" { return [] }
        return [Gap("the image", reason: "it is one for \(os), and only files of Linux are read")]
    }

    static func ownership(in files: FileSystemIndex) -> [PackageFiles] { [] }
}
