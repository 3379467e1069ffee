import ArchiveReading
import Glibc

/// The words of the command line.
///
/// `CommandLine` reads `/proc/self/cmdline`, so that it has none where /proc is not mounted. Its `arguments` put U+FFFD in the
/// place of bytes that are not UTF-8, and so name other files than the user did: the words are taken as bytes.
enum CommandLineWords {
    /// Returns the words after the program's name, as bytes.
    ///
    /// Only before the environment is changed: the words are found by where the kernel puts them.
    static var words: [[UInt8]] {
        let count = Int(CommandLine.argc)
        let start = CommandLine.unsafeArgv
        let words = count > 0 ? (0..<count).map { bytes(start[$0]) } : beforeEnvironment(environ)
        return Array(words.dropFirst())
    }

    /// Returns words as text.
    ///
    /// - Throws: ``UnreadableWord`` for the first one that is not UTF-8. The parser and the names of subjects are text, which
    ///   cannot carry it.
    static func texts(_ words: [[UInt8]]) throws(UnreadableWord) -> [String] {
        var texts: [String] = []
        for word in words {
            guard let text = String(validating: word, as: UTF8.self) else { throw UnreadableWord(bytes: word) }
            texts.append(text)
        }
        return texts
    }

    private static func bytes(_ word: UnsafePointer<CChar>?) -> [UInt8] {
        guard let word else { return [] }
        return UnsafeBufferPointer(start: word, count: strlen(word)).map { UInt8(bitPattern: $0) }
    }

    /// Returns the words that stand in front of the environment of a process that has just started: their count, their
    /// addresses and a null, then the addresses of the environment
    /// (https://gitlab.com/x86-psABIs/x86-64-ABI, "Initial Stack and Register State").
    static func beforeEnvironment(
        _ environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    ) -> [[UInt8]] {
        guard environment[-1] == nil else { return [] }
        // An address is never as small as a count.
        let maximumCount = 1 << 22
        var count = 0
        while count < maximumCount, Int(bitPattern: environment[-2 - count]) != count { count += 1 }
        guard count < maximumCount else { return [] }
        return (0..<count).map { index in
            bytes(environment[-1 - count + index])
        }
    }
}

/// A word of the command line that is not UTF-8.
struct UnreadableWord: Error, Hashable {
    let bytes: [UInt8]

    /// What is told to the user: wrong usage.
    var run: ProgramRun {
        ProgramRun(
            diagnostics: "Error: The argument '\(visible(PathText.text(bytes)))' is not UTF-8\n",
            status: ExitStatus.usage.rawValue)
    }
}
