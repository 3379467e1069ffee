internal import Synchronization

/// RECORDs that were read, for runs that look at many images: most of their environments are the same.
package final class KnownRecords: Sendable {
    /// The bytes of a RECORD, hashed as a whole: an array hashes each byte for itself, which takes ten times as long.
    private struct Text: Hashable, Sendable {
        let bytes: [UInt8]

        func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
    }

    private struct State: Sendable {
        var isKept = false
        var records: [Text: InstallationRecord] = [:]
        var bytes = 0
    }

    /// Their texts together have at most so many bytes; beyond that all are dropped.
    private static let maximumBytes = 32 << 20
    private static let shared = KnownRecords()
    private let state = Mutex(State())

    private init() {}

    /// Keeps what is read from now on in this process.
    package static func keep() { shared.state.withLock { $0.isKept = true } }

    /// Returns the record of these bytes; nil where it is not known.
    static func record(_ bytes: [UInt8]) -> InstallationRecord? {
        shared.state.withLock { $0.isKept ? $0.records[Text(bytes: bytes)] : nil }
    }

    /// Keeps a record where that is asked for.
    static func keep(_ record: InstallationRecord, of bytes: [UInt8]) {
        shared.state.withLock { state in
            guard state.isKept, bytes.count <= maximumBytes else { return }
            if state.bytes + bytes.count > maximumBytes {
                state.records = [:]
                state.bytes = 0
            }
            if state.records.updateValue(record, forKey: Text(bytes: bytes)) == nil { state.bytes += bytes.count }
        }
    }
}

extension InstallationRecord {
    /// Reads a RECORD, or returns what was read of the same bytes before.
    package static func read(_ bytes: [UInt8]) throws(RecordError) -> InstallationRecord {
        if let known = KnownRecords.record(bytes) { return known }
        let record = try InstallationRecord(bytes)
        KnownRecords.keep(record, of: bytes)
        return record
    }
}
