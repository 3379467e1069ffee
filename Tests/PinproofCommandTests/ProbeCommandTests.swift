import SourceDocuments
import Testing

@testable import PinproofCommand

/// `inspect --probes` on a model of scikit-learn.
struct ProbeCommandTests {
    private static let fixtures: String = {
        let file = #filePath
        let parts = file.split(separator: "/").dropLast(2)
        return "/" + parts.joined(separator: "/") + "/ModelArchivesTests/Fixtures/"
    }()

    @Test("one line of JSON a probe, with the outcome of the version of training")
    func linesOfProbes() async throws {
        let run = await pinproof("inspect", Self.fixtures + "columns.skops", "--probes")
        #expect(run.status == 0)
        #expect(run.diagnostics.isEmpty)
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(
            lines.first
                == #"{ "column": "age", "probe": "null", "value": null, "outcome": "accepted", "why": "SimpleImputer replaces it", "version": "1.9.1" }"#
        )
        let documents = try lines.map { try JSONReader.read(SourceText(name: "line", bytes: Array($0.utf8))) }
        let outcomes = documents.compactMap { document -> String? in
            guard let table = document.table else { return nil }
            let column = table.string("column") ?? "row"
            return "\(column) \(table.string("probe") ?? "") \(table.string("outcome") ?? "")"
        }
        #expect(outcomes.contains("age outside silent"))
        #expect(outcomes.contains("age text error"))
        #expect(outcomes.contains("region unseen silent"))
        #expect(outcomes.contains("id null accepted"))
        #expect(outcomes.contains("row extra accepted"))
        #expect(outcomes.contains("row array error"))
    }

    @Test("without the library in the image nothing is predicted")
    func imageWithoutLibrary() async {
        let run = await pinproof("inspect", Self.fixtures + "columns.p5.pkl", "--probes", "--image", Demo.image)
        #expect(run.status == 0)
        #expect(!run.output.isEmpty)
        #expect(!run.output.contains("\"error\""))
    }

    @Test("what has no inputs, and an image without probes, are refused")
    func misuse() async {
        #expect(await pinproof("inspect", Demo.image, "--probes").status == 64)
        #expect(await pinproof("inspect", Demo.model, "--image", Demo.image).status == 64)
    }
}
