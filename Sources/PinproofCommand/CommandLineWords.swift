import Glibc

/// The words of the command line.
///
/// `CommandLine.arguments` reads `/proc/self/cmdline`, so that it has none where /proc is not mounted.
enum CommandLineWords {
    /// Returns the words after the program's name.
    ///
    /// Only before the environment is changed: the words are found by where the kernel puts them.
    static var arguments: [String] {
        let words = CommandLine.arguments
        return Array((words.isEmpty ? beforeEnvironment(environ) : words).dropFirst())
    }

    /// Returns the words that stand in front of the environment of a process that has just started: their count, their
    /// addresses and a null, then the addresses of the environment
    /// (https://gitlab.com/x86-psABIs/x86-64-ABI, "Initial Stack and Register State").
    static func beforeEnvironment(
        _ environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    ) -> [String] {
        guard environment[-1] == nil else { return [] }
        // An address is never as small as a count.
        let maximumCount = 1 << 22
        var count = 0
        while count < maximumCount, Int(bitPattern: environment[-2 - count]) != count { count += 1 }
        guard count < maximumCount else { return [] }
        return (0..<count).map { index in
            environment[-1 - count + index].map { String(cString: $0) } ?? ""
        }
    }
}
