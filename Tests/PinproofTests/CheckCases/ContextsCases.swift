extension CheckCase {
    /// What pins from elsewhere: constraints, variables, files of the tools.
    static let contexts = #"""
        ## 03 constraints inside of a requirements file
        @ the file names its constraints
        + constraints.txt
        flask==3.0.3
        + requirements.txt
        -c constraints.txt
        flask
        > exact 0
        @ in the long form, with another name's case, and what it does not pin
        + constraints.txt
        Flask==3.0.3
        + requirements.txt
        --constraint constraints.txt
        flask
        numpy
        > exact 1
        requirements.txt:3 error floating-requirement
        @ a range in the constraints pins nothing
        + constraints.txt
        flask<4
        + requirements.txt
        -c constraints.txt
        flask
        > exact 1
        requirements.txt:2 error floating-requirement
        @ through a second file in a folder
        + req/base.txt
        -c ../pins.txt
        flask
        + pins.txt
        flask==3.0.3
        + requirements.txt
        -r req/base.txt
        > exact 0

        ## 03b constraints beside -r
        @ both on the command line
        + Dockerfile
        FROM <PY>
        COPY requirements.txt constraints.txt /app/
        WORKDIR /app
        RUN pip install -r requirements.txt -c constraints.txt
        + constraints.txt
        flask==3.0.3
        + requirements.txt
        flask
        > exact 0
        @ uv pip with the option first
        + Dockerfile
        FROM <PY>
        COPY . .
        RUN uv pip install --system --constraint pins.txt -r r.txt six
        + pins.txt
        flask==3.0.3
        six==1.16.0
        + r.txt
        flask
        > exact 0
        @ the two are users of one file, and only one leaves it open
        + Dockerfile
        FROM <PY>
        COPY requirements.txt constraints.txt /app/
        WORKDIR /app
        RUN pip install -r requirements.txt -c constraints.txt
        RUN pip install -r requirements.txt
        + constraints.txt
        flask==3.0.3
        + requirements.txt
        flask
        > exact 1
        requirements.txt:1 error floating-requirement
        @ hashes are still asked for
        + Dockerfile
        FROM <PY>
        COPY requirements.txt constraints.txt /app/
        WORKDIR /app
        RUN pip install -r requirements.txt -c constraints.txt
        + constraints.txt
        flask==3.0.3
        + requirements.txt
        flask
        > hashed 1
        constraints.txt:1 error requirement-without-hash
        requirements.txt:1 error requirement-without-hash

        ## 03c constraints at an address
        @ in the file
        + requirements.txt
        -c https://e.example/constraints.txt
        flask
        > exact 0
        requirements.txt:1 warning unresolved-variable
        requirements.txt:2 warning unresolved-variable
        @ on the command line, Airflow's way
        + Dockerfile
        FROM <PY>
        RUN pip install "apache-airflow==2.9.1" pandas --constraint "https://raw.example/constraints-3.11.txt"
        > exact 0
        Dockerfile:2 warning unresolved-variable
        Dockerfile:2 warning unresolved-variable
        @ in the environment
        + Dockerfile
        FROM <PY>
        ENV UV_CONSTRAINT=https://e.example/c.txt
        RUN uv pip install --system pandas
        > exact 0
        Dockerfile:3 warning unresolved-variable
        Dockerfile:3 warning unresolved-variable
        @ a pinned package stays pinned
        + requirements.txt
        -c https://e.example/constraints.txt
        flask==3.0.3
        > exact 0
        requirements.txt:1 warning unresolved-variable

        ## 04 variables of pip and uv
        @ constraints, a second index and no dependencies
        + Dockerfile
        FROM <PY>
        COPY c.txt /c.txt
        ENV PIP_CONSTRAINT=/c.txt PIP_EXTRA_INDEX_URL=https://e.example/simple PIP_NO_DEPS=1
        RUN pip install numpy
        RUN pip install git+https://github.com/p/p@<COMMIT>
        + c.txt
        numpy==1.26.4
        > exact 0
        Dockerfile:4 warning extra-index
        Dockerfile:5 warning extra-index
        > hashed 1
        Dockerfile:4 error python-package-without-hash
        Dockerfile:4 warning extra-index
        Dockerfile:5 warning extra-index
        @ uv, inherited from another stage
        + Dockerfile
        FROM <PY> AS base
        COPY c.txt /c.txt
        ENV UV_CONSTRAINT=/c.txt
        FROM base
        RUN uv pip install --system numpy && UV_CONSTRAINT= uv pip install --system scipy
        + c.txt
        numpy==1.26.4
        scipy==1.13.0
        > exact 1
        Dockerfile:5 error floating-python-package
        @ exported, and pip config
        + Dockerfile
        FROM <PY>
        COPY c.txt /c.txt
        RUN export PIP_CONSTRAINT=/c.txt && pip install numpy
        RUN pip install numpy
        RUN pip config set global.extra-index-url https://e.example/simple
        RUN pip install six==1.16.0
        + c.txt
        numpy==1.26.4
        > exact 1
        Dockerfile:4 error floating-python-package
        Dockerfile:6 warning extra-index
        @ a copied pip.conf and uv.toml
        + Dockerfile
        FROM <PY>
        COPY pip.conf /etc/pip.conf
        COPY uv.toml /etc/uv/uv.toml
        RUN pip install six==1.16.0
        RUN uv pip install --system numpy
        + pip.conf
        [global]
        extra-index-url = https://e.example/simple
        + uv.toml
        constraint-dependencies = ["numpy==1.26.4"]
        > exact 0
        Dockerfile:4 warning extra-index
        @ uv keeps to its lock by a variable
        + Dockerfile
        FROM <PY>
        ENV UV_FROZEN=1
        RUN uv sync
        RUN UV_FROZEN=0 UV_LOCKED=true uv sync
        > exact 0
        @ require hashes by a variable
        + Dockerfile
        FROM <PY>
        COPY r.txt .
        ENV PIP_REQUIRE_HASHES=1
        RUN pip install -r r.txt
        + r.txt
        flask==3.0.3 --hash=sha256:<SHA>
        > hashed 0

        ## 05 conda's files under other names
        @ mamba env update
        + Dockerfile
        FROM <PY>
        COPY deps.yml .
        RUN mamba env update -n x -f deps.yml
        + deps.yml
        channels:
          - conda-forge
        dependencies:
          - numpy
        > exact 1
        Dockerfile:3 error unlocked-conda-environment
        deps.yml:4 error floating-requirement
        @ micromamba with a file called requirements.yaml
        + Dockerfile
        FROM <PY>
        COPY requirements.yaml /tmp/
        RUN micromamba install -y -n base -f /tmp/requirements.yaml
        + requirements.yaml
        dependencies:
          - scipy==1.11.4=py311_0
          - pip:
            - einops
        > exact 1
        Dockerfile:3 error unlocked-conda-environment
        requirements.yaml:4 error floating-requirement
        @ by what it holds
        + settings/my-deps-env.yaml
        name: x
        channels: [conda-forge]
        dependencies:
        - python=3.11
        > exact 1
        settings/my-deps-env.yaml:4 error floating-requirement
        @ an environment of Azure's jobs
        + job.yml
        $schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
        command: python -V
        environment:
          image: mcr.microsoft.com/azureml/openmpi@sha256:<SHA>
          conda_file: deps/train.yaml
        + deps/train.yaml
        dependencies:
        - numpy
        > exact 1
        deps/train.yaml:2 error floating-requirement

        ## 05b conda's lists
        @ a list named like pip's
        + Dockerfile
        FROM <PY>
        COPY requirements.txt .
        RUN conda install --file requirements.txt
        + requirements.txt
        numpy
        scipy=1.11
        > exact 1
        requirements.txt:1 error floating-requirement
        requirements.txt:2 error floating-requirement
        @ whole versions, builds and epochs
        + Dockerfile
        FROM <PY>
        COPY pkgs.txt .
        RUN mamba install -y --file=pkgs.txt
        + pkgs.txt
        scipy==1.11.4
        numpy=1.26.4=py311_0
        conda-forge::x==1!2.0
        > exact 0
        @ create from a list, a channel with its own packages
        + Dockerfile
        FROM <PY>
        COPY a/pkgs.txt /x/
        RUN conda create -n e -y -c conda-forge --file /x/pkgs.txt
        + a/pkgs.txt
        # ours
        pytorch::pytorch>=2
        > exact 1
        a/pkgs.txt:2 error floating-requirement
        @ three parts are a pin with a note
        + Dockerfile
        FROM <PY>
        COPY pkgs.txt .
        RUN conda install --file pkgs.txt
        + pkgs.txt
        scipy=1.11.4
        > exact 0
        pkgs.txt:1 note floating-requirement
        """#
}
