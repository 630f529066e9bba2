"""Large libraries are linked while Python's other threads run on, and only then imported.

An import holds the interpreter while the dynamic linker maps and relocates a library and all that
it needs: most of the time that OpenCV takes. The event loop would stand still as long.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import contextmanager
from importlib.machinery import ExtensionFileLoader, PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

LARGE = frozenset({"ai_edge_litert", "cv2", "tflite_runtime"})
"""Packages whose libraries may be linked by a thread that does not hold the interpreter.

As a library is linked, its constructors run: those of others might want to call Python.
"""
BESIDE = {"ai_edge_litert": "libLiteRt.so"}
"""What a package, by its name, loads through ctypes, with these flags."""
BESIDE_FLAGS = os.RTLD_LAZY | os.RTLD_GLOBAL


@contextmanager
def linked_first() -> Iterator[None]:
    """Imports of large libraries in the block, by any thread, hold the others up for less time.

    What cannot be linked, the import itself refuses, as it always would.
    """
    finder = Finder()
    # Another list each time: one that shrinks hides a finder from a thread that goes through it.
    sys.meta_path = [finder, *sys.meta_path]
    try:
        yield
    finally:
        sys.meta_path = [other for other in sys.meta_path if other is not finder]


class Finder:
    """Implements importlib.abc.MetaPathFinder: finds what Python would, if it is large."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None leaves the module to Python's own finders."""
        if name.partition(".")[0] not in LARGE:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is ExtensionFileLoader:
            spec.loader = Loader(spec.loader.name, spec.loader.path)
        elif spec is not None and spec.origin and name in BESIDE:
            link(str(Path(spec.origin).with_name(BESIDE[name])), BESIDE_FLAGS)
        return spec


class Loader(ExtensionFileLoader):
    """Python's own, but that it finds the library linked already."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """As the base class."""
        link(self.path, sys.getdlopenflags())
        return super().create_module(spec)


def link(path: str, flags: int) -> None:
    """Does nothing where it fails.

    As a foreign call, which lets go of the interpreter: `ctypes.CDLL(path)` would keep it. The
    linker counts the library once more, and the import gets the same one.
    """
    dlopen = getattr(ctypes.CDLL(None), "dlopen", None)
    if dlopen is not None:
        dlopen(os.fsencode(path), flags)
