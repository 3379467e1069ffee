import ContainerImages
import DockerfileSyntax

/// Programs that start another one: init processes, `env`, changes of the user and of limits.
enum StartWrapper {
    /// What a wrapper starts.
    enum Inner {
        case command([String], environment: [String: String?], directory: String?, user: StartUser?)
        case gap(String)
    }

    private struct Options {
        /// Options whose value is the next word.
        var withValue: Set<String> = []
        /// Operands before the program.
        var operands = 0
    }

    /// tini (https://github.com/krallin/tini), dumb-init (https://github.com/Yelp/dumb-init), util-linux, coreutils.
    private static let wrappers: [String: Options] = [
        "tini": Options(withValue: ["-p", "-e"]), "tini-static": Options(withValue: ["-p", "-e"]),
        "docker-init": Options(withValue: ["-p", "-e"]), "catatonit": Options(withValue: ["-g"]),
        "dumb-init": Options(withValue: ["-r", "--rewrite"]),
        "nice": Options(withValue: ["-n", "--adjustment"]), "nohup": Options(), "setsid": Options(),
        "ionice": Options(withValue: ["-c", "-n", "--class", "--classdata"]),
        "stdbuf": Options(withValue: ["-i", "-o", "-e", "--input", "--output", "--error"]),
        "timeout": Options(withValue: ["-k", "-s", "--kill-after", "--signal"], operands: 1),
        "numactl": Options(withValue: ["-N", "-m", "-C", "-i"]), "taskset": Options(operands: 1),
        "chrt": Options(operands: 1), "gosu": Options(operands: 1), "su-exec": Options(operands: 1),
        "setpriv": Options(withValue: ["--reuid", "--regid", "--groups", "--inh-caps", "--bounding-set"]),
    ]

    /// Returns what a wrapper starts; nil for a program that is not a wrapper.
    static func inner(_ name: String, _ command: StartFollower.Command, _ files: FileSystemIndex) -> Inner? {
        if name == "env" { return environment(command) }
        guard let options = wrappers[name] else { return nil }
        var rest = command.words.dropFirst()
        while let word = rest.first, word.hasPrefix("-"), word.count > 1 {
            rest.removeFirst()
            if word == "--" { break }
            if options.withValue.contains(word) { rest = rest.dropFirst() }
        }
        var user: StartUser?
        if options.operands > 0 {
            if name == "gosu" || name == "su-exec", let operand = rest.first { user = StartUser(operand, files) }
            rest = rest.dropFirst(options.operands)
        }
        if rest.first == "--" { rest = rest.dropFirst() }
        if rest.isEmpty { return .gap("\(name) names no program") }
        var variables = command.environment
        if let user { variables["HOME"] = user.home }
        return .command(Array(rest), environment: variables, directory: command.directory, user: user)
    }

    /// `env` (https://www.gnu.org/software/coreutils/manual/html_node/env-invocation.html), with `-S`.
    private static func environment(_ command: StartFollower.Command) -> Inner {
        var variables = command.environment
        var directory = command.directory
        var rest = Array(command.words.dropFirst())
        var rounds = 0
        while let word = rest.first, word.hasPrefix("-"), rounds < 1000 {
            rounds += 1
            rest.removeFirst()
            if word == "--" { break }
            switch word {
            case "-", "-i", "--ignore-environment": variables = [:]
            case "-0", "--null", "-v", "--debug": continue
            case "-u", "--unset":
                if rest.isEmpty { return .gap("env -u names no variable") }
                variables[rest.removeFirst()] = nil
            case "-C", "--chdir":
                if rest.isEmpty { return .gap("env -C names no directory") }
                directory = ContainerPath.join(directory, rest.removeFirst())
            case "-S", "--split-string":
                if rest.isEmpty { return .gap("env -S has no text") }
                guard let words = EnvironmentText.split(rest.removeFirst(), environment: variables) else {
                    return .gap("the text of env -S is not understood")
                }
                rest = words + rest
            default:
                if word.hasPrefix("--unset=") {
                    variables[String(word.dropFirst("--unset=".count))] = nil
                } else if word.hasPrefix("--chdir=") {
                    directory = ContainerPath.join(directory, String(word.dropFirst("--chdir=".count)))
                } else if word.hasPrefix("-S") || word.hasPrefix("--split-string=") {
                    let text = word.hasPrefix("-S") ? word.dropFirst(2) : word.dropFirst("--split-string=".count)
                    guard let words = EnvironmentText.split(String(text), environment: variables) else {
                        return .gap("the text of env -S is not understood")
                    }
                    rest = words + rest
                } else if word.hasPrefix("-u") {
                    variables[String(word.dropFirst(2))] = nil
                } else {
                    return .gap("the option \(word) of env is not known")
                }
            }
        }
        while let word = rest.first, let equals = word.firstIndex(of: "=") {
            variables.updateValue(String(word[word.index(after: equals)...]), forKey: String(word[..<equals]))
            rest.removeFirst()
        }
        if rest.isEmpty { return .gap("env names no program") }
        // The kernel's PATH of a program without one.
        if variables["PATH"] == nil { variables["PATH"] = "/bin:/usr/bin" }
        return .command(rest, environment: variables, directory: directory, user: nil)
    }
}
