import ArchiveReading
import ContentHashing
import EnvironmentInventory
import SourceDocuments
internal import Glibc

/// An OCI layout in a directory (https://github.com/opencontainers/image-spec/blob/main/image-layout.md).
///
/// Blobs and the index are written whole or not at all. Two writers at once may lose an entry of the index, as nothing of the
/// format locks it.
struct LayoutArtifacts: ArtifactStore {
    let directory: String

    func manifest(_ reference: String) throws(ArtifactError) -> [UInt8]? {
        if let digest = Digest(reference) { return try blob(digest) }
        for entry in try entries() where entry.annotation("org.opencontainers.image.ref.name") == reference {
            guard let digest = entry.digest else { return nil }
            return try blob(digest)
        }
        return nil
    }

    func blob(_ digest: Digest) throws(ArtifactError) -> [UInt8]? {
        try read("blobs/\(digest.algorithm.rawValue)/\(digest.hex)")
    }

    /// The entries of the index whose manifests have the subject.
    func referrers(_ digest: Digest) throws(ArtifactError) -> [UInt8]? {
        var found: [JSONValue] = []
        for entry in try entries() {
            guard entry.node.table?["artifactType"] != nil, let own = entry.digest, let bytes = try blob(own),
                let manifest = try? JSONReader.read(SourceText(name: directory, bytes: bytes)),
                manifest.table?["subject"]?.table?.string("digest") == digest.description
            else { continue }
            found.append(JSONValue(entry.node))
        }
        return Array(ArtifactDocuments.index(found).text().utf8)
    }

    func put(blob: [UInt8], digest: Digest) throws(ArtifactError) {
        let path = "blobs/\(digest.algorithm.rawValue)/\(digest.hex)"
        if try read(path) != nil { return }
        mkdir("\(directory)/blobs", 0o755)
        mkdir("\(directory)/blobs/\(digest.algorithm.rawValue)", 0o755)
        try write(blob, path)
    }

    func put(
        manifest: [UInt8], as reference: String, mediaType: String, artifactType: String?
    ) throws(ArtifactError) -> Bool {
        let digest = try ArtifactDocuments.digest(of: manifest)
        try put(blob: manifest, digest: digest)
        guard let bytes = try read("index.json"), let index = document(bytes)?.table else {
            throw ArtifactError("\(directory): index.json cannot be read")
        }
        let isTag = Digest(reference) == nil
        let kept = try entries().filter { entry in
            isTag
                ? entry.annotation("org.opencontainers.image.ref.name") != reference : entry.digest != digest
        }
        var members: [JSONValue.Member] = [
            .init("mediaType", .string(mediaType)), .init("digest", .string(digest.description)),
            .init("size", .integer(manifest.count)),
        ]
        if let artifactType { members.append(.init("artifactType", .string(artifactType))) }
        let own = document(manifest)?.table?["annotations"]?.table?.members ?? []
        let annotations =
            own.compactMap { member in member.value.string.map { JSONValue.Member(member.key, .string($0)) } }
            + (isTag ? [.init("org.opencontainers.image.ref.name", .string(reference))] : [])
        if !annotations.isEmpty { members.append(.init("annotations", .object(annotations))) }
        let manifests = JSONValue.array(kept.map { JSONValue($0.node) } + [.object(members)])
        let document = JSONValue.object(
            index.members.map {
                $0.key == "manifests" ? .init("manifests", manifests) : .init($0.key, JSONValue($0.value))
            })
        try write(Array(document.text().utf8), "index.json")
        return true
    }

    private struct Entry {
        let node: DocumentNode

        var digest: Digest? { node.table?.string("digest").flatMap { Digest($0) } }
        func annotation(_ name: String) -> String? { node.table?["annotations"]?.table?.string(name) }
    }

    private func entries() throws(ArtifactError) -> [Entry] {
        guard let bytes = try read("index.json"), let list = document(bytes)?.table?["manifests"]?.array else {
            throw ArtifactError("\(directory): it is not an OCI layout: index.json has no manifests")
        }
        return list.map { Entry(node: $0) }
    }

    private func document(_ bytes: [UInt8]) -> DocumentNode? {
        try? JSONReader.read(SourceText(name: directory, bytes: bytes))
    }

    private func read(_ path: String) throws(ArtifactError) -> [UInt8]? {
        let path = "\(directory)/\(path)"
        guard access(path, F_OK) == 0 else { return nil }
        do throws(ArchiveReadingError) { return try readFile(path: path, limit: maximumArtifactBytes) } catch {
            throw ArtifactError(error.description)
        }
    }

    /// Writes a file beside its place, then gives it its name.
    private func write(_ bytes: [UInt8], _ path: String) throws(ArtifactError) {
        let path = "\(directory)/\(path)"
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw ArtifactError("\(path): \(systemText(errno))") }
        var rest = bytes[...]
        var failure: Int32 = 0
        while !rest.isEmpty, failure == 0 {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 { failure = errno == EINTR ? 0 : errno } else { rest = rest.dropFirst(count) }
        }
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        close(descriptor)
        if failure == 0, rename(temporary, path) != 0 { failure = errno }
        if failure != 0 {
            unlink(temporary)
            throw ArtifactError("\(path): \(systemText(failure))")
        }
    }

    private func systemText(_ number: Int32) -> String { String(cString: strerror(number)) }
}
