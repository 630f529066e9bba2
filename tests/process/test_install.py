"""`scripts/install` as far as it goes without root: refusals, what it writes and leaves alone."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from fakes.installer import LIMIT_S, ROOT, fake, refusal, shell, versions_at
from moodspeaker.config.load import load_config

if TYPE_CHECKING:
    from pathlib import Path


def test_help_names_every_option(tmp_path: Path) -> None:
    done = refusal(tmp_path, "--help")
    assert done.returncode == 0
    for option in ("--upgrade", "--roll-back", "--uninstall", "--purge", "--wheelhouse",
                   "--make-wheelhouse", "--broker", "--no-apt"):  # fmt: skip
        assert option in done.stdout


def test_the_page_about_it_shows_options_that_there_are(tmp_path: Path) -> None:
    known = set(re.findall(r"--[a-z-]+", refusal(tmp_path, "--help").stdout))
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    calls = re.findall(r"scripts/install((?: [^`#\n]*)?)", page)
    shown = {option for call in calls for option in re.findall(r"--[a-z-]+", call)}
    assert {"--upgrade", "--roll-back", "--uninstall", "--make-wheelhouse"} <= shown <= known


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--frobnicate"], "unknown option --frobnicate"),
        (["--wheelhouse"], "--wheelhouse wants a value"),
        (["--broker", ""], "--broker wants a value"),
        (["--purge"], "--purge goes with --uninstall"),
    ],
)
def test_wrong_words_are_one_line_and_status_2(
    tmp_path: Path, options: list[str], said: str
) -> None:
    done = refusal(tmp_path, *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "fakes",
    [
        {"dpkg": "echo armhf", "getconf": "echo 64"},
        {"dpkg": "echo i386", "getconf": "echo 64"},
        {"dpkg": "echo arm64", "getconf": "echo 32"},
        {"dpkg": "exit 1", "uname": "echo armv7l", "getconf": "echo 32"},
    ],
    ids=["armhf", "i386", "32-bit", "no dpkg"],
)
def test_a_32_bit_system_is_told_what_to_install(tmp_path: Path, fakes: dict[str, str]) -> None:
    done = refusal(tmp_path, **fakes)
    assert done.returncode == 1
    assert "32-bit system" in done.stderr
    assert "64-bit Raspberry Pi OS" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["arm64", "amd64"])
def test_a_person_without_root_is_told_to_use_sudo(tmp_path: Path, name: str) -> None:
    done = refusal(tmp_path, dpkg=f"echo {name}", getconf="echo 64", id="echo 1000")
    assert done.returncode == 1
    assert done.stderr == "install: this needs root: sudo scripts/install\n"


def test_an_old_python_is_named(tmp_path: Path) -> None:
    done = refusal(tmp_path, "--make-wheelhouse", str(tmp_path / "w"))
    assert done.returncode == 1
    assert "Python 3.9.2 is too old: Python 3.11" in done.stderr
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(
    ("release", "status", "said"),
    [
        ("ID=debian\nVERSION_ID=12\n", 0, ""),
        ('ID=debian\nVERSION_ID="13"\n', 0, ""),
        ('ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Raspbian Bullseye"\n', 1, "Bullseye is too old"),
        ('ID=debian\nVERSION_ID="14"\nPRETTY_NAME="Debian Forky"\n', 0, "Forky has not been tried"),
        ('ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu"\n', 0, "Ubuntu has not been tried"),
    ],
)
def test_other_systems_are_refused_or_named(
    tmp_path: Path, release: str, status: int, said: str
) -> None:
    (tmp_path / "os-release").write_text(release, encoding="utf-8")
    done = shell(tmp_path, "check_release")
    assert done.returncode == status
    assert said in done.stderr
    assert bool(said) == bool(done.stderr)


@pytest.mark.parametrize(
    ("broker", "enabled", "host"),
    [("", True, "127.0.0.1"), ("none", False, "127.0.0.1"), ("ha.local", True, "ha.local")],
)
def test_the_first_config_is_valid_and_knows_the_broker(
    tmp_path: Path, broker: str, enabled: bool, host: str
) -> None:
    done = shell(tmp_path, f"broker='{broker}' new=/nowhere; first_config >$config")
    assert done.returncode == 0, done.stderr
    config = load_config(tmp_path / "etc" / "moodspeaker.yaml")
    assert (config.mqtt.enabled, config.mqtt.host) == (enabled, host)
    assert config.camera.kind == "v4l2"


def test_the_first_config_knows_where_mpd_has_its_music(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    text = '#music_directory "/no"\n  music_directory   "/media/it\'s music"\n'
    (tmp_path / "etc" / "mpd.conf").write_text(text, encoding="utf-8")
    shell(tmp_path, "new=/nowhere; first_config >$config")
    config = load_config(tmp_path / "etc" / "moodspeaker.yaml")
    assert config.library.music_dir == "/media/it's music"


def test_a_config_that_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    config = tmp_path / "etc" / "moodspeaker.yaml"
    config.write_text("device: {name: Mine}\n", encoding="utf-8")
    before = config.stat()
    done = shell(tmp_path, "install() { :; }; make_config")
    assert done.returncode == 0, done.stderr
    assert config.read_text(encoding="utf-8") == "device: {name: Mine}\n"
    assert config.stat().st_mtime_ns == before.st_mtime_ns


def test_the_stamp_follows_what_is_installed_and_nothing_else(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    for name in ("daemon/moodspeaker", "conversion/moodspeaker_convert", "scripts/install.d",
                 "config", "models", "systemd"):  # fmt: skip
        (checkout / name).mkdir(parents=True)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "scripts/install"):
        (checkout / name).touch()

    def stamp() -> str:
        done = shell(tmp_path, "source_stamp", checkout)
        assert done.returncode == 0, done.stderr
        return done.stdout

    first = stamp()
    (checkout / "daemon/moodspeaker/__pycache__").mkdir()
    (checkout / "daemon/moodspeaker/__pycache__/a.pyc").touch()
    (checkout / "docs.md").touch()
    assert stamp() == first
    (checkout / "daemon/moodspeaker/a.py").touch()
    assert stamp() != first


def test_mpd_starts_at_boot_too_even_where_systemd_does_not_run_now(tmp_path: Path) -> None:
    # What `systemctl cat` and `start` need is not there in a chroot.
    code = """
