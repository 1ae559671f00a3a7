# `make run` starts the server, `make test` runs all checks and tests. Both install what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install install-dev run test check compiled bench

# Tests start many servers and several workers; without byte code each compiles every module again.
unexport PYTHONDONTWRITEBYTECODE

install: $(VENV)/.installed $(VENV)/.codec
install-dev: $(VENV)/.installed-dev $(VENV)/.codec

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Konektor needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.installed

# The engine's optional compiled codec; without a C compiler this says so and the engine does without.
$(VENV)/.codec: konektor/realtime/socketio/_codec.c konektor/realtime/socketio/build.py $(BIN)/python
	@$(BIN)/python konektor/realtime/socketio/build.py
	@touch $@

run: install
	$(BIN)/python run.py

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Compiles the tests once, before several workers would do it side by side; what is wrong with them, the run will say.
compiled: install-dev
	-@$(BIN)/pytest --collect-only --quiet >/dev/null

# More workers than cores: most tests wait much longer than they compute.
test: install-dev check compiled tests/js/node_modules
	$(BIN)/pytest --numprocesses 4 --dist worksteal

tests/js/node_modules: tests/js/package-lock.json
	cd tests/js && npm ci --silent --no-audit --no-fund
	@touch $@

bench: install-dev
	$(BIN)/python -m benchmarks
