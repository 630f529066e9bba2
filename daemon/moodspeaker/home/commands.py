"""Commands to the speaker: an entity and a payload to something typed, or a refusal."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from moodspeaker.config.music_section import POLICIES
from moodspeaker.config.profiles import NAME
from moodspeaker.config.tunable import TUNABLES
from moodspeaker.errors import MoodspeakerError
from moodspeaker.types import Emotion, Mood

LARGEST_BYTES = 4096
LONGEST_QUOTE = 40
MOST_NAMED = 12
LONGEST_DUCK_S = 600.0
AUTO = "auto"
MOOD_CHOICES = (AUTO, *(emotion.value for emotion in Emotion))


class CommandRefused(MoodspeakerError):
    """The command is not one of ours, or not possible now; one line says why."""


@dataclass(frozen=True, slots=True)
class SetFollowing:
    """Let the music follow the mood, or leave it alone."""

    on: bool


@dataclass(frozen=True, slots=True)
class SetCamera:
    """Open or close the camera."""

    on: bool


@dataclass(frozen=True, slots=True)
class SetPreview:
    """Show pictures of what the camera sees, for a while, or no more."""

    on: bool


@dataclass(frozen=True, slots=True)
class SetMood:
    """Hold this emotion, or follow the camera again (None)."""

    emotion: Emotion | None


@dataclass(frozen=True, slots=True)
class Next:
    """On to the next track."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Hold the music where it is."""


@dataclass(frozen=True, slots=True)
class Play:
    """Go on with the music."""


@dataclass(frozen=True, slots=True)
class Like:
    """The track that plays is a good one for this mood."""


@dataclass(frozen=True, slots=True)
class Dislike:
    """The track that plays is a bad one for this mood."""


@dataclass(frozen=True, slots=True)
class WrongTrack:
    """The track that plays is none for this mood, however good it is."""


@dataclass(frozen=True, slots=True)
class UndoFeedback:
    """The last word on a track was a mistake."""


@dataclass(frozen=True, slots=True)
class Duck:
    """Softer for so many seconds, for an announcement; 0 ends it."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Relabel:
    """Look at the whole library again, its sound too."""


@dataclass(frozen=True, slots=True)
class Calibrate:
    """The face before the camera rests: take it as the personal neutral."""


@dataclass(frozen=True, slots=True)
class RejectMood:
    """The mood that the camera gave is wrong."""


@dataclass(frozen=True, slots=True)
class Reload:
    """Read the YAML file again, as the signal HUP does."""


@dataclass(frozen=True, slots=True)
class SetNumber:
    """A number by its name in the section `mood` or `music`; it is finite."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class ChooseProfile:
    """A profile by its name, or `auto` or `default`; whether there is one is not known here."""

    name: str


@dataclass(frozen=True, slots=True)
class ChoosePolicy:
    """One policy for every mood, or `custom`: each by the file's tables."""

    name: str


@dataclass(frozen=True, slots=True)
class ResetTuning:
    """Numbers, profile and policy as the YAML file has them."""


TuningCommand = SetNumber | ChooseProfile | ChoosePolicy | ResetTuning
MusicCommand = Next | Pause | Play | Like | Dislike | WrongTrack | UndoFeedback | Duck | Relabel
RoomCommand = SetFollowing | SetCamera | SetPreview | SetMood | Calibrate | RejectMood | Reload
Command = RoomCommand | MusicCommand | TuningCommand
Reader = Callable[[str], Command]


def parse(entity: str, payload: bytes) -> Command:
    """The command that `payload` gives to `entity`. Raises CommandRefused."""
    reader = READERS.get(entity)
    if reader is None:
        raise CommandRefused(f"there is no entity {quoted(entity)}", near(entity, tuple(READERS)))
    if len(payload) > LARGEST_BYTES:
        raise CommandRefused(f"{entity}: {len(payload)} bytes are more than {LARGEST_BYTES}")
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        raise CommandRefused(f"{entity}: the payload is not UTF-8") from None
    try:
        return reader(text.strip())
    except CommandRefused as refused:
        raise CommandRefused(f"{entity}: {refused.what}", refused.remedy) from None


