#!/bin/sh
# build.sh ROOT MIRROR PYTHON: a Debian trixie tree with libcamera's virtual camera and picamera2.
#
# Needs root, mmdebstrap and gcc. Pip runs outside the tree with PYTHON, so that its own
# configuration holds; nothing inside the tree ever needs a network.
set -eu
root=$1 mirror=$2 python=$3
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

mmdebstrap --variant=minbase \
  --include=python3,python3-numpy,python3-pil,python3-prctl,python3-av,python3-jsonschema \
  --include=python3-libcamera,libcamera-ipa,python3-tqdm,python3-piexif,libarchive13t64 \
  trixie "$root" "deb $mirror trixie main"

# Without their dependencies: python-prctl comes from Debian, PiDNG is replaced by a mock.
"$python" -m pip install --quiet --target "$root/opt/site" --no-deps --only-binary=:all: \
  --python-version 3.13 --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64 \
  picamera2==0.3.38 simplejpeg==1.9.0 videodev2==0.0.4 libarchive-c==5.3

gcc -shared -fPIC -O2 -Wall -o "$root/opt/dmaheap_shim.so" "$here/dmaheap_shim.c" -ldl
install -D -m 644 "$here/virtual.yaml" "$root/usr/share/libcamera/pipeline/virtual/virtual.yaml"
mkdir "$root/opt/daemon" "$root/opt/chroot" "$root/opt/frames"
