import ArchiveReading
import ContentHashing
import EnvironmentInventory
internal import Synchronization

/// What was read of layers in earlier runs, in a directory: one file a layer, `DIR/ab/abcd....lse`.
///
/// Nothing is locked. An entry is written beside its place and renamed, and says itself what it is of: it is believed when
/// its digests hold and either the directory belongs to the user alone or a trusted key signed it. Everything else is read
/// again, with a note.
package final class LayerCache: Sendable {
    private let directory: CacheDirectory
    private let signing: SigningKey?
    private let trusted: TrustedKey?
    private let remarks = Mutex<[String]>([])
    private let memory: Held?

    /// The layers that are held in memory.
    private final class Held: Sendable {
        private let layers = Mutex(RecentlyUsed<HeldLayers.Key, LayerEvidence>(HeldLayers.maximumCount))
        private let stacks = Mutex(RecentlyUsed<HeldStacks.Key, LayerStack>(HeldStacks.maximumCount))

        func evidence(_ key: HeldLayers.Key) -> LayerEvidence? { layers.withLock { $0[key] } }

        func hold(_ evidence: LayerEvidence, _ key: HeldLayers.Key) {
            if evidence.files >= HeldLayers.minimumFiles { layers.withLock { $0[key] = evidence } }
        }

        func stack(_ key: HeldStacks.Key) -> LayerStack? { stacks.withLock { $0[key] } }

        func hold(_ stack: LayerStack, _ key: HeldStacks.Key) { stacks.withLock { $0[key] = stack } }
    }

    /// What the file system of an image's layers is held by, up to and with each of them but the last; nil up to a layer that
    /// is so small that every image may have its own. Empty where nothing is held.
    func stackKeys(_ layers: [ImageReader.ReadLayer], _ needs: LayerNeeds) -> [HeldStacks.Key?] {
        guard memory != nil else { return [] }
        return layers.indices.dropLast().map { index in
            layers[index].contents.contents.count < HeldLayers.minimumFiles
                ? nil : HeldStacks.Key(diffIDs: layers[...index].map(\.summary.diffID), needs: needs)
        }
    }

    /// The file system of as many lower layers of an image as an image before had too; nil where nothing is held.
    func stack(_ keys: [HeldStacks.Key?]) -> (stack: LayerStack, count: Int)? {
        for (index, key) in keys.enumerated().reversed() {
            if let key, let stack = memory?.stack(key) { return (stack, index + 1) }
        }
        return nil
    }

    /// Holds the file system of an image's lower layers.
    func keep(_ stack: LayerStack, _ key: HeldStacks.Key) { memory?.hold(stack, key) }

    /// Opens a directory, which is made where there is none.
    ///
    /// - Parameters:
    ///   - signing: the key that signs new entries; nil to write them without a signature.
    ///   - trusted: the key whose signature every entry has to have; nil where the directory has to belong to the user.
    ///   - holdsLayers: whether the large layers are held in memory too, for runs that verify many images.
    package init(
        path: String, signing: SigningKey? = nil, trusted: TrustedKey? = nil, holdsLayers: Bool = false
    ) {
        memory = holdsLayers ? Held() : nil
        directory = CacheDirectory(path: path, isTrustedByKey: trusted != nil, isSigned: signing != nil)
        self.signing = signing
        self.trusted = trusted
        if let problem = directory.problem { note(problem) }
    }

    /// What a user should know, a sentence each: which entries were not believed, and why.
    package var notes: [String] { remarks.withLock { $0 } }

    private func note(_ text: String) {
        remarks.withLock { notes in
            if !notes.contains(text) { notes.append(text) }
        }
    }

    /// Returns the bytes of a document that its digest names; nil where they are not here, or are not those of the digest.
    func document(_ digest: Digest, size: Int) -> [UInt8]? {
        guard digest.algorithm == .sha256, let bytes = directory.read(digest.hex, ".json", note: { _ in }),
            bytes.count == size, (try? ContentHash.sha256(of: bytes)) == digest
        else { return nil }
        return bytes
    }

    /// Keeps a document whose digest its reader still compares; a failure is a note.
    func keep(document bytes: [UInt8], _ digest: Digest) {
        guard directory.isWritable, digest.algorithm == .sha256, (try? ContentHash.sha256(of: bytes)) == digest else {
            return
        }
        do throws(CacheWritingError) { try directory.write([bytes], digest.hex, ".json") } catch {
            note("--cache: a document cannot be written: \(error)")
        }
    }

    /// Whether an entry names a layer's stored bytes. Nothing is verified: who reads the layer does that.
    package func has(_ layer: ImagePlan.Layer, limits: ReadingLimits) -> Bool {
        guard let diffID = layer.diffID, let key = try? LayerEvidence.key(diffID),
            let bytes = directory.read(key, CacheDirectory.entry, note: { _ in })
        else { return false }
        return LayerEvidenceEntry.names(layer, bytes, diffID)
    }

    /// What the cache has of a layer.
    enum Found {
        /// The layer, as a reading would give it.
        case layer(ImageReader.ReadLayer)
        /// What evidence of the layer is not enough for, or not of this stored form: what it knows, without its entries.
        case known(needs: LayerNeeds, blobs: [LayerEvidence.Blob])
        case nothing
    }

    /// Looks for a layer.
    ///
    /// - Parameter isRemote: whether the stored bytes are in a registry, whose digests are believed; those that lie here are
    ///   still held against their digest.
    /// - Throws: only when the reading was cancelled.
    func find(
        _ blob: LayerBlob, isRemote: Bool, _ needs: LayerNeeds, limits: ReadingLimits, progress: @escaping (Int) -> Void
    ) throws(ArchiveReadingError) -> Found {
        guard let diffID = blob.diffID, let evidence = evidence(diffID, needs) else { return .nothing }
        let isReadable = zip(evidence.limits, LayerEvidence.limits(limits)).allSatisfy { $0 <= $1 }
        let known = Found.known(needs: evidence.needs, blobs: evidence.blobs)
        guard isReadable, evidence.needs.covers(needs), let form = Self.form(of: blob, in: evidence) else {
            return known
        }
        if !isRemote {
            guard try isWhole(blob, as: form, limits, progress) else { return known }
        }
        return .layer(
            ImageReader.ReadLayer(
                contents: evidence.contents,
                summary: Image.Layer(
                    name: blob.name, diffID: diffID, size: evidence.bytes, compression: form.compression)))
    }

    /// Returns what an entry says, reduced to what is needed; nil where there is none, or none that is believed.
    private func evidence(_ diffID: Digest, _ needs: LayerNeeds) -> LayerEvidence? {
        let held = HeldLayers.Key(diffID: diffID, needs: needs)
        if let known = memory?.evidence(held) { return known }
        guard let key = try? LayerEvidence.key(diffID),
            let bytes = directory.read(key, CacheDirectory.entry, note: note)
        else { return nil }
        do throws(EntryRefusal) {
            let evidence = try LayerEvidenceEntry.decode(
                consume bytes, for: diffID, trust: trusted, needs: needs)
            memory?.hold(evidence, held)
            return evidence
        } catch {
            note("\(directory.path(key, CacheDirectory.entry)): \(error.reason); the layer was read again")
            return nil
        }
    }

    /// The stored form that a blob has to be of; nil where the evidence knows nothing of it.
    private static func form(of blob: LayerBlob, in evidence: LayerEvidence) -> LayerEvidence.Blob? {
        let form: LayerEvidence.Blob?
        if blob.digest == nil || blob.digest == evidence.diffID {
            form = .init(digest: evidence.diffID, size: evidence.bytes, compression: .none)
        } else {
            form = evidence.blobs.first { $0.digest == blob.digest }
        }
        guard let form, blob.size == nil || blob.size == form.size else { return nil }
        return form
    }

    /// Whether stored bytes that lie on this machine are those of their digest, as they were hashed now or since they were last
    /// written.
    private func isWhole(
        _ blob: LayerBlob, as form: LayerEvidence.Blob, _ limits: ReadingLimits, _ progress: @escaping (Int) -> Void
    ) throws(ArchiveReadingError) -> Bool {
        try limits.checkCancellation(blob.name)
        do throws(ArchiveReadingError) {
            let witness = StoredBytesWitness()
            let source = try witness.watch(blob).open()
            if let record = StoredBytesRecord(witness.mark, digest: form.digest), has(record) { return true }
            let stored = try PeekingByteSource(source)
            // Bytes without a digest of their own that are compressed are not those of the diff_id.
            if form.compression == .none, Compression.detect(stored.head) != .none { return false }
            try VerifyingByteSource(ProgressByteSource(stored, progress), digest: form.digest, size: form.size).drain()
            keep(StoredBytesRecord(witness.mark, digest: form.digest))
            return true
        } catch {
            if error.reason == .cancelled { throw error }
            // The reading of the layer says what is wrong.
            return false
        }
    }

    /// Whether a record lies here. It is no evidence of a layer, and is believed only in a directory of the user's own.
    private func has(_ record: StoredBytesRecord) -> Bool {
        guard trusted == nil, let bytes = directory.read(record.key, StoredBytesRecord.ending, note: { _ in }) else {
            return false
        }
        if bytes == record.bytes { return true }
        if !StoredBytesRecord.isRecord(bytes) {
            note("\(directory.path(record.key, StoredBytesRecord.ending)): it is damaged; the layer was hashed again")
        }
        return false
    }

    /// Keeps a record; without it the layer is hashed again.
    func keep(_ record: StoredBytesRecord?) {
        guard let record, trusted == nil, directory.isWritable else { return }
        try? directory.write([record.bytes], record.key, StoredBytesRecord.ending)
    }

    /// Writes what was read of a layer whose digests hold; a failure is a note.
    func keep(
        _ layer: ImageReader.ReadLayer, of blob: LayerBlob, storedBytes: Int, needs: LayerNeeds, limits: ReadingLimits,
        previous: [LayerEvidence.Blob]
    ) {
        guard directory.isWritable else { return }
        var blobs = previous
        if let digest = blob.digest, layer.summary.compression != .none {
            blobs.removeAll { $0.digest == digest }
            blobs.append(.init(digest: digest, size: storedBytes, compression: layer.summary.compression))
        }
        if blobs.count > Self.maximumBlobs { blobs.removeFirst(blobs.count - Self.maximumBlobs) }
        let evidence = LayerEvidence(
            diffID: layer.summary.diffID, bytes: layer.summary.size, blobs: blobs.sorted { $0.digest < $1.digest },
            needs: needs, limits: LayerEvidence.limits(limits), contents: layer.contents)
        do {
            let key = try LayerEvidence.key(evidence.diffID)
            try directory.write(LayerEvidenceEntry.encode(evidence, key: signing), key, CacheDirectory.entry)
        } catch { note("--cache: an entry cannot be written: \(error)") }
    }

    /// The most stored forms of one layer that an entry names.
    private static let maximumBlobs = 64
}

/// A key that signs entries.
package final class SigningKey: Sendable {
    private let key: Mutex<PrivateKey>
    private let name: String

    /// Reads a key; `name` is what errors call it.
    package init(pem: [UInt8], name: String, password: [UInt8]?) throws(KeyError) {
        self.name = name
        key = Mutex(try PrivateKey(pem: pem, name: name, password: password))
    }

    func sign(_ payload: [UInt8], type: String) throws(KeyError) -> SignedEnvelope {
        try key.withLock { key throws(KeyError) in
            try SignedEnvelope(signing: payload, type: type, with: key, name: name)
        }
    }
}

/// A key whose signature makes entries believed.
package final class TrustedKey: Sendable {
    private let key: Mutex<PublicKey>

    /// Reads a key; `name` is what errors call it.
    package init(pem: [UInt8], name: String) throws(KeyError) { key = Mutex(try PublicKey(pem: pem, name: name)) }

    func verifies(_ envelope: SignedEnvelope) -> Bool {
        key.withLock { key in
            envelope.signatures.allSatisfy { $0.keyIdentifier == key.identifier } && envelope.isSigned(by: key)
        }
    }
}
