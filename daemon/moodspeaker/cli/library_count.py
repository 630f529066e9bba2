"""What the label store holds, counted: sources, moods, decades, and what is thin."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.cli.library_overlap import agreements, overlap
from moodspeaker.library.places import MOOD_POINTS, REACH, fused, moods_near
from moodspeaker.music.fusion import ranked
from moodspeaker.music.plane import UPLIFTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from moodspeaker.cli.library_overlap import Agreement
    from moodspeaker.library.records import Estimate, StoredTrack
    from moodspeaker.music.fusion import Place
    from moodspeaker.music.plane import Point

THIN_MINUTES = 60.0
LIFTED = "uplifted"
WANTED: Mapping[str, Point] = {**MOOD_POINTS, LIFTED: UPLIFTED}
"""Where music is looked for: at the emotions, and where the policies calm and lift lead."""


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
    """The whole of it. Shares are of `tracks`, 0..1; decades in order, `unknown` last.

    `overlap` has pairs of how many sources speak of a track, and how many such tracks there are.
    """

    tracks: int
    gone: int
    labelled: int
    sources: tuple[tuple[str, int], ...]
    moods: tuple[MoodCount, ...]
    decades: tuple[tuple[str, int], ...]
    overlap: tuple[tuple[int, int], ...] = ()
    agreements: tuple[Agreement, ...] = ()

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


def report_of(
    tracks: Iterable[StoredTrack], estimates: Iterable[Estimate], track_minutes: float
) -> LibraryReport:
    """Tracks that have gone are counted by themselves, and nowhere else."""
    tracks = tuple(tracks)
    present = present_in(tracks)
    said = said_of(present, estimates)
    sources = Counter(estimate.source for group in said.values() for estimate in group)
    near = Counter(mood for place in places_of(said).values() for mood in wanted_near(place))
    decades = Counter(track.decade for track in tracks if track.uri in present)
    return LibraryReport(
        tracks=len(present),
        gone=len(tracks) - len(present),
        labelled=len(said),
        sources=tuple(sources.most_common()),
        moods=tuple(MoodCount(mood, near[mood], near[mood] * track_minutes) for mood in WANTED),
        decades=tuple(sorted(decades.items())),
        overlap=overlap(said.values()),
        agreements=agreements(said.values()),
    )


def present_in(tracks: Iterable[StoredTrack]) -> frozenset[str]:
    """The uris of those that have not gone."""
    return frozenset(track.uri for track in tracks if track.gone_since is None)


def said_of(
    present: frozenset[str], estimates: Iterable[Estimate]
) -> dict[str, tuple[Estimate, ...]]:
    """{uri: what each source says}, of the tracks of which any source speaks."""
    said: defaultdict[str, tuple[Estimate, ...]] = defaultdict(tuple)
    for estimate in estimates:
        if estimate.uri in present:
            said[estimate.uri] += (estimate,)
    return dict(said)


def places_of(said: Mapping[str, Iterable[Estimate]]) -> dict[str, Place]:
    """{uri: where it is taken to lie when a track is chosen}: ranked within the library."""
    return dict(zip(said, ranked(map(fused, said.values())), strict=True))


def wanted_near(place: Place) -> tuple[str, ...]:
    """The moods for which such a track is a good one; several where their points are near."""
    lifted = (LIFTED,) if place.point.distance(UPLIFTED) <= REACH else ()
    return moods_near(place) + lifted


def counted(tracks: int) -> str:
    """`1 track`, `2 tracks`."""
    return f"{tracks} track{'' if tracks == 1 else 's'}"
