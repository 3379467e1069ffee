import ContainerImages
import DockerfileSyntax
import SourceDocuments

/// Programs that start another one: init processes, `env`, changes of the user and of limits.
enum StartWrapper {
    /// What a wrapper starts.
    enum Inner {
        case command([String], environment: [String: String?], directory: String?, user: StartUser?)
        case gap(String)
    }

    /// The options that change nothing of what is loaded; any other one is a gap.
    private struct Options {
        /// Letters without a value.
        var flags = ""
        /// Letters with a value.
        var valued = ""
        /// Long options without a value, blanks between them.
        var long = ""
        /// Long options with a value.
        var longValued = ""
        /// Operands before the program.
        var operands = 0
    }

    /// The words of a wrapper.
    private struct Words {
        var values: [String: String] = [:]
        var operands: [String] = []
        var rest: [String] = []
        var unknown: String?
    }

    /// tini (https://github.com/krallin/tini), dumb-init (https://github.com/Yelp/dumb-init), catatonit
    /// (https://github.com/openSUSE/catatonit), gosu (https://github.com/tianon/gosu), su-exec (https://github.com/ncopa/su-exec),
    /// util-linux (https://man7.org/linux/man-pages/man1/setpriv.1.html and others), coreutils, numactl.
    private static let wrappers: [String: Options] = {
        let tini = Options(flags: "svwg", valued: "pe")
        let changed = Options(operands: 1)
        return [
            "tini": tini, "tini-static": tini, "docker-init": tini, "catatonit": Options(flags: "g"),
            "dumb-init": Options(flags: "cv", valued: "r", long: "single-child verbose", longValued: "rewrite"),
            "nice": Options(valued: "n", longValued: "adjustment"), "nohup": Options(),
            "setsid": Options(flags: "cfw", long: "ctty fork wait"),
            "ionice": Options(flags: "t", valued: "cn", long: "ignore", longValued: "class classdata"),
            "stdbuf": Options(valued: "ioe", longValued: "input output error"),
            "timeout": Options(
                flags: "vfp", valued: "ks", long: "preserve-status foreground verbose", longValued: "kill-after signal",
                operands: 1),
            "numactl": Options(
                flags: "al", valued: "NmCipwP", long: "all localalloc balancing",
                longValued: "interleave cpunodebind physcpubind membind preferred preferred-many weighted-interleave"),
            "taskset": Options(flags: "ac", long: "all-tasks cpu-list", operands: 1),
            "chrt": Options(
                flags: "abdfiorRv", valued: "TPD",
                long: "all-tasks batch deadline fifo idle other rr reset-on-fork verbose",
                longValued: "sched-runtime sched-period sched-deadline", operands: 1),
            "gosu": changed, "su-exec": changed,
            "setpriv": Options(
                long: "clear-groups init-groups no-new-privs nnp",
                longValued: "reuid regid inh-caps bounding-set pdeathsig"),
        ]
    }()

    /// Returns what a wrapper starts; nil for a program that is not a wrapper.
    static func inner(_ name: String, _ command: StartFollower.Command, _ files: FileSystemIndex) -> Inner? {
        if name == "env" { return environment(command) }
        return wrappers[name].map { inner(name, $0, command, files: files) }
    }

    /// The applets of busybox that start another program, with the options that they have there
    /// (https://git.busybox.net/busybox/tree/coreutils/timeout.c?h=1_36_1, https://busybox.net/downloads/BusyBox.html).
    private static let applets: [String: Options] = [
        "nice": Options(valued: "n"), "nohup": Options(), "setsid": Options(flags: "c"),
        "ionice": Options(flags: "t", valued: "cn"), "timeout": Options(valued: "ks", operands: 1),
        "taskset": Options(flags: "ac", operands: 1), "chrt": Options(flags: "rfobi", operands: 1),
        "setpriv": Options(long: "nnp no-new-privs", longValued: "inh-caps"),
    ]

    /// Returns what an applet of busybox starts; nil for one that is not followed.
    static func applet(_ name: String, _ command: StartFollower.Command, _ files: FileSystemIndex) -> Inner? {
        if name == "env" { return environment(command, ofBusybox: true) }
        // These two look for no `--`, which is the program then.
        let before = name == "nohup" ? 1 : name == "nice" ? 3 : 0
        if command.words.dropFirst().prefix(before).contains("--") {
            return .gap("the word -- of busybox's \(name) is not followed")
        }
        return applets[name].map { inner(name, $0, command, files: files) }
    }

