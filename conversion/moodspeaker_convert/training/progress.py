"""Bars on a terminal, silence in a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tqdm import tqdm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeVar

    T = TypeVar("T")


def bar(things: Iterable[T], count: int, what: str) -> Iterator[T]:
    """`things`, under a bar that says `what`."""
    yield from tqdm(things, total=count, desc=what, leave=False, disable=None)
