# `make verify` checks the papers and writes their reports; `make test` runs the tests. Both set up .venv first.
PYTHON ?= python3
BIN = .venv/bin
PEERS ?= $(BIN)/python
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: verify test test-slow bench lint lock wheel clean
.DELETE_ON_ERROR:

verify: .venv/runtime
	$(BIN)/theorycheck verify --report report

test: .venv/dev
	$(BIN)/python -m pytest

test-slow: .venv/dev
	$(BIN)/python -m pytest -m slow

# PEERS is an interpreter with PyTorch and JAX; without them they are named as missing.
bench: .venv/runtime
	$(BIN)/python -m benchmarks.bench --peers $(PEERS) --out build/bench

# setuptools is in both locks, so the editable install needs nothing that is not hashed.
.venv/runtime: requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --require-hashes --no-deps -r requirements.txt
	$(PIP) install --no-build-isolation --no-deps --editable .
	touch $@

.venv/dev: requirements-dev.txt .venv/runtime
	$(PIP) install --require-hashes --no-deps -r requirements-dev.txt
	touch $@

lint: .venv/dev
	mkdir -p build/typing
	ln -sfn ../../proofs build/typing/theorycheck_proofs
	ln -sfn ../../simulations build/typing/theorycheck_simulations
	$(BIN)/ruff check .
	$(BIN)/mypy -p theorycheck -p theorycheck_simulations -p theorycheck_proofs -p benchmarks

# Needs uv. setuptools is locked too, so that the editable install above is hashed as a whole.
lock:
	mkdir -p build
	echo 'setuptools>=77' > build/setuptools.in
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --quiet \
	  pyproject.toml build/setuptools.in -o requirements.txt
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --quiet \
	  --extra dev --constraint requirements.txt pyproject.toml -o requirements-dev.txt

wheel: .venv/dev
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

clean:
	rm -rf .venv build dist report simulation
