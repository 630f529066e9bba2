"""The personal neutral in the state folder: numbers only, one file, removable."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from moodspeaker.errors import MoodspeakerError
from moodspeaker.mood.neutral import PersonalNeutral
from moodspeaker.runtime.whole_file import write_json
from moodspeaker.types import Emotion, Scores

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

FILE_NAME = "calibration.json"


class NeutralFile:
    """Reads, writes and removes the scores of a resting face."""

    def __init__(self, state_dir: Path) -> None:
        self.path = state_dir / FILE_NAME

    def load(self) -> PersonalNeutral | None:
        """None where there is none; a damaged file counts as none, and is told."""
        try:
            return parsed(json.loads(self.path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s cannot be used, there is no personal neutral: %s", self.path, error)
            return None

    def save(self, neutral: PersonalNeutral) -> None:
        """Raises MoodspeakerError where it cannot be written."""
        content = {
            "scores": neutral.resting.as_dict(),
            "taken_at": neutral.taken_at,
            "frames": neutral.frames,
        }
        try:
            write_json(self.path, content)
        except OSError as error:
            raise MoodspeakerError(
                f"{self.path} cannot be written: {error.strerror}", "check rights and disk"
            ) from error

    def remove(self) -> bool:
        """Whether there was one. Raises MoodspeakerError."""
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise MoodspeakerError(f"{self.path} cannot be removed: {error.strerror}") from error
        return True


def parsed(stored: dict[str, Any]) -> PersonalNeutral:
    """Raises ValueError, KeyError or TypeError for what `save` would not have written."""
    scores = Scores(tuple(float(stored["scores"][emotion]) for emotion in Emotion))
    if not all(0 <= p <= 1 for p in scores.values):
        raise ValueError("a score is no share of one")
    return PersonalNeutral(scores, float(stored["taken_at"]), int(stored["frames"]))
