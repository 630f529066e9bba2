"""What the rooms promise one another. Adapters and fakes pass the same contract tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from moodspeaker.types import Face, Message, PlayerStatus, Scores, Track, TrackCounts

GreyImage = NDArray[np.uint8]
"""Luma, shape (height, width), 0 black to 255 white."""


class Frame(Protocol):
    """One picture, valid inside the `with` that gave it."""

    @property
    def time_s(self) -> float:
        """The camera's clock, seconds."""

    @property
    def luma(self) -> GreyImage:
        """The picture the detector looks at; the caller's own copy."""

    def detail(self) -> GreyImage:
        """The same view at the camera's full size; asked for only when there is a face."""


class Camera(Protocol):
    """A camera, or a file that stands in for one. One thread owns it for its whole life."""

    @property
    def live(self) -> bool:
        """True where frames come as time passes and cannot be had faster."""

    def open(self) -> None:
        """Raises CameraAbsent, CameraBusy or SourceUnreadable, and nothing stays open then.

        Raises CameraStuck where a start that failed cannot be undone.
        """

    def capture(self, timeout_s: float) -> AbstractContextManager[Frame]:
        """The newest frame. Raises CameraStalled after the time limit, CameraEnded at the end."""

    def close(self) -> None:
        """May be called at any time and again. Raises CameraStuck, and nothing else."""


class Detector(Protocol):
    """Finds faces."""

    def detect(self, image: GreyImage) -> tuple[Face, ...]:
        """Faces in pixels of `image`, most certain first; boxes may reach past the border."""


class EmotionModel(Protocol):
    """Reads an emotion from one face."""

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """(valence, arousal) of each emotion, in `Emotion` order, -1..1."""

    def crop(self, image: GreyImage, face: Face) -> GreyImage:
        """The square to look at; the box of `face` is in pixels of `image`."""

    def read(self, crop: GreyImage) -> Scores:
        """Probabilities of the seven emotions for a picture that `crop` gave."""


class Player(Protocol):
    """A connected music player. Every call has a time limit.

    Raises PlayerLost when the connection is gone (the object is then useless), PlayerRefused
    when this call failed and the connection is fine.
    """

    async def status(self) -> PlayerStatus:
        """State and queue as they are now."""

    async def tracks(self) -> tuple[Track, ...]:
        """Every track of the player's database; `moods` hold what the player itself knows."""

    async def recounted(self, *, likes_only: bool = False) -> dict[str, TrackCounts] | None:
        """{uri: counts} of the tracks that are counted otherwise than this or `tracks` told last.

        None where `tracks` has to be asked again: people's mood words have changed.
        `likes_only` takes notice of likes and ratings alone, which is quick.
        """

    async def append(self, uri: str) -> int:
        """Puts a track at the end of the queue; its song id."""

    async def remove(self, song_id: int) -> None:
        """Takes a song out of the queue; one that is gone already is no error."""

    async def play(self, song_id: int | None = None) -> None:
        """Plays that song, or whatever is current."""

    async def skip(self) -> None:
        """On to the next song."""

    async def pause(self) -> None:
        """Holds the current song where it is; `play` goes on."""

    async def set_volume(self, percent: int) -> None:
        """0 to 100. Raises PlayerRefused where there is no mixer."""

    async def set_crossfade(self, seconds: int) -> None:
        """How long songs overlap; 0 not at all."""

    async def playlist(self, name: str) -> tuple[str, ...] | None:
        """The uris of a stored playlist; None where there is none of that name."""

    def changes(self) -> AsyncIterator[frozenset[str]]:
        """The player's subsystems that changed, as they change; an empty set at the start."""


class StickerBoard(Protocol):
    """The same player's stickers and stored playlists, as far as we publish labels there.

    Raises PlayerLost and PlayerRefused, as `Player` does.
    """

    async def sticker(self, uri: str, name: str) -> str | None:
        """That sticker of a track, None where it has none."""

    async def stickers(self, name: str) -> dict[str, str] | None:
        """{uri: value} of every track that has this sticker; None where stickers are not kept."""

    async def label(self, uri: str, name: str, value: str) -> None:
        """Stores a sticker on a track."""

    async def unlabel(self, uri: str, name: str) -> None:
        """Takes a sticker away; one that is not there is no error."""

    async def playlist(self, name: str) -> tuple[str, ...] | None:
        """The uris of a stored playlist; None where there is none of that name."""

    async def save_playlist(self, name: str, uris: Sequence[str]) -> None:
        """Makes or replaces a stored playlist. Raises PlayerRefused where none are kept."""


class PlayerConnector(Protocol):
    """Opens one connection; a new player object every time."""

    def __call__(self) -> AbstractAsyncContextManager[Player]:
        """Raises PlayerLost or PlayerDenied."""


class Broker(Protocol):
    """A connected MQTT broker."""

    async def publish(self, message: Message) -> None:
        """At least once, within a time limit. Raises BrokerLost."""

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Raises BrokerLost."""

    def messages(self) -> AsyncIterator[Message]:
        """Incoming messages in order. Raises BrokerLost when the connection breaks."""


class BrokerConnector(Protocol):
    """Opens one connection, with a last will; a new broker object every time."""

    def __call__(self, will: Message) -> AbstractAsyncContextManager[Broker]:
        """Raises BrokerLost or BrokerDenied."""


class Backoff(Protocol):
    """How long to wait before the next try."""

    def failed(self, *, denied: bool = False) -> float:
        """Seconds until the next try."""

    def succeeded(self) -> None:
        """Start again from the shortest wait."""
