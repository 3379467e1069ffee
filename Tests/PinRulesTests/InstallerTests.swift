import DockerfileSyntax
import Testing

@testable import PinRules

/// What installers' command lines ask for, one line a row; the marks say what the rule has to find.
struct InstallerTests {
    /// A rule and one RUN command.
    typealias Row = (rule: String, command: String)

    private static let system: [Row] = [
        ("floating-apt-package", "apt-get -y -o Dpkg::Options::=--force-confold install «git»"),
        ("floating-apt-package", "apt-get update -qq && apt install -y -t bookworm-backports «cmake» gdb=13.1-3"),
        ("floating-apt-package", "aptitude install -y «vim»"),
        ("floating-apt-package", "apt-get install -y «libc6:amd64» libc6:i386=2.36-9 telnet- ./local.deb /tmp/x.deb"),
        ("floating-apt-package", "apt-get install -y «curl/bookworm-backports» «perl=»"),
        (
            "floating-apt-package",
            "apt-get install -y «libfoo*» «'gcc=4:12*'» || true"
        ),
        ("floating-apt-package", "apt-get install -y --snapshot=20240501T000000Z git"),
        ("floating-apt-package", "apt-get build-dep -y git && apt-get download git && apt-get source git"),
        ("floating-apt-package", "P='curl wget=1.21'; apt-get install -y «$P»"),
        ("floating-apt-package", "if true; then DEBIAN_FRONTEND=noninteractive apt-get install -y «tzdata»; fi"),
        ("floating-apt-package", "sudo -E apt-get install -y «jq» && sh -c 'apt-get install -y «htop»'"),
        ("floating-apt-package", "echo apt-get install curl # apt-get install wget"),
        (
            "floating-apk-package",
            "apk --no-cache add --virtual .deps «gcc» musl=1.2.5-r0 «'zlib>1.2'»"
        ),
        (
            "floating-apk-package",
            "apk add «musl»>=1.1 --repository http://index.example/edge"
        ),
        ("floating-apk-package", "apk add «busybox=~1.36» «'so~1'» !conflict ./x.apk"),
        ("floating-apk-package", "apk del gcc && apk update && apk «upgrade»"),
        ("floating-rpm-package", "yum -y install «gcc» kernel-5.14.0-362.el9 https://index.example/x.rpm"),
        ("floating-rpm-package", "dnf install -y --setopt=tsflags=nodocs «python3.11» «@development» local.rpm"),
        ("floating-rpm-package", "microdnf install «tar» && tdnf install -y «git» && zypper -n in «make» 'gcc=12.3'"),
        ("floating-rpm-package", "dnf install -y cuda-cudart-12-4-12.4.127-1 && dnf remove -y gcc && dnf clean all"),
    ]

    private static let python: [Row] = [
        ("floating-python-package", "python3.11 -m pip --no-cache-dir install -U «pip» wheel==0.43.0"),
        ("floating-python-package", "/opt/venv/bin/pip3.11 install «torch» --index-url https://index.example/cpu"),
        (
            "floating-python-package",
            "pip install -t /app -i https://index.example/simple «flask[async]~=3.0» 'x===1.0'"
        ),
        ("floating-python-package", "pip install flask[async]==3.0.3 numpy==1.26.4"),
        ("floating-python-package", "pip install numpy==1.26.4 ; pip install «'pandas>2,<3'» «\"scipy==1.*\"»"),
        ("floating-python-package", "pip install ./wheels/x-1.0-py3-none-any.whl /tmp/dist/*.whl dist/*"),
        ("floating-python-package", "pip download «requests» && pip wheel «attrs»"),
        ("floating-python-package", "pip config set global.index-url https://index.example && pip list && pip check"),
        ("floating-python-package", "uv pip install --system «polars» && uv pip install --system polars==1.9.0"),
        ("floating-python-package", "uv tool install «ruff» && uvx «black» --check . && uvx ruff@0.6.9 check"),
        ("floating-python-package", "uv add «httpx» && pipx install «poetry» && pipx install pdm==2.19.1"),
        (
            "floating-python-package",
            "poetry add «requests@^2.32» && pdm add «'rich>=13'» && pipenv install «click»"
        ),
        ("floating-python-package", "conda run -n base pip install «lightgbm»"),
        (
            "floating-python-package",
            "pip install 'numpy==1.26.4 ; python_version<\"3.12\"' && pip install --upgrade «'setuptools<70'»"
        ),
        ("unlocked-python-project", "pip install «.» && pip install -e «.[dev]» && pip install --no-deps ."),
        ("unlocked-python-project", "uv «sync» --no-dev && uv sync --frozen && uv sync --locked"),
        ("unlocked-python-project", "pipenv «install» --system && pipenv install --system --deploy && pipenv sync"),
        ("unlocked-python-project", "pdm «install» && pdm install --frozen-lockfile && pdm sync"),
        ("floating-git-checkout", "pip install «git+https://index.example/x.git» «git+ssh://git@index.example/y@main»"),
        (
            "floating-git-checkout",
            "pip install 'x @ git+https://index.example/x@v1.2.3' «'y @ git+https://index.example/y'»"
        ),
    ]

