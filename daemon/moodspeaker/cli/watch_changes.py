"""What changed from one message to the next, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.cli.watch_view import plain, song

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodspeaker.cli.watch_view import Sight

TELLING = ("mood", "source", "held_by", "problem", "following", "camera", "camera_health")
"""The keys of the state whose change is worth a line."""


def change(before: Sight, topic: str, now: Mapping[str, object]) -> str:
    """Empty where nothing worth a line has changed."""
    if topic == "state":
        return state_change(before.state, now)
    if topic == "track":
        return track_change(before.track, now)
    return tuning_change(before.tuning, now) if topic == "tuning" else ""


def state_change(before: Mapping[str, object], now: Mapping[str, object]) -> str:
    """The mood with its reason, and whatever else is another one."""
    changed = [key for key in TELLING if before.get(key) != now.get(key)]
    if not changed:
        return ""
    parts = [f"mood {now.get('mood')} ({now.get('source')}): {now.get('reason')}"]
    names = [key for key in changed if key not in ("mood", "source")]
    parts += [f"{name} {now.get(name)}" for name in names if before or now.get(name) is not None]
    return plain("; ".join(parts))


def track_change(before: Mapping[str, object], now: Mapping[str, object]) -> str:
    """The song, and why it was chosen."""
    if before.get("uri") == now.get("uri") and before.get("why") == now.get("why"):
        return ""
    why = now.get("why")
    return plain(f"track {song(now) or 'none'}" + (f": {why}" if why else ""))


def tuning_change(before: Mapping[str, object], now: Mapping[str, object]) -> str:
    """The settings that are others; nothing at the start, when all of them are."""
    if not before:
        return ""
    changed = [f"{key} {now[key]}" for key in now if before.get(key) != now[key]]
    return plain(f"tuning {', '.join(changed)}") if changed else ""
