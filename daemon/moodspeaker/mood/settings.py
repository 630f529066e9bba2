"""The numbers that steer the mood engine. Their defaults live in the config schema alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MoodSettings:
    """See the section `mood` of the YAML file for each one's meaning."""

    enter_threshold: float
    leave_threshold: float
    margin: float
    hold_s: float
    dwell_s: float
    smoothing_s: float
    absence_s: float
    changes_per_hour: int
