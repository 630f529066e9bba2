"""What a client of the control socket asks for, read from one line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NoReturn

from moodspeaker.errors import MoodspeakerError

SHAPES = 'send {"entity": "...", "payload": "..."} or {"watch": true}'


class RequestRefused(MoodspeakerError):
    """The line is no request."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command, as it would come over MQTT."""

    entity: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Watching:
    """Everything that changes, from now on."""


def read_request(line: bytes) -> Order | Watching:
    """One JSON object in UTF-8. Raises RequestRefused."""
    try:
        content = json.loads(line.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise RequestRefused("this is no line of JSON in UTF-8", SHAPES) from None
    match content:
        case {"entity": str(entity), "payload": str(payload), **rest} if not rest:
            return _order(entity, payload)
        case {"watch": True, **rest} if not rest:
            return Watching()
    raise RequestRefused("this is no request", SHAPES)


def _order(entity: str, payload: str) -> Order:
    try:
        entity.encode("utf-8")
        return Order(entity, payload.encode("utf-8"))
    except UnicodeEncodeError:
        raise RequestRefused("half a character (a lone surrogate) is no text") from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)
