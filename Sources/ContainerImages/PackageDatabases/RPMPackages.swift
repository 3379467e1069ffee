import EnvironmentInventory
import SourceDocuments

/// rpm's database in SQLite, `rpmdb.sqlite`, as Fedora 33, RHEL 9 and their kin have it
/// (https://rpm-software-management.github.io/rpm/manual/format_header.html).
///
/// One header a package; its files are held against the digests in it, sha256 today. A package is `intact` at most: the database
/// can be forged like any record. Configuration files may be edited; documentation, `ghost` files and those that rpm was told
/// to leave out may be missing. Not read are the databases of old (Berkeley DB, `Packages`) and SUSE's (`Packages.db`): it is
/// said when there is one.
enum RPMPackages: PackageDatabase {
    static let name = "rpm"

    /// Where distributions keep it: the usual place, that of Fedora 36 and SUSE, that of rpm-ostree.
    static let folders = ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"]

    static func packages(in system: InstalledSystem) throws(DocumentError) -> [Package] {
        var packages: [Package] = []
        for (path, headers) in try headers(in: system.files) {
            for header in headers { packages.append(try package(header, system, path)) }
        }
        return packages
    }

    /// The headers of each database; the places are often links to each other.
    static func headers(in files: FileSystemIndex) throws(DocumentError) -> [(path: String, headers: [RPMHeader])] {
        var seen: Set<String> = []
        var found: [(String, [RPMHeader])] = []
        for folder in folders {
            guard let entry = files.lookup("\(folder)/rpmdb.sqlite"), entry.kind == .file,
                seen.insert(entry.path).inserted
            else { continue }
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
            var headers: [RPMHeader] = []
            for row in rows {
                guard row.columns.count >= 2, case .blob(let blob) = row.columns[1] else {
                    throw DocumentError(file: entry.path, place: nil, reason: "row \(row.number) has no header")
                }
                do throws(RPMHeader.Damage) { headers.append(try RPMHeader(blob)) } catch {
                    throw DocumentError(
                        file: entry.path, place: nil, reason: "damaged: row \(row.number): \(error.reason)")
                }
            }
            found.append((entry.path, headers))
        }
        return found
    }

    private static func package(
        _ header: RPMHeader, _ system: InstalledSystem, _ database: String
    ) throws(DocumentError) -> Package {
        do throws(RPMHeader.Damage) {
            guard let name = try header.string(.name), !name.isEmpty, let version = try header.string(.version),
                let release = try header.string(.release)
            else { throw RPMHeader.Damage(reason: "a package has no name or no version") }
            let epoch = try header.numbers(.epoch)?.first.map { "\($0):" } ?? ""
            var package = Package(ecosystem: .rpm, name: name, version: "\(epoch)\(version)-\(release)")
            package.architecture = try header.string(.architecture)
            package.installer = "rpm"
            package.location = database
            package.source = FileLocation(file: database, line: nil)
            guard system.systemRecords != .named else {
                package.recordCheck = .uncheckable("its files were not held against rpm's digests")
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
        } catch { throw DocumentError(file: database, place: nil, reason: "damaged: \(error.reason)") }
    }
}
