"""Copies of the service's state folder: `mirror FROM TO`, or `older FROM TO`.

`mirror` makes TO hold what FROM holds. `older` puts a database of FROM back where the one in TO
has a newer layout, which is kept beside it. Databases are copied by SQLite, so that FROM may be
in use; nothing may use TO. Standard library only.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

MAGIC = b"SQLite format 3\0"
COMPANIONS = ("-wal", "-shm", "-journal")


def mirror(source: Path, target: Path) -> None:
    """Every file of `source`, and no other."""
    kept = set(files_of(source))
    for name in kept:
        copy(source / name, target / name)
    for name in set(files_of(target)) - kept:
        (target / name).unlink()


def older(source: Path, target: Path) -> None:
    """The databases of `target` that only a newer version can read."""
    for name in files_of(source):
        present = target / name
        if not (is_database(source / name) and present.is_file() and is_database(present)):
            continue
        if layout(present) > layout(source / name):
            copy(present, present.with_name(present.name + ".newer"))
            copy(source / name, present)
            print(f"install: {present} is the one from before the upgrade", file=sys.stderr)


def files_of(folder: Path) -> list[Path]:
    """Relative paths of all regular files; a database's companions are part of it."""
    return [
        path.relative_to(folder)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and not path.name.endswith(COMPANIONS)
    ]


def copy(source: Path, target: Path) -> None:
    """Whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".draft")
    draft.unlink(missing_ok=True)
    if is_database(source):
        with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(draft)) as here:
            there.backup(here)
        shutil.copymode(source, draft)
    else:
        shutil.copy2(source, draft)
    for companion in COMPANIONS:
        target.with_name(target.name + companion).unlink(missing_ok=True)
    draft.replace(target)


def is_database(path: Path) -> bool:
    """By its first bytes."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def layout(path: Path) -> int:
    """The number that says which version wrote it."""
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("PRAGMA user_version").fetchone()[0])


if __name__ == "__main__":
    try:
        {"mirror": mirror, "older": older}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    except (OSError, sqlite3.Error) as error:
        sys.exit(f"install: {error}")
