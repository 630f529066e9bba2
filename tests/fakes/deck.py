"""A queue that plays in its own time: what an MPD does, and what people do to it."""

from __future__ import annotations

from random import Random

from moodspeaker.types import PlayerStatus, PlayState, QueuedSong


class Deck:
    """Plays as MPD 0.23 was seen to. Time passes by `pass_time` only.

    `duration_s` is every song's, None for songs of unknown length, which end by `finish_song`;
    `lengths` has those of single ones. Uris in `vanished` stop it with an error when they are
    played, uris in `undecodable` are passed over without a word.
    """

    def __init__(self) -> None:
        self.queue: list[QueuedSong] = []
        self.state = PlayState.STOP
        self.position: int | None = None
        self.error = ""
        self.volume: int | None = 100
        self.random = self.single = self.repeat = self.consume = self.one_shot = False
        self.duration_s: float | None = None
        self.lengths: dict[str, float] = {}
        self.now_s = 0.0
        self.elapsed_s = 0.0
        self.vanished: set[str] = set()
        self.undecodable: set[str] = set()
        self._next_id = 1
        self._dealt: set[int] = set()
        self._rng = Random(7)

    @property
    def uris(self) -> list[str]:
        """The queue, for assertions."""
        return [song.uri for song in self.queue]

    @property
    def current(self) -> QueuedSong | None:
        """The current song."""
        return None if self.position is None else self.queue[self.position]

    @property
    def current_uri(self) -> str | None:
        """The current song's."""
        return None if self.position is None else self.queue[self.position].uri

    @property
    def length_s(self) -> float | None:
        """The current song's."""
        return self.lengths.get(self.current_uri or "", self.duration_s)

    @property
    def status(self) -> PlayerStatus:
        """As a connection would be told."""
        on = self.state is not PlayState.STOP
        return PlayerStatus(
            self.state,
            tuple(self.queue),
            self.position,
            self.error,
            self.volume,
            elapsed_s=self.elapsed_s or None if on else None,
            duration_s=self.length_s if on else None,
            random=self.random,
            single=self.single,
            repeat=self.repeat,
            consume=self.consume,
        )

    def changed(self, *subsystems: str) -> None:
        """Tells whoever listens."""

    def pass_time(self, seconds: float) -> None:
        """So much time passes, and songs end in it."""
        left_s = seconds
        while self.state is PlayState.PLAY and self.length_s is not None:
            rest_s = self.length_s - self.elapsed_s
            if rest_s > left_s:
                break
            self.now_s += rest_s
            left_s -= rest_s
            self.finish_song()
        self.now_s += left_s
        if self.state is PlayState.PLAY:
            self.elapsed_s += left_s

    def seek(self, seconds: float) -> None:
        """A person goes to that place of the current song."""
        self.elapsed_s = seconds
        self.changed("player")

    def add(self, uri: str, at: int | None = None) -> int:
        """A person or a connection adds a song, at the end or at that place."""
        song = QueuedSong(self._next_id, uri)
        self._next_id += 1
        at = len(self.queue) if at is None else at
        self.queue.insert(at, song)
        if self.position is not None and at <= self.position:
            self.position += 1
        self.changed("playlist")
        return song.song_id

    def move(self, song_id: int, to: int) -> None:
        """A person moves a song; the current one stays current."""
        current = self.current
        song = next(song for song in self.queue if song.song_id == song_id)
        self.queue.remove(song)
        self.queue.insert(to, song)
        self.position = None if current is None else self.queue.index(current)
        self.changed("playlist")

    def play_at(self, position: int | None) -> None:
        """A person or a connection plays the song there; None and past the end stop."""
        self.error = ""
        self.elapsed_s = 0.0
        self.position = position if position is not None and position < len(self.queue) else None
        self.state = PlayState.STOP if self.position is None else PlayState.PLAY
        if self.current is None:
            self._dealt.clear()
        else:
            self._dealt.add(self.current.song_id)
        if self.current_uri in self.vanished:
            self.state = PlayState.STOP
            self.error = f"Failed to decode {self.current_uri}"
        self.changed("player")

    def play(self) -> None:
        """Goes on after a pause, or plays what is current, or the first song."""
        if self.state is PlayState.PAUSE:
            self.state = PlayState.PLAY
            self.changed("player")
        elif self.state is PlayState.STOP:
            self.play_at(self.position or 0)

    def finish_song(self) -> None:
        """The current song comes to its end."""
        if self.single and self.repeat:
            self.play_at(self.position)
            return
        self.next()
        if self.single and self.current is not None:
            self.state = PlayState.PAUSE
            self.single = not self.one_shot

    def next(self) -> None:
        """A person or a connection goes on to the next song, past the end too."""
        old, new = self.current, self._follower()
        if self.consume and old is not None:
            self.queue.remove(old)
            self.changed("playlist")
        self.play_at(None if new is None else self.queue.index(new))

    def pause(self) -> None:
        """A person pauses."""
        self.state = PlayState.PAUSE
        self.changed("player")

    def stop(self) -> None:
        """A person stops; the current song stays current."""
        self.state = PlayState.STOP
        self.elapsed_s = 0.0
        self.changed("player")

    def clear(self) -> None:
        """A person clears the queue."""
        self.queue.clear()
        self.play_at(None)
        self.changed("playlist")

    def delete(self, song_id: int) -> None:
        """A person or a connection removes a song; under the current one the next goes on."""
        index = next(i for i, song in enumerate(self.queue) if song.song_id == song_id)
        del self.queue[index]
        if self.position is not None and index < self.position:
            self.position -= 1
        elif index == self.position and self.state is PlayState.PLAY:
            self.play_at(index)
        elif index == self.position:
            self.state = PlayState.STOP
            self.position = index if index < len(self.queue) else None
        self.changed("playlist")

    def drop_files(self, *uris: str) -> None:
        """A database update finds these gone; a song that plays stays in the queue."""
        for song in [song for song in self.queue if song.uri in uris]:
            if song != self.current or self.state is PlayState.STOP:
                self.delete(song.song_id)
        self.changed("database", "playlist")

    def _follower(self) -> QueuedSong | None:
        assert self.position is not None
        if self.random:
            songs = [song for song in self.queue if song.song_id not in self._dealt]
            return self._rng.choice(songs) if songs else None
        after = self.queue[self.position + 1 :]
        if self.repeat:
            after += self.queue[: self.position]
        return next((song for song in after if song.uri not in self.undecodable), None)
