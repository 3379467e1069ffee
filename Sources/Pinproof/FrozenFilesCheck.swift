import DockerfileFreezing
import DockerfileSyntax
import EnvironmentInventory
import PinRules
import SourceDocuments

/// Checks the files of a freeze as `check --require hashed` would, before any of them is written.
///
/// The program's own template is tested; that of a user may hold anything.
struct FrozenFilesCheck {
    /// The files by name, the Dockerfile among them.
    let files: [(name: String, text: String)]

    /// Refuses what a template leaves unpinned, and what BuildKit would refuse.
    func check(_ template: String) throws(InputError) {
        guard let text = files.first(where: { $0.name == "Dockerfile" })?.text else { return }
        let reasons: [String]
        do throws(InputError) { reasons = try self.reasons(text) } catch { reasons = [error.description] }
        guard reasons.isEmpty else {
            throw InputError(
                "--template \(template) makes a Dockerfile that is not pinned:\n  " + reasons.joined(separator: "\n  "))
        }
    }

    private func reasons(_ text: String) throws(InputError) -> [String] {
        let dockerfile = try parseDockerfile(SourceText(name: "Dockerfile", text: text))
        let model = DockerfileModel(dockerfile)
        let problems = dockerfile.problems + model.problems
        if !problems.isEmpty { return problems.map(\.description) }
        if model.images.isEmpty { return ["Dockerfile: it has no FROM"] }
        let texts = Dictionary(files.map { ($0.name, $0.text) }) { first, _ in first }
        let context = BuildContext(holds: { texts[$0] != nil || $0.hasPrefix(ModelServing.contextFolder) }) { name in
            texts[name].map { .text(SourceText(name: name, text: $0)) } ?? .missing
        }
        let found = DockerfileCheck.check(
            dockerfile, options: DockerfileOptions(), context: context, require: .hashed)
        return Finding.sorted(found.findings).filter { $0.severity == .error }.map { finding in
            let line = finding.range.map { ":\($0.start.line)" } ?? ""
            return "\(finding.file)\(line): \(finding.rule): \(finding.message)"
        }
    }
}
