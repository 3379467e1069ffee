import TestSupport
import Testing

@testable import SourceDocuments

struct URLCredentialsTests {
    @Test(
        "user parts, tokens and signatures are hidden; nothing else is",
        arguments: [
            ("https://user:pw@host/x", "https://***@host/x"), ("https://token@host/x", "https://***@host/x"),
            ("git+ssh://git@host/x", "git+ssh://git@host/x"), ("ssh://git:pw@host/x", "ssh://***@host/x"),
            ("git@host:x", "git@host:x"), ("https://${TOKEN}@host/x", "https://${TOKEN}@host/x"),
            ("https://${USER}:${TOKEN}@host", "https://${USER}:${TOKEN}@host"),
            ("https://me:${TOKEN}@host", "https://***@host"), ("https://$T@host", "https://$T@host"),
            ("https://host/t/abc/pkgs", "https://host/t/***/pkgs"),
            ("https://h/x?token=abc&y=1", "https://h/x?token=***&y=1"),
            ("https://h/x?y=1&X-Amz-Signature=abc#z", "https://h/x?y=1&X-Amz-Signature=***#z"),
            ("https://h/x?sv=1&sig=a%2Bb", "https://h/x?sv=1&sig=***"),
            ("https://h/x?access_token=${T}", "https://h/x?access_token=${T}"),
            ("https://h/x?private_token=a&api_key=b", "https://h/x?private_token=***&api_key=***"),
            ("https://h/x?design=1&monkey=2&q", "https://h/x?design=1&monkey=2&q"),
            ("https://h/x?token=", "https://h/x?token="), ("https://h/x@1.2", "https://h/x@1.2"),
            ("RUN curl https://a:b@h/x https://c@h/y", "RUN curl https://***@h/x https://***@h/y"),
            ("https://proxy/https://u:p@h/t/abc/x", "https://proxy/https://***@h/t/***/x"),
            ("https://h/t/a/x?to=https://u:p@i/t/b/y?key=c", "https://h/t/***/x?to=https://***@i/t/***/y?key=***"),
            ("https://h/?token=a/t/b/c&x=1", "https://h/?token=***&x=1"),
            ("https://h//t//t/a/b", "https://h//t//t/***/b"),
            ("https://h/x?token=a?b=c#d?sig=e", "https://h/x?token=***#d?sig=***"),
            ("no url at all", "no url at all"), ("://", "://"), ("https://", "https://"),
        ])
    func hidden(_ text: String, _ expected: String) {
        #expect(URLCredentials.redacted(text) == expected)
    }

    @Test("the name in front of a digest is no user")
    func digests() {
        let digest = "@sha256:" + String(repeating: "ab", count: 32)
        for name in ["docker://python", "docker://python:3.12", "docker-image://python", "docker://h/python"] {
            #expect(URLCredentials.redacted(name + digest + ": no") == name + digest + ": no")
        }
        #expect(URLCredentials.redacted("docker://u:p@h" + digest) == "docker://***@h" + digest)
        #expect(URLCredentials.redacted("https://token@sha256:443/x") == "https://***@sha256:443/x")
    }

    /// URLs inside of URLs: nothing traps, and no password stays.
    @Test("pieces of URLs in any order", arguments: 0..<8)
    func anyOrder(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "https://", "ssh://", "u:p@", "h", "/t/", "ab", "?", "token=", "key=", "&", "#", "/", " ", "${T}", "=",
        ]
        for _ in 0..<fuzzRounds(500) {
            let text = (0..<Int.random(in: 1...14, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            let once = URLCredentials.redacted(text)
            #expect(!once.contains("https://u:p@"), "\(text)")
        }
    }
}
