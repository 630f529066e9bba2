"""Labels as files: a person's own come in as CSV or JSON lines, every track's go out as the latter.

All of a file is read before anything is stored, so a wrong line leaves the store as it was.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from moodspeaker.errors import LibraryError
from moodspeaker.library.places import KNOWN_WORDS, by_point, by_words, fused, shares
from moodspeaker.library.records import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from moodspeaker.library.records import Estimate

COLUMNS = ("uri", "mood", "valence", "arousal")
EXAMPLE = "the first line must be uri,mood or uri,valence,arousal"


@dataclass(frozen=True, slots=True)
class LabelsRead:
    """A file's labels. `skipped` counts exported lines that hold no label of a person."""

    labels: tuple[Estimate, ...]
    skipped: int = 0


def read_labels(text: str, name: str) -> LabelsRead:
    """Either format, by its first character. Raises LibraryError naming `name` and the line."""
    text = text.removeprefix("\ufeff")
    # Not splitlines: it also splits at characters that a file's name may hold.
    lines = tuple(io.StringIO(text, newline=""))
    if text.lstrip().startswith("{"):
        return read_json_lines(lines, name)
    return read_csv(lines, name)


def read_csv(lines: Sequence[str], name: str) -> LabelsRead:
    """Separated by `,`, or by `;` where the first line is."""
    head = lines[0] if lines else ""
    rows = csv.reader(lines, delimiter=";" if ";" in head and "," not in head else ",", strict=True)
    labels: list[Estimate] = []
    try:
        columns = checked_columns([cell.strip().casefold() for cell in next(rows, [])])
        for row in rows:
            if any(cell.strip() for cell in row):
                labels.append(label_of(cells(columns, row)))
    except (csv.Error, ValueError) as error:
        raise LibraryError(f"{name}:{max(1, rows.line_num)}: {error}") from error
    return LabelsRead(tuple(labels))


def checked_columns(columns: list[str]) -> list[str]:
    """Raises ValueError for a first line that names others than ours."""
    odd = [column for column in columns if column not in COLUMNS]
    if odd:
        raise ValueError(f"column {odd[0]!r} is none of {', '.join(COLUMNS)} ({EXAMPLE})")
    if "uri" not in columns or not ("mood" in columns or {"valence", "arousal"} <= set(columns)):
        raise ValueError(f"columns are missing ({EXAMPLE})")
    if len(set(columns)) < len(columns):
        raise ValueError("a column is there twice")
    return columns


def cells(columns: list[str], row: list[str]) -> dict[str, str]:
    """{column: cell}. Raises ValueError for a row of another length."""
    if len(row) != len(columns):
        raise ValueError(
            f"{len(row)} columns where the first line has {len(columns)}"
            ' (put a name that holds a comma into "quotes")'
        )
    return dict(zip(columns, row, strict=True))


def read_json_lines(lines: Sequence[str], name: str) -> LabelsRead:
    """Lines of an export, or `{"uri", "mood"}` and `{"uri", "valence", "arousal"}`."""
    labels: list[Estimate] = []
    skipped = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            label = label_of_line(json.loads(line))
        except (ValueError, TypeError) as error:
            raise LibraryError(f"{name}:{number}: {error}") from error
        if label:
            labels.append(label)
        else:
            skipped += 1
    return LabelsRead(tuple(labels), skipped)


def label_of_line(said: object) -> Estimate | None:
    """None for a line that holds no label of a person. Raises ValueError, TypeError."""
    if not isinstance(said, dict):
        raise TypeError("no JSON object")
    if Origin.USER not in said.get("sources", [Origin.USER]):
        return None
    # The line's own place has what files say mixed in; `user` is the person's alone.
    own = said.get("user", said)
    if not isinstance(own, dict):
        raise TypeError("user is no JSON object")
    return label_of({**own, "uri": said.get("uri")})


def label_of(said: Mapping[str, Any]) -> Estimate:
    """A mood word wins over numbers. Raises ValueError, saying what is wrong."""
    uri = said.get("uri")
    if not isinstance(uri, str) or not uri.strip():
        raise ValueError("no uri")
    word = str(said.get("mood") or "").strip()
    if word:
        return by_mood(uri, word)
    return by_point(uri, coordinate(said, "valence"), coordinate(said, "arousal"))


def by_mood(uri: str, word: str) -> Estimate:
    """Raises ValueError for a word that is not known, with those that are near."""
    label = by_words(uri, word)
    if label is None:
        near = get_close_matches(word.casefold(), KNOWN_WORDS, 3, 0.6)
        hint = f"did you mean {' or '.join(near)}?" if near else "such as happy, sad, calm, tense"
        raise ValueError(f"mood {word!r} is not known ({hint})")
    return label


def coordinate(said: Mapping[str, Any], name: str) -> float:
    """Raises ValueError for what is no number from -1 to 1."""
    value = said.get(name)
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError:
        raise ValueError(f"{name} {value!r} is not a number") from None
    # Written so that nan is refused too.
    if not -1 <= number <= 1:
        raise ValueError(f"{name} {number:g} is not from -1 to 1")
    return number


def export_line(uri: str, estimates: Iterable[Estimate]) -> str:
    """A JSON object without its line end; numbers to 3 digits."""
    estimates = tuple(estimates)
    place = fused(estimates)
    line: dict[str, object] = {
        "uri": uri,
        "valence": round(place.valence, 3),
        "arousal": round(place.arousal, 3),
        "valence_sd": round(place.valence_sd, 3),
        "arousal_sd": round(place.arousal_sd, 3),
        "moods": {mood: round(share, 3) for mood, share in shares(place).items()},
        "sources": [estimate.source for estimate in estimates],
    }
    for own in estimates:
        if own.source == Origin.USER:
            line["user"] = {"mood": own.detail, "valence": own.valence, "arousal": own.arousal}
    return json.dumps(line, ensure_ascii=False)
