"""What is wrong with what was written, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privacy.carving import densest

if TYPE_CHECKING:
    from privacy.carving import Carver

MOST_DENSE = 0.68
"""Measured: up to 0.61 (SQLite, numbers in JSON). base64 is 0.75, a face of 48x48 pixels 0.95."""


def complaints(parts: dict[str, bytes], carver: Carver) -> tuple[str, ...]:
    """Every picture in `parts`, data by where they went, and whatever may be one in disguise."""
    return tuple(
        f"{where}: {what}" for where, data in parts.items() for what in wrong_with(data, carver)
    )


def wrong_with(data: bytes, carver: Carver) -> tuple[str, ...]:
    """The same for one of them."""
    dense = densest(data)
    unreadable = (f"too dense for numbers and words: {dense:.2f}",) if dense > MOST_DENSE else ()
    return (*carver.found(data), *unreadable)
