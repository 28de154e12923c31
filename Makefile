# Short names for what stands in scripts/. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
NAME ?=
ARGS ?=

.PHONY: help setup run test lint format bench soak migrate requirements clean

help: ## List these targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 22

setup: ## Install what is missing, build the assets, migrate, load the demo office (once)
	@scripts/setup.sh

run: setup ## From a fresh machine to the demo office in the browser; Ctrl-C stops it
	@. scripts/env.sh && exec .venv/bin/python scripts/run.py

test: ## All checks and tests on real services; ARGS="tests/e2e -k letter" goes to pytest
	@scripts/test.sh $(ARGS)

lint: ## Style, types, import rules, templates
	@scripts/lint.sh

format: ## Put imports and layout of Python code in order
	@.venv/bin/ruff check --fix --quiet . && .venv/bin/ruff format .

bench: ## Measure the published figures; NAME=documents one group, ARGS="--documents 2000" a try
	@scripts/setup.sh --tests && OMP_THREAD_LIMIT=1 exec .venv/bin/python -m bench.run $(NAME) $(ARGS)

soak: ## Outages, node loss, mutilated files, big volumes (long; not in CI)
	@scripts/test.sh -m soak

migrate: ## Bring the database to the newest schema
	@. scripts/env.sh && .venv/bin/flask --app app db upgrade

requirements: ## Pin the newest releases that requirements*.in allow
	@scripts/requirements.sh

clean: ## Remove what was built; data in var/ stays
	@rm -rf .venv node_modules app/web/static/dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
