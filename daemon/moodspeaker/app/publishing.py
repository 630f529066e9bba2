"""What is published of the library in the player: a sticker a track, and lists by mood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.library.places import MOOD_POINTS, REACH
from moodspeaker.music.plane import LIBRARY_CENTRE, Point
from moodspeaker.player.labels_of_ours import Labels, LabelTable
from moodspeaker.player.publisher import StickerPublisher
from moodspeaker.runtime.lists_file import ListsFile

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from pathlib import Path

    from moodspeaker.app.parts import PlayerConnection
    from moodspeaker.config.schema import LibrarySection
    from moodspeaker.library.worker import LibraryWorker
    from moodspeaker.music.shelf import Shelf
    from moodspeaker.player.own_writes import OwnWrites

LIST_NAME = "mood-{}"


class Publishing:
    """Keeps stickers and lists as the library is; slowly, over a connection of its own."""

    def __init__(
        self,
        library: LibrarySection,
        connector: PlayerConnection,
        state_dir: Path,
        worker: LibraryWorker,
        own: OwnWrites | None = None,
    ) -> None:
        """`own` is told of every sticker that is written."""
        self._library = library
        self._worker = worker
        self._file = ListsFile(state_dir)
        self._publisher = StickerPublisher(connector, self._file.load(), self._made, own=own)

    @property
    def attempt(self) -> Callable[[Callable[[], None]], Awaitable[None]] | None:
        """The connection to be kept up; None where nothing is to be published."""
        wanted = self._library.stickers or self._library.playlists
        return self._publisher.attempt if wanted else None

    async def shelf(self, shelf: Shelf) -> None:
        """The library as it is now."""
        if self.attempt is None:
            return
        labels = await self._worker.do(labels_of, shelf)
        lists = await self._worker.do(lists_of, labels) if self._library.playlists else {}
        self._publisher.publish(labels if self._library.stickers else {}, lists)

    def _made(self, names: tuple[str, ...]) -> None:
        # In the library's thread, for the fsync.
        self._worker.send(self._file.save, names)


def labels_of(shelf: Shelf) -> LabelTable:
    """The labels of every track of which something is known."""
    return LabelTable(_labels_of(shelf))


def _labels_of(shelf: Shelf) -> Iterator[tuple[str, Labels]]:
    places = shelf.places.tolist()
    for uri, (valence, arousal, *sds) in zip(shelf.tracks.uris, places, strict=True):
        if min(sds) < LIBRARY_CENTRE.sd:
            place = Point(valence, arousal)
            far = {mood: place.distance(point) for mood, point in MOOD_POINTS.items()}
            near = sorted((mood for mood in far if far[mood] <= REACH), key=far.__getitem__)
            nearest = min(far, key=far.__getitem__)
            yield uri, Labels(nearest, tuple(near), valence, arousal)


def lists_of(labels: Mapping[str, Labels]) -> dict[str, tuple[str, ...]]:
    """{name: uris}: for each mood the tracks that are good for it, the nearest first."""
    lists = {}
    for mood, point in MOOD_POINTS.items():
        good = [(uri, one) for uri, one in labels.items() if mood in one.moods]
        good.sort(key=lambda pair: (point.distance(Point(pair[1].valence, pair[1].arousal)), pair))
        lists[LIST_NAME.format(mood)] = tuple(uri for uri, _ in good)
    return lists
