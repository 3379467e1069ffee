import ArchiveReading
import SourceDocuments
internal import Glibc

/// The certificates that a user keeps for one registry, as podman and Docker read them
/// (https://github.com/containers/image/blob/main/docs/containers-certs.d.5.md,
/// https://docs.docker.com/engine/security/certificates/).
struct HostCertificates: Sendable, Hashable {
    /// Files of authorities that are trusted beside those of the system, `*.crt`.
    var authorities: [String] = []
    /// The certificate that the registry wants to see, `*.cert`; nil for none.
    var certificate: String?
    /// Its key, `*.key`.
    var key: String?

    /// Returns the certificates for a host with its port; nil where the user keeps none.
    ///
    /// - Throws: ``DocumentError`` for a certificate without its key and a key without its certificate.
    static func find(_ host: String) throws(DocumentError) -> HostCertificates? {
        var directories = ["/etc/containers/certs.d", "/etc/docker/certs.d"]
        if let home = getenv("HOME") {
            directories.insert("\(String(cString: home))/.config/containers/certs.d", at: 0)
        }
        return try find(host, in: directories)
    }

    /// Returns the certificates in the first of some directories that has one of the host's name.
    static func find(_ host: String, in directories: [String]) throws(DocumentError) -> HostCertificates? {
        // A host is one component of a path.
        guard !host.isEmpty, !host.contains("/"), host != ".", host != "..",
            let directory = directories.map({ (place: String) -> String in "\(place)/\(host)" }).first(where: {
                access($0, F_OK) == 0
            })
        else { return nil }
        var found = HostCertificates(authorities: names(of: directory, endingIn: ".crt"))
        let certificates = names(of: directory, endingIn: ".cert")
        let keys = names(of: directory, endingIn: ".key")
        for certificate in certificates {
            let key = certificate.dropLast(".cert".count) + ".key"
            guard keys.contains(String(key)) else {
                throw DocumentError(file: certificate, place: nil, reason: "the certificate has no key beside it")
            }
        }
        for key in keys where !certificates.contains(key.dropLast(".key".count) + ".cert") {
            throw DocumentError(file: key, place: nil, reason: "the key has no certificate beside it")
        }
        found.certificate = certificates.first
        found.key = found.certificate.map { $0.dropLast(".cert".count) + ".key" }
        return found
    }

    /// The same with the authorities of another host, and with its certificate where there is none.
    func adding(_ other: HostCertificates) -> HostCertificates {
        var all = self
        all.authorities += other.authorities.filter { !authorities.contains($0) }
        if certificate == nil { (all.certificate, all.key) = (other.certificate, other.key) }
        return all
    }

    /// The bundle of all authorities, those of the system among them; nil when there are none of its own.
    ///
    /// - Parameter system: the file of the system's authorities; nil for none.
    func bundle(with system: String?) throws(DocumentError) -> [UInt8]? {
        if authorities.isEmpty { return nil }
        var bundle: [UInt8] = []
        for file in authorities + (system.map { [$0] } ?? []) {
            do throws(ArchiveReadingError) { bundle += try readFile(path: file, limit: 16 << 20) } catch {
                throw DocumentError(file: file, place: nil, reason: String(error.description.dropFirst(file.count + 2)))
            }
            bundle.append(UInt8(ascii: "\n"))
        }
        return bundle
    }
}
