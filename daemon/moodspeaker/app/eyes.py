"""The camera and what looks through it: as the settings want them, in the hours they want."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.app import factories, parts
from moodspeaker.app.vision_runner import VisionRunner
from moodspeaker.config.hours import parse_hours
from moodspeaker.vision.thread import VisionThread

if TYPE_CHECKING:
    from moodspeaker.config.schema import Config
    from moodspeaker.vision.thread import VisionHooks


class Eyes:
    """The vision thread, and the settings that it opens camera and model by."""

    def __init__(self, config: Config, hooks: VisionHooks) -> None:
        self._config = config
        self._hours = parse_hours(config.camera.hours)
        thread = VisionThread(
            open_watch=lambda: factories.open_watch(self._config),
            open_camera=lambda: factories.open_camera(self._config.camera),
            governor=factories.governor(config.camera),
            backoff=parts.camera_backoff(),
            hooks=hooks,
        )
        self._runner = VisionRunner(thread, config.camera.timeout_s)

    async def run(self) -> None:
        """As `VisionRunner.run`."""
        await self._runner.run()

    def alive(self) -> bool:
        """Whether the thread still turns."""
        return self._runner.alive()

    def settings(self, config: Config) -> None:
        """What is in force from now on; camera and model are opened anew where they differ."""
        before, self._config = self._config, config
        self._hours = parse_hours(config.camera.hours)
        if opened(before) != opened(config):
            camera = config.camera
            self._runner.renew(factories.governor(camera), camera.timeout_s)

    def closed_at(self, minute: int) -> str | None:
        """Why the camera does not look at this minute of the day; None while it may."""
        looking = self._hours.include(minute)
        return None if looking else f"outside the camera's hours ({self._config.camera.hours})"

    def enable(self, on: bool) -> None:
        """Opens and closes the camera; cheap where nothing changes."""
        self._runner.thread.enable(on)


def opened(config: Config) -> tuple[object, ...]:
    """The settings that camera and model are opened by: all but what can change in between."""
    camera = config.camera.model_copy(update={"hours": None})
    return camera, config.vision.model_copy(update={"faces": "largest"})
