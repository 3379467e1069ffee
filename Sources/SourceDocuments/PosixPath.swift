/// Operations on the text of POSIX paths: `/` separates, `.` is the directory itself, `..` the one above. No file is looked up.
///
/// Pathname resolution: https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap04.html#tag_04_16
package enum PosixPath {
    /// Returns the last component, without slashes after it; empty for `/`.
    package static func lastComponent(_ path: String) -> String {
        var path = path
        return path.withUTF8 { bytes in
            guard let last = bytes.lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return "" }
            let slash = bytes[..<last].lastIndex(of: UInt8(ascii: "/"))
            return String(decoding: bytes[(slash.map { $0 + 1 } ?? 0)...last], as: UTF8.self)
        }
    }

    /// Returns the path of the directory as far as the last slash: `/a` of `/a/b`, empty of `/a` and `a`.
    package static func directory(_ path: String) -> String {
        path.lastIndex(ofByte: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
    }

    /// Returns an absolute path without `.` and `..`; `..` at the root stays at the root, as in a file system.
    package static func clamped(_ path: String, in directory: String = "/") -> String {
        let whole = isAbsolute(path) ? path : directory + "/" + path
        if isAbsolute(whole), isNormal(whole, from: 1) { return whole }
        return "/" + components(whole).names.joined(separator: "/")
    }

    /// Returns a path without `.` and `..`, and without a slash at either end; `..` at the root stays at the root.
    package static func belowRoot(_ path: String) -> String {
        if isNormal(path, from: 0) { return path }
        return components(path).names.joined(separator: "/")
    }

    /// Returns a path without `.`, and without `..` where a name precedes it; empty if nothing is left.
    ///
    /// An absolute path stays absolute, and a relative one stays relative to the same directory.
    package static func simplified(_ path: String) -> String {
        let isAbsolute = isAbsolute(path)
        if isNormal(path, from: isAbsolute ? 1 : 0) { return path }
        let names = components(path, keepsParents: !isAbsolute).names.joined(separator: "/")
        return isAbsolute ? "/" + names : names
    }

    /// Returns a path without `.` and `..`, and without a slash at either end; nil if it leaves the root.
    ///
    /// - Parameter directory: where a relative path begins.
    package static func contained(_ path: String, in directory: String = "") -> String? {
        let (names, leaves) = components(isAbsolute(path) ? path : directory + "/" + path)
        return leaves ? nil : names.joined(separator: "/")
    }

    /// Whether a path begins at the root.
    package static func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

    /// The names of a path, and whether a `..` had no name before it.
    ///
    /// - Parameter keepsParents: whether such a `..` is a component of the result.
    private static func components(
        _ path: String, keepsParents: Bool = false
    ) -> (names: [Substring], leaves: Bool) {
        var names: [Substring] = []
        var leaves = false
        for name in path.pathNames where name != "." {
            if name != ".." {
                names.append(name)
            } else if let last = names.last, last != ".." {
                names.removeLast()
            } else {
                leaves = true
                if keepsParents { names.append(name) }
            }
        }
        return (names, leaves)
    }

    /// Whether a path has neither `.` nor `..` nor an empty component after an offset in bytes; an empty path has none.
    private static func isNormal(_ path: String, from start: Int) -> Bool {
        path.utf8.withContiguousStorageIfAvailable { bytes in
            if bytes.count == start { return true }
            // The length of the component so far, and whether it has dots alone.
            var length = 0
            var hasDotsAlone = true
            for byte in bytes.dropFirst(start) {
                if byte != UInt8(ascii: "/") {
                    length += 1
                    if byte != UInt8(ascii: ".") { hasDotsAlone = false }
                } else {
                    if length == 0 || hasDotsAlone && length <= 2 { return false }
                    length = 0
                    hasDotsAlone = true
                }
            }
            return length > 2 || length > 0 && !hasDotsAlone
        } ?? false
    }
}
