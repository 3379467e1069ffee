import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// apk's database, `lib/apk/db/installed`: paragraphs of one-letter fields
/// (https://wiki.alpinelinux.org/wiki/Apk_spec).
///
/// Read are `P` name, `V` version, `A` architecture, and for each `F` folder its `R` files with `Z` sums: `Q1` base64 of a
/// sha1, `Q2` of a sha256, for a link of its target. What lies in `etc` may be edited, as `apk audit` has it. sha1 is a hint,
/// not proof: a package is `intact` at most.
enum AlpinePackages: PackageDatabase {
    static let name = "apk"
    static let wanted: [PathPattern] = ["**/apk/db/installed"]
    private static let paths = ["lib/apk/db/installed", "usr/lib/apk/db/installed"]

    static func packages(in system: InstalledSystem) -> Reading<[Package]> {
        let gaps = unread(in: system.files)
        guard let text = paths.lazy.compactMap({ system.text($0) }).first else { return Reading([], gaps: gaps) }
        var reading = AlpineParagraph.read(text).map { paragraphs in
            paragraphs.map { package($0, system, text.name) }
        }
        reading.gaps += gaps
        return reading
    }

    /// Databases behind links whose names are not apk's.
    private static func unread(in files: FileSystemIndex) -> [Gap] {
        var seen: Set<FileLocation?> = []
        return [(paths[0], "lib"), (paths[1], "usr/lib")].compactMap { path, folder in
            LinkedRecords.gap(path, below: folder, "apk database", scope: .packages(.apk), in: files)
        }.filter { seen.insert($0.source).inserted }
    }

    static func ownership(in files: FileSystemIndex) -> [PackageFiles] {
        guard let path = paths.first(where: { files.contents(of: $0) != nil }), let bytes = files.contents(of: path)
        else { return [] }
        let layer = files.lookup(path)?.layer
        return AlpineParagraph.read(SourceText(name: path, bytes: bytes)).value.map { package in
            PackageFiles(
                owner: FileOwners.Owner(ecosystem: .apk, name: package.name),
                claims: package.files.compactMap { file in
                    PackageFiles.claim(file.path.utf8, sum: file.digest, layer: layer, in: files)
                })
        }
    }

    private static func package(_ paragraph: AlpineParagraph, _ system: InstalledSystem, _ database: String) -> Package
    {
        var package = Package(ecosystem: .apk, name: paragraph.name, version: paragraph.version)
        package.architecture = paragraph.architecture
        package.installer = "apk"
        package.location = database
        package.source = FileLocation(file: database, line: paragraph.line)
        guard !system.systemRecords.isNamesOnly else {
            package.recordCheck = .uncheckable("apk's sums were not computed")
            return package
        }
        var check = SystemFileCheck(system)
        for file in paragraph.files {
            guard let digest = file.digest else { continue }
            if file.path.hasPrefix("etc/") {
                check.checkConfiguration(file.path, at: file.path, digest)
            } else if case .symbolicLink? = system.files.lookup(file.path, followingLast: false)?.kind {
                if system.systemRecords == .checksums { check.checkLink(file.path, digest) }
            } else {
                check.check(file.path, at: file.path, digest, isExcluded: false)
            }
        }
        let unreadable = paragraph.files.first { $0.digest == nil && $0.hasSum }
        check.finish(into: &package, unrecorded: unreadable.map { "the sum of \($0.path) cannot be read" })
        return package
    }
}

/// One package of apk's database.
struct AlpineParagraph {
    struct File {
        let path: String
        var digest: Digest?
        /// Whether there is a sum, readable or not.
        var hasSum = false
    }
    /// The first line, the first of the database being 1.
    let line: Int
    private(set) var name = ""
    private(set) var version = ""
    private(set) var architecture: String?
    private(set) var files: [File] = []
    private var folder = ""

    private init(line: Int) { self.line = line }

    /// Reads all packages; one that cannot be read, or that has no name or version, is left out as a gap.
    static func read(_ text: SourceText) -> Reading<[AlpineParagraph]> {
        var reading = Reading<[AlpineParagraph]>([])
        var current: AlpineParagraph?
        var problem: (line: Int, reason: String)?
        func end() {
            guard let paragraph = current else { return }
            if paragraph.name.isEmpty || paragraph.version.isEmpty {
                problem = problem ?? (paragraph.line, "a package has no name or no version")
            }
            if let problem {
                reading.gaps.append(
                    Gap(
                        paragraph.name.isEmpty ? "a package" : paragraph.name, reason: problem.reason,
                        source: FileLocation(file: text.name, line: problem.line), scope: .packages(.apk)))
            } else {
                reading.value.append(paragraph)
            }
            (current, problem) = (nil, nil)
        }
        for number in 1...max(text.lineCount, 1) {
            guard let range = text.offsets(ofLine: number) else { break }
            var line = text.bytes[range]
            while let last = line.last, last == UInt8(ascii: "\r") || last == UInt8(ascii: " ") {
                line = line.dropLast()
            }
            if line.isEmpty {
                end()
                continue
            }
            var paragraph = current ?? AlpineParagraph(line: number)
            if line.count >= 2, line[line.startIndex + 1] == UInt8(ascii: ":"), let field = line.first {
                paragraph.read(field, line.dropFirst(2))
            } else {
                problem = problem ?? (number, "a line is not a letter, colon and value")
            }
            current = paragraph
        }
        end()
        return reading
    }

    private mutating func read(_ field: UInt8, _ bytes: ArraySlice<UInt8>) {
        var value: String { String(decoding: bytes.drop { $0 == UInt8(ascii: " ") }, as: UTF8.self) }
        switch field {
        case UInt8(ascii: "P"): if name.isEmpty { name = value }
        case UInt8(ascii: "V"): if version.isEmpty { version = value }
        case UInt8(ascii: "A"): architecture = architecture ?? value
        case UInt8(ascii: "F"): folder = String(decoding: bytes, as: UTF8.self)
        case UInt8(ascii: "R"):
            let file = String(decoding: bytes, as: UTF8.self)
            files.append(File(path: folder.isEmpty ? file : "\(folder)/\(file)"))
        case UInt8(ascii: "Z"):
            guard let last = files.indices.last else { return }
            files[last].hasSum = true
            files[last].digest = Self.digest(bytes)
        default: break
        }
    }

    /// `Q1` and base64 of a sha1, `Q2` and base64 of a sha256.
    private static func digest(_ bytes: ArraySlice<UInt8>) -> Digest? {
        let algorithm: HashAlgorithm
        if bytes.starts(with: "Q1".utf8) {
            algorithm = .sha1
        } else if bytes.starts(with: "Q2".utf8) {
            algorithm = .sha256
        } else {
            return nil
        }
        guard let raw = Base64.decode(String(decoding: bytes.dropFirst(2), as: UTF8.self)) else { return nil }
        return Digest(algorithm, bytes: raw)
    }
}
