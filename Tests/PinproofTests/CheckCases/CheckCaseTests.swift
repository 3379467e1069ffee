import EnvironmentInventory
import FoundationEssentials
import Testing

@testable import Pinproof

/// The classes of faults that check once had, each with members: what a repository holds, and all that is said of it.
struct CheckCaseTests {
    @Test("what check says of each member of each class", arguments: CheckCase.all)
    func member(_ member: CheckCase) async throws {
        let files = try Folder(Dictionary(uniqueKeysWithValues: member.files.map { ($0.path, $0.text) }))
        // The folder goes away with the value.
        defer { withExtendedLifetime(files) {} }
        let folder = files.path
        for answer in member.answers {
            var options = Checker.Options()
            options.require = answer.require
            let paths = answer.paths.isEmpty ? [folder] : answer.paths.map { folder + "/" + $0 }
            let result = try await Checker(options: options).check(paths)
            let said = result.findings.map { finding in
                let file = finding.file.replacing(folder + "/", with: "")
                return "\(file):\(finding.range?.start.line ?? 0) \(finding.severity) \(finding.rule)"
            }
            let status = result.failures.isEmpty ? (result.isFailing ? 1 : 0) : 2
            let name = Comment(rawValue: "\(member) at \(answer.require): \(result.findings.map(\.message))")
            #expect(said.sorted() == answer.findings.sorted(), name)
            #expect(status == answer.status, name)
        }
    }

    @Test("every class has four members or more")
    func classes() {
        let counts = Dictionary(grouping: CheckCase.all) { $0.name }.mapValues { $0.count }
        let numbered = counts.filter { $0.key.first?.isNumber ?? false }
        // Those of rewriting, 13 and 14, are held by IgnoreFileTests and RewritingTests.
        #expect(numbered.count == 31)
        #expect(numbered.allSatisfy { $0.value >= 4 })
        #expect(CheckCase.all.allSatisfy { !$0.answers.isEmpty && !$0.files.isEmpty })
    }
}

/// A small repository, and what check says of it at a strength.
///
/// It is written as text: `## class`, `@ title`, `+ path` and the file's lines, `> strength status paths` and one line a
/// finding. `<PY>` and `<UB>` are base images with a digest, `<SHA>` is a hash, `<COMMIT>` a commit.
struct CheckCase: Sendable, CustomTestStringConvertible {
    struct Answer: Sendable {
        let require: Checker.RequiredStrength
        let status: Int
        let paths: [String]
        var findings: [String] = []
    }

    /// The class.
    let name: String
    let title: String
    var files: [(path: String, text: String)] = []
    var answers: [Answer] = []

    var testDescription: String { "\(name): \(title)" }

    static let all = [images, contexts, proofs, programs, shells, sources, contract, manifests].flatMap(read)

    private static let hash = String(repeating: "a", count: 64)
    private static let values = [
        ("<PY>", "python:3.11.9-slim@sha256:" + hash), ("<UB>", "ubuntu:22.04@sha256:" + hash), ("<SHA>", hash),
        ("<COMMIT>", "5da4258b17dea7bd4601358de200e185699f9997"),
    ]

    /// Reads members.
    private static func read(_ text: String) -> [CheckCase] {
        var cases: [CheckCase] = []
        var name = ""
        var isFile = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let rest = String(line.dropFirst(2))
            let last = cases.count - 1
            switch line.prefix(2) {
            case "##": name = String(line.dropFirst(3))
            case "@ ": cases.append(CheckCase(name: name, title: rest))
            case "+ ":
                cases[last].files.append((rest, ""))
                isFile = true
            case "> ":
                let words = rest.split(separator: " ").map(String.init)
                cases[last].answers.append(
                    Answer(
                        require: words[0] == "hashed" ? .hashed : .exact, status: Int(words[1]) ?? -1,
                        paths: Array(words.dropFirst(2))))
                isFile = false
            case _ where isFile:
                var line = String(line)
                for (mark, value) in values { line = line.replacing(mark, with: value) }
                cases[last].files[cases[last].files.count - 1].text += line + "\n"
            case _ where line.isEmpty: continue
            default: cases[last].answers[cases[last].answers.count - 1].findings.append(String(line))
            }
        }
        return cases
    }
}
