"""The trouble-shooting page names every fault that the doctor finds, with its remedy."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "trouble_table.py"
PAGE = ROOT / "docs" / "trouble.md"


def test_the_page_has_the_table_of_the_source() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], capture_output=True, text=True, check=True, timeout=60
    )
    remedy = "run: python scripts/trouble_table.py docs/trouble.md"
    assert PAGE.read_text(encoding="utf-8").endswith(f"\n\n{done.stdout}"), remedy


def test_every_fault_has_a_name_and_a_remedy() -> None:
    for name, said, done in runpy.run_path(str(SCRIPT))["rows"]():
        assert name, said
        assert done, said


def test_names_that_the_page_sends_people_to_are_in_its_table() -> None:
    names = {row[0] for row in runpy.run_path(str(SCRIPT))["rows"]()}
    sent = [
        word
        for line in PAGE.read_text(encoding="utf-8").split("## Every finding")[0].splitlines()
        if line.startswith("| ")
        for word in line.split("|")[2].split(";")[0].split("`")[1::2]
        if not word.startswith("moodspeaker ")
    ]
    assert len(sent) > 10
    assert set(sent) <= names
