"""Fails when a file of ours is over 400 lines or a function over 60."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

FILE_LINES, FUNCTION_LINES = 400, 60
FOLDERS = ("daemon", "conversion", "tests", "scripts")
ROOT = Path(__file__).resolve().parents[1]


def too_long(path: Path) -> list[str]:
    """What is over the limit in one file."""
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    found = [f"{path}: {lines} lines"] if lines > FILE_LINES else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > FUNCTION_LINES:
                found.append(f"{path}:{node.lineno} {node.name}: {size} lines")
    return found


def main() -> int:
    """0 when everything is short enough."""
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")]
    found = [line for file in sorted(files) for line in too_long(file)]
    print("\n".join(found) or f"{len(files)} files, none too long")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
