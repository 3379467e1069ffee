/// A unified diff of two texts, as `patch` and `git apply` read it
/// (https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html).
enum UnifiedDiff {
    private static let context = 3

    /// One line of the comparison.
    private enum Step {
        case same(Int, Int)
        case removed(Int)
        case added(Int)
    }

    /// The diff of a file; empty when nothing changed.
    ///
    /// - Parameter name: the path behind `a/` and `b/`.
    /// - Parameter old: nil for a file that is new.
    static func text(_ name: String, old: [UInt8]?, new: [UInt8]) -> [UInt8] {
        let left = lines(old ?? [])
        let right = lines(new)
        if old != nil, left == right { return [] }
        let steps = compare(left, right)
        var output = Array("--- \(old == nil ? "/dev/null" : "a/" + name)\n+++ b/\(name)\n".utf8)
        let changed = steps.indices.filter { if case .same = steps[$0] { false } else { true } }
        var index = 0
        while index < changed.count {
            var last = index
            // Two hunks that would touch are one, as diff writes them.
            while last + 1 < changed.count, changed[last + 1] - changed[last] - 1 <= 2 * context { last += 1 }
            let range = max(0, changed[index] - context)..<min(steps.count, changed[last] + context + 1)
            hunk(range, of: steps, left: left, right: right, into: &output)
            index = last + 1
        }
        return output
    }

    private static func hunk(
        _ range: Range<Int>, of steps: [Step], left: [ArraySlice<UInt8>], right: [ArraySlice<UInt8>],
        into output: inout [UInt8]
    ) {
        var oldStart = 0
        var newStart = 0
        for step in steps[..<range.lowerBound] {
            switch step {
            case .same:
                oldStart += 1
                newStart += 1
            case .removed: oldStart += 1
            case .added: newStart += 1
            }
        }
        var body: [UInt8] = []
        var oldCount = 0
        var newCount = 0
        func line(_ sign: UInt8, _ text: ArraySlice<UInt8>) {
            body.append(sign)
            body += text
            if text.last != UInt8(ascii: "\n") { body += Array("\n\\ No newline at end of file\n".utf8) }
        }
        for step in steps[range] {
            switch step {
            case .same(let index, _):
                line(UInt8(ascii: " "), left[index])
                oldCount += 1
                newCount += 1
            case .removed(let index):
                line(UInt8(ascii: "-"), left[index])
                oldCount += 1
            case .added(let index):
                line(UInt8(ascii: "+"), right[index])
                newCount += 1
            }
        }
        func place(_ start: Int, _ count: Int) -> String { "\(count == 0 ? start : start + 1),\(count)" }
        output += Array("@@ -\(place(oldStart, oldCount)) +\(place(newStart, newCount)) @@\n".utf8)
        output += body
    }

    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            lines.append(bytes[start...index])
            start = index + 1
        }
        if start < bytes.count { lines.append(bytes[start...]) }
        return lines
    }

    /// The shortest way from one to the other that the standard library finds, removed lines before added ones.
    private static func compare(_ left: [ArraySlice<UInt8>], _ right: [ArraySlice<UInt8>]) -> [Step] {
        var removed = Set<Int>()
        var added = Set<Int>()
        for change in right.difference(from: left) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var steps: [Step] = []
        var old = 0
        var new = 0
        while old < left.count || new < right.count {
            if old < left.count, removed.contains(old) {
                steps.append(.removed(old))
                old += 1
            } else if new < right.count, added.contains(new) {
                steps.append(.added(new))
                new += 1
            } else {
                steps.append(.same(old, new))
                old += 1
                new += 1
            }
        }
        return steps
    }
}
