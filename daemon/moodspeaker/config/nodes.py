"""YAML as nodes that know their line, so that a problem can be shown where it stands."""

from __future__ import annotations

from typing import Any

import yaml

KeyPath = tuple[str | int, ...]

MOST_VALUES = 10_000
"""Aliases of aliases multiply: a few lines would else fill the memory."""


class Document:
    """A parsed YAML text: plain data, the line of every key, and the keys given twice."""

    def __init__(self, text: str) -> None:
        """Raises yaml.YAMLError, and ValueError for one of endless values."""
        self.lines: dict[KeyPath, int] = {(): 1}
        self.duplicates: list[tuple[KeyPath, int]] = []
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            self._walk(node, ())
            self.data: Any = None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()

    def line_of(self, path: KeyPath) -> int:
        """The line of the key at `path`, or of the nearest key above it."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def _walk(self, node: yaml.Node | None, path: KeyPath) -> None:
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self._note((*path, index), item)
                self._walk(item, (*path, index))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                here = (*path, str(key.value))
                if here in self.lines:
                    self.duplicates.append((here, key.start_mark.line + 1))
                self._note(here, key)
                self._walk(value, here)

    def _note(self, path: KeyPath, node: yaml.Node) -> None:
        if len(self.lines) > MOST_VALUES:
            raise ValueError(f"more than {MOST_VALUES} values; aliases of aliases?")
        self.lines[path] = node.start_mark.line + 1
