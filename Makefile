# Everything a newcomer types. Needs Python 3.11 or newer with venv, git and make; Node comes by itself when missing.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
BIN := .venv/bin
WORKERS ?= 2
FRONTEND := platform/loanloom/web/frontend
FRONTEND_SOURCES := $(shell find $(FRONTEND) -type f -not -path '*/node_modules/*' -not -name '.*' 2>/dev/null)

help:            ## What can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+: .*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# what setup says goes to standard error, so that `make demo-once JSON=1` prints one JSON object and nothing else
setup: .stamp/python .stamp/frontend  ## Prepare the environment; quick when nothing changed

.stamp/venv:
	@test -n "$(PYTHON)" || { echo "Loanloom needs Python 3.11 or newer (with venv) on the PATH."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "Is the venv module installed (python3-venv)?"; exit 1; }
	@mkdir -p .stamp && touch $@

.stamp/python: .stamp/venv pyproject.toml setup.cfg setup.py
	@echo "Python packages; the first time takes some minutes ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[batch,dev]" >&2
	@for plugin in plugins/*/pyproject.toml; do test ! -f "$$plugin" || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable "$$(dirname $$plugin)" >&2 || exit 1; done
	@touch $@

.stamp/frontend: .stamp/python $(FRONTEND_SOURCES)
	@echo "Front end ..." >&2
	@$(BIN)/loanloom dev frontend >&2
	@touch $@

demo: setup      ## The model company with its story at http://127.0.0.1:8080
	@exec $(BIN)/loanloom demo

demo-once: setup ## The whole story in the terminal (JSON=1 for machines)
	@$(BIN)/loanloom demo --once $(if $(JSON),--json)

up: setup        ## This folder's company, without demonstration data
	@exec $(BIN)/loanloom up

# every process that a test starts would compile the platform anew where the environment forbids to keep it
test: export PYTHONDONTWRITEBYTECODE :=
test: setup      ## Every test, those in a browser too
	$(BIN)/loanloom dev browser
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup     ## Style, types, floors, generated documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy platform/loanloom
	$(BIN)/lint-imports
	$(BIN)/loanloom dev docs --check

proof: setup     ## A product from empty drafts to a loan in the browser, by mouse and by keyboard
	$(BIN)/pytest -n 0 tests/browser/test_from_nothing.py

screens: setup   ## Pictures of every page in both languages and widths; fails on what axe-core finds serious (ARGS="--only /studio/")
	@$(BIN)/python -m tests.browser.screens $(ARGS)

docs: setup      ## The manual out of docs/, in site/; a dead link fails
	$(BIN)/mkdocs build --quiet --strict

bench: setup     ## Figures beside their peers (NAME=spine, STRICT=1, JSON=1)
	@$(BIN)/python -m benchmarks

oracle-dmn: setup ## The DMN conformance kit (DIR=a folder with literals.jsonl and models/)
	@$(BIN)/python -m loanloom.testing.dmn_report "$(or $(DIR),../shared/oracle/dmn-tck)"

oracle-cn: setup   ## Worked examples of Chinese lending practice (DIR=a file or folder, JSON=1)
	@$(BIN)/python -m loanloom.testing.cn_practice.report "$(or $(DIR),../shared/oracle/cn-practice.json)" $(if $(JSON),--json)

oracle-fineract: setup ## Loans as another system's tests expect them (DIR=a folder of that format, JSON=1, WHY=1)
	@$(BIN)/python -m loanloom.testing.lending_oracle.report "$(or $(DIR),../shared/oracle/fineract)" $(if $(JSON),--json) $(if $(WHY),--why)

fuzz: setup      ## Random expressions through every back end (SECONDS=60, SEED=a number)
	@$(BIN)/python -m loanloom.testing.feel_fuzz $(or $(SECONDS),60) $(SEED)

migration: setup ## Write the next migration from the tables (MESSAGE="what changes")
	$(BIN)/loanloom dev migration "$(MESSAGE)"

wheel: setup     ## The installable package, in dist/
	$(BIN)/python -m build --wheel

clean:           ## Remove what was built; data in .loanloom stays
	rm -rf .stamp build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache $(FRONTEND)/node_modules platform/loanloom/web/static/dist site

.PHONY: help setup demo demo-once up test check docs bench fuzz oracle-dmn oracle-cn oracle-fineract migration wheel clean
