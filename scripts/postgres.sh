#!/usr/bin/env bash
# A throw-away PostgreSQL on a free loopback port, for tests and measures.
#
#   eval "$(scripts/postgres.sh start)"   sets TEST_DATABASE_URL (superuser) and OMNISUPPORT_POSTGRES (its folder)
#   scripts/postgres.sh crash             kills that one as a power cut would, and starts it again
#   scripts/postgres.sh stop              stops that one and removes its folder
source "$(dirname "$0")/lib.sh"

# The newest server Debian has installed, else what is in PATH.
find_bin() {
  local found
  found=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
  [[ -n $found ]] || found=$(command -v initdb || true)
  [[ -z $found ]] || dirname "$(readlink -f "$found")"
}

# PostgreSQL refuses to run as root.
as_owner() { if [[ $(id -u) == 0 ]]; then runuser -u postgres -- "$@"; else "$@"; fi; }

start() {
  local bin folder port
  bin=$(find_bin)
  if [[ -z $bin ]]; then
    apt_install initdb postgresql
    bin=$(find_bin)
  fi
  folder=$(mktemp -d "${TMPDIR:-/tmp}/omnisupport-postgres.XXXXXX")
  [[ $(id -u) != 0 ]] || chown postgres: "$folder"
  # No password: only this machine reaches it, it holds invented data, and checking one costs every connection milliseconds.
  (cd "$folder" && as_owner "$bin/initdb" --pgdata="$folder/data" --username=postgres --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log") || fail "initdb failed" "$(tail -n 3 "$folder/initdb.log")"
  # Durable as in real life (fsync stays on); room for many tests with a pool each.
  local options="-c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder -c max_connections=500 -c log_min_messages=warning"
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    port=$((20000 + RANDOM % 12000))
    if port_is_busy "$port"; then continue; fi
    if (cd "$folder" && as_owner "$bin/pg_ctl" --pgdata="$folder/data" --log="$folder/data/server.log" \
      --wait --timeout=60 --options="$options -p $port" start >/dev/null 2>&1); then
      # Through the socket, as a server on the same machine is usually reached; the port is open as well.
      printf 'export TEST_DATABASE_URL=postgres://postgres@127.0.0.1:%s/postgres?host=%s\n' "$port" "$folder"
      printf 'export OMNISUPPORT_POSTGRES=%s\n' "$folder"
      return
    fi
  done
  fail "PostgreSQL does not start" "$(tail -n 5 "$folder/data/server.log")"
}

stop() {
  local folder=${1:-${OMNISUPPORT_POSTGRES:-}}
  [[ $folder == */omnisupport-postgres.* && -d $folder ]] || fail "nothing to stop" "usage: scripts/postgres.sh stop [FOLDER]"
  local pid
  pid=$(head -n 1 "$folder/data/postmaster.pid" 2>/dev/null || true)
  if [[ -n $pid ]] && kill -INT "$pid" 2>/dev/null; then
    for _ in {1..100}; do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -0 "$pid" 2>/dev/null && kill -QUIT "$pid" && sleep 1
  fi
  rm -rf "$folder"
}

crash() {
  local folder=${1:-${OMNISUPPORT_POSTGRES:-}}
  [[ $folder == */omnisupport-postgres.* && -d $folder ]] || fail "nothing to crash" "usage: scripts/postgres.sh crash [FOLDER]"
  # Without --options, pg_ctl starts the server with those of before.
  (cd "$folder" && as_owner "$(find_bin)/pg_ctl" --pgdata="$folder/data" --log="$folder/data/server.log" \
    --mode=immediate --wait --timeout=60 restart >/dev/null)
}

case ${1:-} in
  start) start ;;
  crash) crash "${2:-}" ;;
  stop) stop "${2:-}" ;;
  *) fail "usage: scripts/postgres.sh start | crash [FOLDER] | stop [FOLDER]" ;;
esac
