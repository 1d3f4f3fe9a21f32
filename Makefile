# One verb a chore. Each works as the only command on a fresh machine with Python >= 3.11.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: golden help install hooks run test coverage torture scale format lint types security imports docs check readme bench requirements clean

help:  ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

# Stamps say which hash-pinned set the environment holds; a changed set installs again.
.venv/.run: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "nerbot needs Python 3.11 or newer: set PYTHON=python3.x")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# botocore, which the object store of the tests is made of, takes no python-dateutil of today.
.venv-objects/.made: requirements-objects.txt
	@$(PYTHON) -m venv .venv-objects
	.venv-objects/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-objects.txt
	@touch $@

# Beside the packages of the tests, by PYTHONPATH.
.venv-ray/.made: requirements-ray.txt
	@$(PYTHON) -m venv .venv-ray
	.venv-ray/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-ray.txt
	@touch $@

install: .venv/.dev  ## the environment, in .venv, with what the checks need

hooks: .venv/.dev  ## git hooks: format, lint and spelling at each commit, types and import contracts at each push
	$(BIN)/pre-commit install

run: .venv/.run  ## start nerbot; with no Slack token set, against a Slack simulator on this machine
	@$(BIN)/nerbot encoders install mpnet --if-missing || true
	@exec $(BIN)/nerbot run

JOBS ?= 3
test: .venv/.dev .venv-objects/.made  ## the tests, JOBS=3 at a time, for two cores: a third of their time is waiting
	$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

# Processes that the tests start are measured too. One that is killed or leaves by os._exit has nothing to say, so the
# lines that only such a process runs (ends of engine processes, the kill tests) count as missed.
coverage: .venv/.dev .venv-objects/.made  ## the tests with branch coverage of bot/ and ner_engine/; the lines are in htmlcov/
	$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --cov --cov-report=term-missing --cov-report=html

golden: .venv/.dev  ## write the stored forms of tests/*/golden again, after one was changed on purpose
	NERBOT_WRITE_GOLDEN=1 $(BIN)/pytest tests/db/test_stored_forms.py tests/db/test_stored_events.py tests/ner_engine/test_stored_files.py

# How much of each before a release: KILLS at random moments of a training, YEARS of schedules, CYCLES of kills while
# people label, POINTS in each system call of what is saved (all there are), REQUESTS with accidents in them, STEPS of
# people against a plain model on each database, SOCKETS lost, MESSAGES told under faults, DELIVERIES with repeats. SEED
# repeats a run.
KILLS ?= 200
YEARS ?= 3
CYCLES ?= 10000
POINTS ?= 10000
REQUESTS ?= 1000000
STEPS ?= 50000
SOCKETS ?= 500
MESSAGES ?= 10000
DELIVERIES ?= 100000
export KILLS YEARS CYCLES POINTS REQUESTS STEPS SOCKETS MESSAGES DELIVERIES SEED
torture: .venv/.dev  ## the long loops (days); ONLY=labelling CYCLES=30 is less: see KILLS, CYCLES … in the Makefile
	$(BIN)/pytest -s tests/torture/torture_$(or $(ONLY),*).py

scale: .venv/.dev .venv-objects/.made .venv-ray/.made  ## several bots and workers on PostgreSQL, killed while people label; ONLY=chaos is less, SECONDS_OF_CHAOS=… more
	$(BIN)/pytest -s -m scale $(if $(ONLY),tests/scale/test_$(ONLY).py,tests/scale)

format: .venv/.dev  ## rewrite the code in the project's format, and fix what ruff can fix
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: .venv/.dev  ## format, lint and spelling, without changing a file
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/codespell

types: .venv/.dev  ## mypy, strict
	$(BIN)/mypy

security: .venv/.dev  ## what bandit and our own rules say of the code
	$(BIN)/bandit -q -ll -c pyproject.toml -r bot ner_engine
	$(BIN)/pytest -q tests/test_security_rules.py

imports: .venv/.dev  ## the import contracts of pyproject.toml
	$(BIN)/lint-imports

readme: .venv/.dev  ## what docs/ has from the code: the tables of commands and settings
	$(BIN)/python -m bot.cli.readme

docs: .venv/.dev  ## the documentation as a site, in site/; a broken link or a page that no menu has is an error
	$(BIN)/mkdocs build --quiet --strict

check: lint types imports security docs test  ## all of these: what CI runs

CORPUS ?= ../shared/data/bc5cdr
bench: .venv/.dev  ## every benchmark (hours) into benchmarks/RESULTS.md; CORPUS=folder of train.jsonl and test.jsonl, ONLY="speed …"
	$(BIN)/python -m benchmarks $(CORPUS) $(if $(ONLY),--only $(ONLY))

# What the container image has beside the default.
IMAGE := --extra api --extra mcp --extra objects --extra postgres --extra procrastinate --extra webhooks
# All extras but ray, which is larger than the rest together.
EXTRAS := $(IMAGE) --extra japanese --extra oauth --extra pretrained --extra slack-cli --extra thai
# The extras stay on their pins: pip would else take the newest `coverage[toml]` for an unpinned stranger.
requirements:  ## pin the dependencies of pyproject.toml again, by hash (needs uv)
	uv pip compile pyproject.toml -q --universal --generate-hashes --no-annotate --no-header --no-strip-extras --group build -o requirements.txt
	uv pip compile pyproject.toml -q --universal --generate-hashes --no-annotate --no-header --no-strip-extras --group build --group dev $(EXTRAS) -c requirements.txt -o requirements-dev.txt
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --group object-store -o requirements-objects.txt
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --group ray-cluster -c requirements-dev.txt -o requirements-ray.txt
	uv pip compile pyproject.toml -q --universal --generate-hashes --no-annotate --no-header --no-strip-extras $(IMAGE) -c requirements-dev.txt -o deploy/requirements.txt
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header --no-strip-extras --group pyproject.toml:build -c requirements.txt -o deploy/requirements-build.txt

clean:  ## remove the environment and caches (never the data folder)
	rm -rf .venv .venv-objects .venv-ray .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov site .coverage .coverage.*
