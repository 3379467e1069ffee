import EnvironmentInventory
import SourceDocuments
internal import COpenSSL

/// A public key: ECDSA on P-256, P-384 or P-521 with the SHA-2 of the curve's size, or Ed25519.
///
/// Read from PEM `PUBLIC KEY` (SubjectPublicKeyInfo, RFC 5280), which is what openssl, cosign and securesystemslib write.
package struct PublicKey {
    private let key: KeyHandle
    /// The identifier that securesystemslib computes: the sha256, in hex, of the key's canonical JSON.
    package let identifier: String
    /// The sha256, in hex, of the key as PEM: the hint of a Sigstore bundle.
    package let hint: String

    /// Reads a key; `name` is what errors call it.
    package init(pem: [UInt8], name: String) throws(KeyError) {
        let file = try KeyFile(pem, name: name)
        guard let block = file.blocks.first(where: { $0.label == "PUBLIC KEY" }) else {
            throw KeyError(key: name, reason: "it contains a \(file.blocks[0].label), not a PUBLIC KEY")
        }
        let key = try KeyHandle(name: name) {
            block.bytes.withUnsafeBufferPointer { buffer in
                var cursor = buffer.baseAddress
                return d2i_PUBKEY(nil, &cursor, buffer.count)
            }
        }
        try self.init(key, name: name)
    }

    fileprivate init(_ key: KeyHandle, name: String) throws(KeyError) {
        let der = try key.publicBytes(name: name)
        let pem = Self.pem(der)
        let (type, scheme) = key.kind.scheme
        // Ed25519's SubjectPublicKeyInfo ends with its 32 bytes (RFC 8410).
        let value = key.kind == .ed25519 ? Hexadecimal.encode(der.suffix(32)) : pem
        let json = #"{"keytype":"\#(type)","keyval":{"public":"\#(value)"},"scheme":"\#(scheme)"}"#
        do throws(HashingError) {
            identifier = try ContentHash.sha256(of: Array(json.utf8)).hex
            hint = try ContentHash.sha256(of: Array(pem.utf8)).hex
        } catch { throw KeyError(key: name, reason: error.description) }
        self.key = key
    }

    private static func pem(_ der: [UInt8]) -> String {
        let digits = Array(Base64.encode(der).utf8)
        var text = "-----BEGIN PUBLIC KEY-----\n"
        for start in stride(from: 0, to: digits.count, by: 64) {
            text += String(decoding: digits[start..<min(start + 64, digits.count)], as: UTF8.self) + "\n"
        }
        return text + "-----END PUBLIC KEY-----\n"
    }

    /// Whether a signature is that of this key over a message; malformed signatures are not.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        return EVP_DigestVerifyInit(context, nil, key.kind.method, nil, key.pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

/// A private key of the kinds of ``PublicKey``.
///
/// Read from PEM: `PRIVATE KEY` (PKCS#8, RFC 5958), `ENCRYPTED PRIVATE KEY` with a password, `EC PRIVATE KEY` (SEC 1), and
/// cosign's `ENCRYPTED SIGSTORE PRIVATE KEY` with its password.
package struct PrivateKey {
    private let key: KeyHandle
    /// The identifier of its public key, as ``PublicKey/identifier``.
    package let identifier: String

    /// Reads a key; `name` is what errors call it.
    package init(pem: [UInt8], name: String, password: [UInt8]?) throws(KeyError) {
        let file = try KeyFile(pem, name: name)
        guard let block = file.blocks.first(where: { $0.label.hasSuffix("PRIVATE KEY") }) else {
            throw KeyError(key: name, reason: "it contains a \(file.blocks[0].label), not a private key")
        }
        switch block.label {
        case "PRIVATE KEY", "EC PRIVATE KEY": key = try Self.plain(block.bytes, name: name)
        case "ENCRYPTED PRIVATE KEY":
            guard let password else { throw KeyError(key: name, reason: Self.missingPassword) }
            key = try KeyHandle(name: name, failure: "the password is wrong, or the key is damaged") {
                Self.decrypted(block.bytes, password)
            }
        case "ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY":
            guard let password else { throw KeyError(key: name, reason: Self.missingPassword) }
            key = try Self.plain(SigstoreKeyBox.open(block.bytes, password: password, name: name), name: name)
        default: throw KeyError(key: name, reason: "\(block.label) is not supported; use ECDSA or Ed25519 as PKCS#8")
        }
        identifier = try PublicKey(key, name: name).identifier
    }

    private static let missingPassword = "it is encrypted; set the environment variable COSIGN_PASSWORD to its password"

    private static func plain(_ bytes: [UInt8], name: String) throws(KeyError) -> KeyHandle {
        try KeyHandle(name: name) {
            bytes.withUnsafeBufferPointer { buffer in
                var cursor = buffer.baseAddress
                return d2i_AutoPrivateKey(nil, &cursor, buffer.count)
            }
        }
    }

    private static func decrypted(_ bytes: [UInt8], _ password: [UInt8]) -> OpaquePointer? {
        guard let length = Int32(exactly: bytes.count), let input = BIO_new_mem_buf(bytes, length) else { return nil }
        defer { BIO_free(input) }
        // Without a callback OpenSSL takes the last argument as the password, and asks nobody.
        var password = password + [0]
        return d2i_PKCS8PrivateKey_bio(input, &password)
    }

    /// The signature over a message: for ECDSA in DER, as DSSE's users expect it.
    package func sign(_ message: [UInt8], name: String) throws(KeyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw KeyError(key: name, reason: "out of memory") }
        defer { EVP_MD_CTX_free(context) }
        var length = 0
        guard EVP_DigestSignInit(context, nil, key.kind.method, nil, key.pointer) == 1,
            EVP_DigestSign(context, nil, &length, message, message.count) == 1
        else { throw KeyError(key: name, reason: "OpenSSL cannot sign with it") }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else {
            throw KeyError(key: name, reason: "OpenSSL cannot sign with it")
        }
        return Array(signature.prefix(length))
    }
}

