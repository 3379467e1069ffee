import EnvironmentInventory
import Testing

@testable import PinRules

/// Configuration of pip and uv beside the command line: variables, files that are copied or written, `pip config set`.
struct PipSettingsTests {
    private static let files = [
        "c.txt": "numpy==1.26.4\n", "req.txt": "numpy\n",
        "pip.conf": "[global]\nextra-index-url =\n    https://a.example/simple\n    https://b.example/simple\n",
        "pinned.conf": "[install]\nconstraint = /c.txt\nno-deps = yes\n",
        "hashes.conf": "[install]\nrequire-hashes: true\nextra-index-url = https://a.example/simple\n",
        "uv.toml":
            "extra-index-url = [\"https://a.example/simple\"]\nconstraint-dependencies = [\"numpy==1.26.4\"]\n",
        "index.toml":
            "[[index]]\nurl = \"https://a.example/simple\"\n[[index]]\nurl = \"https://b.example/simple\"\nexplicit = true\n[[index]]\nurl = \"https://d.example/simple\"\ndefault = true\n",
        "crlf.conf": "[global]\r\n# x\r\nextra-index-url =\r\n    https://a.example/simple\r\nindex-url = x\r\n",
        "rootfs/etc/pip.conf": "[global]\nextra-index-url = https://a.example/simple\n",
    ]

    private static func found(_ body: String, require: PinStrength = .exact) -> [String] {
        check("Dockerfile", "FROM python:3.11.9\n" + body + "\n", beside: files, require: require).findings.map {
            "\($0.rule) \($0.subject ?? "")"
        }.sorted()
    }

    private static let a = "extra-index https://a.example/simple"
    private static let b = "extra-index https://b.example/simple"
    private static let floats = "floating-python-package numpy"

    @Test(
        "what variables and configuration say is applied",
        arguments: [
            ("COPY pip.conf /etc/pip.conf\nRUN pip install numpy==1.26.4", [a, b]),
            ("COPY pip.conf /root/.config/pip/\nRUN pip install numpy==1.26.4", [a, b]),
            ("COPY pip.conf /root/.pip/pip.conf\nRUN python -m pip install numpy==1.26.4", [a, b]),
            ("COPY crlf.conf /etc/pip.conf\nRUN pip install numpy==1.26.4", [a]),
            ("COPY rootfs /\nRUN pip install numpy==1.26.4", [a]),
            ("ENV PIP_CONFIG_FILE=/x/p.conf\nCOPY pip.conf /x/p.conf\nRUN pip install numpy==1.26.4", [a, b]),
            ("ENV VIRTUAL_ENV=/venv\nCOPY pip.conf /venv/\nRUN pip install numpy==1.26.4", [a, b]),
            ("ENV HOME=/home/x\nCOPY pip.conf /home/x/.config/pip/pip.conf\nRUN pip install numpy==1.26.4", [a, b]),
            ("COPY pip.conf /elsewhere/pip.conf\nRUN pip install numpy==1.26.4", []),
            ("COPY c.txt /c.txt\nCOPY pinned.conf /etc/pip.conf\nRUN pip install numpy", []),
            (
                "COPY c.txt /c.txt\nCOPY pinned.conf /etc/pip.conf\nRUN pip install pandas",
                ["floating-python-package pandas"]
            ),
            ("RUN pip config set global.extra-index-url https://a.example/simple\nRUN pip install numpy==1.26.4", [a]),
            (
                "RUN pip config set --global global.extra-index-url https://a.example/simple && pip install numpy==1.26.4",
                [a]
            ),
            (
                "RUN python -m pip config --user set install.extra-index-url https://a.example/simple && pip install numpy==1.26.4",
                [a]
            ),
            ("RUN pip install numpy==1.26.4 && pip config set global.extra-index-url https://a.example/simple", []),
            ("RUN pip config set global.index-url https://a.example/simple && pip install numpy==1.26.4", []),
            ("RUN pip config list && pip install numpy", [floats]),
            ("COPY c.txt /c.txt\nRUN pip config set global.constraint /c.txt && pip install numpy", []),
            (
                "RUN printf '[global]\\nextra-index-url = https://a.example/simple\\n' > /etc/pip.conf && pip install numpy==1.26.4",
                [a]
            ),
            (
                "RUN printf '%s\\n' '[global]' 'extra-index-url = https://a.example/simple' > /etc/pip.conf && pip install numpy==1.26.4",
                [a]
            ),
            (
                "RUN echo \"[global]\\nextra-index-url = https://a.example/simple\" | tee /etc/pip.conf && pip install numpy==1.26.4",
                [a]
            ),
            (
                "RUN <<EOF\ncat > /etc/pip.conf <<X\n[global]\nextra-index-url = https://a.example/simple\nX\npip install numpy==1.26.4\nEOF",
                [a]
            ),
            (
                "COPY <<EOF /etc/pip.conf\n[global]\nextra-index-url = https://a.example/simple\nEOF\nRUN pip install numpy==1.26.4",
                [a]
            ),
            (
                "COPY hashes.conf /etc/pip.conf\nRUN pip install --no-deps https://x.example/x-1.whl#sha256="
                    + String(repeating: "a", count: 64), []
            ),
            ("COPY uv.toml /etc/uv/uv.toml\nRUN uv pip install numpy", [a]),
            (
                "COPY uv.toml /root/.config/uv/uv.toml\nRUN uv pip install pandas",
                [a, "floating-python-package pandas"]
            ),
            ("WORKDIR /app\nCOPY uv.toml .\nRUN uv pip install numpy", [a]),
            ("COPY index.toml /etc/uv/uv.toml\nRUN uv pip install numpy==1.26.4", [a]),
            ("ENV UV_CONFIG_FILE=/x.toml\nCOPY index.toml /x.toml\nRUN uv pip install numpy==1.26.4", [a]),
            ("COPY pip.conf /etc/pip.conf\nRUN uv pip install numpy==1.26.4", []),
            ("ENV PIP_EXTRA_INDEX_URL=https://a.example/simple\nRUN pip install numpy==1.26.4", [a]),
            ("ARG PIP_EXTRA_INDEX_URL=https://a.example/simple\nRUN pip install numpy==1.26.4", [a]),
            ("RUN export PIP_EXTRA_INDEX_URL=https://a.example/simple && pip install numpy==1.26.4", [a]),
            ("RUN PIP_EXTRA_INDEX_URL=https://a.example/simple pip install numpy==1.26.4", [a]),
            ("RUN UV_EXTRA_INDEX_URL=https://a.example/simple uv pip install numpy==1.26.4", [a]),
            ("COPY c.txt /c.txt\nENV UV_CONSTRAINT=/c.txt\nRUN uv pip install numpy", []),
            ("COPY c.txt req.txt /\nENV PIP_CONSTRAINT=/c.txt\nRUN pip install -r /req.txt", []),
            ("COPY c.txt /c.txt\nRUN PIP_CONSTRAINT=/c.txt pip install numpy", []),
            ("COPY req.txt /\nENV PIP_REQUIREMENT=/req.txt\nRUN pip install", ["floating-requirement numpy"]),
            (
                "ENV PIP_REQUIRE_HASHES=1 PIP_EXTRA_INDEX_URL=https://a.example/simple\nRUN pip install numpy==1.26.4",
                []
            ),
        ])
    func applied(_ body: String, _ expected: [String]) {
        #expect(Self.found(body) == expected.sorted(), "\(body)")
    }

