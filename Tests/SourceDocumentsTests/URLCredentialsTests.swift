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
            ("no url at all", "no url at all"), ("://", "://"), ("https://", "https://"),
        ])
    func hidden(_ text: String, _ expected: String) {
        #expect(URLCredentials.redacted(text) == expected)
    }
}
