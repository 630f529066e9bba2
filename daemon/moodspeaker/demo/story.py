"""What happens, line by line: for a person, or an event a line as JSON."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from moodspeaker.app.observer import Observer

if TYPE_CHECKING:
    from moodspeaker.types import Decision, Message, Mood, NowPlaying, Observation, Pick, Scores

FACE_EVERY_S = 4.0
SHOWN_PAYLOAD = 96
COLOURS = {"face": 36, "mood": 35, "queued": 34, "playing": 32, "problem": 31, "health": 33}
"""ANSI colours by event."""


class Story(Observer):
    """Prints to stdout. Faces are told when they come, go or change, and now and then."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._colour = sys.stdout.isatty() and not as_json
        self._began_s = time.monotonic()
        self._face_s = self._began_s - FACE_EVERY_S
        self._face: tuple[int, str] | None = None

    def tell(self, event: str, line: str, /, **data: object) -> None:
        """One line: `line` for a person, `data` for a program."""
        if self._as_json:
            line = json.dumps({"event": event, **data})
        else:
            label = f"{event:<10}"
            if self._colour and event in COLOURS:
                label = f"\033[{COLOURS[event]}m{label}\033[0m"
            line = f"{time.monotonic() - self._began_s:6.1f} s  {label} {line}"
        print(line, flush=True)  # noqa: T201 - the story is this command's result

    def say(self, line: str) -> None:
        """For a person only: programs find `started` first."""
        if not self._as_json:
            self.tell("demo", line)

    def observed(self, observation: Observation, decision: Decision) -> None:
        """Told when it is news."""
        scores = observation.scores
        face = (observation.faces, scores.ranked()[0].value if scores else "")
        now_s = time.monotonic()
        if face == self._face and (now_s - self._face_s < FACE_EVERY_S or not observation.faces):
            return
        self._face, self._face_s = face, now_s
        self.tell(
            "face",
            f"{face_words(observation)}; smoothed: {best(decision.scores)}",
            t=observation.time_s,
            faces=observation.faces,
            scores=scores and scores.as_dict(),
            reason=decision.reason,
        )

    def mood_changed(self, before: Mood, after: Mood, reason: str) -> None:
        """Always told."""
        self.tell(
            "mood", f"{before} -> {after}: {reason}", before=before, after=after, reason=reason
        )

    def queued(self, pick: Pick) -> None:
        """Always told."""
        uri, why = pick.track.uri, pick.why
        self.tell("queued", f"{uri} ({why})", uri=uri, mood=pick.mood, why=why)

    def playing(self, now: NowPlaying | None) -> None:
        """Always told."""
        uri = now.track.uri if now else None
        self.tell("playing", uri or "nothing", uri=uri)

    def published(self, message: Message) -> None:
        """Always told, long payloads cut."""
        text = message.payload.decode("utf-8", "replace")
        shown = text if len(text) <= SHOWN_PAYLOAD else f"{text[:SHOWN_PAYLOAD]}..."
        self.tell("published", f"{message.topic} {shown}", topic=message.topic, payload=text)

    def health(self, part: str, text: str) -> None:
        """Always told."""
        self.tell("health", f"{part}: {text}", part=part, text=text)


def face_words(observation: Observation) -> str:
    """How many faces, and the largest one's size and first emotions."""
    if not observation.readings:
        return "nobody"
    box = observation.readings[0].face.box
    count = f"{observation.faces} face" + ("s" if observation.faces > 1 else "")
    return f"{count}, {box.width:.0f} px at ({box.x:.0f}, {box.y:.0f}): {best(observation.scores)}"


def best(scores: Scores | None) -> str:
    """The three most probable emotions."""
    if scores is None:
        return "nothing"
    return ", ".join(f"{emotion} {scores[emotion]:.2f}" for emotion in scores.ranked()[:3])
