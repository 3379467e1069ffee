import EnvironmentInventory
import Testing

@testable import PinRules

/// What proves that something is pinned, and what only looks so.
struct ProofTests {
    private static let hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

    /// Steps whose checksum proves nothing.
    private static let unproved = [
        "curl -LO https://index.example/k && curl -LO https://index.example/k.sha256 && echo \"$(cat k.sha256)  k\" | sha256sum --check",
        "curl -LO https://index.example/k && curl -L https://index.example/k.sha256 | sha256sum -c -",
        "wget https://index.example/k; echo \"\(hash)  k\" | sha256sum -c -; ls",
        "A=sha1; case $A in sha1) S=cksum ;; *) S=sha256sum ;; esac; wget https://index.example/k && echo \"\(hash)  k\" | $S -c -",
        "wget https://index.example/k && echo \"\(hash)  k\" | sha256sum -c - || true",
        "wget https://index.example/k.sh && bash k.sh && echo \"\(hash)  k.sh\" | sha256sum -c -",
        "wget https://index.example/k.tgz && tar xf k.tgz && echo \"\(hash)  k.tgz\" | sha256sum -c -",
    ]

    @Test("a checksum that cannot end the build, comes too late or from the same server", arguments: unproved)
    func isUnproved(_ script: String) {
        let found = check("Dockerfile", "FROM debian:12.5\nRUN \(script)\n").findings
        #expect(found.contains { $0.rule == "unverified-download" && $0.severity == .error }, "\(found)")
    }

    @Test(
        "a checksum that proves",
        arguments: [
            "wget https://index.example/k && echo \"\(hash)  k\" | sha256sum -c - && ls",
            "set -e; wget https://index.example/k; echo \"\(hash)  k\" | sha256sum -c -; ls",
            "wget https://index.example/k.tgz && echo \"\(hash)  k.tgz\" | sha256sum -c - && tar xf k.tgz",
            "wget https://index.example/k && (echo \"\(hash)  k\" | sha256sum -c - || exit 1) && ls",
            "A=sha256; case $A in sha1) S=cksum ;; sha256) S=sha256sum ;; esac; wget https://index.example/k && echo \"\(hash)  k\" | $S -c -",
        ])
    func isProved(_ script: String) {
        let found = check("Dockerfile", "FROM debian:12.5\nRUN \(script)\n").findings
        #expect(found.isEmpty, "\(found)")
    }

    private static let commit = "0123456789012345678901234567890123456789"

    private static let rows: [(text: String, subjects: [String])] = [
        (
            "RUN git clone --recursive https://index.example/y z && git -C z checkout \(commit)\n",
            ["https://index.example/y"]
        ),
        (
            "RUN git clone --recursive https://index.example/y z && git -C z checkout \(commit) && git -C z submodule update --init\n",
            []
        ),
        ("RUN git clone https://index.example/y /y\nRUN cd /y && git checkout . && git checkout \(commit)\n", []),
        ("RUN curl -sSf https://raw.githubusercontent.com/a/b/\(commit)/i.sh | sh\n", []),
        ("RUN curl -sSf https://index.example/a/\(commit)/i.sh | sh\n", ["https://index.example/a/\(commit)/i.sh"]),
        ("RUN curl -fsSL get.example.com | sh\n", ["get.example.com"]),
        ("RUN gem install bundler:2.0.1 -- --use-system-libraries=true\n", []),
        ("ENV PIP_CONSTRAINT=/c.txt\nCOPY c.txt /c.txt\nRUN pip install numpy\n", []),
        ("RUN uv pip install --system -r pyproject.toml\n", ["pyproject.toml"]),
        ("RUN pip install --group dev\n", ["dev"]),
        (
            "RUN echo 'deb http://snapshot.debian.org/archive/debian/20240601T000000Z bookworm main' > /etc/apt/sources.list && apt-get install -y gnupg\nRUN echo 'deb https://packages.index.example/apt x main' > /etc/apt/sources.list.d/g.list && apt-get install -y tool\n",
            ["tool"]
        ),
        // A host that only has a name of the distribution in it.
        (
            "RUN echo 'deb http://snapshot.debian.org/archive/debian/20240601T000000Z bookworm main' > /etc/apt/sources.list\nRUN echo 'deb https://security.index.example/debian x main' > /etc/apt/sources.list.d/g.list && apt-get install -y tool\n",
            ["tool"]
        ),
        (
            "RUN echo 'deb http://snapshot.debian.org/archive/debian/20240601T000000Z bookworm main' > /etc/apt/sources.list\nRUN echo 'deb https://snapshot.debian.org.index.example/debian x main' > /etc/apt/sources.list.d/g.list && apt-get install -y tool\n",
            ["tool"]
        ),
        (
            "RUN echo 'deb http://snapshot.debian.org/archive/debian/20240601T000000Z bookworm main' > /etc/apt/sources.list\nRUN echo 'deb https://snapshot.debian.org@index.example/debian x main' > /etc/apt/sources.list.d/g.list && apt-get install -y tool\n",
            ["tool"]
        ),
    ]

    @Test("what floats at exact", arguments: rows.indices)
    func errors(index: Int) {
        let (text, subjects) = Self.rows[index]
        let found = check("Dockerfile", "FROM debian:12.5\n" + text, beside: ["c.txt": "numpy==1.26.4\n"]).findings
        #expect(found.filter { $0.severity == .error }.compactMap(\.subject) == subjects, "\(text)")
    }

    @Test("an environment that MLflow wrote passes at exact with notes")
    func mlflow() {
        let text =
            "channels: [conda-forge]\ndependencies:\n- python=3.11.7\n- pip\n- pip:\n  - six==1.17.0\nname: mlflow-env\n"
        let found = check("conda.yaml", text).findings
        #expect(found.map(\.severity) == [.note, .note], "\(found)")
        #expect(
            check("environment.yml", "dependencies:\n- python=3.11\n- pip\n").findings.filter { $0.severity == .error }
                .count == 2)
    }
}
