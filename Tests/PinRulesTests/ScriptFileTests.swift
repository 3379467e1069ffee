import DockerfileSyntax
import SourceDocuments
import Testing

@testable import PinRules

/// Scripts that RUN instructions run are followed through COPY and the build context.
struct ScriptFileTests {
    /// A Dockerfile that runs a script, and how the script is found.
    private static let found = [
        "COPY install.sh /tmp/\nRUN /tmp/install.sh\n",
        "COPY install.sh /tmp/\nRUN chmod +x /tmp/install.sh && /tmp/install.sh\n",
        "WORKDIR /app\nCOPY . .\nRUN ./install.sh\n",
        "WORKDIR /app\nCOPY . .\nRUN bash -ex install.sh -y\n",
        "WORKDIR /app\nCOPY . .\nRUN . ./install.sh && true\n",
        "WORKDIR /app\nCOPY . .\nRUN cd /app && sudo -E sh ./install.sh\n",
        "COPY install.sh /usr/local/bin/\nRUN install.sh\n",
        "COPY install.sh /opt/x/\nENV PATH=/opt/x:/bin\nRUN install.sh\n",
        "RUN --mount=type=bind,source=install.sh,target=/i.sh sh /i.sh\n",
        "RUN --mount=type=bind,target=/src cd /src && ./install.sh\n",
        "COPY outer.sh install.sh /s/\nRUN /s/outer.sh\n",
        "COPY install.sh /usr/bin/\nCOPY other /usr/local/bin/\nRUN install.sh\n",
    ]

    private static let scripts = [
        "install.sh": "#!/bin/bash\nset -e\napt-get update\napt-get install -y git curl=7.88\n",
        "outer.sh": "#!/bin/sh\n/s/install.sh\n",
        "arguments.sh": "apt-get install -y $1 \"$@\"\n",
        "shifted.sh":
            "COMMAND=${1:-}\nshift || true\napt-get install -y \"$@\"\ncd /app || exit 1\npip install -r requirements.txt\n",
        "python.sh": "#!/usr/bin/env python3\napt-get install -y git\n",
        "allowed.sh": "#!/bin/sh\n# pinproof: allow floating-apt-package -- it is a test\napt-get install -y git\n",
        "broken.sh": "#!/bin/sh\napt-get install -y git\nif\n",
        "snapshot.sh":
            "#!/bin/sh\necho deb http://snapshot.debian.org/archive/debian/20240501T000000Z x main > /etc/apt/sources.list\napt-get install -y git\n",
        "requirements.txt": "numpy\n",
        "pip.sh": "#!/bin/sh\ncd /app && pip install -r requirements.txt\n",
        "loop.sh": "#!/bin/sh\n/loop.sh a\n",
    ]

    private func findings(_ instructions: String) -> FileFindings {
        check("Dockerfile", "FROM debian:12.5\n" + instructions, beside: Self.scripts)
    }

