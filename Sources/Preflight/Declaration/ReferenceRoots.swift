import ArchiveReading
import EnvironmentInventory
import ModelArchives
import SourceDocuments
internal import Glibc

/// Where the references of a declaration are looked for: the model first, then each place of the deployment.
package struct ReferenceRoots: Sendable {
    /// A place.
    package enum Root: Sendable {
        /// A model that is an archive: its documents by path, and the paths of all its files.
        case archive(name: String, documents: [String: [UInt8]], paths: Set<String>)
        /// A directory, below which the references lie.
        case directory(String)
        /// One file that was named.
        case file(String)
    }

    /// What a reference leads to.
    package struct Target: Sendable, Hashable {
        /// The file as findings name it.
        package let name: String
        /// The path inside of the model; nil outside of it.
        package let modelPath: String?
        /// The path on disk; nil inside of an archive.
        package let path: String?
    }

    /// Why a reference leads nowhere.
    package enum Problem: Error, Sendable, Hashable {
        /// It is absolute, has `..`, or a link on the way leads out.
        case leavesRoot
        /// No place has it.
        case missing
        /// It is there and cannot be read.
        case unreadable(String)
    }

    /// A document of a deployment has at most so many bytes.
    package static let maximumSize = 64 << 20

    private let roots: [Root]
    private let isFirstTheModel: Bool

    /// Creates the roots.
    ///
    /// - Parameters:
    ///   - model: the model that declares; its directory or archive is looked at first.
    ///   - others: the directory of a declaration beside the model, then each `--deploy`.
    package init(model: Model, others: [String]) {
        var roots: [Root] = []
        switch model.container {
        case .directory: roots.append(.directory(model.name))
        case .archive:
            roots.append(
                .archive(name: model.name, documents: model.documents, paths: Set(model.files.map(\.path))))
        case .file: break
        }
        isFirstTheModel = !roots.isEmpty
        for other in others {
            var status = stat()
            guard stat(other, &status) == 0 else { continue }
            roots.append(status.st_mode & S_IFMT == S_IFDIR ? .directory(other) : .file(other))
        }
        self.roots = roots
    }

    /// Creates roots outside of a model.
    package init(_ roots: [Root]) {
        self.roots = roots
        isFirstTheModel = false
    }

    /// Finds what a reference leads to.
    package func find(_ reference: String) throws(Problem) -> Target {
        let bytes = Array(reference.utf8)
        guard !reference.isEmpty, !PosixPath.isAbsolute(reference), !bytes.contains(UInt8(ascii: "\\")),
            !bytes.contains(0), !reference.split(separator: "/").contains(".."),
            let path = PosixPath.contained(reference), !path.isEmpty
        else { throw Problem.leavesRoot }
        var leadsOut = false
        for (index, root) in roots.enumerated() {
            let isModel = index == 0 && isFirstTheModel
            switch root {
            case .archive(let name, _, let paths):
                if paths.contains(path) { return Target(name: "\(name)!\(path)", modelPath: path, path: nil) }
            case .directory(let directory):
                let full =
                    directory == "." ? path : directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
                switch Self.look(full, below: directory) {
                case .inside: return Target(name: full, modelPath: isModel ? path : nil, path: full)
                case .outside: leadsOut = true
                case .nothing: break
                }
            case .file(let file):
                if file == path || file.hasSuffix("/" + path) { return Target(name: file, modelPath: nil, path: file) }
            }
        }
        throw leadsOut ? Problem.leavesRoot : Problem.missing
    }

    /// Reads what a reference leads to, whole.
    package func read(_ target: Target) throws(Problem) -> SourceText {
        guard let path = target.path else {
            for root in roots {
                if case .archive(_, let documents, _) = root, let inside = target.modelPath,
                    let bytes = documents[inside]
                {
                    return SourceText(name: target.name, bytes: bytes)
                }
            }
            throw Problem.unreadable("\(target.name): it is not a document of at most 32 MiB")
        }
        do throws(ArchiveReadingError) {
            return SourceText(name: target.name, bytes: try readFile(path: path, limit: Self.maximumSize))
        } catch { throw Problem.unreadable(error.description) }
    }

    private enum Look {
        case inside, outside, nothing
    }

    /// Whether a regular file lies at a path, and whether the links on the way stay below a directory.
    private static func look(_ path: String, below directory: String) -> Look {
        guard let file = resolved(path), let root = resolved(directory) else { return .nothing }
        guard file.hasPrefix(root == "/" ? "/" : root + "/") else { return .outside }
        var status = stat()
        return stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? .inside : .nothing
    }

    /// The path without links; nil where nothing is.
    package static func resolved(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(validatingCString: pointer)
    }
}
