"""Every key of the YAML file: type, range, default and meaning. The one place for defaults."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from moodspeaker.config.mood_section import MoodSection
from moodspeaker.config.music_section import MusicSection
from moodspeaker.config.privacy_section import PrivacySection
from moodspeaker.config.profiles import EXAMPLE, MEANING, Profiles
from moodspeaker.config.quiet_section import QuietSection
from moodspeaker.config.section import EmotionName, HoursText, Section, Share, Text

DeviceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+$", max_length=64)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Device(Section):
    """How the speaker is called."""

    id: DeviceId | None = Field(
        None, description="id in MQTT topics; default: 8 hex digits made from the machine id"
    )
    name: Text = Field("Moodspeaker", description="name shown in Home Assistant")


class CameraSection(Section):
    """Where frames come from."""

    kind: Literal["picamera2", "v4l2", "file"] = Field(
        "picamera2", description="picamera2 (Pi camera), v4l2 (USB camera) or file"
    )
    source: Text | Annotated[int, Field(ge=0)] | None = Field(
        None, description="camera number or device path; for file a video, picture or folder"
    )
    width: int = Field(640, ge=160, le=1920, multiple_of=2, description="full picture, pixels")
    height: int = Field(480, ge=120, le=1080, multiple_of=2, description="full picture, pixels")
    detect_width: int = Field(
        320, ge=160, le=1280, multiple_of=2, description="width the detector sees, pixels"
    )
    fps_idle: float = Field(2.0, gt=0, le=30, description="frames a second with nobody there")
    fps_active: float = Field(5.0, gt=0, le=30, description="frames a second with a face")
    timeout_s: float = Field(5.0, ge=1, le=60, description="a camera without a frame is dead, s")
    hours: HoursText | None = Field(
        None, description='when the camera may look, as "07:00-09:00, 17:00-23:00"; null: always'
    )
    hot_c: float = Field(
        78.0, ge=30, le=120, description="hotter than this: look less often, degrees Celsius"
    )
    busy_load: float = Field(
        3.0, ge=0.5, le=100, description="more load a core than this: look less often"
    )
    thermal_file: Text = Field(
        "/sys/class/thermal/thermal_zone0/temp", description="where the kernel tells its heat"
    )
    at_end: Literal["hold", "loop", "stop"] = Field(
        "hold", description="kind file, at its end: hold the last frame, loop or stop"
    )
    pace: Literal["real", "fast"] = Field(
        "real", description="kind file: as time passes, or as fast as frames can be read"
    )

    @model_validator(mode="after")
    def file_needs_a_source(self) -> CameraSection:
        """A file camera without a file cannot start."""
        if self.kind == "file" and not isinstance(self.source, str):
            raise ValueError("kind file needs source: the path of a video, picture or folder")
        return self

    @model_validator(mode="after")
    def idle_is_slower(self) -> CameraSection:
        """Looking harder at an empty room than at a face is a mix-up."""
        if self.fps_idle > self.fps_active:
            raise ValueError("fps_idle must not be above fps_active")
        return self

    @model_validator(mode="after")
    def detector_sees_no_more_than_there_is(self) -> CameraSection:
        """The small picture is made from the full one."""
        if self.detect_width > self.width:
            raise ValueError("detect_width must not be above width")
        return self


class Vision(Section):
    """How faces are found and read."""

    detector: Literal["auto", "blazeface", "haar", "yunet"] = Field(
        "auto",
        description="blazeface, haar, yunet (your own file), or auto: blazeface, else haar",
    )
    detector_model: Text | None = Field(
        None, description="BlazeFace .tflite (default: the installed one) or YuNet .onnx file"
    )
    model: Text | None = Field(
        None, description="emotion .tflite file with its .json beside it; default: ours"
    )
    runtime: Literal["auto", "ai-edge-litert", "tflite-runtime"] = Field(
        "auto", description="TFLite runtime; auto takes the first that is installed"
    )
    contempt: EmotionName = Field(
        "neutral", description="what contempt counts as, which some models know"
    )
    min_score: Share = Field(0.5, description="a face the detector is less sure of is none, 0..1")
    whole_every: int = Field(
        15, ge=1, le=100, description="while a face is followed: every so many looks at everything"
    )
    motion_gate: bool = Field(True, description="look again only when something has moved")
    motion_levels: float = Field(
        9.0, ge=0.5, le=64, description="a change that counts as motion, grey levels of 255"
    )
    still_s: float = Field(
        10.0, ge=1, le=600, description="look again after so long without motion, s"
    )
    min_face: int = Field(12, ge=8, le=480, description="a smaller face is none, detector pixels")
    faces: Literal["largest", "nearest_centre", "only_one", "mean", "majority", "happiest"] = Field(
        "largest", description="whose face counts where there are several"
    )


class LibrarySection(Section):
    """Where the music files are, and what is written about them."""

    music_dir: Text | None = Field(
        "/var/lib/mpd/music",
        description="MPD's music_directory as seen from here, to read tags; null: stickers only",
    )
    stickers: bool = Field(
        True, description="true: our labels go into MPD's stickers, slowly, never over yours"
    )
    playlists: bool = Field(
        True, description="true: stored playlists mood-happy and so on, for other players"
    )
    write_counts: bool = Field(
        False, description="true: count plays and skips in MPD's stickers too, as myMPD does"
    )


class MpdSection(Section):
    """The music player."""

    host: Text = Field("127.0.0.1", description="host name, or path of a unix socket")
    port: Port = Field(6600, description="TCP port")
    password_file: Text | None = Field(
        None, description="file that holds the password; without a slash a systemd credential"
    )
    partition: Text | None = Field(None, description="MPD's partition; null: the default one")
    timeout_s: float = Field(5.0, ge=0.5, le=60, description="limit of one MPD command, s")


class MqttSection(Section):
    """The broker that Home Assistant listens to."""

    enabled: bool = Field(True, description="false: no MQTT at all")
    host: Text = Field("127.0.0.1", description="broker's host name")
    port: Port = Field(1883, description="broker's TCP port; 8883 is usual with tls")
    username: Text | None = Field(None, description="user name, if the broker wants one")
    password_file: Text | None = Field(
        None, description="file that holds the password; without a slash a systemd credential"
    )
    version: Literal["auto", 5, "3.1.1"] = Field(
        "auto", description="of MQTT; auto: 5, and 3.1.1 where the broker refuses that"
    )
    tls: bool = Field(False, description="true: encrypted")
    ca_file: Text | None = Field(None, description="certificate of a private authority, PEM")
    client_cert: Text | None = Field(
        None, description="our own certificate, PEM, where the broker wants one; needs tls"
    )
    client_key: Text | None = Field(
        None, description="its key, PEM, not encrypted; without a slash a systemd credential"
    )
    discovery_prefix: Text = Field("homeassistant", description="Home Assistant's prefix")
    timeout_s: float = Field(5.0, ge=0.5, le=60, description="limit of one MQTT step, s")
    keepalive_s: int = Field(15, ge=5, le=600, description="MQTT keep-alive, s")

    @model_validator(mode="after")
    def certificate_goes_with_its_key(self) -> MqttSection:
        """Half of a pair, or a pair without encryption, would be left unused."""
        if (self.client_cert is None) is not (self.client_key is None):
            raise ValueError("client_cert and client_key go together")
        if self.client_cert is not None and not self.tls:
            raise ValueError("client_cert needs tls: true")
        return self


class LogSection(Section):
    """What the journal gets."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level")


DEMO_MOOD = {"smoothing_s": 2.0, "hold_s": 1.0, "dwell_s": 5.0}
"""The profile `demo`: what a demonstration changes, and nothing else."""


class Config(Section):
    """The whole file. An empty one is fine."""

    device: Device = Device()
    camera: CameraSection = CameraSection()
    vision: Vision = Vision()
    mood: MoodSection = MoodSection()
    music: MusicSection = MusicSection()
    profiles: Profiles = Field({}, description=MEANING, examples=[EXAMPLE])
    quiet_hours: QuietSection = QuietSection()
    privacy: PrivacySection = PrivacySection()
    library: LibrarySection = LibrarySection()
    mpd: MpdSection = MpdSection()
    mqtt: MqttSection = MqttSection()
    log: LogSection = LogSection()
