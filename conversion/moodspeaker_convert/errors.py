"""The toolkit's branch of the error tree.

ToolkitError            a job cannot be done as asked
├── DataError           a data file is missing, damaged or lacks a field
└── VerificationFailed  a converted model is not good enough to ship
"""

from __future__ import annotations

from moodspeaker.errors import MoodspeakerError


class ToolkitError(MoodspeakerError):
    """A job cannot be done as asked."""


class DataError(ToolkitError):
    """A data file is missing, damaged, or lacks a field that the job needs."""


class VerificationFailed(ToolkitError):
    """A converted model lost too much on the way to int8."""
