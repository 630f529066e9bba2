"""The label store as the commands of `moodspeaker library` use it."""

from __future__ import annotations

from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING

from moodspeaker.cli.arguments import DEFAULT_CONFIG
from moodspeaker.config.load import load_config
from moodspeaker.config.schema import Config
from moodspeaker.errors import LibraryError
from moodspeaker.library.store import FILE_NAME, LabelStore
from moodspeaker.runtime.state_folder import state_dir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NEAR = 3


@contextmanager
def new_or_opened() -> Iterator[LabelStore]:
    """Raises LibraryError."""
    store = LabelStore.open(state_dir() / FILE_NAME)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened() -> Iterator[LabelStore]:
    """The same where there is one already. Raises LibraryError."""
    path = state_dir() / FILE_NAME
    if not path.exists():
        raise LibraryError(f"{path}: no label store yet", "run `moodspeaker library scan` first")
    with new_or_opened() as store:
        yield store


def config_at(path: Path) -> Config:
    """The file's; the defaults where the usual file is not there. Raises ConfigError."""
    absent = str(path) == DEFAULT_CONFIG and not path.exists()
    return Config() if absent else load_config(path)


def check_uri(store: LabelStore, uri: str) -> None:
    """Raises LibraryError for a track that no scan has found, with the names that are near."""
    if store.track(uri):
        return
    near = names_near(uri, store.uris())
    hint = f"did you mean {' or '.join(map(shown, near))}?" if near else ""
    raise LibraryError(
        f"no track {shown(uri)}", hint or "run `moodspeaker library scan` after adding music"
    )


def names_near(uri: str, uris: tuple[str, ...]) -> list[str]:
    """Those that hold what was asked for, else those that are spelt much like it."""
    wanted = uri.casefold()
    holding = [other for other in uris if wanted in other.casefold()]
    if holding and wanted:
        return sorted(holding, key=len)[:NEAR]
    return get_close_matches(uri, uris, NEAR)


def shown(text: str) -> str:
    """On one line, whatever it holds: control characters are written out."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
