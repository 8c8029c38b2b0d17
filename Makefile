# Every way to work with Samspel. `make` alone lists them.
PORT ?= 8000
ARGS ?=
ONLY ?=
BIN := .venv/bin
# The first Python 3.11 that answers; bin/prepare.py says so when it is none.
PYTHON := $(shell for python in python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && echo $$python && exit; done; echo python3)
# What `check --deploy` sees: settings as in production, with nothing behind them.
PRODUCTION := DEBUG=off ALLOWED_HOSTS=samspel.example.org DATABASE_URL=postgresql://127.0.0.1/samspel \
	BROKER_URL=redis://127.0.0.1/0 CACHE_URL=rediscache://127.0.0.1/1 \
	IDENTITY_KEYS=Y2hlY2tzLW9ubHktbmV2ZXItZm9yLWEtcmVhbC1jaXQ= \
	SECRET_KEY=ci-checks-only-6rX2pQv9Lk4mWz8TfBn3Hd7YsCj5GaVe1Uo0iRxPqZtNwE
# Not formatted: documents, where every space is printed, and form parts that put tags together from pieces.
FORMATTED := --extend-exclude templates/pdf,templates/allauth,templates/designsystemet templates
PIN := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
	--python-version 3.11 --custom-compile-command "make requirements"

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run reset test soak lint lint-code lint-types lint-templates lint-imports lint-settings \
	lint-messages format messages access pictures bench sbom requirements

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

setup: ## Make ready what running needs: packages, .venv, design system, catalogues
	@$(PYTHON) bin/prepare.py

setup-dev: ## The same, and what tests and linters need
	@$(PYTHON) bin/prepare.py --dev

run: ## Start Samspel with its demo data (PORT=8000); Ctrl-C stops everything
	@$(PYTHON) bin/run.py --port $(PORT)

reset: ## Delete the database, files, queue and logs under var/
	@$(PYTHON) bin/reset.py

test: setup-dev ## Run every test that takes seconds, or some: make test ARGS="-k name"
	@$(BIN)/python bin/with_services.py $(BIN)/pytest -n 3 --dist loadscope --no-loadscope-reorder -m "not soak" $(ARGS)

soak: setup-dev ## Run the tests that take a minute or more
	@$(BIN)/python bin/with_services.py $(BIN)/pytest -n 2 --dist loadscope --no-loadscope-reorder -m soak $(ARGS)

lint: lint-code lint-types lint-templates lint-imports lint-settings lint-messages ## Run every linter and check that CI runs

lint-code: setup-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

lint-types: setup-dev
	$(BIN)/mypy

lint-templates: setup-dev
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/djlint --check $(FORMATTED)

lint-imports: setup-dev
	$(BIN)/lint-imports --no-logo

lint-settings: setup-dev
	DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

lint-messages: setup-dev
	$(BIN)/python bin/catalogues.py check

format: setup-dev ## Put code and templates in the one format
	$(BIN)/ruff check --fix --exit-zero
	$(BIN)/ruff format
	$(BIN)/djlint --quiet --warn --reformat $(FORMATTED)

messages: setup-dev ## Bring locale/sv up to date with the texts in code and templates
	$(BIN)/python bin/catalogues.py update

access: ## Write docs/access.md anew from the rules in the code
	@DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py access_matrix > docs/access.md

pictures: setup-dev ## Take the guides' pictures anew from the demo served at PORT
	@$(BIN)/python bin/pictures.py http://127.0.0.1:$(PORT)

bench: setup-dev ## Measure, and write var/bench.json (ONLY=pack for one part; ONLY=rush ARGS="--seconds 60")
	@$(BIN)/python bin/with_services.py $(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY)) $(ARGS)

sbom: setup-dev ## Write var/sbom.json (CycloneDX) and docs/licences.md
	@$(BIN)/python bin/sbom.py

requirements: setup-dev ## Pin requirements*.txt anew from requirements*.in
	$(PIN) --output-file requirements.txt requirements.in
	$(PIN) --output-file requirements-dev.txt requirements-dev.in
	@$(PYTHON) bin/prepare.py --dev
	@$(BIN)/python bin/licences.py
