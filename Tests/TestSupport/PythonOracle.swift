import Glibc

/// Python programs whose answers tests compare with ours.
package enum PythonOracle {
    /// Returns whether `python3` has all of some modules.
    package static func has(_ modules: String...) -> Bool {
        system("python3 -c 'import \(modules.joined(separator: ", "))' >/dev/null 2>&1") == 0
    }

    /// Runs a script and returns the lines of the file that it writes, which is its first argument, split at tabs.
    ///
    /// - Parameters:
    ///   - script: its path below the directory of the tests that ask, `Oracle/x.py`.
    ///   - arguments: what follows the file's name.
    /// - Returns: nil when the script fails.
    package static func table(
        _ script: String, arguments: [String] = [], testFile: String = #filePath
    ) -> [[String]]? {
        let directory = testFile.split(separator: "/").dropLast().joined(separator: "/")
        let output = TemporaryDirectory()
        let words = ["python3", "/\(directory)/\(script)", "\(output.path)/table"] + arguments
        let command = words.map { "'\($0)'" }.joined(separator: " ")
        guard shell(command) == 0, let bytes = output.bytes(of: "table") else { return nil }
        return bytes.split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }
}
