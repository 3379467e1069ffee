import SourceDocuments
import Testing

@testable import DockerfileFreezing

struct DockerfileTemplateTests {
    private static func render(_ text: String, _ values: TemplateValues) throws -> String {
        try DockerfileTemplate(SourceText(name: "t", text: text)).render(values)
    }

    private static var values: TemplateValues {
        var values = TemplateValues()
        values[.epoch] = "1"
        values[.user] = "<2>"
        values[.choice] = ""
        values.render(.pip)
        return values
    }

    @Test(arguments: [
        ("x {{epoch}} {{{user}}} {{& epoch }}", "x 1 <2> 1"),
        ("{{! note }}x", "x"),
        ("{{#epoch}}y{{/epoch}}{{^epoch}}n{{/epoch}}", "y"),
        ("{{#pip}}y{{/pip}}{{^pip}}n{{/pip}}{{pip}}", "y"),
        ("{{#choice}}y{{/choice}}{{^choice}}n{{/choice}}", "n"),
        ("{{#uv}}y{{/uv}}{{^uv}}n{{/uv}}{{uv}}", "n"),
        ("1\n{{#epoch}}\n  2\n{{/epoch}}\n3\n", "1\n  2\n3\n"),
        ("1\n  {{^epoch}}  \r\n2\n{{/epoch}}\n3", "1\n3"),
        ("{{#epoch}}{{#user}}x{{/user}}{{/epoch}}", "x"),
        ("", ""),
        ("{ {epoch} }", "{ {epoch} }"),
    ])
    func renders(template: String, text: String) throws {
        #expect(try Self.render(template, Self.values) == text)
    }

    @Test(arguments: [
        ("x\n {{c}}", 2, 2), ("{{epoch", 1, 1), ("{{{epoch}}", 1, 1), ("{{#epoch}}", 1, 11), ("{{/epoch}}", 1, 1),
        ("{{#epoch}}{{/user}}", 1, 11), ("{{> epoch}}", 1, 1), ("{{=<% %>=}}", 1, 1), ("{{}}", 1, 1),
        (String(repeating: "{{#pip}}", count: 20), 1, 137),
    ])
    func refusesWithThePlace(template: String, line: Int, column: Int) {
        #expect {
            try Self.render(template, TemplateValues())
        } throws: { error in
            (error as? DocumentError)?.place == SourcePosition(line: line, column: column)
        }
    }

    @Test("the template of the program compiles and uses every name of a section")
    func standardTemplate() throws {
        _ = try DockerfileTemplate(DockerfileTemplate.standard)
        let text = String(decoding: DockerfileTemplate.standard.bytes, as: UTF8.self)
        // The installer's name and the server's are for other templates.
        let unused = TemplateName.allCases.filter { name in
            !text.contains("{\(name.rawValue)}") && !text.contains("#\(name.rawValue)}")
        }
        #expect(unused == [.installer, .serve])
    }
}
