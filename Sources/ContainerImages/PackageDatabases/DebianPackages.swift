import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// dpkg's database: `var/lib/dpkg/status`, and `status.d` in images without dpkg
/// (https://man7.org/linux/man-pages/man5/deb-control.5.html, dpkg-query(1)).
///
/// A package counts when its state is not `not-installed`, as for `dpkg-query -W`; one that is half installed has no files
/// that its record vouches for, and is a gap. Files are compared with `info/NAME.md5sums` (deb-md5sums(5)); md5 is a hint,
/// not proof, so that a package is `intact` at most. Configuration files may be edited, documentation may be left out,
/// diversions are followed; dpkg does not record links. A database behind a link is read where its files have dpkg's names, and
/// a gap else.
enum DebianPackages: PackageDatabase {
    static let name = "dpkg"
    static let wanted: [PathPattern] = [
        "**/dpkg/status", "**/dpkg/arch", "**/dpkg/diversions", "**/dpkg/status.d/**",
        "**/dpkg/info/*.md5sums", "**/dpkg/info/*.conffiles", "**/dpkg/info/*.list", "**/etc/dpkg/dpkg.cfg",
        "**/etc/dpkg/dpkg.cfg.d/*",
    ]
    /// The states in which a package counts (dpkg(1)).
    private static let installedStates: Set<String> = [
        "config-files", "unpacked", "half-configured", "triggers-awaited", "triggers-pending", "installed",
    ]
    /// Why a package that was removed has nothing to check.
    static let onlyConfiguration = "only its configuration files are left"

    static func packages(in system: InstalledSystem) -> Reading<[Package]> {
        var gaps: [Gap] = []
        var found: [Found] = []
        if let text = system.text("var/lib/dpkg/status") {
            found += read(text, needsStatus: true).collect(into: &gaps)
        }
        var unread: [Gap] = [gap(for: "var/lib/dpkg/status", system), gap(for: "var/lib/dpkg/status.d", system)]
            .compactMap(\.self)
        for name in system.files.names(in: "var/lib/dpkg/status.d") ?? [] where !name.hasSuffix(".md5sums") {
            let path = "var/lib/dpkg/status.d/\(name)"
            guard let text = system.text(path) else {
                if let missed = gap(for: path, system) { unread.append(missed) }
                continue
            }
            found += read(text, needsStatus: false).collect(into: &gaps)
        }
        // One link can stand for all of them.
        var seen: Set<FileLocation?> = []
        return Reading(checked(found, system), gaps: gaps + unread.filter { seen.insert($0.source).inserted })
    }

    private static func gap(for path: String, _ system: InstalledSystem) -> Gap? {
        LinkedRecords.gap(
            path, below: "var/lib", "dpkg database", scope: .packages(.apt), in: system.files)
    }

    private static func checked(_ found: [Found], _ system: InstalledSystem) -> [Package] {
        guard !system.systemRecords.isNamesOnly else {
            return found.map { item in
                var package = item.package
                package.recordCheck = .uncheckable(item.unrecorded ?? "dpkg's md5 sums were not computed")
                return package
            }
        }
        let rules = DebianPathRules(system)
        return mapInParallel(found) { check($0, rules, system) }
    }

    private struct Found: Sendable {
        let package: Package
        /// The configuration files with their md5 sums.
        let configuration: [(path: String, md5: Digest)]
        /// Why there is nothing to check, or nil.
        let unrecorded: String?
    }

    private static func check(_ item: Found, _ rules: DebianPathRules, _ system: InstalledSystem) -> Package {
        var package = item.package
        var check = SystemFileCheck(system)
        guard item.unrecorded == nil else {
            check.finish(into: &package, unrecorded: item.unrecorded)
            return package
        }
        guard let sums = sums(of: package, system) else {
            check.finish(into: &package, unrecorded: "dpkg has no md5 sums of it")
            return package
        }
        let configuration = Set(item.configuration.map(\.path))
        var isReadable = true
        for line in sums.split(separator: UInt8(ascii: "\n")) {
            // MD5, two blanks, the path; md5sum marks a name with a backslash in it by one in front.
            let line = line.first == UInt8(ascii: "\\") ? line.dropFirst() : line
            guard line.count > 34, let digest = Digest(.md5, hex: String(decoding: line.prefix(32), as: UTF8.self))
            else {
                isReadable = false
                continue
            }
            let path = String(decoding: line.dropFirst(34), as: UTF8.self)
            if configuration.contains(path) { continue }
            check.check(
                path, at: rules.place(of: path, package: package.name), digest, isExcluded: rules.excludes(path))
        }
        for file in item.configuration {
            check.checkConfiguration(
                file.path, at: rules.place(of: file.path, package: package.name), file.md5)
        }
        check.finish(into: &package, unrecorded: isReadable ? nil : "its md5 sums cannot be read")
        return package
    }

