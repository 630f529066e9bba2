"""Cameras, face detectors, preprocessing and the emotion model; one thread owns them all."""

from __future__ import annotations

import os

# OpenCV and its ffmpeg print to stderr on their own. Our errors say the same in one line; both
# are read when the library loads, which is after this.
os.environ.setdefault("OPENCV_LOG_LEVEL", "FATAL")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
