extension CheckCase {
    /// The finer points of the contract.
    static let contract = #"""
        ## contract 3.1 settings of conda, npm and uv in files
        @ pinned packages of a copied .condarc, and of conda-meta
        + Dockerfile
        FROM <PY>
        COPY .condarc /root/.condarc
        RUN echo "scipy 1.11.4" >> /opt/conda/conda-meta/pinned
        RUN conda install -y numpy scipy pandas
        + .condarc
        channels: [conda-forge]
        pinned_packages:
          - numpy=1.26.4
        > exact 1
        Dockerfile:4 error floating-conda-package
        @ packages that a written .condarc adds to every environment
        + Dockerfile
        FROM <PY>
        RUN cat > /root/.condarc <<EOF
        create_default_packages:
          - ipykernel
          - pip=24.0.0
        EOF
        RUN conda create -y -n x python=3.11.7
        RUN conda create -y -n y --no-default-packages python=3.11.7
        > exact 1
        Dockerfile:7 error floating-conda-package
        Dockerfile:7 note floating-conda-package
        Dockerfile:7 note floating-conda-package
        Dockerfile:8 note floating-conda-package
        @ conda config
        + Dockerfile
        FROM <PY>
        RUN conda config --add pinned_packages python=3.11.7 && conda config --add channels conda-forge
        RUN conda install -y python
        > exact 0
        @ pnpm's lock by .npmrc, by CI, and without
        + Dockerfile
        FROM <PY>
        WORKDIR /app
        COPY package.json pnpm-lock.yaml .npmrc ./
        RUN pnpm install
        FROM <PY>
        ENV CI=true
        RUN pnpm install
        FROM <PY>
        RUN pnpm install
        RUN pnpm install --frozen-lockfile
        + .npmrc
        frozen-lockfile=true
        + package.json
        {}
        + pnpm-lock.yaml
        lockfileVersion: '9.0'
        > exact 1
        Dockerfile:9 error floating-npm-package
        @ yarn's settings
        + Dockerfile
        FROM <PY>
        WORKDIR /app
        COPY . .
        RUN yarn install
        + .yarnrc.yml
        enableImmutableInstalls: true
        + package.json
        {}
        + yarn.lock
        # yarn
        > exact 0
        @ tool.uv of the project
        + Dockerfile
        FROM <PY>
        WORKDIR /app
        COPY pyproject.toml .
        RUN uv pip install --system numpy
        + pyproject.toml
        [project]
        name = "x"
        version = "0"
        [tool.uv]
        constraint-dependencies = ["numpy==1.26.4"]
        [[tool.uv.index]]
        url = "https://e.example/simple"
        > exact 0
        Dockerfile:4 warning extra-index
        pyproject.toml:6 warning extra-index

        ## contract 3.2 lines of requirements
        @ a comment behind a space that is not ASCII
        + requirements.txt
        diffusers==0.30.0  # for images
        　tritonclient[grpc]==2.40.0 # serialization
        > exact 0

        ## contract 7.1 pins that contradict each other
        @ files of one stage, and of two that build on it
        + Dockerfile
        FROM <PY> AS base
        COPY a.txt b.txt c.txt ./
        RUN pip install -r a.txt
        FROM base AS one
        RUN pip install -r b.txt
        FROM base AS two
        RUN pip install -r c.txt
        + a.txt
        six==1.16.0
        + b.txt
        six==1.15.0
        idna==3.1
        + c.txt
        idna==3.7
        > exact 0
        b.txt:1 note conflicting-pins
        @ files of two Dockerfiles
        + a/Dockerfile
        FROM <PY>
        COPY r.txt .
        RUN pip install -r r.txt
        + a/r.txt
        six==1.16.0
        + b/Dockerfile
        FROM <PY>
        COPY r.txt .
        RUN pip install -r r.txt
        + b/r.txt
        six==1.15.0
        > exact 0
        @ files of two builds of one Dockerfile
        + Dockerfile
        FROM <PY>
        ARG E
        COPY $E/r.txt .
        RUN pip install -r r.txt
        + compose.yml
        services:
          a:
            build: {context: ., args: {E: a}}
          b:
            build: {context: ., args: {E: b}}
        + a/r.txt
        six==1.16.0
        + b/r.txt
        six==1.15.0
        > exact 0

