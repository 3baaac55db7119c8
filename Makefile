# Two commands: "make demo" and "make test". Both make .venv by themselves.

PYTHON ?= python3
SERVE ?= 1
PORT ?= 8000
# The folder of the question sets that the reader learns from; see eval/reader/training_data.py.
DATA ?= ../shared/data
BIN := .venv/bin
# Modules are compiled when they are first imported: most of what torch brings never is.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
INSTALL := $(PIP) install --no-compile --no-deps
# The locks name all that is needed; a file whose hash they do not have is not installed.
LOCKED := $(INSTALL) --require-hashes
# Built with the locked setuptools, which pip would fetch unchecked for an isolated build.
ITSELF := $(INSTALL) --no-build-isolation --editable .
# Tests run beside each other, a thread each: with more they would wait for one another. Nearly half of
# their time they wait, for a browser, a lock or a server, so there are two more than processors.
WORKERS = $(shell $(PYTHON) -c "import os; print(min(4, 2 + (os.cpu_count() or 1)))")
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 TAMNGU_THREADS=1
SIDE_BY_SIDE = --numprocesses $(WORKERS) --dist worksteal
PYTEST = $(ONE_THREAD) $(BIN)/pytest $(SIDE_BY_SIDE)
# What multiplies vectors, for `make tests-without-kernels`.
MULTIPLYING := tests/unit/embeddings/test_inner_products.py tests/unit/rag/index tests/unit/rag/retrieval
# The least percent of each package's lines that the tests have to reach. Lines that run only in
# processes that the tests start are not counted; most commands of eval are such lines.
REACHED := tamngu:92 embeddings:94 reading:97 rag:97 api:92 eval:79

# Where it is set, each process compiles anew what it imports: half of the time of most tests.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-fast lint types tests tests-without-kernels reader docs locks audit sbom clean

demo: .venv/demo
	$(BIN)/tamngu demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve,--serve)

test: lint types tests

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/dev build/web/made
	$(BIN)/mypy
	@test ! -x $(TSC) || $(TSC) --project tests/web/tsconfig.json

# Checks the web app's modules, which have their types in comments; nothing of it is shipped.
TSC := build/web/node_modules/.bin/tsc

# TypeScript and axe, for the tests of the web app. Without npm they are left out.
build/web/made: tests/web/package.json tests/web/package-lock.json
	@mkdir -p build/web && cp $^ build/web
	@if npm ci --prefix build/web --silent --no-audit --no-fund 2>/dev/null; then touch $@; \
		else echo "Not checked: the types of the web app, and axe. npm is not installed, or has no network."; fi

tests: .venv/dev build/web/made
	@mkdir -p build
	$(ONE_THREAD) $(BIN)/python -m slipcover --json --out build/reached.json -m pytest $(SIDE_BY_SIDE)
	$(BIN)/python -m tests.reached_lines build/reached.json $(REACHED)

# NumPy takes the place of numkong's kernels; `make tests` compares the two in processes of their own.
tests-without-kernels: .venv/dev
	TAMNGU_KERNELS=numpy $(PYTEST) $(MULTIPLYING)

# Without the tests that are marked slow, and without a look at the lines that are reached.
test-fast: .venv/dev
	$(PYTEST) -m "not slow"

# Trains the packaged reader anew, which takes hours on two cores; it goes on where it was stopped.
reader: .venv/dev
	$(BIN)/python -m eval.reader.train --data $(DATA) --out build/reader
	$(BIN)/python -m eval.reader.export --data $(DATA) --checkpoint build/reader/answers.pt \
		--out reading/packaged/weights.safetensors

docs: .venv/docs
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet -d build/doctrees docs site

# After a change of pyproject.toml or constraints.txt.
locks: build/audit/made
	build/audit/bin/python locks/write.py

# The known vulnerabilities of what the service installs, from a database on the network.
audit: build/audit/made
	build/audit/bin/python locks/audit.py

# What is installed in .venv, with versions, licences, and what needs what (CycloneDX).
sbom: .venv/demo build/audit/made
	build/audit/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application \
		--output-reproducible --output-file build/sbom.json $(BIN)/python

clean:
	rm -rf .venv .hypothesis .*_cache build dist site *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/demo: pyproject.toml locks/torch-cpu.txt locks/torch.txt locks/demo.txt
	$(PYTHON) -m venv .venv
	$(LOCKED) --requirement locks/torch-cpu.txt || { \
		echo "pip finds no CPU build of torch that is in the lock; it takes the build of the package index."; \
		$(LOCKED) --requirement locks/torch.txt; }
	$(LOCKED) --requirement locks/demo.txt
	$(ITSELF)
	touch $@

.venv/docs: .venv/demo locks/image.txt locks/docs.txt
	$(LOCKED) --requirement locks/image.txt --requirement locks/docs.txt
	touch $@

.venv/dev: .venv/docs locks/dev.txt
	$(LOCKED) --requirement locks/dev.txt
	touch $@

# Tools that are no part of .venv, so that they do not look at themselves.
build/audit/made: locks/audit.txt
	$(PYTHON) -m venv build/audit
	build/audit/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--require-hashes --requirement locks/audit.txt
	touch $@
