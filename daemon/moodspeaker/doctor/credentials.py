"""The service's systemd credentials, as somebody outside of the service finds them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

from moodspeaker.config.section import Section
from moodspeaker.errors import MoodspeakerError

S = TypeVar("S", bound=Section)

CREDENTIALS = Path("/run/credentials/moodspeaker.service")
"""There while the service runs; root may read it."""
KEYS = ("password_file", "client_cert", "client_key")


class CredentialUnseen(MoodspeakerError):
    """Only the service can read it."""


def with_credentials(section: S, where: str, folder: Path = CREDENTIALS) -> S:
    """The section `where` with every credential as a path. Raises CredentialUnseen."""
    if "CREDENTIALS_DIRECTORY" in os.environ:
        return section
    names = {key: getattr(section, key, None) for key in KEYS}
    paths = {
        key: seen(f"{where}.{key}", name, folder)
        for key, name in names.items()
        if name is not None and "/" not in name and not Path(name).exists()
    }
    return section.model_copy(update=paths)


def seen(key: str, name: str, folder: Path) -> str:
    """Where it is. Raises CredentialUnseen."""
    path = folder / name
    if os.access(path, os.R_OK):
        return str(path)
    raise CredentialUnseen(f"{key} {name} is a credential of the service: {path} is shut to us")
