"""A command as it came in, done or refused; the same for every way in."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError
from moodspeaker.home.commands import parse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from moodspeaker.home.commands import Command

log = logging.getLogger(__name__)

COMMAND_LIMIT_S = 10.0


async def refusal(
    handle: Callable[[Command], Awaitable[None]], entity: str, payload: bytes
) -> str | None:
    """Does the command; why it was refused or not done in time, None when it was done."""
    error: str | None = None
    try:
        command = parse(entity, payload)
        async with asyncio.timeout(COMMAND_LIMIT_S):
            await handle(command)
    except TimeoutError:
        error = f"{entity} was not done within {COMMAND_LIMIT_S:g} s"
    except MoodspeakerError as refused:
        error = str(refused)
    if error is not None:
        log.info("refused a command: %s", error)
    return error
