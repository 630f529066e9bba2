"""What `moodspeaker doctor` finds of folders, room and rights."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moodspeaker.doctor import accounts, disk
from moodspeaker.doctor.accounts import Person

if TYPE_CHECKING:
    from collections.abc import Iterator

MB = 1024 * 1024
NOBODY = Person("nobody", 65534, 65534, frozenset())
ROOT = Person("root", 0, 0, frozenset())
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")


def pi(*groups: str, now: tuple[str, ...] = ()) -> Person:
    """A person with these groups, by the user data base and in this session."""
    return Person("pi", 1000, 1000, frozenset(groups), frozenset(now))


def size(free_bytes: int, files: int = 10**6) -> os.statvfs_result:
    """What the kernel says of a file system."""
    return os.statvfs_result((4096, 1, 0, free_bytes, free_bytes, 10**7, files, files, 0, 255))


def test_a_state_folder_that_can_be_written_is_fine_and_left_empty(tmp_path: Path) -> None:
    found = disk.examine_state(tmp_path, None, accounts.myself())
    assert (found.name, found.ok) == ("state", True)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_state_folder_is_to_be_made_for_its_owner(tmp_path: Path) -> None:
    found = disk.examine_state(tmp_path / "none", NOBODY, ROOT)
    assert (found.name, found.ok) == ("state", False)
    assert "install -d -m 750 -o nobody -g 65534" in found.remedy
    assert "MOODSPEAKER_STATE_DIR" in found.remedy


def test_a_file_in_the_place_of_the_state_folder_is_told(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.touch()
    found = disk.examine_state(path, None, accounts.myself())
    assert not found.ok
    assert f"sudo rm {path}" in found.remedy


@needs_root
def test_a_state_folder_that_the_service_may_not_write_is_told_to_root(open_folder: Path) -> None:
    found = disk.examine_state(open_folder, NOBODY, accounts.myself())
    assert (found.name, found.ok) == ("state", False)
    assert "nobody: Permission denied" in found.detail
    assert f"sudo chown -R nobody: {open_folder}" in found.remedy


@needs_root
def test_a_state_folder_that_is_the_service_s_own_is_fine(open_folder: Path) -> None:
    os.chown(open_folder, NOBODY.uid, NOBODY.gid)
    assert disk.examine_state(open_folder, NOBODY, accounts.myself()).ok
    assert list(open_folder.iterdir()) == []


@needs_root
def test_what_a_command_of_root_left_in_the_state_folder_is_told(open_folder: Path) -> None:
    os.chown(open_folder, NOBODY.uid, NOBODY.gid)
    (open_folder / "labels.db").touch()
    found = disk.examine_state(open_folder, NOBODY, accounts.myself())
    assert (found.name, found.ok) == ("state", False)
    assert f"{open_folder}/labels.db does not belong to nobody" in found.detail
    assert "sudo chown -R nobody:" in found.remedy


@needs_root
def test_a_config_that_the_service_may_not_read_is_told(open_folder: Path) -> None:
    path = open_folder / "moodspeaker.yaml"
    path.touch(mode=0o600)
    found = accounts.examine_reading(path, NOBODY)
    assert found is not None
    assert (found.name, found.ok) == ("config", False)
    assert "sudo chmod 640" in found.remedy
    path.chmod(0o644)
    assert accounts.examine_reading(path, NOBODY) is None


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that everybody may enter; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_folder_of_the_service_is_not_tried_by_somebody_else(tmp_path: Path) -> None:
    found = disk.examine_state(tmp_path, NOBODY, pi())
    assert found.ok
    assert "sudo moodspeaker doctor" in found.detail


@pytest.mark.parametrize(
    ("says", "remedy"),
    [
        (disk.READ_ONLY, "remount,rw"),
        (disk.NO_ROOM, "--vacuum-size"),
        ("Permission denied", "chown"),
    ],
)
def test_each_reason_of_a_failed_write_has_its_own_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, remedy: str
) -> None:
    monkeypatch.setattr(disk, "failed_write", lambda *_: says)
    found = disk.examine_state(tmp_path, None, accounts.myself())
    assert not found.ok
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("free", "says"),
    [
        (20 * MB - 1, "full: 19 MB left"),
        (20 * MB, "nearly full: 20 MB left"),
        (200 * MB - 1, "nearly full: 199 MB left"),
    ],
)
def test_too_little_room_says_what_to_remove(tmp_path: Path, free: int, says: str) -> None:
    (found,) = disk.examine_room(tmp_path, tmp_path, lambda _: size(free))
    assert (found.name, found.ok) == ("disk", False)
    assert found.detail.startswith(says)
    assert "journalctl --vacuum-size" in found.remedy


def test_room_enough_is_fine(tmp_path: Path) -> None:
    (found,) = disk.examine_room(tmp_path, tmp_path, lambda _: size(200 * MB))
    assert (found.ok, found.detail) == (True, f"0.2 GB left at {tmp_path}")


@pytest.mark.parametrize(("files", "fine"), [(999, False), (1000, True)])
def test_room_for_no_more_files_is_told(tmp_path: Path, files: int, fine: bool) -> None:
    (found,) = disk.examine_room(tmp_path, tmp_path, lambda _: size(10**10, files))
    assert found.ok is fine
    assert fine or "du --inodes" in found.remedy


def test_a_file_system_that_counts_no_files_has_room_for_them(tmp_path: Path) -> None:
    uncounted = os.statvfs_result((4096, 1, 0, 10**10, 10**10, 0, 0, 0, 0, 255))
    (found,) = disk.examine_room(tmp_path, tmp_path, lambda _: uncounted)
    assert found.ok


def test_a_folder_that_is_not_there_yet_is_measured_where_it_will_be(tmp_path: Path) -> None:
    (found,) = disk.examine_room(tmp_path / "a" / "b", tmp_path)
    assert f"left at {tmp_path}" in found.detail


def test_one_file_system_is_told_once(tmp_path: Path) -> None:
    (tmp_path / disk.MPD_STATE).mkdir(parents=True)
    assert len(disk.examine_room(tmp_path, tmp_path)) == 1


def test_a_service_user_outside_group_video_is_to_be_put_there() -> None:
    (found,) = accounts.examine_rights(NOBODY, ROOT, given=frozenset(), looks=False)
    assert (found.name, found.ok) == ("rights", False)
    assert "sudo usermod -aG video nobody" in found.remedy


def test_a_unit_may_give_the_group_instead() -> None:
    (found,) = accounts.examine_rights(NOBODY, ROOT, given=frozenset({"video"}), looks=False)
    assert found.ok


def test_a_person_outside_group_video_is_told_when_the_camera_is_to_be_opened() -> None:
    (found,) = accounts.examine_rights(None, pi("audio"), given=frozenset(), looks=True)
    assert (found.name, found.ok) == ("rights", False)
    assert "usermod -aG video pi" in found.remedy
    assert "sudo moodspeaker doctor" in found.remedy


def test_a_group_counts_from_the_next_session_on() -> None:
    (found,) = accounts.examine_rights(None, pi("video"), given=frozenset(), looks=True)
    assert "log out and in" in found.remedy


@pytest.mark.parametrize(
    ("me", "looks"), [(pi("video", now=("video",)), True), (ROOT, True), (pi(), False)]
)
def test_who_may_look_or_does_not_look_is_fine(me: Person, looks: bool) -> None:
    (found,) = accounts.examine_rights(None, me, given=frozenset(), looks=looks)
    assert (found.name, found.ok) == ("rights", True)


def test_i_am_known_with_the_groups_of_this_session() -> None:
    me = accounts.myself()
    assert me.uid == os.geteuid()
    assert me.now


def test_there_may_be_no_service_user() -> None:
    assert accounts.service_user("nobody-of-that-name") is None
