"""`moodspeaker library show`: all that is known of one track."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from moodspeaker.cli.library_store import check_uri, opened, shown
from moodspeaker.library.places import fused, shares
from moodspeaker.library.records import StoredTrack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moodspeaker.library.records import Estimate, Feedback

SEARCH = "https://duckduckgo.com/?q="
FEWEST = 0.05


def show(uri: str, *, link: bool) -> int:
    """Raises LibraryError for a track of which nothing is known."""
    with opened() as store:
        track, estimates, feedback = store.track(uri), store.estimates(uri), store.feedback(uri)
        if not (track or estimates or feedback):
            check_uri(store, uri)
    for line in lines_of(track or StoredTrack(uri), estimates, feedback):
        print(line)
    if link:
        print(f"  search:   {search_link(track or StoredTrack(uri))}")
    return 0


def lines_of(
    track: StoredTrack, estimates: tuple[Estimate, ...], feedback: tuple[Feedback, ...]
) -> Iterator[str]:
    """Its name, its place, what each source says, and what listeners said."""
    yield shown(track.uri)
    about = (track.title, track.artist, track.album, track.genre, str(track.year or ""))
    bpm = f"{track.bpm:g} bpm" if track.bpm else ""
    yield f"  track:    {shown(', '.join(part for part in (*about, bpm) if part)) or 'no tags'}"
    if track.gone_since is not None:
        yield f"  gone:     since {day(track.gone_since)}"
    place = fused(estimates)
    ranked = sorted(shares(place).items(), key=lambda pair: -pair[1])
    yield (
        f"  place:    valence {place.valence:.2f} (+-{place.valence_sd:.2f}),"
        f" arousal {place.arousal:.2f} (+-{place.arousal_sd:.2f})"
    )
    yield f"  moods:    {', '.join(f'{m} {share:.2f}' for m, share in ranked if share >= FEWEST)}"
    for said in estimates:
        detail = f": {shown(said.detail)}" if said.detail else ""
        yield f"  {said.source}: {said.valence:.2f}, {said.arousal:.2f}{detail}"
    if not estimates:
        yield "  nothing says what it is: it counts as the library's middle"
    for said_by in feedback:
        undone = ", undone" if said_by.undone else ""
        yield f"  {said_by.kind}: for {said_by.mood}, {day(said_by.at)}{undone}"


def day(unix_s: float) -> str:
    """Local, as 2026-11-21."""
    return datetime.fromtimestamp(unix_s).astimezone().strftime("%Y-%m-%d")


def search_link(track: StoredTrack) -> str:
    """A web search for artist and title; for the file's name where the tags are empty."""
    words = f"{track.artist} {track.title}".strip() if track.title else ""
    name = track.uri.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return SEARCH + quote_plus(words or name)
