"""Whatever comes in as a command: something typed, or a refusal of one line."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moodspeaker.home.commands import LARGEST_BYTES, READERS, CommandRefused, SetNumber, parse

ENTITIES = st.sampled_from(tuple(READERS))
PLAIN = st.none() | st.booleans() | st.floats() | st.text(max_size=9)
JSON = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.text(max_size=5), PLAIN, max_size=2)
PAYLOADS = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=40).map(str.encode),
    st.text(alphabet=st.characters(categories=("Nd", "Nl", "No")), max_size=9).map(str.encode),
    st.floats().map(lambda number: str(number).encode()),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.sampled_from((b"ON", b"auto", b"PRESS", b"happy")),
)


def refusal(entity: str, payload: bytes) -> str | None:
    """The refusal's words, None for a command; any other exception passes."""
    try:
        parse(entity, payload)
    except CommandRefused as refused:
        return str(refused)
    return None


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(ENTITIES, PAYLOADS)
def test_any_payload_is_a_command_or_refused_in_one_short_line(entity: str, payload: bytes) -> None:
    said = refusal(entity, payload)
    assert said is None or (said.isprintable() and len(said) < 400)


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=60), PAYLOADS)
def test_any_entity_that_is_not_ours_is_refused(entity: str, payload: bytes) -> None:
    if entity not in READERS:
        said = refusal(entity, payload)
        assert said is not None
        assert said.isprintable()


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(PAYLOADS)
def test_a_number_that_is_taken_is_finite_and_plain(payload: bytes) -> None:
    try:
        command = parse("margin", payload)
    except CommandRefused:
        return
    assert isinstance(command, SetNumber)
    assert math.isfinite(command.value)
    assert payload.isascii()


@pytest.mark.parametrize(
    "payload",
    [
        b"[" * LARGEST_BYTES,
        b"9" * (LARGEST_BYTES + 1),
        b"\xff" * 10,
        b'{"a":' * 800,
        b"NaN",
        b"-inf",
        b"\xef\xbc\x91",
        b"PRESS" * 10_000_000,
    ],
    ids=["deep", "long", "no UTF-8", "deep object", "NaN", "infinite", "full width", "50 MB"],
)
def test_a_hostile_payload_is_refused_by_every_entity(payload: bytes) -> None:
    taken = {entity for entity in READERS if refusal(entity, payload) is None}
    # Whether there is a profile of that name is not known to the parser.
    assert taken <= {"profile"}
