import Testing

@testable import SourceDocuments

struct YAMLRootKeysTests {
    private static func has(_ text: String, _ keys: [String] = ["apiVersion", "kind"]) -> Bool {
        YAMLRootKeys.has(keys, in: SourceText(name: "a.yaml", text: text))
    }

    @Test(
        "keys at the root in every spelling",
        arguments: [
            "apiVersion: v1\nkind: Pod\n", "\u{FEFF}apiVersion: v1\nkind: Pod\n", "apiVersion : v1\nkind\t: Pod\n",
            "\"apiVersion\": v1\n'kind': Pod\n", "  apiVersion: v1\n  kind: Pod\n", "{apiVersion: v1, kind: Pod}\n",
            "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"Pod\"\n}\n", "# a\n\n--- {apiVersion: v1, kind: Pod}\n",
            "%YAML 1.1\n---\n'apiVersion': v1\nkind: Pod\n", "a: 1\n---\n'kind': Pod\napiVersion: v1\n",
            "a: 1\n...\n{kind: Pod, apiVersion: v1}\n", "? apiVersion\n: v1\n? kind\n: Pod\n",
            "\"\\x61piVersion\": v1\n\"k\\u0069nd\": Pod\n", "!!map\napiVersion : v1\nkind: Pod\n",
            "a: &x {apiVersion: v1}\n<<: *x\nkind : Pod\n", "apiVersion: v1\r\nkind : Pod\r\n",
            "apiVersion: v1\rkind: Pod\r",
            "a: 1\u{2028}apiVersion: v1\u{85}kind: Pod\n", "{apiVersion: v1, kind: Pod, kind: Pod}\n",
            "{apiVersion: v1, kind: '{{inputs.parameters.kind}}'}\n",
        ])
    func present(text: String) { #expect(Self.has(text)) }

    @Test(
        "keys elsewhere",
        arguments: [
            "", "a: {apiVersion: v1, kind: Pod}\n", "a:\n  apiVersion: v1\n  kind: Pod\n",
            "- apiVersion: v1\n  kind: Pod\n",
            "[{apiVersion: v1, kind: Pod}]\n", "apiVersion : v1\n---\nkind : Pod\n", "# apiVersion: v1\n# kind: Pod\n",
            "a: |\n  apiVersion: v1\n  kind: Pod\n", "apiVersions: v1\nkind : Pod\n", "'apiVersion kind': v1\n",
            "{{- if .x }}\n  apiVersion: v1\n  kind: Pod\n{{- end }}\n",
            "- definition:\n    apiVersion: v1\n    kind: Pod\n  a: b\n c\n",
        ])
    func absent(text: String) { #expect(!Self.has(text)) }

    @Test(
        "of a text that is not YAML the lines decide",
        arguments: [
            ("\"apiVersion\": v1\n'kind': Pod\na: [\n", true), ("{\"apiVersion\": \"v1\", \"kind\": \"Pod\"\n", true),
            ("  apiVersion: v1\n  kind: Pod\n a: b\n", true),
            ("  a: 1\n  b:\n    kind: Pod\n    apiVersion: v1\n c: d\n", false),
            ("a: [\nb:\n  'apiVersion': v1\n  'kind': Pod\n", false),
        ])
    func broken(text: String, isFound: Bool) {
        #expect(Self.has(text) == isFound)
        #expect(YAMLRootKeys.isBroken(SourceText(name: "a.yaml", text: text)))
    }

    @Test("neither YAML nor a template is broken")
    func whole() {
        for text in ["", "a", "a: b\n", "{a: 1, a: 2}\n", "a: {{ b }}c\n", "{% if x %}\na: b\n"] {
            #expect(!YAMLRootKeys.isBroken(SourceText(name: "a.yaml", text: text)), "\(text)")
        }
        #expect(YAMLRootKeys.isBroken(SourceText(name: "a.yaml", bytes: [0x61, 0xFF])))
        #expect(YAMLRootKeys.isBroken(SourceText(name: "a.yaml", text: "\tservices:\n")))
    }

    @Test("UTF-16 and UTF-32 with and without a mark are UTF-8 afterwards")
    func encodings() {
        let text = "é: 𝄞\nb: c\n"
        for (name, width, isLittle) in [
            ("UTF-16", 2, true), ("UTF-16", 2, false), ("UTF-32", 4, true), ("UTF-32", 4, false),
        ] {
            func encoded(_ text: String) -> [UInt8] {
                let units = width == 2 ? text.utf16.map { UInt32($0) } : text.unicodeScalars.map(\.value)
                return units.flatMap { unit in
                    let bytes = (0..<width).map { UInt8(truncatingIfNeeded: unit >> UInt32($0 * 8)) }
                    return isLittle ? bytes : bytes.reversed()
                }
            }
            for bytes in [encoded("\u{FEFF}" + text), encoded("a" + text)] {
                let read = YAMLEncoding.decoded(SourceText(name: "a", bytes: bytes))
                #expect(read.encoding == name && read.problem == nil)
                #expect([text, "a" + text].contains(read.text.string(0..<read.text.bytes.count)))
            }
            let cut = YAMLEncoding.decoded(SourceText(name: "a", bytes: encoded("\u{FEFF}ab") + [0]))
            #expect(cut.problem == "is not \(name), as its first bytes say")
        }
        let half = YAMLEncoding.decoded(SourceText(name: "a", bytes: [0xFF, 0xFE, 0x00, 0xD8, 0x61, 0x00]))
        #expect(half.problem != nil && half.text.string(0..<4) == "\u{FFFD}a")
        for plain in ["", "a", "ab: c\n", "\u{FEFF}a: b\n"] {
            let read = YAMLEncoding.decoded(SourceText(name: "a", text: plain))
            #expect(read.encoding == nil && read.problem == nil && read.text.bytes.elementsEqual(plain.utf8))
        }
    }
}
