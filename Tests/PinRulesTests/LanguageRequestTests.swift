import Testing

@testable import PinRules

/// What the package managers of programming languages other than Python are asked for.
@Suite("Requests to the package managers of languages")
struct LanguageRequestTests {
    /// https://docs.npmjs.com/cli/v11/using-npm/package-spec
    private static let node = RequestTable(
        #"""
        npm install a@1.2.3 a@=1.2.3 a@v1.2.3 a@1.2.3-rc.1 a@1.2.3+b
            npmPackage exact npm install: a@1.2.3
            npmPackage exact npm install: a@=1.2.3
            npmPackage exact npm install: a@v1.2.3
            npmPackage exact npm install: a@1.2.3-rc.1
            npmPackage exact npm install: a@1.2.3+b
        npm i a @s/a a@1.2 a@^1.2.3 a@latest a@ @s/a@1.x '@s/a@>=1.0.0'
            npmPackage floating npm i: a
            npmPackage floating npm i: @s/a
            npmPackage floating npm i: a@1.2 (1.2 is a range or a tag)
            npmPackage floating npm i: a@^1.2.3 (^1.2.3 is a range or a tag)
            npmPackage floating npm i: a@latest (latest is a range or a tag)
            npmPackage floating npm i: a@
            npmPackage floating npm i: @s/a@1.x (1.x is a range or a tag)
            npmPackage floating npm i: @s/a@>=1.0.0 (>=1.0.0 is a range or a tag)
        npm install x@npm:y@1.2.3 x@npm:@s/y
            npmPackage exact npm install: x@npm:y@1.2.3
            npmPackage floating npm install: x@npm:@s/y
        npm install . ./a ../b /c file:d e.tgz ''
            nothing
        npm install https://index.example/e.tgz
            npmPackage exact npm install: https://index.example/e.tgz
        npm install git+https://index.example/x.git github:u/r git://index.example/x.git#v1.2.3
            gitCheckout floating npm install: git+https://index.example/x.git (it takes the default branch as it is today)
            gitCheckout floating npm install: github:u/r (it takes the default branch as it is today)
            gitCheckout exact npm install: git://index.example/x.git#v1.2.3
        npm install
            npmPackage floating npm install: npm install (only npm ci installs exactly what the lock names)
        npm update
            npmPackage floating npm update: npm update (only npm ci installs exactly what the lock names)
        npm install $PACKAGE
            npmPackage unknown npm install: $PACKAGE
        npm ci
            -
        npm exec --package a@1.2.3 -- b
            npmPackage exact npm exec: a@1.2.3
        npm x a
            npmPackage floating npm exec: a
        npm --prefix /a --registry https://index.example -w x run build
            -
        npx --package=a@1.2.3 -p b c
            npmPackage exact npx: --package=a@1.2.3
            npmPackage floating npx: b
        npx -y a@1.2.3 b
            npmPackage exact npx: a@1.2.3
        npx --offline a
            -
        pnpx a
            npmPackage floating pnpx: a
        bunx a@1
            npmPackage floating bunx: a@1 (1 is a range or a tag)
        corepack prepare yarn@4.1.0 pnpm@latest
            npmPackage exact corepack: yarn@4.1.0
            npmPackage floating corepack: pnpm@latest (latest is a range or a tag)
        corepack enable
            -
        yarn
            npmPackage floating yarn install: yarn install (only yarn install --immutable (or --frozen-lockfile) installs exactly what the lock names)
        yarn install --immutable-cache
            nothing
        YARN_ENABLE_IMMUTABLE_INSTALLS=1 yarn install
            nothing
        YARN_ENABLE_IMMUTABLE_INSTALLS=true yarn install --no-immutable
            npmPackage floating yarn install: yarn install (only yarn install --immutable (or --frozen-lockfile) installs exactly what the lock names)
        yarn --version
            nothing
        yarn global add a
            npmPackage floating yarn global: a
        yarn global bin
            -
        yarn dlx a@1.2.3 b
            npmPackage exact yarn dlx: a@1.2.3
        yarn build
            -
        pnpm install
            npmPackage floating pnpm install: pnpm install (only pnpm install --frozen-lockfile installs exactly what the lock names)
        CI=true pnpm install
            nothing
        CI=false pnpm i
            npmPackage floating pnpm i: pnpm i (only pnpm install --frozen-lockfile installs exactly what the lock names)
        CI=1 pnpm install --no-frozen-lockfile
            npmPackage floating pnpm install: pnpm install (only pnpm install --frozen-lockfile installs exactly what the lock names)
        NPM_CONFIG_FROZEN_LOCKFILE=true pnpm install
            nothing
        NPM_CONFIG_FROZEN_LOCKFILE=false CI=1 pnpm install
            npmPackage floating pnpm install: pnpm install (only pnpm install --frozen-lockfile installs exactly what the lock names)
        bun install --frozen-lockfile
            nothing
        bun install
            npmPackage floating bun install: bun install (only bun install --frozen-lockfile installs exactly what the lock names)
        bun x a b
            npmPackage floating bun x: a
        bun run x
            -
        """#)

    /// https://guides.rubygems.org/command-reference/#gem-install
    private static let ruby = RequestTable(
        #"""
        gem install rake rake:13.2.1 rake:'>=13'
            gem floating gem install: rake
            gem exact gem install: rake:13.2.1
            gem floating gem install: rake:>=13 (>=13 is a range)
        gem install rails -v 7.1.3
            gem exact gem install: rails
        gem i rails --version '~> 7.1'
            gem floating gem install: rails (~> 7.1 is a range)
        gem install rails -v '= 7.1.3'
            gem exact gem install: rails
        gem install rails -v '7.1.3, < 8'
            gem floating gem install: rails (7.1.3, < 8 is a range)
        gem install rails -v $V
            gem unknown gem install: rails
        gem in ./x.gem y.gem
            nothing
        gem install nokogiri -- --use-system-libraries
            gem floating gem install: nokogiri
        gem install $GEMS
            gem unknown gem install: $GEMS
        gem update
            gem floating gem update: update (it takes what is newest)
        gem update rake bundler
            gem floating gem update: rake (it takes what is newest)
            gem floating gem update: bundler (it takes what is newest)
        gem update --system
            gem floating gem update: --system (it takes the newest RubyGems)
        gem update --system 3.5.6
            nothing
        gem list
            -
        bundle
            gem floating bundle install: bundle install (only a frozen or deployment install follows Gemfile.lock exactly)
        bundle install --without test
            gem floating bundle install: bundle install (only a frozen or deployment install follows Gemfile.lock exactly)
        bundle install --deployment
            nothing
        BUNDLE_FROZEN=true bundle install
            nothing
        BUNDLE_DEPLOYMENT=1 bundler install
            nothing
        BUNDLE_FROZEN=false bundle install
            gem floating bundle install: bundle install (only a frozen or deployment install follows Gemfile.lock exactly)
        bundle exec rake
            -
        bundle --version
            -
        """#)

    /// https://go.dev/ref/mod#version-queries
    private static let go = RequestTable(
        #"""
        go install index.example/x@v1.2.3
            goModule exact go install: index.example/x@v1.2.3
        go install index.example/x@v1.2.3+incompatible
            goModule exact go install: index.example/x@v1.2.3+incompatible
        go install index.example/x@v0.0.0-20240102030405-0123456789ab
            goModule exact go install: index.example/x@v0.0.0-20240102030405-0123456789ab
        go install index.example/x@0123456789012345678901234567890123456789
            goModule hashed go install: index.example/x@0123456789012345678901234567890123456789
        go get index.example/x@latest index.example/x@v1 index.example/x@master 'index.example/x@>=v1.0.0'
            goModule floating go get: index.example/x@latest (latest is not a single version)
            goModule floating go get: index.example/x@v1 (v1 is not a single version)
            goModule floating go get: index.example/x@master (master is not a single version)
            goModule floating go get: index.example/x@>=v1.0.0 (>=v1.0.0 is not a single version)
        go get index.example/x
            goModule floating go get: index.example/x
        go install index.example/x
            goModule unknown go install: index.example/x (go.mod decides its version)
        go install ./... std fmt encoding/json
            nothing
        go run -tags x index.example/x@latest arg@latest
            goModule floating go run: index.example/x@latest (latest is not a single version)
        go -C /src get $M
            goModule unknown go get: $M
        go build ./...
            -
        """#)

    /// https://doc.rust-lang.org/cargo/commands/cargo-install.html
    private static let cargo = RequestTable(
        #"""
        cargo install ripgrep@14.1.0 fd-find
            cargoCrate exact cargo install: ripgrep@14.1.0
            cargoCrate floating cargo install: fd-find
        cargo install ripgrep --version 14.1.0
            cargoCrate exact cargo install: ripgrep
        cargo install ripgrep --version =14.1.0
            cargoCrate exact cargo install: ripgrep
        cargo install ripgrep --vers ^14
            cargoCrate floating cargo install: ripgrep (^14 is a range)
        cargo install ripgrep@14
            cargoCrate floating cargo install: ripgrep@14 (14 is a range)
        cargo install ripgrep --version $V
            cargoCrate unknown cargo install: ripgrep
        cargo binstall -y cargo-nextest@0.9.70
            cargoCrate exact cargo binstall: cargo-nextest@0.9.70
        cargo add serde@1.0.200 serde@=1.0.200 serde
            cargoCrate floating cargo add: serde@1.0.200 (1.0.200 is a range)
            cargoCrate exact cargo add: serde@=1.0.200
            cargoCrate floating cargo add: serde
        cargo install --git https://index.example/x
            gitCheckout floating cargo install: https://index.example/x (it takes a branch as it is today)
        cargo install --git https://index.example/x --branch main
            gitCheckout floating cargo install: https://index.example/x (it takes a branch as it is today)
        cargo install --git https://index.example/x --tag v1
            gitCheckout exact cargo install: https://index.example/x
        cargo install --git https://index.example/x --rev 0123456789012345678901234567890123456789
            gitCheckout hashed cargo install: https://index.example/x
        cargo install --git https://index.example/x --rev 0123abc
            gitCheckout exact cargo install: https://index.example/x
        cargo install --path .
            cargoCrate floating cargo install: cargo install (without --locked it leaves Cargo.lock out)
        cargo install --path . --locked
            nothing
        cargo +nightly build --release
            cargoCrate floating cargo build: cargo build (without --locked a lock that does not fit is replaced)
        cargo test --offline
            nothing
        CARGO_NET_OFFLINE=true cargo build
            nothing
        cargo install $CRATE
            cargoCrate unknown cargo install: $CRATE
        cargo install --list
            -
        cargo fmt
            -
        cargo
            -
        """#)

    /// https://pkgdocs.julialang.org/v1/api/#Pkg.add
    private static let julia = RequestTable(
        #"""
        julia -e 'using Pkg; Pkg.add("Flux")'
            tool floating Pkg.add: Flux (it has no version)
        julia -e 'using Pkg; Pkg.add(name="Flux", version="0.14.1")'
            tool exact Pkg.add: Flux
        julia --eval 'Pkg.add(Pkg.PackageSpec(name = "Flux", version = "0.14"))'
            tool floating Pkg.add: Flux (it has no version)
        julia -e 'Pkg.add(url="https://index.example/x", rev="main")'
            tool floating Pkg.add: https://index.example/x (main is a branch or a tag that can move)
        julia -e 'Pkg.add(url="https://index.example/x", rev="0123456789012345678901234567890123456789")'
            tool exact Pkg.add: https://index.example/x
        julia -e 'Pkg.add(ARGS)'
            tool unknown Pkg.add: Pkg.add (its arguments are known only during the build)
        julia -e 'Pkg.develop(path="/src")'
            nothing
        julia -e 'Pkg.update(); Pkg.instantiate()'
            tool floating Pkg.update: Pkg.update (it takes the newest version that fits)
            tool unknown Pkg.instantiate: Pkg.instantiate (Manifest.toml is not read)
        julia -E 'using Pkg; pkg"add Flux@0.14.1 Zygote"'
            tool exact pkg add: Flux@0.14.1
            tool floating pkg add: Zygote (it has no version)
        julia -e 'Pkg.add("Flux"'
            tool floating Pkg.add: Flux (it has no version)
        julia -e
            nothing
        julia script.jl
            nothing
        """#)

    /// https://cran.r-project.org/package=littler, https://remotes.r-lib.org
    private static let r = RequestTable(
        #"""
        Rscript -e 'install.packages("xgboost")'
            rPackage floating install.packages: xgboost
        Rscript -e 'install.packages(c("a", "b"), repos="https://index.example/2024-05-01")'
            rPackage exact install.packages: a
            rPackage exact install.packages: b
        Rscript -e 'install.packages("/src/x.tar.gz", repos = NULL)'
            nothing
        R -e 'remotes::install_version("a", "1.2.3")'
            rPackage exact remotes::install_version: a
        R -e 'remotes::install_version("a")'
            rPackage floating remotes::install_version: a
        R -e 'remotes::install_github("u/r@v1.2.3")'
            rPackage exact remotes::install_github: u/r@v1.2.3
        R -e 'remotes::install_github("u/r")'
            rPackage floating remotes::install_github: u/r (it takes the default branch as it is today)
        R -e 'pak::pkg_install("a@1.2.3")'
            rPackage exact pak::pkg_install: a@1.2.3
        R -e 'renv::install("a"); BiocManager::install("b")'
            rPackage floating renv::install: a
            rPackage floating BiocManager::install: b
        R --no-save -e 'library(a)' -e 'install.packages("b")'
            rPackage floating install.packages: b
        R -e 'install.packages("b"'
            rPackage floating install.packages: b
        R CMD INSTALL x.tar.gz
            -
        install2.r --error -n 4 a b /x.tar.gz
            rPackage floating install2.r: a
            rPackage floating install2.r: b
        install2.r $P
            rPackage unknown install2.r: $P
        installGithub.r u/r u/r@v1.2.3 u/r@0123456789012345678901234567890123456789
            rPackage floating installGithub.r: u/r
            rPackage exact installGithub.r: u/r@v1.2.3
            rPackage hashed installGithub.r: u/r@0123456789012345678901234567890123456789
        """#)

    @Test("npm, yarn, pnpm, bun", arguments: node.rows)
    func nodeRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("gem and bundle", arguments: ruby.rows)
    func rubyRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("go", arguments: go.rows) func goRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("cargo", arguments: cargo.rows) func cargoRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("julia", arguments: julia.rows) func juliaRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("R", arguments: r.rows) func rRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
}
