"""`moodspeaker library report`: how well the library is labelled, and where it is thin."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from moodspeaker.cli.library_count import counted, report_of
from moodspeaker.cli.library_plot import draw_library
from moodspeaker.cli.library_store import opened
from moodspeaker.cli.mood_plot import check_plot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from moodspeaker.cli.library_count import LibraryReport


def report(track_minutes: float, *, as_json: bool, plot: Path | None = None) -> int:
    """Raises LibraryError, and MoodspeakerError for a picture that cannot be drawn."""
    if plot:
        check_plot(plot, ())
    with opened() as store:
        tracks, estimates = store.tracks(), store.estimates()
    made = report_of(tracks, estimates, track_minutes)
    if plot:
        draw_library(plot, tracks, estimates, made)
    print(json.dumps(as_object(made)) if as_json else "\n".join(lines_of(made)))
    return 0


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
        "overlap": {str(sources): tracks for sources, tracks in made.overlap},
        "agreement": [
            {
                "sources": list(pair.sources),
                "tracks": pair.tracks,
                "mean_distance": round(pair.mean_distance, 3),
            }
            for pair in made.agreements
        ],
        "warnings": list(made.warnings),
    }


def lines_of(made: LibraryReport) -> Iterator[str]:
    """For a person."""
    gone = f", {made.gone} gone" if made.gone else ""
    yield f"{counted(made.tracks)}{gone}; {made.share(made.labelled):.0%} labelled"
    for name, count in made.sources:
        yield f"  by {name}: {count} ({made.share(count):.0%})"
    yield from overlap_lines(made)
    yield "tracks near each mood, and hours until it repeats:"
    for mood in made.moods:
        yield f"  {mood.mood:9} {mood.tracks:6} {mood.minutes / 60:8.1f} h"
    yield "decades: " + (", ".join(f"{name} {count}" for name, count in made.decades) or "none")
    for warning in made.warnings:
        yield f"warning: {warning}"


def overlap_lines(made: LibraryReport) -> Iterator[str]:
    """How many sources speak of a track, and how far apart two of them put it."""
    several = [f"{n} sources {count}" for n, count in made.overlap if n > 1]
    if several:
        yield f"tracks with {', '.join(several)}; where two speak, how far apart they are:"
    for pair in made.agreements:
        yield f"  {' and '.join(pair.sources)}: {pair.mean_distance:.2f} in {counted(pair.tracks)}"
