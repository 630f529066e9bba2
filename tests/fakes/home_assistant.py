"""A real Home Assistant without a screen: its process, its configuration, its WebSocket API."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import os
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from fakes.websocket import WebSocket
from moodspeaker.demo.servers import HOST, die_with_parent, free_port

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Mapping
    from pathlib import Path

START_LIMIT_S = 90.0
CALL_LIMIT_S = 15.0
STOP_LIMIT_S = 30.0
JWT_KEY = "0123456789abcdef" * 8
TITLES = {"mqtt": "MQTT", "mpd": "Music Player Daemon"}  # as their first steps name them
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
CONFIGURATION = """\
homeassistant:
  name: Test
  latitude: 52.5
  longitude: 13.4
  elevation: 30
  unit_system: metric
  currency: EUR
  country: DE
  time_zone: UTC
http:
  server_host: 127.0.0.1
  server_port: {port}
api:
config:
frontend:
history:
logbook:
logger:
  default: info
recorder:
  commit_interval: 0
"""

Fields = dict[str, Any]


class HomeAssistant:
    """One Home Assistant with the entries `integrations` (domain: data), kept in `folder`.

    `more` is added to its configuration.yaml. It can be started again after a stop, and knows
    then what it knew before. Nobody is asked to log in: `token` is good for its owner.
    """

    def __init__(
        self, venv: Path, folder: Path, integrations: Mapping[str, Fields], more: str = ""
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.token = access_token()
        self._python = venv / "bin" / "python"
        self._integrations = tuple(integrations)
        self._process: Process | None = None
        self._socket: WebSocket | None = None
        self._ids = itertools.count(1)
        lay_out(folder, integrations)
        text = CONFIGURATION.format(port=self.port) + more
        (folder / "configuration.yaml").write_text(text, encoding="utf-8")

    @property
    def output(self) -> str:
        """Everything it has logged so far."""
        return (self.folder / "output.txt").read_text(encoding="utf-8", errors="replace")

    async def start(self) -> None:
        """Starts it and waits until it runs with every integration loaded."""
        with (self.folder / "output.txt").open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                str(self._python),
                *("-m", "homeassistant", "-c", str(self.folder), "--skip-pip", "--log-no-color"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={k: v for k, v in os.environ.items() if k.lower() not in PROXIES},
                preexec_fn=die_with_parent,
            )
        try:
            async with asyncio.timeout(START_LIMIT_S):
                while not await self._ready():
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise AssertionError(f"Home Assistant did not start:\n{self.output[-3000:]}") from None

    async def stop(self) -> None:
        """Ends it: SIGTERM, then SIGKILL."""
        if self._socket:
            self._socket.close()
        self._socket = None
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(STOP_LIMIT_S):
                await self._process.wait()
        except TimeoutError:
            # It may have ended in that moment.
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def ask(self, kind: str, **fields: object) -> Any:
        """The result of one WebSocket command. Raises AssertionError where it is refused."""
        socket = self._socket or await self._connect()
        number = next(self._ids)
        await socket.send(json.dumps({"id": number, "type": kind, **fields}))
        async with asyncio.timeout(CALL_LIMIT_S):
            while True:
                answer = json.loads(await socket.receive())
                if answer.get("id") == number and answer["type"] == "result":
                    assert answer["success"], f"{kind} {fields}: {answer.get('error')}"
                    return answer["result"]

    async def render(self, template: str, **variables: object) -> object:
        """What it makes of a template."""
        subscription = await self.ask("render_template", template=template, variables=variables)
        assert subscription is None
        assert self._socket
        async with asyncio.timeout(CALL_LIMIT_S):
            while True:
                answer = json.loads(await self._socket.receive())
                if answer["type"] == "event":
                    return answer["event"]["result"]

    async def states(self) -> dict[str, Fields]:
        """Every entity that has a state now, by its id."""
        return {state["entity_id"]: state for state in await self.ask("get_states")}

    async def state(self, entity_id: str) -> str | None:
        """The text of one state; None where there is none."""
        found = (await self.states()).get(entity_id)
        return None if found is None else str(found["state"])

    async def comes_to(self, entity_id: str, wanted: str, limit_s: float = 10.0) -> float:
        """Waits for that state; how long it took, s."""
        began_s = time.monotonic()
        while (state := await self.state(entity_id)) != wanted:
            took_s = time.monotonic() - began_s
            assert took_s < limit_s, f"{entity_id} is {state}, not {wanted}, after {limit_s:g} s"
            await asyncio.sleep(0.05)
        return time.monotonic() - began_s

    async def registry(self) -> dict[str, Fields]:
        """What it knows of MQTT's entities, the switched off ones too, by their unique id."""
        entries = await self.ask("config/entity_registry/list")
        return {entry["unique_id"]: entry for entry in entries if entry["platform"] == "mqtt"}

    async def call(self, service: str, entity_id: str, **data: object) -> None:
        """A service, `select.select_option` for example, on one entity."""
        domain, name = service.split(".")
        target = {"entity_id": entity_id}
        await self.ask(
            "call_service", domain=domain, service=name, target=target, service_data=data
        )

    async def _ready(self) -> bool:
        assert self._process
        if self._process.returncode is not None or "ctivating recovery mode" in self.output:
            raise AssertionError(f"Home Assistant did not start:\n{self.output[-3000:]}")
        try:
            config = await self.ask("get_config")
            entries = await self.ask("config_entries/get")
        except OSError:
            self._socket = None
            return False
        loaded = {entry["domain"] for entry in entries if entry["state"] == "loaded"}
        return config["state"] == "RUNNING" and loaded.issuperset(self._integrations)

    async def _connect(self) -> WebSocket:
        socket = await WebSocket.connect(HOST, self.port, "/api/websocket")
        await socket.receive()
        await socket.send(json.dumps({"type": "auth", "access_token": self.token}))
        answer = json.loads(await socket.receive())
        assert answer["type"] == "auth_ok", answer
        self._socket = socket
        return socket


