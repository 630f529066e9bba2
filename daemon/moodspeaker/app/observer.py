"""Who watches the service at work: nobody, unless somebody asks (the demo does)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.types import Decision, Message, Mood, NowPlaying, Observation, Pick


class Observer:
    """Does nothing; a watcher overrides what it wants to see. Called on the event loop."""

    def observed(self, observation: Observation, decision: Decision) -> None:
        """A frame was looked at."""

    def mood_changed(self, before: Mood, after: Mood, reason: str) -> None:
        """The mood in force is another one."""

    def queued(self, pick: Pick) -> None:
        """A track was put into the player's queue."""

    def playing(self, now: NowPlaying | None) -> None:
        """The player plays something else."""

    def published(self, message: Message) -> None:
        """A message went to the broker."""

    def health(self, part: str, text: str) -> None:
        """A part is `ok`, or what is wrong with it."""
