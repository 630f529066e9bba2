"""What others have measured already: Spotify-like columns, beets' attributes, Picard's tags.

`WEIGHTS` are our own rounding of a ridge regression of listeners' ratings (PMEmo, 451 pop songs)
on such columns: it explains about two fifths of the ratings. The pair valence and energy explains
less, but is the better known of the two.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from moodspeaker.errors import LibraryError
from moodspeaker.music.plane import LIBRARY_CENTRE, Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SUPPLIED_SD = 0.35
SHARE = (0.0, 1.0)
RANGES = {"loudness": (-70.0, 10.0), "tempo": (0.0, 400.0)}
"""Those of every other column are `SHARE`. Loudness in dB, tempo in beats a minute."""
TYPICAL = {
    "valence": (0.52, 0.26),
    "energy": (0.58, 0.25),
    "danceability": (0.53, 0.18),
    "loudness": (-9.5, 5.0),
    "tempo": (118.0, 30.0),
    "mode": (0.70, 0.46),
    "acousticness": (0.40, 0.35),
    "speechiness": (0.08, 0.10),
}
"""Mean and spread over the songs of several decades, which the weights are for."""
WEIGHTS = {
    "valence": (0.20, 0.12),
    "energy": (0.14, 0.20),
    "danceability": (-0.14, -0.08),
    "loudness": (0.04, 0.13),
    "tempo": (-0.02, 0.03),
    "mode": (0.06, 0.02),
    "acousticness": (-0.02, -0.11),
    "speechiness": (-0.16, -0.15),
}
"""To valence and arousal per spread. The regression's own answers all lie near the middle: these
are stretched so that songs spread as widely as those with mood words do. Instrumentalness and
liveness weigh nothing."""
FARTHEST = 3.0
"""How many spreads a column may count at most: one odd value shall not decide alone."""
BEETS_WEIGHTS = {
    "mood_happy": (1.0, 0.0),
    "mood_party": (0.5, 0.7),
    "mood_sad": (-1.0, -0.3),
    "mood_aggressive": (-0.5, 0.7),
    "mood_relaxed": (0.0, -0.8),
}
NO_IDEA = 0.5
"""A classifier's answer where it does not know, taken for an attribute that is missing."""
PICARD = ("ab:mood", "ab:hi:mood")
LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Features:
    """Columns as Spotify had them, None where missing.

    Loudness in dB, tempo in beats a minute, mode 1 for major and 0 for minor, all others 0..1.
    """

    valence: float | None = None
    energy: float | None = None
    danceability: float | None = None
    loudness: float | None = None
    tempo: float | None = None
    mode: float | None = None
    acousticness: float | None = None
    speechiness: float | None = None
    instrumentalness: float | None = None
    liveness: float | None = None

    @property
    def known(self) -> tuple[str, ...]:
        """The names of the columns that are there."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) is not None)


def features_of(columns: Mapping[str, str | float | None]) -> Features:
    """The features among the columns of one row; an empty one is missing, others are left out.

    Raises LibraryError with the column's name for a value that is no number or out of range.
    """
    values = {f.name: number(columns, f.name) for f in fields(Features)}
    if values["mode"] not in (None, 0.0, 1.0):
        raise LibraryError(f"mode {values['mode']:g} is neither 0 nor 1", "correct the column mode")
    # Spotify wrote tempo 0 where it found no beat.
    return Features(**{**values, "tempo": values["tempo"] or None})


def supplied_point(features: Features) -> Point | None:
    """The place that the columns tell; None where none of them tells of mood.

    Valence and energy alone are taken as they are. With others, or with one of the two alone,
    a missing column counts as the usual one, and the place is the less certain for it.
    """
    known = [name for name in features.known if name in WEIGHTS]
    if set(features.known) == {"valence", "energy"}:
        return Point(2 * got(features, "valence") - 1, 2 * got(features, "energy") - 1, SUPPLIED_SD)
    if not known:
        return None
    steps = {name: standardised(features, name) for name in known}
    return Point(
        clipped(LIBRARY_CENTRE.valence + sum(WEIGHTS[name][0] * steps[name] for name in known)),
        clipped(LIBRARY_CENTRE.arousal + sum(WEIGHTS[name][1] * steps[name] for name in known)),
        SUPPLIED_SD + (LIBRARY_CENTRE.sd - SUPPLIED_SD) * (1 - told(known)),
    )


def beets_point(attributes: Mapping[str, str | float | None]) -> Point | None:
    """The place that beets' `mood_*` attributes (probabilities) tell; None where there are none.

    Raises LibraryError with the attribute's name for a value that is no number or out of range.
    """
    found = {name: number(attributes, name) for name in BEETS_WEIGHTS}
    if all(value is None for value in found.values()):
        return None
    shares = {name: NO_IDEA if value is None else value for name, value in found.items()}
    return Point(
        clipped(math.fsum(BEETS_WEIGHTS[name][0] * share for name, share in shares.items())),
        clipped(math.fsum(BEETS_WEIGHTS[name][1] * share for name, share in shares.items())),
        SUPPLIED_SD,
    )


def picard_words(tags: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The mood words in Picard's AcousticBrainz tags, (key, value) each; `TXXX:` may lead.

    `ab:mood` has the word as its value, `ab:hi:mood_happy` too; `ab:hi:mood_happy:happy` has
    its probability. Words that only deny ("not_happy") and improbable ones are left out.
    """
    words = (picard_word(key.casefold().removeprefix("txxx:"), value) for key, value in tags)
    return tuple(dict.fromkeys(word for word in words if word and not word.startswith("not_")))


def picard_word(key: str, value: str) -> str:
    """The word of one tag, empty for none."""
    if not key.startswith(PICARD):
        return ""
    word, share = key.rsplit(":", 1)[-1].removeprefix("mood_"), value.strip().casefold()
    try:
        return word if float(share) > LIKELY else ""
    except ValueError:
        return share


def number(columns: Mapping[str, str | float | None], name: str) -> float | None:
    """The column's value, None where it is missing. Raises LibraryError naming it."""
    value = columns.get(name)
    if value is None or not str(value).strip():
        return None
    low, high = RANGES.get(name, SHARE)
    remedy = f"give {low:g} to {high:g}, or leave it empty"
    try:
        found = float(value)
    except ValueError:
        raise LibraryError(f"{name} {value!r} is not a number", remedy) from None
    # Written so that nan is refused too.
    if not low <= found <= high:
        raise LibraryError(f"{name} {found:g} is out of range", remedy)
    return found


def standardised(features: Features, name: str) -> float:
    """How many spreads the column lies above the usual."""
    mean, spread = TYPICAL[name]
    return clipped((got(features, name) - mean) / spread, FARTHEST)


def got(features: Features, name: str) -> float:
    """A column that is known to be there."""
    return float(getattr(features, name))


def told(names: Iterable[str]) -> float:
    """How much of all weight these columns have, 0..1."""
    weight = {name: abs(valence) + abs(arousal) for name, (valence, arousal) in WEIGHTS.items()}
    return math.fsum(weight[name] for name in names) / math.fsum(weight.values())


def clipped(value: float, limit: float = 1.0) -> float:
    """Within -limit..limit."""
    return max(-limit, min(limit, value))
