# Two commands to know: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
SOURCES := contract gateway cloud firmware_sim tests tools benchmarks hatch_build.py
QUICK := not slow and not e2e and not fault
.DEFAULT_GOAL := help
.PHONY: setup demo test quick check format bench faults clean help

setup: ## make .venv with everything
	@command -v $(PYTHON) >/dev/null || { echo "setup: $(PYTHON) not found; install Python 3.11 or newer, or name it: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) tools/environment.py

demo: setup ## run a simulated campus, gateways, cloud and dashboard (ARGS="--help" lists options)
	@exec $(BIN)/voltonic-sim demo $(ARGS)

test: setup ## all tests
	@$(BIN)/pytest -q -n 2 -m "not e2e and not fault" $(ARGS)
	@$(BIN)/pytest -q -m "e2e or fault" $(ARGS)

quick: setup ## the quick tests, in under two minutes
	@$(BIN)/pytest -q -n 2 -m "$(QUICK)" $(ARGS)

check: setup ## style, types and architecture
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q tests/architecture

format: setup ## put the code into its standard form
	@$(BIN)/ruff check --fix $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

bench: setup ## speed, each row beside its peer or limit
	@exec $(BIN)/python -m benchmarks $(ARGS)

faults: setup ## inject faults for real: kills, full disks, lost replies
	@$(BIN)/pytest -q -m fault -v $(ARGS)

clean: ## remove everything that was made here
	rm -rf .venv .demo build dist cloud/dashboard/dist cloud/dashboard/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
