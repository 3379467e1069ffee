/// Whether two lists of markers say the same, whatever their words: tools that lock write the markers of a project anew.
///
/// The conditions of each list are joined by `or`. They are held against every environment in which one of their comparisons
/// can change its answer: each literal with its neighbours, platforms whose names belong together, and each extra alone.
package struct MarkerEquivalence {
    /// Markers that all have to hold, and markers none of which may.
    package struct Condition: Sendable, Hashable {
        /// The markers that have to hold.
        package var all: Set<String>
        /// The markers that must not hold.
        package var none: Set<String>

        /// Creates a condition; one without markers always holds.
        package init(all: Set<String> = [], none: Set<String> = []) {
            self.all = all
            self.none = none
        }
    }

    /// What a comparison says.
    package enum Answer: Sendable, Hashable {
        case same
        case different
        /// They cannot be told apart or together, and why, as the end of a sentence.
        case unknown(String)
    }

    /// Something that keeps markers from being compared.
    private struct Obstacle: Error { let reason: String }

    /// A condition that was read.
    private struct Parsed {
        var all: [Marker] = []
        var none: [Marker] = []

        func holds(in environment: [String: String], extras: Set<String>) -> Bool {
            all.allSatisfy { $0.holds(in: environment, extras: extras) }
                && !none.contains { $0.holds(in: environment, extras: extras) }
        }
    }

    /// More environments than this are not looked at.
    private static let maximumEnvironments = 50_000
    /// More comparisons than this are not made for the questions of one document: extras and alternatives multiply the
    /// environments.
    package static let maximumComparisons = 3_000_000

    private var comparisons = 0
    private var literals: [String: Set<String>] = [:]

    /// - Parameters:
    ///   - left: conditions, one of which has to hold.
    ///   - right: the same of the other side.
    ///   - pythons: the Python versions that count; nil for all.
    ///   - effort: how many comparisons may still be made.
    /// - Returns: `different` where an environment tells the lists apart; `unknown` where a marker is malformed or there are
    ///   too many environments or comparisons to tell.
    package static func compare(
        _ left: [Condition], _ right: [Condition], pythons: VersionSpecifierSet? = nil, effort: inout Int
    ) -> Answer {
        do { return try compared(left, right, pythons: pythons, effort: &effort) } catch {
            return .unknown(error.reason)
        }
    }

    private static let tooMany = Obstacle(reason: "the markers name too many environments to compare them")

    private static func compared(
        _ left: [Condition], _ right: [Condition], pythons: VersionSpecifierSet?, effort: inout Int
    ) throws(Obstacle) -> Answer {
        if Set(left) == Set(right) { return .same }
        var search = MarkerEquivalence()
        let left = try search.read(left)
        let right = try search.read(right)
        for specifier in pythons?.specifiers ?? [] {
            search.literals["python_full_version", default: []].insert(specifier.text)
        }
        guard effort > 0, let environments = search.environments() else { throw tooMany }
        effort -= environments.count
        let extras = search.extras
        for environment in environments {
            if let pythons, let version = environment["python_full_version"].flatMap({ PythonVersion($0) }),
                !pythons.contains(version, allowsPrereleases: true)
            {
                continue
            }
            for extra in extras {
                effort -= search.comparisons + 1
                guard effort > 0 else { throw tooMany }
                let isLeft = left.contains { $0.holds(in: environment, extras: extra) }
                let isRight = right.contains { $0.holds(in: environment, extras: extra) }
                if isLeft != isRight { return .different }
            }
        }
        return .same
    }

    /// Reads conditions and gathers the literals of their markers.
    private mutating func read(_ conditions: [Condition]) throws(Obstacle) -> [Parsed] {
        func marker(_ text: String) throws(Obstacle) -> Marker {
            guard let marker = try? Marker(text) else { throw Obstacle(reason: "the marker \(text) cannot be read") }
            return marker
        }
        var found: [Parsed] = []
        for condition in Set(conditions) {
            var parsed = Parsed()
            for text in condition.all { parsed.all.append(try marker(text)) }
            for text in condition.none { parsed.none.append(try marker(text)) }
            for marker in parsed.all + parsed.none { gather(marker.expression) }
            found.append(parsed)
        }
        return found
    }

    private mutating func gather(_ expression: Marker.Expression) {
        var pending = [expression]
        while let next = pending.popLast() {
            switch next {
            case .and(let parts), .or(let parts):
                pending += parts
                comparisons += parts.count
            case .comparison(.variable(let name), _, .literal(let text)),
                .comparison(.literal(let text), _, .variable(let name)):
                literals[name, default: []].insert(text)
            case .comparison: break
            }
        }
    }

    /// No extra, and each that a marker names.
    private var extras: [Set<String>] {
        let names = (literals["extra"] ?? []).union(literals["extras"] ?? [])
        return [[]] + names.sorted().map { [$0] }
    }

    private func environments() -> [[String: String]]? {
        var found: [[String: String]] = [[:]]
        let free = ["platform_machine", "platform_release", "platform_version", "implementation_version"]
        var dimensions = [pythons, platforms, implementations]
        for name in free where literals[name] != nil {
            dimensions.append(words(name).map { [name: $0] })
        }
        for dimension in dimensions {
            guard found.count * dimension.count <= Self.maximumEnvironments else { return nil }
            found = found.flatMap { environment in dimension.map { environment.merging($0) { first, _ in first } } }
        }
        return found
    }

    /// The literals of a variable, the parts of those that are lists, and a word that is none of them.
    private func words(_ name: String) -> [String] {
        var words: Set<String> = ["something-else"]
        for literal in literals[name] ?? [] {
            words.insert(literal)
            for part in literal.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "|" }) {
                words.insert(String(part))
            }
        }
        return words.sorted()
    }

    /// Every Python that a comparison can tell from the one before it.
    private var pythons: [[String: String]] {
        var releases: Set<[Int]> = [[2, 7, 18], [3, 0, 0], [3, 8, 1], [3, 99, 1]]
        for name in ["python_version", "python_full_version"] {
            for word in words(name) {
                let text = word.hasSuffix(".*") ? String(word.dropLast(2)) : word
                guard let version = PythonVersion(text) else { continue }
                let numbers = version.release.prefix(3).compactMap { Int($0.digits) }
                guard numbers.count == min(version.release.count, 3), numbers.allSatisfy({ $0 < 1_000_000 }) else {
                    continue
                }
                let (major, minor) = (numbers[0], numbers.count > 1 ? numbers[1] : 0)
                let patch = numbers.count > 2 ? numbers[2] : 0
                releases.formUnion([
                    [major, minor, patch], [major, minor, patch + 1], [major, minor, max(0, patch - 1)],
                    [major, minor, 0], [major, minor, 40], [major, minor + 1, 0], [major, max(0, minor - 1), 40],
                ])
            }
        }
        return releases.map { release in
            [
                "python_version": release.prefix(2).map(String.init).joined(separator: "."),
                "python_full_version": release.map(String.init).joined(separator: "."),
            ]
        }
    }

    /// Platforms with the names that belong together, and for each other literal one that has it.
    private var platforms: [[String: String]] {
        var known = [
            ("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt"),
            ("cygwin", "CYGWIN_NT", "posix"), ("other", "Other", "other"), ("other", "Other", "nt"),
            ("other", "Other", "posix"),
        ]
        for word in words("sys_platform") where !known.contains(where: { $0.0 == word }) {
            known.append((word, "Other", "posix"))
        }
        for word in words("platform_system") where !known.contains(where: { $0.1 == word }) {
            known.append(("other", word, "posix"))
        }
        for word in words("os_name") where !known.contains(where: { $0.2 == word }) {
            known.append(("other", "Other", word))
        }
        return known.map { ["sys_platform": $0.0, "platform_system": $0.1, "os_name": $0.2] }
    }

    private var implementations: [[String: String]] {
        var known = [("cpython", "CPython"), ("pypy", "PyPy")]
        for word in words("implementation_name") where !known.contains(where: { $0.0 == word }) {
            known.append((word, "Other"))
        }
        for word in words("platform_python_implementation") where !known.contains(where: { $0.1 == word }) {
            known.append(("other", word))
        }
        return known.map { ["implementation_name": $0.0, "platform_python_implementation": $0.1] }
    }
}
