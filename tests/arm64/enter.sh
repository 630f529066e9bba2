#!/bin/sh
# enter.sh ROOT CHECKOUT ASSETS WORK CPU CPUINFO ARGUMENT...: moodspeaker with these arguments,
# inside the tree, where WORK is /tmp.
#
# For `unshare -m --propagation private`: every mount is gone when the last process here ends.
# The emulator is told by name, so that the kernel need not know of arm64 at all; CPU is qemu's
# name, and CPUINFO a file that says the same: with another one the kernels that are picked
# crash or count wrong. The network is the caller's.
set -eu
root=$1 checkout=$2 assets=$3 work=$4 cpu=$5 cpuinfo=$6
shift 6

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
mount --bind "$work" tmp
# Not by exec: as process 1 the emulator would hang where it should die of a crash.
env -i PYTHONPATH=/opt/checkout/daemon:/opt/site PYTHONDONTWRITEBYTECODE=1 \
  MOODSPEAKER_STATE_DIR=/tmp/state MOODSPEAKER_CONTROL=/tmp/state/control.sock \
  NOTIFY_SOCKET=/tmp/notify \
  "$(command -v chroot)" . /opt/emulator -cpu "$cpu" \
  /usr/bin/python3.11 -m moodspeaker "$@" || exit $?
