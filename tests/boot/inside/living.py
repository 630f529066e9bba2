"""A day of the speaker: it plays to a face, is reloaded, examined, and labels its library."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from world import (
    CONFIG,
    PROGRAM,
    active,
    configure,
    entry,
    main_pid,
    mpd,
    online,
    playing,
    plays,
    processes_of,
    queue,
    retained,
    run,
    show,
    since_boot_s,
    state,
    systemctl,
    until,
)

FACE = Path("/srv/proof/face.yaml")
READY_LIMIT_S = 30.0
MUSIC_LIMIT_S = 45.0
TOLD_LIMIT_S = 30.0
# Of a track of eight seconds, so much must be left for a reload to be seen within it.
EARLY_S = 2.0
LABELLING_LIMIT_S = 90.0
UNITS = ("moodspeaker.service", "mpd.service", "mosquitto.service")


def plays_the_mood() -> dict[str, Any]:
    """With a camera that shows a smiling face."""
    configure(FACE.read_text())
    restarted = systemctl("restart", UNITS[0])
    ready = since_boot_s(show("ActiveEnterTimestampMonotonic")["ActiveEnterTimestampMonotonic"])
    first_s = until(playing, MUSIC_LIMIT_S)
    happy_s = until(lambda: plays("happy"), MUSIC_LIMIT_S)
    return {
        "restart": restarted.facts(),
        "ready_at_s": ready,
        "first_track_s": first_s,
        "happy_s": happy_s,
        "playing": playing(),
        "queue": queue(),
        "units": {unit: active(unit) for unit in UNITS},
        "state_s": until(lambda: state().get("mood") == "happy", TOLD_LIMIT_S),
        "state": state(),
        "track_s": until(lambda: state("track").get("mood") == "happy", TOLD_LIMIT_S),
        "track": state("track"),
        "availability": retained("availability"),
        "config": entry(str(CONFIG)),
        "sandbox": sandbox(main_pid()),
        "show": show("StatusText", "User", "NRestarts", "MemoryCurrent", "TasksCurrent"),
    }


def sandbox(pid: int) -> dict[str, str]:
    """What the kernel says of the process."""
    wanted = {"Uid", "Groups", "NoNewPrivs", "Seccomp", "CapEff", "CapBnd", "VmHWM", "VmRSS"}
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    facts = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
    core = next(line for line in limits if line.startswith("Max core file size"))
    return {name: facts.get(name, "") for name in wanted} | {"core": core.split()[4]}


def reloads() -> dict[str, Any]:
    """A setting is changed early in a track, and the same track plays on."""
    configure(FACE.read_text().replace("dwell_s: 5", "dwell_s: 6"))
    until(lambda: 0 < elapsed_s() < EARLY_S, MUSIC_LIMIT_S)
    before, pid = dict(mpd("status")), main_pid()
    reloaded = systemctl("reload", UNITS[0])
    told_s = until(lambda: state("tuning").get("dwell_s") == 6, TOLD_LIMIT_S)
    time.sleep(1.0)
    after = dict(mpd("status"))
    return {
        "reload": reloaded.facts(),
        "told_s": told_s,
        "same_process": main_pid() == pid,
        "before": before,
        "after": after,
        "active": active(),
    }


def elapsed_s() -> float:
    """How far the current track is; 0 where nothing plays."""
    told = dict(mpd("status"))
    return float(told.get("elapsed", 0)) if told.get("state") == "play" else 0.0


def doctor() -> dict[str, Any]:
    """While the service runs, as root, and with the config that it has."""
    pid = main_pid()
    ended = run(PROGRAM, "doctor", "--json", "--config", str(CONFIG))
    try:
        report = json.loads(ended.said[ended.said.index("{") :])
    except ValueError:
        report = None
    return {
        "status": ended.status,
        "said": ended.said[-6000:],
        "report": report,
        "same_process": main_pid() == pid,
        "seconds": ended.seconds,
    }


def labels() -> dict[str, Any]:
    """The nightly job, once by hand, while the speaker plays."""
    pid = main_pid()
    started = run("systemctl", "start", "moodspeaker-label.service", limit_s=LABELLING_LIMIT_S)
    unit = "moodspeaker-label.service"
    return {
        "start": started.facts(),
        "show": show("Result", "ExecMainStatus", "User", "Nice", unit=unit),
        "status": systemctl("status", "--no-pager", "--lines=40", unit).said[-4000:],
        "timer": show("ActiveState", "UnitFileState", unit="moodspeaker-label.timer"),
        "rows": label_rows(),
        "same_process": main_pid() == pid,
        "plays": bool(playing()),
        "online": online(),
    }


def label_rows() -> dict[str, int]:
    """Rows in the label store; asked as its owner, so that no file of root's comes there."""
    said = run("runuser", "-u", "moodspeaker", "--", "/usr/bin/python3", "-c", COUNT).said
    found: dict[str, int] = json.loads(said)
    return found


COUNT = """
import json, sqlite3
store = sqlite3.connect("file:/var/lib/moodspeaker/labels.db?mode=ro", uri=True)
count = lambda table: store.execute("select count(*) from " + table).fetchone()[0]
print(json.dumps({table: count(table) for table in ("tracks", "estimates", "analyses", "history")}))
"""


def left_over() -> list[str]:
    """What still runs as the speaker's user."""
    return processes_of("moodspeaker")
