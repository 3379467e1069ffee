import EnvironmentInventory
import TestSupport
import Testing

@testable import PinRules

/// What installs or fetches and was not understood is reported; nothing passes in silence.
struct UnreadCommandTests {
    private static let files = [
        "requirements.txt": "flask==3.0.3\n", "r.in": "flask\n", "i.sh": "#!/bin/sh\napt-get install -y git\n",
        "main.sh": "#!/bin/bash\ncd \"$(dirname \"$0\")\"\n./i.sh\n",
        "Makefile":
            "PKG = curl\nall: deps\ndeps:\n\t@apt-get install -y $(PKG) git=1:2.39\nclean:\n\tapt-get install -y vim\nclear:\n\tls\n",
        "download.py":
            "#!/usr/bin/env python3\nimport os\nfrom huggingface_hub import snapshot_download\nNAME = 'org/a'\nsnapshot_download(NAME)\nsnapshot_download(os.environ['MODEL'])\nos.system('pip install numpy')\n",
    ]

    /// What is read with a warning that it was not understood.
    private static let unread = [
        "eval \"$TOOLS\"", "composer install acme/tool", "opam install -y dune", "helm pull oci://index.example/x",
        "luarocks install x", "pacman -Sy x", "bash \"$SCRIPT\"", "for f in /app/*.sh; do bash $f; done",
        "$TOOL install x", "make none", "make clear gone", "helm repo add a b", "helm install a repo/chart",
        "helm upgrade --install a repo/chart", "helm dependency update x", "helm dependencies build x",
        "sh /opt/unknown.sh", "python missing.py",
        "echo a && sh /opt/unknown.sh",
        "python3 tools/missing.py --all", "mytool --from https://index.example/x https://index.example/y",
        "sed -i 's/==.*//' requirements.txt && pip install -r requirements.txt",
        "perl -pi -e 's/x/y/' requirements.txt && pip install -r requirements.txt",
        "uv pip compile r.in -o requirements.txt && uv pip sync requirements.txt",
        "pip-compile --output-file=requirements.txt r.in && pip install -r requirements.txt",
        "poetry export -o requirements.txt && pip install -r requirements.txt",
        "cp /other.txt requirements.txt && pip install -r requirements.txt",
        "patch requirements.txt x.diff && pip install -r requirements.txt",
    ]

    @Test("each is a warning at exact and an error at hashed, without a strength or an ecosystem", arguments: unread)
    func isSaid(_ script: String) {
        let text = "FROM python:3.11.9\nCOPY . /app\nWORKDIR /app\nARG TOOLS\nARG SCRIPT\nRUN \(script)\n"
        let found = check("Dockerfile", text, beside: Self.files).findings
        #expect(found.contains { $0.rule == "unread-command" }, "\(found)")
        for finding in found where finding.rule == "unread-command" {
            #expect(finding.severity == .warning)
            #expect(finding.strength == .unknown)
            #expect(finding.ecosystem == nil)
            #expect(finding.range?.start.line == 6)
        }
        #expect(!found.contains { $0.severity == .error }, "\(found.map(\.message))")
        let hashed = check("Dockerfile", text, beside: Self.files, require: .hashed).findings
        #expect(hashed.filter { $0.rule == "unread-command" }.allSatisfy { $0.severity == .error })
    }

    @Test(
        "what fetches nothing, or is spoken of elsewhere, is silent",
        arguments: [
            "./configure && make && make install", "install -m 755 x /usr/bin/x", "git lfs install",
            "echo install x https://index.example/x", "cmake --install build", "aws s3 cp x s3://bucket/x && true",
            "twine upload dist/x https://index.example", "helm push x oci://index.example", "npm config set registry x",
            "source /opt/conda/etc/profile.d/conda.sh", ". $HOME/.cargo/env", "which get && mytool --version",
            "sed -i 's/x/y/' other.txt && pip install -r requirements.txt", "ansible-galaxy --help",
            "mkdir add && test -f install", "aws s3 sync $FLAGS $DIR s3://bucket $CACHE", "aws s3 cp $X s3://bucket/x",
            "PR=$(curl -s -H \"Authorization: token $T\" https://api.index.example/repos/x/pulls/1) && echo $PR",
            "curl -u $U:$T https://index.example/api/v2/search.json?q=x | jq .count",
            "curl -F file=@x https://index.example/upload", "wget --post-data=x https://index.example/y",
            "helm get values x", "$MAKE install", "${MAKE} -j4 PREFIX=/x install", "$MAYBE_SUDO make install",
            "$SUDO cmake --install build", "helm install a ./chart", "helm upgrade a /app/chart", "helm list",
            "apt-get clean && rm -rf /var/lib/apt/lists/*",
            "tool get x.bin && echo \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  x.bin\" | sha256sum -c -",
        ])
    func isSilent(_ script: String) {
        let text = "FROM python:3.11.9\nCOPY . /app\nWORKDIR /app\nRUN \(script)\n"
        let found = check("Dockerfile", text, beside: ["requirements.txt": "flask==3.0.3\n"]).findings
        #expect(found.isEmpty, "\(found.map(\.message))")
    }

