"""What `moodspeaker doctor` finds of the config file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from moodspeaker.config.schema import Config
from moodspeaker.doctor import settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is to be."""
    return tmp_path / "speaker.yaml"


def test_a_good_file_is_fine_and_is_what_the_rest_is_examined_with(path: Path) -> None:
    path.write_text("mpd: {port: 6601}\n")
    config, (found,) = settings.examine_config(path)
    assert (found.name, found.ok, found.detail) == ("config", True, str(path))
    assert config.mpd.port == 6601


def test_every_problem_is_a_finding_and_good_sections_stay(path: Path) -> None:
    path.write_text("mpd: {port: 0}\nmood:\n  dwell: 3\nmqtt: {port: 8883}\n")
    config, (first, second, last) = settings.examine_config(path)
    assert not first.ok
    assert not second.ok
    assert first.detail.startswith(f"{path}:1 mpd.port: ")
    assert second.detail == f"{path}:3 mood.dwell: unknown key (did you mean dwell_s?)"
    assert first.remedy.endswith(f"moodspeaker check-config {path}")
    assert last.ok
    assert last.detail.endswith("the defaults for mpd, mood")
    assert (config.mpd, config.mqtt.port) == (Config().mpd, 8883)


@pytest.mark.parametrize("text", ["a: [", "- 1", "3"])
def test_a_file_without_a_good_section_leaves_the_defaults(path: Path, text: str) -> None:
    path.write_text(text)
    config, (first, last) = settings.examine_config(path)
    assert (first.ok, last.ok, config) == (False, True, Config())


def test_a_time_of_day_that_yaml_reads_as_a_number_says_how_to_write_it(path: Path) -> None:
    path.write_text("quiet_hours:\n  hours: 22:00\n")
    _, (found, _) = settings.examine_config(path)
    assert not found.ok
    assert f"{path}:2 quiet_hours.hours: " in found.detail
    assert "YAML reads 22:00 as this number: write a span in quotes, as '22:00-07:00'" in (
        found.detail
    )


@pytest.mark.parametrize(
    ("value", "read"),
    [("0:59", None), ("1:00", "1:00"), ("24:00", "24:00"), ("25:00", None), ("7", None)],
)
def test_only_what_may_be_a_time_of_day_is_called_one(
    path: Path, value: str, read: str | None
) -> None:
    path.write_text(f"camera:\n  hours: {value}\n")
    _, (found, _) = settings.examine_config(path)
    assert ("YAML reads" in found.detail) is (read is not None)
    assert f"YAML reads {read} as this number" in found.detail or read is None
    assert "07:00" in found.detail


def test_a_missing_file_may_be_empty(path: Path) -> None:
    _, (found, _) = settings.examine_config(path)
    assert (found.ok, found.detail) == (False, f"there is no {path}")
    assert f"sudo touch {path}" in found.remedy


def test_a_folder_is_no_file(path: Path) -> None:
    path.mkdir()
    _, (found, _) = settings.examine_config(path)
    assert not found.ok
    assert "--config" in found.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_i_may_not_read_wants_sudo(path: Path) -> None:
    path.touch(mode=0)
    _, (found, _) = settings.examine_config(path)
    assert "sudo moodspeaker doctor" in found.remedy


def test_a_refused_file_wants_sudo(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    monkeypatch.setattr(type(path), "read_text", refuse)
    _, (found, _) = settings.examine_config(path)
    assert "sudo moodspeaker doctor" in found.remedy
