import SourceDocuments

/// Finds the format of a lock or requirements file and reads it.
package enum LockReader {
    /// Every format, most specific first.
    package static let formats: [any LockFormat.Type] = [
        PyProject.self,
        PyLock.self,
        UVLock.self,
        PoetryLock.self,
        PDMLock.self,
        PipfileLock.self,
        Pipfile.self,
        PixiLock.self,
        CondaLock.self,
        CondaExplicit.self,
        EnvironmentYAML.self,
        RenvLock.self,
        RequirementsText.self,
    ]

    /// The format of requirements files, for a text whose name does not say what it is.
    package static let requirements: any LockFormat.Type = RequirementsText.self

    /// The format of conda's environment files, for a text that a command installs as one whatever its name is.
    package static let condaEnvironment: any LockFormat.Type = EnvironmentYAML.self

    /// The format that a name promises whatever the file holds, for the error of a file that is broken; nil where other tools
    /// use the name too.
    package static func promised(byFileName fileName: String) -> (any LockFormat.Type)? {
        ["environment.yml", "environment.yaml"].contains(fileName.lowercased()) ? EnvironmentYAML.self : nil
    }

    /// The format of a file by its name and content; nil when it is none.
    package static func detect(fileName: String, text: SourceText) -> (any LockFormat.Type)? {
        let fileName = fileName.split(separator: "/").last.map(String.init) ?? fileName
        return formats.first { $0.matches(fileName: fileName, text: text) }
    }

    /// Reads the file that declares what a lock resolves, with the tables of the lock's own tool alone.
    package static func readProject(
        _ text: SourceText, of lock: any LockFormat.Type
    ) throws(LockReadingError) -> LockDocument {
        if detect(fileName: text.name, text: text) == PyProject.self { return try PyProject.read(text, as: lock) }
        return try read(text, context: .empty)
    }

    /// Reads a file of whichever format it is.
    package static func read(
        _ text: SourceText, context: LockReadingContext
    ) throws(LockReadingError) -> LockDocument {
        guard let format = detect(fileName: text.name, text: text) else {
            throw LockReadingError(
                file: text.name, place: nil, reason: "is not a lock or requirements file of a known format")
        }
        return try format.read(text, context: context)
    }
}
