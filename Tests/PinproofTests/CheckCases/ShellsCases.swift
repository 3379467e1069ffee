extension CheckCase {
    /// Shells, scripts, and what a container starts.
    static let shells = #"""
        ## 19 shells that are not read
        @ an escape alone changes no shell
        + Dockerfile
        # escape=`
        FROM <PY>
        RUN pip install flask
        > exact 1
        Dockerfile:3 error floating-python-package
        @ PowerShell by SHELL
        + Dockerfile
        # escape=`
        FROM mcr.microsoft.com/windows/servercore@sha256:<SHA>
        SHELL ["powershell", "-Command"]
        RUN Invoke-WebRequest https://e.example/x.exe -OutFile x.exe
        > exact 0
        Dockerfile:4 warning unread-command
        > hashed 1
        Dockerfile:4 error unread-command
        @ cmd of a Windows base
        + Dockerfile
        # escape=`
        FROM mcr.microsoft.com/windows/nanoserver@sha256:<SHA>
        RUN curl.exe -o x.zip https://e.example/x.zip
        > exact 0
        Dockerfile:3 warning unread-command
        @ a step of a workflow
        + .github/workflows/a.yml
        jobs:
          a:
            runs-on: windows-2022
            steps:
            - run: choco install ninja
            - run: pip install six
              shell: bash
        > exact 1
        .github/workflows/a.yml:5 warning unread-command
        .github/workflows/a.yml:6 error floating-python-package

        ## 20 echo into a shell
        @ bash
        + Dockerfile
        FROM <UB>
        RUN echo "pip install azure-cli" | bash
        > exact 1
        Dockerfile:2 error floating-python-package
        @ printf, sh -s, a here-string
        + Dockerfile
        FROM <UB>
        RUN printf 'apt-get install -y git\n' | sh -s
        RUN bash <<< "pip install six"
        > exact 1
        Dockerfile:2 error floating-apt-package
        Dockerfile:3 error floating-python-package
        @ eval of a known and of an unknown text
        + Dockerfile
        FROM <UB>
        RUN eval "pip install six"
        RUN eval "$(cat steps)"
        > exact 1
        Dockerfile:2 error floating-python-package
        Dockerfile:3 warning unread-command
        @ bash -c with an argument of the build
        + Dockerfile
        FROM <UB>
        ARG PKG=six
        RUN bash -c "pip install $PKG"
        > exact 1
        Dockerfile:3 error floating-python-package

        ## 21 what installs when the container starts
        @ CMD
        + Dockerfile
        FROM <PY>
        CMD pip install flask && python app.py
        > exact 0
        Dockerfile:2 warning unread-command
        > hashed 1
        Dockerfile:2 error unread-command
        @ ENTRYPOINT as a list, and a script
        + Dockerfile
        FROM <PY>
        COPY start.sh /start.sh
        CMD ["bash", "-c", "apt-get update && apt-get install -y git"]
        ENTRYPOINT ["/start.sh"]
        + start.sh
        #!/bin/sh
        pip install six
        > exact 0
        Dockerfile:3 warning unread-command
        start.sh:2 warning unread-command
        @ the command of a pod and of a service
        + pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: a}
        spec:
          containers:
          - name: a
            image: <PY>
            command: [sh, -c]
            args: ["pip install flask; python app.py"]
        + compose.yaml
        services:
          a:
            image: <PY>
            command: bash -c "pip install flask && python app.py"
          b:
            image: <PY>
            entrypoint: ["python", "app.py"]
        > exact 0
        compose.yaml:4 warning unread-command
        pod.yaml:9 warning unread-command
        @ what only starts a program
        + Dockerfile
        FROM <PY>
        CMD ["uvicorn", "app:app"]
        ENTRYPOINT ["python", "-m", "http.server"]
        > exact 0

        ## 22 guarded defaults
        @ the case
        + Dockerfile
        FROM <UB>
        ARG APEX=SKIP
        RUN if [ "${APEX}" != SKIP ]; then git clone https://x.example/y && cd y && git checkout ${APEX}; fi
        > exact 0
        @ with ||
        + Dockerfile
        FROM <UB>
        ARG X=SKIP
        RUN [ "$X" = SKIP ] || pip install "foo==$X"
        > exact 0
        @ the value decides
        + Dockerfile
        FROM <UB>
        ARG GPU=1
        RUN if [ "$GPU" = "1" ]; then pip install cupy; else pip install numpy; fi
        > exact 1
        Dockerfile:3 error floating-python-package
        @ what is not known is read on both ways
        + Dockerfile
        FROM <UB>
        ARG GPU
        RUN if [ "$(uname -m)" = x86_64 ]; then pip install cupy; else pip install numpy; fi
        > exact 1
        Dockerfile:3 error floating-python-package
        Dockerfile:3 error floating-python-package

        ## 25 scripts behind loops and scripts
        @ the case
        + Dockerfile
        FROM <UB>
        COPY s /s
        RUN for f in /s/*.sh; do bash $f; done
        RUN /s/main.sh
        + s/b.sh
        pip install flask
        + s/main.sh
        #!/bin/bash
        cd "$(dirname "$0")"
        ./b.sh
        > exact 1
        Dockerfile:3 warning unread-command
        s/b.sh:1 error floating-python-package
        @ a list that is written out, a directory found by BASH_SOURCE
        + Dockerfile
        FROM <UB>
        COPY s /s
        RUN for f in a b; do sh /s/$f.sh; done
        RUN bash /s/main.sh
        + s/a.sh
        pip install flask
        + s/b.sh
        pip install django
        + s/c.sh
        pip install six
        + s/main.sh
        here=$( cd -- "$( dirname -- "${BASH_SOURCE[0]}" )" &> /dev/null && pwd )
        source "$here/c.sh"
        > exact 1
        s/a.sh:1 error floating-python-package
        s/b.sh:1 error floating-python-package
        s/c.sh:1 error floating-python-package
        @ make with a Makefile of the context
        + Dockerfile
        FROM <UB>
        COPY . /src
        WORKDIR /src
        RUN make deps
        + Makefile
        PIP = pip
        deps: tools
        	$(PIP) install flask
        tools:
        	@apt-get install -y git
        docs:
        	pip install sphinx
        > exact 1
        Makefile:3 error floating-python-package
        Makefile:5 error floating-apt-package
        @ the workspace of a workflow, and a folder above the working directory
        + .github/workflows/a.yml
        jobs:
          a:
            runs-on: ubuntu-24.04
            steps:
            - run: bash "${{ github.workspace }}/ci/a.sh" && bash $GITHUB_WORKSPACE/ci/b.sh
            - run: ../ci/c.sh && bash "$(pwd)/d.sh"
              working-directory: app
        + ci/a.sh
        pip install one
        + ci/b.sh
        pip install two
        + ci/c.sh
        #!/bin/sh
        pip install three
        + app/d.sh
        pip install four
        > exact 1
        app/d.sh:1 error floating-python-package
        ci/a.sh:1 error floating-python-package
        ci/b.sh:1 error floating-python-package
        ci/c.sh:2 error floating-python-package
        """#
}
