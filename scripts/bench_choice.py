"""Milliseconds of one choice, in every way, beside two rivals; building and memory of the shelf.

The rivals choose for distance alone: a plain Python loop over the tracks, and a full sort of the
distances in numpy. The library is made up: a third with places, a third with mood words, the rest
with a genre.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import statistics
import time
from itertools import count
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.music.choice import ChoiceSettings, choose
from moodspeaker.music.history import History
from moodspeaker.music.placing import track_point
from moodspeaker.music.plane import EMOTION_POINTS, Point
from moodspeaker.music.shelf import Shelf
from moodspeaker.music.taste import Opinion, Reaction, Taste
from moodspeaker.music.wish import Way, Wish
from moodspeaker.types import Emotion, Mood, Scores, Track, TrackCounts

if TYPE_CHECKING:
    from collections.abc import Callable

TRACKS, TRACKS_BY_ARTIST, HEARD, OPINIONS = 20_000, 12, 400, 2_000
MINUTES = 3
SETTINGS = ChoiceSettings(no_repeat_hours=24, artist_spacing=3)
WORDS = ("happy", "sad", "calm", "energetic", "dark", "romantic", "party", "dreamy")
GENRES = ("Pop", "Hard Rock", "Jazz", "Hip-Hop", "Classical; Piano", "Deep House", "Schlager")


def made_track(number: int, rng: Random) -> Track:
    """One of a made library."""
    place = (rng.uniform(-1, 1), rng.uniform(-1, 1), rng.choice((0.15, 0.3)), 0.25)
    return Track(
        uri=f"{number % 97}/{number}.flac",
        artist=f"Artist {number // TRACKS_BY_ARTIST}",
        place=place if number % 3 == 0 else None,
        moods=(rng.choice(WORDS),) if number % 3 == 1 else (),
        genre=rng.choice(GENRES),
        year=rng.randint(1960, 2025),
        rules=(rng.choice(list(Emotion)).value,) if number % 6 == 0 else (),
        counts=TrackCounts(rng.choice((None, 1, 2)), None, rng.randint(0, 9), rng.randint(0, 3)),
    )


def plain_python(tracks: list[Track], goal: Point) -> Track:
    """The rival: every track's score in a loop, one of the best twenty."""
    scored = []
    for track in tracks:
        place = track_point(track)
        variance = 0.15**2 + place.sd**2
        off = place.distance(goal) ** 2 / (2 * variance) + math.log(variance / 0.15**2)
        scored.append((off, track.uri, track))
    best = sorted(scored, key=lambda one: one[:2])[:20]
    return best[0][2]


def full_sort(shelf: Shelf, goal: Point) -> Track:
    """The rival: all distances, sorted."""
    off = np.hypot(shelf.places[:, 0] - goal.valence, shelf.places[:, 1] - goal.arousal)
    return shelf.tracks[int(np.argsort(off, kind="stable")[:20][0])]


def timed_ms(work: Callable[[], object], times: int) -> tuple[float, float]:
    """(median, worst)."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken), max(taken)


def wishes() -> dict[str, Wish]:
    """One for each way, and the costly ones."""
    face = Scores.from_mapping({"happy": 0.8, "neutral": 0.2})
    plain = Wish(Mood.HAPPY, EMOTION_POINTS[Emotion.HAPPY], "match happy", face=face)
    return {
        **{way.value: dataclasses.replace(plain, way=way) for way in Way},
        "nearest, filters": dataclasses.replace(plain, decades=(1980, 1990), genres=("rock",)),
        "nearest, no goal": dataclasses.replace(plain, goal=None),
        "nearest, nothing fits": dataclasses.replace(plain, goal=Point(-9.0, 9.0)),
    }


def listener(shelf: Shelf, rng: Random) -> tuple[History, Taste]:
    """A day of listening, and what was said."""
    history, taste = History(), Taste()
    for number in range(HEARD):
        history.add(rng.choice(shelf.tracks), number * MINUTES * 60.0)
    for _ in range(OPINIONS):
        kind = rng.choice(list(Reaction))
        taste.add(Opinion(rng.choice(shelf.tracks).uri, Mood.HAPPY, kind, 1.0, 0.0))
    return history, taste


def shelf_bytes(shelf: Shelf) -> int:
    """What the columns take, without the tracks themselves."""
    columns = (getattr(shelf, field.name) for field in dataclasses.fields(shelf))
    return sum(column.nbytes for column in columns if isinstance(column, np.ndarray))


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracks", type=int, default=TRACKS)
    parser.add_argument("--times", type=int, default=200)
    options = parser.parse_args()
    rng = Random(1)
    tracks = [made_track(number, rng) for number in range(options.tracks)]
    built = timed_ms(lambda: Shelf.of(tracks), 5)
    bare = Shelf.of(tracks)
    vectors = timed_ms(bare.with_sectors, 3)
    shelf = bare.with_sectors()
    history, taste = listener(shelf, rng)
    now_s = HEARD * MINUTES * 60.0
    hours = count(1)
    print(f"{'ms of':34} {'median':>8} {'worst':>8}   {options.tracks} tracks")
    for name, wish in wishes().items():
        line(
            name,
            timed_ms(
                lambda wish=wish: choose(shelf, wish, history, taste, SETTINGS, now_s, rng),
                options.times,
            ),
        )
    line(
        "working feedback out, hourly",
        timed_ms(lambda: taste.offsets(Mood.HAPPY, next(hours) * 3600.0), 20),
    )
    goal = EMOTION_POINTS[Emotion.HAPPY]
    line("rival: plain Python", timed_ms(lambda: plain_python(tracks, goal), 5))
    line("rival: full sort, distance only", timed_ms(lambda: full_sort(shelf, goal), options.times))
    line("building the shelf", built)
    line("its vectors for cosine", vectors)
    per_track = shelf_bytes(bare) / len(bare), shelf_bytes(shelf) / len(shelf)
    print("bytes a track: {:.0f}, with vectors {:.0f}".format(*per_track))


def line(name: str, taken: tuple[float, float]) -> None:
    """One row of the table."""
    print(f"{name:34} {taken[0]:8.2f} {taken[1]:8.2f}")


if __name__ == "__main__":
    main()
