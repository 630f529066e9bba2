"""Which mood the music is for, and when it turns away from a low one."""

from __future__ import annotations

from random import Random

import pytest

from moodspeaker.app.dj import Dj
from moodspeaker.app.music_settings import dj_settings, unknown_music
from moodspeaker.app.stockroom import with_counts
from moodspeaker.config.music_section import CustomMusic, MusicSection, Policies
from moodspeaker.music.shelf import Shelf
from moodspeaker.types import Emotion, Mood, Track, TrackCounts


def dj(**changes: object) -> Dj:
    """A DJ with three tracks a mood."""
    made = Dj(dj_settings(MusicSection(**changes)), Random(1), clock=lambda: 0.0)
    made.stock(SHELF, {"Evening": ("sad/0", "sad/1"), "Radio": ("http://radio.example/live",)})
    return made


SHELF = Shelf.of(Track(f"{e}/{n}", moods=(e.value,)) for e in Emotion for n in range(3))


def custom(mood: str, **own: object) -> Dj:
    """A DJ with a table of one mood."""
    return dj(custom={mood: CustomMusic(**own)})


def uris(made: Dj, mood: Mood, n: int = 2) -> list[str]:
    """What it picks for a mood."""
    wish = made.wish_for(mood)
    picks = [made.pick(wish) for _ in range(n)]
    return [pick.track.uri for pick in picks if pick]


def test_before_any_mood_the_wish_is_neutral() -> None:
    assert dj().wish_for(Mood.UNSURE) is Mood.NEUTRAL


@pytest.mark.parametrize("mood", [Mood.UNSURE, Mood.ABSENT, Mood.OFF, Mood.NEUTRAL, Mood.SURPRISE])
def test_moods_that_keep_leave_the_wish_as_it_was(mood: Mood) -> None:
    made = dj()
    made.wish_for(Mood.HAPPY)
    assert made.wish_for(mood) is Mood.HAPPY


def test_happy_is_matched() -> None:
    made = dj()
    pick = made.pick(made.wish_for(Mood.HAPPY))
    assert pick is not None
    assert pick.track.moods == ("happy",)
    assert (pick.mood, pick.valence, pick.arousal) == (Mood.HAPPY, 0.8, 0.35)


def test_sad_is_lifted_from_where_the_listener_is() -> None:
    made = dj(artist_spacing=0)
    wish = made.wish_for(Mood.SAD)
    picks = [made.pick(wish) for _ in range(6)]
    assert picks[0] is not None
    assert picks[0].track.moods == ("sad",)
    assert [p and p.track.moods[0] for p in picks[3:]] == ["happy"] * 3


def test_an_empty_library_is_no_pick() -> None:
    assert Dj(dj_settings(MusicSection()), Random(1)).pick(Mood.HAPPY) is None


class LongEvening:
    """A DJ whose sadness is matched, and the time since it began."""

    def __init__(self, **policies: str) -> None:
        self.now_s = 1000.0
        section = MusicSection(policies=Policies(**{"sad": "match", **policies}))
        self.dj = Dj(
            dj_settings(section), Random(1), clock=lambda: 0.0, monotonic=lambda: self.now_s
        )

    def after(self, minutes: float, mood: Mood = Mood.SAD, *, by_hand: bool = False) -> Mood:
        """The wish when so much time has passed with this mood."""
        self.dj.wish_for(mood, by_hand=by_hand)
        self.now_s += 60 * minutes
        return self.dj.wish_for(mood, by_hand=by_hand)


@pytest.mark.parametrize(("minutes", "wish"), [(44.9, Mood.SAD), (45, Mood.NEUTRAL)])
def test_sadness_is_matched_for_three_quarters_of_an_hour(minutes: float, wish: Mood) -> None:
    assert LongEvening().after(minutes) is wish


def test_unsure_moments_do_not_start_the_sad_hour_again() -> None:
    evening = LongEvening()
    evening.after(44)
    evening.after(0, Mood.UNSURE)
    assert evening.after(2) is Mood.NEUTRAL


def test_another_mood_starts_it_again() -> None:
    evening = LongEvening()
    evening.after(44)
    evening.after(1, Mood.HAPPY)
    assert evening.after(44) is Mood.SAD


def test_sadness_chosen_by_hand_may_last() -> None:
    assert LongEvening().after(300, by_hand=True) is Mood.SAD


def test_lifting_and_happiness_are_no_spiral() -> None:
    assert LongEvening(sad="lift").after(300) is Mood.SAD
    assert LongEvening().after(300, Mood.HAPPY) is Mood.HAPPY


