"""What a person sets over the YAML file, and what becomes of it when that changes."""

from __future__ import annotations

import pytest

from moodspeaker.app.tuner import Tuner, TuningRefused
from moodspeaker.config.load import parse_config
from moodspeaker.config.mood_section import MoodSection
from moodspeaker.config.music_section import MusicSection
from moodspeaker.config.schema import Config
from moodspeaker.config.tunable import TUNABLES
from moodspeaker.runtime.tuning_file import Tuning
from moodspeaker.types import Emotion

NOON, NINE_PM = 12 * 60, 21 * 60
BASE = "mood: {enter_threshold: 0.8, leave_threshold: 0.3, margin: 0.1}\n"
PROFILES = """\
profiles:
  evening: {hours: "19:00-23:00", mood: {margin: 0.3}}
  firm: {mood: {leave_threshold: 0.6}}
"""


def config(text: str = BASE + PROFILES) -> Config:
    """A config from text."""
    return parse_config(text, "f.yaml")


def tuner(text: str = BASE + PROFILES, **stored: object) -> Tuner:
    """One with what was stored."""
    return Tuner(config(text), Tuning(**stored))  # type: ignore[arg-type]


def test_a_number_is_in_force_at_any_time_and_to_be_kept() -> None:
    made = tuner()
    made.set("dwell_s", 12.5)
    assert {made.at(minute).mood.dwell_s for minute in (0, NOON, NINE_PM)} == {12.5}
    assert made.stored.values == {"dwell_s": 12.5}


@pytest.mark.parametrize("name", list(TUNABLES))
def test_every_number_is_taken_at_both_ends_of_its_range_and_refused_beyond(name: str) -> None:
    limits = TUNABLES[name]
    # Alone, so that the two thresholds do not cross.
    wide = tuner("mood: {enter_threshold: 1, leave_threshold: 0}")
    ends = {"enter_threshold": (0.01, 1), "leave_threshold": (0, 0.99)}
    for value in ends.get(name, (limits.low, limits.high)):
        wide.set(name, value)
        assert getattr(getattr(wide.at(NOON), limits.section), name) == value
    for value in (limits.low - 0.01, limits.high + 0.01, float("nan"), float("inf")):
        with pytest.raises(TuningRefused, match=f"{name} .* is outside"):
            wide.set(name, value)


def test_a_count_is_whole() -> None:
    made = tuner()
    made.set("changes_per_hour", 7.0)
    assert repr(made.at(NOON).mood.changes_per_hour) == "7"
    with pytest.raises(TuningRefused, match=r"changes_per_hour 7.5 is no whole number"):
        made.set("changes_per_hour", 7.5)


@pytest.mark.parametrize(
    ("value", "good"), [(0.61, True), (0.6, False), (0.59, False), (0.3, False)]
)
def test_a_number_must_go_with_every_profile(value: float, good: bool) -> None:
    made = tuner()
    if good:
        made.set("enter_threshold", value)
        assert made.at(NOON).mood.enter_threshold == value
        return
    before = made.stored
    with pytest.raises(TuningRefused, match="leave_threshold must be below enter_threshold"):
        made.set("enter_threshold", value)
    assert made.stored is before


def test_the_refusal_names_the_profile_that_it_is_for() -> None:
    with pytest.raises(TuningRefused, match=r"^in profile firm: leave_threshold must be below"):
        tuner().set("enter_threshold", 0.5)


def test_the_profile_follows_the_time_of_day() -> None:
    made = tuner()
    assert (made.active(NOON), made.active(NINE_PM)) == (None, "evening")
    assert (made.at(NOON).mood.margin, made.at(NINE_PM).mood.margin) == (0.1, 0.3)


@pytest.mark.parametrize(
    ("choice", "noon", "nine_pm"),
    [
        ("auto", None, "evening"),
        ("default", None, None),
        ("evening", "evening", "evening"),
        ("firm", "firm", "firm"),
    ],
)
def test_a_choice_is_for_the_whole_day(choice: str, noon: str | None, nine_pm: str | None) -> None:
    made = tuner()
    made.choose_profile(choice)
    assert (made.active(NOON), made.active(NINE_PM)) == (noon, nine_pm)
    assert made.stored.profile == choice


