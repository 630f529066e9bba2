"""Times of day in the config."""

from __future__ import annotations

import pytest

from moodspeaker.config.hours import parse_hours

SEVEN, ELEVEN_PM = 7 * 60, 23 * 60


@pytest.mark.parametrize(
    ("minute", "inside"),
    [(SEVEN - 1, False), (SEVEN, True), (ELEVEN_PM - 1, True), (ELEVEN_PM, False)],
)
def test_a_span_begins_with_its_first_minute_and_ends_before_its_last(
    minute: int, inside: bool
) -> None:
    assert parse_hours("07:00-23:00").include(minute) is inside


@pytest.mark.parametrize(
    ("minute", "inside"), [(1319, False), (1320, True), (0, True), (359, True), (360, False)]
)
def test_a_span_may_go_over_midnight(minute: int, inside: bool) -> None:
    assert parse_hours("22:00-6:00").include(minute) is inside


def test_several_spans_and_spaces() -> None:
    hours = parse_hours(" 06:30 - 09:00 , 17:00-24:00")
    assert [hours.include(60 * hour) for hour in (6, 7, 12, 17, 23)] == [
        False,
        True,
        False,
        True,
        True,
    ]


def test_none_is_always() -> None:
    assert all(parse_hours(None).include(minute) for minute in range(24 * 60))


@pytest.mark.parametrize("text", ["", "7-9", "07:00", "07:00-07:00", "25:00-26:00", "08:00-24:01"])
def test_what_is_no_span_is_refused_with_itself_in_the_message(text: str) -> None:
    with pytest.raises(ValueError, match="no span"):
        parse_hours(text)
