import ContainerImages
import SourceDocuments

/// What the user of an image may read, by owners, modes and access control lists.
package struct UserAccess {
    /// The user as the configuration names it.
    package let name: String
    private static let accessList = "system.posix_acl_access"
    private static let defaultList = "system.posix_acl_default"
    private let files: FileSystemIndex
    private let uid: Int
    private let groups: Set<Int>
    /// What stands in the way below a directory; the directories whose answers are known.
    private var known: [String: String?] = [:]
    private let defaults: DefaultLists

    /// Whether there is anything that the user may not read: root may read everything.
    package var isLimited: Bool { uid != 0 }

    /// Takes a user as the image's databases have it.
    package init(_ user: StartUser, _ files: FileSystemIndex) {
        self.files = files
        defaults = DefaultLists()
        let root = files.lookup("")?.attributes[Self.defaultList]
        defaults.known[""] = .some(root)
        // No runtime starts a name that is not there, or the database comes at the start: only what everybody may read is
        // certain.
        name =
            user.id == nil
            ? "the user \(user.name), who is not in /etc/passwd," : "the user \(user.name.isEmpty ? "root" : user.name)"
        uid = user.id ?? -1
        groups = user.groups
    }

    /// What keeps the user from a file, as the end of a sentence; nil when nothing does.
    ///
    /// - Parameter isListed: whether the directory has to be listed to find it.
    package mutating func barrier(
        _ entry: FileSystemIndex.Entry, isProgram: Bool = false, isListed: Bool = true
    ) -> String? {
        let folder = PosixPath.directory(entry.path)
        if let barrier = isListed ? directoryBarrier(folder) : pathBarrier(folder) { return barrier }
        if isProgram {
            return allows(entry, 1) ? nil : "run it (\(mode(entry)))"
        }
        return allows(entry, 4) ? nil : "read it (\(mode(entry)))"
    }

    /// What keeps the user out of a directory: Python lists it, and goes through all above it.
    private mutating func directoryBarrier(_ path: String) -> String? {
        if let answer = known[path] { return answer }
        var answer: String?
        if let entry = files.lookup(path) {
            if !path.isEmpty { answer = pathBarrier(PosixPath.directory(path)) }
            if answer == nil, !allows(entry, 5) { answer = "list /\(path) (\(mode(entry)))" }
        }
        known[path] = .some(answer)
        return answer
    }

    private func pathBarrier(_ path: String) -> String? {
        var path = path
        while true {
            if let entry = files.lookup(path), !allows(entry, 1) { return "enter /\(path) (\(mode(entry)))" }
            if path.isEmpty { return nil }
            path = PosixPath.directory(path)
        }
    }

    /// Whether the user may run a file by a path: each folder on the way, also on that of links, has to be entered
    /// (https://man7.org/linux/man-pages/man7/path_resolution.7.html).
    package func mayRun(_ path: String) -> Bool {
        guard let entry = files.lookup(path), entry.kind == .file else { return false }
        // Root needs a bit as well, whosever it is.
        if !isLimited { return entry.mode & 0o111 != 0 }
        return mayReach(path, depth: 0) && allows(entry, 1)
    }

    private func mayReach(_ path: String, depth: Int) -> Bool {
        guard depth < 40 else { return false }
        var folder = ""
        for name in path.parts(at: "/").map(String.init) where name != "." {
            if let entry = files.lookup(folder), !allows(entry, 1) { return false }
            if name == ".." {
                folder = PosixPath.directory(folder)
                continue
            }
            let next = ImportPath.join(folder, name)
            guard let entry = files.lookup(next, followingLast: false) else { return false }
            if case .symbolicLink(let target) = entry.kind {
                let other = PosixPath.isAbsolute(target) ? target : ImportPath.join(folder, target)
                guard mayReach(other, depth: depth + 1), let real = files.lookup(next) else { return false }
                folder = real.path
            } else {
                folder = entry.path
            }
        }
        return true
    }

    /// The default lists of directories that are known, their own or inherited ones.
    private final class DefaultLists {
        var known: [String: [UInt8]?] = [:]
    }

    /// The list that what is made in a directory gets: Linux gives it to files, and with them to all directories below
    /// (https://man7.org/linux/man-pages/man5/acl.5.html, "Object creation and default ACLs").
    private func inherited(_ directory: String) -> [UInt8]? {
        if let answer = defaults.known[directory] { return answer }
        let own = files.lookup(directory, followingLast: false)?.attributes[Self.defaultList]
        let answer = own ?? inherited(PosixPath.directory(directory))
        defaults.known[directory] = .some(answer)
        return answer
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
        } else if !entry.path.isEmpty, let bytes = inherited(PosixPath.directory(entry.path)) {
            // Runtimes make a file, and set its mode after that. Whether the directory had its list by then depends on the order
            // of the layer: both have to allow it.
            guard let list = AccessControlList(bytes) else { return false }
            let isAllowed = list.after(mode: entry.mode).allows(
                wanted, to: uid, groups, owner: entry.uid, group: entry.gid)
            if !list.isEmpty, !isAllowed { return false }
        }
        let shift = entry.uid == uid ? 6 : groups.contains(entry.gid) ? 3 : 0
        return entry.mode >> shift & wanted == wanted
    }

    private func mode(_ entry: FileSystemIndex.Entry) -> String {
        let own = entry.attributes[Self.accessList]
        let bytes = own ?? (entry.path.isEmpty ? nil : inherited(PosixPath.directory(entry.path)))
        let list = bytes.map {
            ", with an access control list" + (own == nil ? " that its directory gives it" : "")
                + (AccessControlList($0) == nil ? " that cannot be read" : "")
        }
        return "mode \(String(entry.mode, radix: 8)), owner \(entry.uid):\(entry.gid)\(list ?? "")"
    }
}
