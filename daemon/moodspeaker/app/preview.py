"""Pictures of what the camera sees, on a person's wish and for a while."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from moodspeaker.app.speaker import Speaker
    from moodspeaker.config.privacy_section import PrivacySection
    from moodspeaker.ports import Frame
    from moodspeaker.types import Observation

PERIOD_S = 1.0
MINUTE_S = 60.0


class PreviewRefused(MoodspeakerError):
    """It is not allowed, or there is nothing to see."""


class Preview:
    """Off, until somebody asks; off again by itself, with the camera, and after a restart.

    `speaker.preview` says which. `show` gets JPEG, and None when there is no more. `looked`
    belongs to the vision thread, all else to the event loop's; `clock` is monotonic, seconds.
    """

    def __init__(
        self,
        speaker: Speaker,
        section: PrivacySection,
        loop: asyncio.AbstractEventLoop,
        show: Callable[[bytes | None], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._speaker = speaker
        self._section = section
        self._loop = loop
        self._show = show
        self._clock = clock
        self._until_s = 0.0
        self._taken_s = -PERIOD_S
        self._number = 0

    def switch(self, on: bool, now_s: float) -> None:
        """On for `privacy.preview_minutes` from now. Raises PreviewRefused."""
        if on:
            self._check()
            self._until_s = now_s + self._section.preview_minutes * MINUTE_S
            self._speaker.preview = True
        elif self._speaker.preview:
            self._end()

    def settings(self, section: PrivacySection) -> None:
        """Whether it is allowed from now on; one that is shown ends where it is not."""
        self._section = section
        if self._speaker.preview and not section.allow_preview:
            self._end()

    def tick(self, now_s: float) -> None:
        """Time has passed, or the camera was closed."""
        if self._speaker.preview and (now_s >= self._until_s or not self._speaker.looking):
            self._end()

    def looked(self, frame: Frame, seen: Observation) -> None:
        """From the vision thread: shows a frame where one is wanted; else does nothing with it."""
        if not self._speaker.preview or (now_s := self._clock()) - self._taken_s < PERIOD_S:
            return
        from moodspeaker.vision.preview import preview_jpeg  # noqa: PLC0415 - loads OpenCV

        self._taken_s = now_s
        self._number += 1
        jpeg = preview_jpeg(frame, seen, self._number)
        with suppress(RuntimeError):  # the loop is closed: the service ends
            self._loop.call_soon_threadsafe(self._deliver, jpeg)

    def _deliver(self, jpeg: bytes) -> None:
        # One that was on its way when the preview went off must not undo the end.
        if self._speaker.preview:
            self._show(jpeg)

    def _end(self) -> None:
        self._speaker.preview = False
        self._show(None)

    def _check(self) -> None:
        if not self._section.allow_preview:
            raise PreviewRefused(
                "the config allows no preview", "set privacy.allow_preview to true and reload"
            )
        if not self._speaker.switches.camera:
            raise PreviewRefused("the camera is switched off", "switch it on first")
        if self._speaker.closed is not None:
            raise PreviewRefused(f"the camera is closed: {self._speaker.closed}")
