# Everything runs in .venv, which is set up on first use; nothing but Python >= 3.11 with pip is needed before.
.DEFAULT_GOAL := help
.PHONY: help demo test quick lint bench clean

RUNS := runs/demo
# `make quick` runs every kind of tests but these, and of the others what is not marked as slow: a new kind or test is in at first.
TOO_LONG := app experiments faults fuzzing notebooks oracles
RECENT := import sys; sys.exit(sys.version_info < (3, 11))
# The first Python that is recent enough; `make PYTHON=/path/to/python3.12 ...` chooses another for a new .venv.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do $$name -c '$(RECENT)' >/dev/null 2>&1 && { echo $$name; break; }; done)
READY := .venv/ready

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-6s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## run the demonstration experiment and draw its figures into runs/demo
	.venv/bin/negosim sweep experiments/six_tactics.toml --out $(RUNS)
	.venv/bin/negosim plot $(RUNS)

test: lint ## lint, then every test, on two cores (more arguments for pytest: PYTEST_FLAGS=...)
	@.ci/chromium
	.venv/bin/python -m pytest -n 2 --dist worksteal $(PYTEST_FLAGS)

quick: $(READY) ## in the middle of work: style, floors and the tests that take a moment each, in under two minutes
	.venv/bin/ruff check .
	.venv/bin/lint-imports
	.venv/bin/python -m pytest -n 2 --dist worksteal -m "not slow" --durations=8 --durations-min=3 \
		$(TOO_LONG:%=--ignore=tests/%) $(PYTEST_FLAGS)

lint: $(READY) ## style, types and floors
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: $(READY) ## measure the speed of the kernel, of the solutions and of the browser app
	.venv/bin/python benchmarks/kernel_speed.py
	.venv/bin/python benchmarks/against_batch_run.py
	.venv/bin/python benchmarks/cost_ledger.py
	.venv/bin/python benchmarks/solutions_speed.py
	.venv/bin/python benchmarks/view_speed.py

clean: ## remove the environments, the caches and the results
	rm -rf .venv .venv-negmas .venv-second .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist *.egg-info runs
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or later was found. Install one, or say where it is: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c '$(RECENT)' || { echo "$(PYTHON) does not run, or is older than Python 3.11. Say where a newer one is: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Setting up .venv with $$("$(PYTHON)" --version), once; this takes a minute or two."
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear .venv
	@.venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check -c constraints.txt --config-settings editable_mode=compat -e ".[dev]"
	@touch $@
