"""Writes an evaluation report, as HTML or PDF by its suffix."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.measuring.report_html import as_html
from moodspeaker_convert.measuring.report_pdf import as_pdf
from moodspeaker_convert.whole_files import whole

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker_convert.measuring.document import Document

WRITERS = {".html": as_html, ".pdf": as_pdf}


def check_target(path: Path) -> None:
    """Raises ToolkitError for a report that could not be written, before anything is measured."""
    if path.suffix.lower() not in WRITERS:
        raise ToolkitError(f"--report {path} is neither .html nor .pdf", "name it so")
    if not path.parent.is_dir():
        raise ToolkitError(f"--report: there is no folder {path.parent}", "make it first")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise ToolkitError(f"--report {path} cannot be written", "name another place")


def write(document: Document, path: Path) -> None:
    """Writes the report at once or not at all, over an older one. Raises ToolkitError."""
    content = WRITERS[path.suffix.lower()](document)
    with whole(path) as (partial,):
        partial.write_bytes(content)
