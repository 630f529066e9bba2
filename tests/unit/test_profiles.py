"""Profiles, quiet hours and what is in force when they lie over one another."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from moodspeaker.config.document import as_yaml, documented_yaml
from moodspeaker.config.effective import SettingsRefused, effective
from moodspeaker.config.load import parse_config
from moodspeaker.config.mood_section import MoodSection
from moodspeaker.config.music_section import MusicSection
from moodspeaker.config.profiles import EXAMPLE, Profile, profile_at
from moodspeaker.config.schema import Config
from moodspeaker.errors import ConfigError

EVENING = """\
mood: {margin: 0.2, merges: {disgust: angry}}
profiles:
  evening:
    hours: "19:00-23:00"
    mood:
      dwell_s: 180
      priors: {sad: 0.3}
      merges: {disgust: null}
    music:
      tracks_ahead: 2
      policies: {sad: match}
  late: {hours: "22:00-24:00"}
  party: {}
"""


def problems(text: str) -> tuple[str, ...]:
    """The problems of a text, as shown for the file f.yaml."""
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "f.yaml")
    return caught.value.problems


def config(text: str = EVENING) -> Config:
    """A config from text."""
    return parse_config(text, "f.yaml")


def leaves(section: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The paths of all values in nested mappings."""
    found: list[tuple[str, ...]] = []
    for key, value in section.items():
        found += leaves(value, (*path, key)) if isinstance(value, dict) else [(*path, key)]
    return found


def test_a_profile_lies_over_the_file_and_leaves_the_rest() -> None:
    base = config()
    got = effective(base, "evening", {}, quiet=False)
    assert (got.mood.dwell_s, got.mood.margin) == (180, 0.2)
    assert (got.mood.priors.sad, got.mood.priors.happy) == (0.3, base.mood.priors.happy)
    assert (got.music.tracks_ahead, got.music.policies.sad) == (2, "match")
    assert got.music.policies.happy == "match"
    assert (got.music.idle_minutes, got.mpd) == (base.music.idle_minutes, base.mpd)


def test_a_null_in_a_profile_is_a_setting_and_not_a_gap() -> None:
    assert config().mood.merges.disgust == "angry"
    assert effective(config(), "evening", {}, quiet=False).mood.merges.disgust is None


def test_no_profile_no_number_and_no_quiet_hour_is_the_file_itself() -> None:
    assert effective(config(), None, {}, quiet=False) == config()


def test_a_tuned_number_lies_over_the_profile() -> None:
    got = effective(config(), "evening", {"dwell_s": 5.0, "changes_per_hour": 7.0}, quiet=False)
    assert (got.mood.dwell_s, got.mood.changes_per_hour) == (5.0, 7)


def test_calm_quiet_hours_lie_over_everything() -> None:
    text = EVENING + "quiet_hours: {hours: '22:00-06:00', music: calm}\n"
    quiet = effective(config(text), "evening", {}, quiet=True).music
    assert quiet.policy == "calm"
    assert quiet.tracks_ahead == 2
    assert effective(config(text), "evening", {}, quiet=False).music.policy == "custom"
    by_hand = effective(config(text), "evening", {}, quiet=True, policy="match")
    assert by_hand.music.policy == "calm"


def test_silent_quiet_hours_change_no_policy() -> None:
    assert effective(config(), "evening", {}, quiet=True).music.policy == "custom"


def test_a_policy_chosen_by_hand_lies_over_the_profile() -> None:
    text = "profiles: {loud: {music: {policy: match, volume_max: 90}}}"
    got = effective(config(text), "loud", {"volume_max": 40.0}, quiet=False, policy="lift").music
    assert (got.policy, got.volume_max) == ("lift", 40)


def test_what_a_profile_plays_in_a_mood_replaces_what_the_file_plays_in_it() -> None:
    text = """
music: {custom: {sad: {genres: [soul]}, fear: {moods: [calm]}}}
profiles: {evening: {music: {custom: {sad: {decades: [1970]}, angry: {playlist: Calm}}}}}
"""
    got = effective(config(text), "evening", {}, quiet=False).music.custom
    assert (got["sad"].genres, got["sad"].decades) == ((), (1970,))
    assert (got["angry"].playlist, got["fear"].moods) == ("Calm", ("calm",))


@pytest.mark.parametrize(
    ("tuned", "reason"),
    [
        ({"margin": 1.01}, "less than or equal to 1"),
        ({"changes_per_hour": 1.5}, "valid integer"),
        ({"leave_threshold": 0.95}, "leave_threshold must be below enter_threshold"),
    ],
)
def test_a_number_that_does_not_pass_is_refused_with_its_reason(
    tuned: dict[str, float], reason: str
) -> None:
    with pytest.raises(SettingsRefused, match=reason) as refused:
        effective(config(), None, tuned, quiet=False)
    assert "\n" not in str(refused.value)


def test_a_profile_that_does_not_go_with_the_file_is_told_at_its_line() -> None:
    text = (
        "mood: {leave_threshold: 0.5}\nprofiles:\n  a: {}\n  b:\n    mood: {enter_threshold: 0.5}\n"
    )
    (line,) = problems(text)
    assert line.startswith("f.yaml:5 profiles.b.mood: leave_threshold must be below")


def test_merges_of_a_profile_may_not_chain_with_those_of_the_file() -> None:
    (line,) = problems(
        "mood: {merges: {disgust: angry}}\nprofiles:\n  a: {mood: {merges: {angry: sad}}}\n"
    )
    assert line.startswith("f.yaml:3 profiles.a.mood.merges: disgust counts as angry")


