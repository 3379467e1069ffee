import SourceDocuments
import Testing

@testable import DockerfileFreezing

struct DockerfileTemplateTests {
    private static func render(_ text: String, _ values: [String: String]) throws -> String {
        try DockerfileTemplate(SourceText(name: "t", text: text), names: ["a", "b"]).render(values)
    }

    @Test(arguments: [
        ("x {{a}} {{{b}}} {{& a }}", "x 1 <2> 1"), ("{{! note }}x", "x"), ("{{#a}}y{{/a}}{{^a}}n{{/a}}", "y"),
        ("1\n{{#a}}\n  2\n{{/a}}\n3\n", "1\n  2\n3\n"), ("1\n  {{^a}}  \r\n2\n{{/a}}\n3", "1\n3"),
        ("{{#a}}{{#b}}x{{/b}}{{/a}}", "x"), ("", ""),
        ("{ {a} }", "{ {a} }"),
    ])
    func renders(template: String, text: String) throws {
        #expect(try Self.render(template, ["a": "1", "b": "<2>"]) == text)
    }

    @Test(arguments: [
        ("x\n {{c}}", 2, 2), ("{{a", 1, 1), ("{{{a}}", 1, 1), ("{{#a}}", 1, 7), ("{{/a}}", 1, 1),
        ("{{#a}}{{/b}}", 1, 7), ("{{> a}}", 1, 1),
        ("{{=<% %>=}}", 1, 1), ("{{}}", 1, 1),
    ])
    func refusesWithThePlace(template: String, line: Int, column: Int) {
        #expect {
            try Self.render(template, [:])
        } throws: { error in
            (error as? DocumentError)?.place == SourcePosition(line: line, column: column)
        }
    }

    @Test("the template of the program compiles and uses only documented names")
    func standardTemplate() throws {
        _ = try DockerfileTemplate(DockerfileTemplate.standard)
    }
}
