import Testing

@testable import PinRules

/// Commands that some shells read where others read something else.
struct ShellReadingTests {
    private static func said(_ lines: String) -> [String] {
        check("Dockerfile", "FROM python:3.11.9\n\(lines)\n").findings.map { "\($0.rule) \($0.subject ?? "")" }
    }

    @Test(
        "what any shell would install is told",
        arguments: [
            "RUN ((pip install x))", "RUN (((pip install x)))", "RUN <<EOF\nalias p=\"pip install\"\np x\nEOF",
            "RUN <<EOF\nalias p=pip\nif true; then p install x; fi\nEOF",
        ])
    func tells(_ lines: String) { #expect(Self.said(lines).contains("floating-python-package x")) }

    @Test(
        "arithmetic and aliases that install nothing are silent",
        arguments: [
            "SHELL [\"/bin/bash\", \"-c\"]\nRUN i=0; (( i++ )) || true; for ((i=0;i<3;i++)); do echo $i; done",
            "RUN echo $(( 1 + 2 )) && (( $(nproc) > 4 )) || true", "RUN <<EOF\nalias ll='ls -l'\nll /tmp\nEOF",
            "SHELL [\"/bin/bash\", \"-c\"]\nRUN (( $RETRIES < 5 )) && (( RETRIES = RETRIES + 1 ))",
        ])
    func isSilent(_ lines: String) { #expect(Self.said(lines).isEmpty) }
}
