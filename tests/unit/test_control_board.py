"""What onlookers of the control socket are told."""

from __future__ import annotations

import json

import pytest

from fakes.broker import A_STATE
from moodspeaker.app.control import Board
from moodspeaker.home import payloads
from moodspeaker.types import NowPlaying, Track


async def test_nothing_is_encoded_while_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    def encoded(_: object) -> bytes:
        raise AssertionError("nobody asked")

    monkeypatch.setattr(payloads, "state_payload", encoded)
    Board().update(A_STATE)


async def test_of_what_came_between_two_looks_the_newest_is_told() -> None:
    board = Board(pause_s=0)
    news = board.subscribe()
    assert [topic for topic, _ in await anext(news)] == ["track"]
    for name in ("a", "b", "c"):
        board.playing(NowPlaying(Track(name)))
    ((topic, payload),) = await anext(news)
    assert (topic, json.loads(payload)["uri"]) == ("track", "c")
    await news.aclose()


async def test_what_is_the_same_is_not_told_again() -> None:
    board = Board(pause_s=0)
    news = board.subscribe()
    await anext(news)
    board.playing(None)
    board.tuning({"margin": 0.1})
    assert await anext(news) == (("tuning", b'{"margin":0.1}'),)
    await news.aclose()


async def test_all_that_is_known_is_told_together() -> None:
    board = Board(pause_s=0)
    board.event("held", {})
    board.update(A_STATE)
    news = board.subscribe()
    assert [topic for topic, _ in await anext(news)] == ["track", "event", "state"]
    await news.aclose()
