"""No track again too soon, and no artist too often; which of it gives way first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moodspeaker.music.fitting import Fitting, Rows
    from moodspeaker.music.history import History
    from moodspeaker.music.shelf import Flags, Shelf
    from moodspeaker.music.wish import ChoiceSettings

HOUR_S = 3600.0


def within_limits(
    shelf: Shelf, fits: Fitting, history: History, settings: ChoiceSettings, now_s: float
) -> Fitting:
    """What may be played now: at least one of `fits`, where it has any.

    When nothing is left, artists may come more often in an hour, then closer together, then
    the track that was played longest ago comes again.
    """
    again = shelf.marked(history.within(settings.no_repeat_hours * HOUR_S, now_s))
    fresh = ~again[fits.rows]
    if not fresh.any():
        return longest_ago(shelf, fits, history, settings)
    spaced = ~by_artists(shelf, fits.rows, history.recent_artists(settings.artist_spacing))
    seldom = ~by_artists(shelf, fits.rows, too_often(history, settings, now_s))
    for flags, relaxed in (
        (fresh & spaced & seldom, ()),
        (fresh & spaced, ("artists per hour relaxed",)),
    ):
        if flags.any():
            return fits.kept(flags, relaxed)
    return fits.kept(fresh, ("artist spacing relaxed",))


def too_often(history: History, settings: ChoiceSettings, now_s: float) -> list[str]:
    """The artists that had their share of this hour."""
    plays = history.plays_by_artist(HOUR_S, now_s)
    limit = settings.artists_per_hour
    return [artist for artist, count in plays.items() if limit and count >= limit]


def by_artists(shelf: Shelf, rows: Rows, artists: Iterable[str]) -> Flags:
    """Which of the rows are by these artists."""
    flags = np.zeros(len(shelf.artist_numbers), dtype=bool)
    known = shelf.artist_numbers
    flags[[known[artist] for artist in artists if artist in known]] = True
    return np.asarray(flags[shelf.artist[rows]])


def longest_ago(shelf: Shelf, fits: Fitting, history: History, settings: ChoiceSettings) -> Fitting:
    """The one that rested longest, of those all played lately: by another artist, where the half
    that rested longer has one.
    """
    order = {uri: place for place, uri in enumerate(history.last_played())}
    uris = shelf.tracks.uris
    turns = np.array([order[uris[row]] for row in fits.rows])
    rested = turns <= np.sort(turns)[(len(turns) - 1) // 2]
    spaced = rested & ~by_artists(shelf, fits.rows, history.recent_artists(settings.artist_spacing))
    turn = turns[spaced if spaced.any() else rested].min()
    return fits.kept(turns == turn, ("all that fit were played lately, the one longest ago",))
