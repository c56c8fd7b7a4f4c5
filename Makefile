# The one task runner. Everything is kept in .venv and .millrace of this folder; all names are
# relative, so that the folder's own path may hold spaces.
PYTHON ?= python3
BIN := .venv/bin
VLLM := .venv-vllm/bin
LOCKS := requirements.lock requirements-dev.lock requirements-vllm.lock \
	infra/docker/server.lock infra/docker/build.lock infra/grafana/client.lock
# $(call lock,FOLDER) brings the locks in FOLDER up to date with pyproject.toml: of a checkout, of the
# tools for tests, of the image, which needs neither a Kafka nor a ClickHouse of its own, and of
# Grafana's client, which has an environment of its own.
COMPILE_HERE := $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
COMPILE := $(COMPILE_HERE) --universal
CHECKOUT := --extra local --group build
define lock
$(COMPILE) $(CHECKOUT) pyproject.toml --output-file $(1)/requirements.lock \
	&& $(COMPILE) $(CHECKOUT) --group dev pyproject.toml --output-file $(1)/requirements-dev.lock \
	&& $(COMPILE_HERE) $(CHECKOUT) --group dev pyproject.toml infra/vllm/cpu.in \
		--python-platform linux --overrides infra/vllm/overrides.txt \
		--output-file $(1)/requirements-vllm.lock \
	&& $(COMPILE) pyproject.toml --output-file $(1)/infra/docker/server.lock \
	&& $(COMPILE) --group build --output-file $(1)/infra/docker/build.lock \
	&& $(COMPILE) --group grafana --output-file $(1)/infra/grafana/client.lock
endef

.DEFAULT_GOAL := help
.PHONY: help demo test test-vllm chaos fuzz audit check fix up down bench lock schemas

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: .venv/runtime ## set all up and run the main job on the sample documents
	@$(BIN)/millrace demo

test: .venv/dev ## set all up and run every test (fast ones first)
	@$(BIN)/python -m pytest --quiet -n 2 -m "not integration"
	@$(BIN)/python -m pytest --quiet -n 2 --dist loadfile -m integration

test-vllm: .venv-vllm/ready ## test the vllm engine on the true vLLM and a tiny model, on the CPU
	@$(VLLM)/python -m pytest tests/vllm

chaos: .venv/dev ## inject every fault 50 times, or some: make chaos FAULTS="kill-sink lost-reply" TIMES=5
	@$(BIN)/python -m tests.chaos $(FAULTS) --times $(or $(TIMES),50)

fuzz: .venv/dev ## look for input that breaks something: make fuzz TARGETS="documents server" MINUTES=10
	@$(BIN)/python -m tests.fuzz $(TARGETS) --minutes $(or $(MINUTES),5)

audit: .venv/dev ## look up known vulnerabilities of every package in the locks: asks PyPI, or SERVICE=osv
	@for lock in $(LOCKS); do $(BIN)/uv tool run --quiet pip-audit --strict --disable-pip --require-hashes \
		--progress-spinner off --vulnerability-service $(or $(SERVICE),pypi) -r $$lock || exit 1; done

check: .venv/dev ## lint, types, import contracts, locks: changes nothing
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy
	@mkdir -p .venv/locks/infra/docker .venv/locks/infra/grafana
	@for lock in $(LOCKS); do cp $$lock .venv/locks/$$lock; done
	@( $(call lock,.venv/locks) ) > .venv/lock.log 2>&1 || { cat .venv/lock.log; exit 1; }
	@for lock in $(LOCKS); do diff $$lock .venv/locks/$$lock \
		|| { echo 'the locks are behind pyproject.toml: run `make lock`'; exit 1; }; done

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
	@$(call lock,.)

schemas: .venv/dev ## write the JSON Schemas of the topics anew after a change of a model
	@$(BIN)/python -m schemas.contracts

# Byte code is compiled when first imported: compiling all of it now would take longer than the
# demo. An environment that was made elsewhere is made anew: it does not survive a move.
.venv/runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@echo "Setting up .venv (once) …"
	@rm -f $@
	@$(BIN)/python -c 'import sys; sys.exit(sys.prefix != sys.argv[1])' "$(CURDIR)/.venv" \
		2> /dev/null || $(PYTHON) -m venv --clear .venv
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

# 7 GB: it is made anew only when its lock changes.
.venv-vllm/ready: requirements-vllm.lock | .venv/dev
	@echo "Setting up .venv-vllm (once) …"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-vllm
	@$(BIN)/uv pip install --quiet --python $(VLLM)/python --no-deps --require-hashes \
		-r requirements-vllm.lock
	@touch $@
