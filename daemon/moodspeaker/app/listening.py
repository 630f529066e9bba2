"""What was played and what listeners thought of it: weighed by the DJ, kept in the store."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError
from moodspeaker.library.records import Feedback, Liking, QueuedTrack
from moodspeaker.music.choice import artist_key
from moodspeaker.music.history import History, Played
from moodspeaker.music.taste import Opinion, Reaction, Taste

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.app.dj import Dj
    from moodspeaker.library.notebook import Notebook, Notes
    from moodspeaker.player.events import Ended
    from moodspeaker.types import Emotion, NowPlaying, Pick

log = logging.getLogger(__name__)

PLAYED, SKIPPED, STOPPED, DROPPED = "played", "skipped", "stopped", "dropped"
SKIP_S = 30.0
"""Who skips later than this has listened."""
MOST_UNDONE = 20
MOST_QUEUED = 50


class NothingToJudge(MoodspeakerError):
    """No track plays, or there is no mood that it could be good or bad for."""


class Listening:
    """Owned by the event loop. `wall` is Unix time, seconds."""

    def __init__(self, dj: Dj, notebook: Notebook, wall: Callable[[], float] = time.time) -> None:
        self._dj = dj
        self._notebook = notebook
        self._wall = wall
        self._now: NowPlaying | None = None
        self._queued: dict[Pick, QueuedTrack] = {}
        self._said: deque[Feedback] = deque(maxlen=MOST_UNDONE)

    @property
    def ours(self) -> bool:
        """Whether a track that we chose plays."""
        return self._now is not None and self._now.pick is not None

    async def load(self) -> None:
        """What is kept from before, and what `moodspeaker library` has changed since."""
        notes = await self._notebook.load(self._wall())
        # What could not be written is known here alone.
        if not self._notebook.keeping or not notes or not (notes.history or notes.feedback):
            return
        # In a thread: three months are too much for the loop.
        self._dj.history, self._dj.taste = await asyncio.to_thread(weighed, notes)

    def queued(self, pick: Pick) -> None:
        """Our track is in the queue."""
        noted = QueuedTrack(pick.track.uri, artist_key(pick.track), self._wall(), pick.mood.value)
        self._queued[pick] = noted
        while len(self._queued) > MOST_QUEUED:
            del self._queued[next(iter(self._queued))]
        self._notebook.queued(noted)

    def playing(self, now: NowPlaying | None) -> None:
        """Another track plays; None for none."""
        self._now = now

    def dropped(self, pick: Pick) -> None:
        """Our track left the queue unheard: it may come again as if nothing had been."""
        self._dj.history.drop(pick.track.uri)
        noted = self._queued.pop(pick, None)
        if noted:
            self._notebook.ended(noted, DROPPED)

    def ended(self, ended: Ended) -> None:
        """Our track came to its end, or a person skipped it."""
        noted = self._queued.pop(ended.pick, None)
        result = outcome(ended)
        if noted:
            self._notebook.ended(noted, result)
        uri, mood = ended.pick.track.uri, ended.pick.mood.value
        if result == SKIPPED:
            self._note(Feedback(uri, mood, Liking.SKIP, 1.0, self._wall()))
            log.info("skipped after %.0f s: %s is less likely for %s", ended.heard_s, uri, mood)
        elif result == PLAYED and not ended.skipped:
            self._dj.taste.add(Opinion(uri, mood, Reaction.PLAYED, 1.0, self._wall()))

    def judge(self, kind: Liking, emotion: Emotion | None) -> Feedback:
        """A person's word on the track that plays, for the mood it was queued for.

        `emotion` is the mood for a track that is not ours. Raises NothingToJudge.
        """
        if self._now is None:
            raise NothingToJudge("nothing plays that could be judged")
        pick = self._now.pick
        mood = pick.mood.value if pick else emotion and emotion.value
        if mood is None:
            raise NothingToJudge("there is no mood now that this track could be for")
        said = Feedback(self._now.track.uri, mood, kind, 1.0, self._wall())
        self._note(said)
        self._said.append(said)
        log.info("%s: %s for %s", said.kind, said.uri, said.mood)
        return said

    def undo(self) -> Feedback:
        """Takes back the last word since the service began. Raises NothingToJudge."""
        if not self._said:
            raise NothingToJudge("nothing was said since the start", "`moodspeaker library undo`")
        said = self._said.pop()
        self._dj.taste.remove(opinion_of(said))
        self._notebook.unsaid(said)
        log.info("taken back: %s of %s for %s", said.kind, said.uri, said.mood)
        return said

    def _note(self, said: Feedback) -> None:
        self._dj.taste.add(opinion_of(said))
        self._notebook.said(said)


def outcome(ended: Ended) -> str:
    """What is noted of it; a stop in the first seconds says nothing of the track."""
    if ended.heard_s >= SKIP_S:
        return PLAYED
    return SKIPPED if ended.skipped else STOPPED


def weighed(notes: Notes) -> tuple[History, Taste]:
    """The same for the DJ."""
    return history_of(notes), taste_of(notes)


def history_of(notes: Notes) -> History:
    """What was queued, as the DJ remembers it."""
    heard = (one for one in notes.history if one.outcome != DROPPED)
    return History(Played(one.uri, one.artist, one.queued_at) for one in heard)


def taste_of(notes: Notes) -> Taste:
    """What was said and not taken back, and what was heard to its end."""
    heard = (
        Opinion(one.uri, one.mood, Reaction.PLAYED, 1.0, one.queued_at)
        for one in notes.history
        if one.outcome == PLAYED
    )
    return Taste((*map(opinion_of, (said for said in notes.feedback if not said.undone)), *heard))


def opinion_of(said: Feedback) -> Opinion:
    """The same for the DJ."""
    return Opinion(said.uri, said.mood, Reaction(said.kind.value), said.weight, said.at)
