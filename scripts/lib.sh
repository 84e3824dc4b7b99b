# Shared by the scripts beside it: source it, do not run it.
# shellcheck shell=bash

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

NODE_LEAST=20.19
STAGES=()
STAGE=
STAGE_BEGUN=0

say() { printf '%s\n' "$*" >&2; }

fail() {
  say ""
  say "error: $1"
  shift
  local line
  for line in "$@"; do say "  $line"; done
  exit 1
}

# stage NAME COMMAND...: runs it and remembers how long it took. A command that fails ends the script.
stage() {
  STAGE=$1 STAGE_BEGUN=$SECONDS
  shift
  say ""
  say "==> $STAGE"
  "$@"
  stage_end ""
}

stage_end() {
  local took=$((SECONDS - STAGE_BEGUN))
  STAGES+=("$(printf '%6d s  %s%s' "$took" "$STAGE" "$1")")
  say "    $STAGE: $took s"
  STAGE=
}

# The table of all stages so far.
stage_table() {
  [[ ${#STAGES[@]} -gt 0 ]] || return 0
  say ""
  say "seconds per stage"
  local line
  for line in "${STAGES[@]}"; do say "$line"; done
}

# A script that starts something says here how to end it.
clean_up() { :; }

on_exit() {
  local code=$?
  clean_up || true
  if [[ -n $STAGE ]]; then
    stage_end "  FAILED"
    stage_table
  fi
  exit "$code"
}
trap on_exit EXIT
trap 'exit 130' INT TERM

has() { command -v "$1" >/dev/null 2>&1; }

# apt_install COMMAND PACKAGE...: installs Debian packages when the command is missing.
apt_install() {
  local command=$1 log
  shift
  if has "$command"; then return; fi
  if [[ $(id -u) != 0 ]] || ! has apt-get; then
    fail "$command is missing." "Install it and run this again, for example:" "sudo apt-get install --no-install-recommends $*"
  fi
  say "installing $* (for $command)"
  log=$(mktemp)
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "$* could not be installed."
  fi
  rm -f "$log"
}

# What the build needs: Rust as pinned, Node, and a C compiler for SQLite and the cryptography.
check_tools() {
  local missing=()
  missing_rust
  missing_node
  if [[ ${#missing[@]} -gt 0 ]]; then fail "something is missing." "${missing[@]}"; fi
  apt_install cc gcc libc6-dev
}

missing_rust() {
  local wanted found
  wanted=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
  if ! has cargo; then
    missing+=("Rust: install it from https://rustup.rs, then open a new terminal and run this again.")
  elif ! found=$(cargo --version 2>/dev/null | awk '{print $2}') || [[ -z $found ]]; then
    missing+=("Rust $wanted: run 'rustup toolchain install $wanted'.")
  elif ! at_least "$wanted" "$found"; then
    missing+=("Rust $wanted: this is $found. Install rustup from https://rustup.rs, which takes the right version by itself;"
      "it may live beside Debian's own rustc.")
  fi
}

missing_node() {
  local found
  if ! has node || ! has npm; then
    missing+=("Node.js $NODE_LEAST or newer with npm: see https://nodejs.org/en/download")
  elif found=$(node --version | tr -d v) && ! at_least "$NODE_LEAST" "$found"; then
    missing+=("Node.js $NODE_LEAST or newer: this is $found. See https://nodejs.org/en/download")
  fi
}

# at_least WANTED FOUND: whether the second version is not older than the first.
at_least() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }

# One hash over the content and names of files; of nothing in dist/ or node_modules/.
hash_of() {
  find "$@" \( -name node_modules -o -name dist -o -name test-results -o -name playwright-report \) -prune \
    -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

# unless_same STAMP HASH COMMAND...: runs the command unless it ran with the same hash before.
unless_same() {
  local stamp=$1 hash=$2
  shift 2
  if [[ -f $stamp && $(cat "$stamp") == "$hash" ]]; then
    say "nothing has changed"
    return
  fi
  rm -f "$stamp"
  "$@"
  mkdir -p "$(dirname "$stamp")"
  printf '%s\n' "$hash" >"$stamp"
}

# Stamps live with the packages: removing node_modules forgets them.
WEB_STAMPS=web/node_modules/.omnisupport

web_install() {
  local hash
  hash=$(hash_of web/package-lock.json web/package.json web/*/package.json)
  unless_same "$WEB_STAMPS/install" "$hash" npm --prefix web ci --no-audit --no-fund --loglevel=error
}

web_build() {
  local hash
  hash=$(hash_of web)
  if [[ ! -f web/dashboard/dist/index.html || ! -f web/widget/dist/widget.js ]]; then rm -f "$WEB_STAMPS/build"; fi
  unless_same "$WEB_STAMPS/build" "$hash" npm --prefix web run --silent build
}

# Where cargo puts what it builds, wherever that is configured.
target_dir() {
  cargo metadata --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
}

port_is_busy() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