    private static let others: [Row] = [
        ("floating-conda-package", "conda install -y -c conda-forge «numpy» «scipy=1.13» pandas==2.2.2 «'xz>5'»"),
        ("floating-conda-package", "mamba create -n e «python=3.11» conda-forge::numpy=1.26.4=py311h64a7726_0"),
        ("floating-conda-package", "micromamba install -y -n base -f env.lock && conda clean -a && conda activate e"),
        ("floating-npm-package", "npm install -g «yarn» «typescript@^5» eslint@9.6.0 @scope/x@1.0.0 «@scope/y»"),
        ("floating-npm-package", "npm ci && npm run build && npm «install» --omit=dev"),
        (
            "floating-npm-package",
            "yarn «install» && yarn install --frozen-lockfile && pnpm «install» && pnpm install --frozen-lockfile"
        ),
        ("floating-npm-package", "npx «cowsay» hi && npx cowsay@1.6.0 hi && npm i ./local.tgz"),
        ("floating-gem", "gem install «bundler» rake:13.2.1 && gem install rails -v 7.1.3 && gem list"),
        ("floating-gem", "bundle «install» && bundle config set frozen true"),
        ("floating-go-module", "go install «golang.org/x/tools/gopls@latest» && go install ./... && go build ."),
        (
            "floating-go-module",
            "go run «golang.org/x/tools/cmd/goimports@latest» -w . && go run ./cmd/x && go run main.go"
        ),
        ("floating-go-module", "go get «github.com/x/y» && go get github.com/x/y@v1.2.3 && go mod download"),
        ("floating-cargo-crate", "cargo install «ripgrep» && cargo install fd-find@10.1.0 && cargo build --locked"),
        ("floating-cargo-crate", "cargo +nightly install --version 0.8.5 sccache && cargo «install» --path ."),
        ("floating-r-package", "R -e «\"install.packages('xgboost')\"» && Rscript -e 'library(x)'"),
        (
            "floating-r-package",
            "Rscript -e 'install.packages(\"x\", repos = \"https://index.example/cran/2024-05-01\")'"
        ),
        ("floating-model-download", "hf download «org/m» && huggingface-cli download org/m --revision v1.2.0"),
        ("floating-model-download", "git lfs «pull»"),
        (
            "floating-git-checkout",
            "git clone «https://index.example/x.git» && git clone --branch v1.2.3 https://index.example/y"
        ),
        (
            "floating-git-checkout",
            "git clone https://index.example/x.git && cd x && git checkout 0123456789012345678901234567890123456789"
        ),
        (
            "floating-git-checkout",
            "git clone -b v2_02_103 https://index.example/x && git clone -b release/1.2 «https://index.example/z»"
        ),
        (
            "floating-git-checkout",
            "git clone --depth 1 -b main «https://index.example/x»"
        ),
    ]

    private static let downloads: [Row] = [
        ("unverified-download", "curl -fsSL «https://index.example/install.sh» | bash"),
        ("unverified-download", "wget -qO- «https://index.example/key.asc» | gpg --dearmor -o /k.gpg"),
        ("unverified-download", "curl -o x.tgz https://index.example/x.tgz && echo 'abc  x.tgz' | sha256sum -c -"),
        ("unverified-download", "wget https://index.example/x && sha512sum --check sums"),
        (
            "unverified-download",
            "curl -O https://index.example/x && curl -O «https://index.example/y» && echo 'abc  x' | sha256sum -c -"
        ),
        ("unverified-download", "curl -O https://index.example/x && gpg --verify x.asc x"),
        (
            "unverified-download",
            "curl -fsS http://localhost:8080/health && curl -I https://index.example/ && wget --spider https://index.example"
        ),
        ("unverified-download", "wget $WGET_FLAGS «https://index.example/x»"),
        ("unverified-download", "curl -o x https://index.example/x && [ \"$(sha256sum x)\" = 'abc  x' ]"),
    ]

    @Test("system packages", arguments: system.indices)
    func systemPackages(index: Int) { expect(Self.system[index]) }

    @Test("Python", arguments: python.indices)
    func pythonPackages(index: Int) { expect(Self.python[index]) }

    @Test("other package managers, repositories and models", arguments: others.indices)
    func otherPackages(index: Int) { expect(Self.others[index]) }

    @Test("downloads", arguments: downloads.indices)
    func downloadedFiles(index: Int) { expect(Self.downloads[index]) }

    private func expect(_ row: Row) {
        expectMarks(row.rule, "Dockerfile", "FROM debian:12.5\nRUN \(row.command)\n")
    }
}
