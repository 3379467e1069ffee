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
