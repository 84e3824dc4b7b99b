#!/bin/sh
# Lets the client libraries of others talk to the Telegram simulator: if one of them cannot, the
# simulator is wrong. And lets our own adapter talk to a server that others wrote. Installs all of it
# into a throw-away folder; without a registry the check is skipped.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
tidy() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap tidy EXIT INT TERM

skip() {
    echo "peers: SKIPPED, $1"
    exit 0
}

command -v python3 >/dev/null || skip "there is no python3"
command -v node >/dev/null || skip "there is no node"

cp "$here"/*.py "$here"/*.mjs "$here"/package.json "$here"/requirements.txt "$work"
cd "$work"
python3 -m venv venv >log 2>&1 || skip "python3 cannot make a virtual environment (python3-venv)"
venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt >log 2>&1 ||
    skip "the Python registry cannot be reached"
npm install --silent --no-audit --no-fund >log 2>&1 || skip "the npm registry cannot be reached"

(cd "$here" && cargo build --quiet --package omni-simulators --example telegram \
    --package omni-channels --example telegram_echo)
target=$(cd "$here" && cargo metadata --no-deps --format-version 1 |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
"$target/debug/examples/telegram" 127.0.0.1:0 >address &
server=$!
tries=0
until [ -s address ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 50 ] || { echo "peers: the simulator does not start" >&2; exit 1; }
    sleep 0.1
done

BASE_URL=$(sed 's:/$::' address)
TOKEN=100001:SIMULATED-bot-token-for-trying-things-out
export BASE_URL TOKEN
venv/bin/python ptb.py
venv/bin/python aiogram_peer.py
node telegraf.mjs
ECHO="$target/debug/examples/telegram_echo" node test_api.mjs
echo "peers: all agree"
