# Shared by the scripts beside it: source it, do not run it.
# shellcheck shell=bash

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

NODE_LEAST=20
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
  local command=$1
  shift
  if has "$command"; then return; fi
  if [[ $(id -u) != 0 ]] || ! has apt-get; then
    fail "$command is missing." "Install it and run this again, for example:" "sudo apt-get install --no-install-recommends $*"
  fi
  say "installing $* (for $command)"
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# What the build needs: a C compiler (for SQLite and the cryptography), Rust as pinned, Node.
check_tools() {
  apt_install cc build-essential
  local channel
  channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
  has cargo || fail "Rust is missing." "Install it from https://rustup.rs, then open a new terminal and run this again."
  if ! cargo --version >/dev/null 2>&1; then
    fail "Rust $channel is not installed." "Run: rustup toolchain install $channel"
  fi
  local found
  found=$(cargo --version | awk '{print $2}')
  if [[ $(printf '%s\n%s\n' "$channel" "$found" | sort -V | head -n 1) != "$channel" ]]; then
    fail "Rust $found is too old, $channel is needed." \
      "Install rustup from https://rustup.rs: it takes the right version by itself." \
      "(Debian's own rustc package is older; rustup may live beside it.)"
  fi
  if ! has node || ! has npm; then
    fail "Node.js is missing." "Install version $NODE_LEAST or newer with npm: https://nodejs.org/en/download"
  fi
  found=$(node --version | tr -d v)
  if ((${found%%.*} < NODE_LEAST)); then
    fail "Node.js $found is too old, $NODE_LEAST or newer is needed." "See https://nodejs.org/en/download"
  fi
}

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
