import SourceDocuments

/// An environment marker, `python_version < "3.12" and sys_platform == "linux"`
/// (https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers).
package struct Marker: Sendable, Hashable, CustomStringConvertible {
    indirect enum Expression: Sendable, Hashable {
        case comparison(Operand, String, Operand)
        case and([Expression])
        case or([Expression])
    }
    enum Operand: Sendable, Hashable {
        case variable(String)
        case literal(String)
    }

    let expression: Expression
    /// The marker as written.
    package let description: String

    /// Reads a marker.
    ///
    /// - Throws: ``RequirementError`` with the byte offset of the error.
    package init(_ text: String) throws(RequirementError) {
        var reader = RequirementReader(text)
        expression = try reader.marker()
        try reader.expectEnd()
        description = text
    }

    init(expression: Expression, text: String) {
        self.expression = expression
        description = text
    }

    /// Whether the marker holds in an environment.
    ///
    /// - Parameters:
    ///   - extras: the extras that are asked for; `extra == "x"` holds for each of them.
    ///   - groups: the dependency groups that are asked for (PEP 751).
    package func holds(
        in environment: [String: String], extras: Set<String> = [], groups: Set<String> = []
    ) -> Bool {
        MarkerValues(environment: environment, extras: extras, groups: groups).holds(expression)
    }

    /// Whether the marker holds in an environment of which some values are not known; nil where these decide, or where
    /// a comparison does of which tools think differently or that `packaging` refuses as undefined.
    package func holds(
        in environment: [String: String], extras: Set<String>, groups: Set<String>, unknown: Set<String>
    ) -> Bool? {
        guard !variables.isDisjoint(with: unknown) || mayBeDisputed else {
            return holds(in: environment, extras: extras, groups: groups)
        }
        let values = MarkerValues(environment: environment, extras: extras, groups: groups)
        func outcome(_ part: Expression) -> Bool? {
            switch part {
            case .comparison(let left, let comparison, let right):
                for case .variable(let name) in [left, right] where unknown.contains(name) { return nil }
                return values.isDisputed(left, comparison, right) ? nil : values.holds(part)
            case .and(let parts):
                let answers = parts.map(outcome)
                return answers.contains(false) ? false : answers.contains(nil) ? nil : true
            case .or(let parts):
                let answers = parts.map(outcome)
                return answers.contains(true) ? true : answers.contains(nil) ? nil : false
            }
        }
        // The reader limits how deep parts are nested.
        return outcome(expression)
    }

    /// Whether a comparison has a form of which tools may think differently.
    private var mayBeDisputed: Bool {
        var pending = [expression]
        while let next = pending.popLast() {
            switch next {
            case .and(let parts), .or(let parts): pending += parts
            case .comparison(.variable, _, .variable), .comparison(.variable("extras"), _, _),
                .comparison(.variable("dependency_groups"), _, _):
                return true
            case .comparison(_, let comparison, _):
                if !["==", "!=", "in", "not in"].contains(comparison) { return true }
            }
        }
        return false
    }

    /// The names of the variables in the marker.
    package var variables: Set<String> {
        var found = Set<String>()
        var pending = [expression]
        while let next = pending.popLast() {
            switch next {
            case .and(let parts), .or(let parts): pending += parts
            case .comparison(let left, _, let right):
                for case .variable(let name) in [left, right] { found.insert(name) }
            }
        }
        return found
    }
}

private struct MarkerValues {
    let environment: [String: String]
    let extras: Set<String>
    let groups: Set<String>

    init(environment: [String: String], extras: Set<String>, groups: Set<String>) {
        self.environment = environment
        self.extras = Set(extras.map { NormalizedName.of($0) })
        self.groups = Set(groups.map { NormalizedName.of($0) })
    }

    private static let versions: Set<String> = [
        "python_version", "python_full_version", "implementation_version", "platform_release",
    ]

    func holds(_ expression: Marker.Expression) -> Bool {
        switch expression {
        case .and(let parts): parts.allSatisfy(holds)
        case .or(let parts): parts.contains(where: holds)
        case .comparison(let left, let comparison, let right): compare(left, comparison, right)
        }
    }

