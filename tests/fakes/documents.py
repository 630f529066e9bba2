"""The commands that README and docs show, as a reader would copy them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = {
    *("moodspeaker", "moodspeaker-convert", "mosquitto_sub", "mosquitto_pub", "mosquitto_rr"),
    *("mpc", "sudo", "systemctl", "journalctl", "pip", "apt", "git", "cd", "echo", "socat"),
    *("nano", "cp", "mkdir", "lint-imports", "python", "python3", "passwd", "chmod", "rsync"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One command and the page that shows it first, relative to the project."""

    page: str
    command: str

    def __str__(self) -> str:
        return f"{self.page}: {self.command}"


def pages() -> tuple[Path, ...]:
    """Everything that a person reads."""
    folders = ("docs", "systemd", "models", "conversion", "config", "tests")
    found = [page for folder in folders for page in sorted((ROOT / folder).rglob("*.md"))]
    return (ROOT / "README.md", *found)


def shown_commands() -> tuple[Shown, ...]:
    """Each command once, in the order of reading."""
    found: dict[str, Shown] = {}
    for page in pages():
        for block in blocks(page.read_text(encoding="utf-8")):
            for command in commands(block):
                found.setdefault(command, Shown(str(page.relative_to(ROOT)), command))
    return tuple(found.values())


def scripts() -> tuple[str, ...]:
    """The blocks that are shell programs of several lines."""
    found = [block for page in pages() for block in blocks(page.read_text(encoding="utf-8"))]
    return tuple("\n".join(block) for block in found if is_script(block))


def blocks(text: str) -> Iterator[list[str]]:
    """The lines of each block of code, fenced or indented, without fence and indentation."""
    block: list[str] = []
    fenced = False
    for line in [*text.splitlines(), ""]:
        if line.startswith("```"):
            fenced = not fenced
            yield block
            block = []
        elif fenced or line.startswith("    "):
            block.append(line if fenced else line.strip())
        elif block:
            yield block
            block = []


def commands(block: list[str]) -> Iterator[str]:
    """The command lines of a block, continued lines joined, comments left out."""
    if is_script(block):
        return
    whole = "\n".join(block).replace("\\\n", " ").splitlines()
    for line in whole:
        command = " ".join(line.split("  #")[0].split())
        if command and is_command(command):
            yield command


def is_command(line: str) -> bool:
    """Whether a shell would run it: a known program, a script, perhaps behind an environment."""
    words = [word for word in line.split() if "=" not in word.split("/")[0]]
    first = words[0] if words else ""
    return first in PROGRAMS or first.startswith(("scripts/", ".venv/bin/", "/opt/moodspeaker/"))


def is_script(block: list[str]) -> bool:
    """Whether its lines are one program and not a command each."""
    return any(line.split()[:1] in (["done"], ["fi"], ["esac"]) for line in block)
