import TestSupport
import Testing

@testable import PinproofCommand

/// Unified diffs: as they are written, and as `patch` and `git apply` read them.
struct UnifiedDiffTests {
    private static func diff(_ old: String?, _ new: String, name: String = "f") -> String {
        String(decoding: UnifiedDiff.text(name, old: old.map { Array($0.utf8) }, new: Array(new.utf8)), as: UTF8.self)
    }

    private static func numbered(_ range: ClosedRange<Int>, without: Set<Int> = []) -> String {
        range.map { without.contains($0) ? "changed\n" : "\($0)\n" }.joined()
    }

    static let written: [(old: String?, new: String, diff: String)] = [
        ("a\n", "a\n", ""), ("", "", ""),
        ("a\n", "b\n", "--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-a\n+b\n"),
        (nil, "a\nb\n", "--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+a\n+b\n"),
        ("", "a\n", "--- a/f\n+++ b/f\n@@ -0,0 +1,1 @@\n+a\n"),
        ("a\n", "", "--- a/f\n+++ b/f\n@@ -1,1 +0,0 @@\n-a\n"),
        (
            "a", "b\n",
            "--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n"
        ),
        ("a\n", "a", "--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-a\n+a\n\\ No newline at end of file\n"),
        (
            "a\nb", "x\nb",
            "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\n+x\n b\n\\ No newline at end of file\n"
        ),
        ("a\r\nb\r\n", "a\nb\r\n", "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\r\n+a\n b\r\n"),
        (
            // Three lines around a change, no more.
            numbered(1...9), numbered(1...9, without: [5]),
            "--- a/f\n+++ b/f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+changed\n 6\n 7\n 8\n"
        ),
        (
            // Six lines between two changes are in one hunk, seven are not.
            numbered(1...8), numbered(1...8, without: [1, 8]),
            "--- a/f\n+++ b/f\n@@ -1,8 +1,8 @@\n-1\n+changed\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+changed\n"
        ),
        (
            numbered(1...9), numbered(1...9, without: [1, 9]),
            "--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-1\n+changed\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+changed\n"
        ),
    ]

    @Test("texts and their diffs", arguments: written.indices)
    func texts(index: Int) {
        let (old, new, diff) = Self.written[index]
        #expect(Self.diff(old, new) == diff)
    }

    @Test("patch and git make the new file of the old one", .enabled(if: hasProgram("patch") && hasProgram("git")))
    func applied() throws {
        var random = SeededGenerator(seed: 44)
        let words = [
            "FROM a", "RUN b", "COPY c d", "", "# e", "RUN b \\", "\u{E9}", "-x", "+y", "@@ -1,1 +1,1 @@", "--- z",
        ]
        func text() -> [String] { (0..<random.next(0...24)).map { _ in words[random.next(0...words.count - 1)] } }
        let folder = TemporaryDirectory()
        var commands: [String] = []
        var expected: [[UInt8]] = []
        for round in 0..<fuzzRounds(60) {
            let old = text()
            var new = old
            for _ in 0..<random.next(0...5) {
                switch random.next(0...2) {
                case 0 where !new.isEmpty: new.remove(at: random.next(0...new.count - 1))
                case 1 where !new.isEmpty: new[random.next(0...new.count - 1)] = words[random.next(0...words.count - 1)]
                default: new.insert(words[random.next(0...words.count - 1)], at: random.next(0...new.count))
                }
            }
            func bytes(_ lines: [String]) -> [UInt8] {
                Array((lines.joined(separator: "\n") + (random.next(0...3) == 0 || lines.isEmpty ? "" : "\n")).utf8)
            }
            let (oldBytes, newBytes) = (bytes(old), bytes(new))
            let diff = UnifiedDiff.text("sub/f", old: oldBytes, new: newBytes)
            #expect(diff.isEmpty == (oldBytes == newBytes))
            folder.write("\(round)/p/sub/f", oldBytes)
            folder.write("\(round)/g/sub/f", oldBytes)
            folder.write("\(round)/diff", diff)
            expected.append(newBytes)
            guard !diff.isEmpty else { continue }
            let place = "'\(folder.path)/\(round)'"
            commands.append(
                "(cd \(place)/p && patch -s -p1 < ../diff) && (cd \(place)/g && git apply ../diff) || echo \(round)")
        }
        folder.write(
            "all.sh", Array(("{ " + commands.joined(separator: "\n") + "\n} > '\(folder.path)/failed'\n").utf8))
        #expect(shell("sh '\(folder.path)/all.sh'") == 0)
        #expect(folder.bytes(of: "failed") == [])
        for (round, bytes) in expected.enumerated() {
            for tool in ["p", "g"] {
                // What becomes empty may be removed.
                #expect((folder.bytes(of: "\(round)/\(tool)/sub/f") ?? []) == bytes, "\(tool), round \(round)")
            }
        }
    }

    @Test("a file that is new is made", .enabled(if: hasProgram("git")))
    func made() {
        let folder = TemporaryDirectory()
        folder.write("diff", Array((Self.diff(nil, "a\nb", name: "sub/new")).utf8))
        #expect(shell("cd '\(folder.path)' && git apply diff") == 0)
        #expect(folder.bytes(of: "sub/new") == Array("a\nb".utf8))
    }
}