def lay_out(folder: Path, integrations: Mapping[str, Fields]) -> None:
    """What its files hold once somebody has gone through the first steps on the screen."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / ".storage").mkdir(parents=True)
    store(folder, "auth", 1, owner())
    steps = ["user", "core_config", "analytics", "integration"]
    store(folder, "onboarding", 4, {"done": steps})
    entries = [entry(domain, data) for domain, data in integrations.items()]
    store(folder, "core.config_entries", 1, {"entries": entries})


def store(folder: Path, key: str, version: int, data: Fields) -> None:
    """One file of its storage."""
    content = {"version": version, "minor_version": 1, "key": key, "data": data}
    (folder / ".storage" / key).write_text(json.dumps(content), encoding="utf-8")


def entry(domain: str, data: Fields) -> Fields:
    """One integration as if added by hand."""
    return {
        "entry_id": f"entry-{domain}",
        "version": 1,
        "minor_version": 1,
        "domain": domain,
        "title": TITLES[domain],
        "data": data,
        "options": {},
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "source": "user",
        "unique_id": None,
        "disabled_by": None,
    }


def owner() -> Fields:
    """An owner with a token that lives long."""
    user = {"id": "owner", "group_ids": ["system-admin"], "is_owner": True, "is_active": True}
    token = {"id": "token", "user_id": "owner", "token_type": "long_lived_access_token"}
    return {
        "users": [{**user, "name": "Owner", "system_generated": False, "local_only": False}],
        "groups": [{"id": "system-admin", "name": "Administrators"}],
        "credentials": [],
        "refresh_tokens": [
            {
                **token,
                "client_id": None,
                "client_name": "test",
                "client_icon": None,
                "created_at": "2026-01-01T00:00:00+00:00",
                "access_token_expiration": 315360000.0,
                "token": "t" * 128,
                "jwt_key": JWT_KEY,
                "last_used_at": None,
                "last_used_ip": None,
                "expire_at": None,
                "credential_id": None,
                "version": "2025.4.4",
            }
        ],
    }


def access_token() -> str:
    """A JSON web token, HS256, for the owner's refresh token."""
    now = int(time.time())
    head = part({"alg": "HS256", "typ": "JWT"})
    body = part({"iss": "token", "iat": now, "exp": now + 86400})
    signature = hmac.digest(JWT_KEY.encode(), head + b"." + body, hashlib.sha256)
    return (head + b"." + body + b"." + encoded(signature)).decode()


def part(content: Fields) -> bytes:
    """One part of a token."""
    return encoded(json.dumps(content).encode())


def encoded(data: bytes) -> bytes:
    """Base 64 for addresses, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=")
