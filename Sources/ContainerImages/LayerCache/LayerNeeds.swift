/// What a command keeps of a layer's files besides what every command keeps.
struct LayerNeeds: Sendable, Hashable {
    /// Of which files md5 and sha1 are kept.
    enum Checksums: UInt8, Sendable {
        case none
        /// Of the system's own Python.
        case some
        /// Of everything that a system's package can own.
        case all
    }

    let checksums: Checksums
    /// Whether all lines of dpkg's sums are kept, or only those that name the system's own Python.
    let records: Bool
    /// Whether libraries and programs are read for what they need to be loaded.
    let binaries: Bool

    init(checksums: Checksums, records: Bool, binaries: Bool) {
        self.checksums = checksums
        self.records = records
        self.binaries = binaries
    }

    /// What a reader keeps.
    init(_ reader: LayerReader) {
        switch reader.systemRecords {
        case .named, .contents: checksums = .none
        case .python: checksums = .some
        case .checksums: checksums = .all
        }
        records = reader.keepsWholeRecords
        binaries = reader.readsBinaries
    }

    /// Whether what was kept for these needs is enough for others.
    func covers(_ other: LayerNeeds) -> Bool {
        checksums.rawValue >= other.checksums.rawValue && (records || !other.records) && (binaries || !other.binaries)
    }

    /// What covers both.
    func union(_ other: LayerNeeds) -> LayerNeeds {
        LayerNeeds(
            checksums: checksums.rawValue >= other.checksums.rawValue ? checksums : other.checksums,
            records: records || other.records, binaries: binaries || other.binaries)
    }

    /// Whether the sums of a file are kept where only those of the system's Python are.
    func wants(_ path: [UInt8]) -> Bool { SystemRecords.python.computesChecksums(path) }

    /// Sets a reader to keep what is needed.
    func apply(to reader: inout LayerReader) {
        switch checksums {
        // Without sums, how the packages are looked at afterwards makes no difference to what is kept.
        case .none: if LayerNeeds(reader).checksums != .none { reader.systemRecords = .named }
        case .some: reader.systemRecords = .python
        case .all: reader.systemRecords = .checksums
        }
        reader.wantsWholeRecords = records
        reader.readsBinaries = binaries
    }
}
