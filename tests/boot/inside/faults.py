"""What goes wrong for months: a hang, deaths of each part, a wrong config, and a stop."""

from __future__ import annotations

import signal
import time
from typing import Any

from living import FACE, MUSIC_LIMIT_S, READY_LIMIT_S, TOLD_LIMIT_S, left_over
from world import (
    UNIT,
    active,
    configure,
    drop_in,
    journal,
    kill,
    main_pid,
    mpd,
    newest,
    online,
    playing,
    plays,
    plays_newer,
    restarted,
    retained,
    show,
    state,
    systemctl,
    until,
)

WATCHDOG_S = 3
# The watchdog's time, the end of the process, RestartSec, the start.
HANG_LIMIT_S = 40.0
RESTART_S = 5
AWAY_S = 2.0
BACK_LIMIT_S = 30.0


def hangs() -> dict[str, Any]:
    """Stopped by a signal: it lives, and does nothing any more."""
    drop_in("watchdog", f"[Service]\nWatchdogSec={WATCHDOG_S}\n")
    systemctl("restart", UNIT)
    pid, since = main_pid(), stamp()
    time.sleep(2 * WATCHDOG_S)
    patient, last = main_pid() == pid, newest()
    kill(pid, signal.SIGSTOP)
    back_s = until(lambda: restarted(pid), HANG_LIMIT_S)
    facts = {
        "fed_without_a_restart": patient,
        "back_s": back_s,
        "online_s": until(online, TOLD_LIMIT_S),
        "mood_s": until(lambda: state().get("mood") == "happy", MUSIC_LIMIT_S),
        "new_happy_s": until(lambda: plays_newer("happy", last), MUSIC_LIMIT_S),
        "journal": journal(f"--since={since}")[-12000:],
        "restarts": show("NRestarts").get("NRestarts"),
    }
    drop_in("watchdog", "")
    systemctl("restart", UNIT)
    return facts


def killed() -> dict[str, Any]:
    """The service, by SIGKILL: no word to anybody."""
    until(lambda: plays("happy"), MUSIC_LIMIT_S)
    pid, last = main_pid(), newest()
    kill(pid, signal.SIGKILL)
    will_s = until(lambda: retained("availability") == "offline", TOLD_LIMIT_S)
    return {
        "will_s": will_s,
        "back_s": until(lambda: restarted(pid), HANG_LIMIT_S),
        "online_s": until(online, TOLD_LIMIT_S),
        "new_happy_s": until(lambda: plays_newer("happy", last), MUSIC_LIMIT_S),
    }


def mpd_killed() -> dict[str, Any]:
    """MPD, by SIGKILL; it is started again after a while, as a person would."""
    pid = main_pid()
    kill(main_pid("mpd.service"), signal.SIGKILL)
    time.sleep(AWAY_S)
    problem_s = until(lambda: "mpd" in str(state().get("problem")).lower(), TOLD_LIMIT_S)
    systemctl("start", "mpd.service")
    answers_s = until(lambda: mpd("status"), BACK_LIMIT_S)
    return {
        "problem_s": problem_s,
        "answers_s": answers_s,
        "plays_s": until(playing, BACK_LIMIT_S),
        "fine_s": until(lambda: not state().get("problem"), BACK_LIMIT_S),
        "state": state(),
        "happy_s": until(lambda: plays("happy"), MUSIC_LIMIT_S),
        "same_process": main_pid() == pid,
    }


def broker_killed() -> dict[str, Any]:
    """The broker, by SIGKILL; its own unit starts it again, and what it retained is lost."""
    pid, broker = main_pid(), main_pid("mosquitto.service")
    kill(broker, signal.SIGKILL)
    broker_s = until(lambda: restarted(broker, "mosquitto.service"), BACK_LIMIT_S)
    return {
        "broker_s": broker_s,
        "online_s": until(online, BACK_LIMIT_S),
        "mood": state().get("mood"),
        "same_process": main_pid() == pid,
        "plays_s": until(playing, BACK_LIMIT_S),
    }


def wrong_config() -> dict[str, Any]:
    """An end with status 2 is not tried again; mended, it starts."""
    configure("mood:\n  dwel_s: 5\n")
    since, before = stamp(), show("NRestarts")
    started = systemctl("restart", UNIT)
    time.sleep(RESTART_S + 2)
    facts = {
        "restart": started.facts(),
        "show": show("ActiveState", "Result", "ExecMainStatus", "NRestarts"),
        "before": before,
        "status": systemctl("status", "--no-pager", UNIT).said[-3000:],
        "journal": journal(f"--since={since}")[-3000:],
    }
    configure(FACE.read_text())
    facts["mended"] = systemctl("start", UNIT).facts()
    facts["active"] = active()
    facts["happy_s"] = until(lambda: plays("happy"), MUSIC_LIMIT_S)
    return facts


def stops() -> dict[str, Any]:
    """In time, with a word to the broker, and without a trace."""
    until(online, TOLD_LIMIT_S)
    stopped = systemctl("stop", UNIT)
    facts = {
        "stop": stopped.facts(),
        "show": show("ActiveState", "Result", "ExecMainStatus"),
        "availability": retained("availability"),
        "left_over": left_over(),
    }
    systemctl("start", UNIT)
    facts["ready_s"] = until(active, READY_LIMIT_S)
    return facts


def stamp() -> str:
    """Now, as journalctl takes it."""
    return time.strftime("%Y-%m-%d %H:%M:%S")
