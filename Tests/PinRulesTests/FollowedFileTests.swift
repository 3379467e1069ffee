import DockerfileSyntax
import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

@testable import PinRules

/// Files that several commands install from are checked once, and name all of their users.
struct FollowedFileTests {
    private static func reading(_ name: String, _ text: String, _ files: [String: String]) -> FileReading {
        let context = BuildContext { path in
            files[path].map { .text(SourceText(name: path, text: $0)) } ?? .missing
        }
        return DockerfileCheck.read(
            Dockerfile.parse(SourceText(name: name, text: text)), options: DockerfileOptions(), context: context)
    }

    /// Checks several Dockerfiles of one context.
    private static func check(
        _ dockerfiles: [(String, String)], _ files: [String: String], require: PinStrength = .exact
    ) -> [Finding] {
        let readings = dockerfiles.map { reading($0.0, $0.1, files) }
        let followed = FollowedFile.grouped(readings.flatMap(\.followed))
        let findings = readings.map { $0.judged(require: require) } + followed.map { $0.check(require: require) }
        return FileFindings.deduplicated(findings.flatMap(\.findings))
    }

    private static let install = "FROM python:3.11.9\nCOPY . /app\nWORKDIR /app\n"

    @Test("a finding in a shared file is there once and names every user")
    func users() {
        let files = ["r.txt": "numpy\nsix==1.17.0\n"]
        let findings = Self.check(
            [
                ("b.Dockerfile", Self.install + "RUN pip install -r r.txt\n"),
                ("a.Dockerfile", Self.install + "RUN true\nRUN pip install -r r.txt && pip install -r ./r.txt\n"),
            ], files)
        #expect(findings.map(\.subject) == ["numpy"])
        #expect(
            findings.first?.usedBy == [.init(file: "a.Dockerfile", line: 5), .init(file: "b.Dockerfile", line: 4)])
        #expect(
            findings.first?.messageWithUsers.hasSuffix("(used by a.Dockerfile:5, b.Dockerfile:4)") ?? false)
    }

    @Test("a user whose constraints pin a line is not among the users that leave it open")
    func constraints() {
        let files = ["r.txt": "flask\nnumpy\n", "c.txt": "flask==3.0.3\n"]
        let constrained = ("a.Dockerfile", Self.install + "RUN pip install -r r.txt -c c.txt\n")
        let open = ("b.Dockerfile", Self.install + "RUN pip install -r r.txt\n")
        let both = Self.check([constrained, open], files)
        #expect(both.map(\.subject) == ["flask", "numpy"])
        #expect(both.map { $0.usedBy.map(\.file) } == [["b.Dockerfile"], ["a.Dockerfile", "b.Dockerfile"]])
        #expect(Self.check([constrained], files).map(\.subject) == ["numpy"])
        // What constraints pin has a version and no hash.
        #expect(
            Self.check([constrained], files, require: .hashed).filter { $0.subject == "flask" }.map(\.rule)
                == ["requirement-without-hash"])
    }

    @Test("constraints inside of a file pin its lines")
    func innerConstraints() {
        let files = ["r.txt": "-c c.txt\nflask\nnumpy\n", "c.txt": "flask==3.0.3\nnumpy>1\n"]
        let findings = Self.check([("Dockerfile", Self.install + "RUN pip install -r r.txt\n")], files)
        #expect(findings.filter { $0.severity == .error }.map(\.subject) == ["numpy"])
    }

    @Test(
        "constraints at a URL, or of an unknown path, are a warning and make the rest unknown",
        arguments: [
            "RUN pip install -r r.txt -c https://index.example/c.txt\n", "ARG C\nRUN pip install -r r.txt -c $C\n",
            "RUN pip install -c https://index.example/c.txt flask\n", "RUN pip install -r u.txt\n",
        ])
    func unknownConstraints(_ instructions: String) {
        let files = ["r.txt": "flask\n", "u.txt": "-c https://index.example/c.txt\nflask\n"]
        let findings = Self.check([("Dockerfile", Self.install + instructions)], files)
        #expect(findings.count >= 2)
        #expect(findings.allSatisfy { $0.severity == .warning && $0.rule == "unresolved-variable" }, "\(findings)")
        #expect(findings.allSatisfy { $0.strength == .unknown })
    }

    @Test("a file that was found by itself and is installed from is one file, as its users read it")
    func walkedAndFollowed() {
        let text = SourceText(name: "r.txt", text: "flask\n")
        let found = FollowedFile(text, context: .empty)
        let use = FollowedFile(
            text, form: .requirements, context: .empty,
            uses: [FileUse(.init(file: "Dockerfile", line: 2), constraints: .init(names: ["flask"]))])
        let grouped = FollowedFile.grouped([found, use, found])
        #expect(grouped.count == 1)
        #expect(grouped.first?.uses.count == 1)
        #expect(grouped.first?.check(require: .exact).findings.isEmpty ?? false)
        #expect(FollowedFile.grouped([found]).first?.check(require: .exact).findings.map(\.subject) == ["flask"])
    }

    /// Elsewhere than where its marker holds pip takes any version: pip 26.3 installs the newest `flask` on Python 3.11 with
    /// `flask==1 ; python_version < '3'`.
    @Test(arguments: [
        ("flask==1", "none"), ("flask==1 ; python_version >= '3.8'", "none"),
        ("flask==1 ; python_version < '3'", "floating"),
        ("flask==1 ; python_version < '3.12'\nflask==2 ; python_version >= '3.12'", "none"),
        ("flask==1 ; sys_platform == 'linux'", "unknown"), ("flask==1 ; python_version >= '3.11'", "unknown"),
    ])
    func constraintsWithMarkers(_ constraints: String, _ strength: String) {
        for requirements in ["-c c.txt\nflask\n", "flask\n"] {
            let command = requirements.hasPrefix("-c") ? "-r r.txt" : "-r r.txt -c c.txt"
            let files = ["r.txt": requirements, "c.txt": constraints + "\n"]
            let findings = Self.check(
                [("Dockerfile", "FROM python:3.11.9\nCOPY . .\nRUN pip install \(command)\n")], files)
            #expect(
                findings.map { $0.strength?.rawValue ?? "" } == (strength == "none" ? [] : [strength]), "\(findings)")
        }
        let files = ["c.txt": constraints + "\n"]
        let findings = Self.check(
            [("Dockerfile", "FROM python:3.11.9\nCOPY . .\nRUN pip install flask -c c.txt\n")], files)
        #expect(findings.map { $0.strength?.rawValue ?? "" } == (strength == "none" ? [] : [strength]), "\(findings)")
    }

    /// pip 26.3 takes the source of a constraint, and follows `-r` of a constraints file as if the command had it.
    @Test(
        "a constraint that gives a source, and what a constraints file installs, are told",
        arguments: [
            ("aa @ git+https://code.example/aa@main", "aa==1", ["aa==1"]),
            ("aa @ git+https://code.example/aa@main", "-r r.txt", ["aa==1"]),
            ("aa @ https://files.example/aa-1.tar.gz", "-r r.txt", []),
            ("-r more.txt", "aa==1", ["evil"]), ("-r more.txt", "-r r.txt", ["evil"]),
            ("aa==1", "-r r.txt", []), ("aa @ git+https://code.example/aa@main", "bb==1", []),
        ])
    func constraintsWithSources(_ constraints: String, _ installed: String, _ expected: [String]) {
        let files = ["c.txt": constraints + "\n", "r.txt": "aa==1\n", "more.txt": "evil\n"]
        let findings = Self.check(
            [("Dockerfile", "FROM python:3.11.9\nCOPY . .\nRUN pip install \(installed) -c c.txt\n")], files)
        #expect(findings.map { $0.subject ?? "" } == expected, "\(findings)")
    }

    @Test("a script that two Dockerfiles run names both")
    func scripts() {
        let files = ["i.sh": "#!/bin/sh\napt-get install -y git $1\n"]
        let findings = Self.check(
            [
                ("a.Dockerfile", Self.install + "RUN sh i.sh vim=2\n"),
                ("b.Dockerfile", Self.install + "RUN ./i.sh curl\n"),
            ], files)
        #expect(findings.map(\.subject) == ["git", "curl"])
        #expect(findings.map { $0.usedBy.map(\.file) } == [["a.Dockerfile", "b.Dockerfile"], ["b.Dockerfile"]])
    }

    @Test("files that one build installs together conflict, others do not")
    func conflicts() {
        let files = ["a.txt": "numpy==1.26.4\n", "b.txt": "numpy==2.0.0\n"]
        func conflicts(_ dockerfiles: [(String, String)]) -> [Finding] {
            let readings = dockerfiles.map { Self.reading($0.0, $0.1, files) }
            let followed = FollowedFile.grouped(readings.flatMap(\.followed))
            return PinConflicts.findings(between: followed, followed.map { $0.check(require: .exact) })
        }
        let together = conflicts([("Dockerfile", Self.install + "RUN pip install -r a.txt -r b.txt\n")])
        #expect(together.map(\.severity) == [.note])
        #expect(
            conflicts([
                ("a.Dockerfile", Self.install + "RUN pip install -r a.txt\n"),
                ("b.Dockerfile", Self.install + "RUN pip install -r b.txt\n"),
            ]).isEmpty)
    }

    @Test(
        "files conflict in a stage with those of the stages that it builds on",
        arguments: [
            ("FROM x AS a\n-a\nFROM a AS b\nFROM b AS c\n-b", 1), ("FROM x AS a\n-a\nFROM x AS b\n-b", 0),
            ("FROM x AS z\nFROM z AS a\n-a\nFROM z AS b\n-b", 0), ("FROM x AS a\n-b\nFROM a AS b\n-a", 1),
            ("FROM x AS z\n-c\nFROM z AS a\n-a\nFROM a AS d\n-c\nFROM z AS b\n-b", 0),
            ("FROM x AS a\n-a\nFROM a AS b\n-a\nFROM b AS c\n-b\nFROM a AS d\n-b", 1),
            ("FROM x AS a\n-a\n-c\nFROM a AS b\n-b\nFROM a AS c\n-c", 1), ("FROM x AS a\n-b\n-d", 0),
        ])
    func conflictsOfStages(_ stages: String, _ count: Int) {
        let files = [
            "a.txt": "numpy==1.26.4\n", "b.txt": "numpy==2.0.0\n", "c.txt": "six==1.16.0\n", "d.txt": "numpy==2.0\n",
        ]
        let lines = stages.split(separator: "\n").map { line in
            line.hasPrefix("-") ? "WORKDIR /w\nCOPY . .\nRUN pip install -r \(line.dropFirst()).txt" : String(line)
        }
        let reading = Self.reading("Dockerfile", lines.joined(separator: "\n") + "\n", files)
        let followed = FollowedFile.grouped(reading.followed)
        let found = PinConflicts.findings(between: followed, followed.map { $0.check(require: .exact) })
        #expect(FileFindings.deduplicated(found).count == count, "\(found)")
        // Another build of the same file installs apart.
        let apart = FollowedFile.grouped(
            reading.followed.enumerated().map { $0.element.ofBuild($0.offset) })
        #expect(PinConflicts.findings(between: apart, apart.map { $0.check(require: .exact) }).isEmpty)
    }

    @Test("the command says how a file is read, not its name")
    func forms() {
        let environment = "channels:\n  - conda-forge\ndependencies:\n  - numpy\n"
        for name in ["deps.yml", "requirements.yaml", "requirements.txt"] {
            let findings = Self.check(
                [("Dockerfile", Self.install + "RUN mamba env update -n x -f \(name)\n")], [name: environment])
            #expect(findings.filter { $0.rule == "floating-requirement" }.map(\.subject) == ["numpy"], "\(name)")
            #expect(!findings.contains { $0.rule == "unreadable-file" }, "\(name): \(findings)")
        }
    }

    @Test("conda's list holds match specifications")
    func condaLists() {
        let files = ["requirements.txt": "# tools\nnumpy\nscipy=1.11\n  pandas==2.2.2  # exact\n\nx=1.2.3=h_0\n"]
        let findings = Self.check(
            [("Dockerfile", Self.install + "RUN conda install -y --file requirements.txt\n")], files)
        #expect(findings.filter { $0.rule == "floating-requirement" }.map(\.subject) == ["numpy", "scipy=1.11"])
        #expect(findings.allSatisfy { $0.ecosystem == .conda })
        #expect(findings.compactMap(\.range?.start).first == SourcePosition(line: 2, column: 1))
    }
}
