import ArchiveReading
import DockerfileSyntax
import Glibc
import SourceDocuments

/// Reads a text file completely; refuses anything but a regular file of limited size.
package func readText(_ path: String) throws(InputError) -> SourceText {
    let bytes = try InputError.wrapping { () throws(ArchiveReadingError) in
        try readFile(path: path, limit: Check.maximumTextSize)
    }
    return SourceText(name: path, bytes: bytes)
}

/// Reads a file whose path is not UTF-8.
///
/// - Parameter name: how findings name the file.
func readText(raw path: [UInt8], name: String) throws(InputError) -> SourceText {
    let descriptor = path.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { buffer -> Int32 in
        var copy = Array(buffer)
        copy.append(0)
        return open(copy, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    }
    guard descriptor >= 0 else { throw InputError("\(name): \(systemMessage(errno))") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw InputError("\(name): \(systemMessage(errno))")
        }
        if count == 0 { return SourceText(name: name, bytes: bytes) }
        bytes += buffer[..<count]
        if bytes.count > Check.maximumTextSize { throw InputError("\(name): more than \(Check.maximumTextSize) bytes") }
    }
}

/// Parses a Dockerfile; refuses a file with NUL bytes, or without any instruction that Docker knows.
package func parseDockerfile(_ text: SourceText) throws(InputError) -> Dockerfile {
    if let offset = text.bytes.firstIndex(of: 0) {
        throw InputError("\(text.name): it is not a Dockerfile: byte \(offset) is NUL")
    }
    let dockerfile = Dockerfile.parse(text)
    let instructions = dockerfile.instructions
    if !instructions.isEmpty, !instructions.contains(where: \.isKnown) {
        throw InputError("\(text.name): it is not a Dockerfile: no line of it is an instruction")
    }
    return dockerfile
}

/// Reads standard input to its end.
func readStandardInput(name: String) throws(InputError) -> SourceText {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(STDIN_FILENO, &buffer, buffer.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw InputError("standard input: \(systemMessage(errno))")
        }
        if count == 0 { return SourceText(name: name, bytes: bytes) }
        bytes += buffer[..<count]
        if bytes.count > Check.maximumTextSize {
            throw InputError("standard input: more than \(Check.maximumTextSize) bytes")
        }
    }
}

/// Whether a path is a directory, following links.
package func isFolder(_ path: String) -> Bool { mode(path).map { $0 & S_IFMT == S_IFDIR } ?? false }

/// Whether a path is a regular file, following links.
package func isRegularFile(_ path: String) -> Bool { mode(path).map { $0 & S_IFMT == S_IFREG } ?? false }

/// Whether anything is at a path.
package func exists(_ path: String) -> Bool { mode(path) != nil }

private func mode(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode : nil
}

/// Returns the absolute path of a directory, or of the directory of a file; nil if it does not exist.
package func absoluteFolder(_ path: String) -> String? {
    let start = path == "-" ? "." : isFolder(path) ? path : folder(of: path)
    guard let resolved = realpath(start, nil) else { return nil }
    defer { free(resolved) }
    return String(validatingCString: resolved)
}
