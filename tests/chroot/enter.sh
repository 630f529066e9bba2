#!/bin/sh
# enter.sh ROOT DAEMON FRAMES CHECK: runs one check of camera_checks.py inside the tree.
#
# For `unshare -m --propagation private`: every mount is gone when the last process here ends.
# Every step execs, so that the process that was started is the Python that runs the check.
set -eu
root=$1 daemon=$2 frames=$3 check=$4
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

read_only() {
  mount --bind "$1" "$2"
  mount -o remount,bind,ro "$2"
}

read_only "$root" "$root"
# Through a new working directory the mount just made is seen, and not what lies below it.
cd "$root"
mount -t proc proc proc
read_only "$daemon" opt/daemon
read_only "$here" opt/chroot
read_only "$frames" opt/frames
exec chroot . /usr/bin/env -i \
  LD_PRELOAD=/opt/dmaheap_shim.so PYTHONPATH=/opt/daemon:/opt/chroot:/opt/site \
  PYTHONDONTWRITEBYTECODE=1 LIBCAMERA_LOG_LEVELS='*:ERROR' \
  python3 /opt/chroot/camera_checks.py "$check"