        ## contract 1 values of a chart in a directory of their own
        @ as chart-testing has them
        + c/Chart.yaml
        name: x
        + c/ci/values-gpu.yaml
        image: a/b
        + c/ci/gpu-values.yaml
        image: {name: a/b, tag: latest}
        + c/ci/deep/values.yaml
        image: a/b
        > exact 1
        c/ci/gpu-values.yaml:1 error floating-image
        c/ci/values-gpu.yaml:1 error floating-image

        ## contract 8.1 several builds
        @ an argument that every build gives is known
        + compose.yaml
        services:
          a: {build: {context: ., args: {TAG: "3.11.9"}}}
        + Dockerfile
        ARG TAG
        FROM python:${TAG}
        > exact 0
        @ one of two builds floats
        + compose.yaml
        services:
          a: {build: {context: ., args: {TAG: "3.11.9"}}}
          b: {build: {context: ., args: {TAG: latest}}}
        + Dockerfile
        ARG TAG
        FROM python:${TAG}
        > exact 1
        Dockerfile:2 error floating-image

        ## contract 8.3 YAML of no kind, and templates
        @ never an error
        + a.yaml
        foo: bar
        + templates/d.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{ .Release.Name }}
        spec:
          containers:
          {{- range .Values.x }}
          - image: "{{ .image }}:{{ .tag }}"
          {{- end }}
          - image: busybox
          - image: {{ .Values.registry }}/tool:latest
        > exact 1
        templates/d.yaml:10 error floating-image
        templates/d.yaml:11 error floating-image
        > exact 0 a.yaml
        @ a Kubernetes object with a key twice
        + k.yaml
        apiVersion: v1
        kind: Pod
        spec:
          containers:
          - image: busybox
            name: a
            name: a
        > exact 1
        k.yaml:5 error floating-image
        @ Azure's jobs without a schema
        + job.yaml
        command: python train.py
        code: src
        environment:
          image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04
          conda_file: conda.yml
        compute: azureml:cpu
        + src/train.py
        import nltk
        nltk.download("punkt")
        + conda.yml
        channels: [conda-forge]
        dependencies: [pip]
        > exact 1
        conda.yml:2 error floating-requirement
        job.yaml:4 error floating-image
        src/train.py:2 error floating-model-download

        ## contract 8.4 actions
        @ versions, branches, commits, local ones
        + .github/workflows/a.yml
        on: push
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
            - uses: actions/checkout@v4.1.2
            - uses: actions/cache@v4
            - uses: owner/x@main
            - uses: owner/y@release-1.0
            - uses: owner/z@<COMMIT>
            - uses: ./.github/actions/setup
            - uses: docker://alpine:latest
          b:
            uses: owner/repo/.github/workflows/w.yml@master
        + .github/actions/setup/action.yml
        name: s
        runs:
          using: composite
          steps:
          - run: pip install -r requirements.txt && bash "$GITHUB_ACTION_PATH/x.sh"
            shell: bash
        + .github/actions/setup/x.sh
        pip install six
        + requirements.txt
        flask
        > exact 1
        .github/actions/setup/x.sh:1 error floating-python-package
        .github/workflows/a.yml:12 error floating-image
        .github/workflows/a.yml:14 error floating-action
        .github/workflows/a.yml:8 error floating-action
        .github/workflows/a.yml:9 error floating-action
        requirements.txt:1 error floating-requirement
        > exact 1 .github/workflows/a.yml
        .github/actions/setup/x.sh:1 error floating-python-package
        .github/workflows/a.yml:12 error floating-image
        .github/workflows/a.yml:14 error floating-action
        .github/workflows/a.yml:8 error floating-action
        .github/workflows/a.yml:9 error floating-action
        requirements.txt:1 error floating-requirement
        @ values of env, and expressions that nobody knows
        + .github/workflows/a.yml
        on: push
        env:
          VERSION: 1.2.3
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
            - run: pip install foo==${{ env.VERSION }} bar==${{ matrix.bar }}
        > exact 0
        .github/workflows/a.yml:8 warning unresolved-variable

        ## contract 8.4 what is used and is not there
        @ a local action, a workflow, a directory with a Dockerfile, and a build
        + .github/workflows/a.yml
        on: push
        jobs:
          a:
            uses: ./.github/workflows/none.yml
          b:
            runs-on: ubuntu-latest
            steps:
            - uses: ./tools/none
            - uses: ./tools/docker
            # pinproof: allow unread-command
            - uses: ./tools/later
            - uses: docker/build-push-action@v6
              with: {file: none.Dockerfile}
        + tools/docker/Dockerfile
        FROM python
        > exact 1
        .github/workflows/a.yml:4 warning unread-command
        .github/workflows/a.yml:8 warning unread-command
        .github/workflows/a.yml:12 warning unread-command
        tools/docker/Dockerfile:1 error floating-image
        > hashed 1
        .github/workflows/a.yml:4 error unread-command
        .github/workflows/a.yml:8 error unread-command
        .github/workflows/a.yml:12 error unread-command
        .github/workflows/a.yml:12 error floating-action
        tools/docker/Dockerfile:1 error floating-image
        @ in directories that the steps check out
        + .github/workflows/a.yml
        on: push
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
            - uses: actions/checkout@v4
              with: {path: own/main}
            - uses: actions/checkout@v4
              with: {path: same, repository: "${{ github.repository }}"}
            - uses: actions/checkout@v4
              with: {path: tools, repository: other/tools, ref: v1}
            - uses: ./own/main/action
            - uses: ./same/action
            - uses: ./tools/action
            - uses: ./action
            - uses: ./own/main/none
            - uses: ./owned/action
        + action/action.yml
        runs: {using: composite, steps: [{run: pip install flask, shell: bash}]}
        > exact 1
        .github/workflows/a.yml:14 warning unread-command
        .github/workflows/a.yml:16 warning unread-command
        .github/workflows/a.yml:17 warning unread-command
        action/action.yml:1 error floating-python-package
        @ includes of compose, GitLab and Azure, above and below
        + compose/compose.yaml
        include: [../none.yaml, ../there.yaml]
        services:
          a: {extends: {file: sub/none.yaml, service: x}}
          b: {build: {context: ., dockerfile: none}}
        + there.yaml
        services: {c: {image: redis}}
        + .gitlab-ci.yml
        include: [/ci/none.yml, {local: "ci/*.gitlab.yml"}]
        + azure-pipelines.yml
        steps:
        - template: none.yml
        - template: /none.yml
        - template: other.yml@self
        > exact 1
        .gitlab-ci.yml:1 warning unread-command
        .gitlab-ci.yml:1 warning unread-command
        azure-pipelines.yml:2 warning unread-command
        azure-pipelines.yml:3 warning unread-command
        azure-pipelines.yml:4 warning unread-command
        compose/compose.yaml:1 warning unread-command
        compose/compose.yaml:3 warning unread-command
        compose/compose.yaml:4 warning unread-command
        there.yaml:1 error floating-image

        @ a bake file is relative to where it is started
        + docker/docker-bake.hcl
        target "a" { dockerfile = "docker/a.build" }
        target "b" { dockerfile = "b.build" }
        target "c" { dockerfile = "c.build" }
        + docker/a.build
        FROM python
        + docker/b.build
        FROM redis
        > exact 1
        docker/a.build:1 error floating-image
        docker/b.build:1 error floating-image
        docker/docker-bake.hcl:3 warning unread-command

        ## contract 8.5 variables of compose
        @ .env, defaults, and a digest
        + .env
        TAG=1.2.3
        + compose.yaml
        services:
          a: {image: "x/a:${TAG}"}
          b: {image: "x/b:${NONE:-latest}"}
          c: {image: "${NONE}/c@sha256:<SHA>"}
          d: {image: "x/d:${NONE}"}
        > exact 1
        compose.yaml:3 error floating-image
        compose.yaml:5 warning unresolved-variable
        """#
}
