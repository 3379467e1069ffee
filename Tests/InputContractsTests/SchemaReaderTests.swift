import EnvironmentInventory
import SourceDocuments
import Testing

@testable import InputContracts

private func read(_ name: String, _ text: String, fragment: String? = nil) -> ContractPart {
    SchemaReader.read(SourceText(name: name, bytes: Array(text.utf8)), fragment: fragment)
}

@Suite("schemas beside a model")
struct SchemaReaderTests {
    @Test("JSON Schema")
    func jsonSchema() {
        let part = read(
            "schema.json",
            """
            {"type": "object", "required": ["age", "region"], "additionalProperties": false, "$defs": {"r": {"enum": ["n", "s"]}},
             "properties": {"age": {"type": "integer", "minimum": 0, "exclusiveMaximum": 120}, "region": {"$ref": "#/$defs/r"},
             "income": {"anyOf": [{"type": "number"}, {"type": "null"}]}, "at": {"type": "string", "format": "date-time"},
             "flag": {"type": ["boolean", "null"]}, "free": true}}
            """)
        let inputs = part.contract.inputs
        #expect(part.contract.gaps.isEmpty)
        #expect(inputs.map(\.name) == ["age", "region", "income", "at", "flag", "free"])
        #expect(inputs.map(\.type) == [.int64, .string, .float64, .datetime, .boolean, .any])
        #expect(inputs.map(\.required) == [true, true, false, false, false, false])
        #expect(inputs.map(\.nullable) == [false, false, true, false, true, nil])
        #expect(inputs[0].range == ContractRange(minimum: 0, maximum: 119, kind: .constraint))
        #expect(inputs[1].categories?.values == [.text("n"), .text("s")])
        #expect(part.contract.extraColumns == .error && part.contract.enforcedBy == [.schema])
    }

    @Test("one operation of an OpenAPI document")
    func openAPI() {
        let text = """
            {"openapi": "3.1.0", "paths": {"/predict": {"post": {"requestBody": {"content": {"application/json": {"schema":
            {"$ref": "#/components/schemas/Body"}}}}}}, "/other": {"post": {"requestBody": {"content": {}}}}},
            "components": {"schemas": {"Body": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
            "Row": {"type": "object", "properties": {"age": {"type": "integer", "format": "int32"}}}}}}
            """
        let part = read("app.json", text, fragment: "/paths/~1predict/post")
        #expect(part.contract.inputs.map(\.type) == [.int32])
        #expect(part.contract.enforcedBy == [.openapi])
        #expect(read("app.json", text).contract.gaps.count == 1)
        #expect(read("app.json", text, fragment: "/paths/~1none/post").contract.gaps.count == 1)
        #expect(read("app.json", text, fragment: "/components/schemas/Row").contract.inputs.count == 1)
    }

    @Test("pandera, data contract, TFDV")
    func otherKinds() {
        let pandera = read(
            "schema.yaml",
            """
            schema_type: dataframe
            version: 0.20.4
            columns:
              age:
                dtype: int64
                nullable: false
                checks:
                  in_range: {min_value: 0, max_value: 120}
              region:
                dtype: object
                nullable: true
                checks:
                - value: [n, s]
                  options: {check_name: isin}
                required: false
            strict: true
            """)
        #expect(pandera.contract.inputs.map(\.type) == [.int64, .string])
        #expect(pandera.contract.inputs[0].range == ContractRange(minimum: 0, maximum: 120, kind: .constraint))
        #expect(pandera.contract.inputs[1].categories?.values == [.text("n"), .text("s")])
        #expect(pandera.contract.inputs.map(\.required) == [true, false] && pandera.contract.extraColumns == .error)

        let contract = """
            apiVersion: v3.0.2
            kind: DataContract
            schema:
            - name: rows
              properties:
              - {name: age, logicalType: integer, required: true, logicalTypeOptions: {minimum: 0}}
              - {name: region, logicalType: string, quality: [{rule: validValues, validValues: [n, s]}]}
            - name: other
              properties: [{name: x, logicalType: number}]
            """
        #expect(read("odcs.yaml", contract, fragment: "rows").contract.inputs.map(\.type) == [.int64, .string])
        #expect(read("odcs.yaml", contract).contract.gaps.count == 1)

        let tfdv = read(
            "schema.pbtxt",
            """
            feature { name: "age" type: INT presence { min_fraction: 1.0 min_count: 1 } int_domain { min: 0 max: 120 } }
            feature { name: "region" type: BYTES domain: "region" }
            string_domain { name: "region" value: "n" value: "s\\303\\274d" }
            """)
        #expect(tfdv.contract.inputs.map(\.type) == [.int64, .string])
        #expect(tfdv.contract.inputs.map(\.nullable) == [false, true])
        #expect(tfdv.contract.inputs[1].categories?.values == [.text("n"), .text("s\u{FC}d")])
    }

    @Test(
        "what is not a schema gives a gap",
        arguments: [
            ("a.json", "{"), ("a.json", "[]"), ("a.json", "{}"), ("a.json", #"{"properties": {}}"#),
            ("a.json", ##"{"properties": {"x": {"$ref": "#/properties/x"}}}"##),
            ("a.json", #"{"properties": {"x": {"$ref": "other.json#/x"}}}"#), ("a.yaml", "schema_type: dataframe\n"),
            ("a.pbtxt", "feature {"), ("a.pbtxt", "feature { type: INT }"), ("a.pbtxt", "feature { name: \"x\n\" }"),
            ("a.yaml", "kind: DataContract\n"),
        ])
    func unreadable(_ name: String, _ text: String) {
        let part = read(name, text)
        #expect(part.contract.inputs.isEmpty && part.contract.gaps.count == 1)
    }

    @Test("a schema against the model")
    func comparison() throws {
        let model = signature(columns("age long,region string"))
        let text =
            #"{"properties": {"age": {"type": "string"}, "extra": {"type": "number"}}, "required": ["age", "extra"], "additionalProperties": false}"#
        let reading = ContractMerger.merge([model, read("schema.json", text)], model: "m")
        #expect(
            reading.findings.map { "\($0.rule) \($0.subject ?? "")" }.sorted() == [
                "contradicting-contract age", "contradicting-contract region", "useless-column extra",
            ])
        #expect(reading.contract?.enforcedBy == [.mlflow, .schema])
    }

    @Test("a column that is required and not described")
    func requiredAlone() {
        func part(_ extra: String) -> ContractPart {
            read("s.json", #"{"properties": {"a": {"type": "number"}}, "required": ["a", "b", "b"]\#(extra)}"#)
        }
        let open = part("")
        #expect(
            open.contract.inputs.map(\.name) == ["a", "b"] && open.contract.inputs.map(\.required) == [true, true])
        #expect(open.contract.inputs.map(\.position) == [0, 1] && open.findings == [])
        let closed = part(#", "additionalProperties": false"#)
        #expect(closed.findings.map(\.rule) == ["contradicting-contract"] && closed.findings.map(\.subject) == ["b"])
    }
}
