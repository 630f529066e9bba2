# shellcheck shell=bash
# Where everything lies, and how the installer speaks. The unit files name the same places.

program=/opt/moodspeaker                # a link to the version in use
versions=/opt/moodspeaker.d             # a virtual environment a version; none can be moved
previous=$versions/previous             # a link to the version before
config_folder=/etc/moodspeaker
config=$config_folder/moodspeaker.yaml
state=/var/lib/moodspeaker
state_before=/var/lib/moodspeaker.before
units=/etc/systemd/system
command=/usr/local/bin/moodspeaker
user=moodspeaker
python=${PYTHON:-/usr/bin/python3}
mpd_conf=/etc/mpd.conf
os_release=/etc/os-release
lock=/run/lock/moodspeaker-install

say() { printf 'install: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

installed() { [ -x "$program/bin/moodspeaker" ]; }

# The real folder that a link names, nothing where it names none.
target_of() { readlink -e -- "$1" || true; }

# A link that is switched in one step: there is never a moment without it.
point() { # LINK TARGET
  ln -sfn -- "$2" "$1.new" && mv -T -- "$1.new" "$1"
}

only_one() {
  mkdir -p "$(dirname "$lock")"
  exec 9>"$lock"
  flock -n 9 || die "another scripts/install is at work: wait for it"
}
