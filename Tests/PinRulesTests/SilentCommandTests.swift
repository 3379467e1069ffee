import Testing

@testable import PinRules

/// Commands that install or fetch in a way that no other reader takes: each has a name in the result.
struct SilentCommandTests {
    private static let commit = String(repeating: "0123456789", count: 4)

    private static func said(
        _ script: String, beside files: [String: String] = [:], head: String = ""
    ) -> [String] {
        let text = "FROM python:3.11.9\n\(head)COPY . /app\nWORKDIR /app\nRUN \(script)\n"
        return check("Dockerfile", text, beside: files).findings
            .map { "\($0.severity) \($0.rule) \($0.subject ?? "")" }
    }

    @Test(
        "what floats is an error",
        arguments: [
            ("python -c \"import pip; pip.main(['install','x'])\"", "floating-python-package x"),
            (
                "python -c \"from pip._internal.cli.main import main; main(['install','x'])\"",
                "floating-python-package x"
            ),
            ("python -c \"from pip import main as m; m(['install','x'])\"", "floating-python-package x"),
            ("python -c \"import subprocess as sp; sp.run(['pip','install','x'])\"", "floating-python-package x"),
            (
                "python -c \"from subprocess import check_call as c; c(['pip','install','x'])\"",
                "floating-python-package x"
            ),
            ("python -m venv --upgrade-deps v", "floating-python-package pip"),
            ("virtualenv --download v", "floating-python-package pip"),
            ("uv venv --seed v", "floating-python-package pip"),
            ("python get-pip.py", "floating-python-package pip"),
            ("echo 'install.packages(\"x\")' | R --no-save", "floating-r-package x"),
            ("littler -e 'install.packages(\"x\")'", "floating-r-package x"),
            ("rsync -a h.example:/a /a", "unverified-download h.example:/a"),
            ("rsync rsync://h.example/a /a", "unverified-download rsync://h.example/a"),
            ("scp -P 22 u@h.example:a /a", "unverified-download u@h.example:a"),
            ("sftp h.example:a", "unverified-download h.example:a"),
            ("git archive --remote=u@h.example:x main | tar x", "floating-git-checkout u@h.example:x"),
            (
                "git init && git remote add origin https://h.example/x && git fetch && git reset --hard origin/main",
                "floating-git-checkout git fetch of all branches"
            ),
            ("install_packages curl", "floating-apt-package curl"), ("dnf swap -y a b", "floating-rpm-package b"),
            ("crane export python x", "floating-image python"), ("buildah from python", "floating-image python"),
            ("apptainer pull x.sif docker://python", "floating-image docker://python"),
            ("singularity build x.sif docker://python:latest", "floating-image docker://python:latest"),
            ("regctl image export python x", "floating-image python"),
        ])
    func floats(_ script: String, _ wanted: String) { #expect(Self.said(script) == ["error " + wanted]) }

    @Test(
        "what is known to fetch and is not understood is a warning",
        arguments: [
            "tox", "tox -e py311", "python -m tox", "nox -s tests", "just all", "inv deps", "hatch env create",
            "hatch run test", "python -m build", "pyproject-build --wheel", "uv build", "apt-get build-dep -y x",
            "apt-get download curl", "apt-get dselect-upgrade", "debootstrap bookworm /x", "mmdebstrap bookworm /x",
            "unattended-upgrade", "dnf builddep x.spec", "yumdownloader x", "playwright install --with-deps",
            "kubectl krew install x", "code-server --install-extension a.b", "svn co x", "bzr branch x",
            "lftp -c 'get x'", "wget -i list.txt", "curl -K c", "aria2c -i list.txt", "apptainer build x.sif x.def",
            "perl -MCPAN -e 'install X'", "expect -c 'spawn pip install x'", "terraform init", "west update",
            "python -c \"import runpy; runpy.run_module('pip')\"", "IFS=,; a=pip,install,x; $a", "{pip,install,x}",
            "skopeo sync --src docker --dest dir x y", "R --no-save < /in.R", "cat x.R | R --no-save",
            "docker build https://h.example/x.git", "docker buildx build -t a git@h.example:x.git",
            "podman build --tag a https://h.example/x.tar", "buildah bud -f prod.txt .",
            "docker build -f https://h.example/Dockerfile .", "nerdctl build -f \"$F\" .",
            "docker build --build-context a=docker-image://x .", "docker buildx bake https://h.example/x.git",
            "docker compose -f oci://h.example/x up", "pre-commit run -a", "prek install-hooks", "pack build a",
            "ko build ./x", "earthly +all", "make -C $X", "make -f $X",
        ])
    func isNamed(_ script: String) {
        let said = Self.said(script)
        #expect(said.count == 1 && said[0].hasPrefix("warning unread-command "), "\(said)")
        let text = "FROM python:3.11.9\nRUN \(script)\n"
        let atHashed = check("Dockerfile", text, require: .hashed).findings
        #expect(atHashed.contains { $0.rule == "unread-command" && $0.severity == .error })
    }

    @Test(
        "ordinary uses are not said",
        arguments: [
            "tox --version", "tox -l", "nox --list", "just --list", "hatch version", "python -m venv v",
            "virtualenv v", "rsync -a ./a/ /b", "rsync -a --exclude 'a:b' a b", "rsync -a a h.example:/a",
            "scp a u@h.example:b", "apt-get clean", "git fetch", "git fetch && git checkout -- .",
            "git init && git fetch && git reset --hard \(commit)", "git archive HEAD | tar x", "svn info",
            "repo --help",
            "crane digest \(PythonPackageWithoutHash.exampleDigest)", "buildah run c -- ls", "apptainer exec x.sif ls",
            "apptainer build x.sif dir/", "code --version", "terraform fmt", "kubectl get pods", "mc ls x",
            "R CMD INSTALL x.tar.gz", "Rscript x.R", "echo 'print(1)' | R --no-save", "IFS=,; ls", "IFS=,; a=x; $a",
            "echo {a,b}", "mkdir -p /x/{a,b}", "lftp -e 'put x'", "python -c \"import pip; print(pip.__version__)\"",
            "docker build -f docker/$A/Dockerfile .", "cp a b.txt && docker build -f b.txt .",
            "docker build -f prod.Dockerfile -t https://h.example/x .",
            "docker build --build-arg A=https://h.example/x .", "docker buildx build --build-context a=../a .",
            "docker compose -f x.yml up", "docker-compose -f x.yml build", "docker compose -f x.yml build",
            "docker buildx bake -f x.hcl", "docker build -", "pre-commit --version",
            "pre-commit install", "docker inspect https://h.example/x", "docker buildx ls",
            "curl -K c https://raw.githubusercontent.com/a/b/\(commit)/x", "playwright --version",
        ])
    func isSilent(_ script: String) { #expect(Self.said(script).isEmpty, "\(Self.said(script))") }

    @Test("a Dockerfile under another name is read")
    func otherDockerfile() {
        let files = ["prod.txt": "FROM python\nRUN pip install x==1\n"]
        let said = Self.said("docker build -f prod.txt . && docker build -f prod.txt -t a .", beside: files)
        #expect(said == ["error floating-image python"])
        #expect(Self.said("docker build -f prod.txt .", beside: ["prod.txt": "FROM scratch\n"]) == [])
    }

    @Test("get-pip.py that is a download is said once, and installs what it is told")
    func getPip() {
        let url = "https://h.example/get-pip.py"
        #expect(Self.said("curl -O \(url) && python get-pip.py") == ["error unverified-download \(url)"])
        #expect(Self.said("python get-pip.py pip==24.0") == [])
        #expect(Self.said("python get-pip.py 'pip<25'") == ["error floating-python-package pip<25"])
    }

    @Test("what a project is built with is read where its own dependencies are left out")
    func buildRequirements() {
        func said(_ requires: String, _ script: String) -> [String] {
            Self.said(script, beside: ["pyproject.toml": "[build-system]\nrequires = [\(requires)]\n"])
        }
        #expect(
            said("'setuptools>=61'", "pip install --no-deps .") == ["warning unread-command pip install --no-deps ."])
        #expect(said("'setuptools'", "pip install --no-deps -e .").count == 1)
        #expect(said("'setuptools==70.0.0'", "pip install --no-deps .").isEmpty)
        #expect(said("'setuptools'", "pip install --no-deps --no-build-isolation .").isEmpty)
    }

    @Test(
        "all of a Makefile that runs is read",
        arguments: [
            ("make", "all: deps\ndeps: ; pip install x\n"), ("make", "all: \\\n  deps\ndeps:\n\tpip install x\n"),
            ("make all", "X := $(shell pip install x)\nall:\n\techo\n"),
            ("make all", "X != pip install x\nall:\n\techo\n"),
            ("make all", ".RECIPEPREFIX = >\nall:\n> pip install x\n"),
            ("make all", "all:\n\techo $(shell pip install x)\n"),
            ("make all", "P = pip \\\n  install\nall:\n\t$(P) x\n"),
        ])
    func makefiles(_ script: String, _ makefile: String) {
        #expect(
            Self.said(script, beside: ["Makefile": makefile + "lint:\n\truff check\n"])
                == ["error floating-python-package x"])
        #expect(Self.said("make lint", beside: ["Makefile": "lint: ; ruff check\n"]).isEmpty)
    }

    @Test("the rules of an included Makefile are read where they stand")
    func includedMakefiles() {
        let files = [
            "Makefile": "include a.mk\nall: deps\n", "a.mk": "-include b.mk\n", "b.mk": "deps:\n\tpip install x\n",
        ]
        let text = "FROM python:3.11.9\nCOPY . /app\nWORKDIR /app\nRUN make all\n"
        let found = check("Dockerfile", text, beside: files).findings
        #expect(found.map { "\($0.file) \($0.range?.start.line ?? 0) \($0.subject ?? "")" } == ["b.mk 2 x"])
        #expect(
            Self.said("make all", beside: ["Makefile": "include a.mk\nall:\n\techo\n", "a.mk": "include a.mk\n"]) == [])
    }

    @Test("the readers of programs that are understood in part are in their list")
    func list() {
        #expect(["virtualenv", "rsync", "apptainer", "tox", "code"].allSatisfy { OtherInstallers.knows($0) })
        #expect(!OtherInstallers.knows("ls"))
    }
}
