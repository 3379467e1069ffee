import EnvironmentInventory
import SourceDocuments
import Testing

@testable import InputContracts

private func read(_ name: String, _ text: String) -> InputContract {
    SchemaReader.read(SourceText(name: name, bytes: Array(text.utf8))).contract
}

/// Which of some numbers a request may have in the column `x`, as `RequestValidation` says it.
private func accepted(_ contract: InputContract, _ numbers: [Double]) throws -> [Double] {
    try numbers.filter { number in
        let text = number == number.rounded() ? String(Int(number)) : String(number)
        let table = try RequestReader.read(SourceText(name: "r", text: "{\"x\": \(text)}"))
        return RequestValidation.validate(table, against: contract).valid == 1
    }
}

@Suite("Schemas as their specifications have them")
struct SchemaSpecificationTests {
    /// https://json-schema.org/draft/2020-12/json-schema-validation#section-6.2, and the truth values of
    /// https://spec.openapis.org/oas/v3.0.3#properties.
    @Test(
        "bounds of JSON Schema",
        arguments: [
            (#""type": "integer", "minimum": 0, "maximum": 3"#, [0, 1, 2, 3]),
            (#""type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 3"#, [1, 2]),
            (#""type": "number", "exclusiveMinimum": 0"#, [0.5, 1, 2, 3, 4]),
            (#""type": "number", "exclusiveMaximum": 3"#, [-1, 0, 0.5, 1, 2]),
            (#""type": "number", "minimum": 0, "exclusiveMinimum": true"#, [0.5, 1, 2, 3, 4]),
            (#""type": "integer", "maximum": 2, "exclusiveMaximum": true"#, [-1, 0, 1]),
            (#""type": "integer", "maximum": 2, "exclusiveMaximum": false"#, [-1, 0, 1, 2]),
            (#""type": "number", "minimum": 1, "exclusiveMinimum": 0"#, [1, 2, 3, 4]),
            (#""type": "integer", "exclusiveMinimum": 0.5"#, [1, 2, 3, 4]),
            (#""enum": [1, 2, 4]"#, [1, 2, 4]), (#""const": 2"#, [2]),
        ] as [(String, [Double])])
    func bounds(_ keywords: String, _ expected: [Double]) throws {
        let contract = read("s.json", "{\"properties\": {\"x\": {\(keywords)}}, \"required\": [\"x\"]}")
        #expect(try accepted(contract, [-1, 0, 0.5, 1, 2, 3, 4]) == expected)
    }

    /// https://pandera.readthedocs.io/en/stable/reference/generated/pandera.api.checks.Check.html
    @Test(
        "checks of pandera",
        arguments: [
            ("greater_than: 0", [1, 2, 3, 4]), ("gt: 2", [3, 4]), ("greater_than_or_equal_to: 2", [2, 3, 4]),
            ("less_than: 2", [-1, 0, 1]), ("le: 2", [-1, 0, 1, 2]),
            ("in_range: {min_value: 0, max_value: 3}", [0, 1, 2, 3]),
            ("in_range: {min_value: 0, max_value: 3, include_min: false}", [1, 2, 3]),
            ("in_range: {min_value: 0, max_value: 3, include_max: false}", [0, 1, 2]), ("isin: [1, 4]", [1, 4]),
        ] as [(String, [Double])])
    func checks(_ check: String, _ expected: [Double]) throws {
        let contract = read(
            "s.yaml",
            "schema_type: dataframe\ncolumns:\n  x:\n    dtype: int64\n    checks:\n      \(check)\n")
        #expect(try accepted(contract, [-1, 0, 1, 2, 3, 4]) == expected)
    }

    /// https://github.com/tensorflow/metadata/blob/master/tensorflow_metadata/proto/v0/schema.proto
    @Test("TFDV: environments, stages, and the mass of a domain")
    func validation() {
        let contract = read(
            "schema.pbtxt",
            """
            default_environment: "TRAINING" default_environment: "SERVING"
            feature { name: "label" type: INT not_in_environment: "SERVING" presence { min_fraction: 1 } }
            feature { name: "a" type: INT not_in_environment: "TRAINING" presence { min_fraction: 1 } }
            feature { name: "b" type: FLOAT lifecycle_stage: DEPRECATED presence { min_fraction: 1 } float_domain { max: 1 } }
            feature { name: "c" type: BYTES string_domain { value: "x" } distribution_constraints { min_domain_mass: 1 } }
            feature { name: "d" type: BYTES string_domain { value: "x" } distribution_constraints { min_domain_mass: 0.9 } }
            feature { name: "e" type: BYTES string_domain { value: "x" } distribution_constraints { } }
            """)
        #expect(contract.inputs.map(\.name) == ["a", "b", "c", "d", "e"])
        #expect(contract.inputs.map(\.position) == [0, 1, 2, 3, 4])
        #expect(contract.inputs.map(\.required) == [true, false, false, false, false])
        #expect(contract.inputs[1].range == nil)
        #expect(contract.inputs.map { $0.categories?.isOpen } == [nil, nil, false, true, false])
    }

    /// https://protobuf.dev/reference/protobuf/textformat-spec/#string
    @Test(
        "strings of protobuf text",
        arguments: [
            (#""plain""#, "plain"), (#"'single'"#, "single"), (#""a" 'b' "c""#, "abc"),
            (#""tab\tnew\nline""#, "tab\tnew\nline"),
            (#""\a\b\f\v\r""#, "\u{7}\u{8}\u{C}\u{B}\r"), (#""\?\\\"\'""#, #"?\"'"#), (#""\101\60\0601""#, "A001"),
            (#""\x41\x4a\x4Bz""#, "AJKz"), (#""\303\274""#, "\u{FC}"), (#""\xc3\xbc""#, "\u{FC}"),
            (#""\u00fc\u20AC""#, "\u{FC}\u{20AC}"), (#""\U0001F600""#, "\u{1F600}"), (#""it's""#, "it's"),
            ("\"a\" # comment\n \"b\"", "ab"),
        ])
    func strings(_ text: String, _ expected: String) throws {
        let fields = try ProtobufText.read(SourceText(name: "t", text: "name: \(text)"))
        #expect(fields.map(\.scalar) == [expected])
    }

    @Test(
        "what is not a protobuf text is refused",
        arguments: [
            #"name: "\q""#, #"name: "\x""#, #"name: "\u12""#, #"name: "\ud800""#, #"name: "\U00110000""#, #"name: "a"#,
            "name: 'a\nb'", "name:", "name", "a { b: 1", "a < b: 1 }", "}", "a: }", "[x]: 1",
        ])
    func refused(_ text: String) {
        #expect(throws: DocumentError.self) { try ProtobufText.read(SourceText(name: "t", text: text)) }
    }

    @Test("messages, lists and comments of protobuf text")
    func structure() throws {
        let fields = try ProtobufText.read(
            SourceText(
                name: "t",
                text:
                    "# head\na { b: [1, -2.5e3, inf], c < d: TYPE_FP32 >; }\na: { b: 7 }\nempty: []\nlist [{ x: 1 }, { x: 2 }]\n"
            ))
        #expect(fields.map(\.name) == ["a", "a", "list", "list"])
        #expect(fields[0].message.map(\.name) == ["b", "b", "b", "c"])
        #expect(fields[0].message.map(\.scalar) == ["1", "-2.5e3", "inf", nil])
        #expect(fields[0].message[3].message.scalar("d") == "TYPE_FP32")
        #expect(fields[1].message.scalar("b") == "7" && fields[1].line == 3)
        #expect(fields.all("list").map { $0.message.scalar("x") } == ["1", "2"])
    }

    @Test("depth is limited")
    func depth() throws {
        let deep = String(repeating: "a {", count: 63) + String(repeating: "}", count: 63)
        #expect(try ProtobufText.read(SourceText(name: "t", text: deep)).count == 1)
        let deeper = String(repeating: "a {", count: 1 << 16)
        #expect(throws: DocumentError.self) { try ProtobufText.read(SourceText(name: "t", text: deeper)) }
    }
}
