"""Numbers about the service itself."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from moodspeaker.app.vitals import rss_mb

if TYPE_CHECKING:
    import pytest


def test_memory_is_read_without_a_new_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rss_mb()  # What it imports, it imports once.
    named: list[str] = []
    monkeypatch.setattr(sys, "intern", lambda name: named.append(name) or name)
    assert rss_mb()
    assert named == []
