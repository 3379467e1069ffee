import SourceDocuments

/// SageMaker's model.tar.gz (https://sagemaker.readthedocs.io): the model's files, and `code/` with the entry point and its
/// requirements.
enum SageMakerFormat: ModelFormat {
    static let name = "sagemaker"

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        let code = tree.files.filter { $0.path.hasPrefix("code/") && $0.path.hasSuffix(".py") }
        guard !code.isEmpty, tree["MLmodel"] == nil, tree.files.contains(where: { !$0.path.hasPrefix("code/") }) else {
            return nil
        }
        var content = ModelFileContent(name)
        for file in code {
            content.record(
                .code, name: "entry-point", value: file.path, strength: .claimed, file: tree.shown(file.path))
        }
        if let text = tree.text("code/requirements.txt") { RequirementLines.read(text, into: &content) }
        return content
    }
}
