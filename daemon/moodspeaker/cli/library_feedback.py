"""`moodspeaker library like`, `dislike`, `wrong` and `undo`: what you think of a track."""

from __future__ import annotations

import time
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

from moodspeaker.cli.library_store import check_uri, opened, shown
from moodspeaker.errors import LibraryError
from moodspeaker.library.records import Feedback, Liking
from moodspeaker.music.words import emotion_of
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from collections.abc import Callable

FULL = 1.0
MEANINGS = {
    Liking.LIKE: "liked",
    Liking.DISLIKE: "disliked",
    Liking.SKIP: "skipped",
    Liking.WRONG: "the wrong mood",
}


def give(liking: Liking, uri: str, mood: str, clock: Callable[[], float] = time.time) -> int:
    """Notes it for that mood alone. Raises LibraryError."""
    with opened() as store:
        check_uri(store, uri)
        emotion = emotion_named(mood)
        number = store.add_feedback(Feedback(uri, emotion, liking, FULL, clock()))
    print(f"{shown(uri)}: {MEANINGS[liking]} for {emotion} (number {number})")
    return 0


def undo(uri: str, *, everything: bool) -> int:
    """Takes back the latest word that is in force on a track, or all. Raises LibraryError."""
    with opened() as store:
        said = store.feedback(uri)
        if not said:
            check_uri(store, uri)
        in_force = [one for one in said if not one.undone]
        undone = in_force if everything else in_force[-1:]
        with store.transaction():
            for one in undone:
                store.undo_feedback(one.number)
    for one in undone:
        print(f"{shown(uri)}: undone: {told(one)}")
    if not undone:
        print(f"{shown(uri)}: there is nothing to undo")
    return 0


def told(said: Feedback) -> str:
    """One word of a listener's, as `liked for happy, 2026-11-21 (number 3)`."""
    return f"{MEANINGS[said.kind]} for {shown(said.mood)}, {day(said.at)} (number {said.number})"


def emotion_named(mood: str) -> Emotion:
    """By its name, or a word for it. Raises LibraryError with the names that are near."""
    emotion = emotion_of(mood)
    if emotion is None:
        near = get_close_matches(mood.casefold(), list(Emotion), 1)
        hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(Emotion)}"
        raise LibraryError(f"{shown(mood)!r} is no mood", hint)
    return emotion


def day(unix_s: float) -> str:
    """Local, as 2026-11-21."""
    return datetime.fromtimestamp(unix_s).astimezone().strftime("%Y-%m-%d")
