"""What an examination finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, a line each.

    `detail` says what was seen; `remedy` says what to do, and is empty where all is well.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def fine(name: str, detail: str) -> Finding:
    """All is well there, or there is nothing to look at, as `detail` says."""
    return Finding(name, ok=True, detail=detail)


def wrong(name: str, detail: str, remedy: str) -> Finding:
    """Something that a person should mend, and how."""
    return Finding(name, ok=False, detail=detail, remedy=remedy)
