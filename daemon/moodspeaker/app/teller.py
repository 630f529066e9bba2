"""What follows from the speaker's state and settings, carried to the player and the broker."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from moodspeaker.app import factories
from moodspeaker.app.tuning_report import tuning_report
from moodspeaker.types import Source

if TYPE_CHECKING:
    from moodspeaker.app.live_settings import LiveSettings
    from moodspeaker.app.music_room import MusicRoom
    from moodspeaker.app.observer import Observer
    from moodspeaker.app.outlets import Outlets
    from moodspeaker.app.speaker import Speaker
    from moodspeaker.mood.neutral import PersonalNeutral
    from moodspeaker.types import Mood, SpeakerState

log = logging.getLogger(__name__)

MINUTE_S = 60.0


class Teller:
    """Owned by the event loop; all of it may be called at any time, and is cheap."""

    def __init__(
        self,
        speaker: Speaker,
        live: LiveSettings,
        music: MusicRoom,
        outlets: Outlets,
        observer: Observer,
    ) -> None:
        self._speaker = speaker
        self._live = live
        self._music = music
        self._outlets = outlets
        self._observer = observer
        self._neutral: PersonalNeutral | None = None
        self._told_mood = speaker.mood

    def state(self) -> None:
        """The speaker's state, as of now."""
        now_s = time.monotonic()
        state = self._speaker.state(now_s)
        self._music.want(self._wish(state, self._speaker.idle_s(now_s)))
        self._outlets.update(state)
        if state.mood is not self._told_mood:
            self._mood_change(self._told_mood, state.mood, state.reason)

    def event(self, kind: str, data: dict[str, object]) -> None:
        """Something happened."""
        self._outlets.event(kind, data)

    def settings(self) -> None:
        """The settings in force, to the parts that they steer."""
        config = self._live.config
        self._speaker.engine.settings = factories.mood_settings(config.mood)
        self._speaker.override_s = config.mood.override_minutes * MINUTE_S
        self._music.settings(config, calmer=self._live.calmer)
        self._report()
        self.state()

    def neutral(self, neutral: PersonalNeutral | None) -> None:
        """The personal neutral in force from now on."""
        self._neutral = neutral
        self._speaker.resting = neutral.resting if neutral else None
        self._report()

    def wrong(self, mood: str, count: int) -> None:
        """A person called this mood wrong, for the time number `count`."""
        log.info("%s was called wrong, %d times by now", mood, count)
        self.event("wrong_mood", {"mood": mood, "count": count})
        self._report()

    def _report(self) -> None:
        self._outlets.tuning(tuning_report(self._live, self._neutral))

    def _wish(self, state: SpeakerState, idle_s: float) -> Mood | None:
        """The mood to queue for, None for silence; a mood chosen by hand wins over quiet hours."""
        by_hand = state.source is Source.MANUAL
        idle = idle_s >= self._live.config.music.idle_minutes * MINUTE_S
        if idle or (self._live.silent and not by_hand):
            return None
        return self._music.dj.wish_for(state.mood, by_hand=by_hand)

    def _mood_change(self, before: Mood, after: Mood, reason: str) -> None:
        self._told_mood = after
        log.info("mood %s, was %s: %s", after, before, reason)
        self._observer.mood_changed(before, after, reason)
        self.event("mood_changed", {"mood": after.value, "before": before.value, "reason": reason})
