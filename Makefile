# Everything a newcomer needs: `make demo` and `make test`. Both set up what they need, and are quick the second time.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types imports unit serve format lock clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Create .venv from the lock

$(STAMP): requirements.lock requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' \
		|| { echo "Python 3.11 or 3.12 is needed: set PYTHON=/path/to/it"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock -r requirements-dev.lock
	@touch $@

demo: setup ## Place one simulated phone call against a real server and show it
	$(BIN)/python run_bot.py demo

serve: setup ## Run the server
	$(BIN)/python run_bot.py serve

test: lint types imports unit ## Lint, types, import contract, tests

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

# Whole calls run in real time and mostly wait: three at a time, and beside nothing that computes. The longest come first
# (left to itself xdist begins with the files of many tests), so that none of the three is left alone at the end.
REAL_TIME := $(addprefix tests/bench/test_,answers_sample.py latency_sample.py storage_samples.py turn_samples.py) tests/calls
# A machine that stands still for a second breaks a call as it would in life; what fails twice is no such accident.
AGAIN := --reruns 1

unit: setup
	$(BIN)/pytest $(AGAIN) -n 2 --dist worksteal $(addprefix --ignore=,$(REAL_TIME))
	$(BIN)/pytest $(AGAIN) -n 3 --dist loadfile --no-loadscope-reorder $(REAL_TIME)

format: setup ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup ## Resolve the newest versions that pyproject.toml allows, and write the lock
	$(BIN)/python scripts/lock.py --upgrade

clean: ## Remove what the other targets made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
