"""What the topics carry: plain data to the bytes that go out."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.types import NowPlaying, Pick, SpeakerState

ONLINE = b"online"
OFFLINE = b"offline"
LONGEST_TEXT = 250  # Home Assistant shows a state of more than 255 characters as unknown
PLACES = 3
DIAGNOSTICS = ("fps", "latency_ms", "temperature_c", "rss_mb", "uptime_s", "coverage")


def state_payload(state: SpeakerState) -> bytes:
    """The JSON of the state topic: every key always there, null when unknown."""
    return encode(
        {
            "mood": state.mood,
            "confidence": state.confidence,
            "scores": state.scores.as_dict() if state.scores else None,
            "valence": state.valence,
            "arousal": state.arousal,
            "intensity": state.intensity,
            "faces": state.faces,
            "presence": state.presence,
            "source": state.source,
            "manual_mood": state.manual_mood or "auto",
            "override_until": timestamp(state.override_until),
            "following": on_off(state.following),
            "camera": on_off(state.camera),
            "camera_health": state.camera_health,
            "model_health": state.model_health,
            "preview": on_off(state.preview),
            "held_by": state.held_by,
            "reason": one_line(state.reason),
            "since": timestamp(state.since),
            "problem": state.problem,
            "version": state.version,
        }
    )


def track_payload(playing: NowPlaying | None) -> bytes:
    """The JSON of the track topic; all null when nothing plays."""
    track = playing.track if playing else None
    return encode(
        {
            "uri": track.uri if track else None,
            "title": (track.title or None) if track else None,
            "artist": (track.artist or None) if track else None,
            "album": (track.album or None) if track else None,
            **_choice(playing.pick if playing else None),
        }
    )


def tuning_payload(settings: Mapping[str, object]) -> bytes:
    """The live settings as they are."""
    return encode(settings)


def event_payload(event_type: str, data: Mapping[str, object]) -> bytes:
    """An event with its data."""
    return encode({**data, "event_type": event_type})


def diagnostics_payload(numbers: Mapping[str, object]) -> bytes:
    """The numbers, null for every known one that is left out."""
    return encode({**dict.fromkeys(DIAGNOSTICS), **numbers})


def result_payload(entity: str, error: str | None) -> bytes:
    """The answer to a command; `error` says why it was refused."""
    refusal = None if error is None else one_line(error)
    return encode({"entity": one_line(entity), "ok": error is None, "error": refusal})


def encode(content: Mapping[str, object]) -> bytes:
    """Compact UTF-8 JSON, floats at three places; what is no number in JSON becomes null."""
    text = json.dumps(_plain(content), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # File names that are not UTF-8 reach us with lone surrogates in them.
    return text.encode("utf-8", "replace")


def timestamp(unix_s: float | None) -> str | None:
    """Unix seconds as ISO 8601 in UTC."""
    if unix_s is None or not math.isfinite(unix_s):
        return None
    return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="seconds")


def one_line(text: str) -> str:
    """The text without line breaks, cut so that Home Assistant still shows it."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 1]}…"


def on_off(switched_on: bool) -> str:
    """What Home Assistant's switches say."""
    return "ON" if switched_on else "OFF"


def _choice(pick: Pick | None) -> dict[str, object]:
    return {
        "mood": pick.mood if pick else None,
        "valence": pick.valence if pick else None,
        "arousal": pick.arousal if pick else None,
        "why": one_line(pick.why) if pick else None,
    }


def _plain(value: object) -> object:
    if isinstance(value, float):
        # Adding 0 turns -0.0 into 0.0.
        return round(value, PLACES) + 0.0 if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
