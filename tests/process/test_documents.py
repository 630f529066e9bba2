"""Every command that README and docs show is run here, or names the place where it is run."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import pytest
import pytest_asyncio

from fakes.demo_process import demo, in_memory_too
from fakes.documents import ROOT, Shown, scripts, shown_commands
from moodspeaker.demo.clip import make_clip
from moodspeaker.vision.clips import VideoClip

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LIMIT_S = 300
ELSEWHERE = (
    (r"scripts/run\b", ".ci/run"),
    (r"scripts/(test|check)\b", ".ci/run"),
    (r"scripts/bench\b", "scripts/bench"),
    (r"(sudo )?apt(-get)? install\b", "scripts/setup"),
    (r"pip install\b|python3? -m (build|pip)\b", "scripts/check"),
    (r"(sudo )?scripts/install\b", "tests/boot"),
    (r"(sudo )?(systemctl|journalctl)\b", "tests/boot"),
    (r"scripts/install --make-wheelhouse", "tests/boot/wheels.py"),
    (r"(sudo )?(useradd|cp|usermod) ", "scripts/install"),
    (r"moodspeaker-convert (?!inspect)", "tests/conversion"),
    (r".*pytest tests/chaos", "tests/chaos"),
)
"""What is run by another part of the tests or of CI, and by which."""
UNTIL_HEARD = f"{sys.executable} {ROOT}/tests/fakes/until_heard.py"
ENDED = (
    (r"moodspeaker watch$", f"{UNTIL_HEARD} INT "),
    (r"moodspeaker run\b", f"{UNTIL_HEARD} TERM "),
)
"""What runs until somebody ends it."""
REFUSED = {
    "moodspeaker calibrate --seconds 10": r"the face looked happy|face was seen in (\d+) of \1 ",
    "moodspeaker doctor": "MPD plays into nothing",
}
"""The one face that may be shown here smiles, which is no rest; and the demo is silent.

A slow machine takes too few pictures, and has to find the face in each of them.
"""
USERS_OWN = {
    "artist/song.mp3": "happy/01.ogg",
    "living_room": "not_there",
    "/etc/moodspeaker/moodspeaker.yaml": "my.yaml",
    "/opt/moodspeaker/share/moodspeaker": str(ROOT),
    "/etc/credstore": "credstore",
    "/etc/systemd/system": "units",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A running speaker with its servers, and a folder with what the commands name."""

    folder: Path
    ports: tuple[int, int]
    device_id: str
    state_dir: str

    def as_run(self, command: str) -> str:
        """The command with this stage's names instead of the reader's."""
        for theirs, ours in USERS_OWN.items():
            command = command.replace(theirs, ours)
        command = re.sub(r"\bBROKER\b", f"127.0.0.1 -p {self.ports[1]}", command)
        command = re.sub(r"\bID\b", self.device_id, command)
        command = command.replace("/run/moodspeaker", self.state_dir).replace(".venv/bin/", "")
        command = re.sub(r"^sudo (-u \w+ )?(?=(moodspeaker|install) )", "", command)
        if command.startswith("mosquitto_sub") and " -C " not in command:
            command = command.replace("mosquitto_sub", "mosquitto_sub -W 1", 1)
        for pattern, ending in ENDED:
            command = re.sub(f"({pattern})", rf"{ending}\1", command)
        return command

    @property
    def environment(self) -> dict[str, str]:
        """A shell in which `moodspeaker` is this checkout's."""
        return {
            **os.environ,
            **in_memory_too(),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin",
            "HOME": str(self.folder),
            "MOODSPEAKER_STATE_DIR": self.state_dir,
            "MOODSPEAKER_CONFIG": str(self.folder / "my.yaml"),
            "MPD_PORT": str(self.ports[0]),
        }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """`moodspeaker demo` before a face that stays."""
    folder = tmp_path_factory.mktemp("reader")
    await asyncio.to_thread(make_clip, folder / "holiday.mp4", 0, 2, 0)
    async with demo(folder, "--source", str(folder / "holiday.mp4")) as running:
        told = await running.until(lambda event: event["event"] == "started")
        await running.until(lambda event: event["event"] == "mood")
        reading = asyncio.create_task(running.finish(limit_s=3600))
        ports = (told["mpd_port"], told["mqtt_port"])
        furnish(folder, told["music_dir"], ports)
        yield Stage(folder, ports, told["device_id"], told["state_dir"])
        reading.cancel()


def furnish(folder: Path, music: str, ports: tuple[int, int]) -> None:
    """The files that a reader has: a photo, configs, a log of scores, labels of tracks."""
    _, face = list(VideoClip(folder / "holiday.mp4").frames())[-1]
    cv2.imwrite(str(folder / "photo.jpg"), face)
    config = (
        f"library: {{music_dir: {music}}}\nmpd: {{port: {ports[0]}}}\nmqtt: {{port: {ports[1]}}}\n"
        f"device: {{id: second}}\ncamera: {{kind: file, source: {folder / 'photo.jpg'}}}\n"
    )
    for name in ("my.yaml", "mine.yaml", "other.yaml"):
        (folder / name).write_text(config)
    (folder / "tracks.csv").write_text("uri,mood\nhappy/02.ogg,happy\n")
    line = '{{"t": {t}, "faces": 1, "scores": {{"happy": {p}, "sad": {q}}}, "quality": 1}}'
    rows = [
        line.format(t=t, p=0.9 if t < 120 else 0.1, q=0.1 if t < 120 else 0.9) for t in range(240)
    ]
    (folder / "scores-2026-05-01.jsonl").write_text("\n".join(rows) + "\n")
    (folder / "models").symlink_to(ROOT / "models")


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("shown", shown_commands(), ids=str)
async def test_a_shown_command_does_what_it_says(shown: Shown, stage: Stage) -> None:
    """It ends without a failure on a speaker that runs."""
    place = next((place for pattern, place in ELSEWHERE if re.match(pattern, shown.command)), None)
    if place:
        assert (ROOT / place).exists(), f"{place} is said to run it"
        check_words(shown.command)
        return
    missing = [name for name in ("jq", "socat") if re.search(rf"\b{name}\b", shown.command)]
    missing = [name for name in missing if not shutil.which(name)]
    if missing:
        pytest.skip(f"{missing[0]} is not installed here")
    process = await asyncio.create_subprocess_exec(
        *("bash", "-o", "pipefail", "-c", stage.as_run(shown.command)),
        cwd=stage.folder,
        env=stage.environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(LIMIT_S):
        out, _ = await process.communicate()
    listened = shown.command.startswith("mosquitto_sub") and process.returncode == 27
    refused = re.search(REFUSED.get(shown.command, "\0"), out.decode())
    assert process.returncode == 0 or listened or refused, out.decode()[-2000:]


def check_words(command: str) -> None:
    """The toolkit's commands have the options they are shown with; they are run elsewhere."""
    words = shlex.split(command)
    if words[0] == "moodspeaker-convert":
        from moodspeaker_convert.cli import parser

        parser().parse_args(words[1:])


@pytest.mark.parametrize("script", scripts())
def test_a_shown_script_is_proper_bash(script: str) -> None:
    done = subprocess.run(["bash", "-n", "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_commands_are_found_in_the_pages() -> None:
    shown = {entry.command for entry in shown_commands()}
    assert "scripts/run --seconds 60" in shown
    assert "moodspeaker watch --once" in shown
    assert len(shown) > 50
