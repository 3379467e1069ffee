import DockerfileSyntax
import EnvironmentInventory

/// What pip's and conda's installs from a locked file of the build context have in common.
extension RewritingPlan {
    /// Rewrites the command in which a finding stands, once for all of its findings.
    mutating func rewriteCommand(
        of finding: Finding, _ rewrite: (inout RewritingPlan, RunStep, ShellCommand) -> PinFailure?
    ) -> PinFailure? {
        guard let range = finding.range, let (run, index, _) = command(with: range) else {
            return PinFailure("it is in no command that can be edited")
        }
        let command = run.commands[index]
        if let done = rewrittenCommands[command.range.lowerBound] { return done }
        let failure = rewrite(&self, run, command)
        rewrittenCommands[command.range.lowerBound] = .some(failure)
        return failure
    }

    /// The instruction that a file can be mounted in, and the text of each word of its command.
    func mountable(
        _ run: RunStep, _ command: ShellCommand
    ) -> Result<(instruction: Instruction, texts: [String]), PinFailure> {
        guard run.interpreter == .shell, !run.isTrigger, command.origin == .script,
            let instruction = instruction(run), !instruction.isJSON
        else { return .failure(PinFailure("a file of the build context cannot be mounted there")) }
        guard command.words.allSatisfy({ $0.standsInFile && $0.alternatives.isEmpty && $0.text != nil }) else {
            return .failure(PinFailure("a word of its command depends on a variable"))
        }
        return .success((instruction, command.words.map { $0.text ?? "" }))
    }
}
