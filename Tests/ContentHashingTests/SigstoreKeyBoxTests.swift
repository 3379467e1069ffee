import SourceDocuments
import Testing

@testable import ContentHashing

/// Opens boxes that Python's `hashlib.scrypt` and libsodium made with a small N; `SignatureTests` opens keys of PyNaCl.
struct SigstoreKeyBoxTests {
    private static let salt = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    private static let nonce = "ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7"
    private static let ciphertext = "eL9mKAd2p87UeqCHRAaRC7CbSa6iq1mFSA=="
    private static let password = Array("secret".utf8)

    /// The members of the document, each as JSON.
    private struct Box {
        var kdf = #""scrypt""#
        var parameters = #"{"N":16,"r":8,"p":1}"#
        var salt = "\"\(SigstoreKeyBoxTests.salt)\""
        var cipher = #""nacl/secretbox""#
        var nonce = "\"\(SigstoreKeyBoxTests.nonce)\""
        var ciphertext = "\"\(SigstoreKeyBoxTests.ciphertext)\""

        var json: String {
            #"{"kdf":{"name":\#(kdf),"params":\#(parameters),"salt":\#(salt)},"#
                + #""cipher":{"name":\#(cipher),"nonce":\#(nonce)},"ciphertext":\#(ciphertext)}"#
        }
    }

    private static func open(
        _ json: String, password: [UInt8] = password, secretBox: SecretBox? = SecretBox()
    ) -> Result<String, KeyError> {
        Result { () throws(KeyError) in
            let message = try SigstoreKeyBox.open(
                Array(json.utf8), password: password, name: "k.key", secretBox: secretBox)
            return String(decoding: message, as: UTF8.self)
        }
    }

    @Test("a box is opened with its password")
    func opened() { #expect(Self.open(Box().json) == .success("not a key")) }

    @Test("without libsodium the error names it, and what works without it")
    func withoutLibrary() throws {
        let error = try #require(throws: KeyError.self) { try Self.open(Box().json, secretBox: nil).get() }
        #expect(error.reason.contains("libsodium, which is not installed"))
        #expect(error.reason.contains("PKCS#8"))
        // A document that no library could open is the more useful error.
        #expect(throws: KeyError(key: "k.key", reason: "the encrypted key: is empty; a JSON value was expected")) {
            try Self.open("", secretBox: nil).get()
        }
    }

    @Test("another password, and every changed bit of the tag, the ciphertext and the nonce, is refused")
    func authenticated() throws {
        let refused = Result<String, KeyError>.failure(
            KeyError(key: "k.key", reason: "the password is wrong, or the key is damaged"))
        #expect(Self.open(Box().json, password: Array("Secret".utf8)) == refused)
        #expect(Self.open(Box().json, password: []) == refused)
        let secretBox = try #require(SecretBox())
        let key = (0..<32).map { UInt8($0) }
        let nonce = try #require(Base64.decode(Self.nonce))
        let box = try #require(Base64.decode(Self.ciphertext))
        #expect(secretBox.open(box, nonce: nonce, key: key) == nil)
        for bit in 0..<(8 * box.count) {
            var changed = box
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(Self.open(Self.with(ciphertext: changed)) == refused, "bit \(bit)")
        }
        #expect(Self.open(Self.with(ciphertext: box.dropLast())) == refused)
    }

    private static func with(ciphertext: [UInt8]) -> String {
        var box = Box()
        box.ciphertext = "\"\(Base64.encode(ciphertext))\""
        return box.json
    }

    @Test("lengths that no box has are refused before libsodium sees them")
    func lengths() throws {
        let secretBox = try #require(SecretBox())
        let (nonce, key) = ([UInt8](repeating: 0, count: 24), [UInt8](repeating: 0, count: 32))
        for count in 0...16 {
            #expect(secretBox.open(Array(repeating: 0, count: count), nonce: nonce, key: key) == nil)
        }
        let box = [UInt8](repeating: 0, count: 40)
        #expect(secretBox.open(box, nonce: Array(nonce.dropLast()), key: key) == nil)
        #expect(secretBox.open(box, nonce: nonce, key: Array(key.dropLast())) == nil)
    }

    @Test("what is not scrypt with secretbox is refused")
    func otherSchemes() {
        let changes: [(inout Box) -> Void] = [
            { $0.kdf = #""pbkdf2""# }, { $0.kdf = "1" }, { $0.parameters = "null" }, { $0.parameters = "{}" },
            { $0.parameters = #"{"N":16,"r":8}"# }, { $0.parameters = #"{"N":-16,"r":8,"p":1}"# },
            { $0.parameters = #"{"N":1.5,"r":8,"p":1}"# },
            { $0.parameters = #"{"N":99999999999999999999,"r":8,"p":1}"# },
            { $0.salt = "1" }, { $0.salt = #""*""# }, { $0.cipher = #""aes""# }, { $0.nonce = #""AAAA""# },
            { $0.nonce = "[]" }, { $0.ciphertext = #""AAAA""# }, { $0.ciphertext = "{}" },
        ]
        let expected = Result<String, KeyError>.failure(
            KeyError(key: "k.key", reason: "the encrypted key: only scrypt with nacl/secretbox is supported"))
        for change in changes {
            var box = Box()
            change(&box)
            #expect(Self.open(box.json) == expected, "\(box.json)")
        }
        for json in ["[]", "1", "{}", #"{"kdf":[],"cipher":[],"ciphertext":[]}"#] {
            #expect(Self.open(json) == expected, "\(json)")
        }
    }

    @Test(
        "parameters of scrypt that are not parameters, or would take more than 256 MiB, are refused",
        arguments: [
            #"{"N":15,"r":8,"p":1}"#, #"{"N":0,"r":8,"p":1}"#, #"{"N":16,"r":0,"p":1}"#, #"{"N":16,"r":8,"p":0}"#,
            #"{"N":1048576,"r":8,"p":1}"#, #"{"N":4611686018427387904,"r":8,"p":1}"#,
            #"{"N":16,"r":9223372036854775807,"p":1}"#, #"{"N":16,"r":8,"p":9223372036854775807}"#,
        ])
    func badParameters(parameters: String) {
        var box = Box()
        box.parameters = parameters
        #expect(
            Self.open(box.json)
                == .failure(
                    KeyError(key: "k.key", reason: "the encrypted key: OpenSSL does not support its scrypt parameters"))
        )
    }
}