def quoted(text: str) -> str:
    """Somebody else's text, printable on one line and short."""
    shown = repr(text)
    return shown if len(shown) <= LONGEST_QUOTE else f"{shown[:LONGEST_QUOTE]}…"


def near(text: str, known: tuple[str, ...]) -> str:
    """A hint at the known word that is meant, or at all of them."""
    found = get_close_matches(text[:LONGEST_QUOTE].casefold(), known, n=1)
    more = ", …" if len(known) > MOST_NAMED else ""
    return f"did you mean {found[0]}?" if found else f"known: {', '.join(known[:MOST_NAMED])}{more}"


def _on(text: str) -> bool:
    if text.upper() not in ("ON", "OFF"):
        raise CommandRefused(f"{quoted(text)} is neither ON nor OFF")
    return text.upper() == "ON"


def _mood(text: str) -> Emotion | None:
    word = text.casefold()
    if word in (Mood.UNSURE, Mood.ABSENT, Mood.OFF):
        raise CommandRefused(f"{word} is what the speaker says, not a mood to choose", "send auto")
    if word not in MOOD_CHOICES:
        raise CommandRefused(f"{quoted(text)} is no mood", near(word, MOOD_CHOICES))
    return None if word == AUTO else Emotion(word)


def _press(text: str) -> None:
    # Not an empty one: that is how a retained message is cleared, and it must not press.
    if text.upper() != "PRESS":
        raise CommandRefused(f"{quoted(text)} is not PRESS")


def _pressed(command: Command) -> Reader:
    def read(text: str) -> Command:
        _press(text)
        return command

    return read


def _number(name: str) -> Reader:
    return lambda text: SetNumber(name, _finite(text))


def _finite(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    # Python also reads 1_000 and the digits of other scripts; people hardly mean them.
    if not math.isfinite(value) or "_" in text or not text.isascii():
        raise CommandRefused(f"{quoted(text)} is no number")
    return value


def _duck(text: str) -> Command:
    seconds = _finite(text)
    if not 0 <= seconds <= LONGEST_DUCK_S:
        raise CommandRefused(f"{seconds:g} is outside 0 to {LONGEST_DUCK_S:g} seconds")
    return Duck(seconds)


def _policy(text: str) -> Command:
    name = text.casefold()
    if name not in POLICIES:
        raise CommandRefused(f"{quoted(text)} is no policy", near(name, POLICIES))
    return ChoosePolicy(name)


def _profile(text: str) -> Command:
    name = text.casefold()
    if NAME.fullmatch(name) is None:
        raise CommandRefused(f"{quoted(text)} is no name of a profile", "send auto or default")
    return ChooseProfile(name)


READERS: MappingProxyType[str, Reader] = MappingProxyType(
    {
        "following": lambda text: SetFollowing(_on(text)),
        "camera": lambda text: SetCamera(_on(text)),
        "preview": lambda text: SetPreview(_on(text)),
        "mood": lambda text: SetMood(_mood(text)),
        "next": _pressed(Next()),
        "pause": _pressed(Pause()),
        "play": _pressed(Play()),
        "like": _pressed(Like()),
        "dislike": _pressed(Dislike()),
        "wrong_track": _pressed(WrongTrack()),
        "undo_feedback": _pressed(UndoFeedback()),
        "duck": _duck,
        "relabel": _pressed(Relabel()),
        "policy": _policy,
        "calibrate": _pressed(Calibrate()),
        "wrong_mood": _pressed(RejectMood()),
        "reload": _pressed(Reload()),
        "profile": _profile,
        "reset_tuning": _pressed(ResetTuning()),
        **{name: _number(name) for name in TUNABLES},
    }
)
"""What reads each entity's payload, stripped of white space; one line an entity."""
