internal import CSodium

/// Opens NaCl secretboxes (XSalsa20 and Poly1305) with libsodium, which is loaded at run time.
///
/// https://doc.libsodium.org/secret-key_cryptography/secretbox
struct SecretBox {
    static let keyLength = 32
    static let nonceLength = 24
    /// The length of the authentication tag, which precedes the ciphertext.
    static let tagLength = 16

    private let sodium: pinproof_sodium

    /// Loads libsodium; nil when it is not installed.
    init?() {
        var sodium = pinproof_sodium()
        guard pinproof_sodium_load(&sodium) == 1 else { return nil }
        self.sodium = sodium
    }

    /// Returns the message in a box: an authentication tag, then the ciphertext.
    ///
    /// - Returns: nil when the tag does not belong to the key, the nonce and the ciphertext, or a length is wrong.
    func open(_ box: [UInt8], nonce: [UInt8], key: [UInt8]) -> [UInt8]? {
        guard nonce.count == Self.nonceLength, key.count == Self.keyLength, box.count >= Self.tagLength else {
            return nil
        }
        var message = [UInt8](repeating: 0, count: box.count - Self.tagLength)
        // An empty array may have no address, which libsodium would write to.
        guard !message.isEmpty, sodium.secretbox_open_easy(&message, box, UInt64(box.count), nonce, key) == 0 else {
            return nil
        }
        return message
    }
}
