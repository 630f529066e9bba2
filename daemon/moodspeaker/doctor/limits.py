"""A check that hangs must not hold up those after it."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from moodspeaker.doctor.finding import wrong
from moodspeaker.errors import MoodspeakerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from moodspeaker.doctor.finding import Finding

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the examination; each of its findings may take `limit_s`."""

    name: str
    limit_s: float
    findings: AsyncIterator[Finding]


async def taken(step: Step) -> AsyncIterator[Finding]:
    """Its findings as they come; one that hangs or fails ends the step, as a finding."""
    while True:
        try:
            async with asyncio.timeout(step.limit_s):
                finding = await anext(step.findings)
        except StopAsyncIteration:
            return
        except TimeoutError:
            yield wrong(
                step.name,
                f"gave no answer within {step.limit_s:g} s",
                "look into `journalctl -b -p warning`, restart the machine, and try again",
            )
            return
        except (MoodspeakerError, OSError) as error:
            yield wrong(step.name, *said(error))
            return
        yield finding


def said(error: MoodspeakerError | OSError) -> tuple[str, str]:
    """(what happened, what to do about it)."""
    if isinstance(error, MoodspeakerError):
        return error.what, error.remedy or "see `journalctl -u moodspeaker`"
    return str(error), "check that path and its rights, or run this with sudo"


def broken(error: Exception) -> MoodspeakerError:
    """A check that failed where none of its troubles was foreseen."""
    made = MoodspeakerError(
        f"this check itself failed: {type(error).__name__}: {error}",
        "go on with the rest, and report this line",
    )
    made.__cause__ = error
    return made


async def in_thread(action: Callable[[], T]) -> T:
    """What `action` gives; a thread that hangs is left behind and holds nobody up.

    Raises MoodspeakerError and OSError as `action` does, and MoodspeakerError for all else.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def tell(settle: Callable[[], None]) -> None:
        # The loop is closed where nobody waits for this thread any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: None if future.done() else settle())

    def work() -> None:
        try:
            result = action()
        except (MoodspeakerError, OSError) as error:
            tell(partial(future.set_exception, error))
        except Exception as error:  # noqa: BLE001 - a thread begins here
            tell(partial(future.set_exception, broken(error)))
        else:
            tell(partial(future.set_result, result))

    threading.Thread(target=work, name="doctor", daemon=True).start()
    return await future
