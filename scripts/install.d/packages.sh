# shellcheck shell=bash
# Debian's packages: asked for only where one is missing.

install_packages() {
  command -v apt-get >/dev/null || die "there is no apt-get: install mpd and ffmpeg, then --no-apt"
  local wanted=(python3-venv mpd mpc ffmpeg) missing=() name
  if wants_own_broker; then wanted+=(mosquitto); fi
  for name in "${wanted[@]}"; do
    has_package "$name" || missing+=("$name")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    apt_get update || say "apt's lists could not be brought up to date: going on with those there are"
    say "installing ${missing[*]} (minutes)"
    apt_get install "${missing[@]}" ||
      die "apt-get could not install ${missing[*]}: install them by hand, then run this again"
  fi
  install_picamera2
}

# Asked for, or the first time: whoever has a config has chosen.
wants_own_broker() {
  [ "$broker" = local ] || { [ -z "$broker" ] && [ ! -e "$config" ]; }
}

# It is in Raspberry Pi's archive alone.
install_picamera2() {
  has_package python3-picamera2 && return
  if apt-cache show python3-picamera2 >/dev/null 2>&1; then
    say "installing python3-picamera2 (minutes)"
    apt_get install python3-picamera2 ||
      die "apt-get could not install python3-picamera2: install it by hand, then run this again"
  else
    say "apt has no python3-picamera2 here: USB cameras and files work, a Pi camera does not"
  fi
}

has_package() {
  [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# What dpkg says goes to /var/log/apt/term.log; errors come here too.
apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
    -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@" </dev/null >/dev/null
}
