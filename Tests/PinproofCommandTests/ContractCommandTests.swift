import TestSupport
import Testing

@testable import PinproofCommand

/// `inspect --contract` and the contract of `diff`.
struct ContractCommandTests {
    private func model(_ inputs: String, in folder: TemporaryDirectory, _ name: String) -> String {
        let text =
            "flavors:\n  python_function:\n    loader_module: mlflow.pyfunc.model\nsignature:\n  inputs: '\(inputs)'\n"
        folder.write("\(name)/MLmodel", Array(text.utf8))
        return "\(folder.path)/\(name)"
    }

    private let old = #"[{"name": "age", "type": "long"}, {"name": "plan", "type": "boolean", "required": false}]"#
    private let new = #"[{"name": "age", "type": "double"}, {"name": "region", "type": "string"}]"#

    @Test("the JSON of a contract")
    func contractDocument() async throws {
        let folder = TemporaryDirectory()
        let run = await pinproof("inspect", model(old, in: folder, "m"), "--contract", "--format", "json")
        #expect(run.status == 0)
        let document = try run.document()
        #expect(
            document.keys == [
                "schema", "inputs", "by", "extraColumns", "outputs", "params", "enforcedBy", "libraryVersion",
            ])
        #expect(document.string("schema") == "pinproof/contract/1")
        #expect(
            document["inputs", "0"]?.keys == [
                "name", "position", "type", "shape", "required", "nullable", "categories", "range", "onNull",
                "onUnseen",
                "onOutside", "sources",
            ])
        #expect(document.string("inputs", "0", "type") == "int64")
        #expect(document["inputs", "0", "sources", "0"]?.keys == ["file", "line", "says", "strength"])
        #expect(document.string("by") == "name")
    }

    @Test("the text and the schema of a contract")
    func otherFormats() async throws {
        let folder = TemporaryDirectory()
        let path = model(old, in: folder, "m")
        let text = await pinproof("inspect", path, "--contract", "--color", "never")
        #expect(text.status == 0)
        #expect(text.output.contains("\n  age   int64    required  null: rejected\n"))
        #expect(text.output.contains("\n  plan  boolean  optional  null: silent\n"))
        #expect(text.output.contains("[silent-coercion]\n"))
        let schema = try await pinproof("inspect", path, "--contract", "--format", "json-schema").document()
        #expect(schema.string("$schema") == "https://json-schema.org/draft/2020-12/schema")
        #expect(schema.string("properties", "age", "type") == "integer")
        #expect(schema["required"]?.array?.count == 1)
    }

    @Test("a model without a contract, and wrong usage")
    func failures() async throws {
        let folder = TemporaryDirectory()
        let unread = await pinproof("inspect", model("[{}]", in: folder, "m"), "--contract")
        #expect(unread.status == 2 && unread.output.isEmpty)
        #expect(unread.diagnostics.contains("signature.inputs"))
        #expect(await pinproof("inspect", Demo.model, "--contract").status == 2)
        #expect(await pinproof("inspect", Demo.image, "--contract").status == 64)
        #expect(await pinproof("inspect", Demo.model, "--format", "json-schema").status == 64)
        #expect(
            await pinproof("inspect", model(old, in: folder, "n"), "--contract", "--format", "cyclonedx").status == 64)
    }

    @Test("the changes between two models, in every format")
    func changes() async throws {
        let folder = TemporaryDirectory()
        let (left, right) = (model(old, in: folder, "a"), model(new, in: folder, "b"))
        let document = try await pinproof("diff", left, right, "--format", "json").document()
        #expect(
            document["contract", "changes", "0"]?.keys == [
                "column", "kind", "previous", "now", "breaksCallers", "breaksRollback",
            ])
        #expect(document["contract", "changes"]?.array?.count == 3)
        let text = await pinproof("diff", left, right, "--color", "never").output
        #expect(text.contains("breaks  input age type: int64 → float64\n"))
        #expect(text.contains("3 input or output changes, 2 breaking\n"))
        #expect(await pinproof("diff", left, right, "--format", "markdown").output.contains("| breaks callers |"))
        #expect(await pinproof("diff", left, right, "--format", "html").output.contains("input age type"))
        let same = try await pinproof("diff", left, left, "--format", "json").document()
        #expect(same["contract", "changes"]?.array?.isEmpty == true)
    }
}
