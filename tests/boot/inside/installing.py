"""scripts/install as its user meets it: first, again, a newer version, a broken one, and away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from living import FACE, MUSIC_LIMIT_S, READY_LIMIT_S, label_rows, left_over
from world import (
    CONFIG,
    PROGRAM,
    active,
    configure,
    entry,
    journal,
    main_pid,
    newest,
    plays,
    plays_newer,
    run,
    show,
    state,
    systemctl,
    until,
)

SOURCES = Path("/srv/proof/sources")
WHEELHOUSE = "/srv/proof/wheelhouse"
INSTALL_LIMIT_S = 300.0
STATE = Path("/var/lib/moodspeaker")
# Not the state: the service that runs meanwhile writes there.
WATCHED = ("/etc", "/opt", "/usr/local")
COMPANY = ("mpd.service", "mosquitto.service")
UNITS = ("moodspeaker.service", "moodspeaker-label.timer", *COMPANY)
FOLLOWED = ("/etc/moodspeaker", str(CONFIG), str(STATE), "/opt/moodspeaker", "/run/moodspeaker")


def install(version: str, *options: str) -> dict[str, Any]:
    """Runs the installer of one of the checkouts, without a network."""
    program = str(SOURCES / version / "scripts" / "install")
    # Compiling is most of what an installation takes; only the first is timed at its start.
    quick = ("env", "PIP_NO_COMPILE=1") if version != "first" else ()
    return run(*quick, program, *options, limit_s=INSTALL_LIMIT_S).facts()


def offline(version: str, *options: str) -> dict[str, Any]:
    """The same with what an offline installation needs."""
    return install(version, "--no-apt", "--wheelhouse", WHEELHOUSE, *options)


def installed() -> dict[str, Any]:
    """On a machine that has never seen it."""
    facts = {"install": offline("first"), "active": until(active, READY_LIMIT_S) is not None}
    facts["units"] = {unit: systemctl("is-enabled", unit).said.strip() for unit in UNITS}
    facts["running"] = {unit: active(unit) for unit in UNITS}
    facts["paths"] = {path: entry(path) for path in FOLLOWED}
    facts["version"] = version()
    facts["show"] = show("User", "StatusText", "Result", "NRestarts")
    facts["status"] = systemctl("status", "--no-pager", UNITS[0]).said[-3000:]
    return facts


def again() -> dict[str, Any]:
    """A second time, with nothing changed."""
    pid, before = main_pid(), snapshot()
    facts = offline("first")
    changed = sorted({path for path, _ in before.items() ^ snapshot().items()})
    return {"install": facts, "changed": changed[:50], "same_process": pid == main_pid()}


def upgraded() -> dict[str, Any]:
    """To a newer version, with a switch and a number set that must last."""
    configure(FACE.read_text())
    systemctl("restart", UNITS[0])
    kept = keep_something()
    until(lambda: plays("happy"), MUSIC_LIMIT_S)
    last = newest()
    facts: dict[str, Any] = {"install": offline("second", "--upgrade"), "active": active()}
    facts |= {"version": version(), "told": state().get("version"), "kept": kept}
    facts["new_happy_s"] = until(lambda: plays_newer("happy", last), MUSIC_LIMIT_S)
    return facts | {"after": kept_things(), "config": CONFIG.read_text() == FACE.read_text()}


def upgrade_breaks() -> dict[str, Any]:
    """To a version that does not start."""
    facts: dict[str, Any] = {"install": offline("broken", "--upgrade")}
    last = newest()
    facts |= {"active_s": until(active, READY_LIMIT_S), "version": version()}
    facts["new_happy_s"] = until(lambda: plays_newer("happy", last), MUSIC_LIMIT_S)
    facts["journal"] = journal("--lines=60")
    kept = sorted(path.name for path in Path("/opt/moodspeaker.d").iterdir())
    return facts | {"after": kept_things(), "versions": kept}


def rolled_back() -> dict[str, Any]:
    """To the version before by hand, and forth again; what was said meanwhile stays."""
    facts: dict[str, Any] = {"back": install("second", "--roll-back"), "before": version()}
    facts |= {"active": until(active, READY_LIMIT_S) is not None, "after": kept_things()}
    facts |= {"forth": install("second", "--roll-back"), "version": version()}
    return facts | {"again_active": until(active, READY_LIMIT_S) is not None}


def uninstalled() -> dict[str, Any]:
    """Away, but for config and state."""
    config = CONFIG.read_text()
    facts: dict[str, Any] = {"install": install("second", "--uninstall")}
    facts["config"] = CONFIG.is_file() and CONFIG.read_text() == config
    facts["state"] = sorted(path.name for path in STATE.glob("*")) if STATE.is_dir() else None
    facts["left"] = [path for path in left_behind() if Path(path).exists()]
    facts["opt"] = run("ls", "-a", "/opt").said
    facts["units"] = run("systemctl", "list-unit-files", "--no-legend", "moodspeaker*").said
    facts["left_over"] = left_over()
    facts["company"] = {unit: active(unit) for unit in COMPANY}
    return facts


def purged() -> dict[str, Any]:
    """Away with all of it."""
    facts: dict[str, Any] = {"install": install("second", "--uninstall", "--purge")}
    facts["left"] = [path for path in FOLLOWED if Path(path).exists()]
    facts["user"] = run("getent", "passwd", "moodspeaker").said
    return facts | {
        "company": {unit: active(unit) for unit in ("mpd.service", "mosquitto.service")}
    }


def left_behind() -> tuple[str, ...]:
    """Where the installer lays things, but for config and state."""
    names = ("moodspeaker.service", "moodspeaker-label.service", "moodspeaker-label.timer")
    units = (f"/etc/systemd/system/{name}" for name in names)
    return ("/opt/moodspeaker", "/opt/moodspeaker.d", "/usr/local/bin/moodspeaker", *units)


def keep_something() -> dict[str, Any]:
    """A number and a label of a person's own, which the state folder keeps; what there is then."""
    run(PROGRAM, "ctl", "dwell_s", "7")
    for words in ("scan", "set happy/01.ogg happy"):
        run("runuser", "-u", "moodspeaker", "--", PROGRAM, "library", *words.split())
    until(lambda: state("tuning").get("dwell_s") == 7, READY_LIMIT_S)
    return kept_things()


def kept_things() -> dict[str, Any]:
    """The number, and the label store's rows."""
    return {"dwell_s": state("tuning").get("dwell_s"), "rows": label_rows()}


def version() -> str:
    """What the installed program says that it is."""
    return run(PROGRAM, "--version").said.strip()


def snapshot() -> dict[str, str]:
    """Size, time and owner of each file below what an installer may touch."""
    listed = run("find", *WATCHED, "-xdev", "-printf", "%p\t%s %T@ %u %g %m %l\n").said
    return dict(line.partition("\t")[::2] for line in listed.splitlines())
