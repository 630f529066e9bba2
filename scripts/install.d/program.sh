# shellcheck shell=bash
# Each version is a virtual environment of its own, built beside the one that runs.

new=            # the version to run
draft=          # what is half built, and goes if we end here
work=           # sources and pip's temporary files: a Pi's /tmp may lie in memory
least_mb=750    # free space a version takes while it is built

trap 'leave' EXIT

leave() {
  local status=$?
  trap - EXIT
  [ -z "$work" ] || rm -rf -- "$work"
  [ -z "$draft" ] || rm -rf -- "$draft"
  if [ "$switching" = yes ]; then go_back; fi
  exit "$status"
}

build_program() {
  install -d -m 0755 "$versions"
  remove_drafts
  if take_built "$(version_here)-$(source_stamp)"; then return; fi
  check_space
  say "building $(basename "$new") (minutes)"
  draft=$new
  work=$(mktemp -d "$versions/.work.XXXXXX")
  mkdir "$work/source"
  copy_sources "$work/source"
  "$python" -m venv --system-site-packages "$new"
  with_pip "$new/bin/python" -m pip install --quiet --no-cache-dir --no-compile \
    "$work/source[library]" ||
    die "pip could not install moodspeaker (its own words are above); nothing was changed"
  "$new/bin/python" -I "$here/install.d/first_imports.py" ||
    die "the new version cannot be started (its own words are above); nothing was changed"
  "$new/bin/python" -I -m compileall -q "$new"/lib/python3*/site-packages/moodspeaker
  check_files "$new" ||
    die "a model or detector file is missing or another one than it should be; nothing was changed"
  install -d "$new/share/moodspeaker/systemd"
  cp -R "$checkout/systemd/." "$new/share/moodspeaker/systemd/"
  # Nothing counts as complete that a power cut could still take away.
  sync --file-system "$new"
  : >"$new/.complete"
  built=yes
  rm -rf -- "$work"
  draft='' work=''
}

# Sets `new`: to a version that is built and whole, or to a free place for one.
take_built() { # NAME
  local folder count=1
  for folder in "$versions/$1" "$versions/$1".*; do
    [ -e "$folder/.complete" ] || continue
    new=$folder
    if check_files "$new"; then return 0; fi
    say "$(basename "$new") is damaged and not used"
  done
  new=$versions/$1
  while [ -e "$new" ]; do
    count=$((count + 1))
    new=$versions/$1.$count
  done
  return 1
}

# Model and detectors by their hashes; a detector that is missing is fetched.
check_files() { with_pip "$1/bin/python" -I "$here/install.d/check_files.py"; } # VERSION

version_here() { sed -n 's/^version = //p' "$checkout/setup.cfg"; }

# Changes with whatever is installed from this checkout, and with Python.
source_stamp() {
  {
    "$python" -c 'import sys; print(sys.version_info[:2])'
    cd "$checkout" || exit
    sources | LC_ALL=C sort -z | xargs -0 sha256sum
  } | sha256sum | cut -c 1-10
}

sources() {
  find daemon/moodspeaker conversion/moodspeaker_convert models config systemd setup.cfg \
    pyproject.toml README.md LICENSE scripts/install scripts/install.d \
    -name __pycache__ -prune -o -type f -print0
}

# pip leaves traces in the folder that it builds from: not in a person's checkout.
copy_sources() { # FOLDER
  (cd "$checkout" && sources | tar --create --no-recursion --null --files-from=-) |
    tar --extract --directory "$1" --no-same-owner
}

# For pip, and for the files that are fetched through it: TMPDIR, and where wheels come from.
with_pip() {
  (
    export TMPDIR=${work:-/tmp} PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1
    if [ -n "$wheelhouse" ]; then
      export PIP_NO_INDEX=1 PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS
      # As an address: pip splits the variable at spaces.
      PIP_FIND_LINKS=$("$python" -c 'import pathlib, sys; print(pathlib.Path(sys.argv[1]).as_uri())' \
        "$wheelhouse")
    fi
    "$@"
  )
}

check_space() {
  local free_mb
  free_mb=$(df --output=avail -BM "$versions" | tail -n 1 | tr -dc '0-9')
  [ "$free_mb" -ge "$least_mb" ] ||
    die "$free_mb MB are free under $versions, $least_mb are needed: make room; nothing was changed"
}

# What an interrupted run left.
remove_drafts() {
  local folder
  for folder in "$versions"/*/ "$versions"/.work.*/; do
    [ -d "$folder" ] && [ ! -L "${folder%/}" ] || continue
    [ -e "$folder/.complete" ] || [ "${folder%/}" = "$(target_of "$program")" ] ||
      rm -rf -- "$folder"
  done
}

# All but the version in use and the one before.
remove_old_versions() {
  local folder
  for folder in "$versions"/*/; do
    folder=${folder%/}
    case $folder in
      "$(target_of "$program")" | "$(target_of "$previous")" | "$previous") ;;
      *) rm -rf -- "$folder" ;;
    esac
  done
}
