import Testing

@testable import DockerfileSyntax

/// What runs at the end of a shell, and builtins that give later words another meaning.
struct ShellTrapTests {
    /// The processes of a script, with `?` behind one that may not run, and the reasons of its gaps.
    private static func follow(_ script: String) -> (processes: [String], gaps: [String]) {
        var simulation = ShellSimulation(host: EmptyHost(), environment: ["PATH": "/bin"], directory: "/")
        simulation.run(Array(script.utf8), name: "start.sh", arguments: ["start.sh"])
        let processes = simulation.processes.map { $0.words.joined(separator: " ") + ($0.isConditional ? "?" : "") }
        return (processes, simulation.gaps.map(\.reason))
    }

    @Test(
        "what a trap runs at the end may be started",
        arguments: [
            ("trap 'prog t' EXIT\nprog a", ["prog a", "prog t?"]),
            ("trap \"prog t\" 0\nexec prog a", ["prog a", "prog t?"]),
            ("trap -- 'prog t' SIGEXIT TERM\nprog a\nexit 1", ["prog a", "prog t?"]),
            ("trap f EXIT\nf() { prog t; }\nprog a", ["prog a", "prog t?"]),
            ("trap 'prog t' DEBUG\nprog a", ["prog a", "prog t?"]),
            ("trap 'prog t' EXIT\ntrap 'prog u' exit\nprog a", ["prog a", "prog t?", "prog u?"]),
            ("trap 'trap \"prog u\" EXIT' EXIT\nprog a", ["prog a"]),
            ("trap 'kill $!' TERM INT\nprog a", ["prog a"]), ("trap -p EXIT\nprog a", ["prog a"]),
        ])
    func traps(script: String, processes: [String]) {
        let found = Self.follow(script)
        #expect(found.processes == processes && found.gaps.isEmpty, "\(found)")
    }

    @Test("options of exec and command are none of the program's words")
    func options() {
        for script in [
            "exec -a n prog a", "exec -la n prog a", "exec -an prog a", "command -- prog a", "exec -- prog a",
        ] {
            #expect(Self.follow(script).processes == ["prog a"], "\(script)")
        }
        for question in ["command -v prog", "command -pv prog", "command -V prog"] {
            #expect(Self.follow(question).processes.isEmpty, "\(question)")
        }
        #expect(Self.follow("declare -i x=1+1\nprog $x").gaps.count == 1)
    }

    @Test(
        "what gives a later word another meaning is named",
        arguments: [
            ("alias prog=other\nprog a", "an alias"), ("read x\nalias $x\nprog a", "an alias"),
            ("hash -p /other prog\nprog a", "another place"), ("enable -n test\nprog a", "builtins"),
            ("enable -f ./x.so x\nprog a", "builtins"), ("shopt -s nocasematch\nprog a", "ignore case"),
            ("command -p prog a", "another place"), ("exec -c prog a", "is emptied"),
            ("exec -a n prog a", "another name"), ("exec -an prog a", "another name"),
            ("exec -l prog a", "another name"),
            ("declare -n r=x\nprog a", "refers to another"), ("declare -u r=x\nprog a", "refers to another"),
            ("read x\ntrap \"$x\" EXIT\nprog a", "at the end is not known"),
        ])
    func meanings(script: String, reason: String) {
        let found = Self.follow(script)
        #expect(found.gaps.count == 1 && found.gaps.first?.contains(reason) == true, "\(found)")
        #expect(found.processes.contains("prog a"))
    }
}
