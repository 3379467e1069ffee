import EnvironmentInventory
import SourceDocuments
import Testing

@testable import DockerfileSyntax

/// Where ARG and ENV hold (https://docs.docker.com/reference/dockerfile/#arg, #env, #environment-replacement,
/// https://docs.docker.com/build/building/variables/#scoping, `dispatchArg` of BuildKit).
struct VariableScopeTests {
    /// A file, build arguments, and the words after `echo` of each RUN; `?` for what is not known.
    private static let echoesCases: [(file: String, given: [String: String], words: [String])] = [
        // "An ENV instruction always overrides an ARG instruction of the same name."
        ("ARG V\nENV V=v1.0.0\nRUN echo $V", ["V": "v2.0.1"], ["v1.0.0"]),
        ("ARG V\nENV V=${V:-v1.0.0}\nRUN echo $V", ["V": "v2.0.1"], ["v2.0.1"]),
        ("ARG V\nENV V=${V:-v1.0.0}\nRUN echo $V", [:], ["v1.0.0"]),
        // "An ARG variable comes into effect from the line on which it is declared."
        ("RUN echo ${user:-some_user}\nARG user\nRUN echo $user", ["user": "what_user"], ["some_user", "what_user"]),
        ("ARG a=1\nRUN echo $a\nARG a=2\nRUN echo $a", [:], ["1", "2"]),
        ("ARG a=1\nRUN echo $a\nARG a=2\nRUN echo $a", ["a": "3"], ["3", "3"]),
        ("ARG a=1\nARG a\nRUN echo $a", [:], ["1"]),
        // "Environment variable substitution uses the same value for each variable throughout the entire instruction."
        ("ENV abc=hello\nENV abc=bye def=$abc\nENV ghi=$abc\nRUN echo $def $ghi", [:], ["hello bye"]),
        ("ENV a=1 b=$a\nRUN echo ${b:-none}", [:], ["?"]),
        ("ARG a=1 b=$a\nRUN echo $b", [:], ["1"]),
        // Quotes and escapes.
        (
            "ENV MY_NAME=\"John Doe\" MY_DOG=Rex\\ The\\ Dog \\\n MY_CAT=fluffy\nRUN echo \"$MY_NAME\" \"$MY_DOG\" $MY_CAT",
            [:], ["John Doe|Rex The Dog|fluffy"]
        ),
        ("ENV ONE TWO= THREE=world\nRUN echo \"$ONE\"", [:], ["TWO= THREE=world"]),
        ("ENV a='$b' b=\"\\$c\"\nRUN echo \"$a\" \"$b\"", [:], ["$b|$c"]),
        ("ENV FOO=/bar\nENV A=\\$FOO B=\\${FOO} C=$FOO\nRUN echo $A $B $C", [:], ["$FOO|${FOO}|/bar"]),
        // A default uses what was declared before it.
        ("ARG base=3\nARG full=${base}.11\nRUN echo $full", [:], ["3.11"]),
        ("ARG base=3\nARG full=${base}.11\nRUN echo $full", ["base": "2"], ["2.11"]),
        ("ARG full=${base}.11\nARG base=3\nRUN echo $full", [:], ["?"]),
        // A variable of the shell wins for the rest of its script only.
        ("ARG a=1\nRUN a=2; echo $a\nRUN echo $a", [:], ["2", "1"]),
        ("ENV a=1\nRUN export a=2 && echo $a\nRUN echo $a", [:], ["2", "1"]),
        // What nobody sets is not known: the base image may.
        ("RUN echo $PATH", [:], ["?"]),
        ("RUN echo ${UNKNOWN_VERSION}", ["UNKNOWN_VERSION": "1"], ["?"]),
    ]

    private static func echoes(_ text: String, _ options: DockerfileOptions) -> [String] {
        model(text, options).runs.compactMap { run in
            run.commands.last { $0.name == "echo" }.map { $0.argv.dropFirst().map { $0 ?? "?" }.joined(separator: "|") }
        }
    }

    @Test("a RUN sees what is set before it in its stage", arguments: echoesCases.indices)
    func stage(index: Int) {
        let (file, given, words) = Self.echoesCases[index]
        var options = DockerfileOptions()
        options.buildArguments = given
        let expected = words.map { $0.contains("|") ? $0 : $0.replacing(" ", with: "|") }
        let found = Self.echoes("FROM a:1\n" + file, options)
        #expect(found == expected || found == words, "\(file)")
    }

    private static let stages: [(file: String, given: [String: String], words: [String])] = [
        // "An ARG declared before a FROM is outside of a build stage."
        ("ARG V=1\nFROM a:1\nRUN echo ${V:-none}", [:], ["none"]),
        ("ARG V=1\nFROM a:1\nARG V\nRUN echo $V", [:], ["1"]),
        ("ARG V=1\nFROM a:1\nARG V\nRUN echo $V", ["V": "2"], ["2"]),
        ("ARG V=1\nFROM a:1\nARG V=3\nRUN echo $V", [:], ["3"]),
        ("ARG V\nFROM a:1\nARG V\nRUN echo $V", [:], ["?"]),
        // Each stage has its own, and inherits what its base has.
        ("FROM a:1 AS one\nARG V=1\nRUN echo $V\nFROM a:1\nRUN echo ${V:-none}", [:], ["1", "none"]),
        ("FROM a:1 AS one\nARG V=1\nENV W=2\nFROM one\nRUN echo $V $W", [:], ["1|2"]),
        ("FROM a:1 AS one\nENV W=1\nFROM one AS two\nENV W=2\nFROM one\nRUN echo $W", [:], ["1"]),
        ("FROM a:1 AS One\nENV W=1\nFROM oNE\nRUN echo $W", [:], ["1"]),
        ("FROM a:1 AS one\nENV W=1\nFROM two\nRUN echo $W", [:], ["?"]),
        // ONBUILD runs in another build.
        ("FROM a:1\nONBUILD ENV W=1\nRUN echo ${W:-none}", [:], ["none"]),
    ]