    @Test("a command behind a script is read as the command that it is")
    func behindScripts() {
        let text = "FROM python:3.11.9\nCOPY . /app\nWORKDIR /app\nRUN tools/retry.sh pip install flask six==1.17.0\n"
        for files in [[:], ["tools/retry.sh": "until \"$@\"; do sleep 1; done\n"]] {
            let found = check("Dockerfile", text, beside: files).findings
            #expect(found.filter { $0.severity == .error }.map(\.subject) == ["flask"])
            #expect(!found.contains { $0.rule == "unread-command" })
        }
    }

    @Test(
        "a command that another program runs is read",
        arguments: [
            "hatch -e test env run -- pip install flask", "docker exec c pip install flask six==1.17.0",
            "docker exec -it \"$C\" sh -c 'pip install flask'",
            "docker run --rm a:1@\(PythonPackageWithoutHash.exampleDigest) bash -ec 'cd /x && pip install flask'",
            "kubectl exec pod -- /usr/bin/pip install flask", "buildah run $c -- pip install flask",
            "xvfb-run -a pip3 install flask", "srun -N 1 bash -lc \"pip install flask\"", "$RUN pip install flask",
        ])
    func carriedCommands(_ script: String) {
        let text = "FROM python:3.11.9\nARG C\nARG RUN\nRUN \(script)\n"
        let found = check("Dockerfile", text).findings.filter { $0.severity == .error }
        #expect(found.map(\.subject) == ["flask"], "\(found.map(\.message))")
    }

