"""A script: `legacy_export.py FILE FOLDER` makes a SavedModel of a Keras 2 file, by tf-keras.

It runs in a process of its own and must not import the toolkit.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys

NOT_INSTALLED = 4


def main(source: str, folder: str) -> int:
    """The exit status; errors end in a traceback, whose last line tells."""
    if importlib.util.find_spec("tf_keras") is None:
        return NOT_INSTALLED
    tf_keras = importlib.import_module("tf_keras")
    tf_keras.models.load_model(source, compile=False).export(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