    @Test("a stage has its own variables and those of its base", arguments: stages.indices)
    func acrossStages(index: Int) {
        let (file, given, words) = Self.stages[index]
        var options = DockerfileOptions()
        options.buildArguments = given
        #expect(Self.echoes(file, options) == words, "\(file)")
    }

    private static let platformsCases: [(word: String, amd64: String?, armV7: String?)] = [
        ("$TARGETPLATFORM", "linux/amd64", "linux/arm/v7"),
        ("$TARGETOS", "linux", "linux"),
        ("$TARGETARCH", "amd64", "arm"),
        ("x$TARGETVARIANT", "x", "xv7"),
        ("$BUILDPLATFORM", nil, nil),
        ("${TARGETARCH}${TARGETVARIANT:+-$TARGETVARIANT}", "amd64", "arm-v7"),
    ]

    @Test("platform arguments are there for FROM, and in a stage that asks for them", arguments: platformsCases)
    func platforms(word: String, amd64: String?, armV7: String?) throws {
        for (platform, expected) in [
            (Platform(os: "linux", architecture: "amd64"), amd64),
            (Platform(os: "linux", architecture: "arm", variant: "v7"), armV7),
        ] {
            var options = DockerfileOptions()
            options.targetPlatform = platform
            let asked = model(
                "FROM a:1\nARG TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT BUILDPLATFORM\nRUN echo \(word)",
                options)
            #expect(asked.runs.first?.commands.first?.argv.last == .some(expected), "\(word)")
            let unasked = model("FROM a:1\nRUN echo x\(word)", options)
            #expect(unasked.runs.first?.commands.first?.argv.last == .some(nil), "\(word)")
            let base = model("FROM img:\(word)", options).images.first
            if let expected, !expected.contains("/") {
                #expect(base?.text == "img:\(expected)")
            } else {
                #expect(base?.reference == nil)
            }
        }
    }

    private static let directoriesCases: [(file: String, directory: String?)] = [
        ("WORKDIR /a\nWORKDIR b\nWORKDIR c", "/a/b/c"),
        ("ENV DIRPATH=/path\nWORKDIR $DIRPATH/x", "/path/x"),
        ("ENV DIRPATH=/path\nWORKDIR $DIRPATH/$DIRNAME", nil),
        ("WORKDIR /a/../b/./c//d/", "/b/c/d"),
        ("WORKDIR ../../x", "/x"),
        ("WORKDIR /a\nWORKDIR /b", "/b"),
        ("WORKDIR /a\nRUN cd /b", "/a"),
        ("WORKDIR \"/a b\"", "/a b"),
        ("", "/"),
    ]

    @Test("WORKDIR is relative to the one before", arguments: directoriesCases)
    func directories(file: String, directory: String?) {
        let own = model("FROM a:1\n\(file)\nRUN last")
        #expect(own.runs.last?.workingDirectory == directory)
        let child = model("FROM a:1 AS base\n\(file)\nFROM base\nRUN last")
        #expect(child.runs.last?.workingDirectory == directory)
    }

    private static let usersCases: [(file: String, user: String?)] = [
        ("", ""), ("USER app", "app"), ("USER 1000:1000", "1000:1000"), ("ARG U=x\nUSER $U", "x"),
        ("ARG U\nUSER $U", nil),
        ("USER ${U:-some}", "some"), ("USER a\nUSER b", "b"), ("ONBUILD USER a", ""),
    ]

    @Test("USER holds for what follows", arguments: usersCases)
    func users(file: String, user: String?) {
        #expect(model("FROM a:1\n\(file)\nRUN last").runs.last?.user == user)
    }

    private static let basesCases: [(file: String, base: String, isKnown: Bool)] = [
        ("ARG V=3.11\nFROM python:$V", "python:3.11", true),
        ("ARG R=reg.example V=3\nFROM ${R}/python:${V}-slim", "reg.example/python:3-slim", true),
        ("ARG V=${W:-3}\nFROM python:$V", "python:3", true),
        ("ARG W=3\nARG V=$W.11\nFROM python:$V", "python:3.11", true),
        ("FROM python:$V\nARG V=3", "python:$V", false),
        ("FROM a:1\nARG V=3\nFROM python:$V", "python:$V", false),
        ("FROM a:1\nENV V=3\nFROM python:$V", "python:$V", false),
        ("ARG V=\"3.11\"\nFROM \"python:$V\"", "python:3.11", true),
        ("ARG V=3-slim\nFROM python:${V%-*}", "python:3", true),
    ]

    @Test("FROM sees what is declared before the first FROM", arguments: basesCases)
    func bases(file: String, base: String, isKnown: Bool) {
        let image = model(file).images.last
        #expect(image?.text == base)
        #expect(image?.isKnown == isKnown)
    }
}
