import ArchiveReading
import EnvironmentInventory
internal import Glibc

/// An environment that is installed on disk: a venv, a conda prefix, or the root of a whole system in a folder.
///
/// It is read by the same database readers as an image: a folder is one more transport.
package struct InstalledEnvironment: Sendable {
    /// What kind of folder it is.
    package enum Kind: String, Sendable, Hashable {
        /// A virtual environment: it has a `pyvenv.cfg`.
        case virtualEnvironment = "venv"
        /// A conda prefix: it has a `conda-meta`.
        case condaPrefix = "conda-prefix"
        /// The root of a system: it has `usr` and `etc`.
        case rootFolder = "root-folder"
        /// A folder with packages, as `pip install --target` makes it.
        case packageFolder = "package-folder"
    }

    /// The folder as it was given.
    package let path: String
    /// What kind of folder it is.
    package let kind: Kind
    /// Its files.
    package let fileSystem: FileSystemIndex
    /// What an image of it would say: the platform, and where its programs lie.
    package let configuration: ImageConfiguration
    /// What is installed in it.
    package let environment: Environment
    /// What a reader should know, a sentence each.
    package let notes: [String]

    /// What inspect, diff and verify call it.
    package var subject: SubjectDescription {
        SubjectDescription(kind: .environment, format: kind.rawValue, name: path)
    }

    /// The kind of a folder by its content; nil when nothing in it says that it is an environment.
    package static func detect(path: String) -> Kind? {
        let folder = FolderMembers(name: path)
        guard folder.isFolder else { return nil }
        if folder.contains("pyvenv.cfg") { return .virtualEnvironment }
        if FolderMembers(name: "\(path)/conda-meta").isFolder { return .condaPrefix }
        if FolderMembers(name: "\(path)/usr").isFolder, FolderMembers(name: "\(path)/etc").isFolder {
            return .rootFolder
        }
        return hasDistributions(path) ? .packageFolder : nil
    }

    /// Reads a folder whole: every file is hashed.
    ///
    /// - Parameters:
    ///   - systemRecords: how closely the packages of the operating system are looked at.
    ///   - readsBinaries: whether libraries and programs are read for what they need to be loaded.
    package static func read(
        path: String, limits: ReadingLimits = ReadingLimits(), systemRecords: SystemRecords = .contents,
        readsBinaries: Bool = false
    ) throws(ImageReadingError) -> InstalledEnvironment {
        guard let kind = detect(path: path) else {
            // What cannot be opened says so itself.
            do throws(ArchiveReadingError) { _ = try DirectoryReader(path: path) } catch {
                throw ImageReadingError(image: path, reason: .archive(error))
            }
            throw ImageReadingError(
                image: path,
                reason: .notAnImage(
                    "it is not an environment: it has no pyvenv.cfg, no conda-meta, no usr and etc, and no *.dist-info")
            )
        }
        let contents: LayerContents
        do throws(ArchiveReadingError) {
            contents = try LayerReader(limits: limits, systemRecords: systemRecords, readsBinaries: readsBinaries)
                .read(DirectoryReader(path: path, limits: limits))
        } catch { throw ImageReadingError(image: path, reason: .archive(error)) }
        var stack = LayerStack(image: path, honorsWhiteouts: false)
        try stack.apply(contents, name: path)
        let files = FileSystemIndex(stack.finish())
        var configuration = ImageConfiguration()
        configuration.platform = machine()
        // The folder's own interpreter, not the one that a system's PATH would find.
        if kind != .rootFolder { configuration.environment = ["PATH=bin"] }
        let packages = InstalledPackages(
            files, configuration: configuration, layers: [], systemRecords: systemRecords)
        var environment = packages.environment
        if kind != .rootFolder, environment.platform?.cLibrary == nil {
            environment.platform?.cLibrary = machineCLibrary()
        }
        return InstalledEnvironment(
            path: path, kind: kind, fileSystem: files, configuration: configuration, environment: environment,
            notes: packages.notes)
    }

    private static func hasDistributions(_ path: String) -> Bool {
        guard let reader = try? DirectoryReader(path: path) else { return false }
        var looked = 0
        while looked < 10_000, let next = try? reader.next() {
            looked += 1
            // A link counts, as for Python: where it leads to nothing that is read, it is a gap of the environment.
            if next.kind == .file || next.kind == .other { continue }
            if MetadataName(Array(next.path.utf8)) == .distInfo { return true }
        }
        return false
    }

    private static func machine() -> Platform {
        var names = utsname()
        guard uname(&names) == 0 else { return .current }
        let machine = withUnsafeBytes(of: &names.machine) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let architectures = ["x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"]
        return Platform(os: "linux", architecture: architectures[machine] ?? machine)
    }

    private static func machineCLibrary() -> CLibrary? {
        var buffer = [CChar](repeating: 0, count: 64)
        guard confstr(Int32(_CS_GNU_LIBC_VERSION), &buffer, buffer.count) > 0 else { return nil }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // `glibc 2.36`
        return CLibrary(text.split(separator: " ").joined(separator: "-"))
    }
}
