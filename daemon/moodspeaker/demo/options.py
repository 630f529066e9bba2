"""What the command line asked of the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """The command line of `moodspeaker demo`."""

    source: str | None = None
    seconds: float | None = None
    config: Path | None = None
    as_json: bool = False
    profile: str = "demo"
    pace: str | None = None
