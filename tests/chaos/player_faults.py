"""What MPD, its music and other people's programs can do."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from chaos.fault import RECONNECTS, fault, reconnected
from moodspeaker.demo.servers import HOST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from chaos.house import House

STORM = 100
EDITS = 300
UPDATE_LIMIT_S = 30.0


@fault("MPD killed", "mpd: ", music=False, quick=True)
async def killed(house: House) -> AsyncIterator[None]:
    """Its state file brings the queue back."""
    assert house.mpd.process
    house.mpd.process.kill()
    await house.mpd.process.wait()
    yield
    await house.mpd.start()


@fault("MPD frozen", "mpd: ", music=False)
async def frozen(house: House) -> AsyncIterator[None]:
    """It takes bytes and answers none; the buttons say so within their time limit."""
    assert house.mpd.process
    house.mpd.process.send_signal(signal.SIGSTOP)
    answer = await house.ctl("next")
    assert not answer["ok"], answer
    yield
    house.mpd.process.send_signal(signal.SIGCONT)


@fault("MPD slow: 0.2 s each way", lasts_s=4)
async def slow(house: House) -> AsyncIterator[None]:
    """Slow is not wrong."""
    house.to_mpd.delay_s = 0.2
    yield
    house.to_mpd.heal()


@fault("MPD refuses connections", "mpd: ")
async def refusing(house: House) -> AsyncIterator[None]:
    """What is queued plays on."""
    await house.to_mpd.refuse()
    yield
    await house.to_mpd.accept()


@fault("MPD's connection half open", "mpd: ")
async def half_open(house: House) -> AsyncIterator[None]:
    """Packets vanish, and no connection is ever told that it has ended."""
    house.to_mpd.go_silent()
    yield
    house.to_mpd.heal()


@fault("garbage for MPD's greeting", "mpd: ")
async def garbage(house: House) -> AsyncIterator[None]:
    """Another protocol altogether."""
    house.to_mpd.instead = b"\xff\x00SSH-2.0-dropbear\r\n" + bytes(300)
    house.to_mpd.cut()
    yield
    house.to_mpd.heal()
    house.to_mpd.cut()


@fault("MPD's answers cut in the middle", "mpd: ")
async def cut_short(house: House) -> AsyncIterator[None]:
    """The listing of all tracks is longer than that."""
    house.to_mpd.cut_after_bytes = 3000
    house.to_mpd.cut()
    yield
    house.to_mpd.heal()
    house.to_mpd.cut()


@fault("MPD restarted with an empty queue", "mpd: ", music=False)
async def emptied(house: House) -> AsyncIterator[None]:
    """Nobody stopped the music: it begins again."""
    assert house.mpd.process
    house.mpd.process.kill()
    await house.mpd.process.wait()
    (house.folder / "mpd" / "mpd.state").unlink(missing_ok=True)
    yield
    await house.mpd.start()


@fault("MPD's `kill` during commands", "mpd: ", music=False)
async def killed_by_command(house: House) -> AsyncIterator[None]:
    """Buttons are pressed meanwhile."""
    assert house.mpd.process
    presses = [asyncio.create_task(house.ctl("next")) for _ in range(3)]
    writer = (await asyncio.open_connection(HOST, house.mpd.port))[1]
    writer.write(b"kill\n")
    await house.mpd.process.wait()
    writer.transport.abort()
    await asyncio.gather(*presses)
    yield
    await house.mpd.start()


@fault(f"MPD's database updated {STORM} times", answers_s=2.0)
async def update_storm(house: House) -> AsyncIterator[None]:
    """Each update tells everybody."""
    for _ in range(STORM):
        await house.mpd_says("rescan")
    yield
    await updated(house)


@fault("queue cleared by another program", "held: queue cleared", music=False)
async def cleared(house: House) -> AsyncIterator[None]:
    """Who clears it wants silence, until somebody wants music."""
    await house.mpd_says("clear")
    yield
    answer = await house.ctl("play")
    assert answer["ok"], answer


@fault(f"queue edited {EDITS} times by another program", "held: queue edited")
async def edited(house: House) -> AsyncIterator[None]:
    """The speaker stays out, until it is told to take over."""
    for _ in range(EDITS // 10):
        await house.mpd_says(*['add "happy/01.ogg"'] * 10)
    status = await house.playing()
    await house.mpd_says(f"delete {int(status['song']) + 1}:")
    yield
    for word in ("OFF", "ON"):
        await house.ctl("following", word)


@fault("our MPD password wrong, then right", "incorrect password")
async def password(house: House) -> AsyncIterator[None]:
    """Refused passwords wait a minute; a reload cuts that short."""
    house.mpd_password.write_text("wrong\n")
    house.to_mpd.cut()
    yield
    house.mpd_password.write_text("right\n")
    house.send(signal.SIGHUP)


@fault("a queued song's file has vanished", lasts_s=9)
async def vanished(house: House) -> AsyncIterator[None]:
    """It is still in MPD's database. Not the next one: MPD has opened that already."""
    async with asyncio.timeout(UPDATE_LIMIT_S):
        while not await queued_ahead(house, 2):
            await asyncio.sleep(0.1)
    queue = (await house.mpd_says("playlistinfo")).splitlines()
    uri = [line.removeprefix("file: ") for line in queue if line.startswith("file: ")][-1]
    path = house.music / uri
    path.rename(path.with_suffix(".away"))
    yield
    path.with_suffix(".away").rename(path)


@fault("library moved away and back", "log: did not play and is left out", music=False)
async def moved(house: House) -> AsyncIterator[None]:
    """MPD forgets every track, and finds them again."""
    away = house.folder / "away"
    house.music.rename(away)
    await house.mpd_says("update")
    yield
    away.rename(house.music)
    await updated(house)
    await house.ctl("play")


@fault(f"MPD hangs up after its greeting, {RECONNECTS} times", "mpd: ")
async def hangs_up(house: House) -> AsyncIterator[None]:
    """A reload cuts every wait short."""
    house.to_mpd.cut_after_first = True
    house.to_mpd.cut()
    await reconnected(house, house.to_mpd)
    yield
    house.to_mpd.heal()
    house.to_mpd.cut()
    house.send(signal.SIGHUP)


@fault("MPD drops the idle connections", quick=True)
async def dropped(house: House) -> AsyncIterator[None]:
    """As it does after its connection_timeout."""
    yield
    house.to_mpd.cut()


@fault(f"volume turned {EDITS} times by another program", answers_s=2.0)
async def volume_storm(house: House) -> AsyncIterator[None]:
    """Each turn tells everybody."""
    for number in range(EDITS):
        await house.mpd_says(f"setvol {40 + number % 50}")
    yield
    await house.mpd_says("setvol 100")


async def queued_ahead(house: House, count: int) -> bool:
    """Whether so many songs are queued after the one that plays."""
    status = await house.playing()
    return int(status["playlistlength"]) > int(status.get("song", "0")) + count


async def updated(house: House) -> None:
    """MPD has read its folder again, as it is now."""
    await house.mpd_says("update")
    async with asyncio.timeout(UPDATE_LIMIT_S):
        while "updating_db" in await house.playing():
            await asyncio.sleep(0.05)


PLAYER_FAULTS = (
    killed,
    frozen,
    slow,
    refusing,
    half_open,
    garbage,
    cut_short,
    emptied,
    killed_by_command,
    update_storm,
    cleared,
    edited,
    password,
    vanished,
    moved,
    hangs_up,
    dropped,
    volume_storm,
)
