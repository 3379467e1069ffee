import Glibc

/// A temporary directory that is removed with its last reference.
package final class TemporaryDirectory: Sendable {
    /// Its absolute path.
    package let path: String

    /// Creates a directory below `TMPDIR`, or below `/tmp`.
    package init() {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/pinproof-test-XXXXXX".utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
    }

    deinit { shell("rm -rf '\(path)'") }

    /// Writes a file, with the directories that its name has, and returns its path.
    @discardableResult
    package func write(_ name: String, _ bytes: [UInt8]) -> String {
        let full = "\(path)/\(name)"
        if let slash = name.lastIndex(of: "/") { shell("mkdir -p '\(path)/\(name[..<slash])'") }
        if let file = fopen(full, "w") {
            bytes.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
            fclose(file)
        }
        return full
    }

    /// Returns a file's bytes; nil when it cannot be opened.
    package func bytes(of name: String) -> [UInt8]? { contents(ofFile: "\(path)/\(name)") }
}

/// Returns a file's bytes; nil when it cannot be opened.
package func contents(ofFile path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
}

/// Runs a command by the shell and returns its status; what it prints goes to standard error.
@discardableResult
package func shell(_ command: String) -> Int32 { system("{ \(command)\n} >&2") }

/// Returns whether a program is on the path; the tests that compare with real tools need them.
package func hasProgram(_ name: String) -> Bool { system("command -v \(name) >/dev/null 2>&1") == 0 }
