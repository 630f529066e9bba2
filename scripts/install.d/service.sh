# shellcheck shell=bash
# Units, the switch from one version to another, and back.

switching=no   # yes: between stopping one version and seeing the other run
old=           # what ran before
older=         # what was kept before that
copied=no      # whether the state was copied in this run
built=no       # whether `new` was built in this run
settle_s=5     # how long a version must stay up

put_into_service() {
  old=$(target_of "$program")
  if [ -z "$old" ]; then
    begin
  elif [ "$old" = "$new" ]; then
    say "$(basename "$new") is the version in use"
    lay_units "$new"
  else
    copy_state
    copied=yes
    switch
  fi
}

begin() {
  lay_units "$new"
  enable
  point "$program" "$new"
  if ! booted; then
    say "systemd does not run here: the service starts at the next boot"
  elif starts; then
    say "the service runs"
  else
    tell_last_words
    die "the service does not run: mend what it says, then systemctl restart moodspeaker"
  fi
}

# From the version in use to `new`; `leave` goes back wherever this ends before its end.
switch() {
  local was
  was=$(activity)
  older=$(target_of "$previous")
  say "from $(basename "$old") to $(basename "$new")"
  [ "$was" != active ] || switching=yes
  stop
  [ "$action" != roll-back ] || put_older_databases_back
  lay_units "$new"
  point "$previous" "$old"
  point "$program" "$new"
  case $was in
    active) starts || exit 1; say "$(basename "$new") runs" ;;
    inactive | unknown) say "the service did not run, and is left so" ;;
    *) starts || { tell_last_words; die "neither version runs: mend what it says"; }
      say "$(basename "$new") runs" ;;
  esac
  switching=no
}

go_back() {
  switching=no
  tell_last_words
  say "$(basename "$new") does not run here: going back to $(basename "$old")"
  stop || true
  point "$program" "$old"
  if [ -n "$older" ]; then point "$previous" "$older"; else rm -f -- "$previous"; fi
  lay_units "$old"
  if [ "$copied" = yes ]; then put_state_back || say "$state may be newer than the version"; fi
  if [ "$built" = yes ]; then rm -rf -- "$new"; fi
  if starts; then
    say "$(basename "$old") runs again"
  else
    say "$(basename "$old") does not run either: systemctl status moodspeaker"
  fi
}

roll_back() {
  new=$(target_of "$previous")
  old=$(target_of "$program")
  [ -n "$new" ] && [ -n "$old" ] || die "there is no version before this one"
  switch
}

lay_units() { # VERSION
  local unit changed=no
  for unit in moodspeaker.service moodspeaker-label.service moodspeaker-label.timer; do
    if ! cmp --quiet "$1/share/moodspeaker/systemd/$unit" "$units/$unit"; then
      install -D -m 0644 "$1/share/moodspeaker/systemd/$unit" "$units/$unit.new"
      mv "$units/$unit.new" "$units/$unit"
      changed=yes
    fi
  done
  if [ "$changed" = yes ] && booted; then systemctl daemon-reload; fi
}

enable() {
  command -v systemctl >/dev/null || { say "there is no systemctl: nothing starts at boot"; return; }
  systemctl --quiet enable moodspeaker.service moodspeaker-label.timer
  if booted; then systemctl start moodspeaker-label.timer; fi
  enable_mpd
}

# Debian's package leaves it off: there would be no music after a boot.
enable_mpd() {
  [ -n "$(systemctl list-unit-files --no-legend mpd.service 2>/dev/null)" ] || return 0
  systemctl --quiet is-enabled mpd.service 2>/dev/null || systemctl --quiet enable mpd.service ||
    { say "mpd.service cannot be enabled: is it masked on purpose?"; return 0; }
  ! booted || systemctl start mpd.service || say "MPD does not run: systemctl status mpd"
}

# systemctl start comes back when the service has said that it is ready.
starts() {
  local restarts
  booted || return 0
  systemctl reset-failed moodspeaker.service 2>/dev/null || true
  systemctl start moodspeaker.service 2>/dev/null || return 1
  restarts=$(shown NRestarts)
  sleep "$settle_s"
  [ "$(activity)" = active ] && [ "$(shown NRestarts)" = "$restarts" ]
}

stop() { ! booted || systemctl stop moodspeaker.service; }

booted() { [ -d /run/systemd/system ] && command -v systemctl >/dev/null; }

activity() {
  if booted; then systemctl is-active moodspeaker.service || true; else echo unknown; fi
}

shown() { systemctl show --property "$1" --value moodspeaker.service; }

tell_last_words() {
  booted || return 0
  journalctl --unit moodspeaker --lines 8 --no-pager --output cat >&2 || true
}

# As the user that the service has, so that its rights are what is examined.
examine() {
  booted || return 0
  say "moodspeaker doctor says:"
  as_user timeout 120 "$program/bin/moodspeaker" doctor --config "$config" >&2 ||
    say "mend what is wrong above at leisure; sudo moodspeaker doctor looks again"
}
