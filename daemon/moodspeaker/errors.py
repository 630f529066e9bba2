"""The one error tree. Adapters turn every library's errors into these.

MoodspeakerError             what happened, and what to do about it
├── ConfigError              a file with every problem in it
├── AssetError               a file that ships apart is missing or is not the one we pinned
├── LibraryError             tags or label store
├── CameraError
│   ├── CameraAbsent         nothing there to open
│   ├── CameraBusy           somebody else holds it
│   ├── CameraStalled        open, but no frame in time
│   ├── CameraEnded          a file has played to its end
│   ├── CameraStuck          it does not let go; only a new process helps
│   └── SourceUnreadable     a picture, video or folder that does not decode
├── ModelError               model or manifest missing, damaged or not matching
├── PlayerError
│   ├── PlayerLost           no connection, or it broke
│   ├── PlayerDenied         wrong password or no permission
│   └── PlayerRefused        this one command failed; the connection is fine
└── BrokerError
    ├── BrokerLost
    └── BrokerDenied         wrong user name or password
"""

from __future__ import annotations


class MoodspeakerError(Exception):
    """What happened, to what; `remedy` says what to do."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} ({self.remedy})" if self.remedy else self.what


class ConfigError(MoodspeakerError):
    """A config file with all its problems, one line each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class AssetError(MoodspeakerError):
    """A file that ships apart is missing, or is not the one that was pinned."""


class LibraryError(MoodspeakerError):
    """The music folder or the label store cannot be used."""


class CameraError(MoodspeakerError):
    """A camera or a file standing in for one."""


class CameraAbsent(CameraError):
    """There is no such camera."""


class CameraBusy(CameraError):
    """Another program holds the camera."""


class CameraStalled(CameraError):
    """The camera is open and gave no frame in time."""


class CameraEnded(CameraError):
    """A file played to its end and was told to stop there."""


class CameraStuck(CameraError):
    """The camera does not let go: only a new process can use it again."""


class SourceUnreadable(CameraError):
    """A picture, video or folder that cannot be decoded."""


class ModelError(MoodspeakerError):
    """A model or its manifest is missing, damaged, or the two do not match."""


class Denied(MoodspeakerError):
    """Credentials were refused: trying again soon cannot help."""


class PlayerError(MoodspeakerError):
    """The music player (MPD)."""


class PlayerLost(PlayerError):
    """No connection to the player, or it broke."""


class PlayerDenied(PlayerError, Denied):
    """The player refused our password, or it permits too little."""


class PlayerRefused(PlayerError):
    """The player refused one command; the connection is fine."""


class BrokerError(MoodspeakerError):
    """The MQTT broker."""


class BrokerLost(BrokerError):
    """No connection to the broker, or it broke."""


class BrokerDenied(BrokerError, Denied):
    """The broker refused our user name or password."""
