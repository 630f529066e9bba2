"""A mosquitto with users, access rules and TLS, all of which can be changed and reloaded."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.demo.servers import HOST, Server, find_program, free_port

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OWNER = "owner"
SPEAKER = "speaker"
ALL = "topic readwrite #"
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")


class LockedBroker:
    """Users `owner` and `speaker`, both with the password `right`; `rules` are the speaker's.

    `options` are further lines of mosquitto.conf. Nothing is kept over a restart.
    """

    def __init__(self, folder: Path, rules: str = ALL, options: tuple[str, ...] = ()) -> None:
        self._folder = folder
        self._passwords, self._acl = folder / "passwords", folder / "acl"
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.set_password(OWNER, "right")
        self.set_password(SPEAKER, "right")
        self.set_rules(rules)
        conf = folder / "mosquitto.conf"
        lines = (
            f"listener {self.port} {HOST}",
            "user root",
            "allow_anonymous false",
            f"password_file {self._passwords}",
            f"acl_file {self._acl}",
            f"log_dest file {folder / 'mosquitto.log'}",
            *options,
        )
        conf.write_text("\n".join(lines) + "\n")
        self._argv = ("mosquitto", "-c", str(conf))
        self._server = Server("mosquitto", self._argv, self.port)

    async def start(self) -> None:
        """Starts it, empty."""
        self._server = Server("mosquitto", self._argv, self.port)
        await self._server.start()

    async def stop(self) -> None:
        """Ends it."""
        await self._server.stop()

    async def kill(self) -> None:
        """Ends it without a goodbye."""
        assert self._server.process is not None
        self._server.process.kill()
        await self._server.process.wait()

    def send(self, number: int) -> None:
        """A signal to its process."""
        assert self._server.process is not None
        self._server.process.send_signal(number)

    def reload(self) -> None:
        """Passwords and rules again."""
        self.send(signal.SIGHUP)

    def set_password(self, user: str, password: str) -> None:
        """For the next start or reload."""
        new = () if self._passwords.exists() else ("-c",)
        argv = (find_program("mosquitto_passwd"), "-b", *new, self._passwords, user, password)
        subprocess.run(argv, check=True, capture_output=True)

    def set_rules(self, rules: str) -> None:
        """What the speaker may do, for the next start or reload."""
        self._acl.write_text(f"user {OWNER}\n{ALL}\n\nuser {SPEAKER}\n{rules}\n")
        self._acl.chmod(0o600)


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key."""

    certificate: Path
    key: Path


def authority(folder: Path, name: str) -> Pair:
    """A private certificate authority."""
    pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
    openssl("req", "-x509", *CURVE, "-subj", f"/CN={name}", *files(pair))
    return pair


def signed(folder: Path, name: str, by: Pair, san: str = f"IP:{HOST}") -> Pair:
    """A certificate that the authority signed, for this subject alternative name."""
    pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
    issuer = ("-CA", by.certificate, "-CAkey", by.key)
    names = ("-addext", f"subjectAltName={san}", "-addext", "basicConstraints=CA:FALSE")
    openssl("req", "-x509", *issuer, *CURVE, "-subj", f"/CN={name}", *names, *files(pair))
    return pair


def tls_options(server: Pair, clients: Pair | None = None) -> tuple[str, ...]:
    """Lines of mosquitto.conf; with `clients` every client needs a certificate that they signed."""
    lines = (f"certfile {server.certificate}", f"keyfile {server.key}")
    if clients is None:
        return lines
    return (*lines, f"cafile {clients.certificate}", "require_certificate true")


def files(pair: Pair) -> tuple[str, ...]:
    """Where openssl writes the pair."""
    return ("-keyout", str(pair.key), "-out", str(pair.certificate))


def openssl(*argv: object) -> None:
    """Raises CalledProcessError."""
    subprocess.run(("openssl", *map(str, argv)), check=True, capture_output=True)


def yaml_of(section: Mapping[str, object]) -> str:
    """One line of YAML."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in section.items()) + "}"
