"""The YAML file: every problem at once, each with its line and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from moodspeaker.config.document import as_yaml, documented_yaml
from moodspeaker.config.load import load_config, parse_config
from moodspeaker.config.schema import Config
from moodspeaker.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]


def problems(text: str) -> tuple[str, ...]:
    """The problems of a text, as shown for the file f.yaml."""
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "f.yaml")
    return caught.value.problems


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "mood:\n", "---\n"])
def test_an_empty_file_means_the_defaults(text: str) -> None:
    assert parse_config(text, "f.yaml") == Config()


def test_the_documented_file_is_the_schema_and_its_defaults() -> None:
    text = (ROOT / "config" / "moodspeaker.yaml").read_text(encoding="utf-8")
    remedy = "run: python -m moodspeaker.config.document > config/moodspeaker.yaml"
    assert text == documented_yaml(), remedy
    assert parse_config(text, "f.yaml") == Config()


@pytest.mark.parametrize("name", ["minimal.yaml", "home-assistant.yaml"])
def test_the_other_examples_load(name: str) -> None:
    assert load_config(ROOT / "config" / name)


def test_every_key_has_a_meaning() -> None:
    assert "None [" not in documented_yaml()


def test_what_show_config_prints_loads_again() -> None:
    config = parse_config("mood: {dwell_s: 7}", "f.yaml")
    assert parse_config(as_yaml(config), "f.yaml") == config


def test_every_problem_is_told_at_once_in_order_of_lines() -> None:
    found = problems("mood:\n  hold_s: -1\n  margin: 2\ncamera:\n  kind: webcam\nmpd:\n  port: 0\n")
    assert [line.split(" ")[0] for line in found] == [
        "f.yaml:2",
        "f.yaml:3",
        "f.yaml:5",
        "f.yaml:7",
    ]


def test_a_misspelt_key_gets_the_nearest_name() -> None:
    assert problems("mood:\n  dwell: 3\n") == (
        "f.yaml:2 mood.dwell: unknown key (did you mean dwell_s?)",
    )


def test_a_misspelt_section_gets_the_nearest_name() -> None:
    assert problems("moods: {}\n") == ("f.yaml:1 moods: unknown key (did you mean mood?)",)


def test_a_misspelt_choice_gets_the_nearest_one() -> None:
    assert problems("camera: {kind: picamera}")[0].endswith("(did you mean picamera2?)")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("mpd: {port: 0}", False),
        ("mpd: {port: 1}", True),
        ("mpd: {port: 65535}", True),
        ("mpd: {port: 65536}", False),
        ("mood: {margin: -0.001}", False),
        ("mood: {margin: 0}", True),
        ("mood: {margin: 1}", True),
        ("mood: {margin: 1.001}", False),
        ("music: {tracks_ahead: 0}", False),
        ("music: {tracks_ahead: 1}", True),
        ("music: {tracks_ahead: 3}", True),
        ("music: {tracks_ahead: 4}", False),
        ("mood: {enter_threshold: 0.5, leave_threshold: 0.499}", True),
        ("mood: {enter_threshold: 0.5, leave_threshold: 0.5}", False),
        ("camera: {fps_idle: 5, fps_active: 5}", True),
        ("camera: {fps_idle: 5.1, fps_active: 5}", False),
        ("device: {id: kitchen_2-a}", True),
        ("device: {id: Kitchen}", False),
        ("device: {id: 'a/b'}", False),
        ("camera: {source: 0}", True),
        ("camera: {source: -1}", False),
        ("camera: {kind: file, source: a.mp4}", True),
        ("camera: {kind: file}", False),
        ("camera: {kind: file, source: 3}", False),
    ],
)
def test_ranges_hold_at_their_edges(text: str, good: bool) -> None:
    if good:
        parse_config(text, "f.yaml")
    else:
        assert len(problems(text)) == 1


@pytest.mark.parametrize("value", ["true", "'0.5'", ".nan", ".inf", "[1]", "{a: 1}", "2026-11-21"])
def test_what_only_looks_like_a_number_is_refused(value: str) -> None:
    assert len(problems(f"mood: {{margin: {value}}}")) == 1


@pytest.mark.parametrize("value", ["22:00", "on", "012", "1e3"])
def test_what_yaml_misreads_says_how_to_write_it(value: str) -> None:
    text = f"device: {{name: {value}}}"
    if isinstance(yaml.safe_load(text)["device"]["name"], str):
        assert parse_config(text, "f.yaml").device.name == value
    else:
        assert "write it in quotes" in problems(text)[0]


def test_a_key_given_twice_is_refused() -> None:
    assert problems("mood:\n  hold_s: 1\n  hold_s: 2\n") == (
        "f.yaml:3 mood.hold_s: given twice (keep one)",
    )


@pytest.mark.parametrize("text", ["a: [", "\tmood: 1", "a: b: c", "\x00", "a: &x [*x]", "{[1]: 2}"])
def test_what_is_no_yaml_is_one_line(text: str) -> None:
    (line,) = problems(text)
    assert line.startswith("f.yaml:1 not YAML: ")
    assert "\n" not in line


@pytest.mark.parametrize("text", ["- 1", "words", "3"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    assert problems(text)[0].startswith("f.yaml:1 the file: ")


def test_a_missing_file_and_a_folder_say_what_to_do(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(ConfigError, match="cannot be read"):
            load_config(path)


def test_a_file_that_is_not_text_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "bytes.yaml"
    path.write_bytes(b"mood: \xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(path)


def test_aliases_that_multiply_are_refused_at_once() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (problem,) = problems("\n".join(rows))
    assert "more than 10000 values" in problem


def test_an_alias_is_fine() -> None:
    text = "mood: {dwell_s: &long 300}\nmusic: {hold_minutes: *long}\n"
    assert parse_config(text, "f.yaml").music.hold_minutes == 300
