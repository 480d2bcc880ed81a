# `make verify` checks Li & Li and writes the report; `make test` runs the tests. Both set up .venv first.
PYTHON ?= python3
BIN = .venv/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: verify test test-slow bench lint lock wheel clean
.DELETE_ON_ERROR:

verify: .venv/runtime
	$(BIN)/theorycheck verify li-li-2024 --report report

test: .venv/dev
	$(BIN)/python -m pytest

test-slow: .venv/dev
	$(BIN)/python -m pytest -m slow

# setuptools is in both locks, so the editable install needs nothing that is not hashed.
.venv/runtime: requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-build-isolation --no-deps --editable .
	touch $@

.venv/dev: requirements-dev.txt .venv/runtime
	$(PIP) install --require-hashes -r requirements-dev.txt
	touch $@
