import ArchiveReading
import ContainerImages
import EnvironmentInventory
import PythonPackaging

/// The files of two images that differ and that no difference of a package explains, by path.
///
/// Of each no more is kept than where it is: two images that have nothing in common differ in all of their files.
struct ChangedFiles: Sendable {
    /// The nodes of one path; -1 where a side has none.
    private struct Pair: Sendable {
        let left: Int32
        let right: Int32

        /// The root on both sides.
        static let root = Pair(left: 0, right: 0)

        var isRoot: Bool { left == 0 && right == 0 }
    }

    private let left: View
    private let right: View
    private var pairs: [Pair] = []
    /// Whether the pairs are in the order of the walk, which is that of the paths where no name has to be escaped.
    private var isInOrder = true
    /// How many compiled files differ that belong to their sources on both sides.
    private(set) var bytecode = 0

    /// Finds them.
    init(_ left: ImageComparison.Side, _ right: ImageComparison.Side, _ packages: EnvironmentDifference) {
        self.left = View(left, packages, isLeft: true)
        self.right = View(right, packages, isLeft: false)
        // Side by side, so that nothing is kept of what is the same; by bytes, as two texts that Unicode calls equivalent are
        // two names of files.
        var (old, new) = (left.files.walk, right.files.walk)
        var (hasOld, hasNew) = (old.next(), new.next())
        while hasOld || hasNew {
            let order = !hasNew ? -1 : !hasOld ? 1 : old.order(to: new)
            if order < 0 {
                // A directory with something in it is told by what it holds.
                if !old.isFilled { add(old, nil) }
                hasOld = old.next()
            } else if order > 0 {
                if !new.isFilled { add(nil, new) }
                hasNew = new.next()
            } else {
                if !old.isSame(as: new) {
                    add(old, new)
                } else if PathBytes.ends(old.path, ".pyc"), runs(old.entry, new.entry) != nil {
                    append(old, new)
                }
                (hasOld, hasNew) = (old.next(), new.next())
            }
        }
        if !isInOrder {
            pairs = pairs.sorted { path($0).utf8.lexicographicallyPrecedes(path($1).utf8) }
        }
        addRoot()
    }

    /// All of them, made one by one.
    var list: ImageDifference.FileChanges {
        var counts: [EnvironmentDifference.Kind: Int] = [:]
        for pair in pairs { counts[pair.left < 0 ? .added : pair.right < 0 ? .removed : .changed, default: 0] += 1 }
        return ImageDifference.FileChanges(counts: counts) { change(pairs[$0]) }
    }

    private func path(_ pair: Pair) -> String {
        if pair.isRoot { return "/" }
        return pair.left >= 0 ? left.files.path(of: pair.left) : right.files.path(of: pair.right)
    }

    private func change(_ pair: Pair) -> ImageDifference.FileChange {
        let old = pair.left < 0 ? nil : left.files.entry(at: pair.left)
        let new = pair.right < 0 ? nil : right.files.entry(at: pair.right)
        var run: (left: Bool, right: Bool)?
        if let old, let new, old.path.hasSuffix(".pyc") { run = runs(old, new) }
        let owner = pair.isRoot ? nil : new.flatMap { right.owner($0) } ?? old.flatMap { left.owner($0) }
        return .init(
            path: pair.isRoot ? "/" : old?.path ?? new?.path ?? "",
            owner: owner.map { "\($0.ecosystem.rawValue) \($0.name)" },
            left: old.map { ImageComparison.file($0, isRun: run?.left) },
            right: new.map { ImageComparison.file($0, isRun: run?.right) })
    }

    /// Adds the root, which has no name, in its place.
    private mutating func addRoot() {
        let (old, new) = (left.files.entry(at: 0), right.files.entry(at: 0))
        guard ImageComparison.file(old) != ImageComparison.file(new) else { return }
        let place = pairs.firstIndex { !path($0).utf8.lexicographicallyPrecedes("/".utf8) }
        pairs.insert(.root, at: place ?? pairs.endIndex)
    }

    private mutating func add(_ oldWalk: FileSystemIndex.Walk?, _ newWalk: FileSystemIndex.Walk?) {
        let (old, new) = (oldWalk?.entry, newWalk?.entry)
        let path = old?.path ?? new?.path ?? ""
        if path.hasSuffix(".pyc"), Self.isRecompiled(old, left.files), Self.isRecompiled(new, right.files),
            old?.head != new?.head
        {
            bytecode += 1
            return
        }
        if let owner = old.flatMap({ left.owner($0) }), explains(owner, of: left, old, new) { return }
        if let owner = new.flatMap({ right.owner($0) }), explains(owner, of: right, old, new) { return }
        append(oldWalk, newWalk)
    }

    /// Whether the owner that one side names differs as a whole, or is the same with such a file: a digest says nothing of owners,
    /// modes and links, and what it leaves out of an equal package are files that each installer writes in its own way.
    private func explains(
        _ owner: FileOwners.Owner, of side: View, _ old: FileSystemIndex.Entry?, _ new: FileSystemIndex.Entry?
    ) -> Bool {
        if side.hasChanged(owner) { return true }
        guard side.isDigested(owner), !Self.isSameContent(old, new) else { return false }
        guard [old, new].allSatisfy({ $0.map { $0.kind == .file } ?? true }) else { return false }
        guard (old ?? new)?.path.hasSuffix(".pyc") ?? false else {
            return !Self.isLargeScript(old, left.files) && !Self.isLargeScript(new, right.files)
        }
        return Self.isHarmless(old, left.files) && Self.isHarmless(new, right.files)
    }

