import EnvironmentInventory
import SourceDocuments
import Testing

@testable import InputContracts

/// The constraints of single columns, as each kind of schema writes them.
@Suite("Constraints of schemas")
struct SchemaConstraintTests {
    private static func part(_ name: String, _ text: String, fragment: String? = nil) -> ContractPart {
        SchemaReader.read(SourceText(name: name, text: text), fragment: fragment)
    }

    /// A column as `type required nullable range categories`.
    private static func shown(_ input: ContractInput?) -> String {
        guard let input else { return "none" }
        func text(_ value: Bool?) -> String { value.map { $0 ? "yes" : "no" } ?? "-" }
        func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
        var result = "\(input.type) \(text(input.required)) \(text(input.nullable))"
        if let range = input.range { result += " \(text(range.minimum))...\(text(range.maximum))" }
        if let categories = input.categories {
            result += " " + categories.values.map { "\($0)" }.joined(separator: ",")
        }
        return result
    }

    /// https://json-schema.org/draft/2020-12/json-schema-validation, https://spec.openapis.org/oas/v3.0.3#schema-object
    @Test(
        "JSON Schema",
        arguments: [
            (#"{"type": "integer"}"#, "int64 no no"), (#"{"type": "integer", "format": "int32"}"#, "int32 no no"),
            (#"{"type": "integer", "format": "int64"}"#, "int64 no no"), (#"{"type": "number"}"#, "float64 no no"),
            (#"{"type": "number", "format": "float"}"#, "float32 no no"),
            (#"{"type": "string", "format": "date"}"#, "datetime no no"),
            (#"{"type": "string", "format": "byte"}"#, "binary no no"),
            (#"{"type": "string", "format": "email"}"#, "string no no"), (#"{"type": "array"}"#, "array no no"),
            (#"{"type": "object"}"#, "object no no"), (#"{"type": "thing"}"#, "any no no"), ("{}", "any no -"),
            ("true", "any no -"), ("false", "any no -"), (#"{"type": ["string", "null"]}"#, "string no yes"),
            (#"{"type": ["string", "integer"]}"#, "any no no"), (#"{"type": "null"}"#, "any no -"),
            (#"{"type": "string", "nullable": true}"#, "string no yes"),
            (#"{"minimum": 1}"#, "any no - 1.0..."), (#"{"type": "number", "maximum": 2.5}"#, "float64 no no ...2.5"),
            (#"{"type": "integer", "exclusiveMinimum": 0}"#, "int64 no no 1.0..."),
            (#"{"type": "integer", "exclusiveMaximum": 9.5}"#, "int64 no no ...9.0"),
            (#"{"type": "integer", "minimum": 3, "exclusiveMinimum": 0}"#, "int64 no no 3.0..."),
            (#"{"type": "integer", "minimum": 3, "exclusiveMinimum": true}"#, "int64 no no 4.0..."),
            (#"{"type": "integer", "maximum": 3, "exclusiveMaximum": true}"#, "int64 no no ...2.0"),
            (#"{"type": "integer", "maximum": 3, "exclusiveMaximum": false}"#, "int64 no no ...3.0"),
            (#"{"type": "integer", "exclusiveMaximum": true}"#, "int64 no no"),
            (#"{"minimum": "1"}"#, "any no -"), (#"{"enum": ["a", "b"]}"#, #"string no no text("a"),text("b")"#),
            (#"{"enum": [1, null]}"#, "int64 no yes integer(1)"), (#"{"const": true}"#, "boolean no no boolean(true)"),
            (#"{"enum": [1.5]}"#, "float64 no no number(1.5)"), (#"{"enum": [null]}"#, "any no yes "),
            (#"{"anyOf": [{"type": "integer"}, {"type": "null"}]}"#, "int64 no yes"),
            (#"{"oneOf": [{"type": "null"}, {"type": "string"}]}"#, "string no yes"),
            (#"{"anyOf": [{"type": "integer"}, {"type": "string"}]}"#, "any no -"),
            (#"{"allOf": [{"type": "boolean"}]}"#, "boolean no no"),
            (#"{"allOf": [{"type": "boolean"}, {"enum": [true]}]}"#, "any no -"),
            (##"{"$ref": "#/$defs/x"}"##, "int64 no no 0.0..."),
        ])
    func jsonSchema(_ text: String, _ expected: String) {
        let part = Self.part(
            "s.json", ##"{"properties": {"a": \##(text)}, "$defs": {"x": {"type": "integer", "minimum": 0}}}"##)
        #expect(part.contract.gaps == [])
        #expect(Self.shown(part.contract.inputs.first) == expected)
    }

    @Test(
        "rows in a list, in a body, and behind references",
        arguments: [
            #"{"type": "array", "items": {"properties": {"a": {}}}}"#,
            #"{"properties": {"dataframe_records": {"type": "array", "items": {"properties": {"a": {}}}}}}"#,
            #"{"properties": {"inputs": {"type": "array", "items": {"type": "array", "items": {"properties": {"a": {}}}}}}}"#,
            ##"{"$ref": "#/x", "x": {"$ref": "#/y"}, "y": {"properties": {"a": {}}}}"##,
        ])
    func rows(_ text: String) { #expect(Self.part("s.json", text).contract.inputs.map(\.name) == ["a"]) }

    @Test(
        "why a schema says nothing",
        arguments: [
            ("s.json", "[1]", "a list is not a schema"), ("s.json", #"{"a": 1}"#, "the schema has no properties"),
            ("s.json", #"{"properties": {}}"#, "the schema names no columns"),
            ("s.json", #"{"properties": {"a": 1}}"#, "an integer is not a schema"),
            (
                "s.json", ##"{"properties": {"a": {"$ref": "#/x"}}}"##,
                "the reference #/x leads nowhere in this file"
            ),
            (
                "s.json", #"{"properties": {"a": {"$ref": "https://index.example/x"}}}"#,
                "the reference https://index.example/x leads nowhere in this file"
            ),
            (
                "s.json", ##"{"properties": {"a": {"$ref": "#/properties/a"}}}"##, "references form a cycle"
            ),
            (
                "s.yaml", "openapi: 3.1.0\npaths: {}\n",
                "it has 0 operations with a body: name one, #/paths/~1predict/post"
            ),
            (
                "s.yaml", "openapi: 3.1.0\npaths: {/a: {post: {requestBody: {content: {}}}}}\n",
                "the operation has no JSON body with a schema"
            ),
            ("s.yaml", "kind: DataContract\n", "it has 0 tables of this name: name one, contract.yaml#TABLE"),
            (
                "s.yaml", "kind: DataContract\nschema: [{name: t, properties: [{logicalType: string}]}]\n",
                "a property has no name"
            ), ("s.yaml", "schema_type: dataframe\ncolumns: {a: 1}\n", "the column is not a table"),
            ("s.pbtxt", "feature { type: INT }", "a feature has no name"),
            ("s.pbtxt", "", "the schema names no columns"),
        ])
    func unreadable(_ name: String, _ text: String, _ reason: String) {
        let gaps = Self.part(name, text).contract.gaps
        #expect(gaps.map(\.reason) == [reason] && gaps.first?.source?.file == name)
    }

    @Test("a fragment that leads nowhere is named in the gap")
    func fragments() {
        let gaps = Self.part("s.json", #"{"properties": {"a": {}}}"#, fragment: "/x").contract.gaps
        #expect(gaps.map(\.description) == ["s.json:1: #/x: nothing is at #/x"])
    }

    @Test("a column that a schema names twice, and columns that it refuses or lets through")
    func whole() {
        let contract = """
            kind: DataContract
            schema: [{name: t, properties: [{name: a, logicalType: string}, {name: a, logicalType: integer}]}]
            """
        #expect(Self.part("c.yaml", contract).findings.map(\.rule) == ["duplicate-column"])
        func extra(_ word: String) -> InputContract.ExtraColumns {
            Self.part("s.json", #"{"properties": {"a": {}}\#(word)}"#).contract.extraColumns
        }
        #expect(extra(#", "additionalProperties": false"#) == .error)
        #expect(extra(#", "additionalProperties": true"#) == .ignored)
        #expect(extra(#", "additionalProperties": {}"#) == .unknown && extra("") == .unknown)
    }

    /// https://bitol-io.github.io/open-data-contract-standard/v3.1.0/schema/#logical-type-options
    @Test(
        "an Open Data Contract",
        arguments: [
            ("logicalType: integer", "int64 no yes"), ("logicalType: integer, required: true", "int64 yes no"),
            ("logicalType: number", "float64 no yes"), ("logicalType: date", "datetime no yes"),
            ("logicalType: timestamp", "datetime no yes"), ("logicalType: boolean", "boolean no yes"),
            ("logicalType: thing", "any no yes"), ("physicalType: int", "any no yes"),
            ("logicalType: integer, logicalTypeOptions: {minimum: 0, maximum: 9}", "int64 no yes 0.0...9.0"),
            ("logicalType: integer, logicalTypeOptions: {exclusiveMinimum: 0}", "int64 no yes 1.0..."),
            ("logicalType: integer, logicalTypeOptions: {exclusiveMaximum: 9}", "int64 no yes ...8.0"),
            // The stricter of two bounds counts.
            (
                "logicalType: integer, logicalTypeOptions: {minimum: 5, exclusiveMinimum: 0}", "int64 no yes 5.0..."
            ),
            // Version 3.0.0 writes a truth value beside the bound.
            (
                "logicalType: integer, logicalTypeOptions: {minimum: 0, exclusiveMinimum: true}",
                "int64 no yes 1.0..."
            ),
            (
                "logicalType: integer, logicalTypeOptions: {maximum: 9, exclusiveMaximum: false}",
                "int64 no yes ...9.0"
            ),
            (
                "logicalType: string, quality: [{rule: validValues, validValues: [a, b]}]",
                #"string no yes text("a"),text("b")"#
            ),
            (
                "logicalType: string, quality: [{metric: invalidValues, arguments: {validValues: [a]}}]",
                #"string no yes text("a")"#
            ),
            ("logicalType: string, quality: [{rule: nullCheck}, {validValues: []}]", "string no yes"),
        ])
    func dataContract(_ property: String, _ expected: String) {
        let part = Self.part(
            "c.yaml", "kind: DataContract\nschema: [{name: t, properties: [{name: a, \(property)}]}]\n")
        #expect(part.contract.gaps == [])
        #expect(Self.shown(part.contract.inputs.first) == expected)
    }

    @Test("a bound that a number cannot reach is just below it")
    func openNumbers() {
        let part = Self.part(
            "c.yaml",
            "kind: DataContract\nschema: [{name: t, properties: [{name: a, logicalType: number, logicalTypeOptions: {exclusiveMaximum: 1}}]}]\n"
        )
        #expect(part.contract.inputs.first?.range?.maximum == 1.0.nextDown)
    }

    /// https://pandera.readthedocs.io/en/stable/reference/generated/pandera.api.checks.Check.html
    @Test(
        "pandera",
        arguments: [
            ("dtype: int64", "int64 yes no"), ("dtype: float32, nullable: true", "float32 yes yes"),
            ("dtype: 'string[pyarrow]', required: false", "string no no"), ("dtype: category", "any yes no"),
            ("dtype: int64, checks: {ge: 0, le: 9}", "int64 yes no 0.0...9.0"),
            ("dtype: int64, checks: {gt: 0, lt: 9}", "int64 yes no 1.0...8.0"),
            ("dtype: int64, checks: {greater_than: {value: 0}}", "int64 yes no 1.0..."),
            ("dtype: int64, checks: {less_than_or_equal_to: 9}", "int64 yes no ...9.0"),
            (
                "dtype: int64, checks: {in_range: {min_value: 0, max_value: 9, include_max: false}}",
                "int64 yes no 0.0...8.0"
            ),
            (
                "dtype: object, checks: [{allowed_values: [a], options: {check_name: isin}}]",
                #"string yes no text("a")"#
            ),
            ("dtype: object, checks: {isin: [a]}", #"string yes no text("a")"#),
            ("dtype: object, checks: {isin: []}", "string yes no"),
            ("dtype: int64, checks: {unknown_check: 1}", "int64 yes no"),
            ("dtype: int64, checks: [{value: 3}]", "int64 yes no"),
        ])
    func pandera(_ column: String, _ expected: String) {
        let part = Self.part("p.yaml", "schema_type: dataframe\ncolumns: {a: {\(column)}}\n")
        #expect(part.contract.gaps == [])
        #expect(Self.shown(part.contract.inputs.first) == expected)
    }

    /// https://github.com/tensorflow/metadata/blob/master/tensorflow_metadata/proto/v0/schema.proto
    @Test(
        "TFDV",
        arguments: [
            ("type: INT", "int64 no yes"), ("type: FLOAT", "float64 no yes"), ("type: BYTES", "string no yes"),
            ("type: STRUCT", "any no yes"), ("type: INT bool_domain { }", "boolean no yes"),
            ("type: INT presence { min_fraction: 1 }", "int64 yes no"),
            ("type: INT presence { min_fraction: 0.5 }", "int64 no yes"),
            ("type: INT presence { min_count: 1 }", "int64 no yes"),
            ("type: INT int_domain { min: 1 max: 3 }", "int64 no yes 1.0...3.0"),
            ("type: FLOAT float_domain { min: -inf max: 3 }", "float64 no yes ...3.0"),
            ("type: INT int_domain { name: \"x\" }", "int64 no yes"),
            ("type: BYTES domain: \"d\"", #"string no yes text("a"),text("b")"#),
            ("type: BYTES domain: \"other\"", "string no yes"),
            ("type: INT lifecycle_stage: PLANNED presence { min_fraction: 1 }", "int64 no yes"),
            ("type: INT lifecycle_stage: BETA presence { min_fraction: 1 }", "int64 yes no"),
        ])
    func validation(_ feature: String, _ expected: String) {
        let part = Self.part(
            "s.pbtxt",
            "feature { name: \"a\" \(feature) }\nstring_domain { name: \"d\" value: \"a\" value: \"b\" }\nstring_domain { value: \"x\" }\n"
        )
        #expect(part.contract.gaps == [])
        #expect(Self.shown(part.contract.inputs.first) == expected)
    }
}
