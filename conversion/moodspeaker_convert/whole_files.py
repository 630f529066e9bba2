"""Files that are there whole or not at all, also when the disk is full or the power fails."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from moodspeaker_convert.errors import ToolkitError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def whole(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Gives paths to write to, which take the places of `paths` when all of them are written.

    The names end as those of `paths`, since Keras goes by the suffix. Raises ToolkitError when the
    system refuses; then nothing half-written stays, and what stood there before still does.
    """
    partials = tuple(path.with_name(f"part-{path.name}") for path in paths)
    try:
        yield partials
        for partial, path in zip(partials, paths, strict=True):
            partial.replace(path)
    except OSError as error:
        raise ToolkitError(
            f"{paths[0]} cannot be written: {error.strerror or error}",
            "make room, or name another place",
        ) from error
    finally:
        for partial in partials:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
