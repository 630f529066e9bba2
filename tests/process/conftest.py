"""A household with a real Home Assistant, for the modules that need one; each has its own."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from fakes.home_view import all_available, missing, until
from fakes.household import Household

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SETUP = Path(__file__).resolve().parents[2] / "scripts" / "setup-home-assistant"
VENV = "home-assistant-2025.4.4"
Fields = dict[str, Any]


@pytest.fixture(scope="module")
def home_assistant_venv() -> Path:
    """Where Home Assistant is installed; skips where it cannot be.

    MOODSPEAKER_HA_VENV names the folder; without it, it lies in the user's cache.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    folder = Path(os.environ.get("MOODSPEAKER_HA_VENV") or cache / "moodspeaker" / VENV)
    done = subprocess.run([str(SETUP), str(folder)], check=False, stderr=subprocess.PIPE, text=True)
    if done.returncode == 3:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(
    home_assistant_venv: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Household]:
    """Everything is up, and Home Assistant shows what is switched off by default too."""
    async with Household(home_assistant_venv, tmp_path_factory.mktemp("house")) as household:
        await missing(household)
        for entry in (await household.home.registry()).values():
            if entry["disabled_by"]:
                about: Fields = {"entity_id": entry["entity_id"], "disabled_by": None}
                await household.home.ask("config/entity_registry/update", **about)
        await household.home.stop()
        await household.home.start()
        await missing(household)
        # Services called on what is not available yet are dropped in silence. What never comes
        # is for the tests to name.
        with suppress(TimeoutError):
            await until(lambda: all_available(household))
        yield household
