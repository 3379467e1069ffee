import ArchiveReading
import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// Why an entry of the cache is not believed.
struct EntryRefusal: Error, Hashable {
    /// A clause without a full stop.
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// The bytes of an entry: a line of JSON, the line's envelope where it is signed, and the compressed body.
enum LayerEvidenceEntry {
    /// The payload type of a signed first line.
    static let payloadType = "application/vnd.pinproof.layer-evidence+json"
    /// The most bytes of the first line: some hundred compressed forms.
    private static let maximumLine = 1 << 20
    /// The most bytes of a body; the evidence of two million files takes less.
    private static let maximumBody = 1 << 30

    /// Writes an entry, in parts: the lines, and those of the body.
    static func encode(_ evidence: LayerEvidence, key: SigningKey?) throws -> [[UInt8]] {
        let body = try LayerBodyCompression.compress(evidence.writeBody)
        var hash = try ContentHash(.sha256)
        for part in body { try hash.update(part[...]) }
        let digest = try hash.finish()
        let line = Self.line(evidence.summary, body: (digest.hex, body.reduce(0) { $0 + $1.count }))
        var entry = Array((line + "\n").utf8)
        if let key {
            entry += Array((envelopeLine(try key.sign(Array(line.utf8), type: payloadType)) + "\n").utf8)
        }
        return [entry] + body
    }

    private static func line(_ summary: String, body: (sha256: String, size: Int)) -> String {
        summary + ",\"body\":{\"sha256\":\"\(body.sha256)\",\"size\":\(body.size)}}"
    }

    /// An envelope in one line.
    private static func envelopeLine(_ envelope: SignedEnvelope) -> String {
        let signatures = envelope.signatures.map {
            "{\"keyid\":\"\($0.keyIdentifier)\",\"sig\":\"\(Base64.encode($0.bytes))\"}"
        }
        return "{\"payload\":\"\(Base64.encode(envelope.payload))\",\"payloadType\":\"\(envelope.payloadType)\","
            + "\"signatures\":[\(signatures.joined(separator: ","))]}"
    }

    /// Reads an entry, and believes nothing that its signature, its digests and the layer that is asked for do not confirm.
    ///
    /// - Parameters:
    ///   - trust: the key whose signature the first line has to have; nil where the directory itself is trusted.
    ///   - needs: what the evidence is reduced to; nil for everything that it holds.
    static func decode(
        _ entry: consuming [UInt8], for diffID: Digest, trust: TrustedKey?, needs: LayerNeeds?
    ) throws(EntryRefusal) -> LayerEvidence {
        var bytes = consume entry
        guard let end = bytes.prefix(maximumLine).firstIndex(of: UInt8(ascii: "\n")) else {
            throw EntryRefusal("its first line has no end")
        }
        let line = Array(bytes[..<end])
        let header = try Header(line)
        guard header.diffID == diffID else { throw EntryRefusal("it is the entry of another layer") }
        guard Array(Self.line(header.summary, body: (header.bodyDigest, header.bodySize)).utf8) == line else {
            throw EntryRefusal("its first line is damaged")
        }
        var start = end + 1
        let isSigned = start < bytes.count && bytes[start] == UInt8(ascii: "{")
        if isSigned {
            guard let end = bytes[start...].prefix(4 * maximumLine).firstIndex(of: UInt8(ascii: "\n")) else {
                throw EntryRefusal("its signature has no end")
            }
            try check(Array(bytes[start..<end]), of: line, trust)
            start = end + 1
        } else if trust != nil {
            throw EntryRefusal("it is not signed")
        }
        guard bytes.count - start == header.bodySize else { throw EntryRefusal("it is truncated") }
        guard Self.digest(bytes[start...])?.hex == header.bodyDigest else {
            throw EntryRefusal("its bytes have another sha256")
        }
        let body: [UInt8]
        do throws(PackedError) {
            body = try LayerBodyCompression.decompress(bytes, from: start, limit: maximumBody)
        } catch { throw EntryRefusal("its body is damaged") }
        // Else the compressed bytes would be there until the last of the entries is made.
        bytes = []
        return try evidence(body, header, needs)
    }

    private static func digest(_ bytes: ArraySlice<UInt8>) -> Digest? {
        guard var hash = try? ContentHash(.sha256) else { return nil }
        do throws(HashingError) {
            try hash.update(bytes)
            return try hash.finish()
        } catch { return nil }
    }

