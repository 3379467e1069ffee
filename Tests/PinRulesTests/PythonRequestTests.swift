import Testing

@testable import PinRules

/// What pip, uv, conda and their relatives are asked for.
@Suite("Requests to Python's and conda's installers")
struct PythonRequestTests {
    /// https://pip.pypa.io/en/stable/cli/pip_install/
    private static let pip = RequestTable(
        #"""
        pip install a a==1.0 a===1.0 a==1.* a>=1,<2 a~=1.4 a!=1
            pythonPackage floating pip install: a
            pythonPackage exact pip install: a==1.0
            pythonPackage exact pip install: a===1.0
            pythonPackage floating pip install: a==1.* (==1.* is a wildcard)
            pythonPackage floating pip install: a>=1,<2 (>=1,<2 is a range)
            pythonPackage floating pip install: a~=1.4 (~=1.4 is a range)
            pythonPackage floating pip install: a!=1 (!=1 is a range)
        pip install a= 'a b' a==
            pythonPackage unknown pip install: a= (it is not a requirement that pip reads)
            pythonPackage unknown pip install: a b (it is not a requirement that pip reads)
            pythonPackage unknown pip install: a== (it is not a requirement that pip reads)
        pip install $P
            pythonPackage unknown pip install: $P
        pip3.11 download a
            pythonPackage floating pip3.11 download: a
        python3 -Im pip wheel a==1.0
            pythonPackage exact pip wheel: a==1.0
        pip install -r r.txt -rs.txt --requirement=t.txt -c c.txt -r $F
            file requirements r.txt
            file requirements s.txt
            file requirements t.txt
            file requirements $F
            file constraints c.txt
        PIP_CONSTRAINT=c.txt PIP_REQUIREMENT=r.txt pip install
            file constraints c.txt
            file requirements r.txt
        pip install --extra-index-url https://index.example/x a==1.0
            pythonPackage exact pip install: a==1.0
            index https://index.example/x
        PIP_EXTRA_INDEX_URL=https://index.example/y pip install a==1.0
            pythonPackage exact pip install: a==1.0
            index https://index.example/y
        pip install --require-hashes --extra-index-url https://index.example/x a==1.0
            pythonPackage exact pip install: a==1.0
        PIP_REQUIRE_HASHES=1 pip install --extra-index-url https://index.example/x a==1.0
            pythonPackage exact pip install: a==1.0
        pip install .
            pythonProject floating pip install: . (its dependencies are resolved at build time)
        pip install --no-deps . ./sub
            nothing
        PIP_NO_DEPS=yes pip install -e .
            nothing
        pip install -e ./x[y]
            pythonProject floating pip install: ./x[y] (its dependencies are resolved at build time)
        pip install -e $DIR
            pythonProject unknown pip install: $DIR
        pip install -r pyproject.toml
            pythonProject floating pip install: pyproject.toml (its dependencies are resolved at build time)
        pip install --group dev
            pythonProject floating pip install: dev (its dependencies are resolved at build time)
        pip install git+https://index.example/x
            gitCheckout floating pip install: git+https://index.example/x (it takes the default branch as it is today)
        pip install git+https://index.example/x@0123456789012345678901234567890123456789
            pythonPackage exact pip install: git+https://index.example/x@0123456789012345678901234567890123456789 (its dependencies are resolved at build time)
            gitCheckout hashed pip install: git+https://index.example/x@0123456789012345678901234567890123456789
        pip install --no-deps git+https://index.example/x@0123456789012345678901234567890123456789
            gitCheckout hashed pip install: git+https://index.example/x@0123456789012345678901234567890123456789
        pip install 'a @ git+https://index.example/x@v1.2.3'
            gitCheckout exact pip install: a @ git+https://index.example/x@v1.2.3
        pip install https://index.example/a-1.0-py3-none-any.whl
            pythonPackage exact pip install: https://index.example/a-1.0-py3-none-any.whl
        pip install https://index.example/a/master.zip
            pythonPackage floating pip install: https://index.example/a/master.zip (its URL names no version)
        pip install https://index.example/a.whl#sha256=0000000000000000000000000000000000000000000000000000000000000000
            pythonPackage hashed pip install: https://index.example/a.whl#sha256=0000000000000000000000000000000000000000000000000000000000000000
        pip install https://index.example/a/main.zip#md5=00000000000000000000000000000000
            pythonPackage floating pip install: https://index.example/a/main.zip#md5=00000000000000000000000000000000 (its URL names no version)
        pip install https://index.example/a/main.zip#sha256=00
            pythonPackage floating pip install: https://index.example/a/main.zip#sha256=00 (its URL names no version)
        pip install x.whl dist/* /w/y-1.0.tar.gz
            pythonPackage exact pip install: /w/y-1.0.tar.gz (its dependencies are resolved at build time)
        pip install --no-deps /w/y-1.0.tar.gz
            nothing
        pip install --no-index -f /w a b==1.0
            nothing
        pip install --no-index -f https://index.example/w a
            pythonPackage floating pip install: a
        pip install
            nothing
        pip check
            -
        pip
            -
        """#)

    /// https://docs.astral.sh/uv/reference/cli/
    private static let uv = RequestTable(
        #"""
        uv pip install --system a a==1.0
            pythonPackage floating uv pip install: a
            pythonPackage exact uv pip install: a==1.0
        uv --cache-dir /c --no-progress pip sync r.txt
            file requirements r.txt
        python -m uv pip install --index https://index.example/x a==1.0
            pythonPackage exact uv pip install: a==1.0
            index https://index.example/x
        UV_EXTRA_INDEX_URL=https://index.example/y UV_CONSTRAINT='c.txt d.txt' uv pip install a==1.0
            pythonPackage exact uv pip install: a==1.0
            file constraints c.txt
            file constraints d.txt
            index https://index.example/y
        UV_NO_DEPS=1 uv pip install .
            nothing
        uv pip compile r.in
            -
        uv add a a==1.0 a>=1
            pythonPackage floating uv add: a
            pythonPackage exact uv add: a==1.0
            pythonPackage floating uv add: a>=1 (>=1 is a range)
        uv sync
            pythonProject floating uv sync: uv sync (without --locked or --frozen a lock that does not fit is replaced)
        uv sync --locked
            nothing
        UV_FROZEN=1 uv sync
            nothing
        UV_LOCKED=false uv sync
            pythonProject floating uv sync: uv sync (without --locked or --frozen a lock that does not fit is replaced)
        uv run x
            pythonProject floating uv run: uv run (without --locked or --frozen a lock that does not fit is replaced)
        uv run --no-sync x
            nothing
        uv run --no-project --with a --with b==1.0 x
            pythonPackage floating uv run --with: a
            pythonPackage exact uv run --with: b==1.0
        uv run --with a x
            pythonProject floating uv run: uv run (without --locked or --frozen a lock that does not fit is replaced)
            pythonPackage floating uv run --with: a
        uv tool install a@1.0 --with b
            pythonPackage exact uv tool install: a@1.0
            pythonPackage floating uv tool install: b
        uv tool run --from 'a[x]==1.0' y
            pythonPackage exact uv tool run: a[x]==1.0
        uv tool upgrade a b
            pythonPackage floating uv tool upgrade: a
            pythonPackage floating uv tool upgrade: b
        uv tool list
            -
        uvx a@latest
            pythonPackage floating uvx: a@latest (latest is not a single version)
        uvx $T
            pythonPackage unknown uvx: $T
        uv lock
            -
        uv
            -
        """#)

    /// https://python-poetry.org/docs/cli/, https://pdm-project.org, https://pipenv.pypa.io, https://pipx.pypa.io
    private static let tools = RequestTable(
        #"""
        pipx install a a==1.0
            pythonPackage floating pipx install: a
            pythonPackage exact pipx install: a==1.0
        pipx run a==1.0 b
            pythonPackage exact pipx run: a==1.0
        pipx run --spec a==1.0 b
            pythonPackage exact pipx run: a==1.0
        pipx inject e a b==1.0
            pythonPackage floating pipx inject: a
            pythonPackage exact pipx inject: b==1.0
        pipx runpip e install a
            -
        pipx list
            -
        poetry add a@^1.0 a@1.0 a@==1.0 a@~1
            pythonPackage floating poetry add: a@^1.0 (^1.0 is not a single version)
            pythonPackage exact poetry add: a@1.0
            pythonPackage exact poetry add: a@==1.0
            pythonPackage floating poetry add: a@~1 (~1 is not a single version)
        poetry self add p==1.0
            pythonPackage exact poetry self add: p==1.0
        poetry self show
            -
        poetry update
            pythonProject floating poetry update: poetry update (it updates the lock to the newest versions)
        poetry install --only main
            pythonProject unknown poetry install: poetry install (the build context shows no poetry.lock)
        python -m poetry sync
            pythonProject unknown poetry sync: poetry sync (the build context shows no poetry.lock)
        poetry build
            -
        pdm add a
            pythonPackage floating pdm add: a
        pdm install
            pythonProject floating pdm install: pdm install (without --frozen-lockfile a lock that does not fit is replaced)
        pdm install --check
            nothing
        PDM_FROZEN_LOCKFILE=true pdm install
            nothing
        pdm update --frozen-lockfile
            pythonProject floating pdm update: pdm update (without --frozen-lockfile a lock that does not fit is replaced)
        pdm sync
            -
        pipenv install
            pythonProject floating pipenv install: pipenv install (without --deploy a stale Pipfile.lock is replaced)
        pipenv install --ignore-pipfile
            nothing
        pipenv install a==1.0
            pythonPackage exact pipenv install: a==1.0
        pipenv update
            pythonProject floating pipenv update: pipenv update (it updates the lock to the newest versions)
        pipenv sync
            -
        pip-sync
            file requirements requirements.txt
        pip-sync a.txt $B
            file requirements a.txt
            file requirements $B
        python -m piptools sync a.txt
            file requirements a.txt
        mim install mmcv mmdet==3.3.0 -r r.txt
            pythonPackage floating mim install: mmcv
            pythonPackage exact mim install: mmdet==3.3.0
            file requirements r.txt
        mim list
            -
        easy_install-3.6 pip
            pythonPackage floating easy_install: pip
        python setup.py install
            pythonProject floating setup.py install: setup.py install (its dependencies are resolved at build time)
        python x/setup.py develop
            pythonProject floating setup.py develop: setup.py develop (its dependencies are resolved at build time)
        python setup.py install --no-deps
            -
        python setup.py install --root=/r
            -
        python setup.py build
            -
        """#)

    /// https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html
    private static let conda = RequestTable(
        #"""
        conda install -y a a==1.0 a=1.0=h0 c::a==1.0 'a 1.0 h0'
            condaPackage floating conda install: a
            condaPackage exact conda install: a==1.0
            condaPackage exact conda install: a=1.0=h0
            condaPackage exact conda install: c::a==1.0
            condaPackage exact conda install: a 1.0 h0
        conda install a=1.0 a=1.2.3 a==1.* a>=1 'a 1.0' a=1.0=*
            condaPackage floating conda install: a=1.0 (=1.0 matches every version with that prefix)
            condaPackage exact conda install: a=1.2.3 (= matches every version with that prefix)
            condaPackage floating conda install: a==1.* (==1.* is a wildcard)
            condaPackage floating conda install: a>=1 (>=1 is a range)
            condaPackage floating conda install: a 1.0 (1.0 is a range)
            condaPackage floating conda install: a=1.0=* (=1.0=* matches every version with that prefix)
        mamba install 'a[version=1.0,build=h0]' 'a[version=1.*]' 'a[sha256=00]'
            condaPackage exact mamba install: a[version=1.0,build=h0]
            condaPackage floating mamba install: a[version=1.*] (a[version=1.*] is a range)
            condaPackage hashed mamba install: a[sha256=00]
        conda install https://index.example/a-1.0-0.tar.bz2 x.conda y.tar.bz2
            condaPackage exact conda install: https://index.example/a-1.0-0.tar.bz2
        conda install $P
            condaPackage unknown conda install: $P
        conda create -n e --file l.txt --file e.yml
            file condaList l.txt
            file condaEnvironment e.yml
        micromamba create -n e -f e.lock
            file condaEnvironment e.lock
        conda env create
            file condaEnvironment environment.yml
        conda env create e.yml
            file condaEnvironment e.yml
        conda env update -n e -f $F
            file condaEnvironment $F
        conda env list
            -
        conda update --all
            condaPackage floating conda update: --all (every package is updated to its newest version)
        conda upgrade a
            condaPackage floating conda upgrade: a
        conda clean -a
            -
        pixi add a==1.0 a
            condaPackage exact pixi add: a==1.0
            condaPackage floating pixi add: a
        pixi add --pypi a==1.0
            pythonPackage exact pixi add: a==1.0
        pixi global install a
            condaPackage floating pixi global install: a
        pixi global list
            -
        pixi install
            condaEnvironment floating pixi install: pixi install (without --locked or --frozen a lock that does not fit is replaced)
        pixi install --frozen
            nothing
        pixi run --no-install x
            -
        pixi run x
            condaEnvironment floating pixi run: pixi run (without --locked or --frozen a lock that does not fit is replaced)
        pixi info
            -
        jupyter labextension install @a/b@1.2.3 c ./d e.tgz
            npmPackage exact jupyter labextension install: @a/b@1.2.3
            npmPackage floating jupyter labextension install: c
        jupyter-labextension install c@^1 $E
            npmPackage floating jupyter labextension install: c@^1 (^1 is not a single version)
            npmPackage unknown jupyter labextension install: $E
        jupyter labextension list
            nothing
        jupyter notebook
            -
        """#)

    @Test("pip", arguments: pip.rows) func pipRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("uv", arguments: uv.rows) func uvRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("poetry, pdm, pipenv, pipx", arguments: tools.rows)
    func toolRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("conda, pixi, Jupyter", arguments: conda.rows)
    func condaRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
}
