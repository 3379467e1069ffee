import DockerfileSyntax

/// `bundle config set frozen true` and its kin, which make a later `bundle install` keep to Gemfile.lock
/// (https://bundler.io/man/bundle-config.1.html).
enum BundleSettings {
    /// Whether such a setting runs before a command of a RUN, in the same stage.
    static func isFrozen(before run: RunStep, _ index: Int, in steps: [RunStep]) -> Bool {
        steps.contains { other in
            guard other.stageIndex == run.stageIndex, other.instructionIndex <= run.instructionIndex else {
                return false
            }
            let commands =
                other.instructionIndex == run.instructionIndex ? other.commands.prefix(index) : other.commands[...]
            return commands.contains(where: isFreezing)
        }
    }

    private static func isFreezing(_ command: ShellCommand) -> Bool {
        guard command.name == "bundle" || command.name == "bundler" else { return false }
        let words = command.words.dropFirst().compactMap(\.text)
        guard words.first == "config", words.contains("frozen") || words.contains("deployment") else { return false }
        return words.last == "true" || words.last == "1"
    }
}
