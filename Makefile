# Two commands do everything: `make serve` and `make test`. VENV and PYTHON can be set.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: serve test check lint format clients benchmark peers soak docs drift clean
.DEFAULT_GOAL := help

help:
	@echo "make serve      install into $(VENV) and run the server (ARGS='--port 0 scenarios/hello.yaml')"
	@echo "make test       install and run the tests (ARGS='-k stream')"
	@echo "make check      format, lint, types, import contracts, tests with coverage"
	@echo "make clients    install the real clients that tests/clients drives (needs Node.js)"
	@echo "make benchmark  how fast it is, beside bare uvicorn and aimock (ARGS='--only small,stream')"
	@echo "make peers      install aimock for the benchmark (needs Node.js)"
	@echo "make soak       100,000 broken requests, ten minutes of faults and impatient clients (ARGS='--seconds 60')"
	@echo "make drift      what the newest SDKs know of the API and mockgw does not (ARGS=--help)"
	@echo "make docs       write the tables of docs/ and the schema of scenarios anew"

$(VENV)/.serve: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("mockgw needs Python 3.11 or newer, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	$(BIN)/python -m compileall -q mockgw  # a start takes half as long again where Python may not write byte code
	touch $@

$(VENV)/.dev: $(VENV)/.serve
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	touch $@

serve: $(VENV)/.serve
	@$(BIN)/mockgw serve $(ARGS)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto $(ARGS)

check: lint
	$(BIN)/python -m pytest -n auto --cov --cov-report=term $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clients: $(VENV)/.dev
	$(BIN)/python tests/clients/install.py

benchmark: $(VENV)/.dev
	@$(BIN)/python benchmarks/run.py $(ARGS)

peers: $(VENV)/.dev
	$(BIN)/python benchmarks/peers.py

soak: $(VENV)/.dev
	@$(BIN)/python -m benchmarks.soak_requests
	@$(BIN)/python benchmarks/soak_sessions.py
	@$(BIN)/python benchmarks/soak.py $(ARGS)

drift: $(VENV)/.dev
	@$(BIN)/python -m tests.clients.drift $(ARGS)

docs: $(VENV)/.dev
	$(BIN)/python docs/tables.py
	$(BIN)/python -m docs.clients
	$(BIN)/python -m docs.others
	$(BIN)/python -m docs.validation

clean:
	rm -rf $(VENV) .clients .peers dist build .coverage* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
