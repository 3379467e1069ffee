import SourceDocuments
import Testing

@testable import ContentHashing

struct SignatureTests {
    private static let payload = Array(#"{"a":1}"#.utf8)

    private static func envelope(_ text: String) throws -> SignedEnvelope {
        let node = try JSONReader.read(SourceText(name: "envelope", bytes: Array(text.utf8)))
        return try SignedEnvelope(node, file: "envelope")
    }

    @Test("the envelope of securesystemslib is verified, with its key identifier", arguments: KeyFixture.all)
    func envelopeOfAnother(fixture: KeyFixture) throws {
        let key = try PublicKey(pem: Array(fixture.publicKey.utf8), name: "key")
        #expect(key.identifier == fixture.identifier)
        let envelope = try Self.envelope(fixture.envelope)
        #expect(envelope.payload == Self.payload)
        #expect(envelope.signatures.map(\.keyIdentifier) == [fixture.identifier])
        #expect(envelope.isSigned(by: key))
        for other in KeyFixture.all where other.kind != fixture.kind {
            #expect(try !envelope.isSigned(by: PublicKey(pem: Array(other.publicKey.utf8), name: "other")))
        }
    }

    @Test("every form of a private key signs, and the public key verifies it", arguments: KeyFixture.all)
    func ownEnvelope(fixture: KeyFixture) throws {
        let publicKey = try PublicKey(pem: Array(fixture.publicKey.utf8), name: "key")
        let password = Array("secret".utf8)
        for pem in fixture.privateKeys + fixture.encryptedKeys {
            let key = try PrivateKey(pem: Array(pem.utf8), name: "key", password: password)
            #expect(key.identifier == fixture.identifier)
            let made = try SignedEnvelope(signing: Self.payload, type: "text/x", with: key, name: "key")
            let envelope = try Self.envelope(made.json.text())
            #expect(envelope == made)
            #expect(envelope.isSigned(by: publicKey))
        }
        for pem in fixture.encryptedKeys {
            #expect(throws: KeyError.self) { try PrivateKey(pem: Array(pem.utf8), name: "key", password: nil) }
            #expect(throws: KeyError.self) {
                try PrivateKey(pem: Array(pem.utf8), name: "key", password: Array("Secret".utf8))
            }
        }
    }

    @Test("no changed bit of payload, type or signature verifies", arguments: KeyFixture.all)
    func tampered(fixture: KeyFixture) throws {
        let key = try PublicKey(pem: Array(fixture.publicKey.utf8), name: "key")
        let envelope = try Self.envelope(fixture.envelope)
        let signature = try #require(envelope.signatures.first).bytes
        let message = SignedEnvelope.encoded(envelope.payloadType, envelope.payload)
        #expect(key.verifies(signature, of: message))
        for index in message.indices {
            var changed = message
            changed[index] ^= 1
            #expect(!key.verifies(signature, of: changed))
        }
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 0x10
            #expect(!key.verifies(changed, of: message))
        }
        for length in signature.indices { #expect(!key.verifies(Array(signature[..<length]), of: message)) }
    }

    @Test("a damaged key is an error, at every cut", arguments: KeyFixture.all)
    func damagedKeys(fixture: KeyFixture) {
        let text = Array(fixture.publicKey.utf8)
        for length in stride(from: 0, to: text.count - 5, by: 3) {
            #expect(throws: KeyError.self) { try PublicKey(pem: Array(text[..<length]), name: "key") }
        }
        #expect(throws: KeyError.self) { try PrivateKey(pem: text, name: "key", password: nil) }
    }

    @Test("the pre-authentication encoding is the one of the DSSE specification")
    func preAuthenticationEncoding() {
        // The example of https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
        let encoded = SignedEnvelope.encoded("http://example.com/HelloWorld", Array("hello world".utf8))
        #expect(String(decoding: encoded, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
    }

    @Test(
        "base64 of both alphabets",
        arguments: [
            ("", []), ("Zg==", [0x66]), ("Zg", [0x66]), ("-_8=", [0xFB, 0xFF]), ("Zm9vYmFy", Array("foobar".utf8)),
        ] as [(String, [UInt8])])
    func base64(text: String, bytes: [UInt8]) {
        #expect(Base64.decode(text, allowsURLAlphabet: true) == bytes)
    }

    @Test("what is not base64 is refused", arguments: ["Z", "Zg=g", "Z g=", "-_8=", "Zm9vY"])
    func noBase64(text: String) { #expect(Base64.decode(text) == nil) }

    @Test(
        "what is not an envelope is refused",
        arguments: [
            "[]", "{}", #"{"payload":"e30=","payloadType":"x","signatures":[]}"#,
            #"{"payload":"e3*=","payloadType":"x","signatures":[{"sig":"AA=="}]}"#,
            #"{"payload":"e30=","payloadType":"x","signatures":[{"keyid":"a"}]}"#,
        ])
    func noEnvelope(text: String) { #expect(throws: DocumentError.self) { try Self.envelope(text) } }
}
