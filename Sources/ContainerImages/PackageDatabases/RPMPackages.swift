import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// rpm's database in SQLite, `rpmdb.sqlite`, as Fedora 33, RHEL 9 and their kin have it
/// (https://rpm-software-management.github.io/rpm/manual/format_header.html).
///
/// One header a package; its files are compared with the digests in it, sha256 today. A package is `intact` at most: the
/// database can be forged like any record. Configuration files may be edited; documentation, `ghost` files and those that rpm
/// was told to leave out may be missing. The old databases (Berkeley DB, `Packages`), SUSE's (ndb, `Packages.db`) and the
/// manifests of distroless Mariner images are not read: each is a gap.
enum RPMPackages: PackageDatabase {
    static let name = "rpm"
    static let wanted: [PathPattern] = ["**/rpm/rpmdb.sqlite", "**/rpm/rpmdb.sqlite-wal"]

    /// Where distributions keep it: the usual directory, that of Fedora 36 and SUSE, that of rpm-ostree.
    static let directories = ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"]
    private static let scope = Gap.Scope.packages(.rpm)

    static func packages(in system: InstalledSystem) -> Reading<[Package]> {
        var reading = Reading<[Package]>([], gaps: unread(system.files))
        for database in databases(in: system.files) {
            for (row, header) in database.headers.collect(into: &reading.gaps) {
                do throws(RPMHeader.Damage) {
                    reading.value.append(try package(header, system, database.path))
                } catch { reading.gaps.append(damage(error, row: row, database.path)) }
            }
        }
        return reading
    }

    static func ownership(in files: FileSystemIndex) -> [PackageFiles] {
        databases(in: files).flatMap(\.headers.value).compactMap { _, header in
            guard let name = try? header.string(.name), let listed = try? RPMFile.all(of: header) else { return nil }
            let claims = listed.filter(\.isInstalled).compactMap { file -> PackageFiles.Claim? in
                guard let node = files.node(at: file.path.utf8), !files.isDirectory(node) else { return nil }
                var agreement = FileOwners.Agreement.unknown
                if let digest = file.digest, digest.algorithm == .sha256, !file.flags.contains(.ghost) {
                    agreement = files.sha256(node) == SHA256Value(digest) ? .agrees : .disagrees
                }
                return PackageFiles.Claim(node: node, agreement: agreement)
            }
            return PackageFiles(owner: FileOwners.Owner(ecosystem: .rpm, name: name), claims: claims)
        }
    }

    private struct Database {
        let path: String
        /// The headers with the numbers of their rows.
        let headers: Reading<[(row: Int64, header: RPMHeader)]>
    }

    /// The databases; the directories are often links to each other.
    private static func databases(in files: FileSystemIndex) -> [Database] {
        var seen: Set<String> = []
        return directories.compactMap { directory in
            guard let entry = files.lookup("\(directory)/rpmdb.sqlite"), entry.kind == .file,
                seen.insert(entry.path).inserted
            else { return nil }
            do throws(DocumentError) {
                return Database(path: entry.path, headers: try headers(of: entry, files))
            } catch {
                let gap = Gap(
                    "rpm database", reason: error.reason, source: FileLocation(file: error.file, line: nil),
                    scope: scope)
                return Database(path: entry.path, headers: Reading([], gaps: [gap]))
            }
        }
    }

    private static func headers(
        of entry: FileSystemIndex.Entry, _ files: FileSystemIndex
    ) throws(DocumentError) -> Reading<[(row: Int64, header: RPMHeader)]> {
        guard let bytes = files.contents(of: entry) else {
            throw DocumentError(file: entry.path, place: nil, reason: "its bytes were not kept")
        }
        // A journal with content is a transaction that was broken off, which only SQLite can take back.
        if let journal = files.lookup(entry.path + "-journal"), journal.size > 0 {
            throw DocumentError(
                file: journal.path, place: nil, reason: "the database was left in the middle of a transaction")
        }
        let log = files.contents(of: entry.path + "-wal") ?? []
        let database = try SQLiteFile(bytes, log: log, name: entry.path)
        guard let rows = try database.rows(ofTable: "Packages") else {
            throw DocumentError(file: entry.path, place: nil, reason: "it has no table Packages")
        }
        var reading = Reading<[(row: Int64, header: RPMHeader)]>([])
        for row in rows {
            do throws(RPMHeader.Damage) {
                guard row.columns.count >= 2, case .blob(let blob) = row.columns[1] else {
                    throw RPMHeader.Damage(reason: "it has no header")
                }
                reading.value.append((row.number, try RPMHeader(blob)))
            } catch { reading.gaps.append(damage(error, row: row.number, entry.path)) }
        }
        return reading
    }

    private static func damage(_ error: RPMHeader.Damage, row: Int64, _ path: String) -> Gap {
        Gap(
            "row \(row)", reason: "the package cannot be read: \(error.reason)",
            source: FileLocation(file: path, line: nil),
            scope: scope)
    }

    /// Databases of rpm that are there and that are not read.
    private static func unread(_ files: FileSystemIndex) -> [Gap] {
        var seen: Set<String> = []
        var gaps: [Gap] = []
        func add(_ path: String, _ what: String) {
            guard let entry = files.lookup(path), entry.kind == .file, seen.insert(entry.path).inserted else { return }
            gaps.append(
                Gap(
                    "rpm database", reason: "\(what) is not read, so its packages are not listed",
                    source: FileLocation(file: entry.path, line: nil), scope: scope))
        }
        for directory in directories where files.lookup("\(directory)/rpmdb.sqlite") == nil {
            add("\(directory)/Packages", "Berkeley DB")
            add("\(directory)/Packages.db", "ndb")
        }
        // https://github.com/microsoft/azurelinux, container images without rpm.
        for name in ["container-manifest-1", "container-manifest-2"] {
            add("var/lib/rpmmanifest/\(name)", "the manifest of a distroless image")
        }
        return gaps
    }

    private static func package(
        _ header: RPMHeader, _ system: InstalledSystem, _ database: String
    ) throws(RPMHeader.Damage) -> Package {
        guard let name = try header.string(.name), !name.isEmpty, let version = try header.string(.version),
            let release = try header.string(.release)
        else { throw RPMHeader.Damage(reason: "a package has no name or no version") }
        let epoch = try header.numbers(.epoch)?.first.map { "\($0):" } ?? ""
        var package = Package(ecosystem: .rpm, name: name, version: "\(epoch)\(version)-\(release)")
        package.architecture = try header.string(.architecture)
        package.installer = "rpm"
        package.location = database
        package.source = FileLocation(file: database, line: nil)
        guard !system.systemRecords.isNamesOnly else {
            package.recordCheck = .uncheckable("its files were not compared with rpm's digests")
            return package
        }
        var check = SystemFileCheck(system)
        var unrecorded: String?
        for file in try RPMFile.all(of: header) where file.isInstalled && !file.flags.contains(.ghost) {
            if let target = file.target {
                check.checkLink(file.path, target: target, mayBeMissing: file.flags.contains(.mayBeMissing))
            } else if let digest = file.digest {
                if file.flags.contains(.configuration) {
                    check.checkConfiguration(file.path, at: file.path, digest)
                } else {
                    let isOptional = !file.flags.isDisjoint(with: [.mayBeMissing, .documentation])
                    check.check(file.path, at: file.path, digest, isExcluded: isOptional)
                }
            } else if file.hasUnreadableDigest {
                unrecorded = unrecorded ?? "the digest of \(file.path) cannot be read"
            }
        }
        check.finish(into: &package, unrecorded: unrecorded)
        return package
    }
}
