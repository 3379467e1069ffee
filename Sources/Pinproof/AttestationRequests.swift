/// What `verify --attest` is asked to write.
package struct AttestationRequest: Sendable {
    let file: String
    let key: String?
    let password: [UInt8]?

    /// Makes a request; without a key the statement is written as it is, unsigned.
    package init(file: String, key: String? = nil, password: [UInt8]? = nil) {
        self.file = file
        self.key = key
        self.password = password
    }
}

/// What `verify-attestation` is asked to do.
package struct VerifyAttestationRequest: Sendable {
    let file: String
    let key: String
    let image: String?
    let model: String?
    let target: TargetSelection?
    let format: String

    /// Makes a request.
    package init(
        file: String, key: String, image: String? = nil, model: String? = nil, target: TargetSelection? = nil,
        format: String = "text"
    ) {
        self.file = file
        self.key = key
        self.image = image
        self.model = model
        self.target = target
        self.format = format
    }
}
