"""The MQTT broker: whether it lets us in, passes on what we say, and who else is there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from moodspeaker.app.parts import make_topics
from moodspeaker.doctor.brokers_reach import unreachable
from moodspeaker.doctor.credentials import CREDENTIALS, with_credentials
from moodspeaker.doctor.examined_broker import look, probe_topic
from moodspeaker.doctor.finding import fine, wrong
from moodspeaker.errors import MoodspeakerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from moodspeaker.config.schema import Config
    from moodspeaker.doctor.examined_broker import Seen
    from moodspeaker.doctor.finding import Finding
    from moodspeaker.home.topics import Topics

WATCH_S = 5.0
"""Two speakers of one id throw each other out every second or so."""
OFTEN = 2
MILLISECONDS = 1000.0


async def examine_brokers(
    config: Config,
    *,
    runs_here: bool | None = None,
    watch_s: float = WATCH_S,
    credentials: Path = CREDENTIALS,
) -> AsyncIterator[Finding]:
    """`runs_here`: whether the service runs on this machine, None where that is not known.

    `watch_s`: how long a speaker that is on the broker already is watched, seconds.
    `credentials`: where systemd puts the service's.
    """
    if not config.mqtt.enabled:
        yield fine("broker", "mqtt.enabled is false: Home Assistant does not see this speaker")
        return
    topics = make_topics(config)
    try:
        section = await asyncio.to_thread(with_credentials, config.mqtt, "mqtt", credentials)
        seen = await look(section, topics, watch_s)
    except MoodspeakerError as error:
        yield unreachable(error, config.mqtt)
        return
    for finding in findings_of(seen, config, topics, runs_here=runs_here):
        yield finding


def findings_of(
    seen: Seen, config: Config, topics: Topics, *, runs_here: bool | None
) -> Iterator[Finding]:
    """What that look showed, a finding each."""
    older = seen.version != "5" and config.mqtt.version == "auto"
    how = f"MQTT {seen.version}" + (", for it does not speak 5" if older else "")
    yield fine("broker", f"{config.mqtt.host}:{config.mqtt.port} speaks {how}")
    rights = rights_of(seen, topics)
    yield rights
    if rights.ok:
        yield announcement_of(seen, topics)
        yield identity_of(seen, topics, runs_here=runs_here)
    yield home_of(seen, topics)


def rights_of(seen: Seen, topics: Topics) -> Finding:
    """What the broker's access rules keep from us, by a round trip."""
    topic = probe_topic(topics)
    ours = f"topic readwrite {topics.base}/#"
    unread = next((name for name in seen.unreadable if name != topics.discovery), None)
    if topic in seen.unwritable:
        detail = f"the broker denies us writing {topic}: {seen.unwritable[topic]}"
    elif unread is not None:
        detail = f"the broker denies us reading {unread}: {seen.unreadable[unread]}"
        ours = f"topic read {unread}" if unread == topics.birth else ours
    elif seen.back_s is None:
        detail = f"what we publish on {topic} does not come back: writing or reading is denied"
    else:
        took = f"{seen.back_s * MILLISECONDS:.0f} ms"
        return fine("broker rights", f"a message on {topic} came back after {took}")
    return wrong("broker rights", detail, rule(ours))


def announcement_of(seen: Seen, topics: Topics) -> Finding:
    """Whether Home Assistant can learn of the speaker."""
    name = "broker discovery"
    if topics.discovery in seen.kept:
        return fine(name, f"the speaker is announced on {topics.discovery}")
    if seen.announced:
        return fine(name, "the speaker may be announced, and will be when the service runs")
    if seen.announced is None:
        return fine(name, f"the broker does not show whether {topics.discovery} may be written")
    detail = f"the broker denies us {topics.discovery}: Home Assistant cannot find the speaker"
    return wrong(name, detail, rule(f"topic write {topics.discovery}"))


def identity_of(seen: Seen, topics: Topics, *, runs_here: bool | None) -> Finding:
    """Whether another speaker has our id, and throws us out."""
    name, who = "broker identity", f"the speaker {topics.device_id}"
    remedy = (
        "give each speaker a device.id of its own; the broker's log has the addresses of"
        f" `moodspeaker-{topics.device_id}`"
    )
    if seen.left >= OFTEN:
        comes = f"{who} comes and goes, {seen.left} times just now"
        return wrong(name, f"{comes}: another one may have the same id", remedy)
    if not seen.online(topics):
        return fine(name, f"{who} is not there now")
    if runs_here is False:
        return wrong(name, f"{who} is there, and it does not run on this machine", remedy)
    return fine(name, f"{who} is there, and stays")


def home_of(seen: Seen, topics: Topics) -> Finding:
    """Whether Home Assistant is there, as far as that can be seen."""
    said = seen.kept.get(topics.birth)
    if said is None:
        return fine("home assistant", "not known: it tells only those who listen when it starts")
    return fine("home assistant", f"last said {said.decode(errors='replace')[:20]!r}")


def rule(line: str) -> str:
    """Where access is granted."""
    return (
        f"let our user do it: `{line}` in mosquitto's acl_file"
        " (config/mosquitto/acl.example), then sudo systemctl reload mosquitto"
    )
