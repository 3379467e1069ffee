internal import Glibc

/// Where the system keeps the certificates that it trusts.
///
/// The libcurl of a wheel has no place built in, as one binary runs on every distribution. The places, and the rule that a
/// variable takes the place of its kind, are those of Go (https://go.dev/src/crypto/x509/root_linux.go).
struct CertificateAuthorities: Equatable {
    /// A file of certificates in PEM; nil when there is none.
    let file: String?
    /// Directories of certificates named by their hashes, separated by colons; nil when there is none.
    let directories: String?
    /// Whether the file alone has everything: a distribution's bundle has what is in its directories, where no variable
    /// names others. libcurl keeps a bundle that it has read, and no directory.
    let isFileEnough: Bool

    /// Bundles of Debian, Fedora, SUSE, OpenELEC, RHEL and Alpine, in this order.
    private static let files = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/pki/tls/cacert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
    ]
    private static let directoryPlaces = ["/etc/ssl/certs", "/etc/pki/tls/certs"]

    /// Returns what this process trusts: `SSL_CERT_FILE` and `SSL_CERT_DIR`, or else the system's places that are there.
    static var ofSystem: CertificateAuthorities {
        find(
            variable: { name in getenv(name).map { String(cString: $0) } },
            exists: { access($0, R_OK) == 0 })
    }

    /// Returns what a system trusts.
    ///
    /// - Parameters:
    ///   - variable: the value of an environment variable.
    ///   - exists: whether a file or directory is there and can be read.
    static func find(variable: (String) -> String?, exists: (String) -> Bool) -> CertificateAuthorities {
        func given(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        let givenFile = given("SSL_CERT_FILE") ?? given("CURL_CA_BUNDLE")
        let bundle = givenFile == nil ? files.first(where: exists) : nil
        let found = directoryPlaces.filter(exists)
        let givenDirectories = given("SSL_CERT_DIR")
        return CertificateAuthorities(
            file: givenFile ?? bundle,
            directories: givenDirectories ?? (found.isEmpty ? nil : found.joined(separator: ":")),
            isFileEnough: bundle != nil && bundle != files.last && givenDirectories == nil)
    }
}
