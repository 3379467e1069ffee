extension CheckCase {
    /// Images, manifests and the names of files.
    static let images = #"""
        ## 01 the build context is above the Dockerfile
        @ compose says it
        + docker-compose.yml
        services:
          a:
            build:
              context: .
              dockerfile: docker/Dockerfile
        + docker/Dockerfile
        FROM <PY>
        COPY requirements.txt /r.txt
        RUN pip install -r /r.txt
        + requirements.txt
        flask
        > exact 1
        requirements.txt:1 error floating-requirement
        @ nothing says it: the nearest folder that holds what is copied
        + images/gpu/Dockerfile
        FROM <PY>
        COPY common/install.sh /install.sh
        COPY images/gpu/run.sh /run.sh
        RUN bash /install.sh
        + images/gpu/run.sh
        echo run
        + common/install.sh
        pip install numpy
        > exact 1
        common/install.sh:1 error floating-python-package
        @ the table of the configuration says it
        + pinproof.toml
        [contexts]
        "docker/*.Dockerfile" = "."
        + docker/x.Dockerfile
        FROM <PY>
        COPY . /app
        WORKDIR /app
        RUN pip install -r requirements.txt
        + requirements.txt
        flask==3.0.3
        django
        + docker/requirements.txt
        never-installed==1
        > exact 1
        requirements.txt:2 error floating-requirement
        @ a workflow builds it, and a bind mount names the file
        + .github/workflows/build.yml
        on: push
        jobs:
          a:
            runs-on: ubuntu-24.04
            steps:
            - uses: docker/build-push-action@v6
              with:
                context: src
                file: docker/Dockerfile
        + docker/Dockerfile
        FROM <PY>
        RUN --mount=type=bind,source=r.txt,target=/r.txt pip install -r /r.txt
        + src/r.txt
        flask
        + r.txt
        flask==3.0.3
        > exact 1
        src/r.txt:1 error floating-requirement

        ## 02 manifests beside Dockerfiles
        @ compose, a pod, and a workflow
        + .github/workflows/ci.yml
        jobs:
          a:
            container: python:latest
            steps:
            - uses: actions/checkout@v4
            - run: pip install requests
        + docker-compose.yml
        services:
          a:
            image: redis
        + k8s.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: a}
        spec:
          containers:
          - {name: a, image: "vllm/vllm-openai:latest"}
        > exact 1
        .github/workflows/ci.yml:3 error floating-image
        .github/workflows/ci.yml:6 error floating-python-package
        docker-compose.yml:3 error floating-image
        k8s.yaml:6 error floating-image
        > hashed 1
        .github/workflows/ci.yml:3 error floating-image
        .github/workflows/ci.yml:5 error floating-action
        .github/workflows/ci.yml:6 error floating-python-package
        docker-compose.yml:3 error floating-image
        k8s.yaml:6 error floating-image
        @ KServe with a model at an address, and Seldon
        + serving.yaml
        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata: {name: iris}
        spec:
          predictor:
            model:
              modelFormat: {name: sklearn}
              storageUri: gs://kfserving-examples/models/sklearn/1.0/model
            initContainers:
            - name: warm
              image: busybox
        ---
        apiVersion: machinelearning.seldon.io/v1
        kind: SeldonDeployment
        metadata: {name: s}
        spec:
          predictors:
          - componentSpecs:
            - spec:
                containers:
                - image: seldonio/mlserver:1.6.0
                  name: m
        > exact 1
        serving.yaml:11 error floating-image
        > hashed 1
        serving.yaml:11 error floating-image
        serving.yaml:21 error image-without-digest
        @ a chart's values, a devcontainer with comments, a pipeline of GitLab
        + chart/Chart.yaml
        apiVersion: v2
        name: c
        version: 0.1.0
        appVersion: "1.0"
        + chart/values.yaml
        image:
          repository: ghcr.io/x/y
          tag: ""
        sidecar:
          image:
            repository: envoyproxy/envoy
            tag: latest
        + .devcontainer/devcontainer.json
        {
          // what it runs in
          "image": "mcr.microsoft.com/devcontainers/python",
          "features": {"ghcr.io/devcontainers/features/node": {}},
          "postCreateCommand": "pip install pre-commit",
        }
        + .gitlab-ci.yml
        image: python:3.11
        test:
          services: [postgres]
          script:
            - pip install tox
        > exact 1
        .devcontainer/devcontainer.json:3 error floating-image
        .devcontainer/devcontainer.json:4 error floating-image
        .devcontainer/devcontainer.json:5 error floating-python-package
        .gitlab-ci.yml:3 error floating-image
        .gitlab-ci.yml:5 error floating-python-package
        chart/values.yaml:2 warning unresolved-variable
        chart/values.yaml:7 error floating-image
        @ the files of machine learning
        + cog.yaml
        build:
          python_packages:
            - torch
            - numpy==1.26.4
          system_packages:
            - ffmpeg
          run:
            - pip install einops
        + bentofile.yaml
        service: "service:svc"
        python:
          packages:
            - scikit-learn
        docker:
          base_image: python:latest
        + MLproject
        name: x
        docker_env:
          image: trainer
        + job.yml
        $schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
        command: pip install pandas
        environment:
          image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest
        + skaffold.yaml
        apiVersion: skaffold/v4beta6
        kind: Config
        build:
          artifacts:
          - image: x
            context: app
        + app/Dockerfile
        FROM python
        > exact 1
        MLproject:3 error floating-image
        app/Dockerfile:1 error floating-image
        bentofile.yaml:4 error floating-python-package
        bentofile.yaml:6 error floating-image
        cog.yaml:3 error floating-python-package
        cog.yaml:6 error floating-apt-package
        cog.yaml:8 error floating-python-package
        job.yml:2 error floating-python-package
        job.yml:4 error floating-image

        ## 10 names of Dockerfiles
        @ prefixes and suffixes
        + Dockerfile-gpu
        FROM python
        + Dockerfile_gpu
        FROM python
        + dockerfile.gpu
        FROM python
        + gpu-Dockerfile
        FROM python
        + gpu_Dockerfile
        FROM python
        > exact 1
        Dockerfile-gpu:1 error floating-image
        Dockerfile_gpu:1 error floating-image
        dockerfile.gpu:1 error floating-image
        gpu-Dockerfile:1 error floating-image
        gpu_Dockerfile:1 error floating-image
        @ any case, Containerfile, a path
        + a/DOCKERFILE
        FROM python
        + b/containerfile
        FROM python
        + c/app.Containerfile.arm64
        FROM python
        > exact 1
        a/DOCKERFILE:1 error floating-image
        b/containerfile:1 error floating-image
        c/app.Containerfile.arm64:1 error floating-image
        @ endings that say something else
        + Dockerfile
        FROM <PY>
        + Dockerfile.md
        FROM python
        + dockerfile_parser.py
        FROM = 1
        + Dockerfile.dockerignore
        FROM python
        > exact 0
        @ nothing that is read
        + notes.md
        FROM python
        > exact 2
        @ a compose file calls it one
        + compose.yaml
        services:
          a: {build: {context: ., dockerfile: build.txt}}
        + build.txt
        FROM python
        > exact 1
        build.txt:1 error floating-image

        ## 15 ADD with a checksum of a repository
        @ the commit is the checksum
        + Dockerfile
        FROM <UB>
        ADD --checksum=<COMMIT> https://github.com/a/b.git#main /f
        > hashed 0
        @ without one
        + Dockerfile
        FROM <UB>
        ADD https://github.com/a/b.git#main /f
        ADD https://github.com/a/b.git#<COMMIT> /g
        ADD git@github.com:a/b.git /h
        > exact 1
        Dockerfile:2 error floating-git-checkout
        Dockerfile:4 error floating-git-checkout
        @ files with and without a checksum
        + Dockerfile
        FROM <UB>
        ADD --checksum=sha256:<SHA> https://e.example/a.bin /a
        ADD https://e.example/b.bin /b
        > hashed 1
        Dockerfile:3 error unverified-download
        @ a checksum from an argument
        + Dockerfile
        FROM <UB>
        ARG SUM=<COMMIT>
        ADD --checksum=$SUM https://github.com/a/b.git /f
        > hashed 0

        ## 16 addresses with a commit
        @ GitHub's raw and archive hosts
        + Dockerfile
        FROM <UB>
        RUN curl -sSf https://raw.githubusercontent.com/a/b/<COMMIT>/i.sh | sh
        ADD https://github.com/a/b/archive/<COMMIT>.tar.gz /x
        > exact 0
        > hashed 1
        Dockerfile:2 error unverified-download
        Dockerfile:3 error unverified-download
        @ Hugging Face, GitLab, Codeberg
        + Dockerfile
        FROM <UB>
        RUN wget https://huggingface.co/a/b/resolve/<COMMIT>/model.bin
        RUN wget https://gitlab.com/a/b/-/archive/<COMMIT>/b.tar.gz
        RUN curl -LO https://codeberg.org/a/b/raw/commit/<COMMIT>/x.txt
        > exact 0
        @ forty digits elsewhere mean nothing
        + Dockerfile
        FROM <UB>
        RUN curl -O https://cdn.example/<COMMIT>/x.bin
        RUN curl -O https://raw.githubusercontent.com/a/b/main/x.sh
        > exact 1
        Dockerfile:2 error unverified-download
        Dockerfile:3 error unverified-download
        @ with a checksum it is hashed
        + Dockerfile
        FROM <UB>
        RUN curl -fsSLO https://raw.githubusercontent.com/a/b/<COMMIT>/x.sh && echo "<SHA>  x.sh" | sha256sum -c - && sh x.sh
        > hashed 0

        ## 17 latest behind an unknown part
        @ the registry is an argument without a default
        + Dockerfile
        ARG REG
        FROM ${REG}/team/base:latest
        > exact 1
        Dockerfile:2 error floating-image
        @ no tag at all, in compose and FROM
        + Dockerfile
        ARG REG
        FROM ${REG}/team/base
        + compose.yaml
        services:
          a: {image: "${REG}/team/web"}
          b: {image: "${REG}/team/db@sha256:<SHA>"}
          c: {image: "${REG}/team/x:${TAG}"}
        > exact 1
        Dockerfile:2 error floating-image
        compose.yaml:2 error floating-image
        compose.yaml:4 warning unresolved-variable
        @ the image of a workflow
        + .github/workflows/a.yml
        jobs:
          a:
            container: ${{ vars.REG }}/ci:latest
            steps: []
        > exact 1
        .github/workflows/a.yml:3 error floating-image
        @ a version tag behind it stays unknown
        + Dockerfile
        ARG REG
        FROM ${REG}/team/base:1.2.3
        > exact 0
        Dockerfile:2 warning unresolved-variable
        """#
}
