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
        var reader = UserAccess(scene.start.user, scene.files)
        guard scene.isImage, reader.isLimited else { return [] }
        var found = configurations(scene, &reader)
        var omitted = 0
        // Only of files that cannot be read, which honest images do not have.
        var told: Set<Int32> = []
        for file in LoadableFiles(scene).files where file.kind != .bytecode && file.kind != .program {
            guard let barrier = reader.barrier(file.entry, isProgram: file.kind == .interpreter) else { continue }
            told.insert(file.entry.node)
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
        return packageFiles(scene, &reader, told: told) + found
    }

    /// The files beside a RECORD that programs read: what `importlib.metadata` takes of an installation
    /// (https://docs.python.org/3/library/importlib.metadata.html). The others are for people and for installers; pip
    /// 20.1 wrote some of them so that no other user can read them (https://github.com/pypa/pip/issues/8139).
    private static let metadataFiles: Set<String> = ["METADATA", "PKG-INFO", "entry_points.txt", "top_level.txt"]

    /// The files of one installation of a package that the user may not read.
    private struct Unread {
        let name: String
        let first: FileSystemIndex.Entry
        let barrier: String
        var count = 1
    }

    /// The other files of packages that training names, in the directories of the import path: data, METADATA, which
    /// `importlib.metadata` reads, and modules where no interpreter is known. Each installation is one finding.
    private static func packageFiles(_ scene: ImportScene, _ reader: inout UserAccess, told: Set<Int32>) -> [Finding] {
        let directories = Set(scene.directories.map { ByteText($0.path) })
        // Without an import path a package counts that can be read nowhere.
        let isPathKnown = !directories.isEmpty
        var unread: [String: Unread] = [:]
        var order: [String] = []
        func note(_ entry: FileSystemIndex.Entry, _ barrier: String, of name: String, in installation: String) {
            if unread[installation] == nil { order.append(installation) }
            unread[installation, default: Unread(name: name, first: entry, barrier: barrier, count: 0)].count += 1
        }
        scene.files.forEachEntry(where: { place in
            place.isFile && scene.owners.owns(place) && !PathBytes.ends(place.path, ".pyc")
        }) { entry in
            guard !told.contains(entry.node) else { return }
            let claims = scene.owners.allOwners(of: entry).map { $0.owner }.filter { owner in
                owner.ecosystem == .pypi && scene.isTrained(owner.name)
                    && (!isPathKnown || directories.contains(ByteText(packages(of: owner.record))))
            }
            guard let owner = claims.first, let barrier = Self.barrier(entry, &reader) else { return }
            let metadata = PosixPath.directory(owner.record)
            if !metadata.isEmpty, entry.path.hasBytePrefix(metadata + "/"),
                !metadataFiles.contains(String(entry.path.dropFirst(metadata.count + 1)))
            {
                return
            }
            note(entry, barrier, of: owner.name, in: owner.record)
        }
        // The metadata of an installation without a record of its files.
        for package in scene.packages {
            guard let file = package.source?.file, let entry = scene.files.lookup(file), entry.kind == .file,
                scene.owners.owner(of: entry) == nil,
                !isPathKnown || directories.contains(ByteText(package.location ?? "")),
                let barrier = reader.barrier(entry, isListed: false)
            else { continue }
            note(entry, barrier, of: package.name, in: file)
        }
        if !isPathKnown {
            let readable = scene.owners.owners.filter { $0.ecosystem == .pypi && unread[$0.record] == nil }
            let names = Set(readable.map(\.name))
            order.removeAll { unread[$0].map { names.contains($0.name) } ?? true }
        }
        var found = order.prefix(maximumErrors).compactMap { unread[$0] }.map { files in
            let more = files.count > 1 ? ", nor \(files.count - 1) more files of \(files.name)" : ""
            return finding(
                .error, files.first.path,
                "\(files.first.path)\(scene.layer(files.first)): \(reader.name) may not \(files.barrier)\(more)",
                subject: PosixPath.lastComponent(files.first.path))
        }
        if order.count > maximumErrors {
            found.append(
                finding(
                    .error, scene.name,
                    "\(reader.name) may not read files of \(order.count - maximumErrors) more packages"))
        }
        return found
    }

    /// The directory of packages in which a record lies: that of a dist-info, or of an egg, which is a directory itself.
    private static func packages(of record: String) -> String {
        let info = PosixPath.directory(record)
        return record.hasSuffix("/RECORD") || record.hasSuffix(".txt") ? PosixPath.directory(info) : info
    }

    /// What keeps the user from a file. That a directory can be listed matters for modules alone; where it can be, the answer is
    /// known for all its files.
    private static func barrier(_ entry: FileSystemIndex.Entry, _ reader: inout UserAccess) -> String? {
        guard let barrier = reader.barrier(entry) else { return nil }
        if LoadableFiles.kind(Array(entry.path.utf8)) == .module { return barrier }
        return reader.barrier(entry, isListed: false)
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
