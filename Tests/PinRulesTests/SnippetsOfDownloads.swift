/// The snippets of ``SnippetTests`` about downloads, repositories, models, images and the other package managers.
extension SnippetTests {
    static let otherManagersRows = #"""
        gem install «bundler» && gem install bundler -v 2.5.10 && gem install bundler:2.5.10 && gem install «bundler» -v '~> 2.5' && gem install --version 2.5.10 bundler
        gem install --no-document «rails»
        gem update «--system» && gem update --system 3.5.10
        bundle «install» --jobs 4 && bundle install --frozen && bundle config set --local deployment true
        go install «golang.org/x/tools/gopls@latest» && go install golang.org/x/tools/gopls@v0.16.1 && go install «golang.org/x/tools/gopls@master» && go install ./cmd/x
        go get «github.com/x/y» && go get -u «github.com/x/y» && go get github.com/x/y@v1.2.3
        GO111MODULE=on go install «github.com/x/y@latest»
        go mod download && go build ./... && go run . && go run ./cmd
        cargo install «ripgrep» && cargo install ripgrep --version 14.1.0 && cargo install ripgrep@14.1.0 && cargo install --locked «ripgrep»
        cargo install --git «https://index.example/x»
        cargo install --git https://index.example/x --rev 0123456789012345678901234567890123456789 y
        cargo «install» --path . && cargo install --path . --locked && cargo build --release --locked && cargo «fetch»
        cargo «build» --release && cargo «run» && cargo +nightly «test» && cargo check --frozen && cargo b --offline
        cargo clean && cargo fmt && cargo --version && cargo new x
        rustup toolchain install «nightly» «stable» 1.79.0 nightly-2024-05-01 nightly-2024-05-01-x86_64-unknown-linux-gnu «1.79»
        rustup default «stable» && rustup «update» && rustup target add wasm32-unknown-unknown && rustup component add clippy
        «rustup-init» -y && rustup-init -y --default-toolchain 1.79.0 && rustup-init -y --default-toolchain none
        rustup install ‹$(cat x)› && rustup show
        uv python install «3.12» 3.12.4 cpython-3.12.4-linux-x86_64-gnu && uv python ‹install› && uv python list && uv venv
        pyenv install «3.11» && pyenv install 3.11.4 && pyenv global 3.11.4 && pyenv ‹install›
        nvm install «20» && nvm install v20.11.1 && nvm use 20 && nvm ‹install› --lts
        mise install ‹node› && mise install node@20.11.1 «node@20» && mise use «node»
        az ml job download -n ‹$RUN› && az ml model download --name «m»
        wget https://e.example/a && sha256sum a | grep -q aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        docker run --rm -p 80:80 «nginx» && docker run -it local-name && docker run «minio/minio» server
        sh ‹gradlew› build && ‹./gradlew build› && ‹mvn package› && mvn -o package && ./gradlew clean && bazel info
        asdf install nodejs 20.11.1 && asdf install nodejs «latest» && asdf install ‹nodejs› && asdf plugin list
        mise use -g «node@20» node@20.11.1 && volta install «node» && sdk install java 17.0.2-tem && sdk install java «17»
        julia -e «'using Pkg; Pkg.add("Flux")'»
        julia -e 'using Pkg; Pkg.add(name="Flux", version="0.14.15")'
        julia -e «'import Pkg; Pkg.add(["A", "B"])'» && julia --project=. -e ‹'using Pkg; Pkg.instantiate()'›
        julia -e 'using Pkg; Pkg.add([Pkg.PackageSpec(name="A", version="1.2.3"), Pkg.PackageSpec(name="B", version="2.0.0")])'
        julia -e «'using Pkg; Pkg.add(Pkg.PackageSpec(name="A", version="1"))'» && julia x.jl
        julia -e 'using Pkg; Pkg.add(url="https://index.example/x.jl", rev="0123456789012345678901234567890123456789")'
        julia -e «'using Pkg; Pkg.update()'» && julia -e 'println("Pkg")'
        nix-channel --add «https://nixos.org/channels/nixos-24.05» && «nix-channel» --update
        nix-env -iA «nixpkgs.hello» && nix-env -f https://github.com/NixOS/nixpkgs/archive/0123456789012345678901234567890123456789.tar.gz -iA hello
        nix-shell -p «hello» --run true && nix profile install «nixpkgs#hello» && nix run «github:o/r»
        nix build ‹.#x› && nix run github:o/r/0123456789012345678901234567890123456789#x -- y && nix --version && nix flake check
        jupyter labextension install «@x/y» «@x/y@1» @x/y@1.2.3 ./local && jupyter lab build && jupyter notebook --help
        cargo add «serde»
        cargo binstall -y «x»
        R -e «"install.packages('x')"»
        Rscript -e «'install.packages(c("x", "y"), repos = "https://index.example/cran")'»
        R -e "install.packages('x', repos='https://packagemanager.posit.co/cran/2024-05-01')"
        R -q -e «"remotes::install_github('a/b')"»
        R -e "remotes::install_github('a/b@v1.2.3')" && R -e "remotes::install_version('x', version = '1.2.3')"
        install2.r --error --skipinstalled «x» «y»
        R -e "renv::restore()"
        R -e «'BiocManager::install("x")'»
        """#

    static let downloadsRows = #"""
        curl -fsSL «https://index.example/x.sh» | bash
        curl «https://index.example/x.sh» | sudo bash -s -- --yes
        bash -c "$(curl -fsSL «https://index.example/x.sh»)"
        bash <(curl -s «https://index.example/x.sh»)
        sh -c "$(wget -qO- «https://index.example/x.sh»)"
        eval "$(curl -s «https://index.example/x»)"
        curl -LO «https://index.example/x.tar.gz» && tar xf x.tar.gz
        curl -Lo x.tgz https://index.example/x && echo "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  x.tgz" | sha256sum -c
        curl -Lo x.tgz https://index.example/x && echo "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  x.tgz" | sha256sum --check --status
        curl -Lo x.tgz https://index.example/x && echo "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef *x.tgz" | shasum -a 256 -c -
        curl -Lo x.tgz https://index.example/x && sha256sum -c <<< "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  x.tgz"
        curl -Lo x.tgz https://index.example/x && printf '%s  %s\n' "$SHA" x.tgz | sha256sum -c -
        curl https://index.example/x > /opt/y.tgz && echo "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  /opt/y.tgz" | sha256sum -c -
        curl «https://index.example/x» 2> /opt/y.tgz && echo "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  /opt/y.tgz" | sha256sum -c -
        curl -Lo x.tgz «https://index.example/x» && sha256sum x.tgz
        curl -Lo x.tgz https://index.example/x && test "$(sha256sum x.tgz | cut -d' ' -f1)" = 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
        curl -Lo x.tgz «https://index.example/x» && curl -Lo x.sha «https://index.example/x.sha» && sha256sum -c x.sha
        wget https://index.example/x https://index.example/x.asc && gpg --batch --verify x.asc x
        wget https://index.example/x https://index.example/x.sig && gpg --verify x.sig
        wget -q «https://index.example/x.deb» && dpkg -i x.deb
        wget -O- «https://index.example/key» | apt-key add -
        aria2c -o x «https://index.example/x»
        curl --head https://index.example && curl -sS http://localhost/x && curl -X POST https://index.example/hook
        curl -o /dev/null https://index.example/
        curl -sL «$URL» | tar xz
        curl -fsSL «"https://index.example/x-$(uname -m)"» -o x
        python -c «"import urllib.request; urllib.request.urlretrieve('https://index.example/x', 'x')"»
        ADD «https://index.example/x» /x
        ADD --checksum=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef https://index.example/x /x
        ADD «https://github.com/x/y.git» /y
        ADD «https://github.com/x/y.git#main» /y
        ADD https://github.com/x/y.git#v1.2.3 /y
        ADD https://github.com/x/y.git#0123456789012345678901234567890123456789 /y
        ADD --keep-git-dir=true «git@github.com:x/y.git» /y
        """#

    static let gitRows = #"""
        git clone «https://github.com/x/y»
        git clone --depth=1 --branch v1.2.3 https://github.com/x/y
        git clone -b main «https://github.com/x/y»
        git -c http.sslVerify=false clone «https://github.com/x/y» z
        git clone https://github.com/x/y && cd y && git checkout 0123456789012345678901234567890123456789
        git clone https://github.com/x/y && git -C y checkout v1.2.3
        git clone «https://github.com/x/y» && cd y && git checkout main
        git clone https://github.com/x/y && cd y && git checkout b7d29fb
        git clone «https://github.com/x/y» && cd y && git checkout defaced
        git clone --recursive «https://github.com/x/y» && cd y && git submodule update --init
        git init x && cd x && git remote add origin https://github.com/x/y && git fetch --depth 1 origin 0123456789012345678901234567890123456789 && git checkout FETCH_HEAD
        git init x && cd x && git remote add origin https://github.com/x/y && git fetch origin «main» && git checkout FETCH_HEAD
        git «pull» origin main
        git clone git@github.com:x/y.git --branch v1.2.3 && git clone «git@github.com:x/z.git»
        ARG REF=0123456789012345678901234567890123456789⏎RUN git clone https://github.com/x/y && cd y && git reset --hard $REF
        ARG REF⏎RUN git clone ‹https://github.com/x/y› && cd y && git checkout $REF
        """#

    static let modelsRows = #"""
        hf download «org/m» && hf download org/m --revision 0123456789012345678901234567890123456789
        huggingface-cli download «org/m» --local-dir /m
        huggingface-cli download org/m --revision=v1.0.0
        hf download «org/m» --revision main
        python -c «"from huggingface_hub import snapshot_download; snapshot_download('org/m')"»
        python -c "from huggingface_hub import snapshot_download; snapshot_download('org/m', revision='0123456789012345678901234567890123456789')"
        python -c «"from transformers import AutoModel; AutoModel.from_pretrained('org/m')"»
        python -m spacy download «en_core_web_sm»
        python -m spacy download en_core_web_sm-3.7.1 --direct
        python -m nltk.downloader «punkt»
        git lfs install && git lfs «pull»
        git clone «https://github.com/x/y» && cd y && git lfs pull && git lfs fetch --all
        git clone https://github.com/x/y && cd y && git checkout 0123456789012345678901234567890123456789 && git lfs pull
        ARG REF⏎RUN git clone ‹https://github.com/x/y› && cd y && git checkout $REF && git lfs pull
        ollama pull «llama3» && ollama pull llama3:8b-instruct-q4_0
        aws s3 cp «s3://x/y» . && gsutil cp «gs://x/y» . && aws s3 cp y s3://x/y && gsutil -m cp -r /x gs://b/y
        gsutil cp gs://b/x#1360887759327000 /x && aws s3 sync /x s3://b
        gsutil -m cp «gs://b/x» «gs://b/y» /m/ && gsutil -m rsync -r «gs://b/m» /m && gsutil ls gs://b
        aws --no-sign-request s3 cp --recursive «s3://b/m» /m && aws s3 sync «s3://b/m» /m --exclude '*' --include 'x'
        aws s3 cp ‹$SRC› /m && aws s3 cp «"s3://$BUCKET/m"» /m && aws sts get-caller-identity
        aws s3api get-object --bucket b --key x --version-id 3HL4kqtJlcpXroDTDmJ x
        az storage blob download --account-name a -c b -n «m.bin» -f m.bin && az login && az storage blob upload -f x -c b -n x
        az storage blob download-batch -d /m -s «b» && az ml model download -n «m» && az ml model download -n m -v 3
        azcopy copy «"https://a.blob.core.windows.net/b/m"» /m --recursive && azcopy copy /m https://a.blob.core.windows.net/b
        rclone copy «remote:b/m» /m && rclone copy /m remote:b/m && s5cmd cp «'s3://b/m/*'» /m
        gdown «1abc» -O w.pt && gdown --id «1abc» && gdown «https://drive.google.com/uc?id=1abc» && gdown --folder «1abc»
        gdown 1abc -O w.pt && echo "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  w.pt" | sha256sum -c -
        gh release download v1.2.3 -R a/b -p x.tgz && echo "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  x.tgz" | sha256sum -c -
        gh release download «v1.2.3» -R a/b && gh release download -R «a/b» && gh auth status && gh release upload v1 x
        gh repo clone «a/b» && gh repo clone a/b -- --branch v1.2.3 && gh extension install «a/b» && gh extension install a/b --pin v1.2.3
        gh repo clone a/b && cd b && git checkout 0123456789012345678901234567890123456789
        kaggle datasets download -d «a/b» && kaggle competitions download -c «c» && kaggle datasets list && kaggle datasets download «a/b»
        kaggle models instances versions download a/b/pyTorch/c/1 && kaggle kernels output «a/b»
        ngc registry model download-version nvidia/x:1.0 && ngc registry model download-version «"nvidia/x"» && ngc config set
        wandb artifact get e/p/m:v3 && wandb artifact get «e/p/m:latest» && wandb artifact get «e/p/m» && wandb login x
        mlflow artifacts download -r 0123 && mlflow artifacts download -u models:/m/3 && mlflow artifacts download -u «models:/m/Production» && mlflow ui
        dvc ‹pull› && dvc get https://github.com/a/b m --rev v1.2.3 && dvc get «https://github.com/a/b» m && dvc push && dvc init
        oras pull index.example/m:1.0 && oras pull «index.example/m» && oras pull index.example/m@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef && oras push x
        gsutil -q cp «gs://b/x.sh» /x.sh && bash /x.sh -y
        gsutil cat «gs://b/x.sh» | sh
        gcloud storage cp «gs://b/x.py» /tmp/ && python3 /tmp/x.py
        cd /opt && aws s3 cp «s3://b/x.sh» . && chmod +x x.sh && ./x.sh
        aws s3 cp «s3://b/x.sh» - | sudo bash
        aws s3api get-object --bucket b --key «x.sh» y.sh && sh y.sh
        aws s3 cp s3://b/x.sh x.sh && echo "0123  x.sh" | sha256sum -c - && sh x.sh
        """#

    static let imagesRows = #"""
        docker pull «redis» && docker pull «redis:latest» && docker pull redis:7 && docker image pull --platform linux/amd64 «nginx»
        podman pull ‹"$IMAGE"› && podman pull «"$REG/x:latest"» && skopeo copy docker://redis:7 oci:x && skopeo copy «docker://redis» oci:x
        docker build . && docker push x && docker run -it x && docker login
        kubectl get pods -n x && kubectl -n x get svc && kubectl apply -f x.yaml && git remote add origin https://index.example/x
        ‹kubectl apply -f https://index.example/x.yaml›
        FROM «ubuntu»
        FROM «ubuntu:latest» AS x
        FROM --platform=linux/amd64 «python»
        FROM python:3.11 AS b⏎FROM b⏎COPY --from=b /x /x⏎COPY --from=0 /x /x
        FROM debian:12 AS a⏎COPY --from=«nginx» /x /x⏎COPY --from=nginx:1.25 /x /x
        FROM debian:12⏎RUN --mount=type=bind,from=«busybox»,source=/,target=/b true
        FROM debian:12⏎RUN --mount=from=«busybox:latest»,target=/b true
        FROM «localhost:5000/x»
        FROM «tensorflow/tensorflow:latest-gpu»
        FROM «x/y:py3.11-latest»
        FROM x/latest:1.0-latestage
        """#
}
