#!/usr/bin/env bash
# `make test`: everything, on both SQL engines and in a browser. `make soak` sets SOAK=1, which the long tests look at.
source "$(dirname "$0")/lib.sh"

own_postgres=
clean_up() { [[ -z $own_postgres ]] || scripts/postgres.sh stop "$own_postgres"; }

tools() {
  check_tools
  apt_install chromium chromium fonts-dejavu-core
  # One story makes fsync fail; without it, that one is left out.
  [[ $(id -u) != 0 ]] || apt_install strace strace
}

# A server given by the caller is used as it is.
database() {
  if [[ -n ${TEST_DATABASE_URL:-} ]]; then
    say "using the PostgreSQL of TEST_DATABASE_URL"
    return
  fi
  local exports
  exports=$(scripts/postgres.sh start)
  eval "$exports"
  own_postgres=$OMNISUPPORT_POSTGRES
}

web() { npm --prefix web run --silent "$1"; }

rust_tests() {
  local profile=ci
  [[ -z ${SOAK:-} ]] || profile=soak
  if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked --workspace --profile "$profile"
  else
    say "cargo-nextest is not installed, so this is slower: cargo install --locked cargo-nextest"
    cargo test --locked --workspace
  fi
}

browser_tests() {
  OMNISUPPORT_BIN="$(target_dir)/debug/omnisupport" web e2e
}

stage "tools" tools
stage "database" database
stage "web packages" web_install
stage "web checks" web check
stage "web tests" web test
stage "web pages" web_build
stage "server" cargo build --locked --package omnisupport
stage "rust tests" rust_tests
stage "browser" browser_tests
stage_table
say ""
say "all tests passed"
