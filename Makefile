# Everything runs in .venv, which each target makes when it is not there: Python 3.11 or newer
# (with venv) and make are enough. PYTHON=/path/to/python3.12 chooses another one.

PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST_WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help rehearse test check bench lock pictures clean

help:
	@echo 'make rehearse   build a cluster in a simulated world and watch it (about half a minute)'
	@echo 'make test       format, lint, types, layers and tests; the same as make check'
	@echo 'make bench      start-up goals, as ratios of commands run in turn'
	@echo 'make lock       resolve requirements.lock anew from pyproject.toml'
	@echo 'make pictures   draw the pictures of the README anew'
	@echo 'make clean      remove .venv and what the tools left behind'

rehearse: $(READY)
	@$(BIN)/lattice rehearse docker

test check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS)

bench: $(READY)
	@$(BIN)/python -m bench

# The dev group is locked with the rest: whoever tests also builds the wheel that is tested.
lock: $(READY)
	@command -v uv >/dev/null || test -x $(BIN)/uv || $(PIP) install uv
	PATH="$$PATH:$(CURDIR)/$(BIN)" uv pip compile --quiet pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --custom-compile-command "make lock" -o requirements.lock

pictures: $(READY)
	$(BIN)/python -m tests.screens.make_pictures

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp comes last, so that an interrupted set-up is begun again.
$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo 'No Python 3.11 or newer with venv was found.' \
		'Install one (Debian, Ubuntu: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is $$($(PYTHON) --version 2>&1): 3.11 or newer is needed, make PYTHON=/path/to/python3"; exit 1; }
	@echo 'Setting up $(VENV), once: about a minute'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade pip
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
