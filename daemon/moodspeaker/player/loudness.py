"""How loud it should be, and whose volume the present one is. Pure; percents and seconds."""

from __future__ import annotations

ROUNDING = 2
"""A sound card may take our volume for one next to it."""


class Loudness:
    """Remembers the person's volume while the present one is lower by our doing."""

    def __init__(self, memo: int | None = None) -> None:
        """`memo` is the person's volume where it was left lowered, else None."""
        self.cap: int | None = None
        self._own = memo
        self._heard: int | None = None
        self._asked: int | None = None
        self.following = True
        self._left_at: int | None = None
        self._duck = (0, 0.0)
        self._returning = memo is not None
        self._fresh = True
        self._settled = True

    @property
    def memo(self) -> int | None:
        """The person's volume while it is lower than that, else None."""
        level = self._level
        lowered = self._own is not None and (level is None or level < self._own)
        return self._own if lowered else None

    def meet(self) -> None:
        """A new connection: the player may have been restarted meanwhile."""
        self._fresh = True

    def follow(self, on: bool) -> None:
        """Off, the cap is not applied any more, nor taken back."""
        if self.following and not on:
            self._left_at = self.cap if self._returning else self._level
        self.following = on

    def duck(self, percent: int, until_s: float) -> None:
        """No louder than this until then."""
        self._duck = (percent, until_s)
        self._returning = True

    def hear(self, volume: int) -> None:
        """What the volume is now; what we did not ask for, a person did."""
        if self._by_a_person(volume):
            if self._heard is not None:
                self._duck, self._returning = (0, 0.0), False
            self._own, self._asked, self._left_at = volume, None, None
        elif self._fresh:
            self._asked = None
        self._heard = volume
        self._fresh, self._settled = False, True

    def did(self, percent: int) -> None:
        """We set this volume."""
        self._asked = percent
        self._settled = False

    def step(self, now_s: float, most: int) -> int | None:
        """The next volume on the way, at most so far from the present one; None for no change."""
        level = self._level
        if level is None or self._own is None or not (self.following or self._returning):
            return None
        ducked = now_s < self._duck[1]
        gap = self._target(self._own, ducked=ducked) - level
        if gap == 0:
            self._returning = self._returning and ducked
            return None
        return level + max(-most, min(most, gap))

    def due_s(self, now_s: float) -> float | None:
        """Seconds until a duck ends; None without one."""
        left_s = self._duck[1] - now_s
        return left_s if left_s > 0 else None

    @property
    def _level(self) -> int | None:
        """What we asked for counts for what it is, or a card that rounds would be asked again."""
        return self._heard if self._asked is None else self._asked

    def _by_a_person(self, volume: int) -> bool:
        if self._heard is None:
            return self.memo is None or volume >= self.memo
        # A player that was restarted comes back with what it last stored, from the middle of a
        # fade perhaps.
        if self._fresh and self.memo is not None:
            return not (self._level or 0) - ROUNDING <= volume < self.memo
        if self._asked is None or self._settled:
            return volume != self._heard
        return abs(volume - self._asked) > ROUNDING

    def _target(self, own: int, *, ducked: bool) -> int:
        limits = [own, self.cap if self.following else self._left_at]
        limits += [self._duck[0]] if ducked else []
        return min(limit for limit in limits if limit is not None)
