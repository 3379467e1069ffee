import DockerfileSyntax

/// `bundle config set frozen true` and its kin, which make a later `bundle install` keep to Gemfile.lock
/// (https://bundler.io/man/bundle-config.1.html).
enum BundleSettings {
    static func isFreezing(_ command: ShellCommand) -> Bool {
        guard command.name == "bundle" || command.name == "bundler" else { return false }
        let words = command.words.dropFirst().compactMap(\.text)
        guard words.first == "config", words.contains("frozen") || words.contains("deployment") else { return false }
        return words.last == "true" || words.last == "1"
    }
}

extension CommandReader {
    /// Whether such a setting runs before the command that is read: in its script, in those that call it, or in an earlier
    /// step of the stage.
    func isBundleFrozen(at step: RunStep) -> Bool {
        places.contains { $0.facts.firstFreezing < $0.index }
            || site.facts.stage(of: step)?.freezesBundles(before: step) ?? false
    }
}
