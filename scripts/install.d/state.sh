# shellcheck shell=bash
# The config against a new version, and copies of what the service keeps.

# A config that only the new version refuses must not end what plays.
check_config() {
  local problems
  problems=$(as_user "$new/bin/moodspeaker" check-config "$config" 2>&1 >/dev/null) && return
  if installed && [ "$(target_of "$program")" != "$new" ] &&
    as_user "$program/bin/moodspeaker" check-config "$config" >/dev/null 2>&1; then
    die "the new version refuses what the config says, the old one plays on: $problems"
  fi
  say "the service does not start before this is mended:"
  printf '%s\n' "$problems" >&2
}

# While the service runs: databases are copied by SQLite itself.
copy_state() {
  install -d -o "$user" -g "$user" -m 0750 "$state_before"
  keep_state mirror "$state" "$state_before" ||
    die "$state could not be copied to $state_before; nothing was changed"
}

put_state_back() { keep_state mirror "$state_before" "$state"; }

# An older version cannot read a database that a newer one has rewritten.
put_older_databases_back() {
  [ ! -d "$state_before" ] || keep_state older "$state_before" "$state"
}

# From standard input, as the user may not be let into the checkout.
keep_state() { as_user "$python" -I - "$@" <"$here/install.d/keep_state.py"; }