systemctl() {
  case $1 in
    list-unit-files) echo "mpd.service disabled enabled" ;;
    --quiet) [ "$2" = enable ] && echo "$@" ;;
    *) return 1 ;;
  esac
}
enable
"""
    done = shell(tmp_path, code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "--quiet enable moodspeaker.service moodspeaker-label.timer",
        "--quiet enable mpd.service",
    ]


def test_the_command_for_people_is_a_script_that_passes_its_words_on(tmp_path: Path) -> None:
    versions_at(tmp_path, "one")
    fake(tmp_path / "opt/moodspeaker.d/one/bin/moodspeaker", 'printf "<%s>" "$@"')
    done = shell(tmp_path, 'point "$program" "$versions/one"; add_command; add_command')
    assert done.returncode == 0, done.stderr
    command = tmp_path / "bin" / "moodspeaker"
    said = subprocess.run(
        [command, "ctl", "a b", "*"], capture_output=True, text=True, check=True, timeout=LIMIT_S
    )
    assert said.stdout == "<ctl><a b><*>"


def test_a_command_of_somebody_else_stays(tmp_path: Path) -> None:
    fake(tmp_path / "bin" / "moodspeaker", "echo mine")
    done = shell(tmp_path, "add_command")
    assert done.returncode == 0, done.stderr
    assert "not ours and stays" in done.stderr
    assert "mine" in (tmp_path / "bin" / "moodspeaker").read_text(encoding="utf-8")
