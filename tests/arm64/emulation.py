"""Runs moodspeaker inside the arm64 tree, on a processor that is emulated."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from arm64.tree import CHECKOUT, HERE, complete_tree
from chroot.tree import PRIVATE
from moodspeaker.runtime.assets import asset_folder

if TYPE_CHECKING:
    from arm64.processors import Processor


@dataclass(frozen=True, slots=True)
class Emulation:
    """A tree, and a folder for what the kernel tells of the processor."""

    tree: Path
    folder: Path

    @classmethod
    def ready(cls, folder: Path) -> Emulation:
        """The tree of the cache; the first time takes half a minute or more. Raises NotHere."""
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cls(complete_tree(cache / "moodspeaker" / "arm64-bookworm"), folder)

    def command(
        self, work: Path, *arguments: str, emulated: Processor, told: Processor | None = None
    ) -> tuple[str, ...]:
        """`moodspeaker` with these arguments, where `work` is /tmp.

        `told` is the processor that the kernel tells of, by default the emulated one.
        """
        cpuinfo = self.folder / f"cpuinfo-{emulated.name}"
        cpuinfo.write_text((told or emulated).cpuinfo(os.cpu_count() or 1))
        enter = ("sh", str(HERE / "enter.sh"), str(self.tree), str(CHECKOUT), str(asset_folder()))
        return (*PRIVATE, *enter, str(work), emulated.name, str(cpuinfo), *arguments)
