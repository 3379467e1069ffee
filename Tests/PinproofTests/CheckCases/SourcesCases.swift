extension CheckCase {
    /// Projects, locks and environments.
    static let sources = #"""
        ## 08 projects installed without a lock
        @ uv pip install -r pyproject.toml, and a group
        + Dockerfile
        FROM <PY>
        COPY pyproject.toml .
        RUN uv pip install --system -r pyproject.toml
        RUN pip install --group dev
        + pyproject.toml
        [project]
        name="x"
        version="0"
        dependencies=["requests"]
        [dependency-groups]
        dev=["black"]
        > exact 1
        Dockerfile:3 error unlocked-python-project
        Dockerfile:4 error unlocked-python-project
        @ uv sync without and with its lock's word
        + Dockerfile
        FROM <PY>
        COPY . .
        RUN uv sync
        RUN uv sync --locked
        RUN poetry install
        + pyproject.toml
        [project]
        name="x"
        version="0"
        dependencies=[]
        > exact 1
        Dockerfile:3 error unlocked-python-project
        Dockerfile:5 error unlocked-python-project
        @ extras of a project, and a project without its dependencies
        + Dockerfile
        FROM <PY>
        COPY . .
        RUN pip install ".[test]"
        RUN pip install --no-deps .
        + pyproject.toml
        [project]
        name="x"
        version="0"
        dependencies=["requests"]
        > exact 1
        Dockerfile:3 error unlocked-python-project
        @ uv run and uvx
        + Dockerfile
        FROM <PY>
        COPY . .
        RUN uv run --frozen pytest && uvx ruff@0.4.4 check
        RUN uvx black .
        + pyproject.toml
        [project]
        name="x"
        version="0"
        > exact 1
        Dockerfile:4 error floating-python-package

        ## 08b a lock that the build makes
        @ uv pip compile over a committed one
        + Dockerfile
        FROM <PY>
        COPY r.in r.txt ./
        RUN uv pip compile r.in -o r.txt && uv pip sync --require-hashes r.txt
        + r.in
        foo
        + r.txt
        foo==1 --hash=sha256:<SHA>
        > exact 0
        Dockerfile:3 warning unread-command
        > hashed 1
        Dockerfile:3 error unread-command
        @ poetry export without a committed one
        + Dockerfile
        FROM <PY>
        COPY pyproject.toml .
        RUN poetry export -f requirements.txt -o r.txt && pip install -r r.txt
        + pyproject.toml
        [project]
        name="x"
        version="0"
        > exact 0
        Dockerfile:3 warning unread-command
        @ pip-compile in an instruction of its own
        + Dockerfile
        FROM <PY>
        COPY requirements.in .
        RUN pip-compile --output-file=requirements.txt requirements.in
        RUN pip install -r requirements.txt
        + requirements.in
        foo
        > exact 0
        Dockerfile:4 warning unread-command
        @ pip freeze into the file
        + Dockerfile
        FROM <PY>
        COPY requirements.txt .
        RUN pip freeze > requirements.txt && pip install -r requirements.txt
        + requirements.txt
        foo==1
        > exact 0
        Dockerfile:3 warning unread-command

        ## 09 files that are changed before they are installed
        @ sed takes the versions away
        + Dockerfile
        FROM <PY>
        COPY requirements.txt .
        RUN sed -i 's/==.*//' requirements.txt && pip install -r requirements.txt
        + requirements.txt
        flask==3.0.3
        > exact 0
        Dockerfile:3 warning unread-command
        > hashed 1
        Dockerfile:3 error unread-command
        requirements.txt:1 error requirement-without-hash
        @ in an instruction before, by another path
        + Dockerfile
        FROM <PY>
        WORKDIR /app
        COPY requirements.txt /app/
        RUN sed -i -e '/torch/d' /app/requirements.txt
        RUN pip install -r requirements.txt
        + requirements.txt
        flask==3.0.3
        > exact 0
        Dockerfile:5 warning unread-command
        @ echo appends, grep writes another file
        + Dockerfile
        FROM <PY>
        COPY requirements.txt .
        RUN echo "django" >> requirements.txt && pip install -r requirements.txt
        RUN grep -v torch requirements.txt > r2.txt && pip install -r r2.txt
        + requirements.txt
        flask==3.0.3
        > exact 0
        Dockerfile:3 warning unread-command
        Dockerfile:4 warning unread-command
        @ a change after the installation is none of its business
        + Dockerfile
        FROM <PY>
        COPY requirements.txt .
        RUN pip install -r requirements.txt && sed -i 's/x/y/' requirements.txt
        + requirements.txt
        flask==3.0.3
        > exact 0

        ## 24 environments that MLflow saves
        @ the case
        + conda.yaml
        channels:
        - conda-forge
        dependencies:
        - python=3.11.7
        - pip
        - pip:
          - scikit-learn==1.5.0
        name: mlflow-env
        > exact 0
        conda.yaml:4 note floating-requirement
        conda.yaml:5 note floating-requirement
        @ beside an MLmodel, under another name
        + m/MLmodel
        flavors: {python_function: {loader_module: mlflow.sklearn, python_version: 3.11.7}}
        + m/conda.yaml
        name: other
        channels: [conda-forge]
        dependencies:
        - python=3.11.7
        - pip<=24.0
        - pip: [numpy==1.26.4]
        > exact 0 m/conda.yaml
        m/conda.yaml:4 note floating-requirement
        m/conda.yaml:5 note floating-requirement
        @ an environment of nobody's model
        + environment.yml
        dependencies:
        - python=3.11.7
        - python-dateutil=2.9
        - pip
        > exact 1
        environment.yml:2 note floating-requirement
        environment.yml:3 error floating-requirement
        environment.yml:4 error floating-requirement
        @ builds and epochs
        + environment.yml
        dependencies:
        - numpy==1.26.4=py311h64a7726_0
        - x=1!2.0=0
        - y==1!2.0
        > exact 0
        """#
}
