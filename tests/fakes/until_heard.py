"""Runs a command until it has said something, and a moment longer: until_heard.py SIGNAL COMMAND.

What it says is passed on, and its status is ours. A fixed time would end it before it has begun
on a slow machine.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

MOMENT_S = 3.0


def main(name: str, *argv: str) -> int:
    """The status of the command."""
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout
        said = os.read(process.stdout.fileno(), 65536)
        time.sleep(MOMENT_S)
        process.send_signal(signal.Signals[f"SIG{name}"])
        sys.stdout.buffer.write(said + process.stdout.read())
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
