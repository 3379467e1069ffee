extension CheckCase {
    /// What manifests leave to others, and commands that other commands run: read, or said.
    static let manifests = #"""
        ## manifests: CircleCI
        @ defaults of pipeline parameters, calls with steps, a here-document
        + .circleci/config.yml
        parameters:
          tag: {type: string, default: latest}
        executors:
          e: {docker: [{image: "cimg/python:<< pipeline.parameters.tag >>"}]}
        commands:
          install:
            parameters: {before: {type: steps, default: []}}
            steps:
            - steps: << parameters.before >>
            - run: pip install six==1.17.0
        jobs:
          test:
            executor: e
            steps:
            - checkout
            - install: {before: [{run: pip install flask}]}
            - run: |
                cat \<<EOF > a.txt
                pip install nothing
                EOF
                pip install numpy
            - run: << parameters.command >>
        > exact 1
        .circleci/config.yml:16 error floating-python-package
        .circleci/config.yml:21 error floating-python-package
        .circleci/config.yml:22 warning unread-command
        .circleci/config.yml:4 error floating-image
        @ orbs with orbs of their own, machines, setup of another executor
        + .circleci/config.yml
        orbs:
          own:
            orbs: {node: circleci/node@dev:first}
            jobs:
              a: {docker: [{image: redis}], steps: [{run: npm install -g x}]}
          python: circleci/python@2.1.1
        jobs:
          m:
            machine: {image: ubuntu-2204:current}
            steps:
            - when: {condition: x, steps: [{run: {name: n, command: apt-get install -y git}}]}
            - unless: {condition: x, steps: [{run: {shell: pwsh, command: Install-Module x}}]}
        > exact 1
        .circleci/config.yml:11 error floating-apt-package
        .circleci/config.yml:12 warning unread-command
        .circleci/config.yml:3 error floating-action
        .circleci/config.yml:5 error floating-image
        .circleci/config.yml:5 error floating-npm-package
        @ a working directory that is the checkout, one that nobody knows
        + .circleci/config.yml
        jobs:
          a:
            docker: [{image: "cimg/base:2024.01@sha256:<SHA>"}]
            working_directory: ~/project
            steps:
            - run: {working_directory: ~/project/app, command: pip install -r r.txt}
            - run: {working_directory: << parameters.d >>, command: pip install -r r.txt}
        + app/r.txt
        flask
        > exact 1
        .circleci/config.yml:7 warning unresolved-variable
        app/r.txt:1 error floating-requirement
        @ a file that is no configuration of CircleCI
        + .circleci/notes.yml
        title: pip install flask
        > exact 0
        @ what nothing closes
        + .circleci/config.yml
        jobs:
          a:
            steps:
            - run: echo << and pip install flask
            - run: "pip install six==<< parameters.v"
        > exact 0
        .circleci/config.yml:5 warning unresolved-variable

        ## manifests: bake
        @ inheritance, inline Dockerfiles, variables
        + docker-bake.hcl
        variable "TAG" { default = "3.11" }
        target "_base" {
          args = { A = "flask" }
        }
        target "app" {
          inherits = ["_base"]
          dockerfile = "app.build"
        }
        target "inline" {
          dockerfile-inline = <<-EOT
            FROM python:${TAG}
            RUN pip install numpy
            EOT
        }
        + app.build
        FROM <PY>
        ARG A
        RUN pip install $A
        > exact 1
        app.build:3 error floating-python-package
        docker-bake.hcl:11 error floating-python-package
        @ as JSON
        + docker-bake.json
        {"variable": {"D": {"default": "x.build"}},
         "target": {"a": {"dockerfile": "${D}"}, "b": {"context": "https://index.example/x.git"}, "c": {"dockerfile": "${E}"}}}
        + x.build
        FROM redis
        > exact 1
        docker-bake.json:2 warning unread-command
        docker-bake.json:2 warning unread-command
        x.build:1 error floating-image
        @ a target of a matrix, a function, an absent parent
        + docker-bake.hcl
        target "a" {
          matrix = { v = ["1", "2"] }
          name = "a-${v}"
          dockerfile = "${v}.build"
        }
        target "b" { dockerfile = lower("B") }
        target "c" { inherits = ["gone"] }
        > exact 0
        docker-bake.hcl:1 warning unread-command
        docker-bake.hcl:6 warning unread-command
        docker-bake.hcl:7 warning unread-command
        docker-bake.hcl:7 warning unread-command
        @ a file that is not HCL
        + docker-bake.hcl
        target "a" {
        > exact 2
        docker-bake.hcl:2 error unreadable-file

        ## manifests: compose and devcontainers
        @ inline Dockerfiles with the variables of compose and their own
        + .env
        T=3.11.9
        + compose.yaml
        services:
          a:
            build:
              dockerfile_inline: |
                FROM python:${T}
                ARG V=1.17.0
                RUN pip install six==$$V flask==${W:-latest}
          b: {build: "${DIR:-none}"}
          c: {build: {context: ., dockerfile: "${F}"}}
        > exact 0
        compose.yaml:7 warning unresolved-variable
        compose.yaml:8 warning unread-command
        compose.yaml:9 warning unread-command
        @ a devcontainer's features, files of compose and commands
        + .devcontainer/devcontainer.json
        {"dockerComposeFile": ["services.yml", "../gone.yml"],
         "features": {"./tool": {}, "./gone": {}, "ghcr.io/x/y/z": {}},
         "postCreateCommand": {"a": "pip install flask", "b": ["pip", "install", "-r", "r.txt"]}}
        + .devcontainer/services.yml
        services: {db: {image: postgres}}
        + .devcontainer/tool/install.sh
        apt-get install -y git
        + r.txt
        numpy
        > exact 1
        .devcontainer/devcontainer.json:1 warning unread-command
        .devcontainer/devcontainer.json:2 error floating-image
        .devcontainer/devcontainer.json:2 warning unresolved-variable
        .devcontainer/devcontainer.json:3 error floating-python-package
        .devcontainer/services.yml:1 error floating-image
        .devcontainer/tool/install.sh:1 error floating-apt-package
        r.txt:1 error floating-requirement
        @ includes in includes, in a circle
        + compose.yaml
        include: [a.yaml]
        services: {}
        + a.yaml
        include: [{path: [compose.yaml, b.yaml]}]
        services: {x: {image: nginx}}
        + b.yaml
        services: {y: {extends: {file: a.yaml, service: x}}, z: {image: "${I}"}}
        > exact 1
        a.yaml:2 error floating-image
        b.yaml:1 warning unresolved-variable
        @ an override beside a file of another name
        + docker-compose.override.yml
        services: {a: {image: "x/y:1.0", command: sh -c "pip install flask && run"}}
        > exact 0
        docker-compose.override.yml:1 warning unread-command

        ## manifests: Kubernetes
        @ variables in images, scripts and manifests of a ConfigMap
        + k8s.yaml
        apiVersion: v1
        kind: ConfigMap
        data:
          start.sh: |
            apt-get install -y git
          pod.yaml: |
            kind: Pod
            spec: {containers: [{image: nginx}]}
          image.yaml: |
            image: nginx
          notes: "pip install x"
        ---
        apiVersion: v1
        kind: Pod
        spec:
          containers:
          - image: ${REGISTRY}/app:${TAG}
          - image: $IMAGE
          - image: ${REGISTRY}/app
            command: [bash, -c, "pip install flask && serve"]
        > exact 1
        k8s.yaml:17 warning unresolved-variable
        k8s.yaml:18 warning unresolved-variable
        k8s.yaml:19 error floating-image
        k8s.yaml:20 warning unread-command
        k8s.yaml:5 warning unread-command
        k8s.yaml:6 warning unread-command
        k8s.yaml:9 warning unread-command
        @ templates of a chart
        + chart/Chart.yaml
        name: a
        + chart/values.yaml
        image: {repository: x/y, tag: latest}
        + chart/templates/a.yaml
        apiVersion: v1
        kind: Pod
        spec:
          containers:
          - image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          - image: busybox
          {{- if .Values.more }}
          - image: {{ .Values.other }}:latest
          {{- end }}
        > exact 1
        chart/templates/a.yaml:6 error floating-image
        chart/templates/a.yaml:8 error floating-image
        chart/values.yaml:1 error floating-image
        @ a custom resource with images, a definition with none
        + crd.yaml
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        spec: {image: nginx}
        ---
        apiVersion: x.example/v1
        kind: Thing
        spec: {template: {image: redis, script: {image: a/b:1.0, source: "#!/bin/sh\npip install flask"}}}
        > exact 1
        crd.yaml:7 error floating-image
        crd.yaml:7 warning unread-command
        @ kustomize: names and tags
        + kustomization.yaml
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        images:
        - {name: a, newTag: latest}
        - {name: b, digest: "sha256:<SHA>"}
        > exact 1
        kustomization.yaml:4 error floating-image

        ## manifests: commands of commands
        @ containers, runners, and a shell behind them
        + Dockerfile
        FROM <PY>
        ARG C
        RUN docker exec c pip install flask
        RUN docker run --rm x/y:1.0@sha256:<SHA> sh -c 'pip install numpy'
        RUN hatch -e test env run -- pip install torch
        RUN kubectl exec pod -- bash -c "$C"
        RUN docker run $C
        > exact 1
        Dockerfile:3 error floating-python-package
        Dockerfile:4 error floating-python-package
        Dockerfile:5 error floating-python-package
        Dockerfile:6 warning unread-command
        Dockerfile:7 warning unresolved-variable
        @ scripts that are at hand and scripts that are not
        + Dockerfile
        FROM <PY>
        COPY retry.sh /
        RUN /retry.sh pip install flask
        RUN ./gone.sh pip install numpy
        + retry.sh
        "$@" || "$@"
        > exact 1
        Dockerfile:4 error floating-python-package
        Dockerfile:4 warning unresolved-variable
        retry.sh:1 error floating-python-package
        retry.sh:1 error floating-python-package
        @ charts, remote directories, targets that nothing makes
        + Dockerfile
        FROM <PY>
        COPY . /app
        WORKDIR /app
        RUN helm install a ./chart
        RUN helm install a repo/chart && helm list
        RUN kubectl apply -k github.com/a/b?ref=main
        RUN make tool
        RUN make gone
        + Makefile
        tool: dep
        	ls
        dep:
        	$(CURL) https://index.example/x
        	pip install flask
        > exact 1
        Dockerfile:5 warning unread-command
        Dockerfile:6 warning unread-command
        Dockerfile:8 warning unread-command
        Makefile:4 warning unread-command
        Makefile:5 error floating-python-package
        @ what a script of Python runs, makes, and only says
        + Dockerfile
        FROM <PY>
        COPY i.py /
        RUN python /i.py
        + i.py
        import os, subprocess, sys
        print("pip install nothing")
        os.system(f"{sys.executable} -m pip install flask")
        subprocess.check_call(["pip", "install", package, "numpy==1.0"])
        line = "apt-get install -y git" if os.name else f"yum install -y {name}"
        raise ImportError("pip install this")
        > exact 1
        i.py:3 error floating-python-package
        i.py:4 warning unresolved-variable
        i.py:5 warning unread-command
        i.py:5 warning unread-command
        @ requests whose answer is kept, run, or looked at
        + Dockerfile
        FROM <PY>
        ARG T
        RUN curl -H "Authorization: $T" https://api.index.example/a -o f
        RUN S=$(curl -H "Authorization: $T" https://api.index.example/b) && bash -c "$S"
        RUN curl -d x=y https://index.example/c | sh
        RUN curl -H "Authorization: $T" https://api.index.example/d | jq .count
        RUN curl -X POST https://index.example/e
        > exact 1
        Dockerfile:3 error unverified-download
        Dockerfile:4 error unverified-download
        Dockerfile:5 error unverified-download
        """#
}
