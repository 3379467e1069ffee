import DockerfileSyntax
import EnvironmentInventory
import LockFormats
import SourceDocuments

/// What a path of the build context holds.
package enum ContextFile: Sendable {
    /// A text; its name is how a finding names the file.
    case text(SourceText)
    case missing
    /// It is there and cannot be read, and why.
    case unreadable(String)
}

/// The files that a Dockerfile can copy; this room opens nothing itself.
package struct BuildContext: Sendable {
    /// Gives the file at a path below the context's root.
    package let file: @Sendable (String) -> ContextFile
    /// Whether a path, or a pattern of file names, is there: a file or a directory.
    package let holds: @Sendable (String) -> Bool
    /// What scripts of this context did when they were called.
    let scripts: ScriptEvaluations
    /// How many Dockerfiles hold each other as here-documents around what is read.
    var embeddingDepth = 0

    /// Creates a context.
    ///
    /// - Parameter scripts: what scripts did that were read with other contexts of the same file system.
    package init(
        scripts: ScriptEvaluations = ScriptEvaluations(), holds: @escaping @Sendable (String) -> Bool,
        file: @escaping @Sendable (String) -> ContextFile
    ) {
        self.scripts = scripts
        self.file = file
        self.holds = holds
    }

    /// Creates a context of which only files are known.
    package init(file: @escaping @Sendable (String) -> ContextFile) {
        self.init(
            holds: { path in
                if case .missing = file(path) { return false }
                return true
            }, file: file)
    }
}
