# shellcheck shell=bash
# The user, the config, the state folder, and what the user may read.

make_user() {
  if ! getent passwd "$user" >/dev/null; then
    say "making the user $user"
    useradd --system --user-group --home-dir "$state" --no-create-home \
      --shell /usr/sbin/nologin "$user"
  fi
  local group
  for group in video audio; do
    in_group "$user" "$group" || usermod --append --groups "$group" "$user"
  done
  # Whoever installs it may command it without sudo, from the next login on.
  local person=${SUDO_USER:-root}
  if [ "$person" != root ] && getent passwd "$person" >/dev/null && ! in_group "$person" "$user"; then
    usermod --append --groups "$user" "$person"
    say "$person is in the group $user now: log in again, and moodspeaker ctl needs no sudo"
  fi
}

in_group() { id -nG "$1" 2>/dev/null | tr ' ' '\n' | grep -qxF "$2"; }

# A user's config is never written over; only the service's right to read it is mended.
make_config() {
  install -d -o root -g "$user" -m 0750 "$config_folder"
  if [ ! -e "$config" ]; then
    say "writing a first $config"
    first_config >"$config.new"
    chown "root:$user" "$config.new"
    chmod 0640 "$config.new"
    mv "$config.new" "$config"
    return
  fi
  [ -z "$broker" ] || say "$config stays as it is: --broker is for the first one, set mqtt.host there"
  if ! as_user test -r "$config"; then
    chgrp "$user" "$config"
    chmod g+r "$config"
  fi
}

first_config() {
  printf '%s\n' "# What differs from the defaults. Every key with its meaning:" \
    "#   $program/share/moodspeaker/config/moodspeaker.yaml" \
    "# After a change: moodspeaker check-config, then sudo systemctl reload moodspeaker" \
    "device:" "  name: Moodspeaker"
  case $broker in
    '' | local) ;;
    none) printf '%s\n' "mqtt:" "  enabled: false" ;;
    *) printf '%s\n' "mqtt:" "  host: '$broker'" ;;
  esac
  local music
  music=$(music_of_mpd)
  if [ -n "$music" ] && [ "$music" != /var/lib/mpd/music ]; then
    printf '%s\n' "library:" "  music_dir: '${music//\'/\'\'}'"
  fi
  if ! "$new/bin/python" -c 'import picamera2' 2>/dev/null; then
    printf '%s\n' "# There was no picamera2 when this was installed: a USB camera." \
      "camera:" "  kind: v4l2"
  fi
}

# MPD's music folder, where its config names one that is a folder of this machine.
music_of_mpd() {
  [ -r "$mpd_conf" ] || return 0
  sed -nE 's#^[[:space:]]*music_directory[[:space:]]+"(/[^"]*)".*#\1#p' "$mpd_conf" | tail -n 1
}

make_state_folder() {
  install -d -o "$user" -g "$user" -m 0750 "$state"
  # A command that was run as root leaves files that the service cannot write.
  find "$state" ! -user "$user" -exec chown -h "$user:$user" {} +
}

check_music_rights() {
  local music
  music=$(music_of_mpd)
  [ -d "$music" ] || return 0
  as_user test -r "$music" -a -x "$music" ||
    say "$user cannot read $music: sudo setfacl -R -m u:$user:rX '$music', or chmod o+rX" \
      "along its path"
}

as_user() { runuser -u "$user" -- "$@"; }
