import ArgumentParser
import Glibc
import Pinproof

/// Temporary files for subjects that are not files: standard input (`-`), and images of a daemon (`docker-daemon:`,
/// `containers-storage:`).
///
/// An archive is read several times, at several places, which a pipe does not allow. The files are removed with this value.
final class SpooledSubjects: Sendable {
    /// The names to read, in the order in which they were given.
    let names: [String]
    /// The temporary files, and what was given in their place.
    private let files: [(path: String, name: String)]
    private let directory: String?

    /// Copies the subjects that are not files into temporary files.
    ///
    /// - Parameter limit: the most bytes of one subject.
    init(_ given: [String], limit: Int) throws {
        guard given.contains(where: Self.isSpooled) else {
            names = given
            files = []
            directory = nil
            return
        }
        if given.count(where: { $0 == "-" }) > 1 { throw ValidationError("standard input can be one subject only") }
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((parent + "/pinproof-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw OutputError("\(parent): \(systemMessage(errno))") }
        let directory = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var names: [String] = []
        var files: [(path: String, name: String)] = []
        do {
            for (index, name) in given.enumerated() {
                guard Self.isSpooled(name) else {
                    names.append(name)
                    continue
                }
                let path = "\(directory)/\(index).tar"
                files.append((path, name))
                try Self.spool(name, to: path, limit: limit)
                names.append(path)
            }
        } catch {
            Self.remove(files, directory)
            throw error
        }
        self.names = names
        self.files = files
        self.directory = directory
    }

    deinit { Self.remove(files, directory) }

    private static func remove(_ files: [(path: String, name: String)], _ directory: String?) {
        for file in files { unlink(file.path) }
        if let directory { rmdir(directory) }
    }

    /// Runs a job on the names; its result and its errors name the given subjects, not the temporary files.
    func run(_ job: ([String]) async throws -> CommandResult) async throws -> CommandResult {
        do {
            var result = try await job(names)
            guard !files.isEmpty else { return result }
            result.text = restored(result.text)
            result.diagnostics = result.diagnostics.map(restored)
            return result
        } catch let error as any CommandFailure {
            if files.isEmpty { throw error }
            if let usage = error.usage { throw ValidationError(restored(usage)) }
            throw OutputError(restored(error.description))
        }
    }

    private func restored(_ text: String) -> String {
        files.reduce(text) { text, file in
            let shown = file.name == "-" ? "standard input" : file.name
            var output = ""
            var rest = text[...]
            while let range = rest.firstRange(of: file.path) {
                output += rest[..<range.lowerBound] + shown
                rest = rest[range.upperBound...]
            }
            return output + rest
        }
    }

    private static func isSpooled(_ name: String) -> Bool {
        name == "-" || DaemonImage(name) != nil
    }

    private static func spool(_ name: String, to path: String, limit: Int) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw OutputError("\(path): \(systemMessage(errno))") }
        defer { close(file) }
        var sink = SpoolFile(descriptor: file, limit: limit, name: name == "-" ? "standard input" : name)
        if let image = DaemonImage(name) { return try image.save(to: &sink) }
        guard isatty(STDIN_FILENO) == 0 else {
            throw ValidationError("- is standard input, which is a terminal: docker save IMAGE | pinproof inspect -")
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw OutputError("standard input: \(systemMessage(errno))")
            }
            if count == 0 { break }
            try sink.write(buffer[..<count])
        }
        if sink.count == 0 { throw OutputError("standard input: it is empty") }
    }
}

/// A temporary file of limited size.
struct SpoolFile {
    let descriptor: Int32
    let limit: Int
    /// The name of the subject, for errors.
    let name: String
    /// How many bytes were written.
    private(set) var count = 0

    init(descriptor: Int32, limit: Int, name: String) {
        self.descriptor = descriptor
        self.limit = limit
        self.name = name
    }

    mutating func write(_ bytes: ArraySlice<UInt8>) throws(OutputError) {
        guard bytes.count <= limit - count else {
            throw OutputError("\(name): more than \(limit) bytes (--max-total-size)")
        }
        var rest = bytes
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                throw OutputError("\(name): the temporary file cannot be written: \(systemMessage(errno))")
            }
            rest = rest.dropFirst(written)
        }
        count += bytes.count
    }
}
