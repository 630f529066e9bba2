"""When a new state is worth a message: at once, in a while, or not at all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.types import SpeakerState

PERIOD_S = 10.0
STEP = 0.05
ROUNDING = 1e-9
AT_ONCE = -math.inf


@dataclass(frozen=True, slots=True)
class Published:
    """The state that went out last, and when (monotonic seconds)."""

    state: SpeakerState
    at_s: float


def due_s(last: Published | None, state: SpeakerState) -> float | None:
    """The monotonic time at which `state` is to be published; None when nothing calls for it.

    Decisions and switches go out at once, numbers every `PERIOD_S` and only if one of them
    moved by `STEP` since the last publication; the reason alone calls for nothing.
    """
    if last is None or _decisions(state) != _decisions(last.state):
        return AT_ONCE
    before, after = _numbers(last.state), _numbers(state)
    if any(_moved(old, new) for old, new in zip(before, after, strict=True)):
        return last.at_s + PERIOD_S
    return None


def _decisions(state: SpeakerState) -> tuple[object, ...]:
    return (
        state.mood,
        state.source,
        state.manual_mood,
        state.override_until,
        state.presence,
        state.following,
        state.camera,
        state.preview,
        state.held_by,
        state.problem,
        state.camera_health,
        state.model_health,
        state.version,
    )


def _numbers(state: SpeakerState) -> tuple[float | None, ...]:
    scores = state.scores.values if state.scores else (None,) * 7
    return (
        state.confidence,
        state.valence,
        state.arousal,
        state.intensity,
        state.faces,
        state.since,
        *scores,
    )


def _moved(old: float | None, new: float | None) -> bool:
    old_known, new_known = _known(old), _known(new)
    if old_known is None or new_known is None:
        return old_known is not new_known
    return abs(new_known - old_known) >= STEP - ROUNDING


def _known(number: float | None) -> float | None:
    return None if number is None or not math.isfinite(number) else number
