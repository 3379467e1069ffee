import DockerfileSyntax
import SourceDocuments
import Testing

@testable import PinRules

/// One line each: what a command leaves unpinned, whichever way it is spelled.
///
/// `«` and `»` stand around what has to be an error, `‹` and `›` around what cannot be known and is a warning; nothing else
/// may be found, by any rule. `⏎` is a line feed. A line that begins with no instruction is a RUN.
struct SnippetTests {
    private static let aptRows = #"""
        apt-get install -y «git»
        apt-get -y install «git»
        apt-get -qq -y -o=Dpkg::Use-Pty=0 install «git» vim=2:9.0.1378-2
        apt-get -o Acquire::Retries=3 install -y «git»
        apt-get -oDpkg::Options::=--force-confnew install -y «git»
        apt-get install «git» -y --no-install-recommends
        apt-get install -y --no-install-recommends -- «git»
        apt-get install -y «git/stable» «git/bookworm-backports»
        apt-get install -y -t bookworm-backports «git»
        apt-get install -y --target-release=bookworm-backports «git»
        apt-get install -y «git:amd64» git:amd64=1:2.39.2-1.1
        apt-get install -y git=1:2.39.2-1.1 nano-
        apt-get install -y ./x.deb /tmp/y.deb ../z.deb
        apt-get install -y «'^libfoo.*'»
        apt-get install -y «'git=1:2.39*'»
        apt-get install -y «git=»
        apt-get install -y «g++» «libstdc++6»
        apt install -y «git+»
        apt-get install -y build-essential=12.9 «git»
        apt-get remove -y git && apt-get purge -y vim && apt-get autoremove -y && apt-get clean
        apt-get update && apt-get «upgrade» -y && apt-get «dist-upgrade» -y
        ARG A=one⏎RUN case "$A" in one|two) apt-get install -y «git» ;; *) apt-get install -y vim ;; esac
        ARG A=three⏎RUN case $A in one|two) apt-get install -y git ;; t*) apt-get install -y «vim» ;; *) apt-get install x ;; esac
        ARG A=three⏎RUN case $A in one) P=git ;; *) exit 1 ;; esac; apt-get install -y vim=1.2-3
        ARG A=x⏎RUN case $A in x) P=git=1.2-3 ;; y) P=git ;; esac; apt-get install -y $P
        RUN script -qec 'apt-get install -y «git»' /dev/null; pyenv exec apt-get install -y «vim»
        RUN A=x; . ./env; case $A in x) apt-get install -y «git» ;; y) apt-get install -y «vim» ;; esac
        RUN A=x; . /opt/conda/etc/profile.d/conda.sh; . /etc/os-release; if [ $A = y ]; then apt-get install -y vim; fi
        RUN A=x; . ./env; if [ $A = y ]; then apt-get install -y «vim»; fi
        SHELL ["bash", "-c"]⏎RUN shopt -s nocasematch; case A in a) apt-get install -y «vim» ;; esac
        ARG A⏎RUN case "$A" in one) apt-get install -y «git» ;; *) apt-get install -y «vim» ;; esac
        ARG A=a⏎RUN case "$A" in "?") apt-get install -y «git» ;; a) apt-get install -y «vim» ;; esac
        apt-get install -y ‹$(echo git)›
        apt-get install -y ‹$UNDECLARED›
        apt-get install -y ‹"$UNDECLARED"›
        apt-get install -y «python${PYV:-3.11}»
        ARG V=1:2.39.2-1.1⏎RUN apt-get install -y git=$V
        ARG V⏎RUN apt-get install -y ‹git=$V›
        ARG V⏎RUN apt-get install -y ‹git=${V}›
        ENV PKGS="curl wget=1.21.3-1+b2"⏎RUN apt-get install -y «$PKGS»
        apt-get install -y -qqq «git»
        DEBIAN_FRONTEND=noninteractive apt-get -yq install «git»
        env DEBIAN_FRONTEND=noninteractive apt-get install -y «git»
        sudo DEBIAN_FRONTEND=noninteractive apt-get install -y «git»
        yes | apt-get install «git»
        apt-get install -y --reinstall «git»
        apt-get install --fix-broken -y
        apt-get install -f -y
        apt-get -f install -y «git»
        apt-get satisfy -y «"git (>= 2)"» "git (= 1:2.39.2-1.1)"
        aptitude -y install «git»
        apt-fast install -y «git»
        eatmydata apt-get install -y «git»
        nala install -y «git»
        dpkg -i x.deb && apt-get install -yf
        ( apt-get update && apt-get install -y «git» )
        { apt-get update; apt-get install -y «git»; }
        for p in git vim; do apt-get install -y «$p»; done
        for p in git=1:2.39.2-1.1 vim=2:9.0.1378-2; do apt-get install -y $p; done
        case x in x) apt-get install -y «git» ;; esac
        while true; do apt-get install -y «git» && break; done
        ! apt-get install -y «git»
        apt-get install -y «git» | tee log
        xargs apt-get install -y < ‹packages.txt›
        ‹cat packages.txt› | xargs -r apt-get install -y
        grep -v '#' packages.txt | ‹sort -u› | sudo xargs -r nice apt-get install -y "git=1:2.39.2-1.1"
        echo «git» vim=2:9.0.1378-2 «"curl wget"» | xargs apt-get install -y
        printf '%s\n' «git» vim=2:9.0.1378-2 | xargs -n1 apt-get install -y
        echo git | xargs apt-get remove -y && find /x -name '*.deb' | xargs apt-get install -y
        echo «git» | xargs -I{} apt-get install -y {} && ‹cat p› | xargs -I % apt-get install -y % && ls | xargs -I{} apt-get install -y ‹{}-dev›
        xargs -a ‹packages.txt› apt-get install -y
        apt-get $OPTIONS install -y «git»
        f() { apt-get install -y "$@"; }; f «git» vim=2:9.0.1378-2
        f() { apt-get install -y "$@"; }; f git=1:2.39.2-1.1
        install() { apt-get install -y --no-install-recommends $1; }; install «curl»
        function g { apt-get install -y «git»; }; g
        echo deb [check-valid-until=no] http://snapshot.debian.org/archive/debian/20240501T000000Z bookworm main > /etc/apt/sources.list && apt-get install -y git
        RUN sed -i 's,index.example/debian,snapshot.debian.org/archive/debian/20240501T000000Z,' /etc/apt/sources.list⏎RUN apt-get install -y git
        RUN apt-get install -y «git»⏎RUN sed -i 's,index.example/debian,snapshot.debian.org/archive/debian/20240501T000000Z,' /etc/apt/sources.list
        apt-get install -y «git» && echo done >> /snapshot.debian.org
        apt-get update --snapshot 20240501T000000Z && apt-get install -y --snapshot 20240501T000000Z git
        RUN ["apt-get", "install", "-y", «"git"»]
        RUN ["/bin/sh", "-c", "apt-get install -y «git»"]
        bash -euxo pipefail -c "apt-get install -y «git»"
        add-apt-repository -y ppa:x/y && apt-get install -y «git»
        apt-mark hold git && apt-cache policy git
        apt-get install -y git=1:2.39.2-1.1 2>&1 >/dev/null
        apt-get install -y «git»>/dev/null
        apt-get install -y ‹linux-headers-$(uname -r)›
        """#

    private static let apkRows = #"""
        apk add «git»
        apk add --no-cache «git» curl=8.5.0-r0
        apk --update --no-cache add «git»
        apk add -U «git»
        apk add --virtual .build-deps «gcc» make=4.4.1-r2
        apk add -t .build-deps «gcc»
        apk add --virtual=.build-deps «gcc»
        apk add «'git~=2.43'»
        apk add «'git>2'»
        apk add «git@edge» «git@edge~=2»
        apk add git@edge=2.43.0-r0
        apk add -X http://index.example/edge «git»
        apk add --repository=http://index.example/edge «git»
        apk fix && apk «upgrade» && apk del .build-deps
        apk add ./x.apk --allow-untrusted
        apk $OPTIONS add «git»
        """#

    private static let rpmRows = #"""
        dnf -y install «git» git-2.43.0-1.fc39
        o=; [ -n "$V" ] && o="--releasever=$V"; dnf $o install -y «git»
        yum install -y «git» «java-1.8.0-openjdk» «python3-devel»
        yum install -y gcc-11.4.1-3.el9.x86_64 «glibc.i686»
        dnf install -y --enablerepo=crb «git»
        dnf --enablerepo crb install -y «git»
        dnf install -y «@development-tools» «git-*»
        dnf module install -y «nodejs:20»
        dnf groupinstall -y «"Development Tools"»
        dnf install -y «https://index.example/x.rpm»
        rpm -i «https://index.example/x.rpm»
        rpm -Uvh ./x.rpm
        rpm --import https://index.example/KEY
        microdnf install -y --nodocs «git»
        zypper --non-interactive install --no-recommends «git» git=2.43.0
        zypper install -y «'git>2'»
        tdnf install -y «git»
        dnf «update» -y && yum -y «upgrade» && microdnf «update» && zypper «dup» -y && dnf update -y «git» git-2.43.0-1.fc39
        dnf makecache && dnf repolist && yum clean all && dnf check-update && rpm -qa && zypper refresh
        dnf install -y python3.11-3.11.7-1.el9 «python3.12» «libstdc++-devel»
        """#

    private static let pythonRows = #"""
        pip install «numpy»
        pip install numpy==1.26.4
        pip install «numpy»>=1.26
        pip install «numpy~=1.26.0»
        pip install «numpy==1.26.*»
        pip install «numpy»<2
        pip install «'numpy>=1,<2'» "scipy==1.13.0"
        pip install numpy===1.26.4
        pip install «'numpy!=1.26.0'»
        pip install 'numpy == 1.26.4'
        pip install "numpy==1.26.4; python_version < '3.12'"
        pip install «"numpy; python_version < '3.12'"»
        pip install uvicorn[standard]==0.30.0 «"uvicorn[standard]"»
        python3.11 -m pip install «numpy»
        python -m pip install --upgrade «pip» «setuptools» «wheel»
        python3 -u -m pip install «numpy»
        python -I -m pip install «numpy»
        python -W ignore -m pip install «numpy»
        /opt/venv/bin/pip install «numpy»
        /opt/venv/bin/python -m pip install «numpy»
        "$VENV/bin/pip" install «numpy»
        $PYTHON -m pip install «numpy»
        ${PIP} install «numpy»
        pip3.11 --no-cache-dir --quiet install «numpy»
        pip --proxy http://x install «numpy»
        pip install -t /opt/x --no-deps «numpy»
        pip install -q -i https://index.example/simple «numpy»
        pip install -qU «numpy»
        pip install --target=/x «numpy»
        pip install -f https://index.example/x.html «torch»
        pip install --pre «torch»
        pip install https://index.example/x-1.0-py3-none-any.whl
        pip install https://index.example/x-1.0-py3-none-any.whl#sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
        pip install 'x @ https://index.example/x-1.0-py3-none-any.whl#sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
        pip install «https://index.example/main.zip»
        pip install «git+https://index.example/x»
        pip install «git+https://index.example/x@main#egg=x»
        pip install git+https://index.example/x@v1.2.3
        pip install git+https://index.example/x@0123456789012345678901234567890123456789#egg=x
        pip install «git+ssh://git@index.example/x.git»
        pip install -e «git+https://index.example/x.git#egg=x»
        pip install «--editable=git+https://index.example/x.git#egg=x»
        pip install /wheels/*.whl
        pip install --no-index --find-links=/wheels numpy
        pip install --no-index -f /wheels numpy
        pip install ./x.whl dist/y.tar.gz file:///z.whl
        pip install «.»
        pip install «.[dev]» && pip install -e «.» && pip install «'.[a,b]'»
        pip install -e «./pkg»
        pip install --no-deps . && pip install --no-deps -e ./pkg
        pip install --no-build-isolation «.»
        pip uninstall -y numpy && pip freeze && pip show numpy && pip cache purge
        pip install --help
        pip download «numpy»
        pip wheel -w /w «numpy»
        pip install -U «pip» || true
        pip install --upgrade pip==24.0 «wheel»
        pip install --requirement ‹requirements.txt›
        uv pip install --system «numpy»
        uv pip install numpy==1.26.4 --system
        uv --no-cache pip install «numpy»
        uv --cache-dir /c pip install «numpy»
        uv pip install -p /venv/bin/python «numpy»
        python -m uv pip install «numpy»
        uv tool install «ruff» && uv tool install ruff==0.5.0 && uv tool install ruff@0.5.0 && uv tool run «ruff» && uv tool run ruff@0.5.0
        uvx «ruff» check && uvx --from «'x[y]'» z && uvx --from x==1.0 z && uvx «ruff@latest»
        uv add «httpx» httpx==0.27.0 «'httpx>=0.27'»
        uv «sync» && uv sync --frozen && uv sync --locked --no-dev
        ENV UV_FROZEN=1⏎RUN uv sync --no-dev
        ENV UV_LOCKED=true⏎RUN uv sync
        UV_FROZEN=1 uv sync
        uv run --frozen x && uv run --with «y» --frozen x
        pipx install «black» && pipx install black==24.4.2 && pipx run «black» && pipx run black==24.4.2 .
        pipx install --pip-args='--no-cache-dir' «poetry»
        pipx inject x «y» z==1.0
        poetry add «httpx» httpx==0.27.0 httpx@0.27.0 «httpx@latest» «httpx@^0.27»
        poetry ‹install› --no-root
        poetry «update»
        pdm add «httpx» && pdm «install» && pdm sync && pdm install --frozen-lockfile
        pipenv «install» && pipenv install --deploy --system && pipenv sync && pipenv install «flask»
        easy_install «pip»
        python setup.py «install»
        mim install «mmcv» mmdet==3.3.0 && mim list
        apt-get «upgrade» -y --with-new-pkgs && apt list --upgradable && apt-get upgrade -y «git» git=1:2.39.2-1.1
        pip-sync ‹requirements.txt›
        conda run -n x pip install «numpy»
        conda run --no-capture-output -n x python -m pip install «numpy»
        micromamba run -n base pip install «numpy»
        bash -lc "conda activate x && pip install «numpy»"
        . /venv/bin/activate && pip install «numpy»
        source activate x && pip install «numpy»
        PIP_NO_CACHE_DIR=1 pip install «numpy»
        ENV P="numpy==1.26.4 pandas"⏎RUN pip install «$P»
        P=numpy; pip install «$P»
        P="numpy==1.26.4"; pip install $P
        pip install torch==${TORCH_VERSION:-2.3.0} «"torchvision>=${X:-0.18}"»
        ARG TORCH=2.3.0⏎RUN pip install "torch==$TORCH" ‹"torchvision==${TV}"›
        pip install ‹"numpy${NUMPY_SPEC}"›
        while read p; do pip install ‹"$p"›; done < x
        python -c "import pip; print(pip.__version__)"
        python -m pip check && python -m venv /v
        """#

    private static let condaRows = #"""
        conda install -y «numpy»
        conda install -y «numpy=1.26» «"numpy>=1.26"» ‹numpy=1.26.4› numpy==1.26.4
        conda install -y numpy=1.26.4=py311h64a7726_0 conda-forge::numpy=1.26.4=py311h64a7726_0
        conda install -c conda-forge --channel defaults -y «numpy»
        conda install -yc pytorch «pytorch»
        conda create -n x -y «python=3.11»
        conda create --name x --file ‹env.txt›
        conda env create -f ‹environment.yml›
        conda env update -n base --file ‹environment.yml›
        mamba install -y -n base «numpy» && micromamba install -y «numpy» -c conda-forge
        micromamba create -y -n x -f ‹env.yml›
        conda update -y «conda» && conda «update» -n base -y --all
        conda clean -afy && conda config --add channels x && conda init bash && conda list
        mamba install "numpy[version='1.26.4',build='py311h64a7726_0']"
        conda install -y https://index.example/linux-64/numpy-1.26.4-py311_0.conda
        conda install -y pkg.tar.bz2
        /opt/conda/bin/conda install -y «numpy»
        pixi global install «ruff» && pixi «install» && pixi install --locked && pixi add «numpy»
        rapids-conda-retry install -y -n base «"cudf=24.*"» && rapids-mamba-retry «update» --all -y && rapids-pip-retry install «cudf»
        conda-lock install -n x conda-lock.yml
        """#

    private static let npmRows = #"""
        npm install -g «typescript»
        npm i -g typescript@5.4.5 @angular/cli@17.0.0 «@angular/cli» «typescript@latest» «typescript@5» «typescript@^5.0.0»
        npm ci && npm ci --omit=dev
        npm «install» && npm «i» --production
        npm --prefix /app «install»
        npm install «git+https://index.example/x.git» «user/repo» «github:user/repo»
        npm install git+https://index.example/x.git#0123456789012345678901234567890123456789
        npm install ./local file:../x ./x.tgz
        npm exec «cowsay» && npm exec -- cowsay@1.6.0 hi
        npx -y «cowsay» && npx cowsay@1.6.0 && npx --package «cowsay» -- cowsay
        npx --no-install cowsay && npm run build && npm test && npm config set x y
        yarn global add «typescript» && yarn add typescript@5.4.5 && yarn «install» && yarn install --frozen-lockfile && yarn --frozen-lockfile && yarn build
        «yarn» && yarn install --immutable
        pnpm add -g «typescript» && pnpm «i» && pnpm i --frozen-lockfile && pnpm dlx «x»
        corepack enable && corepack prepare «pnpm@latest» --activate && corepack prepare pnpm@9.1.0 --activate
        bun add «x» && bun «install» && bun install --frozen-lockfile
        """#

    private static let rows = [
        aptRows, apkRows, rpmRows, pythonRows, condaRows, npmRows, otherManagersRows, downloadsRows, gitRows,
        modelsRows,
        imagesRows,
    ].flatMap { $0.split(separator: "\n").map(String.init) }

    /// A place of the text and whether it has to be an error.
    private struct Mark: Hashable {
        let range: SourceRange
        let isError: Bool
    }

    private static func dockerfile(_ row: String) -> String {
        let keyword = row.split(separator: " ").first ?? ""
        let isWhole = ["RUN", "ARG", "ENV", "FROM", "ADD", "COPY"].contains(keyword)
        let text = isWhole ? row : "RUN " + row
        return (keyword == "FROM" ? "" : "FROM debian:12.5\n") + text.split(separator: "⏎").joined(separator: "\n")
            + "\n"
    }

    @Test("each snippet is found where it is marked, and nowhere else", arguments: rows.indices)
    func snippet(index: Int) {
        let row = Self.rows[index]
        var plain = String.UnicodeScalarView()
        var places: [(range: Range<Int>, isError: Bool)] = []
        var start = 0
        var length = 0
        for scalar in Self.dockerfile(row).unicodeScalars {
            switch scalar {
            case "«", "‹": start = length
            case "»", "›": places.append((start..<length, scalar == "»"))
            default:
                plain.append(scalar)
                length += UTF8.width(scalar)
            }
        }
        let text = SourceText(name: "Dockerfile", text: String(plain))
        let marks = Set(places.map { Mark(range: text.range($0.range), isError: $0.isError) })
        let found = Set(
            check("Dockerfile", String(plain)).findings.compactMap { finding in
                finding.range.map { Mark(range: $0, isError: finding.severity == .error) }
            })
        #expect(found == marks, "\(row)")
    }
}
