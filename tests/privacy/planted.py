"""The service with leaks planted in it: `python -m privacy.planted LEAK[,LEAK...] run --config F`.

Each happens once, in the vision thread, when a frame with a face is looked at.
"""

from __future__ import annotations

import base64
import logging
import mmap
import os
import socket
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from moodspeaker.cli.main import main
from moodspeaker.vision.looker import Looker

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.ports import Frame, GreyImage
    from moodspeaker.types import Observation

STATE = Path(os.environ["MOODSPEAKER_STATE_DIR"])
log = logging.getLogger("moodspeaker.planted")


def raw(luma: GreyImage) -> None:
    """The frame's bytes in a file."""
    (STATE / "raw").write_bytes(luma.tobytes())


def crop(luma: GreyImage) -> None:
    """A small part of the face."""
    (STATE / "crop").write_bytes(luma[100:132, 100:132].tobytes())


def half(luma: GreyImage) -> None:
    """Half as large, in colours."""
    small = cv2.resize(luma, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    (STATE / "half").write_bytes(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR).tobytes())


def floats(luma: GreyImage) -> None:
    """As a network likes it."""
    (STATE / "floats").write_bytes((luma.astype("float32") / 255).tobytes())


def png(luma: GreyImage) -> None:
    """OpenCV writes it by itself."""
    cv2.imwrite(str(STATE / "picture.png"), luma)


def jpeg(luma: GreyImage) -> None:
    """Small, and not at the beginning of its file."""
    data = cv2.imencode(".jpg", cv2.resize(luma, (160, 120)))[1].tobytes()
    (STATE / "jpeg").write_bytes(b"scores\n" + data)


def text(luma: GreyImage) -> None:
    """base64 in a line of the log."""
    log.info("frame %s", base64.b64encode(luma[:40].tobytes()).decode())


def numbers(luma: GreyImage) -> None:
    """As JSON has it."""
    (STATE / "numbers").write_text(str(luma[100, 100:180].tolist()))


def packed(luma: GreyImage) -> None:
    """Smaller."""
    (STATE / "packed").write_bytes(zlib.compress(luma.tobytes()))


def small(luma: GreyImage) -> None:
    """The face in a size that nobody knows."""
    face = cv2.resize(luma[40:190, 45:195], (47, 43), interpolation=cv2.INTER_AREA)
    (STATE / "small").write_bytes(face.tobytes())


def shared(luma: GreyImage) -> None:
    """Through memory that is a file's: no call carries it."""
    with (STATE / "shared").open("w+b") as file:
        file.truncate(luma.size)
        with mmap.mmap(file.fileno(), luma.size) as memory:
            memory[:] = luma.tobytes()


def outside(luma: GreyImage) -> None:
    """A file where none of the service's belongs; nothing is in it."""
    (STATE.parent / "outside").write_bytes(b"")


def call(luma: GreyImage) -> None:
    """A connection to somebody else."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as caller:
        caller.connect_ex(("127.0.0.1", 9))


def crash(luma: GreyImage) -> None:
    """What nobody foresaw: the vision thread dies, and the process with it."""
    raise RuntimeError("planted")


LEAKS = {
    leak.__name__: leak
    for leak in (
        *(raw, crop, half, floats, png, jpeg, text, numbers, packed, small),
        *(shared, outside, call, crash),
    )
}


def plant(leaks: list[Callable[[GreyImage], None]]) -> None:
    """They happen at the first face."""
    look_at = Looker.look_at

    def leaking(self: Looker, frame: Frame, luma: GreyImage) -> Observation:
        seen = look_at(self, frame, luma)
        while seen.faces and leaks:
            leaks.pop(0)(luma)
        if not leaks:
            log.warning("all is planted")
        return seen

    Looker.look_at = leaking  # type: ignore[method-assign]


if __name__ == "__main__":
    plant([LEAKS[name] for name in sys.argv[1].split(",")])
    sys.exit(main(sys.argv[2:]))
