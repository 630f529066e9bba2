"""The volume goes to its cap in steps, and a person's own is never lost."""

from __future__ import annotations

import logging

import pytest

from fakes.player import FakeMpd, FakePlayer
from moodspeaker.errors import PlayerLost
from moodspeaker.player.volume import VolumeKeeper, VolumeSettings

SETTINGS = VolumeSettings(fade_step=4, step_s=0.15, duck_percent=20)


class CoarseMpd(FakeMpd):
    """Its card has a volume for every `grain` percent only."""

    grain = 1

    def set_volume(self, percent: int) -> None:
        super().set_volume(round(percent / self.grain) * self.grain)


class Bench:
    """A player in memory, a clock and a volume keeper."""

    def __init__(
        self, volume: int | None = 80, memo: int | None = None, settings: VolumeSettings = SETTINGS
    ) -> None:
        self.now_s = 100.0
        self.mpd = CoarseMpd()
        self.mpd.volume = volume
        self.keeper = VolumeKeeper(settings, memo, lambda: self.now_s)
        self.player = FakePlayer(self.mpd)

    @property
    def sets(self) -> list[int]:
        """Every volume that was asked for."""
        calls = (call.split() for call in self.mpd.calls)
        return [int(call[1]) for call in calls if call[0] == "set_volume"]

    async def look(self) -> float | None:
        return await self.keeper.attend(self.player, self.mpd.status)

    async def settle(self) -> float:
        """Looks whenever it wants to, until it waits for something; how long that took."""
        start_s = self.now_s
        for _ in range(200):
            due_s = await self.look()
            if due_s is None or due_s > 1:
                return self.now_s - start_s
            self.now_s += due_s
        raise AssertionError("it never comes to rest")

    async def wait(self, seconds: float) -> None:
        self.now_s += seconds
        await self.settle()

    async def person_sets(self, percent: int) -> None:
        self.mpd.volume = percent
        await self.settle()


async def capped(cap: int | None = 50, volume: int = 80) -> Bench:
    """At rest under a cap."""
    bench = Bench(volume)
    await bench.settle()
    bench.keeper.want(cap)
    await bench.settle()
    await bench.wait(1)
    return bench


async def test_without_a_cap_nothing_is_set() -> None:
    bench = Bench()
    assert await bench.look() is None
    assert bench.mpd.calls == []


@pytest.mark.parametrize(("cap", "volume"), [(79, 79), (80, 80), (81, 80), (100, 80), (0, 0)])
async def test_the_volume_is_the_lower_of_the_persons_and_the_cap(cap: int, volume: int) -> None:
    bench = await capped(cap)
    assert bench.mpd.volume == volume


async def test_it_goes_down_and_up_again_in_small_steps() -> None:
    bench = await capped(70)
    assert bench.sets == [76, 72, 70]
    bench.keeper.want(None)
    await bench.settle()
    assert bench.sets[3:] == [74, 78, 80]


async def test_a_step_waits_for_its_time_however_often_it_is_asked() -> None:
    bench = Bench()
    bench.keeper.want(70)
    assert await bench.look() == pytest.approx(0.15)
    bench.now_s += 0.1
    assert await bench.look() == pytest.approx(0.05)
    assert bench.sets == [76]
    bench.now_s += 0.06
    await bench.look()
    assert bench.sets == [76, 72]


async def test_all_the_way_takes_less_than_five_seconds() -> None:
    bench = Bench(100)
    bench.keeper.want(0)
    assert await bench.settle() < 5


async def test_a_person_who_goes_lower_stays_there() -> None:
    bench = await capped()
    await bench.person_sets(30)
    bench.keeper.want(None)
    await bench.settle()
    assert bench.mpd.volume == 30


async def test_a_person_who_goes_higher_is_capped_now_and_gets_it_later() -> None:
    bench = await capped()
    await bench.person_sets(90)
    assert bench.mpd.volume == 50
    bench.keeper.want(None)
    await bench.settle()
    assert bench.mpd.volume == 90