def test_an_unknown_profile_is_refused_with_the_nearest_or_all() -> None:
    made = tuner()
    with pytest.raises(TuningRefused, match=r"no profile 'evenin' \(did you mean evening\?\)"):
        made.choose_profile("evenin")
    with pytest.raises(TuningRefused, match=r"\(known: auto, default, evening, firm\)"):
        made.choose_profile("xyz")
    assert made.stored == Tuning()


def test_the_reset_drops_numbers_and_profile_and_no_count() -> None:
    made = tuner(profile="firm", values={"margin": 0.2}, wrong={"sad": 2})
    made.reset()
    assert made.stored == Tuning(wrong={"sad": 2})
    assert made.at(NOON) == config()


def test_wrong_moods_are_counted_for_each_emotion() -> None:
    made = tuner(wrong={"sad": 2})
    assert [made.count_wrong(e) for e in (Emotion.SAD, Emotion.FEAR, Emotion.SAD)] == [3, 1, 4]
    assert made.stored.wrong == {"sad": 4, "fear": 1}


def test_a_reload_keeps_what_still_passes(caplog: pytest.LogCaptureFixture) -> None:
    made = tuner(profile="firm", values={"margin": 0.2})
    made.rebase(config(BASE.replace("margin: 0.1", "dwell_s: 9") + PROFILES))
    assert (made.at(NOON).mood.margin, made.at(NOON).mood.dwell_s) == (0.2, 9)
    assert made.active(NOON) == "firm"
    assert not caplog.records


def test_a_reload_drops_what_no_longer_passes_and_says_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = tuner(BASE, values={"leave_threshold": 0.5, "margin": 0.2})
    made.rebase(config("mood: {enter_threshold: 0.5}"))
    assert made.stored.values == {"margin": 0.2}
    (record,) = caplog.records
    assert "leave_threshold 0.5, set by hand, is dropped: leave_threshold must" in record.message


def test_a_profile_that_is_gone_becomes_auto_and_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = tuner(profile="firm")
    made.rebase(config(BASE))
    assert made.stored.profile == "auto"
    assert "there is no profile firm any more" in caplog.text


def test_two_numbers_that_only_pass_together_are_kept_whatever_their_order() -> None:
    for names in (("enter_threshold", "leave_threshold"), ("leave_threshold", "enter_threshold")):
        values = {name: {"enter_threshold": 0.2, "leave_threshold": 0.1}[name] for name in names}
        assert tuner(BASE, values=values).stored.values == values


def test_a_bad_number_does_not_take_two_good_ones_with_it() -> None:
    values = {"enter_threshold": 0.25, "margin": 0.4, "leave_threshold": 0.2, "dwell_s": 1.0}
    made = tuner(BASE + "profiles: {firm: {mood: {enter_threshold: 0.9}}}", values=values)
    assert made.stored.values == values
    made.rebase(config(BASE + "profiles: {firm: {mood: {leave_threshold: 0.22}}}"))
    assert made.stored.values == values, "a tuned number lies over the profile's"


@pytest.mark.parametrize(
    ("minute", "quiet"), [(1319, False), (1320, True), (359, True), (360, False)]
)
def test_quiet_hours_are_by_the_minute(minute: int, quiet: bool) -> None:
    made = tuner('quiet_hours: {hours: "22:00-06:00", music: calm}')
    assert made.quiet(minute) is quiet
    assert (made.at(minute).music.policy == "calm") is quiet


def test_the_numbers_that_can_be_tuned_are_numbers_of_their_sections() -> None:
    sections = {"mood": MoodSection, "music": MusicSection}
    fields = [sections[one.section].model_fields[name] for name, one in TUNABLES.items()]
    assert {field.annotation for field in fields} == {int, float}


def test_a_policy_is_chosen_for_every_mood_and_reset() -> None:
    made = tuner()
    made.choose_policy("lift")
    assert made.at(NOON).music.policy == "lift"
    made.reset()
    assert made.at(NOON).music.policy == "custom"
