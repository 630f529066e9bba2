"""The walls hold: an import that goes the wrong way is found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 180
LINTER = Path(sys.executable).with_name("lint-imports")

WRONG = {
    "pure rooms take no library": ("mood/engine.py", "import numpy"),
    "lower rooms do not know higher ones": ("mood/engine.py", "import moodspeaker.app.dj"),
    "rooms of one level are strangers": ("vision/looker.py", "import moodspeaker.runtime.notify"),
    "the service does not know the toolkit": ("app/dj.py", "import moodspeaker_convert"),
    "the ground floor imports nothing of ours": (
        "types/emotions.py",
        "import moodspeaker.mood.engine",
    ),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over a copy of the house."""
    path = os.pathsep.join(str(folder / name) for name in ("daemon", "conversion"))
    return subprocess.run(
        [str(LINTER), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy that may be spoilt."""
    if not LINTER.exists():
        pytest.skip("import-linter is not installed beside this Python")
    for name in ("daemon", "conversion"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignore)
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    return tmp_path


def test_the_house_as_it_is_passes(house: Path) -> None:
    done = lint(house)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("rule", list(WRONG))
def test_a_wrong_import_is_found(house: Path, rule: str) -> None:
    name, line = WRONG[rule]
    path = house / "daemon" / "moodspeaker" / name
    path.write_text(f"{path.read_text()}\n{line}\n")
    done = lint(house)
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout


def test_the_drawing_shows_every_room() -> None:
    contract = (ROOT / "setup.cfg").read_text().split("[importlinter:contract:house]")[1]
    layers = contract.split("layers =\n")[1].split("\n#")[0]
    drawing = (ROOT / "docs" / "house.svg").read_text()
    rooms = layers.replace("|", " ").split()
    assert "doctor" in rooms
    assert [room for room in rooms if f">{room}</text>" not in drawing] == []
