import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// dpkg's database: `var/lib/dpkg/status`, and `status.d` in images without dpkg
/// (https://man7.org/linux/man-pages/man5/deb-control.5.html, dpkg-query(1)).
///
/// A package counts when its state is not `not-installed`, as for `dpkg-query -W`. Its files are held against
/// `info/NAME.md5sums` (deb-md5sums(5)); md5 is a hint, not proof, so that a package is `intact` at most. Configuration files
/// may be edited, documentation may be left out, diversions are followed; links are not recorded by dpkg.
enum DebianPackages: PackageDatabase {
    static let name = "dpkg"
    /// Why a package that was removed has nothing to check.
    static let onlyConfiguration = "only its configuration files are left"

    static func packages(in system: InstalledSystem) throws(DocumentError) -> [Package] {
        var found: [Found] = []
        if let text = system.text("var/lib/dpkg/status") { found += try read(text, needsStatus: true) }
        for name in system.files.names(in: "var/lib/dpkg/status.d") ?? [] where !name.hasSuffix(".md5sums") {
            if let text = system.text("var/lib/dpkg/status.d/\(name)") {
                found += try read(text, needsStatus: false)
            }
        }
        guard system.systemRecords != .named else {
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

    private static func read(_ text: SourceText, needsStatus: Bool) throws(DocumentError) -> [Found] {
        var found: [Found] = []
        for paragraph in try ControlParagraph.read(text, keepingLinesOf: "conffiles") {
            guard let name = paragraph["package"], !name.isEmpty else {
                throw DocumentError(
                    file: text.name, place: SourcePosition(line: paragraph.line, column: 1),
                    reason: "a package has no name")
            }
            let state = paragraph["status"]?.split(separator: " ").last.map(String.init)
            if needsStatus, state == nil {
                throw DocumentError(
                    file: text.name, place: SourcePosition(line: paragraph.line, column: 1),
                    reason: "the package \(name) has no status")
            }
            if state == "not-installed" { continue }
            guard let version = paragraph["version"], !version.isEmpty else {
                throw DocumentError(
                    file: text.name, place: SourcePosition(line: paragraph.line, column: 1),
                    reason: "the package \(name) has no version")
            }
            var package = Package(ecosystem: .apt, name: name, version: version)
            package.architecture = paragraph["architecture"]
            package.installer = "dpkg"
            package.location = text.name
            package.source = FileLocation(file: text.name, line: paragraph.line)
            let unrecorded =
                state == "config-files" ? onlyConfiguration : nil
            found.append(
                Found(
                    package: package, configuration: paragraph.lines.compactMap(configurationFile),
                    unrecorded: unrecorded))
        }
        return found
    }

    /// `/etc/path md5 [obsolete]`; a file that is `newconffile` has no sum yet.
    private static func configurationFile(_ line: String) -> (path: String, md5: Digest)? {
        let words = line.split(separator: " ")
        guard words.count >= 2, let digest = Digest(.md5, hex: words[1]), words[0].hasPrefix("/") else { return nil }
        return (String(words[0].dropFirst()), digest)
    }
}
