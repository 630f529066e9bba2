"""What the doctor says of a broker, for a speaker named `attic`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from moodspeaker.config.schema import Config
from moodspeaker.demo.servers import HOST
from moodspeaker.doctor.brokers import examine_brokers
from moodspeaker.home.topics import Topics

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.doctor.finding import Finding

ANSWER_S, LIMIT_S = 30.0, 90.0
TOPICS = Topics("attic")
OWN = f"topic readwrite {TOPICS.base}/#"
ANNOUNCE = f"topic write {TOPICS.discovery}"
BIRTH = f"topic read {TOPICS.birth}"
RECOMMENDED = "\n".join((OWN, ANNOUNCE, BIRTH))


def config_for(port: int, **keys: object) -> Config:
    """This broker on the loopback."""
    mqtt = {"host": HOST, "port": port, "timeout_s": ANSWER_S} | keys
    return Config.model_validate({"device": {"id": "attic"}, "mqtt": mqtt})


async def findings_on(config: Config, watch_s: float = 0.5, **known: Any) -> dict[str, Finding]:
    """By name; every one that is not fine has a remedy."""
    async with asyncio.timeout(LIMIT_S):
        examined = examine_brokers(config, watch_s=watch_s, **known)
        findings = [finding async for finding in examined]
    told = {finding.name: finding for finding in findings}
    assert len(told) == len(findings)
    assert all(finding.ok or finding.remedy for finding in findings)
    return told


def login_in(folder: Path) -> dict[str, object]:
    """The keys of the speaker's login, its password in a file."""
    path = folder / "mqtt-password"
    path.write_text("right\n")
    return {"username": "speaker", "password_file": str(path)}
