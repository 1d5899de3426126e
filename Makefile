# `make` lists what can be done. Everything that needs it installs first, once: only Python >= 3.11 and make are asked for.
SHELL := /bin/bash
BIN := .venv/bin
NOTICE ?= sd-vocational-week-2020
PORT ?= 8080
TESTS ?= tests
KILLS ?= 200

.DEFAULT_GOAL := help
# What was compiled is kept: some two thousand processes of a test run would compile this project anew else.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install run ui test test-fast durations test-next soak cluster-services cluster-test gallery lint format dictionary bench clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

install: .venv/.installed ## a virtual environment in .venv with everything in it (no-op once done)

.venv/.installed: pyproject.toml constraints.txt
	@tools/install.sh .venv
	@touch $@

.venv-next/.installed: pyproject.toml constraints.txt constraints-next.txt
	@tools/install.sh .venv-next constraints-next.txt
	@touch $@

.venv-cluster/.installed: pyproject.toml constraints.txt
	@tools/install.sh .venv-cluster /dev/null cluster,office,sso,lake,dev
	@touch $@

.venv-bench/.installed: pyproject.toml constraints.txt constraints-bench.txt
	@tools/install.sh .venv-bench constraints-bench.txt bench,dev
	@touch $@

run: install ## the bundled sample through Airflow, headless, down to the per-city table
	@tools/run.sh $(NOTICE)

ui: install ## Airflow's web page on this machine (PORT=8080); Ctrl-C stops all of it
	@$(BIN)/python tools/ui.py --port $(PORT)

test: install ## every test
	@echo "==> all tests (make test-fast is the short way)"
	@NOTICES_DURATIONS=build/durations.csv $(BIN)/pytest -n auto --dist worksteal -m "not soak" $(TESTS)

test-fast: install ## the tests that last a moment, by tests/durations.csv: under a minute
	@$(BIN)/pytest -n auto --dist worksteal -m "not slow and not airflow and not soak" $(TESTS)

durations: ## tests/durations.csv becomes what the last make test of everything measured
	@cp build/durations.csv tests/durations.csv

soak: install ## the long proofs: kills (KILLS=200) and failing disks, months, whole worlds; hours
	@NOTICES_SOAK=$(KILLS) $(BIN)/pytest -n auto -m soak --timeout 14400 $(TESTS)

cluster-services: ## postgresql and redis-server, which cluster-test needs, by apt-get as root (no-op where they are)
	@tools/cluster_services.sh

cluster-test: .venv-cluster/.installed ## PostgreSQL, Redis, an S3 server and workers on this machine; killed, cut, moved (make cluster-services first); PARTS="tests/cluster/test_cluster.py" for some
	@.venv-cluster/bin/pytest -n 0 -m soak --timeout 1200 $(or $(PARTS),tests/cluster)
	@$(if $(PARTS),true,.venv-cluster/bin/pytest -n 0 tests/analysts/test_ducklake.py)

test-next: .venv-next/.installed ## every test on the next DuckDB, in .venv-next
	@echo "==> all tests on $$(.venv-next/bin/python -c 'import duckdb; print("DuckDB", duckdb.__version__)')"
	@.venv-next/bin/pytest -n auto -m "not soak" $(TESTS)

gallery: install ## every kind of document as pictures, in build/gallery (needs LibreOffice, poppler, Chromium)
	@$(BIN)/python -m tools.gallery

lint: install ## ruff, mypy (strict on pipelines/) and sqlfluff, changing nothing
	@echo "==> ruff check";  $(BIN)/ruff check .
	@echo "==> ruff format"; $(BIN)/ruff format --check .
	@echo "==> mypy";        $(BIN)/mypy
	@echo "==> sqlfluff";    $(BIN)/sqlfluff lint --processes 0 sql

format: install ## what lint would complain about and a program can mend
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .
	@$(BIN)/sqlfluff fix --processes 0 sql

dictionary: install ## docs/marts.md from the comments of sql/marts
	@$(BIN)/python tools/dictionary.py

bench: .venv-bench/.installed ## the measured claims of benchmarks/, all or CLAIMS="cycle peers"; FILES=500 for a smaller backlog
	@.venv-bench/bin/python -m benchmarks $(CLAIMS) $(if $(FILES),--files $(FILES)) $(if $(ROUNDS),--rounds $(ROUNDS))

clean: ## the virtual environments and caches; never var/, which holds the archive
	rm -rf .venv .venv-next .venv-cluster .venv-bench .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
