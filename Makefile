# Every task a person runs.  `make help` lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SUITES := libs/common services/catalog services/stock services/audit

.DEFAULT_GOAL := help
.PHONY: help run demo token test simulate fuzz lint types architecture check mutate reference openapi pages released format clean

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: $(VENV)/.run ## Run the product: three services and an embedded AWS, until Ctrl-C
	@exec $(BIN)/python -m local

demo: $(VENV)/.run ## Load the demo shop into the running product, and read it back
	@exec $(BIN)/python -m demo

token: $(VENV)/.run ## Print a token: ROLE=vendor VENDOR=VENDOR-001, or ROLE=orders, auditor, admin
	@exec $(BIN)/python -m local.token --role "$(ROLE)" --vendor "$(VENDOR)"

test: $(VENV)/.develop ## Run all tests that need nothing but Python (and Terraform's, where it is)
	@for suite in $(SUITES); do \
		echo "── $$suite"; \
		(cd $$suite && $(abspath $(BIN))/python -m pytest -q -c $(CURDIR)/pyproject.toml --rootdir . tests) || exit 1; \
	done
	@echo "── tests"
	@$(BIN)/python -m pytest -q tests

simulate: $(VENV)/.develop ## Simulate a shop under faults and deaths: SEEDS=1-20 STEPS=2000; a failing seed replays
	@$(BIN)/python -m tests.simulation --seeds "$(or $(SEEDS),1-20)" --steps "$(or $(STEPS),2000)"

fuzz: $(VENV)/.develop ## Try each running service by its OpenAPI document: SECONDS=600 for each
	@$(BIN)/python -m tests.fuzz --seconds "$(or $(SECONDS),600)"

lint: $(VENV)/.develop ## Check style and format (ruff)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.develop ## Check types (mypy, strict)
	@cd libs/common && $(abspath $(BIN))/mypy --config-file $(CURDIR)/pyproject.toml inventory_common
	@for service in catalog stock audit; do \
		(cd services/$$service && $(abspath $(BIN))/mypy --config-file $(CURDIR)/pyproject.toml app.py chalicelib) || exit 1; \
	done
	@$(BIN)/mypy local demo docs

architecture: $(VENV)/.develop ## Check who imports whom (import-linter)
	@$(BIN)/lint-imports

check: lint types architecture test ## Everything that CI runs

mutate: $(VENV)/.mutation ## Weaken every rule once, and see a test fail; MODULES="orders identity" for some
	@$(BIN)/python tests/mutation/run.py $(MODULES)

reference: $(VENV)/.run ## Write docs/reference.md, every code and every limit, from the code
	@$(BIN)/python -m docs.generate_reference

openapi: $(VENV)/.run ## Write services/*/openapi.json from the routes and models
	@$(BIN)/python -m docs.openapi

pages: openapi ## Make a reference page of each service, to publish: build/docs
	@$(BIN)/python -m docs.openapi.pages --folder build/docs

released: ## Keep the OpenAPI documents as those of the last release, to which later ones are compared
	@for service in catalog stock audit; do cp services/$$service/openapi.json docs/releases/$$service.json; done

format: $(VENV)/.develop ## Put the code into its format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean: ## Remove what make has made
	rm -rf $(VENV) .local build .mypy_cache .ruff_cache .pytest_cache

# What a virtual environment holds is dated by a file in it; an interrupted installation starts again.

$(VENV)/.run: requirements/run.txt requirements/pages.txt libs/common/pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed, and there is no $(PYTHON); name one with make PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Python 3.11 or newer is needed, and $(PYTHON) is not; name another with make PYTHON=…" >&2; exit 1; }
	@echo "Installing into $(VENV) …" >&2
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu, install python3-venv." >&2; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements/run.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r requirements/pages.txt -e libs/common
	@touch $@

$(VENV)/.develop: $(VENV)/.run requirements/develop.txt
	@echo "Installing the tools of development into $(VENV) …" >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements/run.txt -r requirements/develop.txt
	@touch $@

$(VENV)/.mutation: $(VENV)/.develop requirements/mutation.txt
	@echo "Installing the mutation tester into $(VENV) …" >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements/run.txt -r requirements/develop.txt -r requirements/mutation.txt
	@touch $@
