"""Looks that are taken twice, because the player says one thing before the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from moodspeaker.player.editor import QueueEditor
from moodspeaker.player.events import Held
from moodspeaker.player.hold import PAUSED, SINGLE, STOPPED, Holds
from moodspeaker.player.watcher import QueueWatcher
from moodspeaker.types import PlayerStatus, PlayState, QueuedSong

if TYPE_CHECKING:
    from moodspeaker.player.events import PlayerEvent

ONE, TWO = QueuedSong(1, "one.ogg"), QueuedSong(2, "two.ogg")
PLAYING = PlayerStatus(PlayState.PLAY, (ONE, TWO), 0, elapsed_s=199.5, duration_s=200.0)
ALONE = replace(PLAYING, single=True)
STILL_ONE = replace(ALONE, state=PlayState.PAUSE)
AT_TWO = replace(STILL_ONE, position=1, elapsed_s=None)
STOPPING = replace(PLAYING, state=PlayState.STOP)
ENDED = PlayerStatus(PlayState.STOP, (ONE, TWO), None)


class Telling:
    """Tells one status after the other, and the last one again and again."""

    def __init__(self, *statuses: PlayerStatus) -> None:
        self._left = list(statuses)

    async def status(self) -> PlayerStatus:
        return self._left.pop(0) if len(self._left) > 1 else self._left[0]


@pytest.mark.parametrize(
    ("statuses", "held"),
    [
        pytest.param((ALONE, STILL_ONE, AT_TWO), [SINGLE], id="the end of a song in single mode"),
        pytest.param((ALONE, STILL_ONE, STILL_ONE), [PAUSED], id="a pause in single mode"),
        pytest.param((PLAYING, STOPPING, ENDED), [], id="the end of the queue"),
        pytest.param((PLAYING, STOPPING, STOPPING), [STOPPED], id="a stop"),
        pytest.param(
            (ALONE, replace(STOPPING, single=True), replace(ENDED, single=True)),
            [SINGLE],
            id="the end of the queue in single mode",
        ),
    ],
)
async def test_what_may_be_an_end_is_looked_at_again(
    statuses: tuple[PlayerStatus, ...], held: list[str]
) -> None:
    assert await holds(*statuses) == held


async def holds(*statuses: PlayerStatus) -> list[str | None]:
    """What is told of holds, over as many looks and two more."""
    events: list[PlayerEvent] = []
    editor = QueueEditor(lambda _: None, events.append)
    watcher = QueueWatcher(editor, Holds(events.append, 3600), events.append, lambda: 0.0)
    watcher.connected(statuses[0])
    player: Any = Telling(*statuses)
    for _ in range(len(statuses) + 2):
        await watcher.look(player, 0, judging=True)
    return [event.reason for event in events if isinstance(event, Held)]
