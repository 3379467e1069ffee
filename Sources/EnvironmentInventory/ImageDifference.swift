/// What differs between two images, or two root file systems, besides their packages.
public struct ImageDifference: Sendable, Hashable {
    /// A file, link or device as one side has it.
    public struct File: Sendable, Hashable {
        /// `file`, `directory`, `link` or `other`.
        public let type: String
        /// The size in bytes; 0 for what is not a file.
        public let size: Int
        /// The permission bits.
        public let mode: Int
        /// The owner's number.
        public let uid: Int
        /// The group's number.
        public let gid: Int
        /// The digest of a file's bytes; nil for anything else.
        public let sha256: Digest?
        /// What a link leads to, or what a device, FIFO or socket is; nil for anything else.
        public let target: String?
        /// The extended attributes by name.
        public let attributes: [String: [UInt8]]
        /// Whether Python runs a compiled file and not its source, where the time of the source decides that on both sides
        /// and differs; else nil.
        package let isRun: Bool?

        /// Creates a file.
        package init(
            type: String, size: Int, mode: Int, uid: Int, gid: Int, sha256: Digest?, target: String?,
            attributes: [String: [UInt8]] = [:], isRun: Bool? = nil
        ) {
            self.isRun = isRun
            self.type = type
            self.size = size
            self.mode = mode
            self.uid = uid
            self.gid = gid
            self.sha256 = sha256
            self.target = target
            self.attributes = attributes
        }
    }

    /// One path that differs.
    public struct FileChange: Sendable, Hashable {
        /// The path without a leading slash.
        public let path: String
        /// Added, removed or changed.
        public let kind: EnvironmentDifference.Kind
        /// The package that owns it and is the same on both sides, `apt bash`; nil when none owns it.
        public let owner: String?
        /// The left side's; nil when it was added.
        public let left: File?
        /// The right side's; nil when it was removed.
        public let right: File?

        /// Creates a change.
        package init(path: String, owner: String?, left: File?, right: File?) {
            self.path = path
            self.owner = owner
            self.left = left
            self.right = right
            kind = left == nil ? .added : right == nil ? .removed : .changed
        }
    }

    /// Files that differ, each made where it is asked for: images that have nothing in common differ in every file.
    public struct FileChanges: RandomAccessCollection, Sendable, Hashable {
        private let counts: [EnvironmentDifference.Kind: Int]
        private let make: @Sendable (Int) -> FileChange
        /// The position of the first one.
        public let startIndex = 0
        /// The position behind the last one.
        public let endIndex: Int

        /// Creates a list of so many changes of each kind, each made of its position.
        package init(counts: [EnvironmentDifference.Kind: Int], make: @escaping @Sendable (Int) -> FileChange) {
            self.counts = counts
            self.make = make
            endIndex = counts.values.reduce(0, +)
        }

        /// Creates a list of changes at hand.
        package init(_ changes: [FileChange]) {
            self.init(counts: Dictionary(grouping: changes, by: \.kind).mapValues(\.count)) { changes[$0] }
        }

        /// The change at a position.
        public subscript(position: Int) -> FileChange { make(position) }

        /// How many there are of a kind.
        public func count(_ kind: EnvironmentDifference.Kind) -> Int { counts[kind] ?? 0 }

        /// Compares the changes.
        public static func == (left: FileChanges, right: FileChanges) -> Bool { left.elementsEqual(right) }

        /// Adds how many there are.
        public func hash(into hasher: inout Hasher) { hasher.combine(counts) }
    }

    /// One thing of the configurations that differs.
    public struct Setting: Sendable, Hashable {
        /// The key as the image specification writes it: `Env`, `Entrypoint`, `Cmd`, `User`, `WorkingDir`, `Labels`.
        public let field: String
        /// The name of the variable or label; nil for what there is one of.
        public let name: String?
        /// The left side's value; nil when it is not set.
        public let left: String?
        /// The right side's value; nil when it is not set.
        public let right: String?

        /// Creates a setting.
        package init(field: String, name: String?, left: String?, right: String?) {
            self.field = field
            self.name = name
            self.left = left
            self.right = right
        }
    }

    /// The files that differ and that no difference of a package explains, by path.
    public let files: FileChanges
    /// How many compiled files differ that belong to their sources on both sides: a build compiles anew.
    public let bytecode: Int
    /// What differs in the configurations.
    public let configuration: [Setting]

    /// Creates a difference of files at hand.
    package init(files: [FileChange], bytecode: Int, configuration: [Setting]) {
        self.init(files: FileChanges(files), bytecode: bytecode, configuration: configuration)
    }

    /// Creates a difference.
    package init(files: FileChanges, bytecode: Int, configuration: [Setting]) {
        self.files = files
        self.bytecode = bytecode
        self.configuration = configuration
    }

    /// Whether nothing differs.
    public var isEmpty: Bool { files.isEmpty && configuration.isEmpty }
}
