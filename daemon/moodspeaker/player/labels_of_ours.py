"""Which mood stickers are guesses of ours, and in which order they are written. Pure.

A person's label and our guess lie in the same stickers, so beside each guess we write a mark into
`mood_source`: the mood that is ours. A `mood` that the mark does not name is a person's word. The
order of writes is such that no guess ever stands there unmarked, wherever it is cut off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.player.rows import mood_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOOD = "mood"
MOODS = "moods"
VALENCE = "mood_valence"
AROUSAL = "mood_arousal"
SOURCE = "mood_source"
PUBLISHED = (MOOD, MOODS, VALENCE, AROUSAL, SOURCE)
"""Every sticker that we write; `SOURCE` is the last that is taken away."""
MARK = "moodspeaker"

Write = tuple[str, str | None]
"""A sticker's name and its new value; None takes it away."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What is published of a track: lower-case words, and its place on the plane, -1..1."""

    mood: str
    moods: tuple[str, ...]
    valence: float
    arousal: float


class LabelTable(Mapping[str, Labels]):
    """{uri: labels}; each is made anew when it is asked for.

    Thousands of objects would be looked through by each search for rubbish, which holds
    everything up; plain values are not.
    """

    def __init__(self, labels: Iterable[tuple[str, Labels]]) -> None:
        self._rows = {uri: (one.mood, one.moods, one.valence, one.arousal) for uri, one in labels}

    def __getitem__(self, uri: str) -> Labels:
        return Labels(*self._rows[uri])

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def persons_words(mood: str, moods: str, sources: Iterable[str]) -> tuple[str, ...]:
    """The words of a track's two mood stickers that a person, or a program of theirs, wrote.

    `sources` are values of `mood_source`: more than one where we may have written in between.
    """
    sources = tuple(sources)
    said: list[str] = []
    if not any(is_our_mood(mood, source) for source in sources):
        said += mood_words(mood)
    if not any(are_our_moods(moods, source) for source in sources):
        said += mood_words(moods)
    return tuple(dict.fromkeys(said))


def writes(have: Mapping[str, str], want: Labels | None) -> tuple[Write, ...]:
    """What to write, in order, so that a track with the stickers `have` shows `want`.

    A track that a person has labelled shows only what they say: nothing is written there, and
    what is left of ours is taken away. So it is with None.
    """
    if want is not None and have == values_of(want):
        return ()
    if want is None or is_foreign(have):
        return tuple((name, None) for name in PUBLISHED if name in have and is_ours(name, have))
    return tuple(changing(have, [*replacing(have, want)]))


def values_of(labels: Labels) -> dict[str, str]:
    """The stickers of these labels. Numbers are 0 to 100 in three digits, right as text too."""
    words = dict.fromkeys((labels.mood, *labels.moods))
    return {
        MOOD: labels.mood,
        MOODS: f";{';'.join(words)};",
        VALENCE: percent(labels.valence),
        AROUSAL: percent(labels.arousal),
        SOURCE: marking([labels.mood]),
    }


def is_foreign(have: Mapping[str, str]) -> bool:
    """Whether a person has labelled this track, or uses `mood_source` for something else."""
    return any(name in have and not is_ours(name, have) for name in (MOOD, MOODS, SOURCE))


def is_ours(name: str, have: Mapping[str, str]) -> bool:
    """Whether that sticker of a track is one that we wrote."""
    source = have.get(SOURCE, "")
    if name == MOOD:
        return is_our_mood(have[MOOD], source)
    return are_our_moods(have[MOODS], source) if name == MOODS else marked(source) is not None


def is_our_mood(mood: str, source: str) -> bool:
    """Whether `mood_source` names this `mood` as ours."""
    words = marked(source)
    return words is not None and (not words or set(mood_words(mood)) <= words)


def are_our_moods(moods: str, source: str) -> bool:
    """The same for `moods`, in which the mood that we wrote is always one."""
    words = marked(source)
    return words is not None and (not words or not words.isdisjoint(mood_words(moods)))


def marked(source: str) -> frozenset[str] | None:
    """The moods that this mark names, none for a bare mark; None for what is no mark of ours."""
    name, _, words = source.partition(":")
    return frozenset(mood_words(words)) if name == MARK else None


def marking(moods: Iterable[str]) -> str:
    """The mark that names these moods as ours."""
    return f"{MARK}:{';'.join(dict.fromkeys(moods))}"


def replacing(have: Mapping[str, str], want: Labels) -> Iterator[tuple[str, str]]:
    """Every write in its order: while old and new stand side by side the mark names both."""
    goal = values_of(want)
    between = {**have, SOURCE: goal[SOURCE]}
    if is_foreign(between):
        old = mood_words(f"{have.get(MOOD, '')};{have.get(MOODS, '')}")
        yield SOURCE, marking([want.mood, *old])
    else:
        yield SOURCE, goal[SOURCE]
    yield from goal.items()


def changing(have: Mapping[str, str], all_writes: Iterable[tuple[str, str]]) -> Iterator[Write]:
    """Those that change something."""
    now = dict(have)
    for name, value in all_writes:
        if now.get(name) != value:
            now[name] = value
            yield name, value


def percent(value: float) -> str:
    """-1..1 as 000 to 100."""
    return f"{min(100, max(0, round((value + 1) * 50))):03d}"