async def test_a_person_ends_a_fade() -> None:
    bench = Bench()
    bench.keeper.want(50)
    await bench.look()
    await bench.person_sets(40)
    assert bench.sets == [76]
    bench.keeper.want(None)
    await bench.settle()
    assert bench.mpd.volume == 40


async def test_a_person_ends_a_fade_upwards_and_it_never_rises_above_theirs() -> None:
    bench = await capped()
    bench.keeper.want(None)
    await bench.look()
    assert bench.mpd.volume == 54
    await bench.person_sets(45)
    assert (bench.mpd.volume, bench.keeper.memo) == (45, None)


async def test_a_duck_is_quiet_for_its_time_and_then_over() -> None:
    bench = Bench()
    await bench.settle()
    bench.keeper.duck(10)
    start_s = bench.now_s
    await bench.settle()
    assert bench.mpd.volume == 20
    due_s = await bench.look()
    assert bench.now_s + (due_s or 0) == pytest.approx(start_s + 10)
    await bench.wait(due_s or 0)
    assert bench.mpd.volume == 80


async def test_a_duck_never_makes_it_louder() -> None:
    bench = Bench(10)
    await bench.settle()
    bench.keeper.duck(10)
    await bench.settle()
    assert bench.sets == []


async def test_a_person_ends_a_duck() -> None:
    bench = Bench()
    await bench.settle()
    bench.keeper.duck(10)
    await bench.settle()
    await bench.person_sets(60)
    assert bench.mpd.volume == 60
    await bench.wait(20)
    assert bench.mpd.volume == 60


async def test_not_following_nothing_is_set() -> None:
    bench = Bench(settings=VolumeSettings(crossfade_s=3))
    bench.keeper.follow(False)
    bench.keeper.want(50)
    assert await bench.look() is None
    assert bench.mpd.calls == []


async def test_following_that_ends_leaves_the_volume_where_it_is() -> None:
    bench = await capped()
    bench.keeper.follow(False)
    bench.keeper.want(10)
    await bench.settle()
    assert bench.mpd.volume == 50
    bench.keeper.follow(True)
    await bench.settle()
    assert bench.mpd.volume == 10


@pytest.mark.parametrize("cap", [None, 50])
async def test_not_following_a_duck_works_and_ends_where_it_began(cap: int | None) -> None:
    bench = await capped(cap)
    began = bench.mpd.volume
    bench.keeper.follow(False)
    bench.keeper.duck(10)
    await bench.settle()
    assert bench.mpd.volume == 20
    await bench.wait(11)
    assert bench.mpd.volume == began


async def test_a_duck_ends_though_following_ended_meanwhile() -> None:
    bench = await capped()
    bench.keeper.duck(10)
    await bench.settle()
    bench.keeper.follow(False)
    await bench.wait(11)
    assert bench.mpd.volume == 50


@pytest.mark.parametrize("grain", [2, 3])
async def test_a_card_that_rounds_is_no_person_and_is_not_asked_again(grain: int) -> None:
    bench = Bench(90)
    bench.mpd.grain = grain
    await bench.settle()
    bench.keeper.want(50)
    await bench.settle()
    asked = len(bench.sets)
    await bench.settle()
    assert (bench.sets[-1], len(bench.sets)) == (50, asked)
    bench.keeper.want(None)
    await bench.settle()
    assert bench.mpd.volume == 90


@pytest.mark.parametrize(("off", "own"), [(2, 80), (3, 79)])
async def test_right_after_a_step_a_volume_near_it_is_the_cards(off: int, own: int) -> None:
    bench = Bench()
    bench.keeper.want(70)
    await bench.look()
    bench.mpd.volume = 76 + off
    bench.now_s += 1
    await bench.look()
    assert bench.keeper.memo == own


