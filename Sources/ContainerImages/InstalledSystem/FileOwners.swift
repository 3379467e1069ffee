import ArchiveReading
import EnvironmentInventory
import ParallelWork
import PythonPackaging
import SourceDocuments

/// Which package owns a file, as the packages' own records say: RECORD, `installed-files.txt`, conda-meta, dpkg's lists and
/// apk's and rpm's databases.
package struct FileOwners: Sendable {
    /// How a file agrees with the record of its owner.
    package enum Agreement: Sendable, Hashable {
        /// The record has a sha256 of the file, and it is the file's.
        case agrees
        /// The record has a sha256 of the file, and it is another one.
        case disagrees
        /// The record has no digest that proves anything.
        case unknown
    }

    /// The owner of a file.
    package struct Owner: Sendable, Hashable {
        /// The world of the package.
        package let ecosystem: Ecosystem
        /// The package's normalised name.
        package let name: String
    }

    private struct Claim {
        let node: Int32
        let agreement: Agreement
    }

    private var owners: [Owner] = []
    /// The owner by node; -1 for none.
    private var byNode: [Int32]
    private var agreements: [Int32: Agreement] = [:]

    /// Reads all records of a file system.
    package init(_ files: FileSystemIndex) {
        byNode = Array(repeating: -1, count: files.nodeCount)
        let records = Record.find(files)
        let rpm = Record.rpm(files)
        for found in [rpm] + mapInParallel(records, { $0.claims(files) }) {
            for (owner, claims) in found where !claims.isEmpty {
                let number = Int32(clamping: owners.count)
                owners.append(owner)
                for claim in claims {
                    byNode[Int(claim.node)] = number
                    // Of two owners the one whose record disagrees says more.
                    if agreements[claim.node] != .disagrees { agreements[claim.node] = claim.agreement }
                }
            }
        }
    }

    /// Whether a package owns what stands at a place.
    package func owns(_ place: FileSystemIndex.Place) -> Bool {
        place.node >= 0 && place.node < byNode.count && byNode[Int(place.node)] >= 0
    }

    /// The owner of a file and how the file agrees with its record; nil when no package owns it.
    package func owner(of entry: FileSystemIndex.Entry) -> (owner: Owner, agreement: Agreement)? {
        guard entry.node >= 0, entry.node < byNode.count else { return nil }
        let number = byNode[Int(entry.node)]
        guard number >= 0, number < owners.count else { return nil }
        return (owners[Int(number)], agreements[entry.node] ?? .unknown)
    }

    /// A file that lists what a package owns.
    private enum Record: Sendable {
        case distribution(String)
        case egg(String)
        case eggFolder(String)
        case conda(String)
        case dpkg(String)
        case distroless(String)
        case apk(String)

        static func find(_ files: FileSystemIndex) -> [Record] {
            var records: [Record] = []
            files.forEachEntry(where: { isRecord($0.path) }) { entry in
                let path = entry.path
                if path.hasSuffix(".list"), path.hasPrefix("var/lib/dpkg/info/") {
                    records.append(.dpkg(path))
                } else if path.hasSuffix(".md5sums"), path.hasPrefix("var/lib/dpkg/status.d/") {
                    records.append(.distroless(path))
                } else if path.hasSuffix(".dist-info/RECORD") {
                    records.append(.distribution(path))
                } else if path.hasSuffix(".egg-info/installed-files.txt") {
                    records.append(.egg(path))
                } else if path.hasSuffix(".egg/EGG-INFO") {
                    records.append(.eggFolder(path))
                } else if path.hasSuffix(".json"), path.hasPrefix("conda-meta/") || path.contains("/conda-meta/") {
                    records.append(.conda(path))
                } else if path.hasSuffix("lib/apk/db/installed") {
                    records.append(.apk(path))
                }
            }
            // A Python distribution says more of a file than the system's package that brought it.
            return records.filter { !$0.isPython } + records.filter(\.isPython)
        }

        /// A first look at the last letters: nearly all files are none.
        private static func isRecord(_ path: [UInt8]) -> Bool {
            PathBytes.ends(path, ".list") || PathBytes.ends(path, ".md5sums") || PathBytes.ends(path, "/RECORD")
                || PathBytes.ends(path, "/installed-files.txt") || PathBytes.ends(path, "/EGG-INFO")
                || PathBytes.ends(path, ".json") || PathBytes.ends(path, "/installed")
        }

        private var isPython: Bool {
            switch self {
            case .distribution, .egg, .eggFolder: true
            case .conda, .dpkg, .distroless, .apk: false
            }
        }

        func claims(_ files: FileSystemIndex) -> [(owner: Owner, claims: [Claim])] {
            switch self {
            case .distribution(let path): Self.distribution(path, files)
            case .egg(let path): Self.egg(path, files)
            case .eggFolder(let path): Self.eggFolder(path, files)
            case .conda(let path): Self.conda(path, files)
            case .dpkg(let path): Self.list(path, suffix: ".list", files)
            case .distroless(let path): Self.sums(path, files)
            case .apk(let path): Self.apk(path, files)
            }
        }

        private static func distribution(_ path: String, _ files: FileSystemIndex) -> [(Owner, [Claim])] {
            guard let bytes = files.contents(of: path), let record = try? InstallationRecord(bytes) else { return [] }
            let info = path.split(separator: "/").dropLast()
            let folder = info.dropLast().joined(separator: "/")
            guard let root = files.node(at: folder.utf8) else { return [] }
            var claims = [claim(path.utf8, files)].compactMap { $0 }
            for row in record.rows {
                guard let node = file(row.path, root, files) else { continue }
                var agreement = Agreement.unknown
                if let digest = row.sha256 {
                    agreement = files.sha256(node) == digest ? .agrees : .disagrees
                }
                claims.append(Claim(node: node, agreement: agreement))
            }
            return [(Owner(ecosystem: .pypi, name: name(info.last)), claims)]
        }

        /// The file of a row; `pip install --target` moves files after it has written their paths.
        private static func file(_ path: String, _ folder: Int32, _ files: FileSystemIndex) -> Int32? {
            let start = path.utf8.first == UInt8(ascii: "/") ? 0 : folder
            if let node = files.node(at: path.utf8, from: start), !files.isDirectory(node) { return node }
            guard path.hasPrefix("../") else { return nil }
            var below = path[...]
            while below.hasPrefix("../") { below = below.dropFirst(3) }
            guard let node = files.node(at: below.utf8, from: folder), !files.isDirectory(node) else { return nil }
            return node
        }

        /// `NAME` of `NAME-VERSION.dist-info`, normalised.
        private static func name(_ folder: Substring?) -> String {
            let stem = (folder ?? "").split(separator: ".").dropLast().joined(separator: ".")
            return NormalizedName.of(String(stem.split(separator: "-").first ?? ""))
        }

        private static func egg(_ path: String, _ files: FileSystemIndex) -> [(Owner, [Claim])] {
            let info = path.split(separator: "/").dropLast()
            let folder = info.joined(separator: "/")
            return [
                (
                    Owner(ecosystem: .pypi, name: name(info.last)),
                    lines(path, files).compactMap { claim(Array("\(folder)/".utf8) + $0, files) }
                )
            ]
        }

        private static func eggFolder(_ path: String, _ files: FileSystemIndex) -> [(Owner, [Claim])] {
            let egg = path.split(separator: "/").dropLast()
            var claims: [Claim] = []
            files.forEachEntry(below: egg.joined(separator: "/")) { entry in
                if entry.kind != .directory { claims.append(Claim(node: entry.node, agreement: .unknown)) }
            }
            return [(Owner(ecosystem: .pypi, name: name(egg.last)), claims)]
        }

        private static func conda(_ path: String, _ files: FileSystemIndex) -> [(Owner, [Claim])] {
            guard let bytes = files.contents(of: path), let record = try? JSONTable(bytes, name: path),
                let name = try? record.string("name"), let listed = try? record.stringList("files")
            else { return [] }
            let prefix = path.split(separator: "/").dropLast(2).joined(separator: "/")
            return [
                (
                    Owner(ecosystem: .conda, name: name.lowercased()),
                    listed.compactMap { claim("\(prefix)/\($0)".utf8, files) }
                )
            ]
        }

        /// dpkg's `NAME.list` and `NAME:ARCH.list`: a path a line, folders too.
        private static func list(_ path: String, suffix: String, _ files: FileSystemIndex) -> [(Owner, [Claim])] {
            let file = path.split(separator: "/").last ?? ""
            let name = file.dropLast(suffix.count).split(separator: ":").first ?? ""
            return [
                (
                    Owner(ecosystem: .apt, name: String(name)),
                    lines(path, files).compactMap { claim($0, files) }
                )
            ]
        }

        /// `NAME.md5sums` of an image without dpkg: a sum, two spaces, a path.
        private static func sums(_ path: String, _ files: FileSystemIndex) -> [(Owner, [Claim])] {
            let file = path.split(separator: "/").last ?? ""
            let claims = lines(path, files).compactMap { line in
                line.firstIndex(of: UInt8(ascii: " ")).flatMap { space in
                    claim(line[space...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "*") }, files)
                }
            }
            return [(Owner(ecosystem: .apt, name: String(file.dropLast(".md5sums".count))), claims)]
        }

        /// apk's paragraphs: `P` names the package, `F` a folder, `R` a file in the folder before.
        private static func apk(_ path: String, _ files: FileSystemIndex) -> [(Owner, [Claim])] {
            var found: [(Owner, [Claim])] = []
            var folder: [UInt8] = []
            for line in lines(path, files) {
                let value = line.dropFirst(2)
                if line.starts(with: "P:".utf8) {
                    found.append((Owner(ecosystem: .apk, name: String(decoding: value, as: UTF8.self)), []))
                } else if line.starts(with: "F:".utf8) {
                    folder = Array(value) + [UInt8(ascii: "/")]
                } else if line.starts(with: "R:".utf8), !found.isEmpty, let claim = claim(folder + value, files) {
                    found[found.count - 1].1.append(claim)
                }
            }
            return found
        }

        /// rpm's headers, all databases at once; one that cannot be read owns nothing.
        static func rpm(_ files: FileSystemIndex) -> [(owner: Owner, claims: [Claim])] {
            let databases = (try? RPMPackages.headers(in: files)) ?? []
            return databases.flatMap(\.headers).compactMap { header in
                guard let name = try? header.string(.name), let listed = try? RPMFile.all(of: header) else {
                    return nil
                }
                return (
                    Owner(ecosystem: .rpm, name: name),
                    listed.filter(\.isInstalled).compactMap { file in
                        guard let node = files.node(at: file.path.utf8), !files.isDirectory(node) else { return nil }
                        var agreement = Agreement.unknown
                        if let digest = file.digest, digest.algorithm == .sha256, !file.flags.contains(.ghost) {
                            agreement = files.sha256(node) == SHA256Value(digest) ? .agrees : .disagrees
                        }
                        return Claim(node: node, agreement: agreement)
                    }
                )
            }
        }

        private static func claim(_ path: some Collection<UInt8>, _ files: FileSystemIndex) -> Claim? {
            guard let node = files.node(at: path), !files.isDirectory(node) else { return nil }
            return Claim(node: node, agreement: .unknown)
        }

        private static func lines(_ path: String, _ files: FileSystemIndex) -> [ArraySlice<UInt8>] {
            (files.contents(of: path) ?? []).split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        }
    }
}
