#!/bin/sh
# enter.sh ROOT CHECKOUT ASSETS PICTURES CPU CPUINFO: probes /opt/pictures inside the tree.
#
# For `unshare -m --propagation private`: every mount is gone when the last process here ends.
# The emulator is told by name, so that the kernel need not know of arm64 at all; CPU is qemu's
# name, and CPUINFO a file that says the same: with another one the kernels that are picked
# crash or count wrong.
set -eu
root=$1 checkout=$2 assets=$3 pictures=$4 cpu=$5 cpuinfo=$6

read_only() {
  mount --bind "$1" "$2"
  mount -o remount,bind,ro "$2"
}

read_only "$root" "$root"
# Through a new working directory the mount just made is seen, and not what lies below it.
cd "$root"
mount -t proc proc proc
mount --bind "$cpuinfo" proc/cpuinfo
mount --rbind /sys sys
read_only "$checkout/daemon" opt/checkout/daemon
read_only "$checkout/models" opt/checkout/models
read_only "$assets" usr/share/moodspeaker/assets
read_only "$pictures" opt/pictures
# Not by exec: as process 1 the emulator would hang where it should die of a crash.
env -i PYTHONPATH=/opt/checkout/daemon:/opt/site PYTHONDONTWRITEBYTECODE=1 \
  "$(command -v chroot)" . /opt/emulator -cpu "$cpu" \
  /usr/bin/python3.11 -m moodspeaker probe /opt/pictures --json || exit $?
