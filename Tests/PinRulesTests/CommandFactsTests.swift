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
            let own = lineage.numbers(from: stage).lowerBound
            #expect(bases.indices.filter { lineage.numbers(from: $0).contains(own) } == chain.sorted())
            #expect(!lineage.isStage(stage, from: nil) && !lineage.isStage(nil, from: stage))
        }
        #expect(Set(bases.indices.map { lineage.numbers(from: $0).lowerBound }) == Set(bases.indices))
        #expect(lineage.isStage(nil, from: nil))
    }

    private static func subjects(_ body: String) -> [String] {
        check("Dockerfile", "FROM python:3.11.9\n" + body + "\n", beside: ["r.txt": "a==1\n"], require: .exact).findings
            .map { "\($0.rule) \($0.subject ?? ""): \($0.message)" }.filter { !$0.hasPrefix("floating-image") }
    }

    @Test(
        "a check names files whole",
        arguments: [
            ("0123  a.tgz", ["0123", "a.tgz"]), ("0123 *./b/a.tgz", ["0123", "a.tgz"]),
            ("SHA256 (b/a.tgz) = 0123", ["SHA256", "a.tgz", "0123"]),
            ("0123  my file", ["0123", "my", "file", "my file"]),
            ("0123  a\\n4567  b\\n", ["0123", "a", "4567", "b"]), ("0123  a\n4567  b", ["0123", "a", "4567", "b"]),
            ("", []), (" / // \\", ["\\"]), ("\\n\\n", []),
        ])
    func namesInChecks(_ text: String, _ names: [String]) {
        let found = NamedFiles.names(inCheck: text)
        #expect(Set(names).isSubset(of: found), "\(found)")
        #expect(found.allSatisfy { !$0.contains("/") && !$0.isEmpty })
        #expect(!found.contains("tgz") && !found.contains("ile"))
    }

    @Test("a check of one file says nothing of a file whose name is a part of it")
    func namesInsideOfNames() {
        let hash = String(repeating: "a", count: 64)
        for (file, isChecked) in [
            ("a", false), ("tool", false), ("tool.tgz", true), ("x-tool.tgz", false), ("$N", true),
        ] {
            let found = Self.subjects(
                "RUN curl -o \(file) https://index.example/\(file) && echo '\(hash)  /t/tool.tgz' | sha256sum -c -")
            #expect(found.isEmpty == isChecked, "\(file): \(found)")
        }
    }

    @Test("a script that is fetched is the download's to report, one of a longer name is not")
    func fetchedScripts() {
        for (fetch, isFetched) in [
            ("curl -O https://index.example/s.sh", true), ("curl -os.sh https://index.example/x", true),
            ("wget --output-document=s.sh https://index.example/x", true),
            ("curl -O https://index.example/other-s.sh", false),
        ] {
            for body in ["RUN \(fetch)\nRUN cp -r x /w && sh s.sh", "RUN \(fetch) && sh s.sh"] {
                let found = Self.subjects("COPY . /w\nWORKDIR /w\n" + body).filter {
                    $0.contains("s.sh is not checked")
                }
                #expect(found.isEmpty == isFetched, "\(body): \(found)")
            }
        }
    }

    @Test("bundles are frozen by an earlier command, step or caller")
    func frozenBundles() {
        let freeze = "bundle config set frozen true"
        func isFrozen(_ body: String) -> Bool {
            let script = "#!/bin/sh\nbundle install\n"
            let result = check(
                "Dockerfile", "FROM ruby:3@sha256:\(String(repeating: "a", count: 64))\nCOPY i.sh /\n\(body)\n",
                beside: ["i.sh": script])
            return !result.findings.contains { $0.rule == "floating-gem" }
        }
        #expect(isFrozen("RUN \(freeze) && bundle install"))
        #expect(isFrozen("RUN \(freeze)\nRUN true && bundle install"))
        #expect(isFrozen("RUN \(freeze) && sh /i.sh"))
        #expect(isFrozen("RUN \(freeze)\nRUN sh /i.sh"))
        #expect(!isFrozen("RUN bundle install && \(freeze)"))
        #expect(!isFrozen("RUN sh /i.sh && \(freeze)"))
        #expect(!isFrozen("RUN bundle install\nRUN \(freeze)"))
        #expect(!isFrozen("RUN true" + " && sh /i.sh"))
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