    /// Whether the first line of an entry names a layer's stored bytes.
    static func names(_ layer: ImagePlan.Layer, _ bytes: [UInt8], _ diffID: Digest) -> Bool {
        guard let header = try? Header(Array(bytes.prefix(maximumLine).prefix { $0 != UInt8(ascii: "\n") })),
            header.diffID == diffID
        else { return false }
        guard let digest = layer.digest, digest != diffID else { return true }
        return header.blobs.contains { $0.digest == digest }
    }

    private static func check(_ text: [UInt8], of line: [UInt8], _ trust: TrustedKey?) throws(EntryRefusal) {
        let envelope: SignedEnvelope
        do throws(DocumentError) {
            let node = try JSONReader.read(SourceText(name: "signature", bytes: text), maximumDepth: 8)
            envelope = try SignedEnvelope(node, file: "signature")
        } catch { throw EntryRefusal("its signature is damaged") }
        guard envelope.payload == line, envelope.payloadType == payloadType, envelope.signatures.count == 1,
            Array(envelopeLine(envelope).utf8) == text
        else { throw EntryRefusal("its signature is one of other bytes") }
        guard let trust else { return }
        guard trust.verifies(envelope) else { throw EntryRefusal("it is not signed with the key of --cache-trust") }
    }

    private static func evidence(
        _ body: [UInt8], _ header: Header, _ needs: LayerNeeds?
    ) throws(EntryRefusal) -> LayerEvidence {
        do throws(PackedError) {
            var reader = PackedReader(body)
            let summary = try reader.raw(32)
            guard let expected = try? ContentHash.sha256(of: Array(header.summary.utf8)),
                Digest(.sha256, bytes: summary) == expected
            else { throw PackedError() }
            guard let checksums = LayerNeeds.Checksums(rawValue: try reader.byte()) else { throw PackedError() }
            let flags = try reader.byte()
            guard flags < 4 else { throw PackedError() }
            let had = LayerNeeds(checksums: checksums, records: flags & 2 != 0, binaries: flags & 1 != 0)
            var limits: [Int] = []
            for _ in LayerEvidence.limits(ReadingLimits()) { limits.append(try reader.number()) }
            let contents = try LayerContents(from: &reader, needs: needs ?? had, totalBytes: 1 << 50)
            guard contents.contents.count == header.files else { throw PackedError() }
            return LayerEvidence(
                diffID: header.diffID, bytes: header.bytes, blobs: header.blobs, needs: had, limits: limits,
                contents: contents)
        } catch { throw EntryRefusal("its body is damaged") }
    }

    /// The first line.
    private struct Header {
        let diffID: Digest
        let blobs: [LayerEvidence.Blob]
        let files: Int
        let bytes: Int
        let bodyDigest: String
        let bodySize: Int

        var summary: String { LayerEvidence.summary(diffID: diffID, blobs: blobs, files: files, bytes: bytes) }

        init(_ line: [UInt8]) throws(EntryRefusal) {
            let damaged = EntryRefusal("its first line is damaged")
            let text = SourceText(name: "entry", bytes: line)
            guard let table = (try? JSONReader.read(text, maximumDepth: 8))?.table else { throw damaged }
            guard table["schema"]?.string == "pinproof/layer-evidence/1" else {
                throw EntryRefusal("its first line is not one of pinproof/layer-evidence/1")
            }
            guard table["evidenceVersion"]?.integer == Int64(LayerEvidence.version) else {
                throw EntryRefusal("another version of Pinproof's readers wrote it")
            }
            guard let diffID = table["diffId"]?.string.flatMap({ Digest($0) }),
                let files = Self.count(table["files"]), let bytes = Self.count(table["bytes"]),
                let body = table["body"]?.table, let digest = body["sha256"]?.string,
                let size = Self.count(body["size"]), let list = table["blobs"]?.array
            else { throw damaged }
            var blobs: [LayerEvidence.Blob] = []
            for node in list {
                guard let blob = node.table, let digest = blob["digest"]?.string.flatMap({ Digest($0) }),
                    let size = Self.count(blob["size"]), let type = blob["mediaType"]?.string,
                    let compression = Compression.allCases.first(where: { $0.layerMediaType == type })
                else { throw damaged }
                blobs.append(.init(digest: digest, size: size, compression: compression))
            }
            self.diffID = diffID
            self.files = files
            self.bytes = bytes
            self.blobs = blobs
            bodyDigest = digest
            bodySize = size
        }

        private static func count(_ node: DocumentNode?) -> Int? {
            node?.integer.flatMap { Int(exactly: $0) }.flatMap { $0 >= 0 ? $0 : nil }
        }
    }
}
