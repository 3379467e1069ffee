import FoundationEssentials
import Testing

@testable import Pinproof

/// Files that a rewrite adds reach the build: the effective ignore file lets them through.
struct IgnoreFileTests {
    @Test(
        "what an ignore file leaves out gets an exception",
        arguments: [
            // The case: everything is left out but one directory.
            ("*\n!src\n", "requirements.lock.txt", "*\n!src\n!requirements.lock.txt\n"),
            ("**/*.txt", "requirements.lock.txt", "**/*.txt\n!requirements.lock.txt\n"),
            (
                "# all\n*\n!requirements.lock.txt\n*.txt\n", "requirements.lock.txt",
                "# all\n*\n!requirements.lock.txt\n*.txt\n!requirements.lock.txt\n"
            ),
            ("locks\n", "locks/a.txt", "locks\n!locks/a.txt\n"),
            ("*.md\n", "requirements.lock.txt", nil),
            ("*\n!requirements.lock.txt\n", "requirements.lock.txt", nil),
            ("", "requirements.lock.txt", nil),
        ] as [(String, String, String?)])
    func exceptions(_ text: String, _ file: String, _ expected: String?) {
        let file = IgnoreFile(path: ".dockerignore", text: text).lettingThrough([file])
        #expect(file?.text == expected)
    }

    @Test("the ignore file of a Dockerfile's own name stands above that of the context")
    func effective() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "pinproof-ignore-" + String(UInt64.random(in: .min ... .max), radix: 36)).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try IgnoreFile.effective(dockerfile: folder + "/gpu.Dockerfile", context: folder) == nil)
        try Data("*\n".utf8).write(to: URL(filePath: folder + "/.dockerignore"))
        let common = try IgnoreFile.effective(dockerfile: folder + "/gpu.Dockerfile", context: folder)
        #expect(common?.path == folder + "/.dockerignore")
        try Data("*.md\n".utf8).write(to: URL(filePath: folder + "/gpu.Dockerfile.dockerignore"))
        let own = try IgnoreFile.effective(dockerfile: folder + "/gpu.Dockerfile", context: folder)
        #expect(own?.path == folder + "/gpu.Dockerfile.dockerignore")
        #expect(own?.leavesOut("a.txt") == false)
        #expect(common?.leavesOut("a.txt") == true)
    }
}
