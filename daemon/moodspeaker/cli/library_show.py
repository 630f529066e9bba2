"""`moodspeaker library show`: all that is known of one track."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from moodspeaker.cli.library_feedback import day
from moodspeaker.cli.library_store import check_uri, opened, shown
from moodspeaker.errors import LibraryError
from moodspeaker.library.places import fused, shares
from moodspeaker.library.records import StoredTrack
from moodspeaker.music.rules import RULE_SETS, emotions_by_rules
from moodspeaker.music.supplied import features_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from moodspeaker.library.records import Analysis, Estimate, Feedback, QueuedTrack

SEARCH = "https://duckduckgo.com/?q="
FEWEST = 0.05
LATEST = 5
"""So many of the times that it was queued are shown."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that the store holds of one track, the oldest first."""

    track: StoredTrack
    estimates: tuple[Estimate, ...] = ()
    columns: Mapping[str, float] = field(default_factory=dict)
    analysis: Analysis | None = None
    feedback: tuple[Feedback, ...] = ()
    queued: tuple[QueuedTrack, ...] = ()


def show(uri: str, *, link: bool) -> int:
    """Raises LibraryError for a track of which nothing is known."""
    with opened() as store:
        track, estimates, feedback = store.track(uri), store.estimates(uri), store.feedback(uri)
        if not (track or estimates or feedback):
            check_uri(store, uri)
        columns, analysis = store.features().get(uri, {}), store.analyses().get(uri)
        queued = tuple(one for one in store.history(0.0) if one.uri == uri)
    track = track or StoredTrack(uri)
    for line in lines_of(Known(track, estimates, columns, analysis, feedback, queued)):
        print(line)
    if link:
        print(f"  search:   {search_link(track)}")
    return 0


def lines_of(known: Known) -> Iterator[str]:
    """Its name, its place, what each source says, and what listeners did and said."""
    yield from about_lines(known.track)
    yield from place_lines(known.estimates)
    if known.columns:
        yield from features_lines(known.columns)
    if known.analysis and known.analysis.problem:
        yield f"  analysis: not possible: {shown(known.analysis.problem)}"
    for said in known.feedback:
        undone = ", undone" if said.undone else ""
        number = f" (number {said.number})" if said.number else ""
        yield f"  {said.kind}: for {shown(said.mood)}, {day(said.at)}{undone}{number}"
    yield from queued_lines(known.queued)


def about_lines(track: StoredTrack) -> Iterator[str]:
    """What its tags say of everything but the mood."""
    yield shown(track.uri)
    about = (track.title, track.artist, track.album, track.genre, str(track.year or ""))
    bpm = f"{track.bpm:g} bpm" if track.bpm else ""
    yield f"  track:    {shown(', '.join(part for part in (*about, bpm) if part)) or 'no tags'}"
    if track.gone_since is not None:
        yield f"  gone:     since {day(track.gone_since)}"


def place_lines(estimates: tuple[Estimate, ...]) -> Iterator[str]:
    """Where it lies, by all sources together and by each."""
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


def features_lines(columns: Mapping[str, float]) -> Iterator[str]:
    """The columns that were imported, and what each set of rules makes of them."""
    yield f"  columns:  {', '.join(f'{name} {value:g}' for name, value in columns.items())}"
    try:
        features = features_of(columns)
    except LibraryError as error:
        yield f"  rules:    not possible: {error.what}"
        return
    for name, rules in RULE_SETS.items():
        emotions = ", ".join(emotions_by_rules(features, rules))
        yield f"  rules:    {emotions or 'no emotion'} by {name}"


def queued_lines(queued: tuple[QueuedTrack, ...]) -> Iterator[str]:
    """The latest times, the latest first."""
    for one in reversed(queued[-LATEST:]):
        outcome = shown(one.outcome) or "not known what became of it"
        yield f"  queued:   {day(one.queued_at)} for {shown(one.mood)}: {outcome}"
    if len(queued) > LATEST:
        yield f"  queued:   {len(queued) - LATEST} times before"


def search_link(track: StoredTrack) -> str:
    """A web search for artist and title; for the file's name where the tags are empty."""
    words = f"{track.artist} {track.title}".strip() if track.title else ""
    name = track.uri.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return SEARCH + quote_plus(words or name)
