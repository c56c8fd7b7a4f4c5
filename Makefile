# The one task runner. Everything is kept in .venv and .millrace of this folder; all names are
# relative, so that the folder's own path may hold spaces.
PYTHON ?= python3
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --extra local --group build

.DEFAULT_GOAL := help
.PHONY: help demo test check fix up down bench lock

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: .venv/runtime ## set all up and run the main job on the sample documents
	@$(BIN)/millrace demo

test: .venv/dev ## set all up and run every test (fast ones first)
	@$(BIN)/python -m pytest

check: .venv/dev ## lint, types, import contracts, locks: changes nothing
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy
	@cp requirements.lock .venv/requirements.lock
	@cp requirements-dev.lock .venv/requirements-dev.lock
	@$(COMPILE) pyproject.toml --output-file .venv/requirements.lock > .venv/lock.log 2>&1 \
		&& $(COMPILE) --group dev pyproject.toml --output-file .venv/requirements-dev.lock \
		>> .venv/lock.log 2>&1 || { cat .venv/lock.log; exit 1; }
	@diff requirements.lock .venv/requirements.lock \
		&& diff requirements-dev.lock .venv/requirements-dev.lock \
		|| { echo 'the locks are behind pyproject.toml: run `make lock`'; exit 1; }

fix: .venv/dev ## format the code and mend what can be mended by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

up: .venv/runtime ## start Kafka and ClickHouse on this machine
	@$(BIN)/millrace up

down: .venv/runtime ## stop them
	@$(BIN)/millrace down

bench: .venv/dev ## run all benchmarks, or one: make bench NAME=stage_ratio
	@$(BIN)/python -m bench $(NAME)

lock: .venv/dev ## write the locks anew after a change of pyproject.toml
	@$(COMPILE) pyproject.toml --output-file requirements.lock
	@$(COMPILE) --group dev pyproject.toml --output-file requirements-dev.lock

# Byte code is compiled when first imported: compiling all of it now would take longer than the
# demo. The environment is made anew when it was made elsewhere: it does not survive a move.
.venv/runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@echo "Setting up .venv (once) …"
	@rm -f $@
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile \
		--require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/runtime requirements-dev.lock
	@echo "Setting up the tools for tests (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile \
		--require-hashes -r requirements-dev.lock
	@touch $@