    @Test("settings of a stage hold in the stages that build on it, and in no other")
    func stages() {
        let text = """
            FROM python:3.11.9 AS base
            RUN pip config set global.extra-index-url https://a.example/simple
            COPY pip.conf /etc/pip.conf
            ENV PIP_EXTRA_INDEX_URL=https://e.example/simple
            FROM base
            RUN pip install numpy==1.26.4
            FROM python:3.11.9
            RUN pip install pandas==2.2.2
            """
        let lines = check("Dockerfile", text, beside: Self.files).findings.map {
            "\($0.range?.start.line ?? 0) \($0.rule)"
        }
        #expect(Set(lines) == ["6 extra-index"])
    }

    @Test("a source without its dependencies is whole at hashed")
    func withoutDependencies() {
        let image = "image-without-digest python:3.11.9"
        let body = "RUN pip install git+https://github.com/p/p@5da4258b17dea7bd4601358de200e185699f9997"
        #expect(Self.found(body, require: .hashed) != [image])
        #expect(Self.found("ENV PIP_NO_DEPS=1\n" + body, require: .hashed) == [image])
        #expect(Self.found("RUN pip config set install.no-deps true\n" + body, require: .hashed) == [image])
        #expect(Self.found("ENV PIP_NO_DEPS=0\n" + body, require: .hashed) != [image])
    }

    @Test(
        "texts that are not a configuration say nothing",
        arguments: [
            "", "extra-index-url = https://a.example", "[list]\nextra-index-url = https://a.example", "\u{0}[",
            "[global",
        ])
    func noise(_ text: String) {
        #expect(PipSettings(pipConfiguration: text).isEmpty)
        #expect(PipSettings(uvConfiguration: .init(name: "uv.toml", text: text)).isEmpty)
    }
}
