"""What tags of every format say, and files that are damaged."""

from __future__ import annotations

import random
import wave
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import mutagen.apev2
import mutagen.asf
import mutagen.id3
import mutagen.mp4
import mutagen.wave
import pytest
from mutagen._vorbis import VCommentDict

from moodspeaker.errors import LibraryError
from moodspeaker.library.places import acousticbrainz
from moodspeaker.library.tags import FileTags, read_tags, tags_of

if TYPE_CHECKING:
    from pathlib import Path


def vorbis() -> Any:
    tags = VCommentDict()
    tags["MOOD"] = ["Happy", "calm"]
    tags["Genre"] = ["Rock", "Pop"]
    tags["DATE"] = "2004-01"
    tags["originalyear"] = "1969"
    tags["bpm"] = "97,5"
    tags["ab:mood"] = "Happy"
    return tags


def apev2() -> Any:
    tags = mutagen.apev2.APEv2()
    tags["Mood"] = ["Happy", "calm"]
    tags["Genre"] = ["Rock", "Pop"]
    tags["Year"] = "1969"
    tags["BPM"] = "97.5"
    tags["ab:mood"] = "Happy"
    return tags


def mp4() -> Any:
    tags = mutagen.mp4.MP4Tags()
    tags["----:com.apple.iTunes:MOOD"] = [mutagen.mp4.MP4FreeForm(b"Happy; calm")]
    tags["\xa9gen"] = ["Rock", "Pop"]
    tags["\xa9day"] = ["1969-08-15T07:00:00Z"]
    tags["----:com.apple.iTunes:BPM"] = [mutagen.mp4.MP4FreeForm(b"97.5")]
    tags["----:com.apple.iTunes:ab:mood"] = [mutagen.mp4.MP4FreeForm(b"Happy")]
    return tags


def asf() -> Any:
    tags = mutagen.asf.ASFTags()
    tags["WM/Mood"] = ["Happy", "calm"]
    tags["WM/Genre"] = ["Rock", "Pop"]
    tags["WM/Year"] = ["1969"]
    tags["WM/BeatsPerMinute"] = ["97.5"]
    tags["ab:mood"] = ["Happy"]
    return tags


def id3() -> Any:
    tags = mutagen.id3.ID3()
    tags.add(mutagen.id3.TXXX(desc="MOOD", text=["Happy", "calm"]))
    tags.add(mutagen.id3.TCON(text=["(17)", "Pop"]))
    tags.add(mutagen.id3.TDRC(text="1969"))
    tags.add(mutagen.id3.TBPM(text="97.5"))
    tags.add(mutagen.id3.TXXX(desc="ab:mood", text="Happy"))
    return tags


@pytest.mark.parametrize("tags", [vorbis, apev2, mp4, asf, id3])
def test_every_format_says_the_same(tags: Any) -> None:
    moods = ("happy", "calm")
    same = FileTags(moods, "Rock;Pop", 1969, 97.5, (("ab:mood", "Happy"),))
    assert tags_of(tags()) == same


@pytest.mark.parametrize(
    ("year", "bpm"),
    [("", "0"), ("soon", "fast"), ("12", "19.9"), ("18999", "401"), ("3000", "nan")],
)
def test_years_and_tempos_that_make_no_sense_are_none(year: str, bpm: str) -> None:
    tags = VCommentDict()
    tags["DATE"], tags["BPM"] = year, bpm
    assert tags_of(tags) == FileTags()


def test_text_that_no_database_takes_is_mended() -> None:
    tags = VCommentDict()
    tags["MOOD"] = "happy\0calm\udce9"
    said = tags_of(tags)
    assert said.moods == ("happy", "calm?")


def test_however_a_file_is_damaged_it_is_no_other_error(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
    tagged = mutagen.wave.WAVE(path)
    tagged.add_tags()
    tagged.tags.add(mutagen.id3.TMOO(text="happy"))
    tagged.tags.add(mutagen.id3.TCON(text="Rock"))
    tagged.save()
    whole, rng = path.read_bytes(), random.Random(1)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(data[: rng.randint(1, len(data))])
        with suppress(LibraryError):
            read_tags(path)


def test_acousticbrainz_is_read_as_chances_or_as_words() -> None:
    happy, _ = acousticbrainz((("ab:hi:mood_happy:happy", "0.9"), ("ab:mood", "Sad")))
    sad, detail = acousticbrainz((("ab:mood", "Sad"), ("ab:mood", "Not party")))
    assert happy is not None
    assert sad is not None
    assert happy.valence > 0.3
    assert sad.valence < -0.3
    assert detail.startswith("sad")
    assert acousticbrainz((("ab:hi:mood_happy:happy", "nan"), ("ab:genre", "roc")))[0] is None
