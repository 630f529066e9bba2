"""How long the speaker takes from its start to READY and to music, with and without its company."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from living import MUSIC_LIMIT_S, READY_LIMIT_S, TOLD_LIMIT_S
from world import (
    UNIT,
    active,
    main_pid,
    online,
    playing,
    plays,
    show,
    since_boot_s,
    state,
    systemctl,
    until,
)

COMPANY = ("mpd.service", "mosquitto.service")
SYNC_LIMIT_S = 30.0
CLIP, CLIP_AWAY = Path("/srv/proof/face.mp4"), Path("/srv/proof/face.mp4.away")


def everything_there() -> dict[str, Any]:
    """A boot as every day."""
    return {
        "ready_s": until(active, READY_LIMIT_S),
        "first_s": until(playing, MUSIC_LIMIT_S),
        "first_track_after_start_s": since_start_s(),
        "first_track": playing(),
        "happy_s": until(lambda: plays("happy"), MUSIC_LIMIT_S),
        "happy_after_start_s": since_start_s(),
        "online_s": until(online, TOLD_LIMIT_S),
        "times": times(),
    }


def nothing_there() -> dict[str, Any]:
    """MPD and broker are masked and the camera's file is away; then all three come."""
    ready_s = until(active, READY_LIMIT_S)
    pid = main_pid()
    before = {unit: active(unit) for unit in COMPANY}
    told = times()
    systemctl("unmask", *COMPANY)
    systemctl("start", *COMPANY)
    facts = {
        "ready_s": ready_s,
        "before": before,
        "times": told,
        "plays_s": until(playing, SYNC_LIMIT_S),
        "playing": playing(),
        "online_s": until(online, SYNC_LIMIT_S),
        "state": state(),
        "same_process": pid == main_pid() != 0,
    }
    CLIP_AWAY.rename(CLIP)
    return facts


def times() -> dict[str, float]:
    """Seconds since boot, of the unit and of the target that ends the boot."""
    unit = show("ExecMainStartTimestampMonotonic", "ActiveEnterTimestampMonotonic", unit=UNIT)
    started = since_boot_s(unit["ExecMainStartTimestampMonotonic"])
    ready = since_boot_s(unit["ActiveEnterTimestampMonotonic"])
    target = show("ActiveEnterTimestampMonotonic", unit="multi-user.target")
    return {
        "started_s": started,
        "ready_s": ready,
        "start_to_ready_s": round(ready - started, 3),
        "multi_user_s": since_boot_s(target["ActiveEnterTimestampMonotonic"]),
    }


def since_start_s() -> float:
    """Seconds since the service's process began."""
    return round(now_s() - times()["started_s"], 2)


def now_s() -> float:
    """The clock that systemd's time stamps are of."""
    import time

    return time.clock_gettime(time.CLOCK_MONOTONIC)
