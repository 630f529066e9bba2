"""The rows of a CSV file by the names of its columns, under a progress bar."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from tqdm import tqdm

from moodspeaker_convert.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LONG = 20_000_000


def rows_of(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """The line number and the cells of `columns`, in that order, of each row.

    Names are compared without case and outer spaces, cells come without outer spaces, blank lines
    are passed over. Raises DataError, also in the middle, for a file that is no such table.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.reader(watched(file, path))
            places = column_places(path, next(reader, []), columns)
            for cells in reader:
                if cells:
                    yield reader.line_num, chosen(path, reader.line_num, cells, places)
    except (OSError, csv.Error) as error:
        raise DataError(f"{path} is no readable CSV file: {error}", "get it anew") from error


def watched(lines: Iterable[str], path: Path) -> Iterator[str]:
    """The lines; the bar shows how much of the file they were."""
    size = path.stat().st_size
    disable = None if size > LONG else True
    with tqdm(total=size, desc=path.name, unit="B", unit_scale=True, disable=disable) as bar:
        for line in lines:
            bar.update(len(line))
            yield line


def column_places(path: Path, header: list[str], columns: tuple[str, ...]) -> list[int]:
    """Where the columns stand. Raises DataError when one is missing."""
    names = [name.strip().lower() for name in header]
    missing = [name for name in columns if name.lower() not in names]
    if missing:
        raise DataError(
            f"{path} has no column {', '.join(missing)}",
            f"its first line must name {', '.join(columns)}",
        )
    return [names.index(name.lower()) for name in columns]


def chosen(path: Path, line: int, cells: list[str], places: list[int]) -> list[str]:
    """The cells at `places`. Raises DataError for a row that is too short."""
    if len(cells) <= max(places):
        raise DataError(f"{path}, line {line}: {len(cells)} cells only", "get the file anew")
    return [cells[place].strip() for place in places]