    /// Whether an entry is a script of which no digest of a package says more than its length.
    private static func isLargeScript(_ entry: FileSystemIndex.Entry?, _ files: FileSystemIndex) -> Bool {
        guard let entry, entry.head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]) else { return false }
        return files.contents(of: entry) == nil
    }

    /// Whether a compiled file is not there, is what its source would make, or is not run.
    private static func isHarmless(_ entry: FileSystemIndex.Entry?, _ files: FileSystemIndex) -> Bool {
        guard let entry else { return true }
        guard let path = BytecodePath(entry.path) else { return false }
        switch BytecodeSurvey.fate(entry, path, files, python: nil) {
        case .fitting, .orphaned, .olderSource, .otherSource, .unused: return true
        case .unchecked(let fits): return fits ?? false
        // Whose header no interpreter takes; one that is not known might.
        case .otherInterpreter: return path.tag != nil
        case .sourceless: return false
        }
    }

    private mutating func append(_ old: FileSystemIndex.Walk?, _ new: FileSystemIndex.Walk?) {
        pairs.append(Pair(left: old?.node ?? -1, right: new?.node ?? -1))
        let path = old?.entry.path ?? new?.entry.path ?? ""
        if isInOrder, !path.utf8.elementsEqual(old?.path ?? new?.path ?? []) { isInOrder = false }
    }

    /// On which sides Python runs a compiled file, where the times of its sources make a difference between them;
    /// else nil.
    private func runs(_ old: FileSystemIndex.Entry, _ new: FileSystemIndex.Entry) -> (left: Bool, right: Bool)? {
        guard let wasRun = BytecodeSurvey.isRun(old, left.files), let isRun = BytecodeSurvey.isRun(new, right.files),
            wasRun != isRun
        else { return nil }
        return (wasRun, isRun)
    }

    /// Whether two entries are the same but for owner and mode.
    private static func isSameContent(_ old: FileSystemIndex.Entry?, _ new: FileSystemIndex.Entry?) -> Bool {
        guard let old, let new else { return false }
        return old.kind == new.kind && old.size == new.size && old.sha256 == new.sha256
    }

    /// Whether a compiled file is not there, or is what Python would have compiled of the source next to it, as far as its
    /// header tells.
    private static func isRecompiled(_ entry: FileSystemIndex.Entry?, _ files: FileSystemIndex) -> Bool {
        guard let entry else { return true }
        guard let path = BytecodePath(entry.path), path.tag != nil else { return false }
        return BytecodeSurvey.fate(entry, path, files, python: nil) == .fitting
    }

    /// Who owns the files of one side, and which owners' differences are told elsewhere.
    private struct View: Sendable {
        let files: FileSystemIndex
        private let owners: FileOwners
        /// The packages whose differences are told elsewhere, by their records.
        private let changed: Set<String>
        /// Python packages that are the same on both sides by their content digests, by their records.
        private let digested: Set<String>

        init(_ side: ImageComparison.Side, _ packages: EnvironmentDifference, isLeft: Bool) {
            files = side.files
            owners = FileOwners(side.files)
            // That a file is missing or another one is told by the files themselves.
            changed = Set(
                packages.changes.filter { $0.kind != .rebuilt || $0.basis != .files }.flatMap { change in
                    let package = isLeft ? change.left : change.right
                    // Where a package is not there, nothing tells its records apart.
                    return package.map { [Self.key($0)] } ?? ["\(change.ecosystem.rawValue) \(change.name)"]
                })
            digested = Set(
                packages.sames.filter { $0.basis == .content && $0.package.ecosystem == .pypi }.compactMap {
                    (isLeft ? $0.package : $0.other).map(Self.key)
                })
        }

        func owner(_ entry: FileSystemIndex.Entry) -> FileOwners.Owner? { owners.owner(of: entry)?.owner }

        /// Whether a difference of the owner is told elsewhere.
        func hasChanged(_ owner: FileOwners.Owner) -> Bool { changed.contains(Self.key(owner)) }

        /// Whether both sides have the owner with the same content digest.
        func isDigested(_ owner: FileOwners.Owner) -> Bool {
            owner.ecosystem == .pypi && digested.contains(Self.key(owner))
        }

        /// Two installations of one Python package are told apart by the directories that record them.
        private static func key(_ package: Package) -> String {
            let name = "\(package.ecosystem.rawValue) \(package.name)"
            guard package.ecosystem == .pypi, let file = package.source?.file, file.hasSuffix(".dist-info/METADATA")
            else {
                return name
            }
            return name + " " + file.dropLast("/METADATA".count)
        }

        private static func key(_ owner: FileOwners.Owner) -> String {
            let name = "\(owner.ecosystem.rawValue) \(owner.name)"
            guard owner.ecosystem == .pypi, owner.record.hasSuffix(".dist-info/RECORD") else { return name }
            return name + " " + owner.record.dropLast("/RECORD".count)
        }
    }
}
