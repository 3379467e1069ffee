import ContentHashing
import EnvironmentInventory

/// Where the manifests and blobs of a repository are read and written: a registry or an OCI layout.
protocol ArtifactStore {
    /// A manifest or an index by tag or digest, with its media type where it is known; nil when there is none.
    func manifest(_ reference: String) throws(ArtifactError) -> [UInt8]?
    /// A blob; nil when there is none.
    func blob(_ digest: Digest) throws(ArtifactError) -> [UInt8]?
    /// The index of the manifests whose subject is a digest; nil where nobody keeps one.
    func referrers(_ digest: Digest) throws(ArtifactError) -> [UInt8]?
    /// Writes a blob; one that is there is left alone.
    func put(blob: [UInt8], digest: Digest) throws(ArtifactError)
    /// Writes a manifest under a tag or its digest, and returns whether the store keeps an index of its subject itself.
    func put(
        manifest: [UInt8], as reference: String, mediaType: String, artifactType: String?
    ) throws(ArtifactError) -> Bool
}

/// Why an attestation could not be read from, or written to, a registry or a layout.
package struct ArtifactError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and where.
    package let description: String

    /// Creates an error.
    package init(_ description: String) { self.description = description }
}

/// The most bytes of an envelope, a bundle or a manifest beside an image.
let maximumArtifactBytes = 4 << 20

/// A repository of a registry.
struct RegistryArtifacts: ArtifactStore {
    let client: RegistryClient
    let name: String

    func manifest(_ reference: String) throws(ArtifactError) -> [UInt8]? {
        try body("manifests/\(reference)", accept: RegistryClient.manifestTypes)
    }

    func blob(_ digest: Digest) throws(ArtifactError) -> [UInt8]? { try body("blobs/\(digest)", accept: []) }

    func referrers(_ digest: Digest) throws(ArtifactError) -> [UInt8]? {
        try body("referrers/\(digest)", accept: ["application/vnd.oci.image.index.v1+json"])
    }

    private func body(_ path: String, accept: [String]) throws(ArtifactError) -> [UInt8]? {
        let answer: RegistryClient.Answer
        do throws(RegistryFailure) {
            answer = try client.get(
                path, headers: accept.map { (name: "Accept", value: $0) },
                before: ContinuousClock.now + client.options.totalTimeout)
        } catch {
            if error.isMissing { return nil }
            throw ArtifactError("\(name): \(path): \(error.message)")
        }
        do throws(TransferFailure) { return try HTTPBody(answer.transfer, limit: maximumArtifactBytes).bytes } catch {
            throw ArtifactError("\(name): \(path): \(error.message)")
        }
    }

    func put(blob: [UInt8], digest: Digest) throws(ArtifactError) {
        let path = "blobs/uploads/"
        do throws(RegistryFailure) {
            let started = try client.write(path, .init(method: "POST"))
            guard started.status == 202, let location = started.transfer.header("location").first else {
                throw client.refusal(started)
            }
            let mark = location.contains("?") ? "&" : "?"
            let ended = try client.write(
                "\(location)\(mark)digest=\(digest)", .init(method: "PUT", bytes: blob),
                headers: [("Content-Type", "application/octet-stream"), ("Expect", "")])
            guard ended.status == 201 else { throw client.refusal(ended) }
        } catch { throw ArtifactError("\(name): \(path): \(error.message)") }
    }

    func put(
        manifest: [UInt8], as reference: String, mediaType: String, artifactType: String?
    ) throws(ArtifactError) -> Bool {
        let path = "manifests/\(reference)"
        do throws(RegistryFailure) {
            let answer = try client.write(
                path, .init(method: "PUT", bytes: manifest), headers: [("Content-Type", mediaType), ("Expect", "")])
            guard answer.status == 201 else { throw client.refusal(answer) }
            return answer.transfer.header("oci-subject").contains { !$0.isEmpty }
        } catch { throw ArtifactError("\(name): \(path): \(error.message)") }
    }
}