    @Test("a script of Python: commands with values that nobody knows, and texts that it may run")
    func pythonScripts() {
        let script = """
            import os, subprocess, sys
            os.system(f"{sys.executable} -m pip install flask=={VERSION}")
            subprocess.run(["pip", "install", "six", package])
            command = f"apt-get install -y {name}" if a else f"yum install {name}"
            print("pip install nothing")
            """
        let text = "FROM python:3.11.9\nENV VERSION=1 package=x==1.0\nCOPY i.py /\nRUN python /i.py\n"
        let found = check("Dockerfile", text, beside: ["i.py": script]).findings
        #expect(
            found.map { "\($0.rule) \($0.subject ?? "") \($0.range?.start.line ?? 0)" } == [
                "unresolved-variable flask==${_VERSION} 2", "floating-python-package six 3",
                "unresolved-variable \"${_package}\" 3", "unread-command apt-get install -y ${_name} 4",
                "unread-command yum install ${_name} 4",
            ])
    }

    @Test("what another program runs and nobody knows is said; what it does not run is not")
    func carriedUnknowns() {
        func found(_ script: String) -> [String?] {
            check("Dockerfile", "FROM python:3.11.9\nARG C\nRUN \(script)\n").findings.map(\.subject)
        }
        #expect(found("docker exec c sh -c \"$C\"") == ["\"$C\""])
        #expect(found("kubectl apply -k github.com/a/b/c?ref=$C").count == 1)
        #expect(found("kubectl get pip install").isEmpty)
        #expect(found("docker build -t pip install").isEmpty)
        #expect(found("docker exec c ls").isEmpty)
    }

    @Test(
        "programs of other languages that run or load something are said, others are not",
        arguments: [
            (#"perl -e 'system("pip install a")'"#, 1), (#"awk 'BEGIN{system("pip install a")}'"#, 1),
            (#"node -e "require('child_process').execSync('npm i a')""#, 1),
            (#"php -r "copy('https://index.example/installer', 'a.php');""#, 1),
            ("ruby -e 'puts `gem install a`'", 1), ("awk '{print $1}' f", 0),
            (#"awk 'system("[ -e /usr/lib/" $1 " ]") == 0 { next }' f"#, 0), ("perl -pi -e 's/a/b/' f", 0),
            (#"node -e "require('http').get('http://localhost:1')""#, 0), ("node -p process.version", 0),
        ])
    func otherLanguages(_ command: String, _ count: Int) {
        let found = check("Dockerfile", "FROM python:3.11.9\nRUN \(command)\n").findings
        #expect(found.map(\.rule) == [String](repeating: "unread-command", count: count), "\(found)")
    }

    @Test("a Makefile's targets beyond a number are said, and marks that nothing closes cost no more than their length")
    func largeMakefiles() {
        let chain = (0..<80).map { "t\($0): t\($0 + 1)\n\techo \($0)\n" }.joined()
        let text = "FROM python:3.11.9\nCOPY . /app\nWORKDIR /app\nRUN make t0\n"
        let found = check("Dockerfile", text, beside: ["Makefile": chain]).findings
        #expect(found.map(\.subject) == ["make t16"])
        let open = "t0:\n\techo " + String(repeating: "$(", count: fuzzRounds(20_000)) + "\n"
        #expect(
            check("Dockerfile", text, beside: ["Makefile": open]).findings.allSatisfy { $0.rule == "unread-command" })
    }

    @Test(
        "CMD and ENTRYPOINT that install are reported, others are not",
        arguments: [
            ("CMD pip install flask && python app.py", 1), ("ENTRYPOINT [\"pip\", \"install\", \"flask\"]", 1),
            ("CMD [\"sh\", \"-c\", \"apt-get install -y git\"]", 1), ("CMD [\"python\", \"app.py\"]", 0),
            ("ENTRYPOINT [\"/entrypoint.sh\"]", 0), ("CMD gunicorn app:app", 0),
        ])
    func starts(_ instruction: String, _ count: Int) {
        let found = check("Dockerfile", "FROM python:3.11.9\n\(instruction)\n").findings
        #expect(found.map(\.rule) == [String](repeating: "unread-command", count: count))
    }

    @Test("a script that a script runs, and one of a loop over names, are read")
    func scriptsAreRead() {
        for script in ["/app/main.sh", "for f in i; do bash /app/$f.sh; done", "bash < /app/i.sh"] {
            let found = check(
                "Dockerfile", "FROM debian:12.5\nCOPY . /app\nRUN \(script)\n", beside: Self.files
            ).findings
            #expect(found.contains { $0.file == "i.sh" && $0.subject == "git" }, "\(script): \(found)")
        }
    }

    @Test("the recipes of a Makefile are read for the targets that are made")
    func makefiles() {
        let found = check("Dockerfile", "FROM debian:12.5\nCOPY . /app\nWORKDIR /app\nRUN make\n", beside: Self.files)
        #expect(found.findings.map(\.subject) == ["curl"])
        #expect(found.findings.map(\.file) == ["Makefile"])
        #expect(found.findings.first?.range?.start.line == 4)
        #expect(found.findings.first?.usedBy == [.init(file: "Dockerfile", line: 4)])
        let other = check(
            "Dockerfile", "FROM debian:12.5\nCOPY . /app\nRUN make -C /app deps PKG=wget=1.2 && make -C /app clean\n",
            beside: Self.files)
        #expect(other.findings.map(\.subject) == ["vim"])
        #expect(other.files.map(\.file.kind).contains("makefile"))
    }

    @Test("Python scripts and here-documents are read, with values of the environment")
    func python() {
        let script = check(
            "Dockerfile", "FROM python:3.11.9\nENV MODEL=org/b\nCOPY download.py .\nRUN python download.py\n",
            beside: Self.files
        ).findings
        #expect(script.map(\.subject) == ["org/a", "org/b", "numpy"])
        #expect(script.map(\.file) == ["download.py", "download.py", "download.py"])
        #expect(script.compactMap(\.range?.start.line) == [5, 6, 7])
        #expect(script.allSatisfy { $0.usedBy == [.init(file: "Dockerfile", line: 4)] })
        for text in [
            "RUN python3 - <<'PY'\nfrom transformers import AutoModel\nAutoModel.from_pretrained('org/a')\nPY\n",
            "RUN python3 <<PY\nfrom transformers import AutoModel\nAutoModel.from_pretrained('org/a')\nPY\n",
            "RUN <<PY\n#!/usr/bin/env python3\nAutoModel.from_pretrained('org/a')\nPY\n",
        ] {
            let found = check("Dockerfile", "FROM python:3.11.9\n" + text).findings
            #expect(found.map(\.subject) == ["org/a"], "\(text)")
            #expect(found.map(\.rule) == ["floating-model-download"])
        }
    }
}
