import EnvironmentInventory
import SourceDocuments
import Testing

@testable import DockerfileSyntax

/// What a shell makes of words before a program starts.
///
/// The programs that follow are those that dash 0.5.12 and bash 5.2 start with the script, in their order; sections are those of
/// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html.
struct ShellSimulationTests {
    /// 2.2 Quoting.
    private static let quoting: [(script: String, programs: [String])] = [
        ("prog 'a b' c", ["prog|a b|c"]),
        (#"prog "a 'b' c" 'd "e" f'"#, [#"prog|a 'b' c|d "e" f"#]),
        (#"prog a\ b \'c\'"#, ["prog|a b|'c'"]),
        (#"prog "a\$b" "a\\b" "a\"b" "a\nb" "a\`b""#, [#"prog|a$b|a\b|a"b|a\nb|a`b"#]),
        ("prog a\\\nb", ["prog|ab"]),
        ("prog \"a\\\nb\"", ["prog|ab"]),
        (#"prog a'b'\''c'"#, ["prog|ab'c"]),
        (#"prog '' "" ''"" a"#, ["prog||||a"]),
        ("prog a#b '#' \\#c # comment", ["prog|a#b|#|#c"]),
        ("prog a;# other", ["prog|a"]),
    ]

    /// 2.5 Parameters and variables, 2.6.2 Parameter expansion.
    private static let parameters: [(script: String, programs: [String])] = [
        (#"x=1; prog $x ${x} "$x" '$x' ${x}y $x.y"#, ["prog|1|1|1|$x|1y|1.y"]),
        (#"x='a b'; prog $x "$x" y$x z"$x""#, ["prog|a|b|a b|ya|b|za b"]),
        (#"x=; prog $x "$x" a$x"#, ["prog||a"]),
        (#"prog ${u:-a b} "${u:-a b}" ${u-c} ${u:+d}"#, ["prog|a|b|a b|c"]),
        (#"x=; prog ${x:-a} "${x-b}" ${x:+c} ${x+d}"#, ["prog|a||d"]),
        ("x=v; prog ${x:-a} ${x-b} ${x:+c} ${x+d}", ["prog|v|v|c|d"]),
        (#": ${x:=a}; prog "$x""#, ["prog|a"]),
        (#"x=; : ${x=a}; prog "$x""#, ["prog|"]),
        (#"x=; : ${x:=a b}; prog "$x""#, ["prog|a b"]),
        ("prog ${x:=5}; prog $x", ["prog|5", "prog|5"]),
        ("y=${x:=7}; prog $x$y", ["prog|77"]),
        ("x=file.tar.gz; prog ${x%.*} ${x%%.*} ${x#*.} ${x##*.}", ["prog|file.tar|file|tar.gz|gz"]),
        ("x=posix/src/std; prog ${x#posix/} ${x##*/} ${x%/*}", ["prog|src/std|std|posix/src"]),
        (#"x='*a*'; prog "${x#'*'}" "${x#\*}""#, ["prog|a*|a*"]),
        (#"set -- a b c; prog $# $1 $3 "$@""#, ["prog|3|a|c|a|b|c"]),
        (
            #"set -- 'a b' c; prog $@; prog "$@"; prog $*; prog "$*""#,
            ["prog|a|b|c", "prog|a b|c", "prog|a|b|c", "prog|a b c"]
        ),
        (#"set --; prog "$@" x $#; prog "$*""#, ["prog|x|0", "prog|"]),
        (#"set -- a 'b c'; prog "x$@y""#, ["prog|xa|b cy"]),
        ("set -- 1 2 3 4 5 6 7 8 9 ten; prog ${10} $10", ["prog|ten|10"]),
        (#"set -- a b; shift; prog $1 $#; shift; prog "$1" $#"#, ["prog|b|1", "prog||0"]),
        ("set a b; prog $2; set -e; prog $1", ["prog|b", "prog|a"]),
        (#"x=a; y=x; prog $y "\$$y""#, ["prog|x|$x"]),
        (#"x=1 y=$x; prog "$y""#, ["prog|1"]),
        ("a=1; a=$a$a; a=$a$a; prog $a", ["prog|1111"]),
        (#"x=3.11.2; prog "${x%.*}" "${x%%.*}" "${x#*.}" "${x##*.}""#, ["prog|3.11|3|11.2|2"]),
        (#"x='a*b'; prog "${x%'*'b}" "${x%\*b}""#, ["prog|a|a"]),
    ]

    /// 2.5.2 Special parameters.
    private static let special: [(script: String, programs: [String])] = [
        (#"true; if [ "$?" = 0 ]; then prog a; else prog b; fi"#, ["prog|a"]),
        (#"if [ "$?" != 0 ]; then prog a; else prog b; fi"#, ["prog|b"]),
        ("case $? in 0) prog a ;; *) prog b ;; esac", ["prog|a"]),
        (#"if [ -z "$!" ]; then prog a; else prog b; fi"#, ["prog|a"]),
        ("case $- in *i*) prog a ;; *) prog b ;; esac", ["prog|b"]),
    ]

    /// 2.6.5 Field splitting.
    private static let splitting: [(script: String, programs: [String])] = [
        (#"x=' a  b '; prog $x; prog "$x""#, ["prog|a|b", "prog| a  b "]),
        ("x='a\tb'; prog $x", ["prog|a|b"]),
        ("x='a\nb'; prog $x", ["prog|a|b"]),
        ("IFS=; x='a b'; prog $x", ["prog|a b"]),
        (#"IFS=,; set -- a b; prog "$*""#, ["prog|a,b"]),
        (#"x='a b'; y=$x; prog "$y""#, ["prog|a b"]),
        ("x=a; for i in $x$x b; do prog $i; done", ["prog|aa", "prog|b"]),
    ]

    /// 2.7 Redirection.
    private static let redirection: [(script: String, programs: [String])] = [
        ("prog a >/dev/null b 2>&1 c", ["prog|a|b|c"]),
        (">/dev/null prog a", ["prog|a"]),
        ("prog 2 >/dev/null 2>/dev/null", ["prog|2"]),
        ("prog a <<E\nother b\nE\nprog c", ["prog|a", "prog|c"]),
        ("prog a <<-E\n\tother\n\tE\nprog b", ["prog|a", "prog|b"]),
        ("x=1; exec 3>/dev/null; prog $x", ["prog|1"]),
    ]

    /// 2.9.1 Simple commands.
    private static let simple: [(script: String, programs: [String])] = [
        ("E=1 prog a; prog b", ["prog|a E=1", "prog|b"]),
        ("E=1; prog a", ["prog|a"]),
        ("export E=1; prog a", ["prog|a E=1"]),
        ("export E; E=2; prog a", ["prog|a E=2"]),
        ("export E=1; unset E; prog a", ["prog|a"]),
        ("E=1; export E; E=2 prog a; prog b", ["prog|a E=2", "prog|b E=1"]),
        ("set -a; E=1; prog a", ["prog|a E=1"]),
        ("set -a; set +a; E=1; prog a", ["prog|a"]),
        ("set -o allexport; E=1; prog a", ["prog|a E=1"]),
        (#"f() { prog "$x"; }; x=5 f"#, ["prog|5"]),
        ("f() { prog a; }; E=1 f", ["prog|a E=1"]),
        (#"f() { prog "$x"; }; x=5; x=6 f"#, ["prog|6"]),
        ("E=1 exec prog a", ["prog|a E=1"]),
        ("E=1 command prog a", ["prog|a E=1"]),
        ("x=1 eval 'prog $x'", ["prog|1"]),
        ("x=prog; $x a", ["prog|a"]),
        ("x='prog a'; $x b", ["prog|a|b"]),
        ("x=; $x prog a", ["prog|a"]),
        ("command prog a", ["prog|a"]),
        ("eval prog 'a b'", ["prog|a|b"]),
        (#"eval "prog 'a b'""#, ["prog|a b"]),
        (#"x='prog a; prog b'; eval "$x""#, ["prog|a", "prog|b"]),
    ]

    private static let groups: [[(script: String, programs: [String])]] = [
        quoting, parameters, special, splitting, redirection, simple,
    ]

    @Test(
        "the programs are those that a shell starts, with their arguments",
        arguments: groups.flatMap { $0 })
    func words(script: String, programs: [String]) {
        #expect(SimulatedShell.follow(script) == programs)
    }
}

/// A script that is followed on a machine with `/etc`, `/bin` and the programs `prog` and `other`.
enum SimulatedShell {
    private struct Host: ShellHost {
        static let entries: [String: ShellHostEntry] = [
            "/": ShellHostEntry(isDirectory: true), "/etc": ShellHostEntry(isDirectory: true),
            "/etc/passwd": ShellHostEntry(isDirectory: false, size: 4), "/bin": ShellHostEntry(isDirectory: true),
            "/bin/prog": ShellHostEntry(isDirectory: false, isExecutable: true, size: 4),
            "/bin/other": ShellHostEntry(isDirectory: false, isExecutable: true, size: 4),
            "/dev/null": ShellHostEntry(isDirectory: false),
        ]
        var userID: Int? { 0 }
        func contents(of path: String) -> [UInt8]? { path == "/dev/null" ? [] : nil }
        func kind(of path: String) -> ShellHostEntry? { Self.entries[path] }
        func realPath(of path: String) -> String? { Self.entries[path].map { _ in path } }
        func names(in directory: String) -> [String]? { nil }
    }

    /// The programs that a script starts, `name|argument|...`, with the variable `E` where they have it; what is not
    /// followed to its end gives `not followed` and why.
    static func follow(_ script: String) -> [String] {
        var simulation = ShellSimulation(
            host: Host(), environment: ["PATH": "/bin", "HOME": "/root"], directory: "/")
        simulation.run(Array(script.utf8), name: "x", arguments: ["sh"])
        if let gap = simulation.gaps.first { return ["not followed: \(gap.reason)"] }
        if simulation.processes.contains(where: \.isConditional) { return ["not followed: a condition"] }
        return simulation.processes.map { process in
            let variable = process.environment["E"].map { " E=\($0 ?? "?")" } ?? ""
            return process.words.joined(separator: "|") + variable
        }
    }
}
