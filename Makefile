# Two commands: "make demo" and "make test". Both make .venv by themselves.

PYTHON ?= python3
SERVE ?= 1
PORT ?= 8000
BIN := .venv/bin
# Modules are compiled when they are first imported: most of what torch brings never is.
INSTALL := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test lint types tests clean

demo: .venv/demo
	$(BIN)/tamngu demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve,--serve)

test: lint types tests

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/dev
	$(BIN)/mypy

# Tests run beside each other, a thread each: with more they would wait for one another.
tests: .venv/dev
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 TAMNGU_THREADS=1 \
		$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal

clean:
	rm -rf .venv

.venv/demo: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(INSTALL) --editable .
	touch $@

.venv/dev: .venv/demo
	$(INSTALL) --editable '.[dev]'
	touch $@
