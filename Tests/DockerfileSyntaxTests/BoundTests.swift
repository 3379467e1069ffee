import SourceDocuments
import Testing

@testable import DockerfileSyntax

/// What variables, functions and wrappers make of a script is bounded, however short the script is.
@Suite(.timeLimit(.minutes(5))) struct BoundTests {
    private static func model(_ text: String) -> DockerfileModel {
        DockerfileModel(Dockerfile.parse(SourceText(name: "Dockerfile", bytes: Array(text.utf8))))
    }

    private static func run(_ script: String) throws -> RunStep {
        try #require(model("FROM scratch\nRUN \(script)\n").runs.first)
    }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test("arguments and arrays that double are not known any more")
    func doubledLists() throws {
        for script in [
            "set -- a b" + Self.repeated("; set -- \"$@\" \"$@\"", 40) + "; pip install \"$@\"",
            "set -- a b" + Self.repeated(" && set -- $@ $@", 40) + " && pip install $@",
            "a=(x y)" + Self.repeated("; a+=(\"${a[@]}\" \"${a[@]}\")", 40) + "; pip install \"${a[@]}\"",
            "a=(x y)" + Self.repeated("; a=(${a[@]} ${a[@]})", 40) + "; pip install ${a[@]}",
            "x=a" + Self.repeated("; x=\"$x$x\"", 40) + "; pip install \"$x\"",
            "f() { set -- \"$@\" \"$@\"; }; set -- a b" + Self.repeated("; set -- \"$@\" \"$@\"; f \"$@\"", 30)
                + "; pip install \"$@\"",
        ] {
            let last = try #require(try Self.run(script).commands.last)
            #expect(last.words.first?.text == "pip" && last.words.count == 3, "\(script.prefix(60))")
            #expect(last.words.last?.text == nil, "\(script.prefix(60))")
        }
    }

    @Test("a working directory that grows beyond a path is named, and not known from there on")
    func longDirectories() throws {
        let name = Self.repeated("a", 1000)
        let grown = Self.model("FROM a:1\n" + Self.repeated("WORKDIR \(name)\n", 6) + "RUN x\nWORKDIR /b\nRUN y\n")
        #expect(grown.problems.map(\.reason) == [ContainerPath.tooLong])
        #expect(grown.runs.map(\.workingDirectory) == [nil, "/b"])
        let script = Self.repeated("cd \(name) && ", 6) + "x; cd /b; y"
        let changed = Self.model("FROM a:1\nRUN \(script)\n")
        #expect(changed.problems.map(\.reason) == ["shell: " + ContainerPath.tooLong])
        #expect(changed.gaps.map(\.reason) == [ContainerPath.tooLong])
        #expect(changed.runs[0].commands[3].workingDirectory?.utf8.count == 3003)
        #expect(changed.runs[0].commands.suffix(3).map(\.workingDirectory) == [nil, nil, "/b"])
    }

    @Test("arguments that are few are known")
    func fewArguments() throws {
        let last = try #require(try Self.run("set -- a b; set -- \"$@\" \"$@\"; pip install \"$@\"").commands.last)
        #expect(last.words.map(\.text) == ["pip", "install", "a", "b", "a", "b"])
    }

    @Test(
        "once the words take too much memory, the rest is a gap",
        arguments: [
            // Sixteen doublings make 64 kB.
            "x=a" + repeated("; x=\"$x$x\"", 16) + repeated("; echo \"$x\"", 2000),
            "set -- " + repeated("a ", 4000) + repeated("; echo \"$@\"", 5000),
            "x=\"true " + repeated("a ", 20_000) + "\"" + repeated("; eval \"$x\"", 3000),
            "f() { echo " + repeated("a ", 4000) + "\"$1\"; }; set -- " + repeated("a ", 1000)
                + repeated("; f \"$@\"", 4000),
            "x=a" + repeated("; x=\"$x$x\"", 16) + (0..<4000).map { "; y\($0)=$x" }.joined(),
        ])
    func tooMuch(script: String) throws {
        let step = try Self.run(script)
        #expect(step.gaps.count { $0.kind == .limit } == 1, "\(script.prefix(60)): \(step.gaps.map(\.reason))")
    }

    @Test("the limit is that of the file, not of an instruction")
    func manyInstructions() {
        let run = "RUN x=a" + Self.repeated("; x=\"$x$x\"", 16) + Self.repeated("; echo \"$x\"", 100) + "\n"
        let model = Self.model("FROM scratch\n" + Self.repeated(run, 100))
        #expect(model.runs.contains { $0.gaps.contains { $0.kind == .limit } })
        #expect(model.runs.first?.gaps.isEmpty == true)
    }

    @Test("what comes behind the limit is a problem of the file, which check does not let pass")
    func problems() {
        let many = "RUN true" + Self.repeated("; \\\n    true", 50_001) + "; pip install a\n"
        let long =
            "RUN x=a" + Self.repeated("; x=\"$x$x\"", 16) + Self.repeated("; echo \"$x\"", 1500)
            + "; pip install a\n"
        for script in [many, long] {
            let model = Self.model("FROM scratch\n" + script)
            #expect(model.problems.count == 1, "\(script.prefix(20)): \(model.problems.count)")
            #expect(model.problems.first?.reason.contains("than is read") == true)
        }
        #expect(Self.model("FROM scratch\nRUN true" + Self.repeated("; true", 100) + "\n").problems.isEmpty)
    }

    @Test("one word of many variables is not known")
    func longWord() throws {
        for word in ["$x", "${x}", "\"$x\"", "${y:-$x}"] {
            let script = "x=a" + Self.repeated("; x=\"$x$x\"", 16) + "; echo " + Self.repeated(word, 4000)
            let last = try #require(try Self.run(script).commands.last)
            #expect(last.words.count == 2 && last.words[1].text == nil, "\(word)")
        }
    }

    @Test(
        "the start of a container is followed within the same bounds",
        arguments: [
            "x=a" + repeated("\nx=\"$x$x\"", 40) + "\nexec a \"$x\"\n",
            "set -- a b" + repeated("\nset -- \"$@\" \"$@\"", 40) + "\nexec a \"$@\"\n",
            "x=a" + repeated("\nx=\"$x$x\"", 16) + (0..<4000).map { "\ny\($0)=\"$x\"" }.joined() + "\nexec a\n",
        ])
    func starts(script: String) {
        var simulation = ShellSimulation(host: EmptyHost(), environment: ["PATH": "/bin"], directory: "/")
        simulation.run(Array(script.utf8), name: "start.sh", arguments: ["start.sh"])
        #expect(!simulation.gaps.isEmpty && simulation.processes.allSatisfy { $0.words.count <= 2 })
    }

    @Test("many stages are found by their names")
    func manyStages() throws {
        let text = (0..<10_000).map { "FROM \($0 == 0 ? "a:1" : "S\($0 - 1)") AS s\($0)\n" }.joined()
        let model = Self.model(text + "FROM s5000\nFROM b$X\nCOPY --from=9999 /a /b\n")
        #expect(model.images.map(\.text) == ["a:1", "b$X"])
        #expect(model.stages[9999].base == .stage(9998) && model.stages[10_000].base == .stage(5000))
        #expect(model.problems.isEmpty, "\(model.problems)")
    }

    @Test("each of many commands knows the variables before it")
    func manyVariables() throws {
        let script = (0..<10_000).map { "a\($0)=\($0)" }.joined(separator: "; ") + "; true"
        let commands = try Self.run(script).commands
        #expect(commands.count == 10_001)
        let last = try #require(commands.last)
        #expect(last.variables["a0"] == .known("0") && last.variables["a9999"] == .known("9999"))
        #expect(commands[5000].variables["a4999"] == .known("4999") && commands[5000].variables["a5000"] == .undeclared)
    }

    @Test("the later of two values of a variable counts, and a copy stays as it was")
    func scriptVariables() {
        let outer: ScriptVariables = ["a": "1", "b": nil]
        let unknown: String?? = .some(nil)
        var inner = outer.merging(["a": "2", "c": nil])
        inner["d"] = "3"
        inner["b"] = nil
        #expect(outer["a"] == "1" && outer["b"] == unknown && outer["c"] == nil && outer["d"] == nil)
        #expect(inner["a"] == "2" && inner["b"] == nil && inner["c"] == unknown && inner["d"] == "3")
    }

    @Test("a map behaves as a dictionary does, and its copies stay as they were", arguments: [1, 2, 3])
    func map(seed: UInt64) {
        var state = seed
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        var map = SharedMap<Int>()
        var table: [String: Int] = [:]
        var kept: [(SharedMap<Int>, [String: Int])] = []
        for step in 0..<3000 {
            let key = "k\(next(200))"
            let value = next(3) == 0 ? nil : next(5)
            map[key] = value
            table[key] = value
            #expect(map[key] == value)
            if step % 100 == 0 { kept.append((map, table)) }
        }
        #expect(map.keys == table.keys.sorted())
        for (old, wanted) in kept {
            #expect(
                old.compactMap { "\($0) \($1)" } == wanted.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
            let differing = Set(wanted.keys).union(table.keys).filter { wanted[$0] != table[$0] }
            #expect(old.differingKeys(map) == differing && map.differingKeys(old) == differing)
        }
        #expect(map["nothing"] == nil && map.differingKeys(map).isEmpty)
    }
}

/// A host without any file.
struct EmptyHost: ShellHost {
    let userID: Int? = 0
    func contents(of path: String) -> [UInt8]? { nil }
    func kind(of path: String) -> ShellHostEntry? { nil }
    func realPath(of path: String) -> String? { nil }
    func names(in directory: String) -> [String]? { nil }
}
