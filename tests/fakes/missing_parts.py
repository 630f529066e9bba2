"""What is to be expected of a plain speaker, by what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakes.plain_speaker import PlainSpeaker

Missing = frozenset[str]
STARTING = "starting"


def sees(missing: Missing) -> bool:
    """Whether there is something to look with."""
    return not missing & {"camera", "model"}


def plays(missing: Missing) -> bool:
    """Whether there is anything to play, and something that plays it."""
    return not missing & {"library", "mpd"}


def must_say(missing: Missing) -> set[str]:
    """The parts that must be told as a problem, as far as they can be known."""
    said = {{"broker": "mqtt"}.get(part, part) for part in missing}
    if "mpd" in missing:
        return said - {"library", "labels"}
    return said - {"labels"} if "library" in missing else said


def settled(speaker: PlainSpeaker) -> bool:
    """Whether every part has told of itself, and somebody or nobody was seen."""
    health = speaker.health
    wanted = {"camera", "model", "mqtt", "mpd"} | (
        set() if "mpd" in speaker.missing else {"labels"}
    )
    parts = {speaker.state.get("camera_health"), speaker.state.get("model_health")}
    known = wanted <= health.keys() and STARTING not in {*health.values(), *parts}
    seen = speaker.state.get("mood") == ("absent" if sees(speaker.missing) else "unsure")
    return known and seen and problems(speaker.state) == must_say(speaker.missing)


def follows(queue: list[str], missing: Missing) -> bool:
    """Whether what comes next is music of the mood, as far as that is known."""
    return len(queue) > 1 and ("labels" in missing or all(u.startswith("sad/") for u in queue[1:]))


def problems(state: dict[str, Any]) -> set[str]:
    """The parts that the state names as a problem."""
    told = state.get("problem") or ""
    return {part.split(": ")[0] for part in told.split("; ") if part}
