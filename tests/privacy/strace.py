"""Starts a program under strace, which writes down whatever could carry bytes out of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from privacy.calls import read_calls

LONGEST_BYTES = 1_000_000
"""Of one string; what is longer is told as unseen."""
TRIAL_S = 60.0
CAP_SYS_PTRACE = 19
CALLS = (
    *("write", "pwrite64", "writev", "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg"),
    *("?open", "openat", "?openat2", "?creat", "mmap", "?mmap2", "execve", "?execveat"),
    *("socket", "socketpair", "connect", "bind", "listen", "?accept", "accept4"),
    *("sendfile", "splice", "vmsplice", "tee", "copy_file_range", "process_vm_writev"),
    *("?io_uring_setup", "?io_submit", "memfd_create", "?memfd_secret", "shmget", "msgsnd"),
    *("mq_open", "mq_timedsend", "add_key", "setxattr", "lsetxattr", "fsetxattr"),
)
OPTIONS = (
    *("-f", "-ff", "--seccomp-bpf", "-ttt", "-yy", "-xx", "-qq", "-s", str(LONGEST_BYTES)),
    *("-e", "signal=none", "-e", f"trace={','.join(CALLS)}"),
)


def traced(argv: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    """The command that runs `argv` and writes a file a thread into `folder`.

    The service makes itself undumpable: from then on a tracer needs a capability, which anybody
    has in a user namespace of his own, where the machine allows one.
    """
    folder.mkdir(exist_ok=True)
    own_namespace = () if may_trace_all() else ("unshare", "--user", "--map-root-user")
    return (*own_namespace, "strace", *OPTIONS, "-o", str(folder / "call"), "--", *argv)


def may_trace_all() -> bool:
    """Whether we have CAP_SYS_PTRACE already."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    words = dict(line.split(":", 1) for line in status.splitlines())
    return bool(int(words["CapEff"], 16) >> CAP_SYS_PTRACE & 1)


def skip_without_strace(folder: Path) -> None:
    """Skips, and says why, where what an undumpable process writes cannot be seen."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (apt install strace)")
    code = (
        "from moodspeaker.runtime.core_dumps import forbid_core_dumps as f; f(); print('he' 'llo')"
    )
    argv = traced((sys.executable, "-c", code), folder / "trial")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    try:
        trial = subprocess.run(
            argv, check=False, capture_output=True, text=True, timeout=TRIAL_S, env=environment
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"strace does not run here: {error}")
    if trial.returncode:
        pytest.skip(f"strace may not trace here: {trial.stderr.strip()[-300:]}")
    if not any(b"hello" in call.data for call in read_calls(folder / "trial")):
        pytest.skip("strace may not read here what an undumpable process writes (CAP_SYS_PTRACE)")


def traced_pid(tracer: int) -> int:
    """The program that a tracer started. Raises IndexError once it has ended."""
    children = Path(f"/proc/{tracer}/task/{tracer}/children").read_text(encoding="ascii")
    return int(children.split()[0])
