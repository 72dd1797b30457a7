# Every task a person runs.  `make help` lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEPLOY = SERVICE="$(SERVICE)" STAGE="$(STAGE)" STATE_BUCKET="$(STATE_BUCKET)" STATE_FOLDER="$(STATE_FOLDER)" \
	ARCHITECTURE="$(ARCHITECTURE)" RUNTIME="$(RUNTIME)" YES="$(YES)" $(BIN)/python -m deploy

.DEFAULT_GOAL := help
.PHONY: architecture bench check clean cli cost demo deploy destroy digest e2e format fuzz help lint mutate \
	openapi package pages plan policies reconcile reference released rollback run sell-out simulate \
	simulate-capacity test test-dynamodb-local token types verify-archive

help: ## List these targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: $(VENV)/.run ## Run the product: three services and an embedded AWS, until Ctrl-C
	@exec $(BIN)/python -m local

cli: $(VENV)/.run ## Install the command line, and say how to use it beside the running product
	@echo "The command line is $(BIN)/inventory; --help lists its commands.  To have it at hand:"
	@echo
	@echo '  export PATH="$(abspath $(BIN)):$$PATH"'
	@echo '  eval "$$(inventory completion bash)"      # or zsh, fish'

demo: $(VENV)/.run ## Load the demo shop into the running product, and read it back
	@exec $(BIN)/python -m demo

token: $(VENV)/.run ## Print a token: ROLE=vendor VENDOR=VENDOR-001, or ROLE=orders, auditor, admin
	@exec $(BIN)/python -m local.token --role "$(ROLE)" --vendor "$(VENDOR)"

test: $(VENV)/.develop $(VENV)/.deploy ## Run all tests that need nothing but Python (and Terraform's, where it is); SUITES=services/stock
	@$(BIN)/python -m tests.suites $(SUITES)

package: $(VENV)/.run ## Write build/*.zip for Lambda: SERVICE=stock ARCHITECTURE=arm64 RUNTIME=python3.13, or native
	@SERVICE="$(SERVICE)" ARCHITECTURE="$(ARCHITECTURE)" RUNTIME="$(RUNTIME)" $(BIN)/python -m deploy package

plan: $(VENV)/.deploy ## Show what a deploy would change: SERVICE=stock STAGE=dev STATE_BUCKET=… (or STATE_FOLDER=…)
	@$(DEPLOY) plan

deploy: $(VENV)/.deploy ## Package and deploy one service: SERVICE=stock STAGE=dev; YES=1 does not ask
	@$(DEPLOY) deploy

rollback: $(VENV)/.deploy ## Put the code before back at once: SERVICE=stock STAGE=dev
	@$(DEPLOY) rollback

destroy: $(VENV)/.deploy ## Remove a service from a stage, never from prod: SERVICE=stock STAGE=dev
	@$(DEPLOY) destroy

e2e: $(VENV)/.develop $(VENV)/.deploy ## Deploy everything to an emulated AWS that enforces IAM, and test it there; HOLD=1 waits
	@HOLD="$(HOLD)" $(BIN)/python -m pytest -q tests/deployed $(if $(HOLD),3>&1 1>&2)

test-dynamodb-local: $(VENV)/.develop ## Run the tests of concurrency on DynamoDB Local too, with power cuts (needs a JRE and npm)
	@ENGINE=dynamodb-local $(BIN)/python -m pytest -q tests/integration

sell-out: $(VENV)/.develop ## Let 16 writers sell out a stock of 200, again and again: RUNS=100 ENGINE=dynamodb-local
	@RUNS="$(or $(RUNS),100)" ENGINE="$(ENGINE)" $(BIN)/python -m pytest -q tests/integration -k sell_exactly_the_stock

bench: $(VENV)/.develop $(VENV)/.peers ## Measure the product beside its floors and peers, into docs/performance.*; PARTS=capacity,scale SIZES=1000,1000000
	@$(BIN)/python -m tests.benchmarks.performance $(if $(PARTS),--parts "$(PARTS)") $(if $(SIZES),--sizes "$(SIZES)")

cost: $(VENV)/.run ## Print what a month costs, by table, index and function: TRAFFIC=file PRICES=file
	@$(BIN)/python -m tools.cost $(if $(TRAFFIC),--traffic "$(TRAFFIC)") $(if $(PRICES),--prices "$(PRICES)")

simulate-capacity: $(VENV)/.run ## Print where DynamoDB's partitions saturate, and simulate a sale, an import and a busy category
	@$(BIN)/python -m tools.scaling

simulate: $(VENV)/.develop ## Simulate a shop under faults and deaths: SEEDS=1-20 STEPS=2000; a failing seed replays
	@$(BIN)/python -m tests.simulation --seeds "$(or $(SEEDS),1-20)" --steps "$(or $(STEPS),2000)"

