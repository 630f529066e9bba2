"""One SHA-256 for a data set of several files."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def hash_of_files(files: Iterable[tuple[str, str]]) -> str:
    """The SHA-256 over pairs of name and SHA-256 of the content, in the order given.

    The name is relative to the data set, with `/`. It is what `sha256sum NAME... | sha256sum`
    prints, so that anyone can check it without the toolkit.
    """
    listing = hashlib.sha256()
    for name, digest in files:
        listing.update(f"{digest}  {name}\n".encode())
    return listing.hexdigest()
