"""No picture leaves the memory of the service; and the same watch sees every one that does.

A real `moodspeaker run` looks at a face in the middle of noise that is found nowhere else, while
strace writes down whatever it and its children write, send, map or connect to.
"""

from __future__ import annotations

import asyncio
import re
import signal
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from moodspeaker.vision.clips import open_clip
from privacy.calls import streams
from privacy.carving import Carver
from privacy.evening import Evening, evening, servers
from privacy.marker import likeness, marked_frames, portrait, write_pictures
from privacy.places import strayed
from privacy.strace import skip_without_strace
from privacy.verdict import complaints
from privacy.watched import watched

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.ports import GreyImage

ALIKE = 0.9
"""A preview and its frame, measured: 0.97."""
PLANTED = {
    "raw": "state/raw: raw pixels (grey)",
    "crop": "state/crop: raw pixels (grey)",
    "half": "state/half: raw pixels (three bytes a pixel)",
    "floats": "state/floats: raw pixels (floats up to 1)",
    "png": "state/picture.png: a PNG, likeness to a frame 1.00",
    "jpeg": "state/jpeg: a JPEG, likeness to a frame 0.9",
    "text": "raw pixels (grey) as base64",
    "numbers": "state/numbers: raw pixels (grey) as numbers",
    "packed": "state/packed: raw pixels (grey) as packed data",
    "small": "state/small: too dense for numbers and words",
    "shared": "shared memory: {folder}/state/shared",
    "outside": "opened for writing: {folder}/outside",
    "call": "connect: 127.0.0.1 port 9",
}


@pytest.fixture(scope="module")
def frames() -> tuple[GreyImage, ...]:
    """What the camera sees."""
    return marked_frames(portrait())


@pytest.fixture(scope="module")
def carver(frames: tuple[GreyImage, ...]) -> Carver:
    """Knows them."""
    return Carver(frames)


@pytest.fixture(scope="module")
def tonight(tmp_path_factory: pytest.TempPathFactory, frames: tuple[GreyImage, ...]) -> Evening:
    """One evening, for all that is asked of it."""
    folder = tmp_path_factory.mktemp("evening")
    skip_without_strace(folder)
    return asyncio.run(evening(folder, write_pictures(folder / "pictures", frames)))


@pytest.fixture
def traceable(tmp_path: Path) -> Path:
    """A folder of the test's own, where processes can be traced."""
    skip_without_strace(tmp_path)
    return tmp_path


def test_the_evening_was_one(tonight: Evening) -> None:
    assert tonight.status == 0
    assert any("mood happy" in line for line in tonight.log)
    assert any("scores-" in name and data for name, data in tonight.files.items())
    assert any("library" in call.arguments for call in tonight.calls if call.name == "execve")


def test_without_preview_no_picture_is_written_logged_or_sent(
    tonight: Evening, carver: Carver
) -> None:
    assert complaints(tonight.without_preview(), carver) == ()


def test_no_picture_lies_in_the_folder_of_state(tonight: Evening, carver: Carver) -> None:
    assert complaints(tonight.files, carver) == ()


def test_it_writes_connects_and_listens_nowhere_but_where_it_says(tonight: Evening) -> None:
    assert strayed(tonight.calls, tonight.places) == ()


def test_with_preview_its_topic_carries_what_the_camera_sees(
    tonight: Evening, frames: tuple[GreyImage, ...]
) -> None:
    told = tonight.previews()
    pictures = [data for data in told if data]
    assert len(pictures) >= 2
    assert told[-1] == b"", "home automation goes on showing the last picture"
    for data in pictures:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert image is not None
        assert likeness(image.astype(np.uint8), frames) > ALIKE


def test_with_preview_nothing_but_its_topic_carries_a_picture(
    tonight: Evening, carver: Carver
) -> None:
    assert complaints(tonight.beside_previews(), carver) == ()


async def test_the_same_watch_sees_whatever_leaks(
    traceable: Path, frames: tuple[GreyImage, ...], carver: Carver
) -> None:
    pictures = write_pictures(traceable / "pictures", frames)
    program = ("-m", "privacy.planted", ",".join(PLANTED))
    async with servers(traceable) as ports, watched(traceable, ports, pictures, program) as service:
        await service.says("all is planted")
        service.signal(signal.SIGTERM)
        assert await service.ends() == 0
        calls, places = service.calls(), service.places
    told = (*complaints(streams(calls), carver), *strayed(calls, places))
    for leak, words in PLANTED.items():
        assert any(words.format(folder=traceable) in line for line in told), (leak, told)


async def test_a_vision_thread_that_dies_tells_no_picture(
    traceable: Path, frames: tuple[GreyImage, ...], carver: Carver
) -> None:
    pictures = write_pictures(traceable / "pictures", frames)
    program = ("-m", "privacy.planted", "crash")
    async with servers(traceable) as ports, watched(traceable, ports, pictures, program) as service:
        assert await service.ends() == 1
        calls, places, log = service.calls(), service.places, "\n".join(service.log)
    assert re.search(r"Traceback.*RuntimeError: planted", log, re.DOTALL)
    assert complaints(streams(calls), carver) == ()
    assert strayed(calls, places) == ()


@pytest.mark.slow
async def test_no_frame_of_a_clip_is_written_logged_or_sent(
    traceable: Path, data_folder: Path
) -> None:
    clip = data_folder / "media" / "pyfeat_single_face.mp4"
    seen = await evening(traceable, clip)
    knowing = Carver(tuple(image for _, image in open_clip(clip).frames()))
    assert complaints(seen.without_preview(), knowing) == ()
    assert complaints(seen.beside_previews(), knowing) == ()
    assert complaints(seen.files, knowing) == ()
    assert strayed(seen.calls, seen.places) == ()
    assert len(seen.previews()) >= 3
