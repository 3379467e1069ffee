import Testing

@testable import ContainerImages

/// What a git server says of its branches and tags.
struct GitAnswerTests {
    private static func line(_ text: String) -> String {
        let count = String(text.utf8.count + 4, radix: 16)
        return String(repeating: "0", count: 4 - count.count) + count + text
    }

    private static let commit = String(repeating: "a", count: 40)
    private static let tag = String(repeating: "b", count: 40)
    private static let start = line("# service=git-upload-pack\n") + "0000"

    @Test("names with their commits, annotated tags with what they stand for")
    func parses() throws {
        let text =
            Self.start + Self.line("\(Self.commit) HEAD\u{0}multi_ack symref=HEAD:refs/heads/main\n")
            + Self.line("\(Self.commit) refs/heads/main\n") + Self.line("\(Self.tag) refs/tags/v1\n")
            + Self.line("\(Self.commit) refs/tags/v1^{}\n") + "0000"
        #expect(
            try GitRemote.parse(Array(text.utf8)) == [
                "HEAD": Self.commit, "refs/heads/main": Self.commit, "refs/tags/v1": Self.tag,
                "refs/tags/v1^{}": Self.commit,
            ])
        #expect(try GitRemote.parse(Array(Self.start.utf8)) == [:])
    }

    @Test(
        "what is no such answer is refused",
        arguments: [
            ("", "as a git server does"), ("<html>", "as a git server does"), ("00", "as a git server does"),
            ("zzzz", "as a git server does"), ("0003", "cut off"), ("ffff# service", "cut off"), ("-001", "cut off"),
            ("0000", "as a git server does"), ("\(line("\(commit) HEAD\n"))", "as a git server does"),
            ("\(start)\(line("short HEAD\n"))", "as a git server does"),
            ("\(start)\(line("\(commit)\n"))", "as a git server does"),
            ("\(start)\(line("\(commit.uppercased()) HEAD\n"))", "as a git server does"),
        ])
    func refuses(_ text: String, _ reason: String) {
        let error = #expect(throws: TransferFailure.self) { try GitRemote.parse(Array(text.utf8)) }
        #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
    }

    @Test("only http and https are supported", arguments: ["git://h/x", "ssh://h/x", "file:///x", "h:x", ""])
    func otherSchemes(_ url: String) {
        let error = #expect(throws: RemoteFileError.self) { try GitRemote.commit(of: nil, at: url) }
        #expect(error?.reason.contains("only http and https") == true)
    }
}
