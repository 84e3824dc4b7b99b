#!/usr/bin/env bash
# `make lint`: all that can be said without running the tests.
source "$(dirname "$0")/lib.sh"

check_tools
stage "format" cargo fmt --all --check
stage "web packages" web_install
stage "web checks" npm --prefix web run --silent check
stage "clippy" cargo clippy --locked --workspace --all-targets -- -D warnings
stage "layers" cargo xtask layers
stage "links" cargo xtask links
stage "generated files" cargo xtask codegen --check
if has shellcheck; then stage "scripts" shellcheck scripts/*.sh .ci/run; fi
if cargo deny --version >/dev/null 2>&1; then
  stage "dependencies" cargo deny --locked check
else
  say "cargo-deny is not installed, so licences and advisories are not checked: cargo install --locked cargo-deny"
fi
stage_table
