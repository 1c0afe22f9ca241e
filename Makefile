# Two commands on a fresh machine: `make demo` and `make test`. Everything else is for people who develop it.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ARGS ?=
NAME ?= cycle

.PHONY: help demo test lint format check coverage bench clean

help:  ## What there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Watchkeeper needs Python 3.11 to 3.13, this is " + sys.version.split()[0]) if not (3, 11) <= sys.version_info[:2] <= (3, 13) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Watchkeeper with all its parts; this takes a minute or two, once ..."
	$(PIP) install --constraint constraints.txt --editable ".[demo]"
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Watchkeeper with all its parts and tools; this takes a minute or two, once ..."
	$(PIP) install --constraint constraints.txt --editable ".[dev]"
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo  ## Show the whole loop on real data (ARGS=--all, ARGS=--interactive)
	$(BIN)/watchkeeper demo $(ARGS)

test: $(VENV)/.dev  ## Run the tests, a file at a time in each of two processes (ARGS="-k approval", ARGS="-n 0")
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.dev  ## Style, types, and the staircase of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## Put style in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: lint test  ## Both

coverage: $(VENV)/.dev  ## Tests with the coverage of the library
	$(BIN)/python -m pytest --cov=watchkeeper --cov-report=term-missing:skip-covered $(ARGS)

bench: $(VENV)/.dev  ## One benchmark (NAME=cycle)
	$(BIN)/python -m benchmarks.$(subst -,_,$(NAME)) $(ARGS)

clean:  ## Remove the environment and everything that was made
	rm -rf $(VENV) .watchkeeper dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