def test_a_playlist_of_ones_own_is_played_whatever_its_tracks_are_like() -> None:
    made = custom("happy", playlist="Evening")
    assert sorted(uris(made, Mood.HAPPY)) == ["sad/0", "sad/1"]


def test_a_playlist_that_is_not_there_is_told_and_the_mood_is_played() -> None:
    made = custom("happy", playlist="Gone")
    pick = made.pick(made.wish_for(Mood.HAPPY))
    assert pick is not None
    assert pick.track.moods == ("happy",)
    assert "there is no playlist Gone" in pick.why


def test_a_playlist_of_streams_is_played_as_one() -> None:
    made = custom("happy", playlist="Radio")
    assert uris(made, Mood.HAPPY, 1) == ["http://radio.example/live"]


def test_a_stream_of_ones_own_is_played() -> None:
    made = custom("surprise", stream="http://radio.example/live")
    assert uris(made, Mood.SURPRISE, 1) == ["http://radio.example/live"]


def test_moods_of_ones_own_lie_over_the_policy() -> None:
    made = custom("neutral", moods=("sad",))
    assert {uri.split("/")[0] for uri in uris(made, Mood.NEUTRAL)} == {"sad"}


def test_one_policy_for_all_moods_lies_over_the_tables() -> None:
    made = dj(policy="match", custom={"happy": CustomMusic(moods=("sad",))})
    assert {uri.split("/")[0] for uri in uris(made, Mood.HAPPY)} == {"happy"}
    assert made.wish_for(Mood.NEUTRAL) is Mood.NEUTRAL


def test_keep_for_all_moods_leaves_the_wish_alone() -> None:
    made = dj()
    made.wish_for(Mood.HAPPY)
    made.settings = dj_settings(MusicSection(policy="keep"))
    assert made.wish_for(Mood.SAD) is Mood.HAPPY


def test_a_genre_map_counts_where_the_table_says_nothing() -> None:
    section = MusicSection(genre_map="soothe", custom={"happy": CustomMusic(genres=("jazz",))})
    music = dj_settings(section).music
    assert music[Emotion.HAPPY].own.genres == ("jazz",)
    assert music[Emotion.ANGRY].own.genres == ("calm classical", "ambient")
    assert not music[Emotion.ANGRY].keeps


def test_a_moods_own_decades_lie_over_the_general_ones() -> None:
    section = MusicSection(decades=(1980,), custom={"sad": CustomMusic(decades=(1970,))})
    settings = dj_settings(section)
    assert settings.decades == (1980,)
    assert settings.music[Emotion.SAD].own.decades == (1970,)
    assert not settings.music[Emotion.SAD].own.places


def test_the_lower_of_both_volumes_is_the_most_for_a_mood() -> None:
    music = dj_settings(MusicSection(volume_max=70, volumes={"sad": 40})).music
    assert (music[Emotion.SAD].volume, music[Emotion.HAPPY].volume) == (40, 70)


def test_calmer_hours_are_calmer() -> None:
    made = dj()
    made.calmer = True
    pick = made.pick(made.wish_for(Mood.HAPPY))
    assert pick is not None
    assert "calmer hours" in pick.why
    assert ", calmer hours" not in str(dj().pick(Mood.HAPPY))


def test_words_that_find_nothing_are_told() -> None:
    section = MusicSection(custom={"sad": CustomMusic(moods=("calm", "wibbly"))})
    assert list(unknown_music(section)) == [
        "music.custom.sad.moods: 'wibbly' is no mood word that has a place"
    ]


def test_what_did_not_play_is_left_out_for_a_while_as_long_as_there_is_anything_else() -> None:
    made = dj(artist_spacing=0, no_repeat_hours=0)
    made.failed("happy/0")
    made.failed("happy/1")
    assert set(uris(made, Mood.HAPPY, 20)) == {"happy/2"}
    for track in SHELF.tracks:
        made.failed(track.uri)
    assert uris(made, Mood.HAPPY, 1)


def test_what_did_not_play_is_tried_again_once_the_library_was_read_anew() -> None:
    made = dj(artist_spacing=0, no_repeat_hours=0)
    made.failed("happy/0")
    made.stock(with_counts(SHELF, {"happy/1": TrackCounts(like=2)}))
    assert set(uris(made, Mood.HAPPY, 20)) == {"happy/1", "happy/2"}
    made.stock(Shelf.of(tuple(SHELF.tracks)))
    assert len(set(uris(made, Mood.HAPPY, 20))) == 3
