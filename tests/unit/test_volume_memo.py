"""The volume that a person had set, over a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moodspeaker.runtime.volume_memo import FILE_NAME, VolumeMemo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("volume", [0, 55, 100])
def test_it_is_kept_until_it_is_taken_back(tmp_path: Path, volume: int) -> None:
    memo = VolumeMemo(tmp_path)
    assert memo.load() is None
    memo.save(volume)
    assert VolumeMemo(tmp_path).load() == volume
    memo.save(None)
    memo.save(None)
    assert memo.load() is None


@pytest.mark.parametrize("text", ["", "[]", '{"volume": 101}', '{"volume": -1}', '{"volume": "9"}'])
def test_what_makes_no_sense_is_not_known(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    assert VolumeMemo(tmp_path).load() is None


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    VolumeMemo(tmp_path / "file").save(40)
    assert "cannot be written" in caplog.text
