"""What camera and networks can do. A camera's own waits go up to a minute."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from chaos.fault import CAMERA_S, Fault, fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from chaos.house import House

SAID = {
    "absent": "there is no chaos camera",
    "busy": "does not start",
    "stalled": "gave no frame",
    "hangs": "no picture from the camera",
    "frozen": "picture: frozen",
    "black": "picture: ",
    "bright": "picture: ",
    "half": "picture: broken",
    "slow": "",
}
QUICK = ("absent",)
NO_NUMBERS = ("nan scores", "inf scores", "nan in every network", "inf in every network")


def camera_fault(kind: str) -> Fault:
    """The camera does that, until it does not."""

    @fault(
        f"camera: {kind}",
        SAID[kind],
        limit_s=CAMERA_S,
        lasts_s=0.0 if SAID[kind] else 5.0,
        quick=kind in QUICK,
    )
    async def act(house: House) -> AsyncIterator[None]:
        house.turn(camera=kind)
        yield
        house.turn(camera="")

    return act


def numbers_fault(kind: str) -> Fault:
    """The networks give that instead of numbers: nobody is seen, or nothing is read."""

    @fault(f"networks: {kind}", lasts_s=5.0, quick=kind == NO_NUMBERS[0])
    async def act(house: House) -> AsyncIterator[None]:
        house.turn(network=kind)
        yield
        house.turn(network="")

    return act


@fault("detector and model raise", "model: ", limit_s=CAMERA_S)
async def raising(house: House) -> AsyncIterator[None]:
    """An error of a kind that we know."""
    house.turn(network="raises")
    yield
    house.turn(network="")


@fault("model's file overwritten with garbage, and back", lasts_s=3.0)
async def overwritten(house: House) -> AsyncIterator[None]:
    """In place, as a copy over it does; the one in memory goes on."""
    aside = house.folder / "emotion.kept"
    shutil.copy(house.model, aside)
    house.model.write_bytes(os.urandom(house.model.stat().st_size))
    yield
    house.model.write_bytes(aside.read_bytes())


@fault("model's file cut to nothing, and back", lasts_s=3.0)
async def truncated(house: House) -> AsyncIterator[None]:
    """A file that is mapped into memory would end the process here."""
    kept = house.model.read_bytes()
    os.truncate(house.model, 0)
    yield
    house.model.write_bytes(kept)


VISION_FAULTS = (
    *(camera_fault(kind) for kind in SAID),
    *(numbers_fault(kind) for kind in NO_NUMBERS),
    raising,
    overwritten,
    truncated,
)
