# shellcheck shell=bash
# What the machine must be.

check_processor() {
  local name bits
  name=$(dpkg --print-architecture 2>/dev/null || uname -m)
  bits=$(getconf LONG_BIT)
  case $bits:$name in
    64:arm64 | 64:amd64 | 64:aarch64 | 64:x86_64) ;;
    32:* | *:armhf | *:armel | *:i386 | *:armv*)
      die "this is a 32-bit system ($name), for which there is no model runtime:" \
        "install the 64-bit Raspberry Pi OS (Bookworm or Trixie)" ;;
    *) say "$name has not been tried: going on" ;;
  esac
}

check_release() {
  local id='' version='' name=''
  if [ -r "$os_release" ]; then
    id=$(release_field ID)
    version=$(release_field VERSION_ID)
    name=$(release_field PRETTY_NAME)
  fi
  case $id:$version in
    debian:12 | debian:13 | raspbian:12 | raspbian:13) ;;
    debian:[0-9] | debian:1[01] | raspbian:[0-9] | raspbian:1[01])
      die "${name:-this system} is too old: install Raspberry Pi OS Bookworm or Trixie, 64-bit" ;;
    *) say "${name:-this system} has not been tried, Debian 12 and 13 have: going on" ;;
  esac
}

release_field() { sed -n "s/^$1=//p" "$os_release" | tr -d '"'; }

check_root() {
  [ "$(id -u)" -eq 0 ] || die "this needs root: sudo scripts/install"
}

check_python() {
  local found
  found=$("$python" --version 2>/dev/null) ||
    die "there is no $python: install the package python3"
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    die "$found is too old: Python 3.11 or newer is needed (Debian 12 has it)"
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    die "$python cannot make environments: apt-get install python3-venv"
}
