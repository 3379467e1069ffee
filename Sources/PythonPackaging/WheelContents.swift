import EnvironmentInventory
import SourceDocuments

/// What a wheel installs, and how its members agree with its RECORD
/// (https://packaging.python.org/en/latest/specifications/binary-distribution-format/).
package struct WheelContents: Sendable {
    /// One member of the archive.
    package struct Member: Sendable {
        /// The path in the archive.
        package let path: String
        /// The sha256 of its bytes.
        package let sha256: Digest
        /// Its size in bytes.
        package let size: Int
        /// Its first bytes, for scripts.
        package let head: [UInt8]
        /// The sha256 of what follows a script's first line; nil for any other file.
        package let scriptBody: Digest?

        /// Creates a member.
        package init(path: String, sha256: Digest, size: Int, head: [UInt8], scriptBody: Digest? = nil) {
            self.path = path
            self.sha256 = sha256
            self.size = size
            self.head = head
            self.scriptBody = scriptBody
        }
    }

    /// The metadata.
    package let metadata: DistributionMetadata
    /// The directory of the metadata, `NAME-VERSION.dist-info`.
    package let metadataDirectory: String
    /// The digest over what is installed.
    package let contentDigest: Digest
    /// The files of the content digest by their paths in it.
    package let files: [String: Digest]
    /// The digests of the bodies of scripts that installers rewrite, by path.
    package let scripts: [String: Digest]
    /// The names of the scripts that are made from entry points.
    package let launchers: [String]
    /// What is wrong with RECORD: a wrong hash, a file that it does not list, a row without a file, a row twice.
    package let recordProblems: [String]

    /// Reads a wheel's members.
    ///
    /// - Parameters:
    ///   - members: all files, without directories.
    ///   - contents: the bytes of a member of the dist-info directory.
    /// - Throws: ``WheelError`` when there is not exactly one dist-info directory with METADATA and RECORD.
    package init(members: [Member], contents: (String) -> [UInt8]?) throws(WheelError) {
        let folders = Set(
            members.compactMap { member -> String? in
                let parts = member.path.split(separator: "/", omittingEmptySubsequences: false)
                return parts.count == 2 && parts[0].hasSuffix(".dist-info") ? String(parts[0]) : nil
            })
        guard let distInfo = folders.first, folders.count == 1 else {
            throw WheelError(
                reason: folders.isEmpty ? "it has no dist-info directory" : "it has several dist-info directories")
        }
        guard let metadataBytes = contents(distInfo + "/METADATA"), let metadata = DistributionMetadata(metadataBytes)
        else {
            throw WheelError(reason: "\(distInfo)/METADATA has no name and version")
        }
        guard let recordBytes = contents(distInfo + "/RECORD") else { throw WheelError(reason: "it has no RECORD") }
        self.metadata = metadata
        metadataDirectory = distInfo
        let record: InstallationRecord
        do { record = try InstallationRecord(recordBytes) } catch { throw WheelError(reason: "RECORD: \(error)") }
        recordProblems = Self.problems(record, members, distInfo: distInfo)

        let name = NormalizedName.of(metadata.name)
        let entryPoints = EntryPoints(contents(distInfo + "/entry_points.txt") ?? [])
        let data = String(distInfo.dropLast(".dist-info".count)) + ".data/"
        var files: [(path: String, sha256: Digest)] = []
        var scripts: [String: Digest] = [:]
        for member in members {
            var path = member.path
            if path.hasPrefix(data) {
                guard let mapped = SchemePath.wheel(String(path.dropFirst(data.count)), distribution: name) else {
                    throw WheelError(reason: "\(path) is in an unknown scheme")
                }
                path = mapped
            }
            if ContentDigest.isLeftOut(path) { continue }
            if path.hasPrefix("<scripts>/") {
                let script = String(path.dropFirst("<scripts>/".count))
                if entryPoints.make(script) { continue }
                if ContentDigest.isRewrittenScript(member.head) {
                    if let body = member.scriptBody { scripts[path] = body }
                    continue
                }
            }
            files.append((path, member.sha256))
        }
        self.files = Dictionary(files.map { ($0.path, $0.sha256) }, uniquingKeysWith: { first, _ in first })
        self.scripts = scripts
        launchers = entryPoints.scripts.keys.sorted()
        do { contentDigest = try ContentDigest.compute(files) } catch { throw WheelError(reason: "\(error)") }
    }

    private static func problems(_ record: InstallationRecord, _ members: [Member], distInfo: String) -> [String] {
        var problems: [String] = []
        var rows: [ByteText: InstallationRecord.Row] = [:]
        for row in record.rows where rows.updateValue(row, forKey: ByteText(row.path)) != nil {
            problems.append("RECORD lists \(row.path) twice")
        }
        let unlisted: Set<String> = [distInfo + "/RECORD", distInfo + "/RECORD.jws", distInfo + "/RECORD.p7s"]
        for member in members {
            guard let row = rows.removeValue(forKey: ByteText(member.path)) else {
                if !unlisted.contains(member.path) { problems.append("RECORD does not list \(member.path)") }
                continue
            }
            guard let digest = row.digest else {
                if !unlisted.contains(member.path) { problems.append("RECORD has no hash of \(member.path)") }
                continue
            }
            if digest.algorithm != .sha256 {
                problems.append("RECORD has a \(digest.algorithm.rawValue) of \(member.path); only sha256 is checked")
            } else if digest != member.sha256 {
                problems.append("\(member.path) has \(member.sha256), RECORD says \(digest)")
            } else if let size = row.size, size != member.size {
                problems.append("\(member.path) has \(member.size) bytes, RECORD says \(size)")
            }
        }
        for path in rows.keys.sorted().map(\.text) where !path.hasSuffix("/") {
            problems.append("RECORD lists \(path), which does not exist")
        }
        return problems
    }
}

extension WheelContents {
    /// What is wrong with the names of a wheel in a file of a name; nil where file, METADATA and directory name one release.
    ///
    /// Installers ask the file's name whether it is what they need, and the other two what they have installed
    /// (https://packaging.python.org/en/latest/specifications/binary-distribution-format/).
    package func nameProblem(fileName: String) -> String? {
        let own = "\(metadata.name) \(metadata.version)"
        let name: WheelFileName
        do throws(FileNameError) { name = try WheelFileName(fileName) } catch {
            return "its file name is not that of a wheel: \(error.reason)"
        }
        if name.name != NormalizedName.of(metadata.name) || !Self.isSame("\(name.version)", metadata.version) {
            return "its file name says \(name.name) \(name.version), its METADATA \(own)"
        }
        let directory = metadataDirectory.utf8.dropLast(".dist-info".utf8.count)
        let dash = directory.lastIndex(of: UInt8(ascii: "-")) ?? directory.endIndex
        guard NormalizedName.of(String(Substring(directory[..<dash]))) == name.name,
            Self.isSame(String(Substring(directory[dash...].dropFirst())), metadata.version)
        else { return "its directory is \(metadataDirectory), its METADATA says \(own)" }
        return nil
    }

    /// Whether two texts are one version; old tools write `_` for the `+` or `-` of a version.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        if let left = PythonVersion(left), let right = PythonVersion(right) { return left == right }
        func plain(_ text: String) -> String {
            String(
                decoding: text.lowercased().utf8.map { "+_".utf8.contains($0) ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
        }
        return plain(left) == plain(right)
    }
}

/// A file that is not a valid wheel.
package struct WheelError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    package let reason: String

    /// The reason.
    package var description: String { reason }
}
