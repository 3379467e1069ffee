import Glibc

/// One input of libFuzzer (https://llvm.org/docs/LibFuzzer.html): one file, or several that ``separator`` keeps apart.
public struct FuzzInput {
    /// What stands between two files; no text holds it, as it is not UTF-8.
    public static let separator: [UInt8] = [0xFF, 0xFE, 0xFF]

    /// The whole input.
    public let bytes: [UInt8]

    /// Takes what libFuzzer hands over.
    public init(_ data: UnsafePointer<UInt8>, _ count: Int) {
        bytes = Array(UnsafeBufferPointer(start: data, count: count))
    }

    /// The files behind the first `skipped` bytes.
    public func parts(after skipped: Int = 0) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var index = skipped
        while index < bytes.count {
            if bytes[index] == 0xFF, bytes[index...].starts(with: Self.separator) {
                parts.append([])
                index += Self.separator.count
            } else {
                parts[parts.count - 1].append(bytes[index])
                index += 1
            }
        }
        return parts
    }
}

/// Ends the process when a property does not hold, which libFuzzer takes for a crash.
public func require(_ holds: Bool, _ message: String) {
    guard holds else { fatalError(message) }
}

/// A folder in memory that belongs to this process, where readers that want a path find their input.
public enum ScratchFolder {
    /// Its path.
    public static let path = "/dev/shm/pinproof-fuzzing-\(getpid())"

    /// Empties the folder, writes files into it and gives its path.
    public static func fill(_ files: [(path: String, bytes: [UInt8])]) -> String {
        clear(path, depth: 0)
        mkdir(path, 0o700)
        for file in files {
            var parent = path
            for name in file.path.split(separator: "/").dropLast() {
                parent += "/\(name)"
                mkdir(parent, 0o700)
            }
            let descriptor = open("\(path)/\(file.path)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            guard descriptor >= 0 else { continue }
            _ = file.bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            close(descriptor)
        }
        return path
    }

    private static func clear(_ folder: String, depth: Int) {
        guard depth < 16, let stream = opendir(folder) else { return }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            if unlink("\(folder)/\(name)") != 0 { clear("\(folder)/\(name)", depth: depth + 1) }
        }
        closedir(stream)
        rmdir(folder)
    }
}