    private static func inner(
        _ name: String, _ options: Options, _ command: StartFollower.Command, files: FileSystemIndex
    ) -> Inner {
        let words = read(name, command.words.dropFirst(), options)
        if let unknown = words.unknown { return .gap("the option \(unknown) of \(name) is not followed") }
        if words.rest.isEmpty { return .gap("\(name) names no program") }
        var variables = command.environment
        var user: StartUser?
        switch name {
        case "gosu", "su-exec":
            let changed = StartUser(words.operands.first ?? "", files)
            variables["HOME"] = changed.home
            user = changed
        case "setpriv":
            user = changedUser(words.values, files)
        case "stdbuf":
            guard let library = buffering(command, files) else {
                return .gap("the library that stdbuf loads into the program is not known")
            }
            // stdbuf appends to what is there, also to nothing.
            switch variables["LD_PRELOAD"] {
            case nil: variables["LD_PRELOAD"] = library
            case .some(nil): break
            case .some(let value?): variables["LD_PRELOAD"] = "\(value):\(library)"
            }
        default: break
        }
        return .command(words.rest, environment: variables, directory: command.directory, user: user)
    }

    /// Reads options as `getopt_long` does; abbreviations of long ones are not looked up.
    private static func read(_ name: String, _ given: ArraySlice<String>, _ options: Options) -> Words {
        var words = Words()
        var rest = given
        let long = Set(options.long.split(separator: " ").map(String.init))
        let longValued = Set(options.longValued.split(separator: " ").map(String.init))
        options: while let word = rest.first, word.hasPrefix("-"), word != "-" {
            rest.removeFirst()
            if word == "--" { break }
            if word.hasPrefix("--") {
                let parts = word.dropFirst(2).parts(omittingEmpty: false, maxSplits: 1, at: "=").map(String.init)
                if parts.count == 1, long.contains(parts[0]) {
                    words.values[parts[0]] = ""
                } else if longValued.contains(parts[0]), let value = parts.count == 2 ? parts[1] : rest.popFirst() {
                    words.values[parts[0]] = value
                } else {
                    words.unknown = word
                    return words
                }
                continue
            }
            // `nice -5`.
            if name == "nice", Int(word.dropFirst()) != nil { continue }
            var letters = word.dropFirst()
            while let letter = letters.popFirst() {
                if options.flags.contains(letter) { continue }
                guard options.valued.contains(letter), !letters.isEmpty || rest.popFirst() != nil else {
                    words.unknown = word
                    return words
                }
                continue options
            }
        }
        words.operands = Array(rest.prefix(options.operands))
        // `--` ends the options once, and only before the operands: later it is the program's name.
        words.rest = Array(rest.dropFirst(options.operands))
        return words
    }

    /// The user that setpriv changes to; nil when it stays the same.
    private static func changedUser(_ values: [String: String], _ files: FileSystemIndex) -> StartUser? {
        guard let name = values["reuid"] else { return nil }
        // Without a word about groups they stay those of root.
        return StartUser(values["init-groups"] == nil ? "\(name):\(values["regid"] ?? "0")" : name, files)
    }

    /// Returns the library that stdbuf has loaded into the program: the one beside stdbuf, or that of coreutils; nil when it is
    /// not known which (https://github.com/coreutils/coreutils/blob/v9.1/src/stdbuf.c, `set_LD_PRELOAD`).
    private static func buffering(_ command: StartFollower.Command, _ files: FileSystemIndex) -> String? {
        let name = command.words.first ?? ""
        let path: String
        if name.contains("/") {
            guard let directory = PosixPath.isAbsolute(name) ? "" : command.directory else { return nil }
            path = ImportPath.join(directory, name)
        } else {
            guard let found = StartFollower.find(name, command, files), let entry = files.lookup(found) else {
                return nil
            }
            path = "/" + entry.path
        }
        let beside = ImportPath.parent(path)
        func library(_ folder: String) -> String? {
            let path = folder + "/libstdbuf.so"
            return files.lookup(path) == nil ? nil : path
        }
        if let library = library(beside) { return library }
        let prefix = ImportPath.parent("/" + (files.lookup(beside)?.path ?? ImportPath.normal(beside)))
        let folders = ["/usr/libexec", "/usr/lib", "/usr/lib64", "\(prefix)/libexec", "\(prefix)/lib"].map {
            $0 + "/coreutils"
        }
        var found: [String] = []
        for library in folders.compactMap(library) where !found.contains(library) { found.append(library) }
        return found.count == 1 ? found[0] : nil
    }

    /// The options of GNU's `env` that busybox's does not have
    /// (https://git.busybox.net/busybox/tree/coreutils/env.c?h=1_36_1).
    private static func isGNU(_ word: String) -> Bool {
        ["-v", "-C", "-S", "--null", "--debug", "--chdir", "--split-string"].contains { word.hasPrefix($0) }
    }

    /// `env` (https://www.gnu.org/software/coreutils/manual/html_node/env-invocation.html), with `-S`.
    private static func environment(_ command: StartFollower.Command, ofBusybox isBusybox: Bool = false) -> Inner {
        var variables = command.environment
        var directory = command.directory
        var rest = Array(command.words.dropFirst())
        var rounds = 0
        while let word = rest.first, word.hasPrefix("-"), rounds < 1000 {
            rounds += 1
            rest.removeFirst()
            if word == "--" { break }
            if isBusybox, isGNU(word) { return .gap("the option \(word) of busybox's env is not followed") }
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
        return .command(rest, environment: variables, directory: directory, user: nil)
    }
}
