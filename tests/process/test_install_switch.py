"""`scripts/install`: from one version to another and back, and the copies of the state."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from fakes.installer import LIMIT_S, PARTS, fake, shell, versions_at

if TYPE_CHECKING:
    from pathlib import Path


def test_a_link_is_switched_and_never_made_inside_the_folder_it_names(tmp_path: Path) -> None:
    versions_at(tmp_path, "one", "two")
    code = 'point "$program" "$versions/one"; point "$program" "$versions/two"'
    assert shell(tmp_path, code).returncode == 0
    assert (tmp_path / "opt/moodspeaker").resolve().name == "two"
    assert [path.name for path in (tmp_path / "opt").iterdir() if path.is_symlink()] == [
        "moodspeaker"
    ]
    assert not (tmp_path / "opt/moodspeaker.d/one/two").exists()


def switched(tmp_path: Path, runs: str) -> subprocess.CompletedProcess[str]:
    """An upgrade from `one` to `two`; `runs` is the shell condition that a version runs on."""
    versions_at(tmp_path, "one", "two")
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "switches.json").write_text("as it was", encoding="utf-8")
    code = f"""
point "$program" "$versions/one"; lay_units "$versions/one"; new=$versions/two built=yes
activity() {{ echo active; }}
tell_last_words() {{ :; }}
stop() {{ :; }}
starts() {{ {runs}; }}
running() {{ basename "$(target_of "$program")"; }}
put_into_service
"""
    return shell(tmp_path, code)


def test_an_upgrade_switches_program_and_units_and_keeps_the_version_before(tmp_path: Path) -> None:
    done = switched(tmp_path, runs="true")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "opt/moodspeaker").resolve().name == "two"
    assert (tmp_path / "opt/moodspeaker.d/previous").resolve().name == "one"
    assert (tmp_path / "units/moodspeaker.service").read_text(encoding="utf-8") == "two"
    assert (tmp_path / "before/switches.json").read_text(encoding="utf-8") == "as it was"


def test_a_version_that_does_not_run_leaves_everything_as_it_was(tmp_path: Path) -> None:
    done = switched(tmp_path, runs='[ "$(running)" = one ]')
    assert done.returncode == 1
    assert "two does not run here: going back to one" in done.stderr
    assert "one runs again" in done.stderr
    assert (tmp_path / "opt/moodspeaker").resolve().name == "one"
    assert not (tmp_path / "opt/moodspeaker.d/previous").exists()
    assert not (tmp_path / "opt/moodspeaker.d/two").exists()
    assert (tmp_path / "units/moodspeaker.service").read_text(encoding="utf-8") == "one"


def test_the_state_goes_back_with_the_version(tmp_path: Path) -> None:
    state = tmp_path / "state" / "switches.json"
    switched(
        tmp_path, runs='[ "$(running)" = one ] || { echo new >"$state/switches.json"; false; }'
    )
    assert state.read_text(encoding="utf-8") == "as it was"


def test_an_interrupted_switch_goes_back_too(tmp_path: Path) -> None:
    done = switched(tmp_path, runs='[ "$(running)" = one ] || kill -TERM $$')
    assert done.returncode != 0
    assert "one runs again" in done.stderr
    assert (tmp_path / "opt/moodspeaker").resolve().name == "one"


def test_rolling_back_twice_is_forth_and_back(tmp_path: Path) -> None:
    versions_at(tmp_path, "one", "two")
    code = """
