import SourceDocuments

/// The rules of a CODEOWNERS file.
package struct CodeOwners: Sendable {
    /// A line with a pattern.
    package struct Rule: Sendable {
        /// The pattern as written.
        package var pattern: String
        /// The owners; empty where the line takes the path from its owners.
        package var owners: [String]
        /// The section of GitLab; empty outside of one.
        package var section: String
        /// Where the line is.
        package var range: SourceRange
        let matcher: CodeOwnersPattern
    }

    /// The file.
    package let file: String
    /// The directory that its patterns count from; empty for the working directory.
    package let base: String
    /// The rules in the order of the file.
    package var rules: [Rule] = []

    /// Creates a file without rules.
    init(file: String, base: String) {
        self.file = file
        self.base = base
    }

    /// Returns the claims that the rules make for a path: that of the last rule which matches, of each section.
    ///
    /// - Parameter path: the path of a file below ``base``, without a slash in front.
    package func claims(for path: String) -> [OwnershipClaim] {
        var last: [(section: String, rule: Rule)] = []
        for rule in rules where rule.matcher.matches(path) {
            last.removeAll { $0.section == rule.section }
            last.append((rule.section, rule))
        }
        return last.compactMap { _, rule in
            guard !rule.owners.isEmpty else { return nil }
            return OwnershipClaim(
                .owner, rule.owners, source: .codeOwners, subject: path, file: file, range: rule.range)
        }
    }

    /// Returns the path below ``base`` of a path that was named from the same working directory; nil when it is not below.
    package func relative(_ path: String) -> String? {
        let (path, base) = (PosixPath.simplified(path), PosixPath.simplified(base))
        if base.isEmpty { return PosixPath.isAbsolute(path) || path.hasPrefix("..") ? nil : path }
        if path == base { return "" }
        return path.hasPrefix(base + "/") ? String(path.dropFirst(base.utf8.count + 1)) : nil
    }

    /// Where one directory has several files, only the first of `.github`, the directory itself, `docs` and `.gitlab` counts.
    static func effective(_ files: [CodeOwners]) -> [CodeOwners] {
        let order = [".github", "", "docs", ".gitlab"]
        func rank(_ file: CodeOwners) -> Int {
            let directory = PosixPath.directory(file.file)
            let below = directory == file.base ? "" : PosixPath.lastComponent(directory)
            return order.firstIndex(of: below) ?? order.count
        }
        return files.filter { file in
            !files.contains { $0.base == file.base && rank($0) < rank(file) }
        }
    }
}

/// A pattern of CODEOWNERS, compiled.
///
/// Rules: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners,
/// https://docs.gitlab.com/user/project/codeowners/reference/. As in .gitignore, but `*` at the end of a path does not reach into directories, and
/// neither `!` nor `[ ]` means anything.
struct CodeOwnersPattern: Sendable {
    private let segments: [[UInt8]]

    private static let anyDirectories = Array("**".utf8)

    /// - Parameter isGitLab: whether a pattern with a slash in its middle matches at any depth.
    init(_ pattern: String, isGitLab: Bool) {
        var text = pattern[...]
        let isAnchored = text.first == "/"
        if isAnchored { text = text.dropFirst() }
        let isDirectory = text.last == "/"
        if isDirectory { text = text.dropLast() }
        var segments = text.split(separator: "/").map { Array($0.utf8) }
        let hasSlash = segments.count > 1
        if !isAnchored, !hasSlash || isGitLab, segments.first != Self.anyDirectories {
            segments.insert(Self.anyDirectories, at: 0)
        }
        let endsInWildcard = segments.last?.contains(UInt8(ascii: "*")) ?? false
        if isDirectory {
            segments += [Self.anyDirectories, Array("*".utf8)]
        } else if segments.last != Self.anyDirectories, !(endsInWildcard && (hasSlash || isAnchored)) {
            // A name may be that of a directory, whose files belong to it.
            segments.append(Self.anyDirectories)
        }
        self.segments = segments
    }

    /// Whether the pattern matches the path of a file.
    func matches(_ path: String) -> Bool {
        let names = path.split(separator: "/").map { Array($0.utf8) }
        // Which first names of the path the segments so far match.
        var reached = [Bool](repeating: false, count: names.count + 1)
        reached[0] = true
        for segment in segments {
            var next = [Bool](repeating: false, count: names.count + 1)
            if segment == Self.anyDirectories {
                var any = false
                for index in reached.indices {
                    any = any || reached[index]
                    next[index] = any
                }
            } else {
                for index in names.indices where reached[index] && Self.matches(names[index], segment) {
                    next[index + 1] = true
                }
            }
            reached = next
        }
        return reached.last ?? false
    }

    /// Whether a name matches a segment, in which `*` stands for any text and `?` for one byte.
    private static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
        var (at, position) = (0, 0)
        var star: (pattern: Int, name: Int)?
        while position < name.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, position)
                at += 1
            } else if at < pattern.count, pattern[at] == UInt8(ascii: "?") || pattern[at] == name[position] {
                at += 1
                position += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                at = last.pattern + 1
                position = last.name + 1
            } else {
                return false
            }
        }
        while at < pattern.count, pattern[at] == UInt8(ascii: "*") { at += 1 }
        return at == pattern.count
    }
}
