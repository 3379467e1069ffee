import Glibc
import Testing

@testable import PinproofCommand

/// What is not a file is written into: `--output /dev/null`, by root, must leave the device where it is.
struct AtomicFileTests {
    @Test func aPipeIsWrittenIntoAndStays() throws {
        var template = Array("/tmp/pinproof-pipe-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        let path = folder + "/pipe"
        defer {
            unlink(path)
            rmdir(folder)
        }
        #expect(mkfifo(path, 0o600) == 0)
        // Open for both, so that neither side waits for the other.
        let reader = open(path, O_RDWR | O_NONBLOCK)
        defer { close(reader) }
        try AtomicFile.write("text", to: path, replacing: true)
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = read(reader, &buffer, buffer.count)
        #expect(count == 4 && Array(buffer.prefix(4)) == Array("text".utf8))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
        try AtomicFile.write("text", to: "/dev/null", replacing: true)
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    }

    @Test func piecesAreWrittenBehindEachOther() throws {
        var template = Array("/tmp/pinproof-pieces-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        let path = folder + "/file"
        defer {
            unlink(path)
            rmdir(folder)
        }
        let pieces: ResultPieces = { sink in
            for piece in ["one ", "", "two"] { Array(piece.utf8).withUnsafeBytes(sink) }
        }
        try AtomicFile.write(pieces, to: path, replacing: true)
        let file = open(path, O_RDWR)
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = read(file, &buffer, buffer.count)
        #expect(String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self) == "one two")
        var run = ProgramRun(output: "", status: 1)
        run.pieces = pieces
        #expect(run.write(output: file, diagnostics: file) == 1)
        #expect(lseek(file, 0, SEEK_CUR) == 14)
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        #expect(run.write(output: full, diagnostics: file) == 2)
        #expect(throws: OutputError.self) { try AtomicFile.write(pieces, to: "/dev/full", replacing: true) }
    }

    @Test func aFolderIsRefused() {
        #expect(throws: OutputError.self) { try AtomicFile.write("text", to: "/tmp", replacing: true) }
    }
}
