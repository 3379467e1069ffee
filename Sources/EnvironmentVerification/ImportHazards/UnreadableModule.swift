import ArchiveReading
import ContainerImages
import EnvironmentInventory
import ProgramStart
import SourceDocuments

/// `unreadable-module`: the user that the image starts its program as may not read a file that Python would load.
enum UnreadableModule: ImportHazard {
    static let rule = Rule(
        name: "unreadable-module",
        summary: "The image's user may not read a file that Python would load.",
        why:
            "The bytes are those of the lock, and the import still fails, or finds another copy: the mode of the file, or of a directory above it, keeps the user out.",
        help: "Install the packages as the user that runs the program, or with modes that let every user read them.",
        bad: [
            Rule.Example(
                file: "image",
                """
                USER 1000
                MODE 600 usr/local/lib/python3.11/site-packages/joblib/pool.py
                «usr/local/lib/python3.11/site-packages/joblib/pool.py» = joblib

                """)
        ],
        good: [
            Rule.Example(
                file: "image",
                """
                USER 1000
                MODE 644 usr/local/lib/python3.11/site-packages/joblib/pool.py
                usr/local/lib/python3.11/site-packages/joblib/pool.py = joblib

                """),
            Rule.Example(
                file: "image",
                """
                MODE 0 usr/local/lib/python3.11/site-packages/joblib/pool.py
                usr/local/lib/python3.11/site-packages/joblib/pool.py = joblib

                """),
        ])

    private static let maximumErrors = 20

    /// The base image vouches for bytes, and not for who may read them.
    static var judgesVouched: Bool { true }

    static func findings(_ scene: ImportScene) -> [Finding] {
        var reader = UserAccess(scene.configuration.user, scene.files)
        guard scene.isImage, reader.isLimited else { return [] }
        var found = configurations(scene, &reader)
        var omitted = 0
        for file in LoadableFiles(scene).files where file.kind != .bytecode && file.kind != .program {
            guard let barrier = reader.barrier(file.entry, isProgram: file.kind == .interpreter) else { continue }
            let owners = scene.owners.allOwners(of: file.entry).filter { $0.owner.ecosystem == .pypi }
            // What only packages have that training does not name may be in nobody's way.
            let isNeeded = owners.isEmpty || owners.contains { scene.isTrained($0.owner.name) }
            guard found.count < maximumErrors else {
                omitted += 1
                continue
            }
            // Without these nothing starts, or nothing that was trained is imported, whoever has the same bytes.
            let isCertain = file.kind == .interpreter || file.origin == .standardLibrary || !owners.isEmpty && isNeeded
            let isNote = !isCertain && scene.isVouched(file.entry.path)
            found.append(
                finding(
                    isNote ? .note : isNeeded ? .error : .warning, file.entry.path,
                    "\(file.entry.path)\(scene.layer(file.entry)): \(reader.name) may not \(barrier)",
                    subject: PosixPath.lastComponent(file.entry.path)))
        }
        if omitted > 0 {
            found.append(finding(.error, scene.name, "\(reader.name) may not read \(omitted) more files"))
        }
        return found
    }

    /// The `pyvenv.cfg` that Python finds and may not read, with which it ends at once.
    private static func configurations(_ scene: ImportScene, _ reader: inout UserAccess) -> [Finding] {
        var found: [Finding] = []
        for path in [scene.path].compactMap(\.self) + scene.start.earlierPaths {
            for file in path.decidingFiles where file.hasSuffix("pyvenv.cfg") {
                guard let entry = scene.files.lookup(file), entry.kind == .file,
                    !found.contains(where: { $0.file == entry.path }),
                    let barrier = reader.barrier(entry, isListed: false)
                else { continue }
                found.append(
                    finding(
                        .error, entry.path,
                        "\(entry.path)\(scene.layer(entry)): \(reader.name) may not \(barrier): Python does not start",
                        subject: PosixPath.lastComponent(entry.path)))
            }
        }
        return found
    }
}

/// What the user of an image may read, by owners, modes and access control lists.
struct UserAccess {
    /// The user as the configuration names it.
    let name: String
    private static let accessList = "system.posix_acl_access"
    private let files: FileSystemIndex
    private let uid: Int
    private let groups: Set<Int>
    /// What stands in the way below a directory; the directories whose answers are known.
    private var known: [String: String?] = [:]

