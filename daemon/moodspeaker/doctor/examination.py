"""Every check in its order, each with its limit of time."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.app.live_settings import minute_of_day
from moodspeaker.config.schema import Config
from moodspeaker.doctor import accounts, disk, eyes, machine, running, service
from moodspeaker.doctor.brokers import examine_brokers
from moodspeaker.doctor.camera import examine_alone, examine_running
from moodspeaker.doctor.finding import Finding, fine, wrong
from moodspeaker.doctor.limits import Step, in_thread, taken
from moodspeaker.doctor.music import examine_music
from moodspeaker.doctor.players import examine_players
from moodspeaker.doctor.settings import examine_config
from moodspeaker.runtime.control_place import client_socket
from moodspeaker.runtime.switches import FILE_NAME, SwitchFile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from moodspeaker.doctor.running import Answer

FILES_LIMIT_S = 20.0
NETWORK_LIMIT_S = 20.0
TRIES = 3
"""So often one finding may wait for an answer of the network."""
MODEL_LIMIT_S = 60.0
CAMERA_LIMIT_S = 150.0
"""Of one finding; a Pi Zero loads picamera2 alone for ten seconds."""


async def examine(config_path: Path, state_dir: Path) -> AsyncIterator[Finding]:
    """What is found, as it is found. A section with problems counts as its defaults."""
    config, findings = Config(), unread(config_path)
    with suppress(TimeoutError):
        async with asyncio.timeout(FILES_LIMIT_S):
            config, findings = await in_thread(lambda: examine_config(config_path))
    for finding in findings:
        yield finding
    socket = client_socket(os.environ, state_dir)
    answer = await in_thread(lambda: running.ask_for(state_dir, socket))
    for step in steps(config, config_path, state_dir, answer):
        async for finding in taken(step):
            yield finding


def unread(config_path: Path) -> tuple[Finding, ...]:
    """A file on a disk or a network that hangs."""
    what = f"{config_path} cannot be read: nothing comes for {FILES_LIMIT_S:g} s"
    return (wrong("config", what, "sudo dmesg | tail tells of the disk; the defaults are taken"),)


def steps(config: Config, config_path: Path, state_dir: Path, answer: Answer) -> tuple[Step, ...]:
    """In the order in which a trouble of the one explains those of the next."""
    sight = (
        Step("model", MODEL_LIMIT_S, each(lambda: examine_eyes(config, answer))),
        Step("detector", MODEL_LIMIT_S, each(lambda: (eyes.examine_detector(config.vision),))),
    )
    return (
        Step("machine", FILES_LIMIT_S, each(examine_machine)),
        Step("state", FILES_LIMIT_S, each(lambda: examine_folders(state_dir))),
        Step("service", FILES_LIMIT_S, each(lambda: examine_service(config_path, config, answer))),
        Step("camera", CAMERA_LIMIT_S, examine_camera(config, state_dir, answer)),
        *sight,
        Step("mpd", network_s(config.mpd.timeout_s), examine_players(config)),
        Step("music", MODEL_LIMIT_S, examine_music(config, state_dir)),
        Step(
            "broker",
            network_s(config.mqtt.timeout_s),
            examine_brokers(config, runs_here=runs_here(answer)),
        ),
    )


def network_s(timeout_s: float) -> float:
    """How long a finding may take whose every answer may take `timeout_s`."""
    return NETWORK_LIMIT_S + TRIES * timeout_s


def runs_here(answer: Answer) -> bool | None:
    """Whether a service runs on this machine; None where something else is in its place."""
    return answer.occupied if answer.finding.ok or answer.occupied else None


def examine_machine() -> Iterable[Finding | None]:
    """What the machine is and how it fares."""
    return (
        machine.examine_system(),
        machine.examine_clock(
            datetime.now(UTC), machine.installed_at(), synchronised=machine.time_is_set()
        ),
        machine.examine_power(),
        machine.examine_memory(),
    )


def examine_folders(state_dir: Path) -> Iterable[Finding]:
    """Where things are kept."""
    owner, me = accounts.service_user(), accounts.myself()
    return disk.examine_state(state_dir, owner, me), *disk.examine_room(state_dir)


def examine_service(config_path: Path, config: Config, answer: Answer) -> Iterable[Finding | None]:
    """The unit, the process and its rights."""
    unit = service.unit_state()
    found = (
        service.examine_unit(unit, config_path),
        service.examine_twins(config_path),
        answer.finding,
        accounts.examine_reading(config_path, accounts.service_user()),
    )
    if config.camera.kind == "file":
        return found
    rights = accounts.examine_rights(
        accounts.service_user(),
        accounts.myself(),
        given=service.groups_given(unit),
        looks=not answer.occupied,
    )
    return *found, *rights


def examine_eyes(config: Config, answer: Answer) -> Iterable[Finding | None]:
    """The model here, and what the service says of its own."""
    return eyes.model_told(answer.state or {}), eyes.examine_model(config.vision)


async def examine_camera(config: Config, state_dir: Path, answer: Answer) -> AsyncIterator[Finding]:
    """As the service says, or by a look of our own."""
    if answer.state is not None:
        async for finding in examine_running(config.camera, answer.state):
            yield finding
        return
    if answer.occupied:
        yield fine("camera", "not opened: a service may have it, and could not be asked")
        return
    switched_on = await in_thread(lambda: camera_switch(state_dir))
    if switched_on is None:
        yield fine("camera", "not opened, it may be switched off (sudo moodspeaker doctor knows)")
        return
    async for finding in examine_alone(
        config.camera, minute=minute_of_day(), switched_on=switched_on
    ):
        yield finding


def camera_switch(state_dir: Path) -> bool | None:
    """As a person left it; None where we may not know."""
    path = state_dir / FILE_NAME
    try:
        path.open("rb").close()
    except PermissionError:
        return None
    except OSError:
        return True
    return SwitchFile(path).load().camera


async def each(look: Callable[[], Iterable[Finding | None]]) -> AsyncIterator[Finding]:
    """The findings of a check that blocks."""
    for finding in await in_thread(lambda: tuple(look())):
        if finding is not None:
            yield finding
