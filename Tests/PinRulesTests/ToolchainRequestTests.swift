import Testing

@testable import PinRules

/// What programs that fetch images, repositories and toolchains are asked for.
@Suite("Requests for images, repositories and toolchains")
struct ToolchainRequestTests {
    /// https://docs.docker.com/reference/cli/docker/image/pull/, https://docs.docker.com/reference/cli/docker/container/run/
    private static let images = RequestTable(
        #"""
        docker pull python:3.11
            image exact docker pull: python:3.11
        docker image pull python
            image floating docker pull: python (it has no tag)
        podman pull --platform linux/amd64 python:latest
            image floating podman pull: python:latest (latest is whatever was pushed last)
        crane pull $REG/a/b:latest x.tar
            image floating crane pull: $REG/a/b:latest (latest is whatever was pushed last)
        docker pull $REG/a/b
            image floating docker pull: $REG/a/b (it has no tag)
        docker pull $IMAGE
            image unknown docker pull: $IMAGE
        docker pull a:b:c
            image unknown docker pull: a:b:c (it is not an image reference)
        skopeo copy docker://python:3.11 dir:x
            image exact skopeo copy: docker://python:3.11
        skopeo copy dir:x docker://index.example/x
            -
        skopeo inspect docker://python
            -
        docker run --rm -it -v a:b -e X=y --name n python:latest cmd
            image floating docker run: python:latest (latest is whatever was pushed last)
        docker run -p80:80 --init index.example/a/b
            image floating docker run: index.example/a/b (it has no tag)
        docker container create --env-file=f alpine:3.19
            image exact docker create: alpine:3.19
        docker run mine
            nothing
        docker run localhost/mine:1
            nothing
        docker run --rm $IMAGE
            image unknown docker run: $IMAGE
        docker run $DOCKER_OPTS -v $A:$B --name $C "$IMAGE" x
            image unknown docker run: "$IMAGE"
        docker run $REG/a/b
            image floating docker run: $REG/a/b (it has no tag)
        docker run --rm
            nothing
        docker build .
            -
        docker pull
            -
        crane run x
            -
        """#)

    /// https://git-scm.com/docs/git-clone
    private static let git = RequestTable(
        #"""
        git clone https://index.example/x
            gitCheckout floating git clone: https://index.example/x (it takes the default branch as it is today)
        git clone -b v1.2.3 --depth 1 https://index.example/x d
            gitCheckout exact git clone: https://index.example/x
        git clone --branch=main https://index.example/x
            gitCheckout floating git clone: https://index.example/x (main is a branch or a tag that can move)
        git clone -b release/1.2 https://index.example/x
            gitCheckout floating git clone: https://index.example/x (release/1.2 is a branch or a tag that can move)
        git clone --revision 0123456789012345678901234567890123456789 https://index.example/x
            gitCheckout hashed git clone: https://index.example/x
        git clone --revision=refs/tags/x https://index.example/x
            gitCheckout exact git clone: https://index.example/x
        git clone -b $TAG https://index.example/x
            gitCheckout unknown git clone: https://index.example/x
        git clone -b v1.0.0 $URL
            gitCheckout unknown git clone: $URL
        git clone /srv/x.git
            -
        git clone file:///srv/x.git
            -
        git clone ./x
            -
        git clone
            -
        git -C d pull --ff-only
            gitCheckout floating git pull: git pull (it takes the branch as it is today)
        git fetch origin main
            gitCheckout floating git fetch: main (main is a branch or a tag that can move)
        git fetch --depth=1 origin 0123456789012345678901234567890123456789
            gitCheckout hashed git fetch: 0123456789012345678901234567890123456789
        git fetch origin $REF
            gitCheckout unknown git fetch: $REF
        git fetch origin
            -
        git submodule update --init --remote
            gitCheckout floating git submodule update: --remote (--remote takes the branches as they are today)
        git submodule update --init
            -
        git status
            -
        """#)

    /// https://rust-lang.github.io/rustup, https://docs.astral.sh/uv/reference/cli/#uv-python-install, https://mise.jdx.dev
    private static let toolchains = RequestTable(
        #"""
        rustup toolchain install 1.79.0 stable nightly-2024-05-01 nightly 1.79 beta-2024-05
            tool exact rustup toolchain install: 1.79.0
            tool floating rustup toolchain install: stable (stable is the newest that fits)
            tool exact rustup toolchain install: nightly-2024-05-01
            tool floating rustup toolchain install: nightly (nightly is the newest that fits)
            tool floating rustup toolchain install: 1.79 (1.79 is the newest that fits)
            tool floating rustup toolchain install: beta-2024-05 (beta-2024-05 is the newest that fits)
        rustup update
            tool floating rustup update: rustup update (it takes the newest of each channel)
        rustup default $V
            tool unknown rustup default: $V
        rustup override set 1.79.0-x86_64-unknown-linux-gnu
            tool exact rustup override set: 1.79.0-x86_64-unknown-linux-gnu
        rustup target add wasm32-wasi
            nothing
        rustup-init -y
            tool floating rustup-init: rustup-init (it takes the newest stable toolchain)
        rustup-init -y --default-toolchain 1.79.0
            tool exact rustup-init: 1.79.0
        rustup-init -y --default-toolchain none
            nothing
        rustup-init --default-toolchain $V
            tool unknown rustup-init: $V
        pyenv install 3.12.4 3.12 miniconda3-24.1.2-0
            tool exact pyenv install: 3.12.4
            tool floating pyenv install: 3.12 (3.12 is the newest that fits)
            tool exact pyenv install: miniconda3-24.1.2-0
        pyenv install
            tool unknown pyenv install: pyenv install (a file names its version)
        pyenv install --list
            nothing
        nvm install v20.11.1
            tool exact nvm install: v20.11.1
        nvm install --lts
            tool unknown nvm install: nvm install (a file names its version)
        fnm install 20
            tool floating fnm install: 20 (20 is the newest that fits)
        n 20.11.1
            tool exact n: 20.11.1
        n install lts
            tool floating n install: lts (lts is the newest that fits)
        n
            nothing
        juliaup add 1.10.3
            tool exact juliaup add: 1.10.3
        juliaup update
            tool floating juliaup update: juliaup update (it takes the newest of each channel)
        asdf install nodejs 20.11.1
            tool exact asdf install: 20.11.1
        asdf install nodejs latest
            tool floating asdf install: latest (latest is the newest that fits)
        asdf install nodejs
            tool unknown asdf install: nodejs (a file names its version)
        asdf install
            tool unknown asdf install: asdf install (a file names its versions)
        sdk install java 17.0.2-tem
            tool exact sdk install: 17.0.2-tem
        sdk install java
            tool floating sdk install: java (it has no version)
        mise install node@20.11.1 node@20 python
            tool exact mise install: node@20.11.1
            tool floating mise install: node@20 (node@20 is the newest that fits)
            tool unknown mise install: python (a file names its version)
        mise use node@20.11.1
            tool exact mise use: node@20.11.1
        mise install
            tool unknown mise install: mise install (a file names its versions)
        volta install node
            tool floating volta install: node (node is the newest that fits)
        proto install node 20.11.1
            tool exact proto install: 20.11.1
        uv python install 3.12.4 cpython-3.12.4-linux-x86_64-gnu 3.12
            tool exact uv python install: 3.12.4
            tool exact uv python install: cpython-3.12.4-linux-x86_64-gnu
            tool floating uv python install: 3.12 (3.12 is the newest that fits)
        uv python install
            tool unknown uv python install: uv python install (a file names its version)
        tfenv install
            nothing
        """#)

    @Test("images", arguments: images.rows) func imageRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("git", arguments: git.rows) func gitRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("toolchains", arguments: toolchains.rows)
    func toolchainRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
}
