import ContainerImages
import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// Compares the files and configurations of two images that no package accounts for.
package enum ImageComparison {
    /// What is compared of an image or of the root of a system.
    package struct Side: Sendable {
        let files: FileSystemIndex
        let configuration: ImageConfiguration
        let environment: Environment

        /// Creates a side.
        package init(files: FileSystemIndex, configuration: ImageConfiguration, environment: Environment) {
            self.environment = environment
            self.files = files
            self.configuration = configuration
        }
    }

    /// What differs.
    ///
    /// Files of a Python package are left to its content digest, files of any other package that differs to that difference;
    /// what is left is named: files that no package owns, and files that changed under a package that did not. Compiled files
    /// that belong to their sources on both sides are counted only.
    package static func compare(_ left: Side, _ right: Side, packages: EnvironmentDifference) -> ImageDifference {
        let leftView = View(left, packages)
        let rightView = View(right, packages)
        var changes: [ImageDifference.FileChange] = []
        var bytecode = 0
        func add(_ old: FileSystemIndex.Entry?, _ new: FileSystemIndex.Entry?) {
            let path = old?.path ?? new?.path ?? ""
            if path.hasSuffix(".pyc"), isRecompiled(old, left.files), isRecompiled(new, right.files),
                old?.head != new?.head
            {
                bytecode += 1
                return
            }
            let oldOwner = old.flatMap { leftView.owner($0) }
            let newOwner = new.flatMap { rightView.owner($0) }
            // A content digest says nothing of owners and modes.
            let isContentSame = isSameContent(old, new)
            if oldOwner.map({ leftView.explains($0, sameContent: isContentSame) }) ?? false { return }
            if newOwner.map({ rightView.explains($0, sameContent: isContentSame) }) ?? false { return }
            let owner = (newOwner ?? oldOwner).map { "\($0.ecosystem.rawValue) \($0.name)" }
            changes.append(.init(path: path, owner: owner, left: old.map(file), right: new.map(file)))
        }
        if let old = left.files.lookup(""), let new = right.files.lookup(""), file(old) != file(new) {
            changes.append(.init(path: "/", owner: nil, left: file(old), right: file(new)))
        }
        // Side by side, so that nothing is kept of what is the same; by bytes, as two texts that Unicode calls equivalent are
        // two names of files.
        var (old, new) = (left.files.walk, right.files.walk)
        var (hasOld, hasNew) = (old.next(), new.next())
        while hasOld || hasNew {
            if hasOld, !hasNew || old.precedes(new) {
                // A directory with something in it is told by what it holds.
                if !old.isFilled { add(old.entry, nil) }
                hasOld = old.next()
            } else if hasNew, !hasOld || new.precedes(old) {
                if !new.isFilled { add(nil, new.entry) }
                hasNew = new.next()
            } else {
                if !old.isSame(as: new) { add(old.entry, new.entry) }
                (hasOld, hasNew) = (old.next(), new.next())
            }
        }
        changes.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        return ImageDifference(
            files: changes, bytecode: bytecode, configuration: settings(left.configuration, right.configuration))
    }

    /// Whether two entries are the same but for owner and mode.
    private static func isSameContent(_ old: FileSystemIndex.Entry?, _ new: FileSystemIndex.Entry?) -> Bool {
        guard let old, let new else { return false }
        return old.kind == new.kind && old.size == new.size && old.sha256 == new.sha256
    }

    /// A file as reports show it.
    package static func file(_ entry: FileSystemIndex.Entry) -> ImageDifference.File {
        var type = "other"
        var target: String?
        switch entry.kind {
        case .file: type = "file"
        case .directory: type = "directory"
        case .symbolicLink(let text):
            type = "link"
            target = text
        case .other(let what): target = what
        }
        return .init(
            type: type, size: entry.size, mode: entry.mode, uid: entry.uid, gid: entry.gid,
            sha256: entry.sha256?.digest, target: target, attributes: entry.attributes)
    }

    /// Whether a compiled file is not there, or is what Python would have compiled of the source next to it, as far as its
    /// header tells.
    private static func isRecompiled(_ entry: FileSystemIndex.Entry?, _ files: FileSystemIndex) -> Bool {
        guard let entry else { return true }
        guard let path = BytecodePath(entry.path), path.tag != nil else { return false }
        return BytecodeSurvey.fate(entry, path, files, python: nil) == .fitting
    }

    /// Who owns the files of one side, and which owners' differences are told elsewhere.
    private struct View {
        private let owners: FileOwners
        private let changed: Set<String>
        /// Python packages whose content digest tells of every change of their files.
        private let digested: Set<String>

        init(_ side: Side, _ packages: EnvironmentDifference) {
            owners = FileOwners(side.files)
            let python = Dictionary(grouping: side.environment.packages.filter { $0.ecosystem == .pypi }, by: \.name)
            digested = Set(python.filter { $0.value.allSatisfy { $0.contentDigest != nil } }.keys)
            changed = Set(packages.changes.map { "\($0.ecosystem.rawValue) \($0.name)" })
        }

        func owner(_ entry: FileSystemIndex.Entry) -> FileOwners.Owner? { owners.owner(of: entry)?.owner }

        func explains(_ owner: FileOwners.Owner, sameContent: Bool) -> Bool {
            if changed.contains("\(owner.ecosystem.rawValue) \(owner.name)") { return true }
            return owner.ecosystem == .pypi && digested.contains(owner.name) && !sameContent
        }
    }

    private static func settings(
        _ left: ImageConfiguration, _ right: ImageConfiguration
    ) -> [ImageDifference.Setting] {
        var settings: [ImageDifference.Setting] = []
        func add(_ field: String, name: String?, old: String?, new: String?) {
            // By bytes: two texts that Unicode calls equivalent are two paths, two users.
            if old.map(ByteText.init) != new.map(ByteText.init) {
                settings.append(.init(field: field, name: name, left: old, right: new))
            }
        }
        func addAll(_ field: String?, _ old: [ByteText: String], _ new: [ByteText: String]) {
            for name in Set(old.keys).union(new.keys).sorted() {
                add(field ?? name.text, name: field.map { _ in name.text }, old: old[name], new: new[name])
            }
        }
        addAll("Env", variables(left), variables(right))
        func words(_ list: [String]) -> String? {
            list.isEmpty ? nil : "[" + list.map { JSONValue.string($0).text() }.joined(separator: ", ") + "]"
        }
        func text(_ text: String) -> String? { text.isEmpty ? nil : text }
        add("Entrypoint", name: nil, old: words(left.entrypoint), new: words(right.entrypoint))
        add("Cmd", name: nil, old: words(left.command), new: words(right.command))
        add("User", name: nil, old: text(left.user), new: text(right.user))
        add("WorkingDir", name: nil, old: text(left.workingDirectory), new: text(right.workingDirectory))
        func named(_ table: [String: String]) -> [ByteText: String] {
            Dictionary(table.map { (ByteText($0.key), $0.value) }) { first, _ in first }
        }
        addAll("Labels", named(left.labels), named(right.labels))
        addAll(nil, named(left.otherSettings), named(right.otherSettings))
        return settings
    }

    /// Of a variable that is set twice the last one counts.
    private static func variables(_ configuration: ImageConfiguration) -> [ByteText: String] {
        var variables: [ByteText: String] = [:]
        for setting in configuration.environment {
            let parts = setting.utf8.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false
            ).map { Substring($0) }
            variables[ByteText(String(parts[0]))] = parts.count == 2 ? String(parts[1]) : ""
        }
        return variables
    }
}
