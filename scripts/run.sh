#!/usr/bin/env bash
# `make run`: from a clean checkout to a running demo, and again in seconds.
source "$(dirname "$0")/lib.sh"

PORT=${PORT:-8000}
export DATA_DIR=${DATA_DIR:-./data}

# A release build that is already there is used and kept up to date; otherwise the profile that builds quickly.
profile_for() { if [[ -x $1/release/omnisupport ]]; then echo release; else echo quick; fi; }

check_port() {
  if ! [[ $PORT =~ ^[1-9][0-9]{0,4}$ ]] || ((PORT > 65535)); then fail "PORT=$PORT is not a port."; fi
  if port_is_busy "$PORT"; then
    fail "port $PORT on 127.0.0.1 is in use." \
      "If that is an earlier 'make run', stop it with Ctrl-C in its terminal." \
      "Otherwise pick another port: make run PORT=$((PORT + 1))"
  fi
}

check_tools
check_port
target=$(target_dir)
profile=$(profile_for "$target")

stage "web packages" web_install
stage "web pages" web_build
stage "server ($profile)" cargo build --locked --profile "$profile" --package omnisupport
stage_table

# Again, since the build may have taken minutes.
check_port
say ""
say "starting on http://127.0.0.1:$PORT with its data in $DATA_DIR (Ctrl-C stops it, make reset forgets the data)"
export HTTP_ADDR="127.0.0.1:$PORT"
exec "$target/$profile/omnisupport" serve --demo
