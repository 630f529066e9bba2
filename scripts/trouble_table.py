"""Prints the table of docs/trouble.md: every fault that the doctor finds, from its source.

What is only known where it is found is shown as an ellipsis. A test compares the page with it;
with the page's path it puts the table there, in place of the old one:

    python scripts/trouble_table.py docs/trouble.md
"""

from __future__ import annotations

import ast
import itertools
import sys
from dataclasses import dataclass, field
from pathlib import Path

DOCTOR = Path(__file__).resolve().parents[1] / "daemon" / "moodspeaker" / "doctor"
FIRST = ("settings", "machine", "disk", "service", "running", "accounts", "picamera")
FIRST += ("camera_faults", "camera", "eyes", "player", "music", "broker")
"""The modules in the order of the examination, by how their names begin; the rest follows."""
HEAD = "| finding | what it says | what to do |"
UNKNOWN = "…"
OWN_WORDS, AS_SAID = "*in words of its own*", "*as it says*"
OR = "<br>or: "
MOST = 12


@dataclass(slots=True)
class Source:
    """What the modules define: constants of each, and functions of all, by name."""

    constants: dict[str, ast.expr] = field(default_factory=dict)
    functions: dict[str, ast.AST] = field(default_factory=dict)
    names: dict[str, ast.expr] = field(default_factory=dict)
    """Of the function that is looked at."""


def table() -> str:
    """In Markdown."""
    lines = [HEAD, "|---|---|---|"]
    lines += [
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows()
    ]
    return "\n".join(lines) + "\n"


def rows() -> list[tuple[str, str, str]]:
    """(finding, what it says, what to do), each once, in the order of the examination."""
    trees = {path.stem: ast.parse(path.read_text("utf-8")) for path in sorted(DOCTOR.glob("*.py"))}
    own = {stem: functions_of(tree) for stem, tree in trees.items()}
    everybody = {name: one for functions in own.values() for name, one in functions.items()}
    found = []
    for stem in sorted(trees, key=place):
        source = Source(assigned(trees[stem].body), everybody | own[stem])
        for one in trees[stem].body:
            if is_function(one):
                source.names = assigned(ast.walk(one))
                found += [row for call in wrongs(one) for row in rows_of(call, source)]
    names = list(dict.fromkeys(name for name, _, _ in found))
    return sorted(dict.fromkeys(found), key=lambda row: names.index(row[0]))


def place(stem: str) -> tuple[int, str]:
    """Where a module stands in the examination."""
    begins = [index for index, first in enumerate(FIRST) if stem.startswith(first)]
    return (max(begins) if begins else len(FIRST), stem)


def functions_of(tree: ast.Module) -> dict[str, ast.AST]:
    """By name."""
    return {one.name: one for one in ast.walk(tree) if is_function(one)}


def is_function(one: ast.AST) -> bool:
    """Of either kind."""
    return isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)


def assigned(statements: object) -> dict[str, list[ast.expr]]:
    """Every value that each name gets."""
    found: dict[str, list[ast.expr]] = {}
    for one in statements:
        if not isinstance(one, ast.Assign):
            continue
        for target in one.targets:
            pairs = [(target, one.value)]
            if isinstance(target, ast.Tuple) and isinstance(one.value, ast.Tuple):
                pairs = list(zip(target.elts, one.value.elts, strict=True))
            for name, value in pairs:
                if isinstance(name, ast.Name):
                    found.setdefault(name.id, []).append(value)
    return found


def wrongs(function: ast.AST) -> list[ast.Call]:
    """The calls that make a fault."""
    calls = [one for one in ast.walk(function) if isinstance(one, ast.Call)]
    return [
        call
        for call in sorted(calls, key=lambda call: call.lineno)
        if isinstance(call.func, ast.Name) and call.func.id == "wrong" and len(call.args) == 3
    ]


def rows_of(call: ast.Call, source: Source) -> list[tuple[str, str, str]]:
    """One, or one for each pair of what may be said and done."""
    names, said, done = (texts(argument, source) for argument in call.args)
    name = names[0].replace(UNKNOWN, "any of them")
    said = [OWN_WORDS if text == UNKNOWN else text for text in said]
    done = [AS_SAID if text == UNKNOWN else text for text in done]
    if len(said) == len(done):
        return [(name, *pair) for pair in zip(said, done, strict=True)]
    return [(name, OR.join(said), OR.join(done))]


def texts(value: ast.expr, source: Source, depth: int = 0) -> list[str]:
    """What the expression may be, as far as the source tells."""
    if depth > 6:
        return [UNKNOWN]
    inner = depth + 1
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    if isinstance(value, ast.JoinedStr):
        return joined([texts(part, source, inner) for part in value.values])
    if isinstance(value, ast.FormattedValue):
        return texts(value.value, source, inner)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        return joined([texts(value.left, source, inner), texts(value.right, source, inner)])
    return [UNKNOWN] if not (parts := choices(value, source)) else several(parts, source, inner)


def choices(value: ast.expr, source: Source) -> list[ast.expr]:
    """The expressions that it may stand for; none where the source does not tell."""
    if isinstance(value, ast.IfExp):
        return [value.body, value.orelse]
    if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or):
        return value.values[1:]
    if isinstance(value, ast.Name):
        return source.names.get(value.id) or source.constants.get(value.id, [])
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        called = source.functions.get(value.func.id)
        returns = [one for one in ast.walk(called) if isinstance(one, ast.Return)] if called else []
        return [one.value for one in returns if one.value is not None]
    return []


def several(parts: list[ast.expr], source: Source, depth: int) -> list[str]:
    """What any of them may be, each once."""
    found = [text for part in parts for text in texts(part, source, depth)]
    return list(dict.fromkeys(found))[:MOST]


def joined(parts: list[list[str]]) -> list[str]:
    """Every way to put one of each behind the other."""
    ways = itertools.islice(itertools.product(*parts), MOST)
    return list(dict.fromkeys("".join(way) for way in ways))


def renew(page: Path) -> None:
    """The table is the end of the page."""
    before, _, _ = page.read_text(encoding="utf-8").partition(HEAD)
    page.write_text(before + table(), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:]:
        renew(Path(sys.argv[1]))
    else:
        print(table(), end="")
