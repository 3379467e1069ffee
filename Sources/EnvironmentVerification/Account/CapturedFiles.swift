import ContainerImages
import ContentHashing
import EnvironmentInventory
import ProgramStart
import PythonPackaging
import SourceDocuments

/// The loadable files of a system that no content digest of a Python or conda package covers, a digest for each directory:
/// the standard library, system packages, compiled files, links. Interpreters and shared libraries stand alone.
package struct CapturedFiles: Sendable {
    /// The digests by path.
    let directories: [String: CapturedDirectory]

    /// Digests the files of an image, or of the root of a system; the shared libraries that packages of the system bring are
    /// among them where binaries were read.
    ///
    /// - Parameter start: what the image starts.
    package static func directories(
        _ files: FileSystemIndex, _ configuration: ImageConfiguration, _ environment: Environment,
        start: ProgramStart? = nil
    ) -> [CapturedDirectory] {
        let scene = ImportScene(
            files, configuration, name: "", environment: environment, trained: [], start: start)
        let loading = LoadingAssessor.assess(
            LoadingScene(
                files: files, configuration: configuration, start: scene.start, environment: environment,
                owners: scene.owners))
        let loadable = LoadableFiles(
            scene, libraries: loading.libraries.map(\.path), openedAs: loading.linkedPaths)
        return CapturedFiles(scene, loadable).directories.values.sorted { $0.path < $1.path }
    }

    init(_ scene: ImportScene, _ loadable: LoadableFiles) {
        var rows: [String: [(path: String, sha256: SHA256Value)]] = [:]
        for file in loadable.files where Self.covers(file, scene.owners) {
            guard let digest = file.entry.sha256 else { continue }
            rows[Self.key(file), default: []].append((PosixPath.lastComponent(file.entry.path), digest))
        }
        for link in loadable.links where Self.isFree(link, scene.owners) {
            guard case .symbolicLink(let target) = link.kind,
                let digest = (try? ContentHash.sha256(of: Array(target.utf8))).flatMap({ SHA256Value($0) })
            else { continue }
            rows[PosixPath.directory(link.path), default: []].append(
                ("<link>/" + PosixPath.lastComponent(link.path), digest))
        }
        var directories: [String: CapturedDirectory] = [:]
        for (path, rows) in rows {
            guard let digest = try? ContentDigest.compute(rows) else { continue }
            directories[path] = CapturedDirectory(path: path, count: rows.count, digest: digest)
        }
        self.directories = directories
    }

    /// The path under which a file is digested.
    static func key(_ file: LoadableFiles.File) -> String {
        [.interpreter, .library, .program].contains(file.kind) ? file.entry.path : PosixPath.directory(file.entry.path)
    }

    /// Whether a file is digested here: content digests of packages leave compiled files out.
    static func covers(_ file: LoadableFiles.File, _ owners: FileOwners) -> Bool {
        file.kind == .bytecode || isFree(file.entry, owners)
    }

    private static func isFree(_ entry: FileSystemIndex.Entry, _ owners: FileOwners) -> Bool {
        !owners.allOwners(of: entry).contains { $0.owner.ecosystem == .pypi || $0.owner.ecosystem == .conda }
    }
}

/// How the loadable files of the serving side agree with a capture.
struct CaptureAgreement {
    /// The paths of the capture whose files are the same.
    private(set) var same: Set<String> = []
    /// The paths of the capture whose files are others.
    private(set) var other: Set<String> = []

    init() {}

    init(_ captured: [CapturedDirectory], _ scene: ImportScene, _ loadable: LoadableFiles) {
        guard !captured.isEmpty else { return }
        let served = CapturedFiles(scene, loadable).directories
        for directory in captured {
            if served[directory.path] == directory {
                same.insert(directory.path)
            } else {
                other.insert(directory.path)
            }
        }
    }
}
