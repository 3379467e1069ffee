import TestSupport
import Testing

@testable import SourceDocuments

struct EncodingTests {
    @Test("every byte as two digits, and back from either case")
    func hexadecimal() {
        for byte in UInt8.min...UInt8.max {
            let text = Hexadecimal.encode([byte])
            #expect(text == String(byte, radix: 16).leftPadded(to: 2))
            #expect(Hexadecimal.decode(text) == [byte])
            #expect(Hexadecimal.decode(text.uppercased()) == [byte])
            let scalar = Character(Unicode.Scalar(byte))
            #expect(byte.hexDigitValue.map(Int.init) == (byte < 0x80 ? scalar.hexDigitValue : nil), "\(byte)")
        }
        #expect(Hexadecimal.encode([]) == "")
        #expect(Hexadecimal.decode("") == [])
        #expect(Hexadecimal.decode("00ffA0") == [0, 0xFF, 0xA0])
    }

    @Test("what is not hexadecimal is refused", arguments: ["0", "0g", "+1", "-1", " 0", "0x", "００", "abc"])
    func noHexadecimal(text: String) { #expect(Hexadecimal.decode(text) == nil) }

    @Test(
        "percent-encoding leaves unreserved characters and the given ones",
        arguments: [
            ("", "", ""), ("aZ09-._~", "", "aZ09-._~"), ("a b", "", "a%20b"), ("é", "", "%C3%A9"),
            ("a/b:c", "/", "a/b%3Ac"),
            ("a/b:c", ":", "a%2Fb:c"), ("100%", "", "100%25"), ("\n\u{7F}", "", "%0A%7F"), ("日", "/:", "%E6%97%A5"),
            ("1.0+cpu", ":", "1.0%2Bcpu"),
        ])
    func percentEncode(text: String, kept: String, encoded: String) {
        #expect(PercentEncoding.encode(text, keeping: kept) == encoded)
        #expect(PercentEncoding.decode(encoded) == text)
    }

    @Test(
        "percent-decoding leaves what is not an escape",
        arguments: [
            ("%", "%"), ("%2", "%2"), ("%2b", "+"), ("%2B", "+"), ("%zz%20", "%zz "), ("a%", "a%"), ("a%4", "a%4"),
            ("%%41", "%A"), ("%25%32%42", "%2B"), ("+", "+"), ("%C3%A9", "é"), ("%FF", "\u{FFFD}"), ("%00", "\u{0}"),
            ("%+1", "%+1"),
        ])
    func percentDecode(text: String, decoded: String) { #expect(PercentEncoding.decode(text) == decoded) }

    /// The vectors of RFC 4648, section 10, without and with padding.
    @Test(
        "base64 of each length",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(text: String, encoded: String) {
        let bytes = Array(text.utf8)
        #expect(Base64.encode(bytes) == encoded)
        #expect(Base64.decode(encoded) == bytes)
        let bare = String(encoded.prefix { $0 != "=" })
        #expect(Base64.decode(bare) == bytes)
        #expect(Base64.decode(Array("<\(bare)>".utf8)[1..<(1 + bare.utf8.count)]) == bytes)
        #expect(Base64.decode(encoded.map { "\($0)\r\n" }.joined()) == bytes)
    }

    @Test("both alphabets of base64, the second only where it is allowed")
    func base64Alphabets() {
        #expect(Base64.decode("+/8=") == [0xFB, 0xFF])
        #expect(Base64.decode("-_8=") == nil)
        #expect(Base64.decode("-_8=", allowsURLAlphabet: true) == [0xFB, 0xFF])
        #expect(Base64.decode("+/8=", allowsURLAlphabet: true) == [0xFB, 0xFF])
    }

    @Test(
        "what is not base64 is refused",
        arguments: [
            "Z", "Zg=g", "Z g=", "Zm9vY", "Zg=", "Zg===", "Zm9v=", "=", "====", "Zm8==", "Zm9v\u{0}", "Zmé=", "*",
        ])
    func noBase64(text: String) {
        #expect(Base64.decode(text) == nil)
        #expect(Base64.decode(text, allowsURLAlphabet: true) == nil)
    }

    @Test("random bytes come back, whatever their count")
    func roundTrips() {
        var random = SeededGenerator(seed: 4648)
        for count in 0..<300 {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Hexadecimal.decode(Hexadecimal.encode(bytes)) == bytes)
        }
    }
}

extension String {
    fileprivate func leftPadded(to count: Int) -> String {
        String(repeating: "0", count: max(0, count - self.count)) + self
    }
}
