"""Commands, and what is refused."""

from __future__ import annotations

import pytest

from moodspeaker.home.commands import (
    LARGEST_BYTES,
    READERS,
    ChooseProfile,
    Command,
    CommandRefused,
    Next,
    RejectMood,
    Reload,
    ResetTuning,
    SetCamera,
    SetFollowing,
    SetMood,
    SetNumber,
    SetPreview,
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
        ("preview", b"ON", SetPreview(True)),
        ("preview", b"off", SetPreview(False)),
        ("next", b"PRESS", Next()),
        ("reload", b"PRESS", Reload()),
        ("wrong_mood", b"PRESS", RejectMood()),
        ("reset_tuning", b"PRESS", ResetTuning()),
        ("profile", b"auto", ChooseProfile("auto")),
        ("profile", b" Evening-2 ", ChooseProfile("evening-2")),
        ("profile", b"p" * 32, ChooseProfile("p" * 32)),
        ("enter_threshold", b"0.75", SetNumber("enter_threshold", 0.75)),
        ("dwell_s", b"1e2\n", SetNumber("dwell_s", 100.0)),
        ("changes_per_hour", b"12", SetNumber("changes_per_hour", 12.0)),
        ("margin", b"-7", SetNumber("margin", -7.0)),
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
    with pytest.raises(CommandRefused, match="known: following, camera, preview, mood, next"):
        parse("/", b"")


@pytest.mark.parametrize("payload", [b"", b"1", b"true", b"ONN", b"ON OFF"])
def test_a_switch_takes_only_on_and_off(payload: bytes) -> None:
    with pytest.raises(CommandRefused, match=r"following: .* is neither ON nor OFF"):
        parse("following", payload)


def test_a_button_takes_only_a_press() -> None:
    with pytest.raises(CommandRefused, match="next: 'OFF' is not PRESS"):
        parse("next", b"OFF")
    with pytest.raises(CommandRefused):
        parse("next", b"")


@pytest.mark.parametrize(
    "payload", ["", "a", "nan", "inf", "-Infinity", "1e999", "1_0", "0x10", "0,5", "1 2", "\u0663"]
)
def test_what_is_no_finite_number_is_refused(payload: str) -> None:
    with pytest.raises(CommandRefused, match=r"dwell_s: .* is no number"):
        parse("dwell_s", payload.encode())


@pytest.mark.parametrize("payload", ["", "a b", "a/b", "p" * 33, "\u00e4"])
def test_what_can_be_no_profile_is_refused(payload: str) -> None:
    with pytest.raises(CommandRefused, match=r"profile: .* is no name of a profile"):
        parse("profile", payload.encode())


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
