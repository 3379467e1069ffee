extension CheckCase {
    /// Programs of Python, and programs that fetch.
    static let programs = #"""
        ## 11 Python in a here-document
        @ with a dash
        + Dockerfile
        FROM <PY>
        RUN python3 - <<'PY'
        from transformers import AutoModel
        AutoModel.from_pretrained('a/b')
        PY
        > exact 1
        Dockerfile:4 error floating-model-download
        @ without a dash, and with a revision
        + Dockerfile
        FROM <PY>
        RUN python <<EOF
        from huggingface_hub import snapshot_download
        snapshot_download("a/b")
        snapshot_download(repo_id="a/c", revision="<COMMIT>")
        EOF
        > exact 1
        Dockerfile:4 error floating-model-download
        @ an interpreter of the instruction itself
        + Dockerfile
        FROM <PY>
        RUN <<EOF
        #!/usr/bin/env python3
        import urllib.request
        urllib.request.urlretrieve("https://e.example/w.pt", "w.pt")
        EOF
        > exact 1
        Dockerfile:5 error unverified-download
        @ piped in, and another language
        + Dockerfile
        FROM <PY>
        RUN echo "import nltk; nltk.download('punkt')" | python
        RUN perl <<EOF
        system("curl https://e.example/x | sh")
        EOF
        > exact 1
        Dockerfile:2 error floating-model-download
        Dockerfile:3 warning unread-command

        ## 11b values that the code does not write out
        @ the environment gives them
        + Dockerfile
        FROM <PY>
        ENV M=a/b
        RUN python -c "import os; from sentence_transformers import SentenceTransformer; SentenceTransformer(os.environ['M'])"
        RUN python -c "from faster_whisper import WhisperModel; WhisperModel('base')"
        RUN python -c "from transformers import pipeline; pipeline('x', model='a/b')"
        > exact 1
        Dockerfile:3 error floating-model-download
        Dockerfile:4 error floating-model-download
        Dockerfile:5 error floating-model-download
        @ a default, a name, an argument of the build
        + Dockerfile
        FROM <PY>
        ARG MODEL=x/y
        ENV MODEL=$MODEL
        RUN python -c "import os; from transformers import AutoTokenizer; name = os.getenv('MODEL', 'a/b'); AutoTokenizer.from_pretrained(name)"
        RUN python -c "import os; from transformers import AutoTokenizer; AutoTokenizer.from_pretrained(os.environ.get('NONE', 'a/b'))"
        > exact 1
        Dockerfile:4 error floating-model-download
        Dockerfile:5 error floating-model-download
        @ what only the build knows
        + Dockerfile
        FROM <PY>
        RUN python -c "import os; from huggingface_hub import snapshot_download; snapshot_download(os.environ['WHICH'])"
        > exact 0
        Dockerfile:2 warning unresolved-variable
        @ a directory is not a repository
        + Dockerfile
        FROM <PY>
        RUN python -c "from transformers import AutoModel; AutoModel.from_pretrained('/models/x')"
        RUN python -c "import torch; torch.hub.load('a/b:main', 'm'); torch.hub.load('./here', 'm', source='local')"
        > exact 1
        Dockerfile:3 error floating-model-download

        ## 11c scripts of Python
        @ copied and run
        + Dockerfile
        FROM <PY>
        COPY download.py .
        RUN python download.py
        + download.py
        from huggingface_hub import snapshot_download
        snapshot_download("a/b")
        > exact 1
        download.py:2 error floating-model-download
        @ run by its own first line, and from a shell script
        + Dockerfile
        FROM <PY>
        COPY tools /tools
        RUN /tools/get.py && sh /tools/all.sh
        + tools/get.py
        #!/usr/bin/env python3
        import nltk
        nltk.download("punkt")
        + tools/all.sh
        python3 /tools/more.py
        + tools/more.py
        import os
        os.system("pip install einops")
        > exact 1
        tools/get.py:3 error floating-model-download
        tools/more.py:2 error floating-python-package
        @ one that could not be followed
        + Dockerfile
        FROM <PY>
        COPY . .
        RUN python $SCRIPT
        RUN python missing.py
        > exact 0
        Dockerfile:3 warning unread-command
        Dockerfile:4 warning unread-command
        @ the environment is that of the instruction
        + Dockerfile
        FROM <PY>
        COPY g.py .
        RUN MODEL=a/b REV=<COMMIT> python g.py
        + g.py
        import os
        from huggingface_hub import snapshot_download
        snapshot_download(os.environ["MODEL"], revision=os.environ["REV"])
        > exact 0

        ## 12 other ways to fetch
        @ the twelve of the case
        + Dockerfile
        FROM <UB>
        RUN gdown 1abc -O w.pt
        RUN gsutil cp gs://b/m /m
        RUN aws s3 cp s3://b/m.tar.gz /m
        RUN kaggle datasets download -d a/b
        RUN dvc pull
        RUN gh release download -R a/b
        RUN gh repo clone a/b
        RUN jupyter labextension install @x/y
        RUN julia -e 'using Pkg; Pkg.add("Flux")'
        RUN rustup toolchain install nightly
        > exact 1
        Dockerfile:10 error floating-tool
        Dockerfile:11 error floating-tool
        Dockerfile:2 error unverified-download
        Dockerfile:3 error unverified-download
        Dockerfile:4 error unverified-download
        Dockerfile:5 error floating-model-download
        Dockerfile:6 warning unread-command
        Dockerfile:7 error unverified-download
        Dockerfile:8 error floating-git-checkout
        Dockerfile:9 error floating-npm-package
        @ az, ngc, wandb, mlflow, uv python
        + Dockerfile
        FROM <UB>
        RUN az storage blob download --container-name c --name m.pt --file m.pt
        RUN ngc registry model download-version nvidia/x
        RUN wandb artifact get a/b/m:latest
        RUN mlflow artifacts download --artifact-uri models:/m/Production
        RUN uv python install 3.12
        RUN cargo build --release
        > exact 1
        Dockerfile:2 error unverified-download
        Dockerfile:3 error floating-model-download
        Dockerfile:4 error floating-model-download
        Dockerfile:5 error floating-model-download
        Dockerfile:6 error floating-tool
        Dockerfile:7 error floating-cargo-crate
        @ pinned ways of the same
        + Dockerfile
        FROM <UB>
        RUN gsutil cp gs://b/m.bin /m.bin && echo "<SHA>  /m.bin" | sha256sum -c -
        RUN gh repo clone a/b && cd b && git checkout <COMMIT>
        RUN rustup toolchain install 1.79.0
        RUN uv python install 3.12.4
        RUN cargo build --locked
        RUN wandb artifact get a/b/m:v12
        > exact 0
        @ a program that nobody knows, and what is none of its business
        + Dockerfile
        FROM <UB>
        RUN modelmgr pull llama
        RUN composer require a/b
        RUN aws s3 cp out.txt s3://b/out.txt && make install && install -m 755 a /usr/bin/a && git lfs install
        > exact 0
        Dockerfile:2 warning unread-command
        Dockerfile:3 warning unread-command
        > hashed 1
        Dockerfile:2 error unread-command
        Dockerfile:3 error unread-command
        @ Maven, Gradle and Bazel fetch what a project names
        + Dockerfile
        FROM <UB>
        RUN mvn -q package
        RUN ./gradlew build
        RUN bazel build //...
        RUN cmake --build build
        > exact 0
        Dockerfile:2 warning unread-command
        Dockerfile:3 warning unread-command
        Dockerfile:4 warning unread-command
        @ images that docker run fetches
        + .github/workflows/a.yml
        on: push
        jobs:
          a:
            runs-on: ubuntu-24.04
            steps:
            - run: |
                docker build -t mine/app:latest .
                docker run --rm -v "$PWD:/w" mine/app:latest
                docker run -d --name m -p 9000:9000 -e A=b minio/minio server /data
                docker run --rm --entrypoint=sh alpine:3.20@sha256:<SHA> -c ls
                docker run ubuntu bash
                docker run built-elsewhere
        > exact 1
        .github/workflows/a.yml:11 error floating-image
        .github/workflows/a.yml:9 error floating-image
        """#
}
