import DockerfileSyntax
import SourceDocuments
import TestSupport
import Testing

@testable import PinRules

/// Makefiles: the variables, the rules, and which recipes a target runs.
struct MakefileTests {
    private static func makefile(_ text: String) -> Makefile { Makefile(SourceText(name: "Makefile", text: text)) }

    private static func lines(_ text: String, _ targets: String...) -> [String] {
        makefile(text).recipes(of: targets).recipes.flatMap { recipe in
            recipe.string.split(separator: "\n").map(String.init)
        }
    }

    @Test(
        "assignments",
        arguments: [
            ("A = 1", "A=1"), ("A := 1", "A=1"), ("A ?= 1", "A=1"), ("A += 1", "A=1"), ("A ::= 1", "A=1"),
            ("export A = 1", "A=1"),
            ("A=", "A="), ("A = b = c", "A=b = c"), ("A = 1 # c", "A=1 "), ("A.B = 1", ""), ("$(A) = 1", ""),
            ("# A = 1", ""),
            (" A = 1", ""), ("a: b", ""), ("\tA = 1", ""), ("A = $(B)", "A=$(B)"),
        ])
    func assignments(_ line: String, _ wanted: String) {
        let found = Self.makefile(line).variables.map { "\($0.0)=\($0.1)" }
        #expect(found == (wanted.isEmpty ? [] : [wanted]), "\(line)")
    }

    @Test(
        "the lines of a recipe as a shell gets them",
        arguments: [
            ("\techo a", "echo a"), ("\t@echo a", "echo a"), ("\t-rm x", "rm x"), ("\t@-rm x", "rm x"),
            ("\t  echo a", "echo a"),
            ("\techo $(A)", "echo ${A}"), ("\techo ${A}", "echo ${A}"), ("\techo $$A $$$$", "echo $A $$"),
            ("\techo $(call f,x)", "echo $(call f,x)"),
            ("\techo $(", "echo $("), ("\techo $", "echo $"), ("\techo $(A", "echo $(A"), ("\techo $()", "echo ${}"),
        ])
    func recipeLines(_ line: String, _ wanted: String) {
        #expect(Self.lines("t:\n\(line)\n", "t") == [wanted])
    }

    @Test("each place of a recipe is that of the file")
    func places() throws {
        let text = "A = x\nt:\n\t@echo $(A) b\n"
        let recipe = try #require(Self.makefile(text).recipes(of: ["t"]).recipes.first)
        #expect(recipe.string == "echo ${A} b\n")
        #expect(recipe.fileRange(0..<4) == 11..<15)
        #expect(recipe.fileRange(5..<9) == 16..<20)
        #expect(recipe.fileRange(10..<11) == 21..<22)
    }

    @Test("prerequisites come first, each target once, without a target that of the first rule")
    func order() {
        let text =
            ".PHONY: all\nall: b a | c\n\techo all\na: c\n\techo a\nb:: c\n\techo b\nc d: e\n\techo cd\nall: f\nf:\n\techo f\n"
        #expect(Self.lines(text) == ["echo cd", "echo b", "echo a", "echo f", "echo all"])
        #expect(Self.lines(text, "a") == ["echo cd", "echo a"])
        #expect(Self.lines(text, "d", "a") == ["echo cd", "echo cd", "echo a"])
        #expect(Self.makefile(text).recipes(of: ["x", "f", "y"]).unread == ["x", "y"])
        #expect(Self.lines("a: b\n\techo a\nb: a\n\techo b\n", "a") == ["echo b", "echo a"])
    }

    @Test("variables stand for their values in what is made, needed and included")
    func values() {
        let text = """
            T = a
            D = b $(E)
            E := c
            D += d
            $(T): $(D) | ${F}
            \techo a
            F = f
            b c d f:
            \techo $$@
            all: $(wildcard *.x) y.o
            \techo all
            %.o: %.c
            \techo o
            $(call names):
            \techo open
            $(A:.c=.o): never
            \techo substituted
            """
        #expect(Self.lines(text) == ["echo $@", "echo $@", "echo $@", "echo $@", "echo a"])
        #expect(Self.lines("a(b: c\n\techo b\nc:\n\techo c\n$(info x: y)\n", "a(b") == ["echo c", "echo b"])
        // What has no value may be made by any pattern, and by any rule whose target has none.
        #expect(Self.lines(text, "all") == ["echo o", "echo open", "echo substituted", "echo all"])
        #expect(Self.lines(text, "x.o") == ["echo o", "echo open", "echo substituted"])
        #expect(Self.makefile("a: b\n%.o: c\n").recipes(of: ["x"]).unread == ["x"])
        #expect(Self.makefile("X = $(X)\n$(X): $(X)\n").recipes(of: ["x"]).unread == [])
        let doubled = "A0 = aaaaaaaa\n" + (1...30).map { "A\($0) = $(A\($0 - 1))$(A\($0 - 1))\n" }.joined()
        #expect(Self.makefile(doubled + "t: $(A30) $(A6)\n").recipes(of: ["t"]).unread == [])
    }

