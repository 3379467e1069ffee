import LockFormats
import SourceDocuments

/// The projects that a uv.lock was made for, each with its file as it is now
/// (https://docs.astral.sh/uv/concepts/projects/workspaces/).
struct WorkspaceMembers {
    /// The members that could be read.
    private(set) var projects: [(ProjectMember, LockDocument)] = []
    /// The files that could not be read, and why.
    private(set) var unread: [(file: String, reason: String)] = []
    /// A member that came or went since the lock was made.
    private(set) var change: (subject: String, message: String)?

    /// - Parameters:
    ///   - root: the root of the workspace, or its only project.
    ///   - file: the name of the members' files, pyproject.toml.
    init(of lock: LockDocument, root: LockDocument, file: String, _ context: LockReadingContext) {
        for member in lock.members {
            if member.path == "." || member.path.isEmpty {
                projects.append((member, root))
                continue
            }
            let path = member.path + "/" + file
            switch context.load(path) {
            case .failure(let error) where error.isMissing:
                change = change ?? (member.name, "the lock was made for \(member.name), and there is no \(path) now")
            case .failure(let error): unread.append((path, error.reason))
            case .success(let text):
                do throws(LockReadingError) {
                    projects.append((member, try LockReader.readProject(text, of: lock.format)))
                } catch { unread.append((path, error.description)) }
            }
        }
        if !lock.members.isEmpty, change == nil { findChange(lock, root: root, file: file, context) }
    }

    /// Looks for members that the root's file names and the lock does not, and the other way round.
    private mutating func findChange(
        _ lock: LockDocument, root: LockDocument, file: String, _ context: LockReadingContext
    ) {
        guard let directories = context.directories else { return }
        let patterns = root.uvProject?.workspace ?? ([], [])
        func matches(_ patterns: [String]) -> Set<String> {
            var found: Set<String> = []
            for pattern in patterns {
                if let names = directories(pattern) {
                    found.formUnion(names)
                } else {
                    unread.append((root.name, "there are too many directories below \(pattern)"))
                }
            }
            return found
        }
        let named = matches(patterns.members).subtracting(matches(patterns.excluded))
        if !unread.isEmpty { return }
        let known = Set(lock.members.map(\.path))
        for path in named.subtracting(known).sorted() where path != "" {
            guard case .success(let text) = context.load(path + "/" + file),
                let project = try? LockReader.readProject(text, of: lock.format),
                project.uvProject?.isUnmanaged != true, let name = project.projects.first
            else { continue }
            change = (name, "\(name) at \(path) is a member of the workspace, the lock was made without it")
            return
        }
        for member in lock.members where member.path != "." && !member.path.isEmpty && !named.contains(member.path) {
            change = (
                member.name, "\(member.name) is no longer a member of the workspace, the lock was made for it"
            )
            return
        }
    }
}
