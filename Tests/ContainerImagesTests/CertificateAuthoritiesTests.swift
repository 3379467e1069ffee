import Testing

@testable import ContainerImages

struct CertificateAuthoritiesTests {
    @Test(
        "the certificates of each distribution are found",
        arguments: [
            (
                ["/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/certs"], "/etc/ssl/certs/ca-certificates.crt",
                "/etc/ssl/certs"
            ),
            (
                ["/etc/pki/tls/certs/ca-bundle.crt", "/etc/pki/tls/certs", "/etc/ssl/certs"],
                "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs:/etc/pki/tls/certs"
            ),
            (["/etc/ssl/certs"], nil, "/etc/ssl/certs"),
            (["/etc/ssl/ca-bundle.pem"], "/etc/ssl/ca-bundle.pem", nil),
            (["/etc/ssl/cert.pem", "/etc/ssl/certs"], "/etc/ssl/cert.pem", "/etc/ssl/certs"),
            ([], nil, nil),
        ] as [([String], String?, String?)])
    func systems(places: [String], file: String?, directories: String?) {
        let found = CertificateAuthorities.find(variable: { _ in nil }, exists: { places.contains($0) })
        // A bundle of a distribution is enough; /etc/ssl/cert.pem may be anybody's.
        let isFileEnough = file != nil && file != "/etc/ssl/cert.pem"
        #expect(
            found == CertificateAuthorities(file: file, directories: directories, isFileEnough: isFileEnough))
    }

    @Test("a variable takes the place of its kind alone, and an empty one says nothing")
    func variables() {
        let both = CertificateAuthorities.find(
            variable: { ["SSL_CERT_FILE": "/own.pem", "SSL_CERT_DIR": ""][$0] }, exists: { $0 == "/etc/ssl/certs" })
        #expect(both == CertificateAuthorities(file: "/own.pem", directories: "/etc/ssl/certs", isFileEnough: false))
        let directory = CertificateAuthorities.find(
            variable: { ["SSL_CERT_DIR": "/a:/b"][$0] }, exists: { $0 == "/etc/ssl/cert.pem" })
        #expect(
            directory == CertificateAuthorities(file: "/etc/ssl/cert.pem", directories: "/a:/b", isFileEnough: false))
        let own = CertificateAuthorities.find(
            variable: { ["SSL_CERT_DIR": "/a"][$0] }, exists: { $0 == "/etc/ssl/certs/ca-certificates.crt" })
        #expect(own.directories == "/a" && !own.isFileEnough)
    }
}
