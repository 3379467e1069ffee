import SourceDocuments
internal import COpenSSL

/// The encryption of cosign's private keys: JSON `{kdf: {name: "scrypt", params: {N, r, p}, salt}, cipher: {name:
/// "nacl/secretbox", nonce}, ciphertext}` around a PKCS#8 key, binary members in base64
/// (https://github.com/secure-systems-lab/go-securesystemslib/tree/main/encrypted).
enum SigstoreKeyBox {
    /// The memory that scrypt may take, in bytes; cosign asks for 32 or 64 MiB.
    private static let maximumMemory: UInt64 = 1 << 28

    /// Decrypts a key.
    ///
    /// - Parameters:
    ///   - name: what errors call the key.
    ///   - secretBox: opens the box that holds the key; nil where libsodium is not installed.
    static func open(
        _ bytes: [UInt8], password: [UInt8], name: String, secretBox: SecretBox? = SecretBox()
    ) throws(KeyError) -> [UInt8] {
        func invalid(_ reason: String) -> KeyError { KeyError(key: name, reason: "the encrypted key: \(reason)") }
        let document: DocumentNode
        do throws(DocumentError) { document = try JSONReader.read(SourceText(name: name, bytes: bytes)) } catch {
            throw invalid(error.reason)
        }
        guard let scrypt = Scrypt(document.table?["kdf"]), let box = Box(document) else {
            throw invalid("only scrypt with nacl/secretbox is supported")
        }
        guard let secretBox else {
            throw KeyError(
                key: name,
                reason: "cosign's encryption needs libsodium, which is not installed (Debian package libsodium23);"
                    + " an encrypted PKCS#8 key needs no other library")
        }
        guard let key = scrypt.key(password) else { throw invalid("OpenSSL does not support its scrypt parameters") }
        guard let message = secretBox.open(box.ciphertext, nonce: box.nonce, key: key) else {
            throw KeyError(key: name, reason: "the password is wrong, or the key is damaged")
        }
        return message
    }

    /// `kdf`: how the encryption key is derived from the password (RFC 7914).
    private struct Scrypt {
        let salt: [UInt8]
        /// `N`.
        let cost: UInt64
        /// `r`.
        let blockSize: UInt64
        /// `p`.
        let parallelization: UInt64

        init?(_ node: DocumentNode?) {
            guard let table = node?.table, table["name"]?.string == "scrypt", let parameters = table["params"]?.table,
                let salt = SigstoreKeyBox.binary(table["salt"])
            else { return nil }
            guard let cost = SigstoreKeyBox.number(parameters["N"]),
                let blockSize = SigstoreKeyBox.number(parameters["r"]),
                let parallelization = SigstoreKeyBox.number(parameters["p"])
            else { return nil }
            self.salt = salt
            self.cost = cost
            self.blockSize = blockSize
            self.parallelization = parallelization
        }

        /// Derives the key; nil when OpenSSL refuses the parameters, or they need too much memory.
        func key(_ password: [UInt8]) -> [UInt8]? {
            var key = [UInt8](repeating: 0, count: SecretBox.keyLength)
            let status = password.withUnsafeBytes { password in
                EVP_PBE_scrypt(
                    password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
                    cost, blockSize, parallelization, maximumMemory, &key, key.count)
            }
            if status == 1 { return key }
            ERR_clear_error()
            return nil
        }
    }

    /// `cipher` and `ciphertext`: the encrypted key.
    private struct Box {
        let nonce: [UInt8]
        let ciphertext: [UInt8]

        init?(_ document: DocumentNode) {
            guard let cipher = document.table?["cipher"]?.table, cipher["name"]?.string == "nacl/secretbox",
                let nonce = SigstoreKeyBox.binary(cipher["nonce"]), nonce.count == SecretBox.nonceLength,
                let ciphertext = SigstoreKeyBox.binary(document.table?["ciphertext"]),
                ciphertext.count > SecretBox.tagLength
            else { return nil }
            self.nonce = nonce
            self.ciphertext = ciphertext
        }
    }

    // Inlined, the optimizer of Swift 6.3 fails on it ("found outside of lifetime use").
    @inline(never)
    private static func number(_ node: DocumentNode?) -> UInt64? {
        guard let node, case .integer(let value) = node.value else { return nil }
        return UInt64(exactly: value)
    }

    private static func binary(_ node: DocumentNode?) -> [UInt8]? { node?.string.flatMap { Base64.decode($0) } }
}