    @Test("patterns beyond those that are tried are said of what none of the others makes")
    func manyPatterns() {
        let patterns = (0..<300).map { "%.o\($0): x\n\techo \($0)\n" }.joined()
        let found = Self.makefile("all: a.o299 b\n\techo all\nb:\n\techo b\n" + patterns).recipes(of: ["all"])
        #expect(found.unread == ["a.o299"])
        #expect(Self.makefile("all: a.o2\n" + patterns.prefix(1000)).recipes(of: ["all"]).unread.isEmpty)
    }

    @Test("a Makefile that calls make reads what it makes")
    func calls() {
        let makefile = "X = more\ninclude $(X).mk\nall:\n\t$(MAKE) -C sub\n\t${MAKE} -f third.mk\n"
        let found = check(
            "Dockerfile", "FROM python:3.11.9\nCOPY . .\nRUN make all included\n",
            beside: [
                "Makefile": makefile, "more.mk": "included:\n\tpip install a\n",
                "sub/Makefile": "b:\n\tpip install b\n", "third.mk": "c:\n\tpip install c\n",
            ], require: .exact)
        #expect(Set(found.findings.compactMap(\.subject)) == ["a", "b", "c"])
    }

    @Test("what is nested or numbered beyond the limits is said")
    func limits() {
        let deep = (0..<40).map { "t\($0): t\($0 + 1)\n" }.joined()
        #expect(Self.makefile(deep).recipes(of: ["t0"]).unread == ["t16"])
        let wide = "t: " + (0..<100).map { "a\($0)" }.joined(separator: " ") + "\n"
        #expect(Self.makefile(wide).recipes(of: ["t"]).unread.count == 37)
    }

    @Test("an include that has to be there and is not read has a name")
    func unreadIncludes() {
        func subjects(_ makefile: String, _ more: [String: String] = [:]) -> [String] {
            check(
                "Dockerfile", "FROM python:3.11.9\nCOPY . .\nRUN make t\n",
                beside: more.merging(["Makefile": makefile]) { $1 },
                require: .exact
            ).findings.filter { $0.rule == "unread-command" }.compactMap(\.subject)
        }
        let rule = "t:\n\techo\n"
        #expect(subjects("include gone.mk\n" + rule) == ["include gone.mk"])
        #expect(subjects("-include gone.mk\nsinclude gone.mk\n" + rule).isEmpty)
        #expect(subjects("include a.mk\n" + rule, ["a.mk": "B = 1\n"]).isEmpty)
        #expect(subjects("include a.mk\n" + rule, ["a.mk": "include a.mk b.mk\n"]) == ["include b.mk"])
        let many = (0..<66).map { "include \($0).mk\n" }.joined()
        let files = Dictionary(uniqueKeysWithValues: (0..<66).map { ("\($0).mk", "A = 1\n") })
        #expect(subjects(many + rule, files) == ["include 64.mk", "include 65.mk"])
    }

    /// A Makefile without variables in its recipes, in which no target needs itself.
    private static func random(_ random: inout SeededGenerator) -> (text: String, targets: [String]) {
        let count = random.next(2...7)
        var text = [".PHONY: " + (0..<count).map { "t\($0)" }.joined(separator: " ")]
        for target in 0..<count {
            let needed = (0..<random.next(0...2)).map { _ in "t\(random.next(target...count))" }
                .filter { $0 != "t\(target)" && $0 != "t\(count)" }
            if random.next(0...3) == 0 { text.append(["# comment", "", "V = 1", "V ?= 2 # c"][random.next(0...3)]) }
            text.append("t\(target):\(random.next(0...1) == 0 ? " " : "")\(needed.joined(separator: " "))")
            for line in 0..<random.next(0...2) {
                text.append("\t\(["", "@", "-", "@-", "  "][random.next(0...4)])echo \(target) \(line)")
            }
            if random.next(0...4) == 0, target + 1 < count {
                text.append("t\(target): t\(random.next(target + 1...count - 1))")
            }
        }
        let targets = (0..<random.next(0...2)).map { _ in "t\(random.next(0...count - 1))" }
        return (text.joined(separator: "\n") + "\n", targets)
    }

    @Test("the recipes are those that make itself would run", .enabled(if: hasProgram("make")))
    func asMake() throws {
        var generator = SeededGenerator(seed: 20_261_129)
        let folder = TemporaryDirectory()
        var cases: [(text: String, targets: [String])] = []
        var script = "cd '\(folder.path)'\n"
        for index in 0..<fuzzRounds(60) {
            let made = Self.random(&generator)
            cases.append(made)
            folder.write("\(index).mk", Array(made.text.utf8))
            script +=
                "make -n --no-print-directory -f \(index).mk \(made.targets.joined(separator: " ")) > \(index).out 2> /dev/null\n"
        }
        shell(script)
        for (index, (text, targets)) in cases.enumerated() {
            let output = String(decoding: folder.bytes(of: "\(index).out") ?? [], as: UTF8.self)
            let wanted = output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("echo") }
            let (recipes, unread) = Self.makefile(text).recipes(of: targets)
            let found = recipes.flatMap { $0.string.split(separator: "\n").map(String.init) }
            #expect(found.sorted() == wanted.sorted() && unread.isEmpty, "\(text) \(targets)")
        }
    }
}

extension Makefile {
    /// The recipes without the files that hold them.
    fileprivate func recipes(of targets: [String]) -> (recipes: [MappedText], unread: [String]) {
        let (steps, unread) = steps(of: targets)
        return (steps.map(\.recipe), unread)
    }
}
