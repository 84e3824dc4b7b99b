# Thin names over scripts/: what each does is written there.
.DEFAULT_GOAL := help
.PHONY: help run test soak bench lint reset

help: ## What there is
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Build everything and start the demo on 127.0.0.1:8000 (PORT= picks another port)
	@scripts/run.sh

test: ## All tests: Rust on both SQL engines, web, browser
	@scripts/test.sh

soak: ## The tests in their long form
	@SOAK=1 scripts/test.sh

bench: ## Measures (ARGS= picks some; see docs/performance.md)
	@scripts/bench.sh $(ARGS)

lint: ## Formatting, lints, layers, generated files
	@scripts/lint.sh

reset: ## Forget the demo's data (YES=1 does not ask)
	@scripts/reset.sh