    private func compare(_ left: Marker.Operand, _ comparison: String, _ right: Marker.Operand) -> Bool {
        if let result = compareSet(left, comparison, right) { return result }
        let (key, leftText, rightText) = texts(left, right)
        if Self.versions.contains(key), let specifier = VersionSpecifier(comparison + rightText) {
            if specifier.comparison == .arbitrary { return leftText.lowercased() == specifier.text.lowercased() }
            if let version = PythonVersion(leftText) { return specifier.accepts(version) }
            return false
        }
        // Texts have no order: the specification leaves `<` and `>` of them undefined, and uv returns false.
        return switch comparison {
        case "in": Self.contains(rightText, leftText)
        case "not in": !Self.contains(rightText, leftText)
        case "==", "<=", ">=": leftText == rightText
        case "!=": leftText != rightText
        default: false
        }
    }

    /// Whether tools disagree about a comparison. pip orders texts by their characters, uv does not
    /// (https://github.com/pypa/packaging/blob/24.2/src/packaging/markers.py, `_eval_op`). uv 0.13 passes over a
    /// comparison of two variables, as if it held; no tool writes one into a lock. `packaging` has no answer to `~=` and
    /// `===` of texts, where uv and Poetry have one, and to a set on the left
    /// (https://github.com/pypa/packaging/blob/26.0/src/packaging/markers.py).
    func isDisputed(_ left: Marker.Operand, _ comparison: String, _ right: Marker.Operand) -> Bool {
        let (key, leftText, rightText) = texts(left, right)
        if case .variable = left, key == "extras" || key == "dependency_groups" { return true }
        let comparesVersions = Self.versions.contains(key) && VersionSpecifier(comparison + rightText) != nil
        if comparison == "~=" || comparison == "===", !comparesVersions { return true }
        if case .variable = left, case .variable = right, !compare(left, comparison, right) { return true }
        guard comparison.hasPrefix("<") || comparison.hasPrefix(">"), !comparesVersions else { return false }
        let (one, other) = (Array(leftText.utf8), Array(rightText.utf8))
        let byCharacters =
            switch comparison {
            case "<": one.lexicographicallyPrecedes(other)
            case ">": other.lexicographicallyPrecedes(one)
            case "<=": !other.lexicographicallyPrecedes(one)
            default: !one.lexicographicallyPrecedes(other)
            }
        return byCharacters != compare(left, comparison, right)
    }

    /// `extra == "x"`, `"x" in extras`, `"x" in dependency_groups`.
    private func compareSet(_ left: Marker.Operand, _ comparison: String, _ right: Marker.Operand) -> Bool? {
        switch (left, right) {
        case (.variable("extra"), .literal(let name)) where comparison == "in" || comparison == "not in":
            let isThere = (extras.isEmpty ? [""] : extras).contains { Self.contains(name, $0) }
            return (comparison == "in") == isThere
        case (.variable("extra"), .literal(let name)), (.literal(let name), .variable("extra")):
            let isThere = name.isEmpty ? extras.isEmpty : extras.contains(NormalizedName.of(name))
            return switch comparison {
            case "==", "in": isThere
            case "!=", "not in": !isThere
            default: nil
            }
        case (.literal(let name), .variable("extras")):
            let isThere = extras.contains(NormalizedName.of(name))
            return comparison == "in" ? isThere : comparison == "not in" ? !isThere : nil
        case (.literal(let name), .variable("dependency_groups")):
            let isThere = groups.contains(NormalizedName.of(name))
            return comparison == "in" ? isThere : comparison == "not in" ? !isThere : nil
        default: return nil
        }
    }

    /// Python's `in`: every text contains the empty one.
    private static func contains(_ text: String, _ part: String) -> Bool { part.isEmpty || text.containsText(part) }

    /// The variable that says how a comparison is made, and its two sides. Where both are variables, the right one
    /// stands for its own name, as `packaging` reads it
    /// (https://github.com/pypa/packaging/blob/26.0/src/packaging/markers.py, `_evaluate_markers`).
    private func texts(_ left: Marker.Operand, _ right: Marker.Operand) -> (key: String, left: String, right: String) {
        switch (left, right) {
        case (.variable(let name), .literal(let text)), (.variable(let name), .variable(let text)):
            (name, environment[name] ?? "", text)
        case (.literal(let text), .variable(let name)): (name, text, environment[name] ?? "")
        case (.literal(let left), .literal(let right)): ("", left, right)
        }
    }
}
