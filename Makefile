# Everything below works on a machine that has Python 3.11 or newer with its venv module, and make.
PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export CDK_DISABLE_CLI_TELEMETRY := 1
export CDK_DISABLE_VERSION_CHECK := 1
# Further options of cdk deploy and cdk destroy, such as OPTIONS='--require-approval never'.
OPTIONS ?=
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup peers agent demo test test-long check format synth plan deploy destroy bench docs lock clean

help: ## Show this list.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: ## Install what is missing: two Python environments, Node, the CDK command line.
	@$(PYTHON) scripts/setup.py

peers: setup
	@$(PYTHON) scripts/setup.py --peers

agent: setup
	@$(PYTHON) scripts/setup.py --agent

demo: agent ## From an empty account to proven log flow, in a sandbox account on this machine.
	@python -m demo

test: agent ## Run the tests.
	@python -m pytest -n $(WORKERS) --dist worksteal -m "not long" -q

test-long: peers agent ## Run the long property tests, the journeys and the benchmarks.
	@python -m pytest -n $(WORKERS) --dist worksteal -m long -q
	@$(MAKE) --no-print-directory bench

check: setup ## Lint, formatting, types, import rules, generated documentation.
	@ruff check .
	@ruff format --check .
	@mypy
	@lint-imports
	@python scripts/generate_docs.py --check

format: setup ## Rewrite the sources in the project's format.
	@ruff check --fix --quiet .
	@ruff format .

synth: setup ## Synthesise every stack, with both cdk-nag packs.
	@cdk synth --quiet

plan: setup ## Read-only: what a deploy would meet in the caller's account.
	@bedrock-o11y plan

deploy: plan ## Deploy into the caller's account; stops before anything is created when plan finds a conflict.
	@cdk deploy '**' --import-existing-resources $(OPTIONS)

destroy: setup ## Destroy every stack; records, payloads and their key stay.
	@cdk destroy '**' $(OPTIONS)

bench: peers ## Run the benchmarks; exit 1 over budget.
	@for script in benchmarks/*.py; do echo "$$script"; python "$$script" || exit 1; done

docs: setup ## Write the generated parts of README.md and docs/.
	@python scripts/generate_docs.py

lock: setup ## Write requirements.txt, requirements-sandbox.txt and package-lock.json anew.
	@uv pip compile pyproject.toml --extra cdk --extra sandbox --group dev --universal --python-version 3.11 \
		--generate-hashes --upgrade --quiet --custom-compile-command "make lock" -o requirements.txt
	@uv pip compile --group pyproject.toml:sandbox-server --universal --python-version 3.11 \
		--generate-hashes --upgrade --quiet --custom-compile-command "make lock" -o requirements-sandbox.txt
	@uv pip compile --group pyproject.toml:peers --universal --python-version 3.11 \
		--generate-hashes --upgrade --quiet --custom-compile-command "make lock" -o requirements-peers.txt
	@uv pip compile --group pyproject.toml:agent --universal --python-version 3.11 \
		--generate-hashes --upgrade --quiet --custom-compile-command "make lock" -o requirements-agent.txt
	@npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund

clean: ## Remove everything that was installed or built.
	@rm -rf .venv .venv-sandbox .venv-peers .venv-agent node_modules build cdk.out .pytest_cache .mypy_cache .ruff_cache .hypothesis
