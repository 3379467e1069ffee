import SourceDocuments

/// Values of variables in the names of targets, of what they need, and of included files
/// (https://www.gnu.org/software/make/manual/html_node/Reference.html). Functions and substitutions have no value here.
extension Makefile {
    /// The rules by names in which variables stand for their values.
    struct Resolution {
        /// The first target of the file, which is made without another word.
        fileprivate(set) var first: String?
        /// What the rules need whose names hold variables, by the rules' indexes; an expression without a value is one name.
        fileprivate(set) var prerequisites: [Int: [String]] = [:]
        fileprivate var rulesOfTargets: [String: [Int]] = [:]
        /// The rules of patterns, and those of targets by expressions without a value.
        fileprivate var patterns: [(prefix: String, suffix: String, rule: Int)] = [] {
            didSet { if let last = patterns.last { open.insert(last.rule) } }
        }
        private var open = Set<Int>()
        private static let maximumPatterns = 256

        /// Whether there are more patterns than are tried for a target.
        var hasMorePatterns: Bool { patterns.count > Self.maximumPatterns }

        /// Whether a rule is that of a pattern, or of a target by an expression without a value.
        func isPattern(_ rule: Int) -> Bool { open.contains(rule) }

        /// Whether a target has rules of its own.
        func hasOwnRule(_ target: String) -> Bool { rulesOfTargets[target] != nil }

        /// The indexes of the rules that make a target: its own, or those of the patterns that it fits. What has no value may
        /// fit any pattern.
        func rules(of target: String) -> [Int] {
            if let own = rulesOfTargets[target] { return own }
            let isOpen = target.contains("$")
            return patterns.prefix(Self.maximumPatterns).filter {
                isOpen
                    || target.utf8.count > $0.prefix.utf8.count + $0.suffix.utf8.count && target.hasPrefix($0.prefix)
                        && target.hasSuffix($0.suffix)
            }.map(\.rule)
        }
    }

    /// The values of variables, and how much may still be made of them.
    private struct Values {
        private(set) var texts: [String: String] = [:]
        private var left = 1 << 20
        private static let maximumDepth = 8

        init(_ assignments: [(name: String, value: String, isAdded: Bool)]) {
            for item in assignments {
                if item.isAdded, texts[item.name] != nil {
                    // In its place: a variable may grow line by line.
                    texts[item.name, default: ""] += " " + item.value
                } else {
                    texts[item.name] = item.value
                }
            }
        }

        /// Returns a text with the values of its variables; nil for a function, an unknown name, or too long a text.
        mutating func expanded(_ text: Substring, depth: Int = 0) -> String? {
            guard text.utf8.contains(UInt8(ascii: "$")) else { return String(text) }
            guard depth < Self.maximumDepth else { return nil }
            var result = ""
            var rest = text
            while let dollar = rest.firstIndex(of: "$") {
                result += rest[..<dollar]
                rest = rest[rest.index(after: dollar)...]
                guard let open = rest.first else { return nil }
                rest = rest.dropFirst()
                if open == "$" {
                    result += "$"
                    continue
                }
                var name = Substring(String(open))
                if open == "(" || open == "{" {
                    guard let close = rest.firstIndex(of: open == "(" ? ")" : "}") else { return nil }
                    name = rest[..<close]
                    rest = rest[rest.index(after: close)...]
                }
                guard let value = texts[String(name)], let inner = expanded(value[...], depth: depth + 1) else {
                    return nil
                }
                left -= inner.utf8.count
                guard left > 0 else { return nil }
                result += inner
            }
            return result + rest
        }
    }

    /// Finds what the rules make and need.
    mutating func resolve() {
        var values = Values(assignments)
        var found = Resolution()
        for (index, rule) in rules.enumerated() {
            let targets = Self.names(rule.target, &values)
            if found.first == nil { found.first = targets.first { !$0.hasPrefix(".") && !$0.contains("%") } }
            for target in targets {
                if target.contains("$") {
                    found.patterns.append(("", "", index))
                } else if let percent = target.firstIndex(of: "%") {
                    let suffix = String(target[target.index(after: percent)...])
                    found.patterns.append((String(target[..<percent]), suffix, index))
                } else {
                    found.rulesOfTargets[target, default: []].append(index)
                }
            }
            guard rule.prerequisites.contains(where: { $0.contains("$") }) else { continue }
            found.prerequisites[index] = rule.prerequisites.flatMap { Self.names($0, &values) }
        }
        resolution = found
    }

    /// The names that an expression stands for; itself where it has no value.
    private static func names(_ text: String, _ values: inout Values) -> [String] {
        guard text.contains("$") else { return [text] }
        return values.expanded(text[...]).map { expressions($0) } ?? [text]
    }

    /// The words that an expression stands for; nil where it has no value.
    func words(_ text: String) -> [String]? {
        guard text.contains("$") else { return [text] }
        var values = Values(assignments)
        return values.expanded(text[...]).map { Self.expressions($0) }
    }

    /// The words of a line; blanks inside of `$(...)` part none.
    static func expressions(_ line: String) -> [String] {
        var depth = 0
        return line.split { character in
            if "({".contains(character) { depth += 1 }
            if ")}".contains(character), depth > 0 { depth -= 1 }
            return depth == 0 && (character == " " || character == "\t")
        }.map(String.init)
    }

    /// The colon that ends the targets of a rule, none of `$(A:.c=.o)`; the first one where a bracket is left open.
    static func colon(in line: String) -> String.Index? {
        var depth = 0
        let found = line.firstIndex { character in
            if "({".contains(character) { depth += 1 }
            if ")}".contains(character), depth > 0 { depth -= 1 }
            return depth == 0 && character == ":"
        }
        return found == nil && depth > 0 ? line.firstIndex(of: ":") : found
    }
}