    /// The sums of a package; `NAME:ARCH` where several architectures can be installed together.
    private static func sums(of package: Package, _ system: InstalledSystem) -> [UInt8]? {
        if package.location?.hasPrefix("var/lib/dpkg/status.d/") ?? false {
            return system.files.contents(of: "\(package.location ?? "").md5sums")
        }
        let architecture = package.architecture ?? ""
        return system.files.contents(of: "var/lib/dpkg/info/\(package.name):\(architecture).md5sums")
            ?? system.files.contents(of: "var/lib/dpkg/info/\(package.name).md5sums")
    }

    private static func read(_ text: SourceText, needsStatus: Bool) -> Reading<[Found]> {
        let scope = Gap.Scope.packages(.apt)
        var gaps: [Gap] = []
        var found: [Found] = []
        let paragraphs = ControlParagraph.read(text, keepingLinesOf: "conffiles", scope: scope).collect(into: &gaps)
        for paragraph in paragraphs {
            func leaveOut(_ reason: String) {
                let source = FileLocation(file: text.name, line: paragraph.line)
                gaps.append(Gap(paragraph["package"] ?? "a package", reason: reason, source: source, scope: scope))
            }
            guard let name = paragraph["package"], !name.isEmpty else {
                leaveOut("the package has no name")
                continue
            }
            let state = paragraph["status"]?.split(separator: " ").last.map(String.init)
            if needsStatus, state == nil {
                leaveOut("the package has no status")
                continue
            }
            if state == "not-installed" { continue }
            if state == "half-installed" {
                leaveOut("the package is half installed")
                continue
            }
            if let state, !installedStates.contains(state) {
                leaveOut("the package has the unknown state '\(state.prefix(40))'")
                continue
            }
            guard let version = paragraph["version"], !version.isEmpty else {
                leaveOut("the package has no version")
                continue
            }
            var package = Package(ecosystem: .apt, name: name, version: version)
            package.architecture = paragraph["architecture"]
            package.installer = "dpkg"
            package.location = text.name
            package.source = FileLocation(file: text.name, line: paragraph.line)
            found.append(
                Found(
                    package: package, configuration: paragraph.lines.compactMap(configurationFile),
                    unrecorded: state == "config-files" ? onlyConfiguration : nil))
        }
        return Reading(found, gaps: gaps)
    }

    /// `/etc/path md5 [obsolete]`; a file that is `newconffile` has no sum yet.
    private static func configurationFile(_ line: String) -> (path: String, md5: Digest)? {
        let words = line.split(separator: " ")
        guard words.count >= 2, let digest = Digest(.md5, hex: words[1]), words[0].hasPrefix("/") else { return nil }
        return (String(words[0].dropFirst()), digest)
    }

    /// `NAME.list` and `NAME:ARCH.list` of dpkg, a path a line, directories too; `NAME.md5sums` of images without dpkg, a
    /// sum, two blanks, a path.
    static func ownership(in files: FileSystemIndex) -> [PackageFiles] {
        let info = (files.names(in: "var/lib/dpkg/info") ?? []).filter { $0.hasSuffix(".list") }
        let listed = mapInParallel(info) { file in
            let name = file.dropLast(".list".count).split(separator: ":").first ?? ""
            let list = "var/lib/dpkg/info/\(file)"
            let layer = files.lookup(list)?.layer
            var finder = NodeFinder(files)
            var sums: RecordedSums?
            let claims = files.lines(of: list).compactMap { path -> PackageFiles.Claim? in
                guard let node = finder.node(at: path), !files.isDirectory(node) else { return nil }
                // Most sums are not computed, and then the record is not read.
                guard let computed = files.md5(node) else { return .init(node, md5: nil, nil, layer: layer, in: files) }
                let record = "var/lib/dpkg/info/\(file.dropLast(".list".count)).md5sums"
                let recorded = sums ?? RecordedSums(files.contents(of: record) ?? [])
                sums = recorded
                let sum = recorded.md5(path.drop { $0 == UInt8(ascii: "/") })
                return .init(node, md5: computed, sum, layer: layer, in: files)
            }
            return PackageFiles(owner: FileOwners.Owner(ecosystem: .apt, name: String(name)), claims: claims)
        }
        let names = (files.names(in: "var/lib/dpkg/status.d") ?? []).filter { $0.hasSuffix(".md5sums") }
        return listed
            + names.map { file in
                let path = "var/lib/dpkg/status.d/\(file)"
                let layer = files.lookup(path)?.layer
                let claims = RecordedSums(files.contents(of: path) ?? []).all.compactMap { path, sum in
                    files.node(at: path).flatMap { node -> PackageFiles.Claim? in
                        guard let sum, !files.isDirectory(node) else { return nil }
                        return .init(node, md5: files.md5(node), sum, layer: layer, in: files)
                    }
                }
                return PackageFiles(
                    owner: FileOwners.Owner(ecosystem: .apt, name: String(file.dropLast(".md5sums".count))),
                    claims: claims)
            }
    }
}
