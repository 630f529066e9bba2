"""Which track of ours another program means."""

from __future__ import annotations

from pathlib import Path

import pytest

from moodspeaker.library.matching import Matcher
from moodspeaker.library.records import StoredTrack


def named(artist: str, title: str, *, uri: str = "a.ogg", album: str = "") -> StoredTrack:
    return StoredTrack(uri, title, artist, album)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (("Björk", "Jóga"), ("BJORK", "joga")),
        (("Mø", "Łódź"), ("mo", "Lodz")),
        (("AC/DC", "T.N.T."), ("ACDC", "TNT")),
        (("The Beatles", "Help!"), ("Beatles", "Help")),
        (("Beatles, The", "Help!"), ("The Beatles", "Help!")),
        (("Simon & Garfunkel", "America"), ("Simon and Garfunkel", "America")),
        (("A;B", "Both"), ("A, B", "Both")),
        (("A feat. B", "Song"), ("A", "Song (feat. B)")),
        (("A", "Song"), ("A, B", "Song ft. B")),
        (("A", "Song"), ("B;A", "Song [with B]")),
        (("A", "Song (Remastered 2011)"), ("A", "Song - 2011 Remaster")),
        (("A", "One - Two"), ("A", "One - Two - 2009 Digital Remaster")),
        (("A", "Song"), ("A", "Song - Mono Version")),
        (("A", "???"), ("a", "???")),
        (("宇多田ヒカル", "光"), ("宇多田ヒカル", "光")),
        (("A", "कि"), ("A", "कि")),
    ],
)
def test_the_same_song_is_found_however_it_is_written(
    ours: tuple[str, str], theirs: tuple[str, str]
) -> None:
    assert Matcher([named(*ours)]).by_name(*theirs) == ("a.ogg",)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (("A", "Song"), ("A", "Song (Live)")),
        (("A", "Song"), ("A", "Song - Acoustic")),
        (("A", "Song"), ("A", "Song (Remix)")),
        (("A", "Song"), ("B", "Song")),
        (("A", "???"), ("A", "!!!")),
        (("A", "कि"), ("A", "का")),
        (("A", "One - Two"), ("A", "One - 2009 Remaster")),
        (("A", ""), ("A", "")),
        (("", "Song"), ("", "Song")),
    ],
)
def test_another_song_or_recording_is_not_found(
    ours: tuple[str, str], theirs: tuple[str, str]
) -> None:
    assert Matcher([named(*ours)]).by_name(*theirs) == ()


def test_of_several_with_a_name_the_album_decides_and_without_it_all_are_given() -> None:
    matcher = Matcher(
        [named("A", "S", uri="1", album="One"), named("A", "S", uri="2", album="Two (Remastered)")]
    )
    assert matcher.by_name("A", "S", "two") == ("2",)
    assert matcher.by_name("A", "S", "Three") == ("1", "2")
    assert matcher.by_name("A", "S") == ("1", "2")


def test_the_first_artist_counts_before_the_second() -> None:
    matcher = Matcher([named("A", "S", uri="1"), named("B", "S", uri="2")])
    assert matcher.by_name("B, A", "S") == ("2",)


def test_a_track_that_has_gone_is_not_found() -> None:
    matcher = Matcher([StoredTrack("x/a.ogg", "S", "A", gone_since=1.0)])
    assert matcher.by_name("A", "S") == matcher.by_path("x/a.ogg") == ()


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("A/One/01.ogg", ("A/One/01.ogg",)),
        ("/srv/music/A/One/01.ogg", ("A/One/01.ogg",)),
        ("file:///srv/A/One/0%31.ogg", ("A/One/01.ogg",)),
        ("C:\\Music\\B\\Two\\01.ogg", ("B/Two/01.ogg",)),
        ("./B/Two/01.ogg", ("B/Two/01.ogg",)),
        ("/elsewhere/One/01.ogg", ("A/One/01.ogg",)),
        ("Two/01.ogg", ("B/Two/01.ogg",)),
        ("/srv/lone.ogg", ("lone.ogg",)),
        ("u\u0308.ogg", ("C/ü.ogg",)),
        ("01.ogg", ("A/One/01.ogg", "B/Two/01.ogg")),
        ("/other/ü.ogg", ()),
        ("A/One/02.ogg", ()),
        ("/", ()),
    ],
)
def test_a_path_means_the_track_with_the_longest_end_in_common(
    path: str, found: tuple[str, ...]
) -> None:
    uris = ("A/One/01.ogg", "B/Two/01.ogg", "lone.ogg", "C/ü.ogg")
    assert Matcher(map(StoredTrack, uris)).by_path(path) == found


def test_below_the_music_folder_a_path_means_that_file_alone() -> None:
    tracks = [StoredTrack("A/One/01.ogg")]
    matcher = Matcher(tracks, Path("/srv/music"))
    assert matcher.by_path("/srv/music/A/One/01.ogg") == ("A/One/01.ogg",)
    assert matcher.by_path("/srv/music/old/A/One/01.ogg") == ()
    assert matcher.by_path("/srv/old/A/One/01.ogg") == ("A/One/01.ogg",)
