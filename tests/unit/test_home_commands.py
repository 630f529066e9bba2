"""Commands, and what is refused."""

from __future__ import annotations

import pytest

from moodspeaker.home.commands import (
    LARGEST_BYTES,
    READERS,
    Command,
    CommandRefused,
    Next,
    SetCamera,
    SetFollowing,
    SetMood,
    parse,
)
from moodspeaker.types import Emotion


@pytest.mark.parametrize(
    ("entity", "payload", "command"),
    [
        ("following", b"ON", SetFollowing(True)),
        ("following", b"OFF", SetFollowing(False)),
        ("following", b"on", SetFollowing(True)),
        ("camera", b" Off\n", SetCamera(False)),
        ("camera", b"ON", SetCamera(True)),
        ("mood", b"auto", SetMood(None)),
        ("mood", b"Sad", SetMood(Emotion.SAD)),
        ("next", b"PRESS", Next()),
    ],
)
def test_a_command_is_understood(entity: str, payload: bytes, command: Command) -> None:
    assert parse(entity, payload) == command


@pytest.mark.parametrize("emotion", list(Emotion))
def test_every_emotion_can_be_chosen(emotion: Emotion) -> None:
    assert parse("mood", emotion.value.encode()) == SetMood(emotion)


@pytest.mark.parametrize("mood", ["unsure", "absent", "off", "OFF"])
def test_what_is_no_emotion_cannot_be_chosen(mood: str) -> None:
    with pytest.raises(CommandRefused, match="not a mood to choose"):
        parse("mood", mood.encode())


def test_a_misspelt_mood_is_refused_with_the_nearest() -> None:
    with pytest.raises(CommandRefused, match=r"mood: 'hapy' is no mood \(did you mean happy\?\)"):
        parse("mood", b"hapy")


def test_a_misspelt_entity_is_refused_with_the_nearest() -> None:
    with pytest.raises(CommandRefused, match=r"no entity 'Camra' \(did you mean camera\?\)"):
        parse("Camra", b"ON")


def test_an_entity_like_none_is_refused_with_all_known() -> None:
    with pytest.raises(CommandRefused, match="known: following, camera, mood, next"):
        parse("/", b"")


@pytest.mark.parametrize("entity", ["preview", "policy", "volume_max", "like", "reload"])
def test_what_does_not_work_yet_is_refused(entity: str) -> None:
    with pytest.raises(CommandRefused):
        parse(entity, b"ON")


@pytest.mark.parametrize("payload", [b"", b"1", b"true", b"ONN", b"ON OFF"])
def test_a_switch_takes_only_on_and_off(payload: bytes) -> None:
    with pytest.raises(CommandRefused, match=r"following: .* is neither ON nor OFF"):
        parse("following", payload)


def test_a_button_takes_only_a_press() -> None:
    with pytest.raises(CommandRefused, match="next: 'OFF' is not PRESS"):
        parse("next", b"OFF")
    with pytest.raises(CommandRefused):
        parse("next", b"")


def test_bytes_that_are_not_utf8_are_refused() -> None:
    with pytest.raises(CommandRefused, match="not UTF-8"):
        parse("mood", b"\xff\xfe")


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (LARGEST_BYTES - 1, "is no mood"),
        (LARGEST_BYTES, "is no mood"),
        (LARGEST_BYTES + 1, "4097 bytes are more than 4096"),
    ],
)
def test_a_payload_over_4_kib_is_not_read(size: int, reason: str) -> None:
    with pytest.raises(CommandRefused, match=reason):
        parse("mood", b"x" * size)


@pytest.mark.parametrize("entity", [*READERS, "a\nb" * 300])
@pytest.mark.parametrize("payload", [b"\x00\n\x1b[31m", b"a\nb" * 1000, "\u202e".encode() * 99])
def test_a_refusal_is_one_short_printable_line(entity: str, payload: bytes) -> None:
    with pytest.raises(CommandRefused) as refused:
        parse(entity, payload)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 250
