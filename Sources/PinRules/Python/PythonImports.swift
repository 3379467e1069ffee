/// What the names of imported modules and functions stand for: `import subprocess as sp`, `from pip import main`
/// (https://docs.python.org/3/reference/simple_stmts.html#the-import-statement).
extension PythonCode {
    /// Returns the full names by the names that the code gives them.
    func imports() -> [String: String] {
        var result: [String: String] = [:]
        for (index, token) in tokens.enumerated() where token.kind == .name && isStart(index) {
            if token.text == "import" {
                for (name, local) in importedNames(from: index + 1) { result[local] = name }
            } else if token.text == "from", tokens.indices.contains(index + 2), tokens[index + 2].text == "import" {
                let module = tokens[index + 1].text
                let start = isSymbol(index + 3, "(") ? index + 4 : index + 3
                for (name, local) in importedNames(from: start) { result[local] = module + "." + name }
            }
        }
        return result
    }

    private func isStart(_ index: Int) -> Bool {
        index == 0 || tokens[index - 1].kind == .end || isSymbol(index - 1, ":")
    }

    /// `a, b as c`, up to the end of the statement.
    private func importedNames(from start: Int) -> [(name: String, local: String)] {
        var names: [(String, String)] = []
        var index = start
        while tokens.indices.contains(index), tokens[index].kind == .name, budget.take() {
            let name = tokens[index].text
            let isRenamed =
                tokens.indices.contains(index + 2) && tokens[index + 1].text == "as"
                && tokens[index + 2].kind == .name
            names.append((name, isRenamed ? tokens[index + 2].text : name))
            index += isRenamed ? 3 : 1
            guard isSymbol(index, ",") else { break }
            index += 1
        }
        return names
    }

    /// The full name of a function that is called.
    func fullName(_ name: String) -> String {
        if let whole = imported[name] { return whole }
        let first = name.prefix { $0 != "." }
        guard first.count < name.count, let module = imported[String(first)] else { return name }
        return module + name.dropFirst(first.count)
    }

    /// Whether a function runs a command line, or a program with arguments.
    static func runsCommand(_ name: String) -> Bool {
        name == "os.system" || name == "os.popen" || name.hasPrefix("subprocess.")
    }

    /// Whether a function is the entry of pip, which takes the arguments of its command line.
    static func isPip(_ name: String) -> Bool {
        name.hasPrefix("pip.") && name.hasSuffix("main") || name == "pip.main"
    }
}