fuzz: $(VENV)/.develop ## Try each running service by its OpenAPI document: SECONDS=600 for each
	@$(BIN)/python -m tests.fuzz --seconds "$(or $(SECONDS),600)"

reconcile: $(VENV)/.run ## Compare log, balance and open orders of every SKU of the running product
	@$(BIN)/python -m local.operation reconcile

verify-archive: $(VENV)/.run ## Check archive, signed digests and tables of the running product against each other
	@$(BIN)/python -m local.operation verify-archive

digest: $(VENV)/.run ## Write the day's signed digest of the running product, as the daily schedule does
	@$(BIN)/python -m local.operation write-digest

lint: $(VENV)/.develop ## Check style and format (ruff)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.develop ## Check types (mypy, strict)
	@cd libs/common && $(abspath $(BIN))/mypy --config-file $(CURDIR)/pyproject.toml inventory_common
	@cd libs/client && $(abspath $(BIN))/mypy --config-file $(CURDIR)/pyproject.toml inventory_client
	@cd libs/cli && $(abspath $(BIN))/mypy --config-file $(CURDIR)/pyproject.toml inventory_cli
	@for service in catalog stock audit; do \
		(cd services/$$service && $(abspath $(BIN))/mypy --config-file $(CURDIR)/pyproject.toml app.py chalicelib) || exit 1; \
	done
	@$(BIN)/mypy local demo deploy tools

architecture: $(VENV)/.develop ## Check who imports whom (import-linter)
	@$(BIN)/lint-imports

policies: $(VENV)/.policies ## Check Terraform against the policies of checkov
	@$(VENV)/policies/bin/checkov --directory terraform --framework terraform --compact --quiet --skip-download

check: lint types architecture policies test ## Everything that CI runs, but make e2e

mutate: $(VENV)/.mutation ## Weaken every rule once, and see a test fail; MODULES="orders identity" for some
	@$(BIN)/python tests/mutation/run.py $(MODULES)

reference: $(VENV)/.run ## Write from the code what the documents list: codes, limits, Terraform's variables
	@$(BIN)/python -m tools.reference
	@$(BIN)/python -m tools.module_readmes

openapi: $(VENV)/.run ## Write services/*/openapi.json from the routes and models
	@$(BIN)/python -m tools.openapi

pages: openapi ## Make a reference page of each service, to publish: build/docs
	@$(BIN)/python -m tools.openapi.pages --folder build/docs

released: ## Keep the OpenAPI documents as those of the last release, to which later ones are compared
	@for service in catalog stock audit; do cp services/$$service/openapi.json docs/releases/$$service.json; done

format: $(VENV)/.develop ## Put the code into its format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean: ## Remove what make has made
	rm -rf $(VENV) .local build .mypy_cache .ruff_cache .pytest_cache

# What a virtual environment holds is dated by a file in it; an interrupted installation starts again.

$(VENV)/.run: requirements/run.txt requirements/pages.txt libs/common/pyproject.toml libs/client/pyproject.toml libs/cli/pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed, and there is no $(PYTHON); name one with make PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Python 3.11 or newer is needed, and $(PYTHON) is not; name another with make PYTHON=…" >&2; exit 1; }
	@echo "Installing into $(VENV) …" >&2
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu, install python3-venv." >&2; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements/run.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r requirements/pages.txt -e libs/common -e libs/client -e libs/cli
	@touch $@

$(VENV)/.deploy: $(VENV)/.run requirements/deploy.txt
	@echo "Installing what deploying takes into $(VENV) …" >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements/deploy.txt
	@touch $@

$(VENV)/.develop: $(VENV)/.run requirements/develop.txt
	@echo "Installing the tools of development into $(VENV) …" >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements/run.txt -r requirements/develop.txt
	@touch $@

$(VENV)/.mutation: $(VENV)/.develop requirements/mutation.txt
	@echo "Installing the mutation tester into $(VENV) …" >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements/run.txt -r requirements/develop.txt -r requirements/mutation.txt
	@touch $@

$(VENV)/.peers: requirements/peers.txt
	@echo "Installing what the product is compared with into $(VENV)/peers …" >&2
	@$(PYTHON) -m venv $(VENV)/peers
	@$(VENV)/peers/bin/pip install --quiet --disable-pip-version-check -r requirements/peers.txt
	@touch $@

$(VENV)/.policies: requirements/policies.txt
	@echo "Installing the policies' checker into $(VENV)/policies …" >&2
	@$(PYTHON) -m venv $(VENV)/policies
	@$(VENV)/policies/bin/pip install --quiet --disable-pip-version-check -r requirements/policies.txt
	@touch $@
