import SourceDocuments

extension RunStep {
    /// Reads a script that no Dockerfile holds: a step of a workflow, a command of a devcontainer.
    ///
    /// - Parameters:
    ///   - script: the text, with the way back to its file.
    ///   - file: the file that holds it.
    ///   - index: its place among the steps of the file.
    ///   - job: the number of the job; steps of one job follow each other.
    ///   - variables: what the file sets; nil for a value that it does not give.
    package init(
        script: MappedText, in file: SourceText, index: Int, job: Int, interpreter: ShellInterpreter = .shell,
        workingDirectory: String?, variables: ScriptVariables = [:]
    ) {
        var values = ShellVariables()
        values.values = variables.values
        var evaluator = ShellEvaluator(
            source: file,
            state: ShellEvaluator.State(variables: values, workingDirectory: workingDirectory, user: ""))
        if interpreter == .shell {
            evaluator.run(script)
        } else if let name = interpreter.unreadName {
            evaluator.leaveOut(.interpreter, script, 0..<script.count, because: "the commands of \(name) are not read")
        }
        self.init(
            instructionIndex: index, stageIndex: job, isTrigger: false, interpreter: interpreter, script: script,
            commands: evaluator.commands, mounts: [], workingDirectory: workingDirectory, user: "", variables: values,
            gaps: evaluator.gaps)
    }

    /// The interpreter of a command line, as `#!` lines and `shell:` keys name it.
    package static func interpreter(named line: String) -> ShellInterpreter { ModelBuilder.interpreter(named: line) }
}
