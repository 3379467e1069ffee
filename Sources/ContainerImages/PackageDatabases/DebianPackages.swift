/// dpkg's database: `var/lib/dpkg/status`, and `status.d` in images without dpkg
/// (https://man7.org/linux/man-pages/man5/deb-control.5.html, dpkg-query(1)).
///
/// A package counts when its state is not `not-installed`, as for `dpkg-query -W`. Its record has md5 sums only, which prove
/// nothing and are not compared.
enum DebianPackages: PackageDatabase {
    static let name = "dpkg"

    static func packages(in system: InstalledSystem) throws(DocumentError) -> [Package] {
        var packages: [Package] = []
        if let text = system.text("var/lib/dpkg/status") { packages += try read(text, needsStatus: true) }
        for name in system.files.names(in: "var/lib/dpkg/status.d") ?? [] where !name.hasSuffix(".md5sums") {
            if let text = system.text("var/lib/dpkg/status.d/\(name)") {
                packages += try read(text, needsStatus: false)
            }
        }
        return packages
    }

    private static func read(_ text: SourceText, needsStatus: Bool) throws(DocumentError) -> [Package] {
        var packages: [Package] = []
        for paragraph in try ControlParagraph.read(text) {
            guard let name = paragraph["package"], !name.isEmpty else {
                throw DocumentError(
                    file: text.name, place: SourcePlace(line: paragraph.line, column: 1),
                    reason: "a package has no name")
            }
            let state = paragraph["status"]?.split(separator: " ").last.map(String.init)
            if needsStatus, state == nil {
                throw DocumentError(
                    file: text.name, place: SourcePlace(line: paragraph.line, column: 1),
                    reason: "the package \(name) has no status")
            }
            if state == "not-installed" { continue }
            guard let version = paragraph["version"], !version.isEmpty else {
                throw DocumentError(
                    file: text.name, place: SourcePlace(line: paragraph.line, column: 1),
                    reason: "the package \(name) has no version")
            }
            var package = Package(ecosystem: .apt, name: name, version: version)
            package.architecture = paragraph["architecture"]
            package.installer = "dpkg"
            package.location = text.name
            package.source = SourceLocation(file: text.name, line: paragraph.line)
            package.recordCheck = .uncheckable(
                state == "config-files" ? "only its configuration files are left" : "dpkg records md5 sums only")
            packages.append(package)
        }
        return packages
    }
}
