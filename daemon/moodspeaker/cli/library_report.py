"""`moodspeaker library report`: how well the library is labelled, and where it is thin."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.cli.library_store import opened
from moodspeaker.library.places import MOOD_POINTS, fused, moods_near

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from moodspeaker.library.records import Estimate, StoredTrack

THIN_MINUTES = 60.0


@dataclass(frozen=True, slots=True)
class MoodCount:
    """How many tracks lie near a mood. A track near two moods counts for both."""

    mood: str
    tracks: int
    minutes: float

    @property
    def warning(self) -> str | None:
        """One line where the mood is too thin."""
        if not self.tracks:
            return f"{self.mood}: no tracks, the nearest others are played"
        if self.minutes >= THIN_MINUTES:
            return None
        return f"{self.mood}: {counted(self.tracks)}, repeats after {self.minutes:.0f} minutes"


@dataclass(frozen=True, slots=True)
class LibraryReport:
    """The whole of it. Shares are of `tracks`, 0..1; decades in order, `unknown` last."""

    tracks: int
    gone: int
    labelled: int
    sources: tuple[tuple[str, int], ...]
    moods: tuple[MoodCount, ...]
    decades: tuple[tuple[str, int], ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What should be known, a line each."""
        thin = tuple(mood.warning for mood in self.moods if mood.warning)
        bare = self.tracks - self.labelled
        told = (f"nothing is known of {counted(bare)}: they count as the library's middle",)
        return (told if bare else ()) + (thin if self.tracks else ())

    def share(self, count: int) -> float:
        """Of all tracks; 0 in an empty library."""
        return count / self.tracks if self.tracks else 0.0


def report(track_minutes: float, *, as_json: bool) -> int:
    """Raises LibraryError."""
    with opened() as store:
        made = report_of(store.tracks(), store.estimates(), track_minutes)
    print(json.dumps(as_object(made)) if as_json else "\n".join(lines_of(made)))
    return 0


def report_of(
    tracks: Iterable[StoredTrack], estimates: Iterable[Estimate], track_minutes: float
) -> LibraryReport:
    """Tracks that have gone are counted by themselves, and nowhere else."""
    tracks = tuple(tracks)
    present = {track.uri: track for track in tracks if track.gone_since is None}
    said: defaultdict[str, list[Estimate]] = defaultdict(list)
    for estimate in estimates:
        if estimate.uri in present:
            said[estimate.uri].append(estimate)
    sources = Counter(estimate.source for group in said.values() for estimate in group)
    near = Counter(mood for group in said.values() for mood in moods_near(fused(group)))
    decades = Counter(track.decade for track in present.values())
    return LibraryReport(
        tracks=len(present),
        gone=len(tracks) - len(present),
        labelled=len(said),
        sources=tuple(sources.most_common()),
        moods=tuple(
            MoodCount(mood, near[mood], near[mood] * track_minutes) for mood in MOOD_POINTS
        ),
        decades=tuple(sorted(decades.items())),
    )


def as_object(made: LibraryReport) -> dict[str, object]:
    """For `--json`."""
    return {
        "tracks": made.tracks,
        "gone": made.gone,
        "labelled": made.labelled,
        "sources": {
            name: {"tracks": n, "share": round(made.share(n), 4)} for name, n in made.sources
        },
        "moods": {
            mood.mood: {"tracks": mood.tracks, "hours_until_repeat": round(mood.minutes / 60, 2)}
            for mood in made.moods
        },
        "decades": dict(made.decades),
        "warnings": list(made.warnings),
    }


def lines_of(made: LibraryReport) -> Iterator[str]:
    """For a person."""
    gone = f", {made.gone} gone" if made.gone else ""
    yield f"{counted(made.tracks)}{gone}; {made.share(made.labelled):.0%} labelled"
    for name, count in made.sources:
        yield f"  by {name}: {count} ({made.share(count):.0%})"
    yield "tracks near each mood, and hours until it repeats:"
    for mood in made.moods:
        yield f"  {mood.mood:9} {mood.tracks:6} {mood.minutes / 60:8.1f} h"
    yield "decades: " + (", ".join(f"{name} {count}" for name, count in made.decades) or "none")
    for warning in made.warnings:
        yield f"warning: {warning}"


def counted(tracks: int) -> str:
    """`1 track`, `2 tracks`."""
    return f"{tracks} track{'' if tracks == 1 else 's'}"
