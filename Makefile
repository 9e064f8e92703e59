# Everything a newcomer types. Each target does its own set-up; `make help` lists them.
# Settings: PORT= and HOST= for `run`, CHROMIUM= (path of a browser) for `test`, PYTHON= for all.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# What surrounds this call (another virtual environment, user-wide pip options) stays outside.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONNOUSERSITE := 1
export PYTHONUNBUFFERED := 1
# The price map of LiteLLM is read from its package, never downloaded.
export LITELLM_LOCAL_MODEL_COST_MAP := True

BIN := .venv/bin
UV_VERSION := 0.13.9
INSTALL := $(BIN)/python -m pip install --no-input
COMPILE := .venv-lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header

.PHONY: help run hosted test bench lint lock audit docs wheel shots clean

help: ## List these commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: .venv/.ready-run ## Serve the app; PORT= and HOST= choose where, loopback otherwise
	@exec $(BIN)/advisor app $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

hosted: .venv/.ready-run ## Serve PostgreSQL, nginx, two replicas, two workers on loopback; PORT= and FOLDER=
	@.ci/services
	@exec $(BIN)/python -m advisor.host.hosted $(if $(PORT),--port $(PORT)) $(if $(FOLDER),--folder $(FOLDER))

test: lint ## Formatter, linter, strict types, every test
	@.ci/services
	@browser="$$(.ci/chromium)" && CHROMIUM="$$browser" $(BIN)/python -m pytest -n 2 --dist loadgroup --durations 25

lint: .venv/.ready-dev ## Formatter, linter and strict types only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright

bench: .venv/.ready-dev ## Measure and print the figures of the README
	@browser="$$(.ci/chromium)" && CHROMIUM="$$browser" $(BIN)/python -m tests.bench

shots: .venv/.ready-dev ## Take pictures of every page from the running app
	@browser="$$(.ci/chromium)" && CHROMIUM="$$browser" $(BIN)/python -m tests.browser.shots

docs: .venv/.ready-dev ## Renew the generated parts of README.md
	$(BIN)/python -m tests.docs

wheel: .venv/.ready-dev ## Build the installable package into dist/
	$(BIN)/python -m build --wheel --no-isolation

lock: .venv-lock/bin/uv ## Pin dependencies with hashes again; UPGRADE=--upgrade takes the newest allowed
	$(COMPILE) --group build $(UPGRADE) --output-file requirements/run.txt
	$(COMPILE) --group dev $(UPGRADE) --output-file requirements/dev.txt
	$(filter-out pyproject.toml,$(COMPILE)) --group audit $(UPGRADE) --output-file requirements/audit.txt

audit: .venv/.ready-dev .venv-audit/.ready ## Pins, hashes, licences; then ask the advisory service, by network
	@$(BIN)/python .ci/locked requirements/run.txt requirements/dev.txt
	@.ci/audit requirements/run.txt requirements/dev.txt

clean: ## Remove what these commands made, data of the app excepted
	rm -rf .venv .venv-lock .venv-audit dist build test-artifacts .pytest_cache .ruff_cache .hypothesis

# Stamps: they are older than a changed lock or package description, so a change is installed once.
.venv/.ready-run: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the app needs: once, some minutes; kept in .venv"
	@$(INSTALL) --progress-bar off --require-hashes -r requirements/run.txt | .ci/steps requirements/run.txt
	@$(INSTALL) --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.ready-dev: requirements/dev.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the app and its tests need: once, some minutes; kept in .venv"
	@$(INSTALL) --progress-bar off --require-hashes -r requirements/dev.txt | .ci/steps requirements/dev.txt
	@$(INSTALL) --quiet --no-deps --no-build-isolation --editable .
	@touch $@ .venv/.ready-run

.venv/bin/python:
	@.ci/venv .venv

.venv-audit/.ready: requirements/audit.txt
	@.ci/venv .venv-audit
	@.venv-audit/bin/python -m pip install --quiet --no-input --require-hashes -r requirements/audit.txt
	@touch $@

.venv-lock/bin/uv: Makefile
	@.ci/venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet uv==$(UV_VERSION)