action=roll-back; point "$program" "$versions/two"; point "$previous" "$versions/one"
activity() { echo active; }
stop() { :; }
starts() { :; }
roll_back; basename "$(target_of "$program")"; roll_back; basename "$(target_of "$program")"
"""
    assert shell(tmp_path, code).stdout.split() == ["one", "two"]


def test_without_a_version_before_there_is_nothing_to_roll_back_to(tmp_path: Path) -> None:
    done = shell(tmp_path, 'action=roll-back; point "$program" "$versions"; roll_back')
    assert done.returncode == 1
    assert "there is no version before this one" in done.stderr


def test_old_versions_and_half_built_ones_go(tmp_path: Path) -> None:
    versions_at(tmp_path, "one", "two", "three", "half")
    (tmp_path / "opt/moodspeaker.d/half/.complete").unlink()
    code = 'point "$program" "$versions/three"; point "$previous" "$versions/two"; '
    assert shell(tmp_path, code + "remove_drafts").returncode == 0
    left = {path.name for path in (tmp_path / "opt/moodspeaker.d").iterdir()}
    assert left == {"one", "two", "three", "previous"}
    assert shell(tmp_path, code + "remove_old_versions").returncode == 0
    left = {path.name for path in (tmp_path / "opt/moodspeaker.d").iterdir()}
    assert left == {"two", "three", "previous"}


def test_a_config_that_only_the_new_version_refuses_ends_the_upgrade(tmp_path: Path) -> None:
    versions_at(tmp_path, "one", "two")
    fake(tmp_path / "opt/moodspeaker.d/two/bin/moodspeaker", "echo 'line 3: odd' >&2; exit 2")
    done = shell(tmp_path, 'point "$program" "$versions/one"; new=$versions/two; check_config')
    assert done.returncode == 1
    assert "the old one plays on: line 3: odd" in done.stderr


def test_a_config_that_both_refuse_is_told_and_no_obstacle(tmp_path: Path) -> None:
    versions_at(tmp_path, "one", "two")
    for name in ("one", "two"):
        fake(tmp_path / f"opt/moodspeaker.d/{name}/bin/moodspeaker", "echo odd >&2; exit 2")
    done = shell(tmp_path, 'point "$program" "$versions/one"; new=$versions/two; check_config')
    assert done.returncode == 0
    assert "odd" in done.stderr


def database(path: Path, layout: int, row: str) -> None:
    """With one row, in the mode that the service uses."""
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE IF NOT EXISTS t (x)")
        opened.execute("INSERT INTO t VALUES (?)", (row,))
        opened.execute(f"PRAGMA user_version = {layout}")
        opened.commit()


def rows(path: Path) -> list[str]:
    """What is in it."""
    with closing(sqlite3.connect(path)) as opened:
        return [row[0] for row in opened.execute("SELECT x FROM t")]


def keep(*arguments: str | Path) -> None:
    """keep_state.py, as the installer runs it."""
    with (PARTS / "keep_state.py").open("rb") as program:
        subprocess.run(
            [sys.executable, "-I", "-", *map(str, arguments)],
            stdin=program,
            check=True,
            timeout=LIMIT_S,
        )


def test_the_state_is_copied_whole_while_a_database_is_in_use(tmp_path: Path) -> None:
    state, before = tmp_path / "state", tmp_path / "before"
    (state / "scores").mkdir(parents=True)
    (state / "scores" / "a.jsonl").write_text("{}\n", encoding="utf-8")
    before.mkdir()
    (before / "stale.json").touch()
    database(state / "labels.db", 1, "before")
    with closing(sqlite3.connect(state / "labels.db")) as service:
        service.execute("PRAGMA journal_mode=WAL")
        service.execute("INSERT INTO t VALUES ('kept in the log')")
        service.commit()
        assert (state / "labels.db-wal").stat().st_size > 0
        service.execute("INSERT INTO t VALUES ('never committed')")
        keep("mirror", state, before)
    assert rows(before / "labels.db") == ["before", "kept in the log"]
    assert (before / "scores" / "a.jsonl").exists()
    assert not (before / "stale.json").exists()


def test_putting_the_state_back_drops_what_was_written_since(tmp_path: Path) -> None:
    state, before = tmp_path / "state", tmp_path / "before"
    state.mkdir()
    before.mkdir()
    database(state / "labels.db", 1, "old")
    keep("mirror", state, before)
    database(state / "labels.db", 2, "new")
    (state / "new.json").touch()
    # What a version that was killed leaves behind would be replayed into the old file.
    shutil.copyfile(state / "labels.db", state / "labels.db-wal")
    keep("mirror", before, state)
    assert rows(state / "labels.db") == ["old"]
    assert sorted(path.name for path in state.iterdir()) == ["labels.db"]


def test_only_a_database_of_a_newer_layout_goes_back_with_a_roll_back(tmp_path: Path) -> None:
    state, before = tmp_path / "state", tmp_path / "before"
    state.mkdir()
    before.mkdir()
    for name, layout in (("labels.db", 1), ("notes.db", 1)):
        database(before / name, layout, "old")
        database(state / name, layout, "old")
    database(state / "labels.db", 2, "new")
    database(state / "notes.db", 1, "new")
    keep("older", before, state)
    assert rows(state / "labels.db") == ["old"]
    assert rows(state / "labels.db.newer") == ["old", "new"]
    assert rows(state / "notes.db") == ["old", "new"]


def test_a_version_that_is_built_and_whole_is_taken_as_it_is(tmp_path: Path) -> None:
    versions_at(tmp_path, "one")
    fake(tmp_path / "opt/moodspeaker.d/one/bin/python", "exit 0")
    done = shell(tmp_path, 'take_built one; basename "$new"')
    assert done.stdout == "one\n"


def test_a_damaged_version_is_built_again_beside_itself(tmp_path: Path) -> None:
    versions_at(tmp_path, "one", "one.2")
    for name in ("one", "one.2"):
        fake(tmp_path / f"opt/moodspeaker.d/{name}/bin/python", "exit 1")
    done = shell(tmp_path, 'take_built one || basename "$new"')
    assert done.stdout == "one.3\n"
    assert "one is damaged" in done.stderr
