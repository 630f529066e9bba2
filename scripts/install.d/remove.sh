# shellcheck shell=bash
# The command for people, and the way back to a machine without moodspeaker.

# As root, what writes into the state folder runs as the service's user: it could not read or
# write files that belong to root.
add_command() {
  local text
  text=$(command_text)
  [ "$(cat "$command" 2>/dev/null)" = "$text" ] && return
  [ ! -e "$command" ] || is_ours "$command" ||
    { say "$command is not ours and stays: use $program/bin/moodspeaker"; return; }
  install -d "$(dirname "$command")"
  printf '%s\n' "$text" >"$command.new"
  chmod 0755 "$command.new"
  mv "$command.new" "$command"
}

command_text() {
  cat <<TEXT
#!/bin/sh
# The command line of $program, made by its installer.
case \${1:-} in
  library | calibrate | run)
    [ "\$(id -u)" -ne 0 ] || exec runuser -u $user -- $program/bin/moodspeaker "\$@" ;;
esac
exec $program/bin/moodspeaker "\$@"
TEXT
}

is_ours() { grep -q "made by its installer" "$1"; }

uninstall() {
  local names=(moodspeaker.service moodspeaker-label.service moodspeaker-label.timer)
  if command -v systemctl >/dev/null; then
    if booted; then systemctl stop "${names[@]}" 2>/dev/null || true; fi
    systemctl --quiet disable "${names[@]}" 2>/dev/null || true
  fi
  rm -f -- "${names[@]/#/$units/}" "$program"
  rm -rf -- "$versions"
  if [ -e "$command" ] && is_ours "$command"; then rm -f -- "$command"; fi
  if booted; then
    systemctl daemon-reload
    systemctl reset-failed "${names[@]}" 2>/dev/null || true
  fi
  if [ "$purge" = yes ]; then
    purge_it
  else
    say "removed; $config_folder, $state and the user $user stay (--uninstall --purge removes them)"
  fi
}

purge_it() {
  rm -rf -- "$config_folder" "$state" "$state_before"
  rm -rf -- "$units/moodspeaker.service.d" "$units/moodspeaker-label.service.d"
  # What userdel says of people in the group is of no use: the group goes next.
  if getent passwd "$user" >/dev/null; then userdel "$user" 2>/dev/null; fi
  if getent group "$user" >/dev/null; then groupdel "$user"; fi
  say "removed with config, labels and user; Debian's packages stay"
}