    /// Whether there is anything that the user may not read: root may read everything.
    var isLimited: Bool { uid != 0 }

    /// Looks up `USER[:GROUP]`, names or numbers, in the image's databases
    /// (https://github.com/opencontainers/image-spec/blob/main/config.md#properties).
    init(_ user: String, _ files: FileSystemIndex) {
        self.files = files
        let parts = user.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let written = parts.first ?? ""
        guard let id = StartUser(written, files).id else {
            // No runtime starts it, or the database comes at the start: only what everybody may read is certain.
            name = "the user \(written), who is not in /etc/passwd,"
            uid = -1
            groups = []
            return
        }
        name = "the user \(written.isEmpty ? "root" : written)"
        uid = id
        let accounts = Self.rows(files, "etc/passwd").filter { $0.count >= 4 && ($0[0] == written || $0[2] == written) }
        let rows = Self.rows(files, "etc/group").filter { $0.count >= 3 }
        if parts.count == 2, !parts[1].isEmpty {
            let group = Int(parts[1]) ?? rows.first { $0[0] == parts[1] }.flatMap { Int($0[2]) }
            groups = group.map { [$0] } ?? []
        } else {
            let login = accounts.first?[0] ?? written
            let others = rows.filter { $0.count >= 4 && $0[3].split(separator: ",").contains { $0 == login } }
            groups = Set(others.compactMap { Int($0[2]) } + [accounts.first.flatMap { Int($0[3]) } ?? 0])
        }
    }

    private static func rows(_ files: FileSystemIndex, _ path: String) -> [[String]] {
        (files.contents(of: path) ?? []).split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }

    /// What keeps the user from a file, as the end of a sentence; nil when nothing does.
    ///
    /// - Parameter isListed: whether the directory has to be listed to find it.
    mutating func barrier(
        _ entry: FileSystemIndex.Entry, isProgram: Bool = false, isListed: Bool = true
    ) -> String? {
        let folder = PosixPath.directory(entry.path)
        if let barrier = isListed ? directoryBarrier(folder) : pathBarrier(folder) { return barrier }
        if isProgram {
            return allows(entry, 1) ? nil : "run it (\(Self.mode(entry)))"
        }
        return allows(entry, 4) ? nil : "read it (\(Self.mode(entry)))"
    }

    /// What keeps the user out of a directory: Python lists it, and goes through all above it.
    private mutating func directoryBarrier(_ path: String) -> String? {
        if let answer = known[path] { return answer }
        var answer: String?
        if let entry = files.lookup(path) {
            if !path.isEmpty { answer = pathBarrier(PosixPath.directory(path)) }
            if answer == nil, !allows(entry, 5) { answer = "list /\(path) (\(Self.mode(entry)))" }
        }
        known[path] = .some(answer)
        return answer
    }

    private func pathBarrier(_ path: String) -> String? {
        var path = path
        while true {
            if let entry = files.lookup(path), !allows(entry, 1) { return "enter /\(path) (\(Self.mode(entry)))" }
            if path.isEmpty { return nil }
            path = PosixPath.directory(path)
        }
    }

    private func allows(_ entry: FileSystemIndex.Entry, _ wanted: Int) -> Bool {
        if let bytes = entry.attributes[Self.accessList] {
            guard let list = AccessControlList(bytes) else { return false }
            // Whether the mode or the list is set last is the runtime's affair.
            if !list.isEmpty {
                return [list, list.after(mode: entry.mode)].allSatisfy {
                    $0.allows(wanted, to: uid, groups, owner: entry.uid, group: entry.gid)
                }
            }
        }
        let shift = entry.uid == uid ? 6 : groups.contains(entry.gid) ? 3 : 0
        return entry.mode >> shift & wanted == wanted
    }

    private static func mode(_ entry: FileSystemIndex.Entry) -> String {
        let list = entry.attributes[accessList].map {
            ", with an access control list" + (AccessControlList($0) == nil ? " that cannot be read" : "")
        }
        return "mode \(String(entry.mode, radix: 8)), owner \(entry.uid):\(entry.gid)\(list ?? "")"
    }
}
