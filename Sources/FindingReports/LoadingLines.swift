import EnvironmentInventory

/// An assessment of loading as lines of text.
package enum LoadingLines {
    /// Returns a line for each need, and one for each problem.
    package static func lines(_ loading: LoadingAssessment) -> [String] {
        var lines = ["loading: \(loading.verdict.rawValue)"]
        let needs = loading.needs
        let stated: [(String, String?)] = [
            ("machine", loading.target.machine), ("glibc", needs.glibc.map { ">=\($0)" }),
            ("libstdc++", needs.glibcxx.map { "GLIBCXX_\($0)" }), ("cpu", needs.cpu), ("numpy", needs.numpy),
            ("CUDA runtime", needs.cudaRuntime), ("NVIDIA driver", needs.cudaDriver),
        ]
        for (name, value) in stated { if let value { lines.append("needs \(name) \(value)") } }
        for (library, code) in needs.architectures.sorted(by: { $0.key < $1.key }) {
            let cubins = code.cubins.map { "sm_\($0)" } + code.ptx.map { "PTX of \($0)" }
            lines.append("\(library) has code for \(cubins.joined(separator: ", "))")
        }
        var seen: Set<String> = []
        for problem in loading.problems {
            let fix = problem.apt.isEmpty ? "" : ". Fix: --apt \(problem.apt.joined(separator: " --apt "))"
            let found = problem.found.map { " (\($0))" } ?? ""
            let line = "\(problem.rule): \(problem.root) needs \(problem.needs)\(found)\(fix)"
            if seen.insert(line).inserted { lines.append(line) }
        }
        for item in loading.unread {
            lines.append("not known: \(item.reason)\(item.file.isEmpty ? "" : " (\(item.file))")")
        }
        return lines
    }
}
