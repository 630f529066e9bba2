"""`moodspeaker library` as a person types it, with a player in memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fakes.library_bench import ODD, OTHER, SONG, LibraryBench, unscanned
from moodspeaker.cli.library_count import report_of
from moodspeaker.library.places import at, by_point
from moodspeaker.library.records import (
    Analysis,
    Feedback,
    Liking,
    Origin,
    QueuedTrack,
    StoredTrack,
)
from moodspeaker.music.plane import UPLIFTED, Point
from moodspeaker.types import Track

if TYPE_CHECKING:
    from pathlib import Path


def test_a_scan_says_what_it_did_and_its_progress_on_stderr(library: LibraryBench) -> None:
    library.mpd.library["new.wav"] = Track("new.wav")
    (library.folder / "music" / "new.wav").write_bytes(
        (library.folder / "music" / SONG).read_bytes()
    )
    assert library.scan() == 0
    assert library.out.startswith("4 tracks in ")
    assert "1 read, 3 unchanged" in library.out
    assert library.err == "4 of 4 tracks\n"


def test_a_scan_tells_files_that_gave_nothing_on_a_line_each(library: LibraryBench) -> None:
    (library.folder / "music" / ODD).write_bytes(b"")
    for name in ("b", "c", "d", "e"):
        library.mpd.library[f"{name}.wav"] = Track(f"{name}.wav")
    library.scan()
    assert r"empty file: 1 (odd/li\nne 'x'.wav)" in library.out
    assert "not in the music folder: 4 (b.wav, c.wav, d.wav, ...)" in library.out


def test_a_scan_without_a_player_is_one_line(library: LibraryBench) -> None:
    library.mpd.down = True
    assert library.scan() == 1
    assert library.err == "moodspeaker: no connection to the fake player\n"


def test_a_scan_with_a_wrong_music_folder_names_the_key(library: LibraryBench) -> None:
    library.config.write_text("library:\n  music_dir: /nowhere/at/all\n")
    assert library.scan() == 0
    assert "no folder /nowhere/at/all" in library.err
    assert "library.music_dir" in library.err


def test_a_config_that_is_named_and_not_there_is_an_error(library: LibraryBench) -> None:
    assert library.run("scan", "--config", str(library.folder / "no.yaml")) == 2


def test_an_empty_database_says_what_to_do(library: LibraryBench) -> None:
    library.mpd.library.clear()
    library.scan()
    assert "mpc update" in library.out


@pytest.mark.parametrize(
    "argv",
    [
        ("report",),
        ("show", "a"),
        ("set", "a", "happy"),
        ("unset", "a"),
        ("export",),
        ("like", "a", "happy"),
        ("undo", "a"),
    ],
)
def test_without_a_store_every_command_says_to_scan(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: tuple[str, ...],
) -> None:
    made = unscanned(tmp_path, monkeypatch, capsys)
    assert made.run(*argv) == 1
    assert "library scan" in made.err
    assert made.err.count("\n") == 1
    assert not (tmp_path / "labels.db").exists()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("happy", (0.80, 0.35, "happy")),
        ("-0.5,0.3", (-0.5, 0.3, "")),
        ("-.5, -1", (-0.5, -1.0, "")),
        ("0,1", (0.0, 1.0, "")),
    ],
)
def test_a_track_is_set_by_word_or_by_numbers(
    library: LibraryBench, text: str, place: tuple[float, float, str]
) -> None:
    assert library.run("set", SONG, text) == 0
    assert library.user_place(SONG) == place


def test_a_label_is_taken_back(library: LibraryBench) -> None:
    library.run("set", SONG, "sad")
    assert library.run("unset", SONG) == 0
    assert library.user_place(SONG) is None
    assert library.run("unset", SONG) == 0
    assert "you had said nothing" in library.out


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (("set", SONG, "hapy"), "did you mean happy"),
        (("set", SONG, "zzzz"), "such as"),
        (("set", SONG, "1.01,0"), "valence 1.01 is not from -1 to 1"),
        (("set", SONG, "0,-1.01"), "arousal -1.01 is not"),
        (("set", "other.wav", "sad"), f"did you mean {OTHER}?"),
        (("show", "rock/othr.wav"), OTHER),
        (("show", "LI\nNE"), r"odd/li\nne"),
        (("unset", "nothing like it"), "no track nothing like it"),
    ],
)
def test_what_is_not_known_is_one_line_with_what_is_near(
    library: LibraryBench, argv: tuple[str, ...], hint: str
) -> None:
    assert library.run(*argv) == 1
    assert hint in library.err
    assert library.err.count("\n") == 1


def test_show_tells_every_source_the_place_and_what_was_said(library: LibraryBench) -> None:
    library.run("set", SONG, "sad")
    store = library.store()
    number = store.add_feedback(Feedback(SONG, "happy", Liking.DISLIKE, 1.0, 1e9))
    store.undo_feedback(number)
    store.close()
    assert library.run("show", SONG, "--link") == 0
    assert "Title, Artist, Album" in library.out
    assert "sticker: 0.80, 0.35: happy" in library.out
    assert "user: -0.65, -0.40: sad" in library.out
    assert "place:    valence -0.6" in library.out
    assert "dislike: for happy, 2001-09-09, undone (number 1)" in library.out
    assert "q=Artist+Title" in library.out


def test_show_says_where_nothing_is_known(library: LibraryBench) -> None:
    library.run("show", ODD)
    assert library.out.startswith(r"odd/li\nne 'x'.wav" + "\n")
    assert "nothing says what it is" in library.out
    assert "search" not in library.out


def test_show_tells_columns_rules_and_an_analysis_that_failed(library: LibraryBench) -> None:
    store = library.store()
    store.put_features([(SONG, {"valence": 0.2, "energy": 0.3, "mode": 0.0})])
    store.put_features([(OTHER, {"valence": 0.5}), (ODD, {"valence": 5.0})])
    store.put_analyses([Analysis(SONG, 1, 2, "m", "the audio is silent")])
    store.close()
    library.run("show", SONG)
    assert "columns:  valence 0.2, energy 0.3, mode 0\n" in library.out
    assert "rules:    sad by spotify_rules" in library.out
    assert "analysis: not possible: the audio is silent" in library.out
    library.run("show", OTHER)
    assert "rules:    no emotion by spotify_rules" in library.out
    assert "analysis" not in library.out
    library.run("show", ODD)
    assert "rules:    not possible: valence 5 is out of range" in library.out


@pytest.mark.parametrize("times", [1, 5, 6])
def test_show_tells_when_a_track_was_queued_the_latest_first(
    library: LibraryBench, times: int
) -> None:
    store = library.store()
    for n in range(times):
        outcome = "played" if n == times - 1 else ""
        store.add_queued(QueuedTrack(SONG, "Artist", 1e9 + n * 86400, "sad", outcome))
    store.add_queued(QueuedTrack(OTHER, "Artist", 1e9, "happy"))
    store.close()
    library.run("show", SONG)
    told = [line for line in library.out.splitlines() if "queued:" in line]
    assert told[0] == f"  queued:   2001-09-{8 + times:02} for sad: played"
    assert len(told) == times
    assert ("1 times before" in told[-1]) == (times > 5)
    assert ("2001-09-09 for sad: not known" in library.out) == (1 < times < 6)


def test_a_report_counts_sources_moods_and_decades(library: LibraryBench) -> None:
    library.run("set", SONG, "fear")
    library.run("set", OTHER, "fear")
    assert library.run("report", "--json", "--minutes", "5.5") == 0
    told = json.loads(library.out)
    assert (told["tracks"], told["labelled"]) == (3, 2)
    assert told["sources"]["user"] == {"tracks": 2, "share": 0.6667}
    assert told["moods"]["fear"] == {"tracks": 2, "hours_until_repeat": 0.18}
    assert told["decades"] == {"unknown": 3}
    assert (told["overlap"], told["agreement"][0]["tracks"]) == ({"1": 1, "2": 1}, 1)
    assert "fear: 2 tracks, repeats after 11 minutes" in told["warnings"]
    assert "happy: no tracks, the nearest others are played" in told["warnings"]
    assert library.run("report") == 0
    assert "3 tracks; 67% labelled" in library.out
    assert "warning: fear: 2 tracks" in library.out


@pytest.mark.parametrize(("tracks", "warned"), [(9, True), (10, False), (11, False)])
def test_a_mood_that_lasts_an_hour_is_not_warned_of(tracks: int, warned: bool) -> None:
    uris = [f"{n}" for n in range(tracks)]
    made = report_of(map(StoredTrack, uris), [by_point(uri, 0.8, 0.35) for uri in uris], 6.0)
    assert any(line.startswith("happy") for line in made.warnings) == warned


def test_a_report_tells_how_many_sources_speak_and_how_far_apart_they_are(
    library: LibraryBench,
) -> None:
    store = library.store()
    store.put_estimates(
        [
            by_point(SONG, 0.5, 0.3),
            at(SONG, Origin.GENRE, Point(0.2, -0.1), ""),
            by_point(OTHER, 0.0, 0.0),
            at(OTHER, Origin.GENRE, Point(0.0, 0.1), ""),
            by_point(ODD, 0.0, 0.0),
        ]
    )
    store.remove_estimates([SONG], [Origin.STICKER])
    store.close()
    library.run("report", "--json")
    told = json.loads(library.out)
    assert told["overlap"] == {"1": 1, "2": 2}
    assert told["agreement"] == [{"sources": ["genre", "user"], "tracks": 2, "mean_distance": 0.3}]
    library.run("report")
    assert "tracks with 2 sources 2;" in library.out
    assert "  genre and user: 0.30 in 2 tracks\n" in library.out


@pytest.mark.parametrize(("off", "near"), [(0.34, 1), (0.36, 0)])
def test_where_the_policy_lift_leads_is_counted_as_a_mood(off: float, near: int) -> None:
    said = at("a", Origin.USER, Point(UPLIFTED.valence, UPLIFTED.arousal - off, sd=0.001), "")
    made = report_of([StoredTrack("a")], [said], 3.5)
    assert {mood.mood: mood.tracks for mood in made.moods}["uplifted"] == near


def test_a_report_counts_tracks_where_the_choice_of_music_sees_them() -> None:
    uris = [f"{n}" for n in range(3)]
    said = [at(uri, Origin.AUDIO, Point(0.3, 0.1 * n), "") for n, uri in enumerate(uris)]
    made = report_of(map(StoredTrack, uris), said, 3.5)
    # By itself 0.2 is far from surprise; as the library's most lively track it is not.
    assert {mood.mood: mood.tracks for mood in made.moods}["surprise"] == 1


def test_tracks_that_have_gone_are_counted_apart() -> None:
    tracks = [StoredTrack("a", year=1989), StoredTrack("b", year=1990, gone_since=5.0)]
    made = report_of(tracks, [by_point("b", 0.8, 0.35)], 3.5)
    assert (made.tracks, made.gone, made.labelled) == (1, 1, 0)
    assert made.decades == (("1980s", 1),)


def test_the_report_of_an_empty_library_warns_of_nothing() -> None:
    made = report_of([], [], 3.5)
    assert (made.tracks, made.share(0), made.warnings) == (0, 0.0, ())
