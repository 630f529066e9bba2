"""Lays into a Debian tree what the proof needs: checkouts, a wheelhouse, a clip, music, units."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from boot.image import CHECKOUT
from moodspeaker import __version__
from moodspeaker.demo.clip import make_clip
from moodspeaker.demo.music import COMPLETE, demo_music

HERE = Path(__file__).resolve().parent
EXTRACT_LIMIT_S = 300.0
FACE_S = 20.0
NEWER, BROKEN = "9.0.0", "9.0.1"
# It can be imported, starts, says that it is ready, and dies: told from a good one by time alone.
FAULT = """

async def serve(service: Service) -> None:
    from moodspeaker.runtime.notify import Notifier

    Notifier.from_environment().send("READY=1")
    await asyncio.sleep(1)
    raise RuntimeError("this version was broken on purpose")
"""
FACE_CONFIG = """\
device:
  name: Proof
camera:
  kind: file
  source: /srv/proof/face.mp4
  at_end: loop
  busy_load: 100
mood:
  smoothing_s: 2
  hold_s: 1
  dwell_s: 5
music:
  no_repeat_hours: 0
  artist_spacing: 0
  artists_per_hour: 100
"""
PROOF_UNIT = """\
[Unit]
Description=The proof: {boot} boot

[Service]
Type=exec
ExecStart=/usr/bin/python3 /srv/proof/inside/prove.py {boot}
ExecStopPost=/bin/systemctl --no-block poweroff
RuntimeMaxSec={limit_s:.0f}

[Install]
WantedBy=multi-user.target
"""
MPD_OUTPUT = '\naudio_output {\n  type "null"\n  name "proof"\n  mixer_type "software"\n}\n'


def speaker_tree(image: Path, wheelhouse: Path, tree: Path) -> None:
    """Unpacks the image and lays everything but the speaker itself, which is for its installer."""
    tree.mkdir(parents=True)
    unpack(image, tree)
    proof = tree / "srv" / "proof"
    shutil.copytree(HERE / "inside", proof / "inside")
    shutil.copytree(wheelhouse, proof / "wheelhouse")
    (proof / "face.yaml").write_text(FACE_CONFIG)
    make_clip(proof / "face.mp4", 0.0, FACE_S, 0.0)
    copy_checkouts(proof / "sources")
    lay_music(tree)
    with (tree / "etc" / "mpd.conf").open("a") as file:
        file.write(MPD_OUTPUT)
    # mmdebstrap leaves it out, an installer of Debian does not; MPD listens on localhost.
    (tree / "etc" / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    # Persistent: how the journal is read when the container is off.
    (tree / "var" / "log" / "journal").mkdir(parents=True, exist_ok=True)


def unpack(image: Path, tree: Path) -> None:
    """Raises CalledProcessError, as where there is no room."""
    command = ("tar", "--extract", f"--file={image}", f"--directory={tree}", "--numeric-owner")
    subprocess.run(command, check=True, timeout=EXTRACT_LIMIT_S)


def next_boot(tree: Path, boot: str, limit_s: float) -> None:
    """What the container does when it is booted; MPD begins with an empty queue."""
    units = tree / "etc" / "systemd" / "system"
    (units / "proof.service").write_text(PROOF_UNIT.format(boot=boot, limit_s=limit_s))
    wanted = units / "multi-user.target.wants" / "proof.service"
    wanted.unlink(missing_ok=True)
    wanted.symlink_to("../proof.service")
    # Else MPD goes on by itself with what it played, and nobody sees who began.
    (tree / "var" / "lib" / "mpd" / "state").unlink(missing_ok=True)


def take_company(tree: Path) -> None:
    """Masks MPD and broker, and takes the camera's file away."""
    for name in ("mpd.service", "mosquitto.service"):
        (tree / "etc" / "systemd" / "system" / name).symlink_to("/dev/null")
    clip = tree / "srv" / "proof" / "face.mp4"
    clip.rename(clip.with_suffix(".mp4.away"))


def copy_checkouts(folder: Path) -> None:
    """This checkout; a newer version; and one whose service dies as soon as it is up."""
    for name, version, fault in (
        ("first", __version__, ""),
        ("second", NEWER, ""),
        ("broken", BROKEN, FAULT),
    ):
        copy_checkout(folder / name)
        change(folder / name / "setup.cfg", f"version = {__version__}", f"version = {version}")
        package = folder / name / "daemon" / "moodspeaker"
        change(package / "__init__.py", f'"{__version__}"', f'"{version}"')
        with (package / "cli" / "run.py").open("a") as file:
            file.write(fault)


def copy_checkout(folder: Path) -> None:
    """What git knows or would take, as it lies here; of a copy without git, everything."""
    listed = subprocess.run(
        ("git", "-C", str(CHECKOUT), "ls-files", "-z", "-co", "--exclude-standard"),
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        shutil.copytree(CHECKOUT, folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        return
    for name in filter(None, listed.stdout.split("\0")):
        if (CHECKOUT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, folder / name)


def change(path: Path, old: str, new: str) -> None:
    """Replaces a text that must be there."""
    text = path.read_text()
    assert old in text, f"{path} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1))


def lay_music(tree: Path) -> None:
    """The demo's tracks, with their tags and without stickers."""
    music = tree / "var" / "lib" / "mpd" / "music"
    shutil.copytree(demo_music(lambda _: None), music, dirs_exist_ok=True)
    (music / COMPLETE).unlink()
