# Pinproof. `make demo` and `make test` need Swift 6.3; they install all other missing packages with apt.
#
#   make demo     build, then check, freeze and verify a small real example    (docs/demo)
#   make test     run the unit tests, the client, and the acceptance tests    (Tests/Acceptance)
#   make client   build and run a package that uses the library            (Tests/ClientPackage)
#   make lint     check the formatting and the syntax of the scripts
#   make format   apply the formatting
#   make bench    compare the speed with hadolint, syft, uv and openssl        (Benchmarks)
#   make fleet    measure a fleet of 1,000 images, cold and warm              (Benchmarks)
#   make instructions   count the instructions of eight runs                    (Benchmarks)
#   make growth   count how the work grows with the entries of each format   (Tests/Oracle)
#   make wheel    build dist/pinproof-*.whl, which needs only glibc         (Packaging)
#   make image    build dist/pinproof-image.oci.tar, the static program FROM scratch
#   make docs     update docs/rules.md and the console sessions of README.md
#   make adding   follow docs/adding.md in a copy of the sources; takes minutes
#   make clean    remove what these targets created

SWIFT ?= swift
CHECKS = --explicit-target-dependency-import-check error
ALLOCATOR = .build/allocator/jemalloc.o
RELEASE = -c release --static-swift-stdlib $(CHECKS) -Xlinker $(CURDIR)/$(ALLOCATOR)
PINPROOF = .build/release/pinproof

.PHONY: all setup tools build demo test unit client acceptance instructions growth lint format bench fleet wheel image docs adding clean
.NOTPARALLEL:
.SILENT:

all: build

setup:
	.ci/setup build

tools:
	.ci/setup test

build: setup
	echo "Building $(PINPROOF); the first build takes several minutes."
	mkdir -p .build
	Packaging/allocator $(ALLOCATOR)
	# SwiftPM does not see that the object is another one.
	if [ $(ALLOCATOR) -nt $(PINPROOF) ]; then rm -f $(PINPROOF); fi
	if ! $(SWIFT) build $(RELEASE) --product pinproof >.build/release.log 2>&1; then \
	    tail -n 200 .build/release.log >&2; exit 1; \
	fi

demo: build
	docs/demo/run $(PINPROOF)

test: unit client instructions acceptance

unit: tools
	$(SWIFT) test $(CHECKS)

# The library from outside: a package that depends on the product and sees what is public. It takes what the unit tests built.
client: tools
	$(SWIFT) run --package-path Tests/ClientPackage --scratch-path .build -q Client docs/demo

acceptance: build tools
	python3 Tests/Acceptance/run.py $(PINPROOF)

# Fails on 10 % more instructions than are stored in Benchmarks/instructions.json.
instructions: build tools
	Benchmarks/instructions $(PINPROOF)

# Fails when eight times as many entries take more than eight times the work, to the power of 1.1.
growth: build tools
	python3 Tests/Oracle/growth.py --small 500 --large 4000 $(PINPROOF)

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift
	for script in .ci/run .ci/nightly .ci/setup docs/demo/run Benchmarks/run Tests/Fuzzing/run; do sh -n "$$script" || exit 1; done

format:
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

bench: build tools
	Benchmarks/run $(PINPROOF)

fleet: build tools
	Benchmarks/fleet $(PINPROOF)

wheel: build
	.ci/setup package
	Packaging/prepare
	Packaging/link .build/packaging/pinproof wheel
	python3 Packaging/make_wheel.py .build/packaging/pinproof dist

image: build
	.ci/setup package
	Packaging/prepare
	Packaging/link .build/packaging/pinproof-static static
	Packaging/make_image .build/packaging/pinproof-static dist/pinproof-image.oci.tar

docs: build
	$(PINPROOF) rules --format markdown --output docs/rules.md
	python3 Tests/Acceptance/sessions.py --write $(PINPROOF) README.md docs/*.md
	echo "docs/rules.md and the sessions of README.md are up to date."

adding: setup
	python3 Tests/Acceptance/follow_adding.py

clean:
	rm -rf .build .build-* .acceptance .demo dist Benchmarks/.work
