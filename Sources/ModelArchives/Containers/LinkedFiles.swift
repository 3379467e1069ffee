import SourceDocuments

/// What is read behind the links of a model.
///
/// A loader opens `MLmodel` or `configs/inference.json` whether it is a file or a link. The bytes of the file that a link leads to
/// were kept, or looked at, only where that file's own name asks for it: where they were not, the link is a gap.
extension ModelTree {
    private static let reason = "a link leads to it, and what it leads to is not read as what its name here says"
    /// The most paths behind links to directories that are looked at.
    private static let maximumPaths = 4 << 20

    /// Whether a format, or what reads configurations of servers, keeps the bytes of a file of such a path.
    static func isDocument(_ path: String) -> Bool {
        TritonConfiguration.keeps(path) || ModelFormats.all.contains { $0.keeps(path) }
    }

    /// The entry of a link to a file, by the link's own path.
    func linked(_ path: String, to target: ModelTreeFile, isExecutable: Bool = false) -> ModelTreeFile {
        let isDocument = Self.isDocument(path)
        // Other YAML is looked at, and not kept, under any name of its kind.
        let isConfiguration = HydraFile(path).isYAML && !HydraFile(target.path).isYAML
        guard isDocument || isConfiguration else {
            return ModelTreeFile(path: path, sha256: target.sha256, size: target.size, isExecutable: isExecutable)
        }
        var content: ModelFileContent?
        if target.bytes == nil {
            content = ModelFileContent("")
            content?.leaveOut("", Self.reason, in: shown(path))
        }
        return ModelTreeFile(
            path: path, sha256: target.sha256, size: target.size, isExecutable: isExecutable, bytes: target.bytes,
            content: content)
    }

    /// Returns the gaps of links to directories: the documents behind them that were not kept, each by the path through its link.
    ///
    /// - Parameter folders: the links' paths and the directories that they lead to.
    func documents(behind folders: [(path: String, target: String)]) -> [ModelFileContent] {
        var contents: [ModelFileContent] = []
        var looked = 0
        for (path, target) in folders {
            looked += files.count
            var content = ModelFileContent("")
            guard looked <= Self.maximumPaths else {
                content.leaveOut("", "too many files lie behind links to directories", in: shown(path))
                contents.append(content)
                break
            }
            let prefix = target.isEmpty ? "" : target + "/"
            for file in files where file.bytes == nil && file.path.hasBytePrefix(prefix) {
                let through = path + "/" + String(Substring(file.path.utf8.dropFirst(prefix.utf8.count)))
                if Self.isDocument(through) { content.leaveOut("", Self.reason, in: shown(through)) }
            }
            if !content.gaps.isEmpty { contents.append(content) }
        }
        return contents
    }
}
