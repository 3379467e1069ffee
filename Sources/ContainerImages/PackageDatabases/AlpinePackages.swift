/// apk's database, `lib/apk/db/installed`: paragraphs of one-letter fields
/// (https://wiki.alpinelinux.org/wiki/Apk_spec).
///
/// Its record has sha1 sums only, which prove nothing and are not compared.
enum AlpinePackages: PackageDatabase {
    static let name = "apk"

    static func packages(in system: InstalledSystem) throws(DocumentError) -> [Package] {
        guard let text = system.text("lib/apk/db/installed") ?? system.text("usr/lib/apk/db/installed") else {
            return []
        }
        var packages: [Package] = []
        for paragraph in try ControlParagraph.read(text, caseSensitive: true) {
            guard let name = paragraph["P"], let version = paragraph["V"], !name.isEmpty, !version.isEmpty else {
                throw DocumentError(
                    file: text.name, place: SourcePlace(line: paragraph.line, column: 1),
                    reason: "a package has no name or no version")
            }
            var package = Package(ecosystem: .apk, name: name, version: version)
            package.architecture = paragraph["A"]
            package.installer = "apk"
            package.location = text.name
            package.source = SourceLocation(file: text.name, line: paragraph.line)
            package.recordCheck = .uncheckable("apk records sha1 sums only")
            packages.append(package)
        }
        return packages
    }
}
