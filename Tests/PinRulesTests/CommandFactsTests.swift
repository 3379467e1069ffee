import DockerfileSyntax
import Testing

@testable import PinRules

/// What is found once for all commands says what a search for each of them would say.
struct CommandFactsTests {
    @Test("a stage is below those that it builds on, directly or not", arguments: [1, 2, 3])
    func lineage(seed: UInt64) {
        var state = seed
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let bases: [Int?] = (0..<40).map { $0 > 0 && next(4) > 0 ? next($0) : nil }
        let lineage = StageLineage(bases: bases)
        for stage in bases.indices {
            var chain: Set<Int> = [stage]
            var here = stage
            while let base = bases[here] {
                chain.insert(base)
                here = base
            }
            #expect(bases.indices.filter { lineage.isStage(stage, from: $0) } == chain.sorted())
            for base in chain { #expect(lineage.stages(from: base).contains(stage)) }
            #expect(!lineage.isStage(stage, from: nil) && !lineage.isStage(nil, from: stage))
        }
        #expect(bases.indices.map { lineage.stages(from: $0).count }.reduce(0, +) >= bases.count)
        #expect(lineage.isStage(nil, from: nil))
    }

    private static func subjects(_ body: String) -> [String] {
        check("Dockerfile", "FROM python:3.11.9\n" + body + "\n", beside: ["r.txt": "a==1\n"], require: .exact).findings
            .map { "\($0.rule) \($0.subject ?? ""): \($0.message)" }.filter { !$0.hasPrefix("floating-image") }
    }

    @Test("the last command that changes a file before it is installed from is named, by its path or by a pattern")
    func edits() {
        let start = "COPY r.txt q.txt /w/\nWORKDIR /w\n"
        for (commands, line) in [
            ("sed -i s/a/b/ r.txt && cp x r.txt && tee q.txt", "cp x r.txt"),
            ("cp x r.txt && sed -i s/a/b/ *.txt", "sed -i s/a/b/"),
            ("sed -i s/a/b/ *.txt && echo b >> r.txt", "echo b"),
            ("cp x r.txt && sed -n s/a/b/ r.txt && tee q.txt", "cp x r.txt"),
        ] {
            for separator in [" && ", "\nRUN "] {
                let found = Self.subjects(start + "RUN \(commands)\(separator)pip install -r r.txt && cp y r.txt")
                #expect(found.contains { $0.contains("the build: \(line)") }, "\(commands) \(found)")
            }
        }
        #expect(
            !Self.subjects(start + "RUN pip install -r r.txt && cp y r.txt").contains { $0.contains("the build: ") })
    }

    @Test("a clone has the first checkout behind it in its folder, of the same step or a later one")
    func checkouts() {
        let commit = String(repeating: "a", count: 40)
        func isFloating(_ body: String) -> Bool {
            Self.subjects("RUN git clone https://x.example/y /d" + body).contains { $0.hasPrefix("floating-git") }
        }
        for body in [
            " && cd /d && git checkout \(commit)",
            "\nWORKDIR /e\nRUN git fetch\nWORKDIR /d\nRUN git checkout \(commit)",
            " && git -C /e checkout main && git -C /d checkout . && git -C /d checkout \(commit) && git -C /d checkout main",
            " && git -C $X checkout \(commit)",
        ] { #expect(!isFloating(body), "\(body)") }
        for body in [
            "", " && cd /e && git checkout \(commit)", " && git -C /d checkout main\nRUN git -C /d checkout \(commit)",
            " && git clone https://x.example/z /z && git -C $X checkout \(commit)",
            "\nRUN git -C $X checkout \(commit)",
        ] { #expect(isFloating(body), "\(body)") }
    }
}
