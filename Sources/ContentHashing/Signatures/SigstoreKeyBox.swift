import SourceDocuments
internal import COpenSSL

/// The encryption of cosign's private keys: JSON `{kdf: {name: "scrypt", params: {N, r, p}, salt}, cipher: {name:
/// "nacl/secretbox", nonce}, ciphertext}` around a PKCS#8 key, binary members in base64
/// (https://github.com/secure-systems-lab/go-securesystemslib/tree/main/encrypted).
///
/// OpenSSL has scrypt and Poly1305; of secretbox (XSalsa20 and Poly1305) it lacks the cipher, which stands below
/// (https://cr.yp.to/snuffle/xsalsa-20110204.pdf, https://nacl.cr.yp.to/secretbox.html).
enum SigstoreKeyBox {
    /// What scrypt may take; cosign asks for 32 or 64 MiB.
    private static let largestMemory: UInt64 = 1 << 28

    static func open(_ bytes: [UInt8], password: [UInt8], name: String) throws(KeyError) -> [UInt8] {
        func damaged(_ reason: String) -> KeyError { KeyError(key: name, reason: "the encrypted key: \(reason)") }
        let document: DocumentNode
        do throws(DocumentError) { document = try JSONReader.read(SourceText(name: name, bytes: bytes)) } catch {
            throw damaged(error.reason)
        }
        guard let scrypt = Scrypt(document.table?["kdf"]), let box = Box(document) else {
            throw damaged("it is not scrypt with nacl/secretbox")
        }
        var key = [UInt8](repeating: 0, count: 32)
        let derived = password.withUnsafeBytes { password in
            EVP_PBE_scrypt(
                password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, scrypt.salt,
                scrypt.salt.count,
                scrypt.cost, scrypt.blocks, scrypt.lanes, largestMemory, &key, key.count)
        }
        guard derived == 1 else {
            ERR_clear_error()
            throw damaged("OpenSSL does not compute its scrypt")
        }
        guard let message = opened(box.ciphertext, nonce: box.nonce, key: key) else {
            throw KeyError(key: name, reason: "the password does not open it")
        }
        return message
    }

    /// `kdf`: how the key is made of the password.
    private struct Scrypt {
        let salt: [UInt8]
        let cost: UInt64
        let blocks: UInt64
        let lanes: UInt64

        init?(_ node: DocumentNode?) {
            guard let table = node?.table, table["name"]?.string == "scrypt", let parameters = table["params"]?.table,
                let salt = SigstoreKeyBox.binary(table["salt"])
            else { return nil }
            guard let cost = SigstoreKeyBox.number(parameters["N"]),
                let blocks = SigstoreKeyBox.number(parameters["r"]),
                let lanes = SigstoreKeyBox.number(parameters["p"])
            else { return nil }
            self.salt = salt
            self.cost = cost
            self.blocks = blocks
            self.lanes = lanes
        }
    }

    /// `cipher` and `ciphertext`: what is locked.
    private struct Box {
        let nonce: [UInt8]
        let ciphertext: [UInt8]

        init?(_ document: DocumentNode) {
            guard let cipher = document.table?["cipher"]?.table, cipher["name"]?.string == "nacl/secretbox",
                let nonce = SigstoreKeyBox.binary(cipher["nonce"]), nonce.count == 24,
                let ciphertext = SigstoreKeyBox.binary(document.table?["ciphertext"]), ciphertext.count > 16
            else { return nil }
            self.nonce = nonce
            self.ciphertext = ciphertext
        }
    }

    // Inlined, the optimizer of Swift 6.3 gives up on it ("found outside of lifetime use").
    @inline(never)
    private static func number(_ node: DocumentNode?) -> UInt64? {
        guard let node, case .integer(let value) = node.value else { return nil }
        return UInt64(exactly: value)
    }

    private static func binary(_ node: DocumentNode?) -> [UInt8]? { node?.string.flatMap { Base64.decode($0) } }

    /// Opens a secretbox: 16 bytes of Poly1305, then the encrypted message; nil when the tag is not the key's.
    static func opened(_ box: [UInt8], nonce: [UInt8], key: [UInt8]) -> [UInt8]? {
        guard nonce.count == 24, key.count == 32, box.count >= 16 else { return nil }
        let subkey = Salsa20(key: key, input: Array(nonce[..<16])).hashed
        let message = Array(box[16...])
        // The first 32 bytes of the stream are Poly1305's key, the message is encrypted with what follows.
        var stream: [UInt8] = []
        var counter: UInt64 = 0
        while stream.count < message.count + 32 {
            let input = Array(nonce[16...]) + (0..<8).map { UInt8(truncatingIfNeeded: counter >> (8 * $0)) }
            stream += Salsa20(key: subkey, input: input).block
            counter += 1
        }
        guard let tag = tag(message, key: Array(stream[..<32])), tag == Array(box[..<16]) else { return nil }
        return zip(message, stream[32...]).map { $0 ^ $1 }
    }

    private static func tag(_ message: [UInt8], key: [UInt8]) -> [UInt8]? {
        guard let algorithm = EVP_MAC_fetch(nil, "POLY1305", nil) else { return nil }
        defer { EVP_MAC_free(algorithm) }
        guard let context = EVP_MAC_CTX_new(algorithm) else { return nil }
        defer { EVP_MAC_CTX_free(context) }
        var tag = [UInt8](repeating: 0, count: 16)
        var length = 0
        guard EVP_MAC_init(context, key, key.count, nil) == 1,
            EVP_MAC_update(context, message, message.count) == 1,
            EVP_MAC_final(context, &tag, &length, tag.count) == 1, length == 16
        else { return nil }
        return tag
    }
}

/// The core of Salsa20 (https://cr.yp.to/snuffle/spec.pdf), twenty rounds over sixteen words.
struct Salsa20 {
    private let start: [UInt32]
    private let end: [UInt32]

    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - input: 16 bytes, nonce and counter.
    init(key: [UInt8], input: [UInt8]) {
        func words(_ bytes: ArraySlice<UInt8>) -> [UInt32] {
            stride(from: bytes.startIndex, to: bytes.endIndex, by: 4).map { index in
                (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << UInt32(8 * $1) }
            }
        }
        let key1 = words(key[..<16])
        let key2 = words(key[16...])
        let constants = words(ArraySlice(Array("expand 32-byte k".utf8)))
        start =
            [constants[0]] + key1 + [constants[1]] + words(input[...]) + [constants[2]] + key2 + [constants[3]]
        var x = start
        func quarter(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
            func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }
            x[b] ^= rotated(x[a] &+ x[d], 7)
            x[c] ^= rotated(x[b] &+ x[a], 9)
            x[d] ^= rotated(x[c] &+ x[b], 13)
            x[a] ^= rotated(x[d] &+ x[c], 18)
        }
        for _ in 0..<10 {
            quarter(0, 4, 8, 12)
            quarter(5, 9, 13, 1)
            quarter(10, 14, 2, 6)
            quarter(15, 3, 7, 11)
            quarter(0, 1, 2, 3)
            quarter(5, 6, 7, 4)
            quarter(10, 11, 8, 9)
            quarter(15, 12, 13, 14)
        }
        end = x
    }

    /// A block of the key stream.
    var block: [UInt8] { zip(start, end).flatMap { Self.bytes($0 &+ $1) } }
    /// HSalsa20: the key of XSalsa20's second half.
    var hashed: [UInt8] { [0, 5, 10, 15, 6, 7, 8, 9].flatMap { Self.bytes(end[$0]) } }

    private static func bytes(_ word: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
    }
}