    @Test("the finding lies in the script and says what runs it", arguments: found)
    func scriptIsFollowed(_ instructions: String) throws {
        let findings = findings(instructions).findings
        let finding = try #require(findings.first { $0.rule == "floating-apt-package" }, "\(findings)")
        #expect(findings.count == 1)
        #expect(finding.file == "install.sh")
        #expect(finding.subject == "git")
        #expect(finding.range?.start == SourcePosition(line: 4, column: 20))
        #expect(
            finding.usedBy == [.init(file: "Dockerfile", line: instructions.split(separator: "\n").count + 1)])
    }

    @Test("a text of the Dockerfile keeps its place")
    func heredocsAreFollowed() {
        expectMarks(
            "floating-apt-package", "Dockerfile",
            "FROM debian:12.5\nCOPY <<EOF /x.sh\napt-get install -y «git»\nEOF\nRUN sh /x.sh\n")
        expectMarks(
            "floating-apt-package", "Dockerfile",
            "FROM debian:12.5\nRUN cat > /x.sh <<'EOF'\napt-get install -y «git»\nEOF\nRUN sh /x.sh\n")
    }

    @Test("arguments are put in, and the finding is where the script hands them on")
    func argumentsArePutIn() {
        let findings = findings("COPY arguments.sh /\nRUN sh /arguments.sh git\n").findings
        #expect(findings.map(\.subject) == ["git", "git"])
        #expect(findings.map(\.file) == ["arguments.sh", "arguments.sh"])
        #expect(findings.compactMap(\.range?.start) == [.init(line: 1, column: 20), .init(line: 1, column: 23)])
    }

    @Test(
        "a script that the same RUN downloads is not a missing file of the context",
        arguments: [
            "curl -fsSLo x.sh https://index.example/y && sh x.sh", "wget https://index.example/x.sh && bash ./x.sh -y",
            "curl https://index.example/y > x.sh; sh x.sh",
        ])
    func downloadedScriptsAreNotMissed(_ script: String) {
        let rules = findings("COPY . /src\nWORKDIR /src\nRUN \(script)\n").findings.map(\.rule)
        #expect(rules == ["unverified-download"])
    }

    @Test("a subcommand that is shifted away is not a package, and `cd x || exit` goes to x")
    func shiftedArgumentsAreGone() {
        let result = findings("COPY shifted.sh requirements.txt /app/\nRUN sh /app/shifted.sh install git\n").findings
        #expect(Set(result.map(\.subject)) == ["git", "numpy"])
        #expect(result.first { $0.file == "shifted.sh" }?.range?.start == .init(line: 3, column: 20))
    }

    @Test("what is not a shell script, or is allowed, is silent")
    func otherScriptsAreSilent() {
        #expect(findings("COPY python.sh /\nRUN /python.sh\n").findings.isEmpty)
        let allowed = findings("COPY allowed.sh /\nRUN /allowed.sh\n")
        #expect(allowed.findings.isEmpty)
        #expect(allowed.suppressed.count == 1)
        #expect(findings("COPY snapshot.sh /\nRUN /snapshot.sh\n").findings.isEmpty)
        #expect(findings("RUN ./configure && make && make install\n").findings.isEmpty)
        #expect(findings("COPY . /src\nWORKDIR /src\nRUN ./configure\n").findings.isEmpty)
        #expect(findings("COPY setup.py /x/\nRUN /x/setup.py\n").findings.isEmpty)
        #expect(findings("COPY loop.sh /\nRUN /loop.sh\n").findings.isEmpty)
    }

    @Test("a script that is not there is unknown, one that cannot be read an error")
    func doubtIsSaid() {
        for instructions in [
            "COPY setup.sh /\nRUN /setup.sh\n", "COPY . /src\nRUN bash /src/setup.sh\n",
            "COPY *.sh /src/\nRUN sh -e /src/setup.sh\n", "COPY setup /src/\nRUN sh /src/setup\n",
        ] {
            let missing = findings(instructions).findings
            #expect(missing.map(\.rule) == ["unresolved-variable"])
            #expect(missing.map(\.severity) == [.warning])
        }
        let unfound = findings("RUN ./configure && make && bash /opt/x.sh\n").findings
        #expect(unfound.map(\.rule) == ["unread-command"])
        #expect(unfound.map(\.severity) == [.warning])
        #expect(
            Set(findings("COPY broken.sh /\nRUN /broken.sh\n").findings.map(\.rule))
                == ["floating-apt-package", "unreadable-file"])
    }

    @Test("a script's own files are followed too")
    func filesOfScriptsAreFollowed() {
        let result = findings("WORKDIR /app\nCOPY requirements.txt pip.sh ./\nRUN ./pip.sh\n")
        #expect(result.findings.map(\.file) == ["requirements.txt"])
        #expect(result.findings.first?.usedBy == [.init(file: "pip.sh", line: 2)])
        #expect(result.files.map(\.file.kind).contains("shell"))
    }
}
