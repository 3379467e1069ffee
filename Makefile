# Pinproof. `make demo` and `make test` need Swift 6.3 and nothing else: what is missing comes from apt.
#
#   make demo     build, then check, freeze and verify a small real example      (docs/demo)
#   make test     unit tests, then the acceptance tests with the real tools      (Tests/Acceptance)
#   make lint     the formatter's rules and the scripts' syntax
#   make format   let the formatter mend what it can
#   make bench    Pinproof beside hadolint, syft and uv, as ratios of one run    (Benchmarks)
#   make wheel    dist/pinproof-*.whl: the program with everything but glibc linked in (Packaging)
#   make image    dist/pinproof-image.oci.tar: the static program in an image FROM scratch
#   make docs     write docs/rules.md from the rules themselves
#   make clean    remove what these targets have made

SWIFT ?= swift
CHECKS = --explicit-target-dependency-import-check error
RELEASE = -c release --static-swift-stdlib $(CHECKS)
PINPROOF = .build/release/pinproof

.PHONY: all setup tools build demo test unit acceptance lint format bench wheel image docs clean
.NOTPARALLEL:
.SILENT:

all: build

setup:
	.ci/setup build

tools:
	.ci/setup test

build: setup
	echo "Building $(PINPROOF); the first time takes some minutes."
	mkdir -p .build
	if ! $(SWIFT) build $(RELEASE) --product pinproof >.build/release.log 2>&1; then \
	    tail -n 200 .build/release.log >&2; exit 1; \
	fi

demo: build
	docs/demo/run $(PINPROOF)

test: unit acceptance

unit: tools
	$(SWIFT) test $(CHECKS)

acceptance: build tools
	python3 Tests/Acceptance/run.py $(PINPROOF)

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift
	for script in .ci/run .ci/setup docs/demo/run Benchmarks/run Tests/Fuzzing/run; do sh -n "$$script" || exit 1; done

format:
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

bench: build tools
	Benchmarks/run $(PINPROOF)

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
	echo "Wrote docs/rules.md."

clean:
	rm -rf .build .build-* .acceptance .demo dist Benchmarks/.work
