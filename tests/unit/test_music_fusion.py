"""Several estimates of one track become one place."""

from __future__ import annotations

import pytest

from moodspeaker.music.fusion import SDS, Estimate, Place, Source, estimate, fused, ranked
from moodspeaker.music.plane import LIBRARY_CENTRE, Point


def told(valence: float, arousal: float, source: Source) -> Estimate:
    """What a source says, as uncertain as it usually is."""
    return estimate(Point(valence, arousal), source)


def known(valence: float, arousal: float = 0.0, source: Source = Source.AUDIO) -> Place:
    """A place that rests on one source."""
    return Place(valence, arousal, 0.3, 0.3, (source,))


UNKNOWN = fused([])


def test_a_track_of_which_nothing_is_known_lies_at_the_library_centre() -> None:
    assert UNKNOWN.point.distance(LIBRARY_CENTRE) == pytest.approx(0)
    assert UNKNOWN.point.sd == pytest.approx(LIBRARY_CENTRE.sd)
    assert UNKNOWN.sources == (Source.NOTHING,)


def test_a_place_is_the_mean_by_inverse_variance_with_the_centre_among_them() -> None:
    place = fused([Estimate(0.9, 0.6, 0.3, 0.2, Source.TAG)])
    weight_v, weight_a, weight_centre = 1 / 0.3**2, 1 / 0.2**2, 1 / 0.6**2
    total_v, total_a = weight_v + weight_centre, weight_a + weight_centre
    assert place.valence == pytest.approx((0.9 * weight_v + 0.1 * weight_centre) / total_v)
    assert place.arousal == pytest.approx(0.6 * weight_a / total_a)
    assert (place.valence_sd, place.arousal_sd) == pytest.approx((total_v**-0.5, total_a**-0.5))


def test_the_more_certain_source_counts_more() -> None:
    place = fused([told(-0.8, 0.0, Source.USER), told(0.8, 0.0, Source.GENRE)])
    assert place.valence < -0.5


def test_audio_moves_arousal_farther_than_valence() -> None:
    audio = fused([told(0.6, 0.5, Source.AUDIO)])
    assert audio.valence - LIBRARY_CENTRE.valence < audio.arousal - LIBRARY_CENTRE.arousal


def test_every_further_source_makes_the_place_more_certain() -> None:
    estimates = [told(0.2, 0.2, source) for source in Source if source is not Source.NOTHING]
    places = [fused(estimates[:n]) for n in range(len(estimates) + 1)]
    for axis in ("valence_sd", "arousal_sd"):
        sds = [getattr(place, axis) for place in places]
        assert sds == sorted(sds, reverse=True)
        assert len(set(sds)) == len(sds)


def test_the_order_of_the_estimates_does_not_matter() -> None:
    estimates = [told(0.5, 0.5, Source.GENRE), told(-0.5, 0.1, Source.TAG)]
    assert fused(estimates) == fused(reversed(estimates))
    assert fused(estimates).sources == (Source.TAG, Source.GENRE)


def test_an_estimate_of_nothing_does_not_count_the_centre_twice() -> None:
    assert fused([told(0.1, 0.0, Source.NOTHING)]) == UNKNOWN


def test_a_point_with_an_uncertainty_keeps_it() -> None:
    one = estimate(Point(0.0, 0.0, 0.5), Source.SUPPLIED)
    assert (one.valence_sd, one.arousal_sd) == (0.5, 0.5)


def test_sources_are_listed_from_the_most_to_the_least_trusted() -> None:
    assert list(SDS) == list(Source)
    assert [v for v, _ in SDS.values()] == sorted(v for v, _ in SDS.values())


def test_ranks_spread_what_has_shrunk_and_keep_the_order() -> None:
    places = ranked([known(0.0), known(0.1), known(0.2), known(0.3)])
    assert [p.valence for p in places] == pytest.approx([-0.375, -0.075, 0.225, 0.525])


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_library_of_one_or_two_stays_absolute(n: int) -> None:
    places = tuple(known(0.1 * i) for i in range(n))
    assert ranked(places) == places


def test_a_library_of_three_is_ranked() -> None:
    places = ranked(known(0.1 * i) for i in range(3))
    assert [p.valence for p in places] == pytest.approx([-1 / 3, 0.05, 0.1 + 1 / 3])


def test_ties_share_a_rank() -> None:
    one, two, three = ranked([known(0.1), known(0.1), known(0.5)])
    assert one.valence == two.valence == pytest.approx(0.05 - 1 / 6)
    assert three.valence > 0.5


def test_an_axis_on_which_all_are_equal_is_left_alone() -> None:
    assert {p.arousal for p in ranked([known(0.1 * i, 0.4) for i in range(5)])} == {0.4}


def test_a_track_that_a_user_placed_is_not_moved_but_counts_in_the_ranks() -> None:
    user = known(0.9, source=Source.USER)
    with_user = ranked([known(0.0), known(0.1), known(0.2), user])
    assert with_user[3] == user
    assert with_user[2].valence < ranked([known(0.0), known(0.1), known(0.2)])[2].valence


def test_a_mood_tag_means_the_same_in_every_library() -> None:
    places = [known(v, source=Source.TAG) for v in (-0.9, -0.8, -0.7)]
    assert ranked(places) == tuple(places)


def test_tracks_of_which_nothing_is_known_are_neither_moved_nor_ranked() -> None:
    places = [known(0.0), known(0.1), known(0.2)]
    assert ranked([*places, UNKNOWN, UNKNOWN]) == (*ranked(places), UNKNOWN, UNKNOWN)


def test_ranked_places_stay_on_the_plane_as_uncertain_as_they_were() -> None:
    places = ranked([known(-1.0, 1.0), known(0.0, 0.0), known(1.0, -1.0)])
    assert all(-1 <= axis <= 1 for p in places for axis in (p.valence, p.arousal))
    assert {(p.valence_sd, p.arousal_sd) for p in places} == {(0.3, 0.3)}
