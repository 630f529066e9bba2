"""A report before it is HTML or PDF: words, tables and plots in their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure in large type: its name, its value, and a line below."""

    name: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text; the first `words` columns hold words, the others numbers."""

    heading: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing of `height` inches on plots.WIDTH; `draw` fills a matplotlib figure."""

    heading: str
    caption: str
    height: float
    draw: Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report; `summary` are paragraphs, `facts` pairs of a name and its value."""

    title: str
    subtitle: str
    summary: tuple[str, ...]
    headlines: tuple[Headline, ...]
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Table | Plot, ...]


def percent(share: float) -> str:
    """A share for people."""
    return f"{100 * share:.1f} %"