def test_a_misspelt_key_in_a_profile_gets_its_line_and_the_nearest_name() -> None:
    text = "profiles:\n  a:\n    mood:\n      dwel_s: 3\n      priors: {sat: 0.1}\n    musik: {}\n"
    assert problems(text) == (
        "f.yaml:4 profiles.a.mood.dwel_s: unknown key (did you mean dwell_s?)",
        "f.yaml:5 profiles.a.mood.priors.sat: unknown key (did you mean sad?)",
        "f.yaml:6 profiles.a.musik: unknown key (did you mean music?)",
    )


@pytest.mark.parametrize("section", ["camera", "mqtt", "profiles", "quiet_hours"])
def test_a_profile_holds_nothing_but_mood_and_music(section: str) -> None:
    assert "unknown key" in problems(f"profiles: {{a: {{{section}: {{}}}}}}")[0]


@pytest.mark.parametrize(
    ("setting", "good"),
    [
        ("mood: {margin: -0.001}", False),
        ("mood: {margin: 0}", True),
        ("mood: {margin: 1}", True),
        ("mood: {margin: 1.001}", False),
        ("mood: {margin: true}", False),
        ("mood: {margin: null}", False),
        ("mood: {priors: {sad: 0.0009}}", False),
        ("mood: {priors: {sad: 0.001}}", True),
        ("music: {tracks_ahead: 3}", True),
        ("music: {tracks_ahead: 4}", False),
        ("music: {policies: {sad: shout}}", False),
        ("hours: '25:00-26:00'", False),
        ("hours: null", True),
    ],
)
def test_limits_hold_in_a_profile_too(setting: str, good: bool) -> None:
    text = f"profiles:\n  a:\n    {setting}\n"
    if good:
        assert config(text)
    else:
        assert problems(text)[0].startswith("f.yaml:3 profiles.a.")


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("evening_2-a", True),
        ("p" * 32, True),
        ("p" * 33, False),
        ("Evening", False),
        ("'a b'", False),
        ("''", False),
        ("auto", False),
        ("default", False),
        ("2026", True),
    ],
)
def test_names_are_short_plain_words(name: str, good: bool) -> None:
    text = f"mood: {{}}\nprofiles:\n  {name}: {{mood: {{dwell_s: 1}}}}\n"
    if good:
        assert list(config(text).profiles) == [name]
    else:
        assert problems(text)[0].startswith(f"f.yaml:3 profiles.{name.strip(chr(39))}: ")


@pytest.mark.parametrize("text", ["profiles:\n", "profiles: {}\n", "profiles:\n  a:\n"])
def test_an_empty_profile_changes_nothing(text: str) -> None:
    got = config(text)
    assert all(effective(got, name, {}, quiet=False).mood == got.mood for name in got.profiles)


def test_a_profile_takes_every_key_of_mood_and_music() -> None:
    whole = {"mood": MoodSection().model_dump(), "music": MusicSection().model_dump()}
    assert leaves(Profile.model_validate(whole).model_dump()) == leaves(whole)


def test_a_profile_dumps_only_what_was_set_and_loads_again() -> None:
    shown = yaml.safe_load(as_yaml(config()))
    assert shown["profiles"]["evening"]["mood"] == {
        "dwell_s": 180.0,
        "priors": {"sad": 0.3},
        "merges": {"disgust": None},
    }
    again = config(as_yaml(config()))
    assert effective(again, "evening", {}, quiet=False) == effective(
        config(), "evening", {}, quiet=False
    )


@pytest.mark.parametrize(
    ("hour", "minute", "name"),
    [
        (18, 59, None),
        (19, 0, "evening"),
        (22, 30, "evening"),
        (23, 0, "late"),
        (0, 0, None),
    ],
)
def test_the_first_profile_whose_hours_include_the_time_is_in_force(
    hour: int, minute: int, name: str | None
) -> None:
    assert profile_at(config().profiles, 60 * hour + minute) == name


def test_quiet_hours_without_hours_are_never() -> None:
    spans = Config().quiet_hours.spans
    assert not any(spans.include(minute) for minute in range(0, 24 * 60, 30))


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("quiet_hours: {hours: '22:00-06:00', music: calm}", True),
        ("quiet_hours: {hours: '22:00'}", False),
        ("quiet_hours: {music: loud}", False),
        ("privacy: {score_log_days: 0}", False),
        ("privacy: {score_log_days: 1}", True),
        ("privacy: {score_log_days: 365}", True),
        ("privacy: {score_log_days: 366}", False),
        ("privacy: {score_log_mb: 10000}", True),
        ("privacy: {score_log_mb: 10001}", False),
        ("privacy: {score_log_every_s: 0.09}", False),
        ("privacy: {score_log_every_s: 0.1}", True),
        ("privacy: {score_log_every_s: 60.1}", False),
    ],
)
def test_quiet_hours_and_privacy_have_their_limits(text: str, good: bool) -> None:
    if good:
        assert config(text)
    else:
        assert len(problems(text)) == 1


def test_the_example_in_the_documented_file_loads() -> None:
    assert config(yaml.safe_dump({"profiles": EXAMPLE}))
    lines = documented_yaml().splitlines()
    begin = lines.index("# profiles:")
    text = "\n".join(line.removeprefix("# ") for line in lines[begin : lines.index("profiles: {}")])
    assert yaml.safe_load(text)["profiles"] == EXAMPLE
