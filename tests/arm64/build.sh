#!/bin/sh
# build.sh ROOT MIRROR PYTHON REQUIREMENT...: an arm64 bookworm tree with what the service needs.
#
# Needs root and mmdebstrap. Packages are unpacked and not configured, and pip runs outside the
# tree with PYTHON, so that nothing of arm64 runs here. The emulator lies in the tree too: nothing
# is installed, and no entry for it is made in the kernel.
set -eu
root=$1 mirror=$2 python=$3
shift 3

# In an unpacked tree nothing pulls these libraries in, and cv2 and LiteRT want them.
mmdebstrap --quiet --variant=extract --architectures=arm64 \
  --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
  --include=python3,ca-certificates,libstdc++6,libgcc-s1 \
  bookworm "$root" "deb $mirror bookworm main"
mmdebstrap --quiet --variant=extract --include=qemu-user-static \
  bookworm "$root.emulator" "deb $mirror bookworm main"
mkdir -p "$root/opt/checkout/daemon" "$root/opt/checkout/models" "$root/opt/pictures" \
  "$root/usr/share/moodspeaker/assets" "$root/proc" "$root/sys"
cp "$root.emulator/usr/bin/qemu-aarch64-static" "$root/opt/emulator"
rm -rf "$root.emulator"

"$python" -m pip install --quiet --disable-pip-version-check --target "$root/opt/site" \
  --only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 \
  --platform manylinux_2_36_aarch64 --platform manylinux_2_34_aarch64 \
  --platform manylinux_2_28_aarch64 --platform manylinux_2_27_aarch64 \
  --platform manylinux_2_17_aarch64 --platform manylinux2014_aarch64 "$@"
