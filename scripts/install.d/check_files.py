"""Fetches the face detectors, and checks model and detectors by their pinned hashes.

Run by the interpreter of a freshly built version. Exit status 1, and one line, where it fails.
"""

from __future__ import annotations

import sys

from moodspeaker.errors import MoodspeakerError
from moodspeaker.runtime.assets import DETECTORS, fetch, model_folder
from moodspeaker.vision.manifest import load_manifest


def main() -> int:
    try:
        load_manifest(model_folder() / "emotion.tflite")
        for asset in DETECTORS:
            fetch(asset)
    except MoodspeakerError as error:
        print(f"install: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
