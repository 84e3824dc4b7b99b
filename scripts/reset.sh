#!/usr/bin/env bash
# `make reset`: forgets the demo's data.
source "$(dirname "$0")/lib.sh"

data=${DATA_DIR:-./data}
[[ -d $data ]] || { say "there is nothing in $data"; exit 0; }
[[ -f $data/omnisupport.db || -f $data/jwt_secret_key ]] || fail "$data does not look like a data folder of OmniSupport."

# A running server holds this lock.
if [[ -f $data/omnisupport.db.lock ]] && ! flock --nonblock "$data/omnisupport.db.lock" true; then
  fail "a server is running on $data." "Stop it first (Ctrl-C in its terminal)."
fi
if [[ ${YES:-} != 1 ]]; then
  read -r -p "Remove $data with its database, files and keys? [y/N] " answer
  [[ $answer == [yY]* ]] || { say "kept"; exit 0; }
fi
rm -rf "$data"
say "removed $data"
