import Testing

@testable import PinRules

/// Places of a Dockerfile that name images and commands besides those that everyone knows.
struct SilentDockerfileTests {
    @Test("a syntax directive behind an interpreter's line, and a health check")
    func dockerfiles() {
        func said(_ text: String) -> [String] {
            check("Dockerfile", text).findings.map { "\($0.severity) \($0.subject ?? "")" }
        }
        #expect(said("#!/usr/bin/x\n# syntax=x/frontend\nFROM a:1.2\n") == ["error x/frontend"])
        #expect(said("#!/usr/bin/x\n# a\n# syntax=x/frontend\nFROM a:1.2\n").isEmpty)
        #expect(said("#!/usr/bin/x\n# escape=`\n# syntax=x/frontend:1\nFROM a:1.2\n").isEmpty)
        #expect(said("FROM a:1.2\nHEALTHCHECK CMD pip install x\n") == ["warning pip install x"])
        #expect(said("FROM a:1.2\nHEALTHCHECK CMD [\"pip\", \"install\", \"x\"]\n") == ["warning pip install x"])
        #expect(said("FROM a:1.2\nHEALTHCHECK --interval=5s CMD curl -f http://$HOST:8080/ || exit 1\n").isEmpty)
        #expect(said("FROM a:1.2\nHEALTHCHECK NONE\n").isEmpty)
    }
}
