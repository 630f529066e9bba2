"""What was tuned, in a file that may be missing, damaged or from another version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from moodspeaker.runtime.tuning_file import Tuning, TuningFile

if TYPE_CHECKING:
    from pathlib import Path

FULL = Tuning("evening", {"dwell_s": 33.5, "changes_per_hour": 7}, {"disgust": 3})


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    TuningFile(tmp_path / "state").save(FULL)
    assert TuningFile(tmp_path / "state").load() == FULL


def test_no_file_is_nothing_and_no_trouble(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert TuningFile(tmp_path).load() == Tuning("auto", {}, {})
    assert not caplog.records


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"\xff\xfe", b"[1]", b"null", b"[" * 100_000, b'{"values": 1e400'],
    ids=str,
)
def test_a_damaged_file_is_nothing_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: bytes
) -> None:
    (tmp_path / "tuning.json").write_bytes(damage)
    assert TuningFile(tmp_path).load() == Tuning()
    assert "tuning.json cannot be read, nothing is tuned" in caplog.text


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"margin": 1.5}, "margin 1.5 is outside 0 to 1"),
        ({"margin": float("nan")}, "margin 'nan' is no number"),
        ({"margin": "0.5"}, "margin '0.5' is no number"),
        ({"margin": True}, "margin 'True' is no number"),
        ({"margin": None}, "margin 'None' is no number"),
        ({"margin": 10**400}, "is no number"),
        ({"margin": [1]}, "is no number"),
        ({"changes_per_hour": 2.5}, "changes_per_hour 2.5 is no whole number"),
        ({"window_s": 5}, "'window_s' is nothing that can be tuned"),
        ({"nonsense\n": 5}, r"'nonsense\n' is nothing that can be tuned"),
    ],
)
def test_a_value_that_no_longer_passes_is_dropped_and_the_rest_stays(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    values: dict[str, object],
    reason: str,
) -> None:
    content = {"profile": "evening", "values": {"dwell_s": 5.0, **values}, "wrong": {"sad": 1}}
    (tmp_path / "tuning.json").write_text(json.dumps(content))
    assert TuningFile(tmp_path).load() == Tuning("evening", {"dwell_s": 5.0}, {"sad": 1})
    assert reason in caplog.text
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("content", "loaded"),
    [
        ({"profile": "Bad Name", "values": {"margin": 0.2}}, Tuning("auto", {"margin": 0.2})),
        ({"profile": 3}, Tuning()),
        ({"values": [1], "profile": "default"}, Tuning("default")),
        ({"wrong": {"sad": -1, "happy": 2, "bored": 1, "fear": 0.5}}, Tuning(wrong={"happy": 2})),
        ({"unknown": 1}, Tuning()),
    ],
)
def test_what_is_wrong_in_one_place_leaves_the_others(
    tmp_path: Path, content: dict[str, object], loaded: Tuning
) -> None:
    (tmp_path / "tuning.json").write_text(json.dumps(content))
    assert TuningFile(tmp_path).load() == loaded


def test_a_folder_that_cannot_be_written_is_told_and_not_raised(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    TuningFile(tmp_path / "file").save(FULL)
    assert "cannot be written, tuning will not last" in caplog.text


def test_a_policy_is_kept_and_an_unknown_one_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    TuningFile(tmp_path).save(Tuning(policy="lift"))
    assert TuningFile(tmp_path).load().policy == "lift"
    (tmp_path / "tuning.json").write_text('{"policy": "wild"}')
    assert TuningFile(tmp_path).load() == Tuning()
    assert "'wild' is no policy" in caplog.text
