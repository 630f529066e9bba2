"""What the speaker says of itself, and who wins: the person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes.vision import sure
from moodspeaker.app.factories import mood_settings
from moodspeaker.app.speaker import OK, NothingToReject, Speaker
from moodspeaker.config.mood_section import MoodSection
from moodspeaker.config.schema import Config
from moodspeaker.runtime.switches import Switches
from moodspeaker.types import (
    Box,
    Emotion,
    Face,
    FaceReading,
    Mood,
    Observation,
    Source,
    SpeakerState,
    Trouble,
)

QUICK = MoodSection(
    aggregation="smoothed",
    enter_threshold=0.45,
    smoothing_s=1.0,
    hold_s=0.5,
    dwell_s=1.0,
    absence_s=3.0,
    wrong_minutes=2.0,
)
HOUR_S = 3600.0
WALL_S = 1_700_000_000.0


class Sofa:
    """A speaker with somebody, or nobody, before it; frames come ten times a second."""

    def __init__(self, switches: Switches | None = None) -> None:
        self.now_s = 100.0
        self.speaker = Speaker(
            mood_settings(QUICK), switches or Switches(), HOUR_S, wall=lambda: WALL_S
        )
        self.speaker.health.update(camera=OK, model=OK)

    def see(self, emotion: Emotion | None, seconds: float) -> SpeakerState:
        """The same before the camera for so long."""
        for _ in range(round(seconds * 10)):
            self.now_s += 0.1
            scores = sure(emotion) if emotion else None
            self.speaker.observe(Observation(self.now_s, int(bool(emotion)), scores), self.now_s)
        return self.state()

    def wait(self, seconds: float) -> SpeakerState:
        """Time without frames."""
        self.now_s += seconds
        self.speaker.tick(self.now_s)
        return self.state()

    def state(self) -> SpeakerState:
        """As published now."""
        return self.speaker.state(self.now_s)


def test_a_speaker_that_has_seen_nothing_says_so() -> None:
    state = Sofa().state()
    assert (state.mood, state.source, state.presence) == (Mood.UNSURE, Source.NOBODY, False)
    assert state.reason == "nothing seen yet"
    assert state.valence is None


def test_a_face_gives_mood_presence_and_a_place_on_the_plane() -> None:
    state = Sofa().see(Emotion.HAPPY, 3)
    assert (state.mood, state.source, state.presence, state.faces) == ("happy", "camera", True, 1)
    assert state.confidence == pytest.approx(0.9)
    assert state.valence == pytest.approx(0.9 * 0.8 - 1 / 60 * (0.6 * 3 + 0.65 - 0.2), abs=1e-6)
    assert state.intensity is not None
    assert state.intensity > 0.6


def test_the_plane_is_that_of_the_model_in_use() -> None:
    sofa = Sofa()
    points = ((0.5, -0.25),) * len(Emotion)
    seen = Observation(sofa.now_s, 1, sure(Emotion.HAPPY), points=points)
    sofa.speaker.observe(seen, sofa.now_s)
    state = sofa.state()
    assert (state.valence, state.arousal) == (pytest.approx(0.5), pytest.approx(-0.25))
    # A frame without a face tells no plane: the last one stays.
    sofa.see(Emotion.HAPPY, 1)
    assert sofa.state().arousal == pytest.approx(-0.25)


def test_nobody_is_absent_and_not_present() -> None:
    sofa = Sofa()
    sofa.see(Emotion.HAPPY, 3)
    state = sofa.see(None, 3.5)
    assert (state.mood, state.source, state.presence) == (Mood.ABSENT, Source.NOBODY, False)


def test_a_mood_chosen_by_hand_wins_over_the_camera() -> None:
    sofa = Sofa()
    sofa.speaker.choose_mood(Emotion.SAD, sofa.now_s)
    state = sofa.see(Emotion.HAPPY, 3)
    assert (state.mood, state.source, state.manual_mood) == ("sad", "manual", "sad")
    assert state.override_until == pytest.approx(WALL_S + HOUR_S - 3)
    assert state.reason.startswith("sad chosen by hand")


@pytest.mark.parametrize(
    ("waited_s", "source"), [(-0.1, "manual"), (0.0, "camera"), (0.1, "camera")]
)
def test_it_expires_when_its_time_is_over(waited_s: float, source: str) -> None:
    sofa = Sofa()
    sofa.see(Emotion.HAPPY, 3)
    sofa.speaker.choose_mood(Emotion.SAD, sofa.now_s)
    began_s = sofa.now_s
    sofa.now_s = began_s + HOUR_S + waited_s
    sofa.speaker.observe(Observation(sofa.now_s, 1, sure(Emotion.HAPPY)), sofa.now_s)
    assert sofa.state().source == source


def test_auto_gives_the_mood_back_to_the_camera() -> None:
    sofa = Sofa()
    sofa.speaker.choose_mood(Emotion.SAD, sofa.now_s)
    sofa.see(Emotion.HAPPY, 3)
    sofa.speaker.choose_mood(None, sofa.now_s)
    assert sofa.state().mood is Mood.HAPPY


def test_a_camera_switched_off_is_off_and_forgets_who_was_there() -> None:
    sofa = Sofa()
    sofa.see(Emotion.HAPPY, 3)
    sofa.speaker.switch(sofa.now_s, camera=False)
    state = sofa.state()
    assert (state.mood, state.camera, state.camera_health) == (Mood.OFF, False, "off")
    assert (state.presence, state.faces, state.scores) == (False, 0, None)


def test_a_frame_that_comes_after_the_switch_tells_nothing() -> None:
    sofa = Sofa()
    sofa.see(Emotion.HAPPY, 3)
    sofa.speaker.switch(sofa.now_s, camera=False)
    state = sofa.see(Emotion.HAPPY, 0.1)
    assert (state.mood, state.presence, state.faces, state.scores) == ("off", False, 0, None)


def test_a_mood_can_be_chosen_while_the_camera_is_off() -> None:
    sofa = Sofa(Switches(camera=False))
    sofa.speaker.choose_mood(Emotion.HAPPY, sofa.now_s)
    assert sofa.state().mood is Mood.HAPPY


def test_a_camera_that_falls_silent_leaves_nobody_present() -> None:
    sofa = Sofa()
    sofa.see(Emotion.HAPPY, 3)
    assert sofa.wait(2.9).mood is Mood.HAPPY
    state = sofa.wait(0.2)
    assert (state.mood, state.presence, state.faces) == (Mood.UNSURE, False, 0)
    assert "no picture" in state.reason


def test_problems_are_told_together_and_go_away() -> None:
    sofa = Sofa()
    sofa.speaker.health.update(camera="no camera", mpd="no connection")
    assert sofa.state().problem == "camera: no camera; mpd: no connection"
    sofa.speaker.health.update(camera=OK, mpd=OK)
    assert sofa.state().problem is None


def test_since_is_when_the_mood_began() -> None:
    wall = [10.0]
    sofa = Sofa()
    sofa.speaker._wall = lambda: wall[0]
    wall[0] = 20.0
    assert sofa.see(Emotion.HAPPY, 3).since == 20.0
    wall[0] = 30.0
    assert sofa.see(Emotion.HAPPY, 3).since == 20.0


def test_the_room_is_idle_since_nobody_was_seen() -> None:
    sofa = Sofa()
    sofa.see(None, 5)
    assert sofa.speaker.idle_s(sofa.now_s) == pytest.approx(4.9)
    sofa.see(Emotion.HAPPY, 1)
    assert sofa.speaker.idle_s(sofa.now_s) == 0
    sofa.see(None, 2)
    assert sofa.speaker.idle_s(sofa.now_s) == pytest.approx(2)


def test_a_camera_that_cannot_see_makes_no_room_idle() -> None:
    sofa = Sofa()
    sofa.see(None, 5)
    sofa.wait(1000)
    assert sofa.speaker.idle_s(sofa.now_s) == 0


def test_the_config_reaches_the_engine_whole() -> None:
    section = Config().mood
    settings = mood_settings(section)
    plain = set(settings.__slots__) - {"priors", "floors", "merges", "points", "wrong_s"}
    assert all(getattr(settings, name) == getattr(section, name) for name in plain)
    assert settings.priors[1] == section.priors.disgust
    assert settings.floors == (0.0, 0.15, 0.15, 0.0, 0.0, 0.0, 0.0)
    assert settings.merges == ()
    assert settings.wrong_s == 60 * section.wrong_minutes


def test_a_mood_that_was_called_wrong_is_unsure_and_stays_away() -> None:
    sofa = Sofa()
    sofa.see(Emotion.SAD, 3)
    assert sofa.speaker.reject(sofa.now_s) is Emotion.SAD
    state = sofa.state()
    assert (state.mood, state.scores) == (Mood.UNSURE, None)
    assert state.reason == "sad was called wrong: not again for 2 minutes"
    assert sofa.see(Emotion.SAD, 119).mood is Mood.UNSURE
    assert sofa.see(Emotion.SAD, 3).mood is Mood.SAD


def test_another_mood_may_follow_one_that_was_wrong() -> None:
    sofa = Sofa()
    sofa.see(Emotion.SAD, 3)
    sofa.speaker.reject(sofa.now_s)
    assert sofa.see(Emotion.HAPPY, 3).mood is Mood.HAPPY


def test_a_mood_chosen_by_hand_is_not_wrong() -> None:
    sofa = Sofa()
    sofa.see(Emotion.SAD, 3)
    sofa.speaker.choose_mood(Emotion.HAPPY, sofa.now_s)
    with pytest.raises(NothingToReject, match="happy was chosen by hand"):
        sofa.speaker.reject(sofa.now_s)


def test_what_is_not_named_cannot_be_wrong() -> None:
    sofa = Sofa()
    with pytest.raises(NothingToReject, match="no mood is named now, it is unsure"):
        sofa.speaker.reject(sofa.now_s)


def test_two_people_are_one_reading_by_their_overlap() -> None:
    sofa = Sofa()
    ann = FaceReading(Face(Box(0, 0, 50, 50), 0.9), sure(Emotion.HAPPY), 1.0)
    bob = FaceReading(Face(Box(100, 0, 48, 48), 0.9), sure(Emotion.SAD), 1.0)
    for tenth in range(200):
        sofa.now_s += 0.1
        first, second = (ann, bob) if tenth % 2 == 0 else (bob, ann)
        seen = Observation(sofa.now_s, 2, first.scores, 1.0, readings=(first, second))
        sofa.speaker.observe(seen, sofa.now_s)
    assert (sofa.state().mood, sofa.state().faces) == (Mood.HAPPY, 2)


TROUBLED = Observation(0.0, 0, None, trouble=Trouble.COVERED)


def test_a_covered_lens_is_a_problem_and_nobody_is_absent_for_it() -> None:
    sofa = Sofa()
    sofa.see(Emotion.HAPPY, 3)
    for _ in range(100):
        sofa.now_s += 0.1
        sofa.speaker.observe(replace(TROUBLED, time_s=sofa.now_s), sofa.now_s)
    state = sofa.state()
    assert (state.mood, state.faces, state.presence) == (Mood.UNSURE, 0, False)
    assert state.problem == "picture: lens covered: the picture is one even grey"
    assert sofa.speaker.idle_s(sofa.now_s) == 0
    assert sofa.see(Emotion.HAPPY, 3).problem is None


def test_a_dark_room_is_a_problem_and_an_empty_one_too() -> None:
    sofa = Sofa()
    for _ in range(50):
        sofa.now_s += 0.1
        dark = replace(TROUBLED, time_s=sofa.now_s, trouble=Trouble.DARK)
        sofa.speaker.observe(dark, sofa.now_s)
    state = sofa.state()
    assert state.mood is Mood.ABSENT
    assert state.problem == "picture: too dark to see a face"
    assert sofa.speaker.idle_s(sofa.now_s) > 0


def test_a_resting_face_is_taken_off_what_is_seen() -> None:
    sofa = Sofa()
    sofa.speaker.resting = sure(Emotion.SAD, 0.7)
    scores = sofa.see(Emotion.SAD, 3).scores
    assert scores is not None
    assert scores[Emotion.SAD] == pytest.approx((0.9 - 0.7) / (1 - 0.7))


def test_outside_its_hours_the_camera_is_off_and_says_why_though_it_is_switched_on() -> None:
    sofa = Sofa()
    sofa.see(Emotion.HAPPY, 3)
    sofa.speaker.rest("outside the camera's hours (07:00-23:00)", sofa.now_s)
    state = sofa.see(Emotion.SAD, 3)
    assert (state.mood, state.camera, state.camera_health) == (Mood.OFF, True, "off")
    assert state.reason == "outside the camera's hours (07:00-23:00)"
    assert state.scores is None
    sofa.speaker.rest(None, sofa.now_s)
    assert sofa.state().mood is Mood.UNSURE
    assert sofa.see(Emotion.SAD, 3).mood is Mood.SAD


def test_resting_twice_changes_nothing_and_forgets_nothing() -> None:
    sofa = Sofa()
    sofa.see(Emotion.HAPPY, 3)
    sofa.speaker.rest(None, sofa.now_s)
    assert sofa.state().mood is Mood.HAPPY


def test_a_picture_problem_ends_with_the_camera_switched_off() -> None:
    sofa = Sofa()
    sofa.speaker.observe(replace(TROUBLED, time_s=sofa.now_s), sofa.now_s)
    sofa.speaker.switch(sofa.now_s, camera=False)
    assert sofa.state().problem is None