@pytest.mark.parametrize("volume", [49, 51])
async def test_at_rest_every_other_volume_is_a_persons(volume: int) -> None:
    bench = await capped(50)
    bench.mpd.volume = volume
    bench.keeper.want(None)
    await bench.settle()
    assert bench.mpd.volume == volume


async def test_without_a_mixer_it_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(None)
    caplog.set_level(logging.INFO)
    bench.keeper.want(50)
    for _ in range(3):
        assert await bench.look() is None
    assert len(caplog.records) == 1
    assert bench.sets == []


async def test_a_mixer_that_refuses_is_asked_once_a_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = Bench()
    caplog.set_level(logging.INFO)
    status = bench.mpd.status
    bench.mpd.volume = None
    bench.keeper.want(50)
    for _ in range(3):
        assert await bench.keeper.attend(bench.player, status) is None
        bench.now_s += 1
    assert (len(bench.sets), len(caplog.records)) == (1, 1)
    bench.mpd.volume = 80
    bench.player = FakePlayer(bench.mpd)
    await bench.settle()
    assert bench.mpd.volume == 50


async def test_the_crossfade_is_set_once_a_connection() -> None:
    bench = Bench(settings=VolumeSettings(crossfade_s=3))
    for _ in range(2):
        await bench.look()
    assert bench.mpd.calls == ["set_crossfade 3"]
    bench.player = FakePlayer(bench.mpd)
    await bench.look()
    bench.keeper.tune(VolumeSettings(crossfade_s=5))
    await bench.look()
    assert bench.mpd.calls == ["set_crossfade 3", "set_crossfade 3", "set_crossfade 5"]


async def test_at_the_end_the_persons_volume_is_back_at_once() -> None:
    bench = await capped()
    assert bench.keeper.memo == 80
    await bench.keeper.restore(bench.player)
    assert (bench.mpd.volume, bench.sets[-2:], bench.keeper.memo) == (80, [50, 80], None)


async def test_at_the_end_what_a_person_set_last_is_left() -> None:
    bench = await capped()
    bench.mpd.volume = 30
    await bench.keeper.restore(bench.player)
    assert bench.mpd.volume == 30


async def test_at_the_end_nothing_is_set_that_was_not_lowered() -> None:
    bench = await capped(None)
    await bench.keeper.restore(bench.player)
    assert bench.sets == []


async def test_a_lost_connection_ends_a_look() -> None:
    bench = Bench()
    bench.keeper.want(50)
    bench.player.lose()
    with pytest.raises(PlayerLost):
        await bench.look()


@pytest.mark.parametrize("following", [True, False])
async def test_after_a_kill_the_memo_gives_the_persons_volume_back(following: bool) -> None:
    bench = Bench(20, memo=80)
    bench.keeper.follow(following)
    assert bench.keeper.memo == 80
    await bench.settle()
    assert (bench.mpd.volume, bench.keeper.memo) == (80, None)


@pytest.mark.parametrize("volume", [80, 90])
async def test_after_a_kill_a_person_has_turned_it_up_already(volume: int) -> None:
    bench = Bench(volume, memo=80)
    await bench.settle()
    bench.keeper.want(50)
    await bench.settle()
    assert bench.keeper.memo == volume


@pytest.mark.parametrize(("volume", "own"), [(62, 80), (48, 80), (47, 47), (80, 80), (85, 85)])
async def test_a_restarted_player_may_come_back_in_the_middle_of_a_fade(
    volume: int, own: int
) -> None:
    bench = await capped(50)
    bench.mpd.volume = volume
    bench.player = FakePlayer(bench.mpd)
    bench.keeper.want(None)
    await bench.settle()
    assert bench.mpd.volume == own


async def test_a_player_restarted_in_the_middle_of_a_fade_comes_under_its_cap_again() -> None:
    bench = await capped(50)
    bench.mpd.volume = 62
    bench.player = FakePlayer(bench.mpd)
    await bench.settle()
    assert (bench.mpd.volume, bench.keeper.memo) == (50, 80)
