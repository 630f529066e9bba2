"""What came of a replay, for programs and in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moodspeaker.mood.replaying import Change, Outcome
    from moodspeaker.types import Mood

UNIX_TIME_FROM = 1e9
"""A log that begins later has the wall's clock, an earlier one its own."""


def as_object(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Figures and changes; the second outcome's under `against`."""
    first, *others = [
        {"changes": [change_object(change) for change in outcome.changes]} | figures(outcome)
        for outcome in outcomes
    ]
    return first | {"against": others[0]} if others else first


def figures(outcome: Outcome) -> dict[str, Any]:
    """All but the changes; None where no truth is known."""
    return {
        "changes_per_hour": rounded(outcome.changes_per_hour, 3),
        "share_right": rounded(outcome.share_right, 4),
        "share_unsure": rounded(outcome.share_unsure, 4),
        "delay_p50_s": rounded(outcome.delay_s(0.5), 2),
        "delay_p90_s": rounded(outcome.delay_s(0.9), 2),
        "time_in": {mood.value: round(s, 2) for mood, s in outcome.time_in.items()},
        "share_followed": rounded(outcome.share_followed, 4),
        "seconds": round(outcome.seconds, 2),
        "true_changes": outcome.true_changes if outcome.share_right is not None else None,
    }


def rounded(value: float | None, places: int) -> float | None:
    """None stays None."""
    return None if value is None else round(value, places)


def change_object(change: Change) -> dict[str, Any]:
    """One change by the log's own clock."""
    return {
        "t": round(change.time_s, 3),
        "before": change.before.value,
        "after": change.after.value,
        "reason": change.reason,
    }


def figure_texts(outcome: Outcome, moods: Sequence[Mood]) -> dict[str, str]:
    """Every figure by its name, as a person reads it; of a log with no truth, fewer."""
    texts = {
        "changes": str(len(outcome.changes)),
        "changes an hour": f"{outcome.changes_per_hour:.1f}",
    }
    if outcome.share_right is not None:
        texts |= {
            "true changes": str(outcome.true_changes),
            "right": percent(outcome.share_right),
            "unsure": percent(outcome.share_unsure),
            "delay, median": delay(outcome, 0.5),
            "delay, 90 %": delay(outcome, 0.9),
            "followed": percent(outcome.share_followed),
        }
    for mood in moods:
        seconds = outcome.time_in.get(mood, 0.0)
        share = percent(seconds / outcome.seconds if outcome.seconds else None)
        texts[f"time {mood}"] = f"{clock(seconds)} {share:>6}"
    return texts


def delay(outcome: Outcome, share: float) -> str:
    """What this share of the followed changes did not exceed."""
    delay_s = outcome.delay_s(share)
    return "none" if delay_s is None else f"{delay_s:.1f} s"


def percent(share: float | None) -> str:
    """None is nothing to count."""
    return "none" if share is None else f"{100 * share:.1f} %"


def clock(seconds: float) -> str:
    """h:mm:ss."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def moment(time_s: float) -> str:
    """The local date and time, nothing where the log does not have the wall's clock."""
    if time_s < UNIX_TIME_FROM:
        return ""
    return f"{datetime.fromtimestamp(time_s).astimezone():%Y-%m-%d %H:%M:%S}"
