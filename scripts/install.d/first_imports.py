"""Imports what the service and the labelling use, once, as root.

So their compiled files are written, which the service itself may not do; compiling all that is
installed would take a small Pi minutes. And a version that cannot be imported is found before it
is switched to.
"""

from __future__ import annotations

import importlib

USED = (
    "moodspeaker.app.service",
    "moodspeaker.cli.ctl",
    "moodspeaker.cli.doctor",
    "moodspeaker.cli.library_label",
    "moodspeaker.cli.run",
    "moodspeaker.library.analysis_child",
    "ai_edge_litert.interpreter",
    "cv2",
    "mutagen",
    "scipy.fft",
    "soundfile",
    "soxr",
)


def main() -> None:
    for name in USED:
        importlib.import_module(name)


if __name__ == "__main__":
    main()
