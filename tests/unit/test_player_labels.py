"""Which mood stickers are ours, and in which order they are written."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import pytest

from moodspeaker.player.labels_of_ours import (
    Labels,
    LabelTable,
    percent,
    persons_words,
    values_of,
    writes,
)

if TYPE_CHECKING:
    from moodspeaker.player.labels_of_ours import Write

HAPPY = Labels("happy", ("energetic",), 0.5, 0.5)
LIVELY = Labels("happy", ("excited",), 0.4, 0.9)
SAD = Labels("sad", ("slow",), -0.5, -0.5)
OURS = values_of(HAPPY)


def after(have: dict[str, str], write: Write) -> dict[str, str]:
    name, value = write
    rest = {key: text for key, text in have.items() if key != name}
    return rest if value is None else {**rest, name: value}


def stages(have: dict[str, str], want: Labels | None) -> list[dict[str, str]]:
    """What stands there after each single write, the start first."""
    return list(accumulate(writes(have, want), after, initial=have))


def words(have: dict[str, str]) -> tuple[str, ...]:
    return persons_words(have.get("mood", ""), have.get("moods", ""), [have.get("mood_source", "")])


def test_values_are_one_keyword_a_list_and_padded_numbers() -> None:
    assert OURS == {
        "mood": "happy",
        "moods": ";happy;energetic;",
        "mood_valence": "075",
        "mood_arousal": "075",
        "mood_source": "moodspeaker:happy",
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [(-1, "000"), (-0.98, "001"), (0, "050"), (1, "100"), (-2, "000"), (2, "100")],
)
def test_a_place_is_told_in_three_digits(value: float, text: str) -> None:
    assert percent(value) == text


@pytest.mark.parametrize("have", [{}, OURS, values_of(SAD), values_of(LIVELY)])
@pytest.mark.parametrize("want", [HAPPY, SAD, LIVELY, None])
def test_a_guess_is_never_taken_for_a_persons_word_wherever_writing_stops(
    have: dict[str, str], want: Labels | None
) -> None:
    passed = stages(have, want)
    assert [words(stage) for stage in passed] == [()] * len(passed)
    assert passed[-1] == ({} if want is None else values_of(want))
    for stage in passed:
        assert stages(stage, want)[-1] == passed[-1]


def test_what_is_there_already_is_not_written_again() -> None:
    assert writes(OURS, HAPPY) == ()
    assert writes({**OURS, "mood_valence": "000"}, HAPPY) == (("mood_valence", "075"),)


def test_a_bare_mark_makes_everything_ours() -> None:
    have = {**OURS, "mood_source": "moodspeaker"}
    assert words(have) == ()
    assert stages(have, SAD)[-1] == values_of(SAD)


@pytest.mark.parametrize("source", ["", "somebody", "moodspeakers:happy"])
def test_without_our_mark_both_stickers_are_a_persons(source: str) -> None:
    assert persons_words("Happy", ";slow;", [source]) == ("happy", "slow")


def test_a_mood_that_the_mark_does_not_name_is_a_persons_and_our_list_is_not() -> None:
    assert words({**OURS, "mood": "Calm"}) == ("calm",)
    assert words({**OURS, "moods": ";calm;"}) == ("calm",)


def test_one_of_two_marks_is_enough() -> None:
    assert persons_words("sad", "", ["moodspeaker:happy", "moodspeaker:sad"]) == ()
    assert persons_words("calm", "", ["moodspeaker:happy", "moodspeaker:sad"]) == ("calm",)


@pytest.mark.parametrize(
    "have",
    [
        {"mood": "calm"},
        {"mood": "calm", "moods": ";calm;"},
        {"moods": ";happy;"},
        {"mood_source": "somebody"},
        {"mood": "happy", "mood_source": "somebody"},
        {"mood": "calm", "mood_valence": "001"},
    ],
)
@pytest.mark.parametrize("want", [HAPPY, None])
def test_what_a_person_has_labelled_is_left_as_it_is(
    have: dict[str, str], want: Labels | None
) -> None:
    assert writes(have, want) == ()


def test_a_person_who_changes_our_guess_is_left_with_their_word_alone() -> None:
    passed = stages({**OURS, "mood": "calm"}, HAPPY)
    assert passed[-1] == {"mood": "calm"}
    assert {words(stage) for stage in passed} == {("calm",)}


def test_a_table_of_labels_gives_them_back() -> None:
    table = LabelTable({"a": HAPPY, "b": SAD}.items())
    assert dict(table) == {"a": HAPPY, "b": SAD}
    assert (len(table), table.get("c")) == (2, None)
