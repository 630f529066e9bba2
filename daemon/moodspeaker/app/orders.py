"""What people ask for, done: each command to the parts that it is about."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.app.speaker import NothingToReject
from moodspeaker.home import commands
from moodspeaker.library.records import Liking

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.app.calibrator import Calibrator
    from moodspeaker.app.live_settings import LiveSettings
    from moodspeaker.app.music_room import MusicRoom
    from moodspeaker.app.preview import Preview
    from moodspeaker.app.relabeller import Relabeller
    from moodspeaker.app.speaker import Speaker
    from moodspeaker.app.teller import Teller
    from moodspeaker.home.commands import Command, MusicCommand, RoomCommand
    from moodspeaker.library.records import Feedback
    from moodspeaker.runtime.switches import SwitchFile


@dataclass(frozen=True, slots=True)
class Orders:
    """The parts that commands are about.

    `keep_hours` opens or closes the camera as switched, `reload` reads the YAML file again.
    """

    speaker: Speaker
    live: LiveSettings
    teller: Teller
    music: MusicRoom
    calibrator: Calibrator
    relabeller: Relabeller
    switch_file: SwitchFile
    preview: Preview
    keep_hours: Callable[[], None]
    reload: Callable[[], None]

    async def handle(self, command: Command) -> None:
        """Does what a person asked for. Raises MoodspeakerError to refuse."""
        if isinstance(command, commands.TuningCommand):
            self.live.obey(command)
            self.teller.settings()
        elif isinstance(command, commands.MusicCommand):
            await self._music(command)
        else:
            self._room(command, time.monotonic())
        self.teller.state()
        if isinstance(command, commands.SetFollowing | commands.SetCamera):
            # In a thread: an SD card can take half a second over an fsync.
            await asyncio.to_thread(self.switch_file.save, self.speaker.switches)
        await self.live.keep()

    def _room(self, command: RoomCommand, now_s: float) -> None:
        match command:
            case commands.SetFollowing(on):
                self.speaker.switch(now_s, following=on)
                self.music.follow(on)
            case commands.SetCamera(on):
                self.speaker.switch(now_s, camera=on)
                self.keep_hours()
            case commands.SetPreview(on):
                self.preview.switch(on, now_s)
            case commands.SetMood(emotion):
                self.speaker.choose_mood(emotion, now_s)
            case commands.Calibrate():
                self.calibrator.begin(now_s, self.speaker.state(now_s).faces)
            case commands.RejectMood():
                self._reject(now_s)
            case commands.Reload():
                self.reload()

    async def _music(self, command: MusicCommand) -> None:
        match command:
            case commands.Next():
                await self.music.keeper.skip()
            case commands.Pause():
                await self.music.keeper.pause()
            case commands.Play():
                await self.music.keeper.play()
            case commands.Duck(seconds):
                self.music.duck(seconds)
            case commands.Like():
                self._judge(Liking.LIKE)
            case commands.Dislike():
                self._judge(Liking.DISLIKE)
            case commands.WrongTrack():
                self._judge(Liking.WRONG)
            case commands.UndoFeedback():
                self._tell(self.music.listening.undo(), undone=True)
            case commands.Relabel():
                await self.relabeller.start()

    def _reject(self, now_s: float) -> None:
        """The camera's mood is wrong; where it named none, our track is wrong for its mood."""
        try:
            wrong = self.speaker.reject(now_s)
        except NothingToReject:
            if not self.music.listening.ours:
                raise
            self._judge(Liking.WRONG)
        else:
            self.teller.wrong(wrong.value, self.live.count_wrong(wrong))

    def _judge(self, kind: Liking) -> None:
        self._tell(self.music.listening.judge(kind, self.speaker.mood.emotion), undone=False)

    def _tell(self, said: Feedback, *, undone: bool) -> None:
        data: dict[str, object] = {
            "uri": said.uri,
            "mood": said.mood,
            "kind": said.kind.value,
            "undone": undone,
        }
        self.teller.event("feedback", data)
