"""The boots, once for all tests; a test that fails shows the speaker's journal."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from boot.container import boot
from boot.image import boot_image, cache_folder, check_rights
from boot.speaker_tree import next_boot, speaker_tree, take_company
from boot.wheels import wheelhouse
from chroot.tree import NotHere, locked
from moodspeaker.errors import MoodspeakerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMITS_S = {"first": 420.0, "second": 90.0, "third": 600.0}
SHUT_DOWN_S = 30.0
JOURNAL_LINES = "150"


@dataclass(frozen=True, slots=True)
class Proof:
    """What the boots left."""

    tree: Path

    def facts(self, step: str) -> dict[str, Any]:
        """What a step saw; fails the test where it saw nothing, or broke down."""
        path = self.tree / "var" / "log" / "proof" / f"{step}.json"
        assert path.is_file(), f"the container did not come as far as the step {step}"
        facts: dict[str, Any] = json.loads(path.read_text())
        assert "error" not in facts, facts["error"]
        return facts

    def availability(self, boot: str) -> str | None:
        """What the broker's own file held once that boot had ended."""
        kept = self.tree.parent / f"{boot}.mosquitto"
        assert kept.is_file(), "the broker wrote nothing down"
        found = re.findall(
            rb"moodspeaker/[0-9a-f]+/availability(offline|online)", kept.read_bytes()
        )
        return found[-1].decode() if found else None

    def journal(self) -> str:
        """The end of what the speaker, and systemd about it, wrote."""
        folders = [str(folder) for folder in (self.tree / "var/log/journal").glob("*")]
        command = ["journalctl", "--no-pager", "--output=short-iso", f"--lines={JOURNAL_LINES}"]
        units = ["--unit=moodspeaker.service", "--unit=moodspeaker-label.service"]
        told = subprocess.run(
            [*command, *units, *(f"--directory={folder}" for folder in folders)],
            capture_output=True,
            text=True,
            check=False,
        )
        return told.stdout + told.stderr


PROOF = pytest.StashKey[Proof]()


@pytest.fixture(scope="session")
def proof(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proof]:
    """Debian, booted three times, with the speaker installed in the first."""
    tree = tmp_path_factory.mktemp("boot") / "tree"
    try:
        booted(tree)
    except (NotHere, MoodspeakerError) as reason:
        pytest.skip(f"nothing was booted: {reason}")
    request.config.stash[PROOF] = Proof(tree)
    yield Proof(tree)
    shutil.rmtree(tree, ignore_errors=True)


def booted(tree: Path) -> None:
    """All boots of a fresh tree, none of them beside another's. Raises NotHere."""
    check_rights()
    cache = cache_folder()
    speaker_tree(boot_image(cache), wheelhouse(cache), tree)
    with locked(cache / "boots"):
        for name, limit_s in LIMITS_S.items():
            next_boot(tree, name, limit_s)
            if name == "third":
                take_company(tree)
            boot(tree, tree.parent / "console.log", limit_s + SHUT_DOWN_S)
            kept = tree / "var" / "lib" / "mosquitto" / "mosquitto.db"
            if kept.is_file():
                shutil.copy(kept, tree.parent / f"{name}.mosquitto")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """The journal goes into the report of what failed."""
    outcome = yield
    report = outcome.get_result()
    found = item.config.stash.get(PROOF, None)
    if report.failed and found is not None:
        report.sections.append(("journal", found.journal()))
