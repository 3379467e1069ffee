import SourceDocuments
import TestSupport
import Testing

@testable import EnvironmentInventory

/// Findings: their order, their users, their fingerprints, and what fails a check.
struct FindingTests {
    private static func finding(
        _ rule: String = "rule", file: String = "Dockerfile", line: Int? = 1, column: Int = 1, subject: String? = nil,
        severity: Severity = .error, message: String = "message"
    ) -> Finding {
        let range = line.map {
            SourceRange(
                start: SourcePosition(line: $0, column: column), end: SourcePosition(line: $0, column: column + 1))
        }
        return Finding(rule: rule, severity: severity, file: file, range: range, message: message, subject: subject)
    }

    @Test("findings have one order: file, position, rule, subject, message")
    func order() {
        let sorted = [
            Self.finding(file: "a", line: nil), Self.finding(file: "a", line: 1),
            Self.finding(file: "a", line: 1, column: 2),
            Self.finding("a", file: "a", line: 2), Self.finding("b", file: "a", line: 2, subject: nil),
            Self.finding("b", file: "a", line: 2, subject: "s"),
            Self.finding("b", file: "a", line: 2, subject: "s", message: "z"),
            Self.finding(file: "b", line: 1), Self.finding(file: "b", line: 10),
        ]
        #expect(Finding.sorted(sorted) == sorted)
        var random = SeededGenerator(seed: 21)
        for _ in 0..<50 {
            let shuffled = sorted.shuffled(using: &random)
            #expect(Finding.sorted(shuffled) == sorted)
        }
        #expect(Finding.sorted([]).isEmpty)
        // The sort of few keys and the plain comparison agree.
        for left in sorted.indices {
            for right in sorted.indices { #expect(Finding.inOrder(sorted[left], sorted[right]) == (left < right)) }
        }
    }

    @Test("equal findings stay in the order in which they came")
    func stable() {
        var findings = (0..<6).map { _ in Self.finding() } + [Self.finding(file: "A")]
        for index in findings.indices { findings[index].usedBy = [FileLocation(file: "\(index)", line: nil)] }
        #expect(Finding.sorted(findings).map { $0.usedBy.first?.file } == ["6", "0", "1", "2", "3", "4", "5"])
    }

    @Test("the message names the users of a file, and counts those that are too many")
    func users() {
        var finding = Self.finding(message: "numpy floats")
        #expect(finding.messageWithUsers == "numpy floats")
        finding.usedBy = [FileLocation(file: "Dockerfile", line: 7), FileLocation(file: "gpu", line: nil)]
        #expect(finding.messageWithUsers == "numpy floats (used by Dockerfile:7, gpu)")
        finding.usedBy = (1...10).map { (line: Int) in FileLocation(file: "f\(line)", line: line) }
        #expect(finding.messageWithUsers.hasSuffix("f8:8 and 2 more)"))
    }

    @Test(
        "thresholds",
        arguments: [
            (FailureThreshold.error, [Severity.error], true), (.error, [.warning, .note], false),
            (.warning, [.warning], true),
            (.warning, [.note], false), (.note, [.note], true), (.note, [], false), (.never, [.error], false),
            (.warning, [.note, .error], true),
        ] as [(FailureThreshold, [Severity], Bool)])
    func threshold(_ threshold: FailureThreshold, _ severities: [Severity], _ expected: Bool) {
        #expect(threshold.isReached(by: severities.map { Self.finding(severity: $0) }) == expected)
    }

    @Test("a fingerprint survives a moved line and another column, and tells equal findings apart")
    func fingerprints() {
        func prints(_ text: String, lines: [Int], column: Int = 1) -> [String] {
            let source = SourceText(name: "Dockerfile", text: text)
            var counter = FingerprintCounter()
            return lines.map { counter.next(for: Self.finding(line: $0, column: column, subject: "s"), in: source) }
        }
        let one = prints("FROM a\nRUN b\n", lines: [2])
        #expect(one == prints("# x\n\nFROM a\nRUN   b\n", lines: [4], column: 5))
        #expect(one != prints("FROM a\nRUN c\n", lines: [2]))
        let two = prints("RUN b\nRUN b\n", lines: [1, 2])
        #expect(two[0] == one[0] && two[1] != two[0])
        #expect(one[0].count == 16 && one[0].allSatisfy { $0.isHexDigit })
        var counter = FingerprintCounter()
        let whole = counter.next(for: Self.finding(line: nil), in: nil)
        #expect(whole != counter.next(for: Self.finding(line: nil), in: nil))
        var other = FingerprintCounter()
        #expect(other.next(for: Self.finding("other", line: nil), in: nil) != whole)
        // A line that the text does not have is not a trap.
        _ = other.next(for: Self.finding(line: 99), in: SourceText(name: "x", text: ""))
    }

    @Test("counts of a check, and what it puts into order")
    func result() {
        let result = CheckResult(
            require: .exact,
            findings: [
                Self.finding("b"), Self.finding(CheckResult.unreadRule, severity: .warning),
                Self.finding("a", severity: .note),
            ],
            files: [
                .init(path: "z", kind: "k"), .init(path: "a", kind: "k", context: "c"), .init(path: "a", kind: "j"),
            ],
            suppressed: 2)
        #expect(result.findings.map(\.rule) == ["a", "b", "unread-command"])
        #expect(result.files.map(\.path) == ["a", "a", "z"] && result.files[0].kind == "j")
        #expect(result.count(.error) == 1 && result.count(.warning) == 1 && result.count(.note) == 1)
        #expect(result.unread == 1 && result.suppressed == 2)
        #expect(result.threshold == .error && result.failures.isEmpty && result.beforeBaseline.isEmpty)
    }
}

/// Differences of environments and images.
struct DifferenceTests {
    private static let package = Package(ecosystem: .apt, name: "bash", version: "5")

