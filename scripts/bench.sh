#!/usr/bin/env bash
# `make bench`: the measures of docs/performance.md, on SQLite and on a throw-away PostgreSQL.
source "$(dirname "$0")/lib.sh"

own_postgres=
clean_up() { [[ -z $own_postgres ]] || scripts/postgres.sh stop "$own_postgres"; }

check_tools
if [[ -z ${TEST_DATABASE_URL:-} ]]; then
  exports=$(scripts/postgres.sh start)
  eval "$exports"
  own_postgres=$OMNISUPPORT_POSTGRES
fi
stage "build (release)" cargo build --locked --release --package omnisupport --package omni-benches
stage "measures" cargo run --locked --quiet --release --package omni-benches -- "$@"
