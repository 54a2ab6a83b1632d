# What one does with Dunwell, one word each; bare `make` prints the list. Everything is installed
# into .venv, from the versions and hashes in requirements.lock; works with GNU make 3.81 (macOS).

.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# the first Python that is new enough; name another with `make PYTHON=…`
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

.PHONY: help setup demo test check bench docs pictures catalogues lock clean

help: ## Print this list
	@echo "Dunwell: collections management. One of:"
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## Install everything into .venv (the others do it when needed)

demo: $(READY) ## Generate a small telecom, run 120 nights, and show what happened and why
	@$(BIN)/dunwell demo

test: $(READY) ## Run the whole test suite on the embedded PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(READY) ## Check format, style, types and which package imports which
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) ## Measure loading and the night at 1,000,000 bill units (takes a while)
	$(BIN)/python -m benchmarks

docs: $(READY) ## Write the reference pages anew from the code
	$(BIN)/python -m dunwell.cli.reference docs/reference/cli.md
	$(BIN)/python -m dunwell.features.policy.reference docs/reference/policy-file.md
	$(BIN)/python -m dunwell.features.receivables.kinds_reference docs/reference/load-files.md
	$(BIN)/python -m dunwell.features.events.reference docs/reference/events.md
	$(BIN)/python -m dunwell.features.alerts.reference docs/reference/alerts.md
	$(BIN)/python -m dunwell.plugins.reference docs/reference/hooks.md
	$(BIN)/python -m dunwell.features.letters.fields docs/reference/template-fields.md
	$(BIN)/python -m dunwell.features.access.roles docs/reference/permissions.md
	$(BIN)/python -m dunwell.api.opcodes docs/reference/opcodes.md

catalogues: $(READY) ## Bring the translations of the pages up to date with their texts
	$(BIN)/python -m dunwell.web.catalogues

pictures: $(READY) ## Take the README's pictures of the demo's pages (needs Chromium)
	$(BIN)/python -m tests.web.pictures

lock: ## Choose new versions of the dependencies (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	uv lock --upgrade
	uv export --quiet --format requirements.txt --all-groups --no-emit-project --no-header \
		--no-annotate --output-file requirements.lock
	@! grep -n '://' requirements.lock || { echo "requirements.lock names an address"; exit 1; }

clean: ## Remove .venv and every cache; keeps .dunwell, where the data are
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Dunwell needs Python 3.11 or newer, and none was found." \
		"Install one (Debian: apt install python3; macOS: brew install python)," \
		"or name one: make PYTHON=/path/to/python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual" \
		"environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@test -x $(BIN)/python || { echo "Making $(VENV) …"; $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@echo "Installing the locked dependencies (the first time takes a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --editable .
	@touch $(READY)