    @Test("a change takes its name from the side that has the package")
    func change() {
        #expect(EnvironmentDifference.Change(kind: .added, left: nil, right: Self.package).name == "bash")
        #expect(EnvironmentDifference.Change(kind: .removed, left: Self.package, right: nil).ecosystem == .apt)
        #expect(EnvironmentDifference.Change(kind: .removed, left: nil, right: nil).name.isEmpty)
    }

    @Test("counts by kind and by basis; what rests on files rests on no less")
    func counts() {
        let difference = EnvironmentDifference(
            changes: [
                .init(kind: .added, left: nil, right: Self.package),
                .init(kind: .changed, left: Self.package, right: Self.package, basis: .version),
                .init(kind: .rebuilt, left: Self.package, right: Self.package, basis: .content),
            ],
            sames: [
                .init(package: Self.package, basis: .version), .init(package: Self.package, basis: .artifact),
                .init(package: Self.package, basis: .content),
            ])
        #expect(difference.same == 3 && difference.count(.added) == 1 && difference.count(.removed) == 0)
        #expect(difference.count(EnvironmentDifference.Basis.version) == 1)
        let files = difference.restingOnFiles()
        #expect(files.sames.map(\.basis) == [.files, .files, .content])
        #expect(files.changes.map(\.basis) == [nil, .files, .content])
        #expect(!difference.isEmpty)
        #expect(
            !EnvironmentDifference(changes: [], sames: [], facts: [.init(name: "libc", left: "a", right: "b")]).isEmpty)
        #expect(EnvironmentDifference(changes: [], sames: difference.sames).isEmpty)
    }

    @Test("the bases are a ladder")
    func bases() {
        #expect(EnvironmentDifference.Basis.allCases.sorted() == [.version, .artifact, .files, .content])
    }

    @Test("a file is added, removed or changed; compiled files alone are not a difference")
    func files() {
        let file = ImageDifference.File(type: "file", size: 1, mode: 0o644, uid: 0, gid: 0, sha256: nil, target: nil)
        #expect(ImageDifference.FileChange(path: "a", owner: nil, left: nil, right: file).kind == .added)
        #expect(ImageDifference.FileChange(path: "a", owner: nil, left: file, right: nil).kind == .removed)
        #expect(ImageDifference.FileChange(path: "a", owner: nil, left: file, right: file).kind == .changed)
        #expect(ImageDifference(files: [], bytecode: 9, configuration: []).isEmpty)
        #expect(
            !ImageDifference(
                files: [], bytecode: 0, configuration: [.init(field: "User", name: nil, left: nil, right: "1")]
            ).isEmpty)
    }
}
