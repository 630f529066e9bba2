"""Made libraries and listeners for tests of the choice."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from moodspeaker.music.choice import choose
from moodspeaker.music.history import History
from moodspeaker.music.plane import EMOTION_POINTS
from moodspeaker.music.shelf import Shelf
from moodspeaker.music.taste import Taste
from moodspeaker.music.wish import ChoiceSettings, Wish
from moodspeaker.types import Emotion, Mood, Track

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moodspeaker.music.choice import Choice

MINUTE_S = 60.0
DAY = ChoiceSettings(no_repeat_hours=24, artist_spacing=2)
HAPPY = Wish(Mood.HAPPY, EMOTION_POINTS[Emotion.HAPPY], "match happy")


def library(per_mood: int = 5) -> list[Track]:
    """Tracks `<mood>/<n>`, each by an artist of its own."""
    return [
        Track(f"{mood}/{n}", artist=f"{mood} {n}", moods=(mood.value,))
        for mood in Emotion
        for n in range(per_mood)
    ]


def happy(n: int, **more: object) -> list[Track]:
    """`n` happy tracks `00`, `01`..., each by an artist of its own."""
    given = {"artist": "", **more}
    return [
        Track(f"{i:02}", moods=("happy",), **{**given, "artist": given["artist"] or f"artist {i}"})
        for i in range(n)
    ]


@dataclass
class Listener:
    """Plays whatever is chosen, a minute apart."""

    tracks: Iterable[Track]
    settings: ChoiceSettings = DAY
    wish: Wish = HAPPY
    seed: int = 1
    sectors: bool = False
    history: History = field(default_factory=History)
    taste: Taste = field(default_factory=Taste)
    now_s: float = 0.0

    def __post_init__(self) -> None:
        self.shelf = Shelf.of(self.tracks, sectors=self.sectors)
        self.rng = Random(self.seed)

    def choose(self) -> Choice:
        """The next track, not yet noted."""
        chosen = choose(
            self.shelf, self.wish, self.history, self.taste, self.settings, self.now_s, self.rng
        )
        assert chosen is not None
        return chosen

    def play(self, n: int = 1) -> list[Choice]:
        """The next `n` tracks, noted."""
        played = []
        for _ in range(n):
            played.append(self.choose())
            self.history.add(played[-1].track, self.now_s)
            self.now_s += MINUTE_S
        return played

    def uris(self, n: int) -> list[str]:
        """The next `n` tracks' uris, noted."""
        return [choice.track.uri for choice in self.play(n)]

    def drawn(self, n: int = 200) -> list[Choice]:
        """`n` tries of the same choice, none of them noted."""
        return [self.choose() for _ in range(n)]