/// OpenSSL's key, freed with its owner.
private final class KeyHandle {
    let pointer: OpaquePointer
    let kind: KeyKind

    init(
        name: String, failure: String = "OpenSSL cannot read it as a key", _ read: () -> OpaquePointer?
    ) throws(KeyError) {
        guard let pointer = read() else {
            ERR_clear_error()
            throw KeyError(key: name, reason: failure)
        }
        guard let kind = Self.kind(pointer) else {
            EVP_PKEY_free(pointer)
            throw KeyError(
                key: name, reason: "only ECDSA (P-256, P-384, P-521) and Ed25519 keys are supported")
        }
        self.pointer = pointer
        self.kind = kind
    }

    deinit { EVP_PKEY_free(pointer) }

    private static func kind(_ key: OpaquePointer) -> KeyKind? {
        if EVP_PKEY_is_a(key, "ED25519") == 1 { return .ed25519 }
        guard EVP_PKEY_is_a(key, "EC") == 1 else { return nil }
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1 else { return nil }
        return switch String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) {
        case "prime256v1", "P-256": .p256
        case "secp384r1", "P-384": .p384
        case "secp521r1", "P-521": .p521
        default: nil
        }
    }

    /// The SubjectPublicKeyInfo.
    func publicBytes(name: String) throws(KeyError) -> [UInt8] {
        let length = i2d_PUBKEY(pointer, nil)
        guard length > 0 else { throw KeyError(key: name, reason: "OpenSSL cannot write its public key") }
        var output = [UInt8](repeating: 0, count: Int(length))
        let written = output.withUnsafeMutableBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return i2d_PUBKEY(pointer, &cursor)
        }
        guard written == length else { throw KeyError(key: name, reason: "OpenSSL cannot write its public key") }
        return output
    }
}

extension KeyKind {
    /// The hash of the signature; nil for Ed25519, which hashes by itself.
    fileprivate var method: OpaquePointer? {
        switch self {
        case .p256: EVP_sha256()
        case .p384: EVP_sha384()
        case .p521: EVP_sha512()
        case .ed25519: nil
        }
    }
}
