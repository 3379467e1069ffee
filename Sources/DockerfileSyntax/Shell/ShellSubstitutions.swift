/// Command substitutions whose output follows from their words: how scripts find their own directory,
/// `$(dirname "$0")`, `$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)`.
extension ShellExpander {
    /// The output of a substituted script; nil when only running it would tell.
    func output(of inner: ShellScript) -> String? {
        // A simulation knows the files and the functions, and has put in what is known already.
        guard !variables.isComplete, inner.problem == nil, inner.body.statements.count == 1,
            let statement = inner.body.statements.first,
            !statement.isBackground
        else { return nil }
        let expander = ShellExpander(
            script: inner, variables: variables, bound: bound, workingDirectory: workingDirectory)
        let commands = statement.elements.map { expander.knownWords(of: $0.pipeline) }
        switch commands.count {
        case 1:
            guard let words = commands[0], let name = words.first else { return nil }
            if name == "pwd", words.dropFirst().allSatisfy({ ["-P", "-L"].contains($0) }) { return workingDirectory }
            if words.count == 3, name == "readlink" || name == "realpath", words[1].hasPrefix("-") {
                return ContainerPath.join(workingDirectory, words[2])
            }
            guard words.count == 2 else { return nil }
            switch name {
            case "realpath": return ContainerPath.join(workingDirectory, words[1])
            case "dirname": return Self.directory(of: words[1])
            case "basename": return words[1].split(separator: "/").last.map(String.init)
            default: return nil
            }
        case 2 where statement.elements[1].connector == .and:
            // The directory that `pwd` prints is the one that was changed to, when that is absolute.
            guard let change = commands[0], change.first == "cd", let target = change.last, change.count > 1,
                commands[1]?.first == "pwd", target.hasPrefix("/")
            else { return nil }
            return ContainerPath.join("/", target)
        default: return nil
        }
    }

    /// The words of a pipeline of one simple command; nil when one of them is not known.
    private func knownWords(of pipeline: ShellPipeline) -> [String]? {
        guard pipeline.commands.count == 1, !pipeline.isNegated, case .simple(let simple)? = pipeline.commands.first
        else { return nil }
        var words: [String] = []
        for word in simple.words {
            let value = single(word.parts, word.range)
            guard value.isKnown else { return nil }
            if value.text.string != "--" { words.append(value.text.string) }
        }
        return words
    }

    /// What `dirname` prints (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/dirname.html).
    static func directory(of path: String) -> String {
        var parts = path.split(separator: "/", omittingEmptySubsequences: true)
        guard !parts.isEmpty else { return path.hasPrefix("/") ? "/" : "." }
        parts.removeLast()
        if path.hasPrefix("/") { return "/" + parts.joined(separator: "/") }
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }
}
